use super::*;
use crate::domain::item::DynamoJson;
use crate::domain::item::strategy::any_items;
use crate::domain::value::Value;
use proptest::prelude::*;
use rstest::rstest;

fn wire(items: &[Item]) -> String {
    let items: Vec<_> = items.iter().map(DynamoJson).collect();
    serde_json::to_string(&items).unwrap()
}

fn decoded(value: &str) -> Value {
    let block = decode_items(format!("[{{\"a\":{value}}}]").as_bytes()).unwrap();
    block.get(0).unwrap().get("a").unwrap().to_value()
}

#[rstest]
#[case(r#"{"S":"x"}"#, Value::s("x"))]
#[case(r#"{"S":""}"#, Value::s(""))]
#[case(
    r#"{"S":"a\"\\\n\u0000\u001b\ud83e\udd86é"}"#,
    Value::s("a\"\\\n\0\u{1b}🦆é")
)]
#[case(r#"{"N":"-0042.50"}"#, Value::N("-42.5".parse().unwrap()))]
#[case(r#"{"B":"AAEC"}"#, Value::B(vec![0, 1, 2]))]
#[case(r#"{"B":""}"#, Value::B(vec![]))]
#[case(r#"{"BOOL":true}"#, Value::Bool(true))]
#[case(r#"{"BOOL":false}"#, Value::Bool(false))]
#[case(r#"{"NULL":true}"#, Value::Null)]
#[case(r#"{"SS":["b","a"]}"#, Value::Ss(["a".into(), "b".into()].into()))]
#[case(r#"{"NS":["10","9"]}"#, Value::Ns([9.into(), 10.into()].into()))]
#[case(r#"{"BS":["Ag==","AQ=="]}"#, Value::Bs([vec![1], vec![2]].into()))]
#[case(r#"{"L":[{"S":"x"},{"L":[]}]}"#, Value::L(vec![Value::s("x"), Value::L(vec![])]))]
#[case(r#"{"M":{"é\n":{"M":{}}}}"#, Value::M([("é\n".into(), Value::M([].into()))].into()))]
#[case(" { \"S\" :\t\"x\" }\n", Value::s("x"))]
fn each_type_is_read(#[case] json: &str, #[case] value: Value) {
    assert_eq!(decoded(json), value);
}

#[test]
fn sets_are_sorted_numbers_by_value_and_binaries_by_bytes() {
    let json = br#"[{"n":{"NS":["10","-1","9.5"]},"b":{"BS":["/w==","AAA=","AA=="]}}]"#;
    let block = decode_items(json).unwrap();
    let sets = serde_json::to_string(&DynamoJson(block.get(0).unwrap())).unwrap();
    let sorted = r#"{"n":{"NS":["-1","9.5","10"]},"b":{"BS":["AA==","AAA=","/w=="]}}"#;
    assert_eq!(sets, sorted);
}

#[rstest]
#[case("", "EOF")]
#[case("{}", "an array of items")]
#[case("[", "EOF")]
#[case(r#"[{"a":{"S":"x"}}"#, "EOF")]
#[case(r#"[{"a":{"S":"x"}}] []"#, "trailing characters")]
#[case(r#"["x"]"#, "expected an item")]
#[case(r#"[{"a":"x"}]"#, "a value with its type")]
#[case(r#"[{"a":{}}]"#, "a value has no type")]
#[case(r#"[{"a":{"X":"x"}}]"#, "unknown type `X`")]
#[case(r#"[{"a":{"s":"x"}}]"#, "unknown type `s`")]
#[case(r#"[{"a":{"S":"x","N":"1"}}]"#, "two types")]
#[case(r#"[{"a":{"S":1}}]"#, "expected a string")]
#[case(r#"[{"a":{"N":1}}]"#, "expected a string")]
#[case(r#"[{"a":{"N":"x"}}]"#, "not a number")]
#[case(r#"[{"a":{"N":""}}]"#, "not a number")]
#[case(
    r#"[{"a":{"N":"123456789012345678901234567890123456789012345678901234567891"}}]"#,
    "38 significant digits"
)]
#[case(r#"[{"a":{"NS":["1","1E200"]}}]"#, "outside the range")]
#[case(r#"[{"a":{"B":"*"}}]"#, "not base64")]
#[case(r#"[{"a":{"BOOL":"true"}}]"#, "expected a boolean")]
#[case(r#"[{"a":{"NULL":false}}]"#, "`NULL` is not true")]
#[case(r#"[{"a":{"SS":"x"}}]"#, "an array of strings")]
#[case(r#"[{"a":{"S":"x"},"b":{"S":"x"},"a":{"S":"y"}}]"#, "occurs twice")]
#[case(r#"[{"m":{"M":{"a":{"S":"x"},"a":{"S":"x"}}}}]"#, "occurs twice")]
#[case("[{\"a\":{\"S\":\"\u{1}\"}}]", "control character")]
#[case(r#"[{"a":{"S":"\ud83e"}}]"#, "hex escape")]
fn what_is_not_dynamodb_json_is_refused_with_the_reason(#[case] json: &str, #[case] why: &str) {
    let error = decode_items(json.as_bytes()).unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    assert!(decode_items(b"[{\"a\":{\"S\":\"\xff\"}}]").is_err());
}

#[test]
fn one_name_may_occur_on_several_levels_and_in_any_order() {
    let json =
        br#"[{"a":{"M":{"a":{"S":"x"}}},"b":{"NULL":true}},{"b":{"NULL":true},"a":{"NULL":true}}]"#;
    let block = decode_items(json).unwrap();
    assert_eq!(block.names().collect::<Vec<_>>(), ["a", "b"]);
    let names: Vec<_> = block.get(1).unwrap().iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b", "a"]);
}

#[test]
fn values_nested_32_levels_are_read_and_a_bottomless_one_is_refused() {
    let nested = |levels: usize| {
        let open = r#"{"M":{"a":"#.repeat(levels);
        format!(r#"[{{"a":{open}{{"S":"x"}}{}}}]"#, "}}".repeat(levels))
    };
    let block = decode_items(nested(32).as_bytes()).unwrap();
    let mut value = block.get(0).unwrap().get("a").unwrap();
    let mut levels = 0;
    while let crate::domain::item::ValueRef::M(map) = value {
        value = map.get("a").unwrap();
        levels += 1;
    }
    assert_eq!(levels, 32);
    assert!(decode_items(nested(5000).as_bytes()).is_err());
}

#[test]
fn an_item_of_400_kb_is_read() {
    let text = "x".repeat(409_000);
    let json = format!(r#"[{{"m":{{"M":{{"s":{{"S":"{text}"}}}}}}}}]"#);
    let block = decode_items(json.as_bytes()).unwrap();
    assert_eq!(block.get(0).unwrap().size(), 1 + 3 + 1 + 1 + 409_000);
}

#[test]
fn an_item_that_fails_leaves_the_builder_as_it_was() {
    let mut builder = BlockBuilder::new();
    decode_value_map(br#"{"a":{"S":"x"}}"#, &mut builder).unwrap();
    for broken in [r#"{"b":{"S":"x"},"c":{"Q":1}}"#, r#"{"b":{"S":"x"}} x"#] {
        assert!(decode_value_map(broken.as_bytes(), &mut builder).is_err());
    }
    decode_value_map(br#"{"c":{"S":"y"}}"#, &mut builder).unwrap();
    let block = builder.finish();
    assert_eq!(block.len(), 2);
    assert_eq!(block.names().collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn responses_give_a_block_for_each_table() {
    let json = br#"{"t":[{"a":{"S":"x"}},{"a":{"S":"y"}}],"u":[]}"#;
    let blocks = decode_responses(json).unwrap();
    let sizes: Vec<_> = blocks
        .iter()
        .map(|(table, block)| (table.as_str(), block.len()))
        .collect();
    assert_eq!(sizes, [("t", 2), ("u", 0)]);
    assert!(decode_responses(br#"{"t":{}}"#).is_err());
}

#[test]
fn errors_show_where_and_never_a_value() {
    let json = br#"[{"card":{"N":"4111-1111"}}]"#;
    let error = decode_items(json).unwrap_err().to_string();
    assert!(
        error.contains("column") && !error.contains("4111"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn typed_json_survives_the_way_through_a_block(items in any_items()) {
        let json = wire(&items);
        let block = decode_items(json.as_bytes()).unwrap();
        let again: Vec<_> = block.iter().map(DynamoJson).collect();
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
        let read: Vec<_> = block.iter().map(|item| item.to_item()).collect();
        prop_assert_eq!(read, items);
    }

    #[test]
    fn truncated_json_is_refused(items in any_items(), at: prop::sample::Index) {
        let json = wire(&items);
        prop_assert!(decode_items(&json.as_bytes()[..at.index(json.len())]).is_err());
    }
}

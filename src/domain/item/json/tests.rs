use super::*;
use crate::domain::item::strategy::any_item;
use crate::domain::item::{decode_items, item_from_dynamo_json};
use proptest::prelude::*;

/// Plain JSON of the first item.
fn plain(wire: &str) -> String {
    let block = decode_items(wire.as_bytes()).unwrap();
    serde_json::to_string(&PlainJson(block.get(0).unwrap())).unwrap()
}

#[test]
fn every_type_has_its_plain_form() {
    let wire = r#"[{"s":{"S":"a\"b"},"n":{"N":"5"},"b":{"B":"AAE="},"t":{"BOOL":true},"z":{"NULL":true},
        "ss":{"SS":["y","x"]},"ns":{"NS":["10","9"]},"bs":{"BS":["AQ=="]},"l":{"L":[{"N":"1"}]},"m":{"M":{"k":{"S":""}}}}]"#;
    let json = r#"{"s":"a\"b","n":5,"b":"AAE=","t":true,"z":null,"ss":["x","y"],"ns":[9,10],"bs":["AQ=="],"l":[1],"m":{"k":""}}"#;
    assert_eq!(plain(wire), json);
}

#[test]
fn a_number_keeps_all_its_digits() {
    let digits = "12345678901234567890.123456789012345678";
    let wire = format!(r#"[{{"n":{{"N":"{digits}"}}}}]"#);
    assert_eq!(plain(&wire), format!(r#"{{"n":{digits}}}"#));
}

#[test]
fn a_number_whose_text_is_not_json_is_written_in_its_plain_form() {
    let wire =
        r#"[{"a":{"N":"042"},"b":{"N":".5"},"c":{"N":"+5."},"d":{"N":"1E+3"},"e":{"NS":["-.5"]}}]"#;
    let json = r#"{"a":42,"b":0.5,"c":5,"d":1E+3,"e":[-0.5]}"#;
    assert_eq!(plain(wire), json);
}

#[test]
fn a_value_alone_is_written_as_inside_an_item() {
    let list = Value::L(vec![Value::N(5.into()), Value::s("x")]);
    assert_eq!(
        serde_json::to_string(&PlainJson(&list)).unwrap(),
        r#"[5,"x"]"#
    );
    assert_eq!(
        value_to_dynamo_json(&list).to_string(),
        r#"{"L":[{"N":"5"},{"S":"x"}]}"#
    );
}

#[test]
fn typed_json_that_is_not_an_item_is_refused() {
    for json in [
        serde_json::json!([]),
        serde_json::json!({"a": 5}),
        serde_json::json!({"a": {"N": 5}}),
        serde_json::json!({"a": {"S": "x", "N": "5"}}),
    ] {
        assert!(item_from_dynamo_json(&json).is_err(), "{json}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_owned_item_comes_back_from_its_typed_json(item in any_item()) {
        let json = item_to_dynamo_json(&item);
        prop_assert_eq!(item_from_dynamo_json(&json).unwrap(), item);
    }

    #[test]
    fn plain_json_is_json_with_the_names_of_the_item(item in any_item()) {
        let json = serde_json::to_string(&PlainJson(&item)).unwrap();
        let read: serde_json::Map<_, _> = serde_json::from_str(&json).unwrap();
        prop_assert!(read.keys().eq(item.keys()));
    }
}

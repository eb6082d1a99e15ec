use super::super::{Context, parse_predicate, parse_value};
use super::*;
use crate::domain::item::BlockBuilder;
use crate::domain::value::Item;
use rstest::rstest;

fn item() -> Item {
    let n = |text: &str| Value::N(text.parse().unwrap());
    Item::from([
        ("airport".to_owned(), Value::s("DALLAS")),
        ("cost".to_owned(), n("12.50")),
        ("count".to_owned(), n("5")),
        ("debt".to_owned(), n("-5")),
        ("big".to_owned(), n("1e30")),
        ("text5".to_owned(), Value::s("5")),
        ("empty".to_owned(), Value::s("")),
        ("bytes".to_owned(), Value::B(vec![1, 2, 3])),
        ("alive".to_owned(), Value::Bool(true)),
        ("nothing".to_owned(), Value::Null),
        ("day".to_owned(), Value::s("1998-08-13")),
        ("time".to_owned(), Value::s("1998-08-13T23:30:00Z")),
        ("east".to_owned(), Value::s("1998-08-14 01:30:00.250+02:00")),
        ("naive".to_owned(), Value::s("1998-08-13T23:30")),
        ("bad".to_owned(), Value::s("1998-02-30")),
        ("epoch".to_owned(), n("903051000.75")),
        ("millis".to_owned(), n("903051000750")),
        ("before".to_owned(), n("-0.5")),
        ("accent".to_owned(), Value::s("  Zürich😀 ")),
        (
            "tags".to_owned(),
            Value::Ss(["x".to_owned(), "y".to_owned()].into()),
        ),
        ("sizes".to_owned(), Value::Ns(["7".parse().unwrap()].into())),
        ("list".to_owned(), Value::L(vec![n("1"), Value::s("two")])),
        (
            "map".to_owned(),
            Value::M([("in".to_owned(), Value::L(vec![Value::s("deep")]))].into()),
        ),
    ])
}

fn evaluated(text: &str) -> Option<Value> {
    evaluate(&parse_value(text, &Context::default()).unwrap(), &item())
}

#[expect(clippy::unnecessary_wraps, reason = "what `evaluate` gives")]
fn text(text: &str) -> Option<Value> {
    Some(Value::s(text))
}

#[rstest]
#[case::equality_of_texts("airport = 'DALLAS'", true)]
#[case::a_number_is_not_its_text("count = '5'", false)]
#[case::and_they_differ("count <> '5'", true)]
#[case::numbers_compare_by_value("cost = 12.5", true)]
#[case::equality_over_all_types("alive = true", true)]
#[case::texts_compare_by_bytes("airport < 'a'", true)]
#[case::numbers_do_not_order_as_texts("count < 12", true)]
#[case::texts_do_not_order_as_numbers("text5 < '12'", false)]
#[case::bytes_compare("bytes >= X'0102'", true)]
#[case::booleans_have_no_order("alive >= true", false)]
#[case::nothing_is_below_another_type("count < 'z'", false)]
#[case::between_includes_its_bounds("count BETWEEN 5 AND 5", true)]
#[case::between_needs_one_type("count BETWEEN '1' AND '9'", false)]
#[case::in_finds_a_member("count IN ('5', 5)", true)]
#[case::not_in("count NOT IN ('5', 6)", true)]
#[case::begins_with("begins_with(airport, 'DAL')", true)]
#[case::begins_with_bytes("begins_with(bytes, X'01')", true)]
#[case::begins_with_is_not_for_numbers("begins_with(count, '5')", false)]
#[case::contains_a_part("contains(airport, 'LLA')", true)]
#[case::contains_bytes("contains(bytes, X'0203')", true)]
#[case::contains_an_element_of_a_set("contains(tags, 'y')", true)]
#[case::contains_a_number_of_a_set("contains(sizes, 7.0)", true)]
#[case::contains_an_element_of_a_list("contains(list, 'two')", true)]
#[case::a_list_does_not_contain_parts("contains(list, 'tw')", false)]
#[case::exists("attribute_exists(nothing)", true)]
#[case::exists_inside("attribute_exists(map.\"in\"[0])", true)]
#[case::does_not_exist("attribute_not_exists(map.\"in\"[1])", true)]
#[case::type_of_null("attribute_type(nothing, 'NULL')", true)]
#[case::type_of_a_set("attribute_type(tags, 'SS')", true)]
#[case::type_of_nothing("attribute_type(absent, 'S')", false)]
#[case::size_of_text_is_in_utf16_units("size(accent) = 11", true)]
#[case::size_of_bytes("size(bytes) = 3", true)]
#[case::size_of_a_list("size(list) > 1", true)]
#[case::a_number_has_no_size("size(count) = 1", false)]
#[case::or("count = 6 OR airport = 'DALLAS'", true)]
#[case::and("count = 5 AND airport = 'X'", false)]
#[case::truth("true", true)]
#[case::falsehood("false", false)]
fn a_predicate_holds(#[case] predicate: &str, #[case] expected: bool) {
    let predicate = parse_predicate(predicate, &Context::default()).unwrap();
    assert_eq!(holds(&predicate, &item()), expected);
}

/// Developer Guide: a comparison with an absent attribute is false, its negation true.
#[rstest]
fn an_absent_other_typed_or_failing_operand_makes_only_negations_true(
    #[values(
        "absent",
        "map",
        "nothing",
        "absent.b[0]",
        "upper(count)",
        "month(bad)",
        "size(alive)"
    )]
    operand: &str,
) {
    let check = |text: String| {
        let predicate = parse_predicate(&text, &Context::default()).unwrap();
        holds(&predicate, &item())
    };
    for false_one in [
        "= 5",
        "< 5",
        "<= 5",
        "> 5",
        ">= 5",
        "BETWEEN 1 AND 9",
        "IN (5)",
    ] {
        assert!(!check(format!("{operand} {false_one}")), "{false_one}");
        assert!(check(format!("NOT ({operand} {false_one})")), "{false_one}");
    }
    assert!(check(format!("{operand} <> 5")));
    assert!(check(format!("{operand} NOT IN (5)")));
}

#[test]
fn two_absent_attributes_are_not_equal() {
    let check = |text| {
        holds(
            &parse_predicate(text, &Context::default()).unwrap(),
            &item(),
        )
    };
    assert!(!check("absent = missing"));
    assert!(check("absent <> missing"));
}

#[rstest]
#[case::a_plain_date_stays_itself("day(day)", "1998-08-13")]
#[case::in_any_zone("day(day, 'Asia/Tokyo')", "1998-08-13")]
#[case::its_hour_is_the_first("hour(day)", "1998-08-13T00")]
#[case::a_year("year(day)", "1998")]
#[case::a_month("month(time)", "1998-08")]
#[case::an_hour("hour(time)", "1998-08-13T23")]
#[case::an_offset_is_taken_to_utc("hour(east)", "1998-08-13T23")]
#[case::and_from_there_to_the_zone("hour(east, 'Europe/Berlin')", "1998-08-14T01")]
#[case::without_offset_it_is_utc("day(naive, 'Asia/Tokyo')", "1998-08-14")]
#[case::seconds_with_a_fraction("hour(epoch, 's')", "1998-08-13T23")]
#[case::milliseconds("hour(millis, 'Asia/Tokyo', 'ms')", "1998-08-14T08")]
#[case::before_1970_time_still_runs_forward("hour(before, 's')", "1969-12-31T23")]
#[case::substr_counts_characters_from_one("substr(accent, 4, 3)", "üri")]
#[case::substr_to_the_end("substr(airport, 5)", "AS")]
#[case::substr_beyond_the_end("substr(airport, 50)", "")]
#[case::upper("upper(substr(accent, 3, 6))", "ZÜRICH")]
#[case::lower("lower(airport)", "dallas")]
#[case::trim("trim(accent)", "Zürich😀")]
#[case::lpad_prints_numbers("lpad(count, 3, '0')", "005")]
#[case::lpad_repeats_its_fill("lpad(airport, 9, 'ab')", "abaDALLAS")]
#[case::lpad_never_cuts("lpad(airport, 3, '0')", "DALLAS")]
#[case::concatenation_prints_plain_decimals("airport || '#' || cost", "DALLAS#12.5")]
#[case::of_any_size("'' || big", "1000000000000000000000000000000")]
#[case::coalesce_skips_absent_and_null(
    "coalesce(absent, nothing, upper(count), airport)",
    "DALLAS"
)]
#[case::a_number_as_text("cast(cost as string)", "12.5")]
fn a_function_gives_a_text(#[case] expr: &str, #[case] expected: &str) {
    assert_eq!(evaluated(expr), text(expected));
}

#[rstest]
#[case::a_text_as_number("cast(text5 as number)", "5")]
#[case::crc32_is_the_ieee_sum("crc32(airport)", "4091180299")]
#[case::a_remainder("count % 3", "2")]
#[case::its_sign_follows_the_dividend("debt % 3", "-2")]
#[case::a_remainder_of_a_large_number("big % 7", "1")]
#[case::a_first_value("coalesce(absent, count)", "5")]
fn a_function_gives_a_number(#[case] expr: &str, #[case] expected: &str) {
    assert_eq!(evaluated(expr), Some(Value::N(expected.parse().unwrap())));
}

#[rstest]
fn there_is_no_value_over_absent_null_or_wrong_typed_input(
    #[values(
        "absent",
        "upper(absent)",
        "upper(nothing)",
        "upper(count)",
        "lower(tags)",
        "airport || absent",
        "airport || alive",
        "lpad(alive, 3, '0')",
        "substr(count, 1)",
        "cast(alive as string)",
        "cast(airport as number)",
        "cast(empty as number)",
        "crc32(count)",
        "cost % 3",
        "text5 % 3",
        "coalesce(absent, nothing)",
        "day(bad)",
        "day(count)",
        "day(time, 's')",
        "day(airport)",
        "day(empty)",
        "day(big, 's')"
    )]
    expr: &str,
) {
    assert_eq!(evaluated(expr), None);
}

#[rstest]
fn text_that_is_almost_a_date_has_no_value(
    #[values(
        "1998-8-13",
        "1998-08",
        "+998-08-13",
        "1998-08-13T",
        "1998-08-13T24:00",
        "1998-08-13T10",
        "1998-08-13T10:60",
        "1998-08-13T10:20:30.",
        "1998-08-13T10:20Z1",
        "1998-08-13T10:20+2",
        "1998-08-13T10:20+25:00",
        "1998-08-13T10:20é",
        "1998-08-13x",
        "0000-00-00",
        "199é-08-13"
    )]
    date: &str,
) {
    let item = Item::from([("d".to_owned(), Value::s(date))]);
    let expr = parse_value("day(d)", &Context::default()).unwrap();
    assert_eq!(evaluate(&expr, &item), None);
}

#[test]
fn a_leap_second_belongs_to_the_hour_it_ends() {
    let item = Item::from([("d".to_owned(), Value::s("2016-12-31T23:59:60Z"))]);
    let expr = parse_value("hour(d)", &Context::default()).unwrap();
    assert_eq!(evaluate(&expr, &item), text("2016-12-31T23"));
}

#[test]
fn a_shard_is_the_sum_modulo_the_shards() {
    let Some(Value::N(sum)) = evaluated("crc32(airport)") else {
        panic!("a number");
    };
    let shard = sum.to_i64().unwrap() % 8;
    assert_eq!(
        evaluated("crc32(airport) % 8"),
        Some(Value::N(Number::from(shard)))
    );
}

#[test]
fn an_alias_hides_an_attribute_and_leaves_the_others() {
    let item = item();
    let value = Value::s("UNITED").into();
    let bound = Bound {
        item: &item,
        alias: "airport",
        value: &value,
    };
    let expr = parse_value("airport || '#' || count", &Context::default()).unwrap();
    assert_eq!(evaluate(&expr, &bound), text("UNITED#5"));
}

#[test]
fn an_item_in_a_block_is_read_as_an_owned_one() {
    let mut block = BlockBuilder::new();
    block.push(&item());
    let block = block.finish();
    let in_block = block.get(0).unwrap();
    for expr in [
        "map.\"in\"[0]",
        "list[1]",
        "cost",
        "tags",
        "list[9]",
        "map.no",
        "airport[0]",
        "upper(airport) || '#' || count",
        "lpad(cost, 10, '0')",
        "coalesce(map.no, cost)",
    ] {
        let expr = parse_value(expr, &Context::default()).unwrap();
        assert_eq!(
            evaluate(&expr, &in_block),
            evaluate(&expr, &item()),
            "{expr}"
        );
    }
}

use super::*;
use crate::domain::expr::{Context, Predicate, holds, parse_predicate, parse_value};
use proptest::prelude::*;
use rstest::rstest;

fn predicate(text: &str) -> Predicate {
    parse_predicate(text, &Context::default()).unwrap()
}

fn value(text: &str) -> ValueExpr {
    parse_value(text, &Context::default()).unwrap()
}

/// What follows for `expr` from the conditions.
fn derived(conditions: &str, expr: &str) -> Option<Constraint> {
    let conditions = Conditions::new(&predicate(conditions));
    let derived = Facts::new(&conditions).of(&value(expr));
    derived.map(Cow::into_owned)
}

fn texts(constraint: Option<Constraint>) -> Vec<String> {
    let Some(Constraint::Values(values)) = constraint else {
        panic!("not a list: {constraint:?}");
    };
    let text = |value: Value| match value {
        Value::S(text) => text,
        Value::N(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    values.into_iter().map(text).collect()
}

#[rstest]
#[case::a_closed_range("d BETWEEN '1998-08-10' AND '1998-10-02'", "month(d)", &["1998-08", "1998-09", "1998-10"])]
#[case::bounds_are_widened_by_a_day("d BETWEEN '1998-08-01' AND '1998-08-31'", "month(d)", &["1998-07", "1998-08", "1998-09"])]
#[case::by_two_days_with_a_zone("d BETWEEN '1998-08-02' AND '1998-08-15'", "month(d, 'Europe/Berlin')", &["1998-07", "1998-08"])]
#[case::two_comparisons("d >= '1998-12-30' AND d < '1999-01-01'", "day(d)", &["1998-12-29", "1998-12-30", "1998-12-31", "1999-01-01"])]
#[case::a_date_prefix("begins_with(d, '1998-08-1')", "month(d)", &["1998-08"])]
#[case::a_year("begins_with(d, '1998')", "year(d)", &["1997", "1998", "1999"])]
#[case::bounds_that_are_no_dates("d BETWEEN '1998-02-30' AND '1998-06'", "month(d)", &["1998-02", "1998-03", "1998-04", "1998-05", "1998-06"])]
#[case::an_equality_is_not_widened("d = '1998-08-01'", "month(d)", &["1998-08"])]
#[case::each_member_of_a_list("d IN ('1998-08-01', '1998-08-31', '2001-01-01')", "month(d)", &["1998-08", "2001-01"])]
#[case::seconds_have_no_offset("d BETWEEN 0 AND 86399", "day(d, 's')", &["1970-01-01"])]
#[case::hours("d BETWEEN 1 AND 2", "hour(d, 'ms')", &["1970-01-01T00", "1970-01-01T01", "1970-01-01T02", "1970-01-01T03", "1970-01-01T04", "1970-01-01T05", "1970-01-01T06", "1970-01-01T07", "1970-01-01T08", "1970-01-01T09", "1970-01-01T10", "1970-01-01T11", "1970-01-01T12", "1970-01-01T13", "1970-01-01T14", "1970-01-01T15", "1970-01-01T16", "1970-01-01T17", "1970-01-01T18", "1970-01-01T19", "1970-01-01T20", "1970-01-01T21", "1970-01-01T22", "1970-01-01T23"])]
#[case::a_cut_text("d BETWEEN '1998-08' AND '1999-02'", "substr(d, 1, 3)", &["199"])]
#[case::every_shard("d > 'x'", "crc32(d) % 3", &["0", "1", "2"])]
#[case::one_shard("d = 'x'", "crc32(d) % 3", &["0"])]
#[case::remainders_of_any_sign("d > 5", "d % 2", &["-1", "0", "1"])]
#[case::sharded_months("d BETWEEN '1998-08-10' AND '1998-08-12'", "month(d) || '#' || crc32(e) % 2", &["1998-08#0", "1998-08#1"])]
#[case::a_constant("d = 'x'", "'all'", &["all"])]
#[case::two_attributes("d IN ('x', 'y') AND e = 5", "d || '#' || e", &["x#5", "y#5"])]
fn an_expression_has_one_of_a_few_values(
    #[case] conditions: &str,
    #[case] expr: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(texts(derived(conditions, expr)), expected);
}

#[rstest]
#[case::half_open("d >= '1998-08-10'", "month(d)")]
#[case::too_many("d BETWEEN '1900-01-01' AND '1999-12-31'", "month(d)")]
fn what_cannot_be_listed_is_an_interval(#[case] conditions: &str, #[case] expr: &str) {
    let derived = derived(conditions, expr);
    assert!(
        matches!(derived, Some(Constraint::Interval(_))),
        "{derived:?}"
    );
}

#[rstest]
#[case::nothing_said("e = 1", "month(d)")]
#[case::upper_case_does_not_keep_the_order("d > 'a'", "upper(d)")]
#[case::numbers_as_text_do_not_either("d > 5", "d || '#'")]
#[case::padded_with_something_else("d > 5", "lpad(d, 10, ' ')")]
#[case::wider_than_the_padding("d > 12345", "lpad(d, 3, '0')")]
#[case::negative("d > -5", "lpad(d, 3, '0')")]
fn what_does_not_follow_is_not_claimed(#[case] conditions: &str, #[case] expr: &str) {
    assert_eq!(derived(conditions, expr), None);
}

#[rstest]
#[case::a_range(
    "d BETWEEN '1998-08-10' AND '1998-10-02'",
    "d || '#' || id",
    "k >= '1998-08-10' AND k < '1998-10-02$'"
)]
#[case::an_equality("d = '1998-08-10'", "d || '#' || id", "begins_with(k, '1998-08-10#')")]
#[case::a_prefix(
    "begins_with(d, '1998-08')",
    "d || '#' || id",
    "begins_with(k, '1998-08')"
)]
#[case::a_constant_before_it(
    "d >= '1998'",
    "'D#' || d || '#' || id",
    "k >= 'D#1998' AND begins_with(k, 'D#')"
)]
#[case::the_last_part("d < '1998'", "'D#' || d", "k < 'D#1998' AND begins_with(k, 'D#')")]
#[case::a_list("d IN ('a', 'c')", "d || '#' || id", "k >= 'a' AND k < 'c$'")]
#[case::padded(
    "d BETWEEN 100 AND 5000",
    "lpad(d, 6, '0')",
    "k BETWEEN '000100' AND '005000'"
)]
#[case::padded_in_front("d > 100", "lpad(d, 6, '0') || '#' || id", "k >= '000100'")]
fn a_sort_key_lies_between_texts(
    #[case] conditions: &str,
    #[case] expr: &str,
    #[case] expected: &str,
) {
    let expected = Conditions::new(&predicate(expected)).of("k").cloned();
    let derived = derived(conditions, expr).map(|d| match (d, &expected) {
        // That everything begins with the empty text goes without saying.
        (Constraint::Interval(mut interval), Some(Constraint::Interval(e))) => {
            interval.prefix = interval.prefix.filter(|_| e.prefix.is_some());
            Constraint::Interval(interval)
        }
        (other, _) => other,
    });
    assert_eq!(derived, expected);
}

#[test]
fn a_declared_domain_lists_what_the_request_leaves_open() {
    let domain = IndexMap::from([(
        "state".to_owned(),
        vec![Value::s("Texas"), Value::s("Ohio")],
    )]);
    let conditions = Conditions::new(&predicate("state > 'P'"));
    let facts = Facts::new(&conditions).with_domain(Some(&domain));
    let of = |expr: &str| facts.of(&value(expr)).map(Cow::into_owned);
    assert_eq!(texts(of("state || '#'")), ["Texas#"]);
    let other = Conditions::new(&Predicate::TRUE);
    let facts = Facts::new(&other).with_domain(Some(&domain));
    let of = |expr: &str| facts.of(&value(expr)).map(Cow::into_owned);
    assert_eq!(texts(of("state")), ["Ohio", "Texas"]);
    assert_eq!(of("coalesce(state, 'none')"), None);
}

#[rstest]
#[case::no_date("d = 'garbage'", "month(d)")]
#[case::one_of_several_is_no_date("d IN ('1998-08-01', 'garbage')", "month(d)")]
#[case::a_number_has_no_checksum("d = 5", "crc32(d) % 4")]
fn where_an_expression_has_no_value_nothing_is_known(#[case] conditions: &str, #[case] expr: &str) {
    assert_eq!(derived(conditions, expr), None);
}

fn stamp() -> impl Strategy<Value = String> {
    let time = prop_oneof![
        Just(String::new()),
        Just("T23:30".to_owned()),
        Just("T23:59:59-12:00".to_owned()),
        Just("T00:10+14:00".to_owned()),
        Just(" 01:00".to_owned()),
    ];
    (1997..2000, 1..=12, 1..=28, time).prop_map(|(y, m, d, t)| format!("{y:04}-{m:02}-{d:02}{t}"))
}

fn bound() -> impl Strategy<Value = String> {
    (stamp(), 3_usize..26).prop_map(|(text, length)| text.chars().take(length).collect())
}

fn short() -> impl Strategy<Value = String> {
    "[a#$\" ]{0,4}"
}

fn condition<S: Strategy<Value = String>>(bounds: fn() -> S) -> impl Strategy<Value = String> {
    (0..6, bounds(), bounds()).prop_map(|(form, a, b)| match form {
        0 => format!("d >= '{a}'"),
        1 => format!("d > '{a}'"),
        2 => format!("d < '{a}'"),
        3 => format!("begins_with(d, '{a}')"),
        4 => format!(
            "d >= '{0}' AND d < '{1}'",
            a.clone().min(b.clone()),
            a.max(b)
        ),
        _ => format!(
            "d BETWEEN '{0}' AND '{1}'",
            a.clone().min(b.clone()),
            a.max(b)
        ),
    })
}

/// Whatever satisfies the conditions has a value that satisfies what was derived.
fn check(conditions: &str, expr: &str, item: &Item) {
    let conditions = predicate(conditions);
    if !holds(&conditions, item) {
        return;
    }
    let known = Conditions::new(&conditions);
    let derived = Facts::new(&known).of(&value(expr));
    if let (Some(derived), Some(value)) = (derived, evaluate(&value(expr), item)) {
        assert!(
            derived.holds(&value),
            "{expr} = {value:?} not in {derived:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_date_is_lost(
        text in stamp(), conditions in condition(bound), unit in 0_usize..4, zone in any::<bool>()
    ) {
        let item = Item::from([("d".to_owned(), Value::S(text))]);
        let unit = ["year", "month", "day", "hour"][unit];
        let zone = if zone { ", 'Pacific/Kiritimati'" } else { "" };
        check(&conditions, &format!("{unit}(d{zone})"), &item);
    }

    #[test]
    fn no_text_is_lost(
        text in "[a#$\" ]{0,4}", id in "[a#$\" ]{0,2}", conditions in condition(short),
        form in 0_usize..5
    ) {
        let item = Item::from([
            ("d".to_owned(), Value::S(text)),
            ("id".to_owned(), Value::S(id)),
        ]);
        let exprs = ["d || '#' || id", "d || id", "'a' || d", "substr(d, 1, 2)", "d || '##' || id"];
        check(&conditions, exprs[form], &item);
    }

    #[test]
    fn no_whole_number_is_lost(number in 0_i64..99_999, low in 0_i64..99_999, high in 0_i64..99_999) {
        let item = Item::from([("d".to_owned(), Value::N(number.into()))]);
        let (low, high) = (low.min(high), low.max(high));
        for conditions in [format!("d BETWEEN {low} AND {high}"), format!("d > {low}"), format!("d < {high}")] {
            check(&conditions, "lpad(d, 5, '0') || '#' || d", &item);
        }
    }

    #[test]
    fn a_lower_bound_keeps_fractions_too(whole in 0_i64..999, fraction in 1_i64..999, low in 0_i64..999) {
        let number = format!("{whole}.{fraction}").parse().unwrap();
        let item = Item::from([("d".to_owned(), Value::N(number))]);
        check(&format!("d >= {low}"), "lpad(d, 5, '0')", &item);
    }
}

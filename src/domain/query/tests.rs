use super::*;
use rstest::rstest;
use std::collections::BTreeSet;

fn filter_of(text: &str) -> Predicate {
    parse_request(&format!("SELECT * FROM t WHERE {text}"))
        .unwrap()
        .filter
}

#[rstest]
#[case::another_condition_is_added("a = 1", "b > 2", "a = 1 AND b > 2")]
#[case::an_equality_replaces_its_own("a = 1 AND b > 2", "a = 3", "b > 2 AND a = 3")]
#[case::also_when_it_stood_alone("a = 1", "a = 3", "a = 3")]
#[case::a_range_stays("a > 1", "a = 3", "a > 1 AND a = 3")]
#[case::a_disjunction_stays_whole("a = 1 OR b = 2", "a = 3", "(a = 1 OR b = 2) AND a = 3")]
fn a_request_is_filtered_further(#[case] had: &str, #[case] more: &str, #[case] has: &str) {
    let request = parse_request(&format!("SELECT * FROM t WHERE {had}")).unwrap();
    assert_eq!(request.with_filter(filter_of(more)).filter.to_string(), has);
}

#[test]
fn a_request_is_sorted_and_limited_anew() {
    let by = OrderBy {
        path: Path::top("b"),
        direction: Direction::Descending,
    };
    let request = parse_request("SELECT * FROM t ORDER BY a LIMIT 5").unwrap();
    assert_eq!(
        request.with_order(by).with_limit(None).to_string(),
        "SELECT * FROM t ORDER BY b DESC"
    );
}

#[test]
fn values_sort_by_type_then_value_and_missing_ones_come_last() {
    let n = |text: &str| Some(Value::N(text.parse().unwrap()));
    let ascending = [
        n("-5"),
        n("9"),
        n("10"),
        Some(Value::s("10")),
        Some(Value::s("9")),
        Some(Value::B(vec![0])),
        Some(Value::Bool(false)),
        Some(Value::Bool(true)),
        Some(Value::Null),
        Some(Value::Ss(BTreeSet::from(["a".to_owned()]))),
        Some(Value::L(vec![])),
    ];
    let sorted = |direction| {
        let mut values: Vec<Option<Value>> = ascending.iter().cloned().rev().collect();
        values.insert(3, None);
        values.sort_by(|a, b| compare_sort_values(a.as_ref(), b.as_ref(), direction));
        values
    };
    let mut expected = ascending.to_vec();
    expected.push(None);
    assert_eq!(sorted(Direction::Ascending), expected);
    expected.pop();
    expected.reverse();
    expected.push(None);
    assert_eq!(sorted(Direction::Descending), expected);
}

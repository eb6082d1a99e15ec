use super::*;
use std::collections::BTreeSet;

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

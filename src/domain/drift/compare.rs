//! Differences between two items, by attribute path.

use crate::domain::expr::{Path, Step};
use crate::domain::value::{Item, Value};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// One attribute that differs; an absent side is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDiff {
    /// The path: `a.b[0]`.
    pub path: String,
    /// The value by the base.
    pub base: Option<Value>,
    /// The value in the copy.
    pub copy: Option<Value>,
}

/// Every path at which the items differ, each followed as deep as both sides have maps or lists.
/// A set is one value.
#[must_use]
pub fn diff_items(expected: &Item, actual: &Item) -> Vec<AttributeDiff> {
    let mut diffs = Vec::new();
    for (name, base, copy) in both(expected, actual) {
        diff(&mut Path::top(name), base, copy, &mut diffs);
    }
    diffs
}

/// Names of either side with the values of both.
fn both<'a>(
    left: &'a BTreeMap<String, Value>,
    right: &'a BTreeMap<String, Value>,
) -> impl Iterator<Item = (&'a str, Option<&'a Value>, Option<&'a Value>)> {
    let only_right = right.keys().filter(|name| !left.contains_key(*name));
    let mut names: Vec<&String> = left.keys().chain(only_right).collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (name.as_str(), left.get(name), right.get(name)))
}

/// Items nest at most 32 levels (developer guide, Constraints), so recursion is bounded.
fn diff(
    path: &mut Path,
    base: Option<&Value>,
    copy: Option<&Value>,
    diffs: &mut Vec<AttributeDiff>,
) {
    match (base, copy) {
        (base, copy) if base == copy => {}
        (Some(Value::M(base)), Some(Value::M(copy))) => {
            for (name, base, copy) in both(base, copy) {
                path.steps.push(Step::Field(name.to_owned()));
                diff(path, base, copy, diffs);
                path.steps.pop();
            }
        }
        (Some(Value::L(base)), Some(Value::L(copy))) => {
            for index in 0..base.len().max(copy.len()) {
                path.steps.push(Step::Index(index));
                diff(path, base.get(index), copy.get(index), diffs);
                path.steps.pop();
            }
        }
        _ => diffs.push(AttributeDiff {
            path: path.to_string(),
            base: base.cloned(),
            copy: copy.cloned(),
        }),
    }
}

/// What the values alone do not show: a null against nothing, and texts that look alike.
pub(super) fn notes(diffs: &[AttributeDiff]) -> impl Iterator<Item = String> {
    let paths = |alike: fn(&AttributeDiff) -> bool| {
        let paths = diffs.iter().filter(move |diff| alike(diff));
        let paths: Vec<String> = paths.map(|diff| format!("`{}`", diff.path)).collect();
        (!paths.is_empty()).then(|| paths.join(", "))
    };
    let null = paths(is_null_or_missing)
        .map(|paths| format!("null on one side and missing on the other: {paths}"));
    let text = paths(is_the_same_text)
        .map(|paths| format!("equal but for Unicode normalization (NFC): {paths}"));
    null.into_iter().chain(text)
}

const fn is_null_or_missing(diff: &AttributeDiff) -> bool {
    matches!(
        (&diff.base, &diff.copy),
        (Some(Value::Null), None) | (None, Some(Value::Null))
    )
}

fn is_the_same_text(diff: &AttributeDiff) -> bool {
    matches!((&diff.base, &diff.copy), (Some(Value::S(base)), Some(Value::S(copy)))
        if base.nfc().eq(copy.nfc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::item;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::equal(json!({"a":{"N":"1"}}), json!({"a":{"N":"1.0"}}), &[])]
    #[case::the_type_counts(json!({"a":{"N":"1"}}), json!({"a":{"S":"1"}}), &["a"])]
    #[case::absent_in_the_copy(json!({"a":{"N":"1"}}), json!({}), &["a"])]
    #[case::absent_in_the_base(json!({}), json!({"a":{"NULL":true}}), &["a"])]
    #[case::inside_a_map(
        json!({"a":{"M":{"b":{"S":"x"},"c":{"S":"y"}}}}),
        json!({"a":{"M":{"b":{"S":"z"},"d":{"S":"y"}}}}),
        &["a.b", "a.c", "a.d"]
    )]
    #[case::inside_a_list_of_a_map(
        json!({"a":{"M":{"b":{"L":[{"S":"x"},{"S":"y"}]}}}}),
        json!({"a":{"M":{"b":{"L":[{"S":"w"},{"S":"y"},{"S":"z"}]}}}}),
        &["a.b[0]", "a.b[2]"]
    )]
    #[case::lists_are_ordered(
        json!({"a":{"L":[{"S":"x"},{"S":"y"}]}}),
        json!({"a":{"L":[{"S":"y"},{"S":"x"}]}}),
        &["a[0]", "a[1]"]
    )]
    #[case::a_set_is_one_value(json!({"a":{"SS":["x","y"]}}), json!({"a":{"SS":["x","z"]}}), &["a"])]
    #[case::sets_are_unordered(json!({"a":{"NS":["1","2"]}}), json!({"a":{"NS":["2.0","1"]}}), &[])]
    #[case::a_map_in_place_of_a_list(json!({"a":{"M":{}}}), json!({"a":{"L":[]}}), &["a"])]
    #[case::empty_text_is_a_value(json!({"a":{"S":""}}), json!({}), &["a"])]
    fn differences_are_named_by_their_deepest_path(
        #[case] base: serde_json::Value,
        #[case] copy: serde_json::Value,
        #[case] paths: &[&str],
    ) {
        let diffs = diff_items(&item(&base), &item(&copy));
        let found: Vec<&str> = diffs.iter().map(|diff| diff.path.as_str()).collect();
        assert_eq!(found, paths);
    }

    #[test]
    fn a_difference_has_both_values_and_nothing_for_an_absent_side() {
        let diffs = diff_items(
            &item(&json!({"a":{"N":"12"},"b":{"NULL":true}})),
            &item(&json!({"a":{"N":"7"}})),
        );
        let values: Vec<_> = diffs
            .into_iter()
            .map(|diff| (diff.base, diff.copy))
            .collect();
        let number = |n: i64| Value::N(n.into());
        assert_eq!(
            values,
            [
                (Some(number(12)), Some(number(7))),
                (Some(Value::Null), None)
            ]
        );
    }
}

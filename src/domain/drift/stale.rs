//! Older versions: what proves that a copy item is one, and what proves that a base item cannot be one again.

use super::round::Recurrence;
use super::verdict::Look;
use crate::domain::expr::{Lookup, Path};
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::value::Item;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// What base items were before, as a stream told it.
pub trait Images: Send + Sync + fmt::Debug {
    /// Older images of the base item of this key, oldest first. What was told once stays told.
    fn older(&self, base_key: &Item) -> Vec<Item>;
}

impl Images for BTreeMap<Item, Vec<Item>> {
    fn older(&self, base_key: &Item) -> Vec<Item> {
        self.get(base_key).cloned().unwrap_or_default()
    }
}

/// Why the item found is an older version of the one expected, when that can be proved.
pub(super) fn why(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    look: &Look,
    expected: &Item,
    found: &Item,
) -> Option<String> {
    if let Some(path) = &dataset.dataset.version_by
        && is_less(path, found, expected)
    {
        return Some(format!("by `{path}` it is an older version"));
    }
    let key = copy.table.key.of(expected);
    let found = dataset.compared(copy, found);
    let was_so = |older: &Item| match dataset.expected(copy, older) {
        Expectation::Items(items) => items
            .iter()
            .any(|item| copy.table.key.of(item) == key && dataset.compared(copy, item) == found),
        Expectation::Unmappable(_) => false,
    };
    look.older
        .iter()
        .any(was_so)
        .then(|| "it is as an older image in the stream has it".to_owned())
}

/// Whether the version of one item is below that of the other: of one type that has an order.
fn is_less(path: &Path, one: &Item, other: &Item) -> bool {
    let (Some(one), Some(other)) = (one.find(path), other.find(path)) else {
        return false;
    };
    one.order(&other).is_some_and(Ordering::is_lt)
}

/// Whether two equal looks may hide a change and its undoing. A version changes with every write, so a
/// base item that carries one is never the same again; without a base item its items in the copy tell.
#[must_use]
pub fn recurrence(dataset: &BoundDataset, look: &Look) -> Recurrence {
    let Some(path) = &dataset.dataset.version_by else {
        return Recurrence::Possible;
    };
    let has_version = |item: &Item| item.find(path).is_some_and(|value| !value.is_null());
    let versioned = match &look.base {
        Some(base) => has_version(base),
        None => look
            .copy
            .iter()
            .filter_map(|(_, item)| item.as_ref())
            .all(has_version),
    };
    if versioned {
        Recurrence::Excluded
    } else {
        Recurrence::Possible
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::{item, strike, strikes, with};
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    #[rstest]
    #[case::an_older_number(json!({"N": "9"}), json!({"N": "10"}), true)]
    #[case::the_same(json!({"N": "10"}), json!({"N": "10.0"}), false)]
    #[case::a_newer_one(json!({"N": "11"}), json!({"N": "10"}), false)]
    #[case::an_older_date(json!({"S": "1998-08-13"}), json!({"S": "1998-08-14"}), true)]
    #[case::of_two_types(json!({"S": "1"}), json!({"N": "2"}), false)]
    #[case::without_an_order(json!({"BOOL": false}), json!({"BOOL": true}), false)]
    #[case::absent(json!(null), json!({"N": "2"}), false)]
    fn versions_are_compared_when_their_type_has_an_order(
        #[case] one: Json,
        #[case] other: Json,
        #[case] less: bool,
    ) {
        let of = |version: &Json| with(&Item::new(), &json!({"revised_at": version}));
        let path = Path::top("revised_at");
        assert_eq!(is_less(&path, &of(&one), &of(&other)), less);
    }

    #[test]
    fn only_what_carries_a_version_is_never_the_same_again() {
        let dataset = strikes();
        let of = |base: Option<Item>, copy: Option<Item>| {
            let copy = vec![(Item::new(), copy)];
            recurrence(
                &dataset,
                &Look {
                    base,
                    copy,
                    ..Look::default()
                },
            )
        };
        let versioned = with(&strike(), &json!({"revised_at": {"S": "2"}}));
        assert_eq!(of(Some(versioned.clone()), None), Recurrence::Excluded);
        assert_eq!(
            of(Some(strike()), Some(versioned.clone())),
            Recurrence::Possible
        );
        assert_eq!(of(None, Some(versioned)), Recurrence::Excluded);
        assert_eq!(of(None, Some(strike())), Recurrence::Possible);
        let older = BTreeMap::from([(item(&json!({"k": {"S": "1"}})), vec![strike()])]);
        assert_eq!(older.older(&item(&json!({"k": {"S": "1"}}))), [strike()]);
    }
}

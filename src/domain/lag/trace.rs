//! What a copy shows once a change has reached it.
//!
//! A copy may differ from its mapping already, so only what the change itself changed is looked for.

use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::value::{Item, Value};
use std::collections::BTreeMap;

/// The mark that a change of a base item leaves in a copy: by keys of copy items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(BTreeMap<Item, Mark>);

/// What is seen of one copy item.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    /// It is not there, or belongs to another base item.
    Gone,
    /// These attributes are so; `None` is an absent one.
    Shows(BTreeMap<String, Option<Value>>),
}

impl Trace {
    /// The mark of the change from `old`, where known, to `new`. `None` when the copy need not show it:
    /// it keeps nothing of what changed, or has no item for it.
    #[must_use]
    pub fn of(
        dataset: &BoundDataset,
        copy: &BoundCopy,
        old: Option<&Item>,
        new: Option<&Item>,
    ) -> Option<Self> {
        let expected = |image: Option<&Item>| match image.map(|item| dataset.expected(copy, item)) {
            None => Some(BTreeMap::new()),
            Some(Expectation::Items(items)) => {
                let keyed = |item: &Item| (copy.table.key.of(item), dataset.compared(copy, item));
                Some(items.iter().map(keyed).collect())
            }
            Some(Expectation::Unmappable(_)) => None,
        };
        let now: BTreeMap<Item, Item> = expected(new)?;
        let before = expected(old).unwrap_or_default();
        let gone = before.keys().filter(|key| !now.contains_key(*key));
        let mut marks: BTreeMap<Item, Mark> = gone.map(|key| (key.clone(), Mark::Gone)).collect();
        for (key, item) in now {
            let changed = match before.get(&key) {
                None => item.into_iter().map(|(name, v)| (name, Some(v))).collect(),
                Some(former) => changed(former, &item),
            };
            if !changed.is_empty() {
                marks.insert(key, Mark::Shows(changed));
            }
        }
        (!marks.is_empty()).then_some(Self(marks))
    }

    /// The keys of the copy items to look at.
    pub fn keys(&self) -> impl Iterator<Item = &Item> {
        self.0.keys()
    }

    /// Whether the copy shows it, having these items of `base_key` and others.
    #[must_use]
    pub fn is_seen(
        &self,
        dataset: &BoundDataset,
        copy: &BoundCopy,
        base_key: &Item,
        found: &BTreeMap<Item, Item>,
    ) -> bool {
        self.0.iter().all(|(key, mark)| {
            let item = found.get(key);
            let own = item.filter(|item| {
                let owner = dataset.base_key_of(copy, *item);
                owner.is_none_or(|owner| owner == *base_key)
            });
            match (mark, own) {
                (Mark::Gone, own) => own.is_none(),
                (Mark::Shows(_), None) => false,
                (Mark::Shows(attributes), Some(item)) => attributes
                    .iter()
                    .all(|(name, value)| item.get(name) == value.as_ref()),
            }
        })
    }
}

/// The attributes of `item` that `former` has not so, and those it lacks.
fn changed(former: &Item, item: &Item) -> BTreeMap<String, Option<Value>> {
    let new = item
        .iter()
        .filter(|(name, value)| former.get(*name) != Some(*value))
        .map(|(name, value)| (name.clone(), Some(value.clone())));
    let lost = former.keys().filter(|name| !item.contains_key(*name));
    new.chain(lost.map(|name| (name.clone(), None))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::{copy, strike, strikes, with};
    use crate::domain::value::Item;
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    /// What a copy holds for these base items.
    fn held(name: &str, base: &[Item]) -> BTreeMap<Item, Item> {
        let dataset = strikes();
        let copy = copy(&dataset, name);
        let items = base
            .iter()
            .flat_map(|item| match dataset.expected(copy, item) {
                Expectation::Items(items) => items,
                Expectation::Unmappable(why) => panic!("{why:?}"),
            });
        items.map(|item| (copy.table.key.of(&item), item)).collect()
    }

    /// Whether the change is seen where the copy holds what these base items give.
    fn seen(name: &str, old: Option<&Item>, new: Option<&Item>, base: &[Item]) -> Option<bool> {
        let dataset = strikes();
        let copy = copy(&dataset, name);
        let trace = Trace::of(&dataset, copy, old, new)?;
        let key = dataset.base.key.of(&strike());
        Some(trace.is_seen(&dataset, copy, &key, &held(name, base)))
    }

    #[rstest]
    #[case::another_cost("by_month", &json!({"cost_total": {"N": "13"}}), Some(()))]
    #[case::another_key("by_month", &json!({"struck_on": {"S": "1998-09-01"}}), Some(()))]
    #[case::a_lost_attribute("by_month", &json!({"species": null}), Some(()))]
    #[case::an_attribute_that_is_not_kept("damaged", &json!({"species": {"S": "Crow"}}), None)]
    #[case::no_item_any_more("damaged", &json!({"damage": {"S": "None"}}), Some(()))]
    fn a_change_is_seen_in_the_new_copy_and_not_in_the_old(
        #[case] name: &str,
        #[case] change: &Json,
        #[case] shows: Option<()>,
    ) {
        let (old, new) = (strike(), with(&strike(), change));
        let seen = |base: &Item| seen(name, Some(&old), Some(&new), std::slice::from_ref(base));
        assert_eq!(seen(&new), shows.map(|()| true));
        assert_eq!(seen(&old), shows.map(|()| false));
    }

    #[test]
    fn inserts_and_removals_are_seen_as_well() {
        let new = strike();
        let base = std::slice::from_ref(&new);
        assert_eq!(seen("by_party", None, Some(&new), base), Some(true));
        assert_eq!(seen("by_party", None, Some(&new), &[]), Some(false));
        assert_eq!(seen("by_party", Some(&new), None, &[]), Some(true));
        assert_eq!(seen("by_party", Some(&new), None, base), Some(false));
    }

    #[test]
    fn a_copy_that_differs_elsewhere_still_shows_the_change() {
        let new = with(&strike(), &json!({"cost_total": {"N": "13"}}));
        let drifted = with(&new, &json!({"species": {"S": "Crow"}}));
        let base = std::slice::from_ref(&drifted);
        assert_eq!(
            seen("by_month", Some(&strike()), Some(&new), base),
            Some(true)
        );
    }
}

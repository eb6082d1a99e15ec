//! Items of one side held against the other, both read eventually: what does not agree is a suspect, and
//! no more than that until it was verified.

use super::check::Check;
use crate::domain::drift::diff_items;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::query::Consistency;
use crate::domain::value::Item;
use crate::engine::pages::Stop;
use std::collections::{BTreeMap, BTreeSet};

/// What was seen of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It agrees with the other side.
    Agrees,
    /// It does not.
    Suspect,
    /// It is none of the dataset or the copy, or cannot be judged from this side.
    Foreign,
}

/// Suspects of a check: what was seen of one base item is one candidate.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// Copy and base key → keys of copy items.
    known: BTreeMap<(usize, Item), BTreeSet<Item>>,
    /// Copy items without a base key.
    strays: BTreeSet<(usize, Item)>,
}

impl Suspects {
    pub(super) fn add(
        &mut self,
        copy: usize,
        base_key: Option<Item>,
        keys: impl IntoIterator<Item = Item>,
    ) {
        match base_key {
            Some(base) => self.known.entry((copy, base)).or_default().extend(keys),
            None => self.strays.extend(keys.into_iter().map(|key| (copy, key))),
        }
    }
}

impl Check<'_> {
    /// Has all suspects verified.
    pub(super) fn submit_all(&mut self, suspects: Suspects) {
        let known = suspects.known.into_iter();
        let known = known.map(|((copy, base), keys)| (copy, Some(base), keys));
        let strays = suspects.strays.into_iter();
        let strays = strays.map(|(copy, key)| (copy, None, BTreeSet::from([key])));
        for (copy, base_key, keys) in known.chain(strays) {
            self.submit(copy, base_key, keys.into_iter().collect());
        }
    }

    /// Holds base items against what the copy has of them; and how many items it has.
    pub(super) async fn hold_against_copy(
        &mut self,
        at: usize,
        items: &[Item],
        suspects: &mut Suspects,
    ) -> Result<(Vec<Held>, u64), Stop> {
        let (dataset, copy) = (self.dataset, self.copies[at].copy);
        let expected: Vec<Option<Expectation>> = items
            .iter()
            .map(|item| {
                dataset
                    .is_member(item)
                    .then(|| dataset.expected(copy, item))
            })
            .collect();
        let keys = expected
            .iter()
            .flatten()
            .flat_map(|expected| keys_of(copy, expected));
        let found = self
            .read_keys(&copy.table, keys.collect(), Consistency::Eventual)
            .await?;
        let summary = &mut self.copies[at].summary;
        let mut held = Vec::with_capacity(items.len());
        for (item, expected) in items.iter().zip(expected) {
            let base = dataset.base.key.of(item);
            held.push(match expected {
                None => Held::Foreign,
                Some(Expectation::Unmappable(_)) => {
                    suspects.add(at, Some(base), []);
                    Held::Suspect
                }
                Some(Expectation::Items(expected)) => {
                    summary.expected += expected.len() as u64;
                    let differs = |expected: &&Item| {
                        let found = found.get(&copy.table.key.of(expected));
                        found.is_none_or(|found| !agrees(dataset, copy, &base, expected, found))
                    };
                    let keys = expected
                        .iter()
                        .filter(differs)
                        .map(|e| copy.table.key.of(e));
                    let keys: Vec<Item> = keys.collect();
                    if keys.is_empty() {
                        Held::Agrees
                    } else {
                        suspects.add(at, Some(base), keys);
                        Held::Suspect
                    }
                }
            });
        }
        Ok((held, found.len() as u64))
    }

    /// Holds copy items against their base items.
    pub(super) async fn hold_against_base(
        &mut self,
        at: usize,
        items: &[Item],
        suspects: &mut Suspects,
    ) -> Result<Vec<Held>, Stop> {
        let (dataset, copy) = (self.dataset, self.copies[at].copy);
        let owner = |item: &Item| {
            let belongs = dataset.belongs(copy, item);
            belongs.then(|| dataset.base_key_of(copy, item))
        };
        let owners: Vec<Option<Option<Item>>> = items.iter().map(owner).collect();
        let keys = owners.iter().flatten().flatten().cloned().collect();
        let bases = self
            .read_keys(&dataset.base, keys, Consistency::Eventual)
            .await?;
        let held = items.iter().zip(owners).map(|(item, owner)| {
            let Some(owner) = owner else {
                return Held::Foreign;
            };
            let base = owner.as_ref().and_then(|owner| bases.get(owner));
            let expected = base.map(|base| dataset.expected(copy, base));
            let agrees = match (&owner, expected) {
                // Copy items of an unmappable base item are not judged.
                (_, Some(Expectation::Unmappable(_))) => return Held::Foreign,
                (Some(owner), Some(Expectation::Items(expected))) => expected
                    .iter()
                    .any(|expected| agrees(dataset, copy, owner, expected, item)),
                _ => false,
            };
            if agrees {
                return Held::Agrees;
            }
            suspects.add(at, owner, [copy.table.key.of(item)]);
            Held::Suspect
        });
        Ok(held.collect())
    }
}

/// The keys under which the copy should hold something.
fn keys_of(copy: &BoundCopy, expected: &Expectation) -> Vec<Item> {
    match expected {
        Expectation::Items(items) => items.iter().map(|item| copy.table.key.of(item)).collect(),
        Expectation::Unmappable(_) => Vec::new(),
    }
}

/// Whether an item that was found is the one that is expected of this base item.
fn agrees(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    base: &Item,
    expected: &Item,
    found: &Item,
) -> bool {
    copy.table.key.of(expected) == copy.table.key.of(found)
        && dataset.belongs(copy, found)
        && dataset.base_key_of(copy, found).as_ref() == Some(base)
        && diff_items(
            &dataset.compared(copy, expected),
            &dataset.compared(copy, found),
        )
        .is_empty()
}

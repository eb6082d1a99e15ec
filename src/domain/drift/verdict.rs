//! The verdict on a candidate: two looks, a grace apart.
//!
//! One look is a strong read of the base item, then of the copy items at [`copy_keys`], then of the
//! base items at [`owner_keys`]. The engine reads; what to read and what follows is decided here.

use super::report::key_text;
use super::{Candidate, Class, Finding, diff_items};
use crate::domain::expr::holds;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::size::item_size;
use crate::domain::value::Item;
use std::collections::BTreeSet;

/// The largest item in bytes (developer guide, Constraints).
const ITEM_LIMIT: usize = 400 * 1024;

/// What strong reads of both sides showed at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The base item; `None` when it does not exist, or the candidate names none.
    pub base: Option<Item>,
    /// The copy items at the keys involved: key → item.
    pub copy: Vec<(Item, Option<Item>)>,
    /// Other base items, to which items at the keys of this one belong: base key → item.
    pub owners: Vec<(Item, Option<Item>)>,
}

/// When a finding was seen and confirmed, RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// At the first look.
    pub seen_at: String,
    /// At this look.
    pub confirmed_at: String,
}

/// What follows from the looks so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It agrees now: it was in flight.
    InFlight,
    /// Look again after the grace.
    Again,
    /// Drift.
    Drift(Vec<Finding>),
}

/// Which copy items a look at `candidate` reads, once its base item was read: those it should be
/// now, and those the candidate names.
#[must_use]
pub fn copy_keys(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    candidate: &Candidate,
    base: Option<&Item>,
) -> Vec<Item> {
    let mut keys: BTreeSet<Item> = candidate.copy_keys.iter().cloned().collect();
    if let Some(Expectation::Items(items)) = base.map(|base| dataset.expected(copy, base)) {
        keys.extend(items.iter().map(|item| copy.table.key.of(item)));
    }
    keys.into_iter().collect()
}

/// Which other base items a look reads last: those to which the items found at this one's keys belong.
#[must_use]
pub fn owner_keys(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    base: Option<&Item>,
    found: &[(Item, Option<Item>)],
) -> Vec<Item> {
    let Some(base) = base else {
        return Vec::new();
    };
    let own = dataset.base.key.of(base);
    let owners: BTreeSet<Item> = found
        .iter()
        .filter_map(|(_, item)| dataset.base_key_of(copy, item.as_ref()?))
        .filter(|owner| *owner != own)
        .collect();
    owners.into_iter().collect()
}

/// What one look says on its own: the findings if nothing moves any more; empty when both sides agree.
#[must_use]
pub fn classify(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    candidate: &Candidate,
    look: &Look,
    times: &Times,
) -> Vec<Finding> {
    let case = Case {
        dataset,
        copy,
        candidate,
        look,
        times,
    };
    let expected = match look.base.as_ref().map(|base| dataset.expected(copy, base)) {
        Some(Expectation::Unmappable(unmappable)) => {
            return vec![Finding {
                detail: Some(unmappable.detail),
                ..case.finding(Class::Unmappable, None)
            }];
        }
        Some(Expectation::Items(items)) => items,
        None => Vec::new(),
    };
    let mut findings: Vec<Finding> = expected
        .iter()
        .filter_map(|item| case.of_expected(item))
        .collect();
    let keys: Vec<Item> = expected
        .iter()
        .map(|item| copy.table.key.of(item))
        .collect();
    let beyond = look.copy.iter().filter(|(key, _)| !keys.contains(key));
    findings.extend(beyond.filter_map(|(key, item)| case.beyond_expected(key, item.as_ref()?)));
    findings
}

/// Judges by the former look and this one, a grace apart.
#[must_use]
pub fn judge(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    candidate: &Candidate,
    former: Option<&Look>,
    now: &Look,
    times: &Times,
) -> Verdict {
    let findings = classify(dataset, copy, candidate, now, times);
    if findings.is_empty() {
        Verdict::InFlight
    } else if former == Some(now) {
        Verdict::Drift(findings)
    } else {
        Verdict::Again
    }
}

/// A candidate and a look at it.
struct Case<'a> {
    dataset: &'a BoundDataset,
    copy: &'a BoundCopy,
    candidate: &'a Candidate,
    look: &'a Look,
    times: &'a Times,
}

impl Case<'_> {
    fn finding(&self, class: Class, copy_key: Option<&Item>) -> Finding {
        Finding {
            dataset: self.dataset.dataset.name.clone(),
            copy: self.copy.mapping.name.clone(),
            class,
            base_key: self.candidate.base_key.clone(),
            copy_key: copy_key.cloned(),
            attributes: Vec::new(),
            detail: None,
            seen_at: self.times.seen_at.clone(),
            confirmed_at: self.times.confirmed_at.clone(),
        }
    }

    /// What is wrong with an expected item. A key that was not looked at gives no verdict.
    fn of_expected(&self, expected: &Item) -> Option<Finding> {
        let key = self.copy.table.key.of(expected);
        let (_, found) = self.look.copy.iter().find(|(looked, _)| *looked == key)?;
        let Some(found) = found else {
            let size = item_size(expected);
            return Some(Finding {
                detail: (size > ITEM_LIMIT).then(|| {
                    format!("it would have {size} bytes, and no item has more than {ITEM_LIMIT}")
                }),
                ..self.finding(Class::Missing, Some(&key))
            });
        };
        let owner = self.dataset.base_key_of(self.copy, found);
        if let Some(owner) = owner.filter(|owner| Some(owner) != self.candidate.base_key.as_ref()) {
            return Some(self.taken(&key, &owner));
        }
        if !self.dataset.belongs(self.copy, found) {
            return Some(Finding {
                detail: Some("its key is taken by an item that does not belong to the copy".into()),
                ..self.finding(Class::Missing, Some(&key))
            });
        }
        let attributes = diff_items(
            &self.dataset.compared(self.copy, expected),
            &self.dataset.compared(self.copy, found),
        );
        (!attributes.is_empty()).then(|| Finding {
            attributes,
            ..self.finding(Class::Different, Some(&key))
        })
    }

    /// The expected key is taken by an item of another base item: a duplicate if that one maps to the
    /// key as well. Otherwise its item is in the wrong place, which is a candidate of its own.
    fn taken(&self, key: &Item, owner: &Item) -> Finding {
        let owner_item = self.look.owners.iter().find(|(known, _)| known == owner);
        let expected = owner_item
            .and_then(|(_, item)| item.as_ref())
            .map(|item| self.dataset.expected(self.copy, item));
        let maps_here = matches!(expected, Some(Expectation::Items(items))
            if items.iter().any(|item| self.copy.table.key.of(item) == *key));
        let owner = key_text(owner);
        let (class, detail) = if maps_here {
            let detail = format!("base item {owner} maps to the same key, and its item is there");
            (Class::Duplicate, detail)
        } else {
            let detail = format!("its key is taken by an item of base item {owner}");
            (Class::Missing, detail)
        };
        Finding {
            detail: Some(detail),
            ..self.finding(class, Some(key))
        }
    }

    /// What is wrong with a copy item under a key that E(b) does not give.
    fn beyond_expected(&self, key: &Item, found: &Item) -> Option<Finding> {
        if !self.dataset.belongs(self.copy, found) {
            return None;
        }
        let Some(owner) = self.dataset.base_key_of(self.copy, found) else {
            return Some(Finding {
                base_key: None,
                detail: Some(self.lacks_base_key()),
                ..self.finding(Class::Orphaned, Some(key))
            });
        };
        if Some(&owner) != self.candidate.base_key.as_ref() {
            // It has become the item of another base item, whose candidate it would be.
            return None;
        }
        let Some(base) = &self.look.base else {
            return Some(self.finding(Class::Orphaned, Some(key)));
        };
        let mapping = &self.copy.mapping;
        let no_more = if !self.dataset.is_member(base) {
            Some("the base item is not of the dataset: its `where` is false")
        } else if !holds(&mapping.filter, base) {
            Some("the base item is not of the copy: its `where` is false")
        } else {
            None
        };
        Some(Finding {
            detail: no_more.map(Into::into),
            ..self.finding(Class::Misplaced, Some(key))
        })
    }

    fn lacks_base_key(&self) -> String {
        let names: Vec<&str> = self
            .dataset
            .base
            .key
            .attributes()
            .map(|key| self.copy.mapping.name_of_base_key(&key.name))
            .collect();
        format!("it lacks the base key: `{}`", names.join("`, `"))
    }
}

#[cfg(test)]
mod tests;

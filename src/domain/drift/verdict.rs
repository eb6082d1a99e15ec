//! What one look at a candidate shows.
//!
//! One look is a strong read of the base item, then of the copy items at [`copy_keys`], then of the
//! base items at [`owner_keys`]. The engine reads; what to read and what it shows is decided here. Whether
//! it is drift takes more looks than one: that is [`Rounds`](super::Rounds)'s.

use super::compare::notes;
use super::digest::Digest;
use super::report::key_text;
use super::{Candidate, Class, Finding, Mend, diff_items, expiry, stale};
use crate::domain::expr::holds;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::size::item_size;
use crate::domain::value::Item;
use std::collections::BTreeSet;

/// The largest item in bytes (developer guide, Constraints).
const ITEM_LIMIT: usize = 400 * 1024;

/// What strong reads of both sides showed, one soon after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The base item; `None` when it does not exist, or the candidate names none.
    pub base: Option<Item>,
    /// The copy items at the keys involved: key → item.
    pub copy: Vec<(Item, Option<Item>)>,
    /// Other base items, to which items at the keys of this one belong: base key → item.
    pub owners: Vec<(Item, Option<Item>)>,
    /// What the base item was before, as far as a stream told it.
    pub older: Vec<Item>,
}

impl Look {
    /// The digest of everything it showed: equal when nothing moved from one look to the other. An older
    /// image that was not known before counts as a move, because it tells of a write.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let (mut all, mut scratch) = (Vec::new(), Vec::new());
        let mut put = |item: Option<&Item>| {
            let digest = item.map(|item| Digest::of_item(item, &mut scratch));
            all.push(u8::from(digest.is_some()));
            all.extend(digest.unwrap_or_default().0.to_le_bytes());
        };
        put(self.base.as_ref());
        for pairs in [&self.copy, &self.owners] {
            for (key, item) in pairs {
                put(Some(key));
                put(item.as_ref());
            }
            put(None);
        }
        self.older.iter().for_each(|older| put(Some(older)));
        Digest::of(&all)
    }
}

/// When a finding was seen and confirmed, RFC 3339, and what time it is for what expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// At the first look.
    pub seen_at: String,
    /// At this look.
    pub confirmed_at: String,
    /// At this look, in seconds since 1970.
    pub now: i64,
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
            let finding = Finding {
                detail: Some(unmappable.detail),
                ..case.finding(Class::Unmappable, None)
            };
            return vec![case.unless_expired(finding, [None, None])];
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
            mend: None,
        }
    }

    /// What is wrong with an expected item. A key that was not looked at gives no verdict.
    fn of_expected(&self, expected: &Item) -> Option<Finding> {
        let key = self.copy.table.key.of(expected);
        let (_, found) = self.look.copy.iter().find(|(looked, _)| *looked == key)?;
        let missing = |detail| Finding {
            detail,
            ..self.finding(Class::Missing, Some(&key))
        };
        let Some(found) = found else {
            let too_large = too_large(expected);
            let put = too_large.is_none().then(|| Mend::Put {
                item: expected.clone(),
                over: None,
            });
            let absent = Finding {
                mend: put,
                ..missing(too_large)
            };
            return Some(self.unless_expired(absent, [Some(expected), None]));
        };
        let owner = self.dataset.base_key_of(self.copy, found);
        if let Some(owner) = owner.filter(|owner| Some(owner) != self.candidate.base_key.as_ref()) {
            return Some(self.unless_expired(self.taken(&key, &owner), [Some(expected), None]));
        }
        if !self.dataset.belongs(self.copy, found) {
            let detail = "its key is taken by an item that does not belong to the copy".to_owned();
            return Some(self.unless_expired(missing(Some(detail)), [Some(expected), None]));
        }
        let finding = self.other_attributes(&key, expected, found)?;
        Some(self.unless_expired(finding, [Some(expected), Some(found)]))
    }

    /// What is wrong with the attributes of an item under its right key.
    fn other_attributes(&self, key: &Item, expected: &Item, found: &Item) -> Option<Finding> {
        let attributes = diff_items(
            &self.dataset.compared(self.copy, expected),
            &self.dataset.compared(self.copy, found),
        );
        if attributes.is_empty() {
            return None;
        }
        let older = stale::why(self.dataset, self.copy, self.look, expected, found);
        let class = older.as_ref().map_or(Class::Different, |_| Class::Stale);
        let too_large = too_large(expected);
        let fits = too_large.is_none();
        let details: Vec<String> = older
            .into_iter()
            .chain(too_large)
            .chain(notes(&attributes))
            .collect();
        Some(Finding {
            attributes,
            detail: (!details.is_empty()).then(|| details.join("; ")),
            mend: fits.then(|| Mend::over(self.dataset, self.copy, expected, found)),
            ..self.finding(class, Some(key))
        })
    }

    /// The finding, unless the base item or one of these items of the copy has expired: then it is none of drift.
    fn unless_expired(&self, finding: Finding, of_copy: [Option<&Item>; 2]) -> Finding {
        let base = self.look.base.as_ref();
        let of_base = (&self.dataset.base, base);
        let of_copy = of_copy.map(|item| (&self.copy.table, item));
        let Some(why) = expiry::why([of_base].into_iter().chain(of_copy), self.times.now) else {
            return finding;
        };
        Finding {
            class: Class::Expired,
            detail: Some(format!("{}, but {why}", finding.class.code())),
            mend: None,
            ..finding
        }
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
        let mend = Some(Mend::Delete {
            seen: found.clone(),
        });
        let Some(owner) = self.dataset.base_key_of(self.copy, found) else {
            let stray = Finding {
                base_key: None,
                detail: Some(self.lacks_base_key()),
                mend,
                ..self.finding(Class::Orphaned, Some(key))
            };
            return Some(self.unless_expired(stray, [None, Some(found)]));
        };
        if Some(&owner) != self.candidate.base_key.as_ref() {
            // It has become the item of another base item, whose candidate it would be.
            return None;
        }
        let Some(base) = &self.look.base else {
            let orphan = Finding {
                mend,
                ..self.finding(Class::Orphaned, Some(key))
            };
            return Some(self.unless_expired(orphan, [None, Some(found)]));
        };
        let mapping = &self.copy.mapping;
        let no_more = if !self.dataset.is_member(base) {
            Some("the base item is not of the dataset: its `where` is false")
        } else if !holds(&mapping.filter, base) {
            Some("the base item is not of the copy: its `where` is false")
        } else {
            None
        };
        let misplaced = Finding {
            detail: no_more.map(Into::into),
            mend,
            ..self.finding(Class::Misplaced, Some(key))
        };
        Some(self.unless_expired(misplaced, [None, Some(found)]))
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

/// Why an item can never be written, when that is so.
fn too_large(expected: &Item) -> Option<String> {
    let size = item_size(expected);
    (size > ITEM_LIMIT)
        .then(|| format!("it would have {size} bytes, and no item has more than {ITEM_LIMIT}"))
}

#[cfg(test)]
mod tests;

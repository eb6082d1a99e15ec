//! The comparison of the two sides of a copy, bucket by bucket.
//!
//! Scans come in the order of their own hashes, so nothing can be merged as it arrives. Records of one
//! base item share a bucket on both sides; buckets whose counts and sums agree are clean, and only the
//! others are joined here. What differs is seen once, so it is a candidate and no more.

use super::Packed;
use super::record::{Record, decode_key};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;
use std::collections::{BTreeMap, BTreeSet};

/// What differed between the sides of one base item, seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The base key; absent when the copy item does not carry one.
    pub base_key: Option<Item>,
    /// Keys of the copy items involved, as far as a scan met them, sorted.
    pub copy_keys: Vec<Item>,
    /// How many copy items that is, those included that a scan did not meet; none when the base item
    /// is unmappable and has no items there.
    pub seen: u64,
}

/// What differs between two buckets for one base item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Difference {
    /// The base key, when the base was met.
    base_key: Option<Item>,
    /// Digests of the copy keys that the base item should have.
    expected: BTreeSet<u64>,
    /// Copy items that were met: digests of their keys, and the keys.
    found: BTreeMap<u64, Item>,
    /// The digest of its key, when it is a copy item that carries no base key.
    stray: Option<u64>,
}

impl Candidate {
    /// How many copy items it counts for, as long as nobody has looked.
    pub(super) fn items(&self) -> u64 {
        self.seen.max(1)
    }
}

impl Difference {
    /// As a candidate.
    fn candidate(self) -> Candidate {
        let both = self.found.keys().filter(|key| self.expected.contains(key));
        let seen = self.expected.len() + self.found.len() - both.count();
        let mut copy_keys: Vec<Item> = self.found.into_values().collect();
        copy_keys.sort();
        Candidate {
            base_key: self.base_key,
            copy_keys,
            seen: seen as u64,
        }
    }
}

/// Count and sum of the records of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// Σ of their digests modulo 2^128: a sum, because xor would cancel duplicates.
    pub sum: u128,
}

impl Tally {
    /// Counts a record.
    pub fn add(&mut self, record: &Record<'_>) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(record.summand());
    }
}

/// Joins the records of one bucket: what has no like on the other side, by base item.
///
/// Compared as sets: a scan that meets an item twice, because it moved, says nothing about the copy.
fn differences(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    expected: &[u8],
    actual: &[u8],
) -> Vec<Difference> {
    let (expected, actual) = (records(expected), records(actual));
    let identities =
        |records: &[Record<'_>]| -> BTreeSet<_> { records.iter().map(Record::identity).collect() };
    let (left, right) = (identities(&expected), identities(&actual));
    let mut by_base: BTreeMap<u64, Difference> = BTreeMap::new();
    for record in expected.iter().filter(|r| !right.contains(&r.identity())) {
        let difference = by_base.entry(record.base()).or_default();
        difference.base_key = decode_key(&dataset.base.key, record.key());
        if record.is_item() {
            difference.expected.insert(record.copy());
        }
    }
    for record in actual.iter().filter(|r| !left.contains(&r.identity())) {
        let difference = by_base.entry(record.base()).or_default();
        difference.stray = record.is_stray().then_some(record.copy());
        if let Some(key) = decode_key(&copy.table.key, record.key()) {
            difference.found.insert(record.copy(), key);
        }
    }
    by_base.into_values().collect()
}

/// The candidates of one copy, gathered bucket by bucket. Of more than `most` only the number is kept: a copy
/// that lost everything takes no more memory than one that lost so many.
#[derive(Debug)]
pub struct Gathered<'a> {
    dataset: &'a BoundDataset,
    copy: &'a BoundCopy,
    most: usize,
    candidates: Vec<Packed>,
    /// Copy items that carry no base key, by the digests of their keys.
    strays: BTreeMap<u64, Packed>,
    rest: u64,
}

impl<'a> Gathered<'a> {
    /// Nothing yet.
    #[must_use]
    pub const fn new(dataset: &'a BoundDataset, copy: &'a BoundCopy, most: usize) -> Self {
        Self {
            dataset,
            copy,
            most,
            candidates: Vec::new(),
            strays: BTreeMap::new(),
            rest: 0,
        }
    }

    /// Takes in what differs between the records of a bucket on either side.
    pub fn take(&mut self, expected: &[u8], actual: &[u8]) {
        for difference in differences(self.dataset, self.copy, expected, actual) {
            let stray = difference.stray;
            let candidate = difference.candidate();
            if self.candidates.len() + self.strays.len() >= self.most {
                self.rest += candidate.items();
                continue;
            }
            let keys = (&self.dataset.base.key, &self.copy.table.key);
            let packed = Packed::new(&candidate, keys.0, keys.1);
            match stray {
                Some(key) => drop(self.strays.insert(key, packed)),
                None => self.candidates.push(packed),
            }
        }
    }

    /// Whether the buckets have to be gone through once more, with [`Self::take_known`].
    #[must_use]
    pub fn has_strays(&self) -> bool {
        !self.strays.is_empty()
    }

    /// Leaves out strays under the key of an item that should be in the bucket: such a stray is that item
    /// without its base key, and looked at there.
    pub fn take_known(&mut self, expected: &[u8], actual: &[u8]) {
        let differences = differences(self.dataset, self.copy, expected, actual);
        for key in differences.iter().flat_map(|d| &d.expected) {
            self.strays.remove(key);
        }
    }

    /// The candidates, and how many copy items those are that were counted only.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Packed>, u64) {
        self.candidates.extend(self.strays.into_values());
        (self.candidates, self.rest)
    }
}

fn records(mut bytes: &[u8]) -> Vec<Record<'_>> {
    std::iter::from_fn(|| Record::take(&mut bytes)).collect()
}

#[cfg(test)]
mod tests;

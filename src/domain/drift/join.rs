//! The comparison of the two sides of a copy, bucket by bucket.
//!
//! Scans come in the order of their own hashes, so nothing can be merged as it arrives. Records of one
//! base item share a bucket on both sides; buckets whose counts and sums agree are clean, and only the
//! others are joined here. What differs is seen once, so it is a candidate and no more.

use super::record::{Record, decode_key};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
pub struct Difference {
    /// The base key, when the base was met.
    pub base_key: Option<Item>,
    /// Digests of the copy keys that the base item should have.
    pub expected: BTreeSet<u64>,
    /// Copy items that were met: digests of their keys, and the keys.
    pub found: BTreeMap<u64, Item>,
    /// Whether it is a copy item that carries no base key.
    stray: bool,
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
#[must_use]
pub fn differences(
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
        difference.stray = record.is_stray();
        if let Some(key) = decode_key(&copy.table.key, record.key()) {
            difference.found.insert(record.copy(), key);
        }
    }
    by_base.into_values().collect()
}

/// The differences of all buckets as candidates. A stray under the key of an expected item is that item
/// without its base key: looked at there.
#[must_use]
pub fn candidates(differences: Vec<Difference>) -> Vec<Candidate> {
    let all = differences.iter();
    let expected: HashSet<u64> = all.flat_map(|d| &d.expected).copied().collect();
    let known = |d: &Difference| d.stray && d.found.keys().all(|key| expected.contains(key));
    differences
        .into_iter()
        .filter(|difference| !known(difference))
        .map(Difference::candidate)
        .collect()
}

fn records(mut bytes: &[u8]) -> Vec<Record<'_>> {
    std::iter::from_fn(|| Record::take(&mut bytes)).collect()
}

#[cfg(test)]
mod tests;

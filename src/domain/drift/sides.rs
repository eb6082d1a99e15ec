//! The comparison of the two sides of a copy: what the base says, and what the copy holds.
//!
//! Both scans come in the order of their own hashes, so nothing can be merged as it arrives. Records go
//! into buckets by digest; buckets whose counts and sums agree are clean, and only the others are joined.
//! Everything is held in memory for now; buckets are what can be spilled.

use super::digest::Digest;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::value::Item;
use std::collections::{BTreeMap, BTreeSet};

const BUCKET_BITS: u32 = 6;

/// The two sides of one copy, as far as they were read.
#[derive(Debug, Default)]
pub struct Sides {
    expected: Side,
    actual: Side,
    unmappable: BTreeSet<Item>,
}

/// What differed between the sides of one base item, seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The base key; absent when the copy item does not carry one.
    pub base_key: Option<Item>,
    /// Keys of the copy items involved, sorted; none when the base item is unmappable.
    pub copy_keys: Vec<Item>,
}

/// One item of one side.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    /// Of base key and copy key.
    key: Digest,
    /// Of the compared image.
    image: Digest,
    base_key: Option<Item>,
    copy_key: Item,
}

#[derive(Debug)]
struct Side {
    buckets: Vec<Bucket>,
}

#[derive(Debug, Default)]
struct Bucket {
    /// Σ of key and image. A sum, because xor would cancel duplicates.
    sum: Digest,
    records: Vec<Record>,
}

impl Sides {
    /// Adds what the base item should be in the copy.
    pub fn base_item(&mut self, dataset: &BoundDataset, copy: &BoundCopy, base: &Item) {
        let base_key = dataset.base.key.of(base);
        match dataset.expected(copy, base) {
            Expectation::Unmappable(_) => {
                self.unmappable.insert(base_key);
            }
            Expectation::Items(items) => {
                for item in &items {
                    let record = Record::new(dataset, copy, Some(base_key.clone()), item);
                    self.expected.push(record);
                }
            }
        }
    }

    /// Adds an item of the copy's table; one that does not belong to the copy (`only`) is ignored.
    pub fn copy_item(&mut self, dataset: &BoundDataset, copy: &BoundCopy, item: &Item) {
        if dataset.belongs(copy, item) {
            let base_key = dataset.base_key_of(copy, item);
            let record = Record::new(dataset, copy, base_key, item);
            self.actual.push(record);
        }
    }

    /// How many items the copy should hold.
    #[must_use]
    pub fn expected(&self) -> u64 {
        self.expected.len()
    }

    /// How many items the copy holds.
    #[must_use]
    pub fn actual(&self) -> u64 {
        self.actual.len()
    }

    /// The differences: one candidate a base item, so that its missing and its misplaced items are
    /// looked at together, and one for each copy item without a base key.
    #[must_use]
    pub fn candidates(self) -> Vec<Candidate> {
        let mut by_base: BTreeMap<Item, BTreeSet<Item>> = BTreeMap::new();
        let mut strays: BTreeSet<Item> = BTreeSet::new();
        for key in self.unmappable {
            by_base.entry(key).or_default();
        }
        for (expected, actual) in self.expected.buckets.into_iter().zip(self.actual.buckets) {
            for record in expected.unlike(actual) {
                match record.base_key {
                    Some(key) => by_base.entry(key).or_default().insert(record.copy_key),
                    None => strays.insert(record.copy_key),
                };
            }
        }
        // A stray under the key of an expected item is that item without its base key: looked at there.
        for copy_keys in by_base.values() {
            strays.retain(|stray| !copy_keys.contains(stray));
        }
        let of_base = by_base.into_iter().map(|(key, copy_keys)| Candidate {
            base_key: Some(key),
            copy_keys: copy_keys.into_iter().collect(),
        });
        let of_strays = strays.into_iter().map(|copy_key| Candidate {
            base_key: None,
            copy_keys: vec![copy_key],
        });
        of_base.chain(of_strays).collect()
    }
}

impl Record {
    fn new(
        dataset: &BoundDataset,
        copy: &BoundCopy,
        base_key: Option<Item>,
        copy_item: &Item,
    ) -> Self {
        let copy_key = copy.table.key.of(copy_item);
        let no_key = Item::new();
        Self {
            key: Digest::of_items(&[base_key.as_ref().unwrap_or(&no_key), &copy_key]),
            image: Digest::of_items(&[&dataset.compared(copy, copy_item)]),
            base_key,
            copy_key,
        }
    }
}

impl Default for Side {
    fn default() -> Self {
        Self {
            buckets: (0..1 << BUCKET_BITS).map(|_| Bucket::default()).collect(),
        }
    }
}

impl Side {
    fn push(&mut self, record: Record) {
        if let Some(bucket) = self.buckets.get_mut(record.key.bucket(BUCKET_BITS)) {
            bucket.sum = bucket.sum.plus(record.key.and(record.image));
            bucket.records.push(record);
        }
    }

    fn len(&self) -> u64 {
        self.buckets
            .iter()
            .map(|bucket| bucket.records.len() as u64)
            .sum()
    }
}

impl Bucket {
    /// Records of either side that have no like on the other.
    fn unlike(self, other: Self) -> Vec<Record> {
        if self.records.len() == other.records.len() && self.sum == other.sum {
            return Vec::new();
        }
        let images = |records: &[Record]| -> BTreeSet<(Digest, Digest)> {
            records.iter().map(|r| (r.key, r.image)).collect()
        };
        // As sets: a scan that meets an item twice, because it moved, says nothing about the copy.
        let (left, right) = (images(&self.records), images(&other.records));
        let both = self.records.into_iter().chain(other.records);
        both.filter(|r| left.contains(&(r.key, r.image)) != right.contains(&(r.key, r.image)))
            .collect()
    }
}

#[cfg(test)]
mod tests;

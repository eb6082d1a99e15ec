//! 128-bit digests of keys and images, and the comparison of the two sides.

use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;

/// A 128-bit digest. Sums (never xor) of digests compare multisets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Digest(pub u128);

/// The two sides of one copy, as far as they were read.
#[derive(Debug, Default)]
pub struct Sides {}

/// What differed between the sides of one base item, seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The base key; absent when the copy item does not carry one.
    pub base_key: Option<Item>,
    /// Keys of the copy items involved, sorted; none when the base item is unmappable.
    pub copy_keys: Vec<Item>,
}

impl Sides {
    /// Adds what the base item should be in the copy.
    pub fn base_item(&mut self, _dataset: &BoundDataset, _copy: &BoundCopy, _base: &Item) {
        todo!()
    }

    /// Adds an item of the copy's table; one that does not belong to the copy (`only`) is ignored.
    pub fn copy_item(&mut self, _dataset: &BoundDataset, _copy: &BoundCopy, _item: &Item) {
        todo!()
    }

    /// How many items the copy should hold.
    #[must_use]
    pub fn expected(&self) -> u64 {
        todo!()
    }

    /// How many items the copy holds.
    #[must_use]
    pub fn actual(&self) -> u64 {
        todo!()
    }

    /// The differences, one candidate a base item.
    #[must_use]
    pub fn candidates(self) -> Vec<Candidate> {
        todo!()
    }
}

//! E(b): what the mapping gives for a base item.

use super::{BoundCopy, BoundDataset};
use crate::domain::value::Item;

/// What a copy should hold for one base item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// These items; none when the base item is not of the dataset or the copy's `where` is false.
    Items(Vec<Item>),
    /// Undefined.
    Unmappable(Unmappable),
}

/// Why E(b) is undefined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmappable {
    /// In a sentence.
    pub detail: String,
}

impl BoundDataset {
    /// E(b) for one copy.
    #[must_use]
    pub fn expected(&self, _copy: &BoundCopy, _base: &Item) -> Expectation {
        todo!()
    }

    /// Whether a base item is one of the dataset (its `where`).
    #[must_use]
    pub fn is_member(&self, _base: &Item) -> bool {
        todo!()
    }

    /// Whether an item of the copy's table belongs to the copy (its `only`).
    #[must_use]
    pub fn belongs(&self, _copy: &BoundCopy, _copy_item: &Item) -> bool {
        todo!()
    }

    /// The key of the base item that a copy item stems from (through `base_key`), when it has one.
    #[must_use]
    pub fn base_key_of(&self, _copy: &BoundCopy, _copy_item: &Item) -> Option<Item> {
        todo!()
    }

    /// The part of a base or expected item that is compared with a copy item: keys, kept, and
    /// computed attributes, without `ignore`.
    #[must_use]
    pub fn compared(&self, _copy: &BoundCopy, _item: &Item) -> Item {
        todo!()
    }
}

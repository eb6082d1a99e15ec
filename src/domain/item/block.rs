//! The block and its builder.

use super::ItemRef;
use crate::domain::value::Item;

/// Items in one contiguous buffer.
#[derive(Debug, Clone, Default)]
pub struct Block {}

impl Block {
    /// How many items it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }
    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The item at `index`, if there is one.
    #[must_use]
    pub fn get(&self, _index: usize) -> Option<ItemRef<'_>> {
        todo!()
    }
    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = ItemRef<'_>> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }
    /// Bytes of memory held (capacity, not length).
    #[must_use]
    pub fn memory(&self) -> usize {
        todo!()
    }
    /// Names of all attributes that occur at the top level, in order of first appearance.
    pub fn names(&self) -> impl Iterator<Item = &str> + '_ {
        std::iter::empty()
    }
}

/// Builds a block item by item.
#[derive(Debug, Default)]
pub struct BlockBuilder {}

impl BlockBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// How many items were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }
    /// Whether nothing was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Appends an owned item.
    pub fn push(&mut self, _item: &Item) {
        todo!()
    }
    /// Appends the attributes of another block's item for which `keep` holds.
    pub fn push_ref(&mut self, _item: ItemRef<'_>, _keep: impl FnMut(&str) -> bool) {
        todo!()
    }
    /// The finished block, shrunk to fit.
    #[must_use]
    pub fn finish(self) -> Block {
        todo!()
    }
}

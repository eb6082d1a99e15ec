//! The block and its builder.
//!
//! Owns items as one buffer that is built once and then shared; never changes a finished block.

use super::ItemRef;
use super::encoding::Names;
use super::writer::Writer;
use crate::domain::value::{Item, Value};
use std::fmt;
use std::sync::Arc;

/// Items in one contiguous buffer. A clone shares the buffer.
#[derive(Clone, Default)]
pub struct Block(Arc<Content>);

#[derive(Default)]
struct Content {
    /// The items one after the other.
    bytes: Box<[u8]>,
    /// Where each item ends.
    ends: Box<[usize]>,
    names: Names,
    /// The ids of the names that attributes have.
    top: Box<[usize]>,
}

impl Block {
    /// How many items it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `index`, if there is one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<ItemRef<'_>> {
        let end = *self.0.ends.get(index)?;
        let start = match index {
            0 => 0,
            _ => self.0.ends[index - 1],
        };
        Some(ItemRef {
            names: &self.0.names,
            bytes: self.0.bytes.get(start..end)?,
        })
    }

    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = ItemRef<'_>> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    /// Bytes of memory held (capacity, not length).
    #[must_use]
    pub fn memory(&self) -> usize {
        // Boxed slices hold no spare capacity.
        let Content {
            bytes,
            ends,
            names,
            top,
        } = &*self.0;
        size_of::<Content>()
            + size_of_val(&**bytes)
            + size_of_val(&**ends)
            + size_of_val(&**top)
            + names.memory()
    }

    /// Names of all attributes that occur at the top level, in order of first appearance.
    pub fn names(&self) -> impl Iterator<Item = &str> + '_ {
        self.0.top.iter().filter_map(|&id| self.0.names.get(id))
    }
}

impl fmt::Debug for Block {
    /// Says how much it holds, not what: item values never reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({} items)", self.len())
    }
}

/// Builds a block item by item.
#[derive(Default)]
pub struct BlockBuilder {
    pub(super) writer: Writer,
    ends: Vec<usize>,
    top: Vec<usize>,
    /// How many of `top` belong to finished items.
    settled: usize,
}

/// A state of a builder.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    items: usize,
    names: usize,
}

impl BlockBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends an owned item.
    pub fn push(&mut self, item: &Item) {
        self.begin();
        for (name, value) in item {
            self.attribute(name);
            self.writer.value(value);
        }
        self.end();
    }

    /// Appends the attributes of another block's item for which `keep` holds.
    pub fn push_ref(&mut self, item: ItemRef<'_>, mut keep: impl FnMut(&str) -> bool) {
        self.begin();
        for (name, value) in item.members().filter(|(name, _)| keep(name)) {
            self.attribute(name);
            self.writer.copy(item.names, value);
        }
        self.end();
    }

    /// The finished block, shrunk to fit.
    #[must_use]
    pub fn finish(mut self) -> Block {
        self.abandon();
        Block(Arc::new(Content {
            names: Names::new(self.writer.names.keys().map(|name| &**name)),
            bytes: self.writer.bytes.into_boxed_slice(),
            ends: self.ends.into_boxed_slice(),
            top: self.top.into_boxed_slice(),
        }))
    }

    /// Appends an item with one attribute.
    pub(super) fn push_value(&mut self, name: &str, value: &Value) {
        self.begin();
        self.attribute(name);
        self.writer.value(value);
        self.end();
    }

    /// The state to come back to when what follows fails.
    pub(super) const fn mark(&self) -> Mark {
        Mark {
            items: self.ends.len(),
            names: self.settled,
        }
    }

    /// Drops every item since `mark`.
    pub(super) fn roll_back(&mut self, mark: Mark) {
        self.ends.truncate(mark.items);
        self.settled = mark.names;
        self.abandon();
    }

    /// Begins an item.
    pub(super) fn begin(&mut self) {
        self.abandon();
        self.writer.restart();
    }

    /// Drops what was written of an item that did not come to its end.
    pub(super) fn abandon(&mut self) {
        let finished = self.ends.last().copied().unwrap_or_default();
        self.writer.bytes.truncate(finished);
        for id in self.top.drain(self.settled..) {
            self.writer.names[id].top = false;
        }
    }

    /// Writes an attribute's name; its value must follow.
    pub(super) fn attribute(&mut self, name: &str) -> usize {
        let id = self.writer.name(name);
        let known = &mut self.writer.names[id];
        if !known.top {
            known.top = true;
            self.top.push(id);
        }
        id
    }

    /// Ends the item.
    pub(super) fn end(&mut self) {
        self.ends.push(self.writer.bytes.len());
        self.settled = self.top.len();
    }
}

impl fmt::Debug for BlockBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockBuilder({} items)", self.len())
    }
}

#[cfg(test)]
mod tests;

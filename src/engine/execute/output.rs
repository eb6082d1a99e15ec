//! The end of the road: LIMIT, hidden attributes, blocks of moderate size.

use super::rows::Row;
use crate::domain::item::{Block, BlockBuilder};

/// Rows of one block at most.
const BLOCK: usize = 1_000;

/// Collects final rows into blocks and counts down the LIMIT.
#[derive(Debug)]
pub(super) struct Output<'a> {
    counts_only: bool,
    hidden: &'a [String],
    missing: Option<u64>,
    builder: BlockBuilder,
    delivered: u64,
}

impl<'a> Output<'a> {
    /// For rows that must not show `hidden`, at most `limit` of them.
    pub(super) fn rows(hidden: &'a [String], limit: Option<u64>) -> Self {
        Self {
            counts_only: false,
            hidden,
            missing: limit,
            builder: BlockBuilder::new(),
            delivered: 0,
        }
    }

    /// For `COUNT(*)`: at most `limit` rows are counted, none is given out.
    pub(super) fn count(limit: Option<u64>) -> Self {
        Self {
            counts_only: true,
            ..Self::rows(&[], limit)
        }
    }

    /// Rows missing to the LIMIT, if there is one.
    pub(super) const fn missing(&self) -> Option<u64> {
        self.missing
    }

    /// Rows given out, or counted.
    pub(super) const fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Takes a row unless the LIMIT is reached; a block when one is full.
    pub(super) fn push(&mut self, row: &Row) -> Option<Block> {
        let item = row.item()?;
        if let Some(missing) = &mut self.missing {
            *missing = missing.checked_sub(1)?;
        }
        if self.counts_only {
            self.delivered += 1;
            return None;
        }
        let hidden = self.hidden;
        self.builder
            .push_ref(item, |name| !hidden.iter().any(|h| h == name));
        (self.builder.len() >= BLOCK).then(|| self.take())
    }

    /// What is there at the end of a page, when it is worth a block: the first rows at once, later
    /// ones in blocks that grow with what was given out, so that many small pages do not become
    /// many small blocks.
    pub(super) fn ripe(&mut self) -> Option<Block> {
        let waiting = self.builder.len() as u64;
        (waiting > 0 && waiting >= self.delivered / 8).then(|| self.take())
    }

    /// What is left at the end.
    pub(super) fn rest(&mut self) -> Option<Block> {
        (!self.builder.is_empty()).then(|| self.take())
    }

    /// Takes note that `block` reached the listener.
    pub(super) fn received(&mut self, rows: usize) {
        self.delivered += rows as u64;
    }

    fn take(&mut self) -> Block {
        std::mem::take(&mut self.builder).finish()
    }
}

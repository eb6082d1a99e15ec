//! A row on its way: an item inside the page it came with.

use crate::domain::expr::{Predicate, holds};
use crate::domain::item::{Block, BlockBuilder, ItemRef};
use std::sync::Arc;

/// An item of a page that is kept alive while the row is.
#[derive(Debug, Clone)]
pub(super) struct Row {
    page: Arc<Block>,
    index: usize,
}

impl Row {
    /// The item, in place.
    pub(super) fn item(&self) -> Option<ItemRef<'_>> {
        self.page.get(self.index)
    }
}

/// The rows of a page for which `predicate` holds, in page order.
pub(super) fn matching(page: Block, predicate: &Predicate) -> Vec<Row> {
    let page = Arc::new(page);
    let found = page.iter().enumerate();
    found
        .filter(|(_, item)| predicate.is_true() || holds(predicate, item))
        .map(|(index, _)| Row {
            page: Arc::clone(&page),
            index,
        })
        .collect()
}

/// The same rows in one block of their own, so that the pages they came with can go.
pub(super) fn compact(rows: &[Row]) -> Vec<Row> {
    let mut builder = BlockBuilder::new();
    for item in rows.iter().filter_map(Row::item) {
        builder.push_ref(item, |_| true);
    }
    matching(builder.finish(), &Predicate::TRUE)
}

//! A row on its way: an item inside the page it came with.

use crate::domain::expr::{Predicate, holds};
use crate::domain::item::{Block, BlockBuilder, ItemRef};

/// An item of a page; the page is shared and lives as long as any of its rows.
#[derive(Debug, Clone)]
pub(super) struct Row {
    page: Block,
    index: usize,
}

impl Row {
    /// The item, in place.
    pub(super) fn item(&self) -> Option<ItemRef<'_>> {
        self.page.get(self.index)
    }
}

/// The rows of a page for which `predicate` holds, in page order.
pub(super) fn matching(page: &Block, predicate: &Predicate) -> Vec<Row> {
    page.iter()
        .enumerate()
        .filter(|(_, item)| predicate.is_true() || holds(predicate, item))
        .map(|(index, _)| Row {
            page: page.clone(),
            index,
        })
        .collect()
}

/// The same rows in one block of their own, so that the pages they came with can go.
pub(super) fn compact(rows: &[Row]) -> Vec<Row> {
    copied(rows, &[])
}

/// The same rows without the attributes `hidden`.
pub(super) fn stripped(rows: &[Row], hidden: &[String]) -> Vec<Row> {
    if hidden.is_empty() {
        return rows.to_vec();
    }
    copied(rows, hidden)
}

fn copied(rows: &[Row], hidden: &[String]) -> Vec<Row> {
    let mut builder = BlockBuilder::new();
    for item in rows.iter().filter_map(Row::item) {
        builder.push_ref(item, |name| !hidden.iter().any(|h| h == name));
    }
    matching(&builder.finish(), &Predicate::TRUE)
}

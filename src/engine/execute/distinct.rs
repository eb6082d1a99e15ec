//! One row for each base item, where a path holds several items of one.

use super::rows::Row;
use crate::domain::value::Item;
use std::collections::HashSet;

/// Remembers which base items gave a row.
#[derive(Debug)]
pub(super) struct Distinct<'a> {
    /// Attributes of the path that hold the base key.
    key: &'a [String],
    seen: HashSet<Item>,
}

impl<'a> Distinct<'a> {
    /// Tells base items apart by `key`.
    pub(super) fn by(key: &'a [String]) -> Self {
        Self {
            key,
            seen: HashSet::new(),
        }
    }

    /// Whether the row is the first of its base item.
    pub(super) fn is_first(&mut self, row: &Row) -> bool {
        let Some(item) = row.item() else {
            return false;
        };
        let key = self
            .key
            .iter()
            .filter_map(|name| Some((name.clone(), item.get(name)?.to_value())));
        self.seen.insert(key.collect())
    }
}

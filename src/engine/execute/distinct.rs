//! One row for each base item, where a path holds several items of one, or a union several paths.

use super::rows::Row;
use crate::domain::value::Value;
use std::collections::HashSet;

/// Remembers which base items gave a row: the values of their keys, whatever a path calls them.
#[derive(Debug, Default)]
pub(super) struct Distinct(HashSet<Vec<Option<Value>>>);

impl Distinct {
    /// Whether the row is the first of its base item, whose key the attributes `names` hold.
    pub(super) fn is_first(&mut self, row: &Row, names: &[&str]) -> bool {
        let Some(item) = row.item() else {
            return false;
        };
        let value = |name: &&str| item.get(name).map(|value| value.to_value());
        self.0.insert(names.iter().map(value).collect())
    }
}

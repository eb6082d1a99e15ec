//! Items of a table by their keys.

use super::{Cursor, Reader, Stop, Sweep};
use crate::domain::query::Consistency;
use crate::domain::schema::Table;
use crate::domain::value::Item;
use std::collections::BTreeMap;

/// Items by their keys.
pub(in crate::engine) type Found = BTreeMap<Item, Item>;

impl<E> Reader<E> {
    /// The items of a table under `keys`, those that are there, with at most `width` calls under way.
    ///
    /// # Errors
    /// When cancelled, out of budget, or a read failed.
    pub(in crate::engine) async fn items<'k>(
        &mut self,
        table: &Table,
        keys: impl IntoIterator<Item = &'k Item>,
        consistency: Consistency,
        width: usize,
    ) -> Result<Found, Stop> {
        let cursors = Cursor::keys(&table.name, keys, consistency, None);
        let mut sweep = Sweep::new(cursors);
        let mut found = Found::new();
        while let Some(page) = sweep.next(self, width, None).await? {
            let items = page.items.iter().map(|item| item.to_item());
            found.extend(items.map(|item| (table.key.of(&item), item)));
        }
        Ok(found)
    }
}

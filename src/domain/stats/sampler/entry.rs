//! What an index holds of an item.

use crate::domain::schema::{Index, KeySchema, Projection, Table};
use crate::domain::size::{item_size, value_size};
use crate::domain::stats::key::Key;
use crate::domain::value::{Item, Kind, Value};

/// The entry of an item in a path: its keys and its bytes.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) partition: Key,
    pub(super) sort: Key,
    pub(super) bytes: u64,
}

/// The entry of a table's item in the table itself or an index. None when it lacks a key attribute or has
/// it with another type: an index is sparse (developer guide, GSI).
pub(super) fn entry(table: &Table, index: Option<&Index>, item: &Item) -> Option<Entry> {
    let key = index.map_or(&table.key, |index| &index.key);
    let values = |attributes: &[crate::domain::schema::KeyAttribute]| {
        let value = |name: &str, kind: Kind| {
            let value = item.get(name)?;
            (value.kind() == kind).then(|| value.clone())
        };
        let values = attributes.iter();
        let values = values.map(|attribute| value(&attribute.name, attribute.kind.into()));
        values.collect::<Option<Vec<Value>>>().map(Key)
    };
    Some(Entry {
        partition: values(&key.partition)?,
        sort: values(&key.sort)?,
        bytes: index.map_or_else(|| item_size(item), |index| size(&table.key, index, item)) as u64,
    })
}

/// Bytes of an index entry: index keys, table keys, and what is projected (developer guide, GSI).
fn size(table: &KeySchema, index: &Index, item: &Item) -> usize {
    let projects = |name: &str| match &index.projection {
        Projection::All => true,
        Projection::Keys => false,
        Projection::Include(names) => names.iter().any(|other| other == name),
    };
    item.iter()
        .filter(|(name, _)| index.key.contains(name) || table.contains(name) || projects(name))
        .map(|(name, value)| name.len() + value_size(value))
        .sum()
}

//! The first load: the base, then every copy as E(b) gives it.

use super::SandboxError;
use super::convert::to_database;
use super::database::Database;
use super::stop::Stop;
use super::tables::BASE;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::names::TableName;
use crate::domain::value::Item;

/// Base items a transaction carries: the database serves no one else meanwhile.
const CHUNK: usize = 500;

/// How far loading has come: every table takes every base item once, copies as E(b) gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The table being loaded.
    pub table: TableName,
    /// Base items carried into tables so far.
    pub done: usize,
    /// Base items times tables.
    pub total: usize,
}

/// Loads `base` into its table and then into the copies, in the order of the dataset file, so that
/// the base answers as early as possible.
pub(super) fn load(
    database: &Database,
    dataset: &BoundDataset,
    base: &[Item],
    stop: &Stop,
    progress: &dyn Fn(Progress),
) -> Result<(), SandboxError> {
    let total = base.len() * (1 + dataset.copies.len());
    let mut done = 0;
    let copies = dataset.copies.iter().map(Some);
    for copy in std::iter::once(None).chain(copies) {
        let table = copy.map_or(BASE, |copy| copy.mapping.table.as_str());
        for chunk in base.chunks(CHUNK) {
            stop.check()?;
            let items = match copy {
                None => chunk.iter().map(to_database).collect(),
                Some(copy) => chunk
                    .iter()
                    .flat_map(|item| copy_items(dataset, copy, item))
                    .map(|item| to_database(&item))
                    .collect(),
            };
            database.import(table, items)?;
            done += chunk.len();
            progress(Progress {
                table: table.into(),
                done,
                total,
            });
        }
    }
    Ok(())
}

/// What a copier writes for a base item: E(b), and nothing where that is undefined.
pub(super) fn copy_items(dataset: &BoundDataset, copy: &BoundCopy, base: &Item) -> Vec<Item> {
    match dataset.expected(copy, base) {
        Expectation::Items(items) => items,
        Expectation::Unmappable(_) => Vec::new(),
    }
}

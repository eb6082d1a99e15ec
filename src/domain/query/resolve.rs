//! What the name after FROM means.

use super::Request;
use crate::domain::names::{DatasetName, IndexName, TableName};
use crate::domain::problem::Problem;
use crate::domain::schema::Catalog;

/// What a request reads from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A dataset: rows of base shape, any route.
    Dataset(DatasetName),
    /// A dataset by one access path of it (`FROM d.x`): rows of base shape, this route.
    Pinned {
        /// The dataset.
        dataset: DatasetName,
        /// The table read: base or copy.
        table: TableName,
        /// The index read, if one was named.
        index: Option<IndexName>,
    },
    /// A table's own items, by any path of that table, or by the one index named (`FROM t`, `FROM t.i`).
    Table {
        /// The table.
        table: TableName,
        /// The index, when pinned.
        index: Option<IndexName>,
    },
}

/// Finds what `request.from` names: a dataset first, then a table.
///
/// # Errors
/// An unknown name, with the nearest valid one.
pub fn resolve(_request: &Request, _catalog: &Catalog) -> Result<Target, Problem> {
    todo!()
}

//! Statistics: how large paths, partitions, and items are, and how values are distributed.
//!
//! Sampled by `analyze` or learned from pages that were read anyway. They rank routes; they never
//! decide whether a route is complete.

use crate::domain::names::{IndexName, Range, TableName};
use crate::domain::read::KeyCondition;
use crate::domain::value::Value;
use std::collections::BTreeMap;

/// A table or one of its indexes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathName {
    /// The table.
    pub table: TableName,
    /// The index, unless the table itself is meant.
    pub index: Option<IndexName>,
}

/// A figure with what it is at least and at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// At least.
    pub low: f64,
    /// Most likely.
    pub expected: f64,
    /// At most.
    pub high: f64,
}

/// Items and their bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume {
    /// Items.
    pub items: Spread,
    /// Bytes.
    pub bytes: Spread,
}

/// Everything known beyond what `DescribeTable` tells, by table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    tables: BTreeMap<TableName, TableStatistics>,
}

/// What is known of a table and its indexes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableStatistics {}

/// What a run saw of a path, whatever it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Where.
    pub path: PathName,
    /// What.
    pub seen: Seen,
}

/// How much was seen. Bytes are a range, as far as units tell them.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A whole partition, read to its end.
    Partition {
        /// Its HASH attributes.
        key: Vec<(String, Value)>,
        /// Items evaluated.
        items: u64,
        /// Their bytes.
        bytes: Range<u64>,
    },
    /// All of the path, scanned to its end.
    All {
        /// Items evaluated.
        items: u64,
        /// Their bytes.
        bytes: Range<u64>,
    },
    /// Some items of the path.
    Some {
        /// Items evaluated.
        items: u64,
        /// Their bytes.
        bytes: Range<u64>,
    },
}

impl Statistics {
    /// How much a Query with this key condition evaluates, when anything is known of it.
    #[must_use]
    pub fn selected(&self, path: &PathName, condition: &KeyCondition) -> Option<Volume> {
        let _ = (self.tables.get(&path.table)?, condition);
        None
    }
}

//! Statistics: how large paths, partitions, and items are, and how values are distributed.
//!
//! Sampled by `analyze` or learned from pages that were read anyway. They rank routes; they never
//! decide whether a route is complete. Pure: samples, observations, and the time come in from outside.
//!
//! Every figure is a [`Spread`]. After a whole scan it is off by the width of a bucket of a histogram at
//! most. After a partial one its ends are three standard deviations of sampling away.

mod attribute;
mod distinct;
mod examples;
mod json;
mod key;
mod learn;
mod partition;
mod path;
mod sampler;
mod share;
mod sizes;
mod sketch;
mod spread;
mod table;

pub use attribute::AttributeStatistics;
pub use examples::{Beginning, Examples, First, Matches, Row};
pub use path::PathStatistics;
pub use sampler::{Sampler, Scanned};
pub use spread::{Figure, Origin, Spread, Volume};
pub use table::{Sample, TableStatistics};

use crate::domain::expr::Predicate;
use crate::domain::names::{IndexName, Range, TableName};
use crate::domain::read::KeyCondition;
use crate::domain::value::Value;
use std::collections::BTreeMap;

/// The odds at which an order is taken for no chance.
const CHANCE: f64 = 0.01;

/// A table or one of its indexes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathName {
    /// The table.
    pub table: TableName,
    /// The index, unless the table itself is meant.
    pub index: Option<IndexName>,
}

/// Everything known beyond what `DescribeTable` tells, by table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    tables: BTreeMap<TableName, TableStatistics>,
}

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
    /// What is known of a table.
    #[must_use]
    pub fn table(&self, table: &str) -> Option<&TableStatistics> {
        self.tables.get(table)
    }

    /// Every table of which anything is known.
    pub fn tables(&self) -> impl Iterator<Item = (&TableName, &TableStatistics)> {
        self.tables.iter()
    }

    /// Puts in what is known of a table, in place of what was.
    pub fn insert(&mut self, table: TableName, statistics: TableStatistics) {
        self.tables.insert(table, statistics);
    }

    fn path(&self, path: &PathName) -> Option<(&TableStatistics, &PathStatistics)> {
        let table = self.tables.get(&path.table)?;
        Some((table, table.paths.get(&path.index)?))
    }

    /// All that the path holds.
    #[must_use]
    pub fn total(&self, path: &PathName) -> Option<Figure> {
        self.path(path)?.1.total()
    }

    /// What a Query with this condition evaluates.
    #[must_use]
    pub fn selected(&self, path: &PathName, condition: &KeyCondition) -> Option<Figure> {
        let (table, path) = self.path(path)?;
        path.selected(condition, table.fraction())
    }

    /// How many partitions (distinct values of the HASH attributes) the path has.
    #[must_use]
    pub fn partitions(&self, path: &PathName) -> Option<Spread> {
        self.path(path)?.1.partitions()
    }

    /// How many partitions the path is thought to have beyond those it tells apart.
    #[must_use]
    pub fn partitions_not_kept(&self, path: &PathName) -> Option<f64> {
        self.path(path)?.1.not_kept()
    }

    /// Whether the partition of this condition is one of those that it tells apart.
    #[must_use]
    pub fn keeps(&self, path: &PathName, condition: &KeyCondition) -> bool {
        let path = self.path(path);
        path.is_some_and(|(_, path)| path.place(condition).is_ok())
    }

    /// Items of the partition that an item is in, on average over all items.
    #[must_use]
    pub fn neighbours(&self, path: &PathName) -> Option<f64> {
        let (table, path) = self.path(path)?;
        path.neighbours(table.fraction()?)
    }

    /// Bytes of the mean item.
    #[must_use]
    pub fn mean_item(&self, path: &PathName) -> Option<Spread> {
        self.path(path)?.1.mean_item()
    }

    /// Bytes of so many items of the path taken together, whichever they are: from the smallest to the
    /// largest there are.
    #[must_use]
    pub fn bytes_of(&self, path: &PathName, items: f64) -> Option<Spread> {
        self.path(path)?.1.bytes_of(items)
    }

    /// Units, strong, of so many items of the path read one by one, whichever they are.
    #[must_use]
    pub fn units_of(&self, path: &PathName, items: f64) -> Option<Spread> {
        self.path(path)?.1.units_of(items)
    }

    /// Whole items of the table's sample, when there are any, and of how many they were chosen.
    #[must_use]
    pub fn examples(&self, table: &TableName) -> Option<(&Examples, f64)> {
        let table = self.tables.get(table)?;
        let sample = table.sample?;
        let all = sample.of.map_or(f64::INFINITY, spread::float);
        Some((&table.examples, all)).filter(|(examples, _)| !examples.is_empty())
    }

    /// The items that a Scan of the path gives first, in its order: it begins at the same place each time.
    #[must_use]
    pub fn first(&self, path: &PathName) -> Option<&First> {
        self.tables.get(&path.table)?.first.get(&path.index)
    }

    /// Whether Scans meet partitions in the order of their keys, as all that was seen of Scans shows. The service
    /// follows hashes (developer guide, `HowItWorks.Partitions`), servers that stand in for it what they like.
    #[must_use]
    pub fn scans_follow_keys(&self) -> bool {
        let mut seen = self.tables.values().flat_map(|table| table.first.values());
        let chance = seen.try_fold(1.0, |chance, first| Some(chance * first.chance()?));
        chance.is_some_and(|chance| chance <= CHANCE)
    }

    /// Notes what a Scan of the path gives first, beside what a sample tells of its table.
    pub fn begin(&mut self, path: &PathName, with: Beginning) {
        let first = with.finish();
        if let Some(table) = self.tables.get_mut(&path.table)
            && !first.items().is_empty()
        {
            table.first.insert(path.index.clone(), first);
        }
    }

    /// The share of the table's items that satisfy the predicate; from 0 to 1 where nothing is known of
    /// its attributes.
    #[must_use]
    pub fn share(&self, table: &TableName, predicate: &Predicate) -> Option<Spread> {
        self.tables.get(table)?.share(predicate)
    }
}

#[cfg(test)]
mod tests;

//! Datasets: the dataset file, its binding to tables, and E(b), what a base item should be in a copy.
//!
//! The one place that knows what a mapping means. Planner, drift check, and sandbox ask here and never
//! read `set`, `keep`, or `each` on their own, so that they cannot disagree. Tables come in from outside.

mod bind;
mod expected;
mod file;
mod inverse;
mod shape;

pub use bind::bind;
pub use expected::{Derived, Expectation, Unmappable};
pub use file::{parse_dataset_file, parse_duration};

use crate::domain::expr::{Each, Path, Predicate, ValueExpr};
use crate::domain::names::{CopyName, DatasetName, TableName};
use crate::domain::schema::Table;
use crate::domain::value::Value;
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::time::Duration;

/// A dataset file as parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetFile {
    /// Where it came from, for messages.
    pub path: String,
    /// Its text, so that later errors can point into it.
    pub text: String,
    /// Its datasets.
    pub datasets: Vec<Dataset>,
}

/// One logical set of items: a base table and its copies.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Its name.
    pub name: DatasetName,
    /// The base table.
    pub base: TableName,
    /// Tells stale from different.
    pub version_by: Option<Path>,
    /// Discriminator in a table of several entities.
    pub filter: Predicate,
    /// Attributes every item has.
    pub always: Vec<String>,
    /// The complete list of an attribute's values.
    pub domain: IndexMap<String, Vec<Value>>,
    /// Its copies.
    pub copies: IndexMap<CopyName, Mapping>,
    /// How the drift check goes about it.
    pub check: CheckOptions,
}

/// How a base item gives 0..n items of a copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The copy's name.
    pub name: CopyName,
    /// The copy's table.
    pub table: TableName,
    /// Which base items it holds.
    pub filter: Predicate,
    /// Fan-out: one item for each element.
    pub each: Option<Each>,
    /// Attributes the copier computes.
    pub set: IndexMap<String, ValueExpr>,
    /// Which base attributes it keeps.
    pub keep: Keep,
    /// Attributes only the copy has, not compared.
    pub ignore: Vec<String>,
    /// On the copy item: which items of the copy's table belong to this copy.
    pub only: Predicate,
    /// Base key attribute → the copy's name for it, when they differ.
    pub base_key: IndexMap<String, String>,
}

/// Which base attributes a copy keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// All.
    All,
    /// All but these.
    Except(Vec<String>),
    /// These.
    List(Vec<String>),
}

/// `[dataset.x.check]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckOptions {
    /// How long a difference must last; `None` is "auto".
    pub grace: Option<Duration>,
    /// Pace.
    pub rcu_per_second: Option<f64>,
    /// Hard stop.
    pub max_rcu: Option<f64>,
    /// What an attribute that is null is held for.
    pub nulls: Nulls,
}

/// What an attribute that is null is held for when two items are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nulls {
    /// A value as any other.
    #[default]
    Values,
    /// Nothing: it is the same as if it were missing. An element of a list stays, because it has a place.
    Missing,
}

/// A dataset whose base and copies were found and whose keys were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundDataset {
    /// The dataset.
    pub dataset: Dataset,
    /// Its base table.
    pub base: Table,
    /// Its copies, in file order.
    pub copies: Vec<BoundCopy>,
    /// The copies that carry every base attribute, as far as is known.
    pub whole: BTreeSet<CopyName>,
    /// Copies that could not be bound, and why; the others work.
    pub failed: Vec<(CopyName, crate::domain::problem::Problem)>,
}

/// A copy with its table.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundCopy {
    /// The mapping.
    pub mapping: Mapping,
    /// The copy's table.
    pub table: Table,
}

impl BoundDataset {
    /// The copy of that name.
    #[must_use]
    pub fn copy(&self, name: &str) -> Option<&BoundCopy> {
        self.copies.iter().find(|c| c.mapping.name == *name)
    }
}

#[cfg(test)]
pub(crate) mod fixture;

//! Samples tables for the planner's statistics, within a budget.
//!
//! Owns what is read of which table, and how the budget is shared. What follows from a sample is
//! decided by [`domain::stats`](crate::domain::stats): of a dataset only the base is sampled, and the
//! sizes of its indexes and copies follow from the same items through the mapping. Of each of these only
//! the first page is read.

mod beginning;
pub(super) mod draw;
mod sample;

use crate::domain::mapping::BoundDataset;
use crate::domain::names::{DatasetName, Rcu, TableName};
use crate::domain::read::ReadError;
use crate::domain::schema::{Catalog, Table, TableState};
use crate::domain::stats::{Sampler, Statistics};
use crate::engine::execute::Consumption;
use crate::engine::pages::{Reader, Stop};
use crate::store::Store;
use crate::store::budget::{Budget, Limits};
use sample::Sampling;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// Units a table may cost when nobody says how many.
pub const PER_TABLE: Rcu = Rcu(50.0);

/// What is sampled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The base of a dataset; indexes and copies follow from it.
    Dataset(DatasetName),
    /// A table by itself, with its indexes.
    Table(TableName),
}

/// How to sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnalyzeOptions {
    /// Units in all, [`PER_TABLE`] for each table concerned when absent; and units a second.
    pub limits: Limits,
    /// Seconds since 1970: the age of statistics counts from here.
    pub now: u64,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalyzeProgress {
    /// The table being sampled.
    pub table: TableName,
    /// Items of it sampled so far.
    pub sampled: u64,
    /// Items it has, when known.
    pub of: Option<u64>,
    /// Units consumed in all.
    pub rcu: Rcu,
    /// Units there are in all.
    pub budget: Rcu,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Analysis {
    /// Statistics of every table concerned.
    pub statistics: Statistics,
    /// Units and items.
    pub consumption: Consumption,
    /// Every table that was read, in the order asked.
    pub samples: Vec<Sample>,
}

/// The sample of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The table.
    pub table: TableName,
    /// The dataset it is the base of, when it stands for one.
    pub dataset: Option<DatasetName>,
    /// Items read of it.
    pub sampled: u64,
    /// Items it has, when known.
    pub of: Option<u64>,
    /// Whether every item was read.
    pub complete: bool,
    /// What to keep in mind of the figures.
    pub note: Option<String>,
    /// Why it was not read as far as the budget goes.
    pub error: Option<ReadError>,
}

/// Every dataset; where there is none, every table that was described.
#[must_use]
pub fn subjects(catalog: &Catalog) -> Vec<Subject> {
    let datasets = catalog.files.iter().flat_map(|file| &file.datasets);
    let named: Vec<Subject> = datasets.map(|d| Subject::Dataset(d.name.clone())).collect();
    if !named.is_empty() {
        return named;
    }
    let tables = catalog.tables.iter();
    tables
        .filter(|(_, state)| matches!(state, TableState::Ready(_)))
        .map(|(name, _)| Subject::Table(name.clone()))
        .collect()
}

/// What a subject is, with what there is to know of it.
#[derive(Debug, Clone, Copy)]
enum Known<'a> {
    Dataset(&'a BoundDataset),
    Table(&'a Table),
}

impl<'a> Known<'a> {
    fn of(catalog: &'a Catalog, subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Dataset(name) => catalog.dataset(name.as_str()).map(Self::Dataset),
            Subject::Table(name) => catalog.table(name.as_str()).map(Self::Table),
        }
    }

    /// The table that is read.
    const fn table(self) -> &'a Table {
        match self {
            Self::Dataset(dataset) => &dataset.base,
            Self::Table(table) => table,
        }
    }

    fn dataset(self) -> Option<DatasetName> {
        match self {
            Self::Dataset(dataset) => Some(dataset.dataset.name.clone()),
            Self::Table(_) => None,
        }
    }

    /// How many tables statistics come of it for.
    fn tables(self) -> u32 {
        match self {
            Self::Dataset(dataset) => {
                let copies = dataset.copies.iter().map(|copy| &copy.table.name);
                let all: BTreeSet<&TableName> =
                    std::iter::once(&dataset.base.name).chain(copies).collect();
                u32::try_from(all.len()).unwrap_or(u32::MAX)
            }
            Self::Table(_) => 1,
        }
    }

    fn sampler(self) -> Sampler {
        match self {
            Self::Dataset(dataset) => Sampler::new(&dataset.base, Some(dataset)),
            Self::Table(table) => Sampler::new(table, None),
        }
    }
}

/// What the sample of one table may cost.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// Units there are in all.
    budget: Rcu,
    /// Units consumed in all at which this table has had its share.
    until: Rcu,
    now: u64,
}

/// Samples `subjects` one after the other. A table that cannot be read leaves out its subject; the
/// others are sampled. Consumes the budget and at most one page more.
pub async fn analyze(
    store: Arc<dyn Store>,
    catalog: &Catalog,
    subjects: &[Subject],
    options: AnalyzeOptions,
    events: Sender<AnalyzeProgress>,
    cancel: CancellationToken,
) -> Analysis {
    let known = subjects
        .iter()
        .filter_map(|subject| Known::of(catalog, subject));
    let known: Vec<Known<'_>> = known.collect();
    let mut waiting: u32 = known.iter().map(|subject| subject.tables()).sum();
    let usual = Rcu(PER_TABLE.0 * f64::from(waiting));
    let budget = options.limits.max_rcu.unwrap_or(usual);
    let limits = Limits {
        max_rcu: Some(budget),
        ..options.limits
    };
    let store = Arc::new(Budget::new(store, limits));
    let mut reader = Reader::new(store, events, cancel);
    let mut analysis = Analysis::default();
    for subject in known {
        // What one leaves over is the others'.
        let left = (budget.0 - reader.used.rcu.0).max(0.0);
        let part = left * f64::from(subject.tables()) / f64::from(waiting);
        waiting -= subject.tables();
        let share = Share {
            budget,
            until: reader.used.rcu + Rcu(part),
            now: options.now,
        };
        let mut sampling = Sampling::new(&mut reader, subject, share);
        let ended = sampling.run().await;
        let cancelled = ended == Err(Stop::Cancelled);
        let (sample, statistics) = sampling.finish(ended);
        analysis.samples.push(sample);
        analysis.statistics.merge(statistics);
        if cancelled {
            break;
        }
    }
    analysis.consumption = reader.used;
    analysis
}

impl Analysis {
    /// Why something was not sampled, or not as far as the budget goes.
    pub fn errors(&self) -> impl Iterator<Item = &ReadError> {
        self.samples
            .iter()
            .filter_map(|sample| sample.error.as_ref())
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, sampled, .. } = self;
        match (self.complete, self.of) {
            (true, _) => write!(f, "{table}: all {sampled} items"),
            (false, Some(of)) => write!(f, "{table}: {sampled} of about {of} items"),
            (false, None) => write!(f, "{table}: {sampled} items"),
        }
    }
}

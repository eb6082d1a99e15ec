//! The drift check: scan both sides, compare digests, verify candidates.
//!
//! Owns what is read, when, and in which rounds. What a look reads and what follows from it is
//! decided by [`domain::drift`](crate::domain::drift); a difference that was seen once is never
//! reported, only one that two strong looks, a grace apart, show unchanged.

mod check;
mod checkpoint;
mod kept;
mod look;
mod partition;
mod progress;
mod recheck;
mod sample;
mod scan;
mod spill;
mod standing;
mod suspects;
mod ttl;
mod verify;
mod watch;

use crate::domain::cost::scan_range;
use crate::domain::drift::{Finding, Images, Summary, Unverified};
use crate::domain::lag::{Flow, Flows, Stuck};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::names::{CopyName, Range, Rcu};
use crate::domain::problem::Problem;
use crate::domain::read::ReadError;
use crate::engine::lag::LagReport;
use crate::store::Store;
use check::Check;
pub use checkpoint::{Checkpoint, Resumed, Unusable};
pub use partition::PartitionScope;
pub use progress::{CopyProgress, DriftProgress};
pub use recheck::recheck;
pub use sample::Sampling;
use standing::tables;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;
pub use watch::{Feed, watch};

/// How long a difference must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// Three times the measured lag, and not less than thirty seconds.
    Auto,
    /// So long, whatever the lag is.
    Fixed(Duration),
}

impl Grace {
    /// The least that "auto" is, and all that it is when no lag is measured.
    pub const LEAST: Duration = Duration::from_secs(30);

    /// How long to wait for a copy whose changes flow so.
    #[must_use]
    pub fn of(self, flow: Flow) -> Duration {
        match self {
            // Waiting longer than so for a pipeline that stands tells nothing.
            Self::Auto if flow.holds_verdicts() => Self::LEAST,
            Self::Auto => Self::LEAST.max(flow.lag().unwrap_or_default() * 3),
            Self::Fixed(grace) => grace,
        }
    }
}

/// How to check.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftOptions {
    /// Only these copies; all when empty.
    pub copies: Vec<CopyName>,
    /// How long a difference must last.
    pub grace: Grace,
    /// Units a second that the store lets through: more of them are read from more segments at once.
    pub pace: Option<Rcu>,
    /// Units after which the store lets nothing through, to be told with the progress.
    pub budget: Option<Rcu>,
    /// What is checked of them.
    pub scope: Scope,
    /// Whether findings carry what would mend them.
    pub mends: Mends,
    /// Bytes of records that wait in memory to be written out together.
    pub memory: usize,
    /// Differences of one copy that are verified at most; of the others only the number is told.
    pub most: usize,
}

/// Whether findings carry what would mend them: whole items, so only where a plan is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mends {
    /// They do not.
    #[default]
    Dropped,
    /// They do.
    Kept,
}

/// What is checked of the copies.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Scope {
    /// Everything.
    #[default]
    Full,
    /// A sample of either side.
    Sample(Sampling),
    /// One partition of the only copy.
    Partition(Box<PartitionScope>),
    /// What earlier findings named.
    Recheck,
    /// What changes, as it changes.
    Watch,
}

impl Scope {
    /// The word of the summary.
    const fn mode(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Sample(_) => "sample",
            Self::Partition(_) => "partition",
            Self::Recheck => "recheck",
            Self::Watch => "watch",
        }
    }
}

/// What a check works with.
#[derive(Debug)]
pub struct Means {
    /// Where items are read.
    pub store: Arc<dyn Store>,
    /// How changes flow to each copy, as measured beside the check; empty when nobody measures.
    pub flows: sync::watch::Receiver<Flows>,
    /// What is known of it besides, with what that consumed.
    pub lag: sync::watch::Receiver<LagReport>,
    /// What base items were before, as told by whoever follows their stream; empty when nobody does.
    pub images: Arc<dyn Images>,
    /// Who listens.
    pub events: Sender<DriftEvent>,
    /// How it is stopped.
    pub cancel: CancellationToken,
    /// Where it can be gone on with after it was stopped or killed.
    pub checkpoint: Option<Checkpoint>,
}

impl Means {
    /// Means of a check beside which nobody measures lag.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        events: Sender<DriftEvent>,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            store,
            flows: sync::watch::channel(Flows::new()).1,
            lag: sync::watch::channel(LagReport::default()).1,
            images: Arc::new(BTreeMap::new()),
            events,
            cancel,
            checkpoint: None,
        }
    }
}

impl DriftOptions {
    /// Records of a quarter of a million items: few and large writes, and little beside what a page takes.
    pub const MEMORY: usize = 16 * 1024 * 1024;

    /// Differences of one copy that are worth a look each: with more the copy is to be filled again, and a list
    /// of all of them is read by nobody.
    pub const MOST: usize = 100_000;

    /// A check of all copies, as the dataset file says.
    #[must_use]
    pub fn of(dataset: &BoundDataset) -> Self {
        let check = &dataset.dataset.check;
        Self {
            copies: Vec::new(),
            grace: check.grace.map_or(Grace::Auto, Grace::Fixed),
            pace: None,
            budget: None,
            scope: Scope::Full,
            mends: Mends::Dropped,
            memory: Self::MEMORY,
            most: Self::MOST,
        }
    }

    /// The copies to check.
    #[must_use]
    pub fn chosen<'a>(&self, dataset: &'a BoundDataset) -> Vec<&'a BoundCopy> {
        let copies = dataset.copies.iter();
        copies
            .filter(|copy| self.covers(&copy.mapping.name))
            .collect()
    }

    /// Whether a copy is asked for.
    #[must_use]
    pub fn covers(&self, copy: &CopyName) -> bool {
        self.copies.is_empty() || self.copies.contains(copy)
    }

    /// What reading base and copies should consume; unknown when the size of one of them is.
    #[must_use]
    pub fn estimate(&self, dataset: &BoundDataset) -> Option<Range<Rcu>> {
        let chosen = self.chosen(dataset);
        match &self.scope {
            Scope::Sample(sampling) => sample::estimate(dataset, &chosen, *sampling),
            _ => scans(dataset, &chosen),
        }
    }
}

/// What scanning the base and the tables of these copies consumes.
fn scans(dataset: &BoundDataset, copies: &[&BoundCopy]) -> Option<Range<Rcu>> {
    let nothing = Range::new(Rcu(0.0), Rcu(0.0));
    tables(dataset, copies)
        .into_iter()
        .map(|(table, _)| scan_range(table))
        .try_fold(nothing, |sum, table| {
            let table = table?;
            Some(Range {
                low: sum.low + table.low,
                high: sum.high.zip(table.high).map(|(a, b)| a + b),
            })
        })
}

/// Where a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading the base.
    Base,
    /// Reading the copies.
    Copies,
    /// Waiting for the grace.
    Grace,
    /// Looking again.
    Verify,
    /// Waiting for changes, and looking at those whose grace is over.
    Watch,
}

/// What happens while a check runs.
#[derive(Debug, Clone)]
pub enum DriftEvent {
    /// Where it is.
    Progress(DriftProgress),
    /// A finding was confirmed.
    Finding(Box<Finding>),
    /// What a watch found is there no more.
    Mended(Box<Finding>),
    /// What a watch could neither confirm nor clear.
    Open(Box<Unverified>),
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckOutcome {
    /// The figures; `complete: false` when anything was left out or left open.
    pub summary: Summary,
    /// Everything confirmed, by copy, class, and keys.
    pub findings: Vec<Finding>,
    /// What could not be confirmed or cleared.
    pub unverified: Vec<Unverified>,
    /// Copies to which changes come late or not at all.
    pub stuck: Vec<Stuck>,
    /// What a person should know besides.
    pub notes: Vec<Problem>,
    /// Why it is not complete, when a read failed, the budget is used up, or it was cancelled.
    pub error: Option<ReadError>,
}

/// Checks a dataset in full. Findings go to `events` as they are confirmed.
///
/// A table that cannot be read leaves out its copies; the others are checked.
///
/// # Errors
/// When nothing could be read at all.
pub async fn check(
    means: Means,
    dataset: &BoundDataset,
    options: &DriftOptions,
) -> Result<CheckOutcome, ReadError> {
    let (dataset, unknown) = ttl::asked(&means, dataset, options).await;
    let mut check = Check::new(means, &dataset, options);
    for note in unknown {
        check.note(note);
    }
    let ended = match &options.scope {
        Scope::Sample(sampling) => Box::pin(check.sample(*sampling)).await,
        Scope::Partition(partition) => Box::pin(check.partition(partition)).await,
        Scope::Full | Scope::Recheck | Scope::Watch => Box::pin(check.run()).await,
    };
    check.finish(ended)
}

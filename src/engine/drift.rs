//! The drift check: scan both sides, compare digests, verify candidates.

use crate::domain::drift::{Finding, Summary};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{CopyName, Rcu};
use crate::domain::read::ReadError;
use crate::store::Store;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// How to check.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftOptions {
    /// Only these copies; all when empty.
    pub copies: Vec<CopyName>,
    /// How long a difference must last.
    pub grace: Duration,
    /// Hard stop.
    pub max_rcu: Option<Rcu>,
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
}

/// What happens while a check runs.
#[derive(Debug, Clone)]
pub enum DriftEvent {
    /// Where it is.
    Progress(DriftProgress),
    /// A finding was confirmed.
    Finding(Box<Finding>),
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftProgress {
    /// The phase.
    pub phase: Phase,
    /// Items read so far.
    pub items: u64,
    /// Items expected in all, when known.
    pub of: Option<u64>,
    /// Units consumed.
    pub rcu: Rcu,
    /// Candidates so far.
    pub candidates: u64,
    /// Each copy: items read.
    pub copies: Vec<(CopyName, u64)>,
}

/// Checks a dataset. Findings go to `events`; the summary is returned, with `complete: false` when stopped half-way.
///
/// # Errors
/// When nothing could be read at all.
pub async fn check(
    _store: Arc<dyn Store>,
    _dataset: &BoundDataset,
    _options: &DriftOptions,
    _events: Sender<DriftEvent>,
    _cancel: CancellationToken,
) -> Result<Summary, ReadError> {
    todo!()
}

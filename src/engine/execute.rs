//! Runs a plan: fan-out, merge, base fetch, limit.

use crate::domain::item::Block;
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::domain::plan::Plan;
use crate::domain::query::Request;
use crate::domain::read::ReadError;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// What happens while a plan runs.
#[derive(Debug, Clone)]
pub enum ReadEvent {
    /// Figures so far, after each page.
    Progress(Consumption),
    /// Rows, final and in final order.
    Rows(Block),
}

/// Units and items so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Consumption {
    /// Units.
    pub rcu: Rcu,
    /// Requests.
    pub requests: u64,
    /// Items evaluated.
    pub items_read: u64,
    /// Rows that matched.
    pub matched: u64,
    /// By table and index.
    pub by: Vec<(TableName, Option<IndexName>, Rcu)>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Rows delivered (for `COUNT(*)`: counted).
    pub count: u64,
    /// Whether nothing was left out: false when cancelled, out of budget, or failed half-way.
    pub complete: bool,
    /// Units and items.
    pub consumption: Consumption,
    /// Why it is not complete.
    pub error: Option<ReadError>,
}

/// Limits of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Partition queries at once.
    pub concurrency: usize,
    /// Stop when this many units are consumed.
    pub max_rcu: Option<Rcu>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            concurrency: 8,
            max_rcu: None,
        }
    }
}

/// Runs `plan` for `request`. Rows go to `events` in final order and base shape.
pub async fn execute(
    _store: Arc<dyn Store>,
    _request: &Request,
    _plan: &Plan,
    _bounds: Bounds,
    _events: Sender<ReadEvent>,
    _cancel: CancellationToken,
) -> Answer {
    todo!()
}

//! Runs a plan: fan-out, merge, base fetch, limit.
//!
//! Owns the road from pages to rows in final order and base shape. Decides nothing about paths:
//! it reads what the [`Plan`] says, verifies every row on this side, and never ends while pages
//! remain, unless the LIMIT is reached, the run is cancelled, or the budget is used up.

mod cursors;
mod distinct;
mod fetch;
mod groups;
mod in_order;
mod merge;
mod observe;
mod output;
mod part;
mod rows;
mod run;
mod sort;
mod union;
mod unordered;

use crate::domain::item::Block;
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::domain::plan::Plan;
use crate::domain::plan::pace::CONCURRENCY;
use crate::domain::query::Request;
use crate::domain::read::{ReadError, ReadPage};
use crate::domain::schema::Catalog;
use crate::domain::stats::Observation;
use crate::store::Store;
use run::Run;
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

impl Consumption {
    /// Adds a page read from `table` or its `index`.
    pub(super) fn record(&mut self, table: &TableName, index: Option<&IndexName>, page: &ReadPage) {
        let consumed = &page.consumed;
        self.rcu += consumed.total;
        self.items_read += page.scanned.max(page.items.len() as u64);
        for (name, rcu) in &consumed.indexes {
            self.add(table, Some(name), *rcu);
        }
        if consumed.table.0 > 0.0 {
            self.add(table, None, consumed.table);
        } else if consumed.indexes.is_empty() && consumed.total.0 > 0.0 {
            self.add(table, index, consumed.total);
        }
    }

    fn add(&mut self, table: &TableName, index: Option<&IndexName>, rcu: Rcu) {
        let place = self
            .by
            .iter_mut()
            .find(|(t, i, _)| t == table && i.as_ref() == index);
        match place {
            Some((_, _, sum)) => *sum += rcu,
            None => self.by.push((table.clone(), index.cloned(), rcu)),
        }
    }
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
    /// What the pages read teach of sizes.
    pub observed: Vec<Observation>,
}

/// Limits of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Partition queries at once.
    pub concurrency: usize,
    /// Evaluate at most this many items a page: only when someone asks for it.
    pub page_items: Option<u32>,
    /// The mean size in bytes of the items read, when known: decides how large Scan pages are.
    pub mean_item: Option<f64>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            concurrency: CONCURRENCY,
            page_items: None,
            mean_item: None,
        }
    }
}

impl Bounds {
    /// Knows the mean item size of what `plan` reads.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean needs no more than 52 bits"
    )]
    pub fn sized_for(mut self, plan: &Plan, catalog: &Catalog) -> Self {
        let table = catalog.table(plan.access.table.as_str());
        self.mean_item = table.and_then(|table| match &plan.access.index {
            None => table.mean_item(),
            Some(name) => table
                .index(name.as_str())
                .filter(|index| index.items > 0 && index.bytes > 0)
                .map(|index| index.bytes as f64 / index.items as f64),
        });
        self
    }
}

/// Runs `plan` for `request`. Rows go to `events` in final order and base shape.
///
/// A receiver that is dropped ends the run as `cancel` does: requests under way are dropped with it.
pub async fn execute(
    store: Arc<dyn Store>,
    request: &Request,
    plan: &Plan,
    bounds: Bounds,
    events: Sender<ReadEvent>,
    cancel: CancellationToken,
) -> Answer {
    let mut run = Run::new(store, request, plan, bounds, events, cancel);
    let ended = run.drive().await;
    run.finish(ended).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::Consumed;

    fn page(total: f64, table: f64, indexes: &[(&str, f64)]) -> ReadPage {
        ReadPage {
            scanned: 10,
            consumed: Consumed {
                total: Rcu(total),
                table: Rcu(table),
                indexes: indexes
                    .iter()
                    .map(|(n, u)| ((*n).into(), Rcu(*u)))
                    .collect(),
            },
            ..ReadPage::default()
        }
    }

    #[test]
    fn units_are_summed_by_table_and_index() {
        let (table, index) = (TableName::from("t"), IndexName::from("i"));
        let mut used = Consumption::default();
        used.record(&table, None, &page(2.0, 2.0, &[]));
        used.record(&table, Some(&index), &page(3.0, 1.0, &[("i", 2.0)]));
        used.record(&table, Some(&index), &page(0.5, 0.0, &[("i", 0.5)]));
        assert_eq!(
            used.by,
            [
                (table.clone(), None, Rcu(3.0)),
                (table, Some(index), Rcu(2.5)),
            ]
        );
        assert_eq!((used.rcu, used.items_read), (Rcu(5.5), 30));
    }

    #[test]
    fn units_that_come_without_a_split_are_those_of_what_was_read() {
        let (table, index) = (TableName::from("t"), IndexName::from("i"));
        let mut used = Consumption::default();
        used.record(&table, Some(&index), &page(1.5, 0.0, &[]));
        assert_eq!(used.by, [(table, Some(index), Rcu(1.5))]);
    }
}

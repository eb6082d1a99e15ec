//! The reads of one run: under way, counted, within budget, cancellable.

use super::{Cursor, Stop};
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::domain::problem::Problem;
use crate::domain::query::Consistency;
use crate::domain::read::{ReadError, ReadErrorKind, ReadPage, ReadRequest};
use crate::engine::execute::Consumption;
use crate::store::Store;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Page reads under way. Dropping it drops them and with them their requests.
#[derive(Debug, Default)]
pub(in crate::engine) struct Pool {
    tasks: JoinSet<Done>,
    reserved: f64,
}

/// A read that ended.
#[derive(Debug)]
struct Done {
    id: usize,
    table: TableName,
    index: Option<IndexName>,
    reserved: f64,
    page: Result<ReadPage, ReadError>,
}

/// Reads pages for one run: counts units, keeps the budget, and ends when the run is cancelled or
/// nobody listens to its events any more.
#[derive(Debug)]
pub(in crate::engine) struct Reader<E> {
    store: Arc<dyn Store>,
    events: Sender<E>,
    cancel: CancellationToken,
    max_rcu: Option<Rcu>,
    /// What was consumed so far.
    pub(in crate::engine) used: Consumption,
}

impl<E> Reader<E> {
    /// A reader that has read nothing yet.
    pub(in crate::engine) fn new(
        store: Arc<dyn Store>,
        events: Sender<E>,
        cancel: CancellationToken,
        max_rcu: Option<Rcu>,
    ) -> Self {
        Self {
            store,
            events,
            cancel,
            max_rcu,
            used: Consumption::default(),
        }
    }

    /// Tells the listener, waiting for room.
    pub(in crate::engine) async fn emit(&self, event: E) -> Result<(), Stop> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Stop::Cancelled),
            sent = self.events.send(event) => sent.map_err(|_closed| Stop::Cancelled),
        }
    }

    /// Tells the listener if there is room right now: for the last words of a cancelled run.
    pub(in crate::engine) fn offer(&self, event: E) -> bool {
        self.events.try_send(event).is_ok()
    }

    /// Waits.
    pub(in crate::engine) async fn sleep(&self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Stop::Cancelled),
            () = self.events.closed() => Err(Stop::Cancelled),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    /// Starts reading the next page of `cursor` as `id`; false when `width` reads are under way
    /// already, or the budget could not pay for one more beside them.
    ///
    /// # Errors
    /// When the budget is used up and nothing is under way.
    pub(in crate::engine) fn start(
        &self,
        pool: &mut Pool,
        width: usize,
        id: usize,
        cursor: &Cursor,
        items: Option<u32>,
    ) -> Result<bool, Stop> {
        if pool.tasks.len() >= width {
            return Ok(false);
        }
        let request = cursor.next_page(items);
        let worst = worst_case(&request);
        if let Some(max) = self.max_rcu {
            let left = max.0 - self.used.rcu.0;
            if !pool.tasks.is_empty() && left < pool.reserved + worst {
                return Ok(false);
            }
            if left <= 0.0 {
                return Err(Stop::Failed(budget_used(max, self.used.rcu)));
            }
        }
        pool.reserved += worst;
        let store = Arc::clone(&self.store);
        let pause = cursor.pause();
        pool.tasks.spawn(async move {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            Done {
                id,
                table: request.table().clone(),
                index: request.index().cloned(),
                reserved: worst,
                page: store.read(request).await,
            }
        });
        Ok(true)
    }

    /// The next page to arrive; `None` when nothing is under way.
    ///
    /// # Errors
    /// When cancelled, when nobody listens any more, or when the read failed.
    pub(in crate::engine) async fn next(
        &mut self,
        pool: &mut Pool,
    ) -> Result<Option<(usize, ReadPage)>, Stop> {
        let joined = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Stop::Cancelled),
            () = self.events.closed() => return Err(Stop::Cancelled),
            joined = pool.tasks.join_next() => joined,
        };
        let Some(joined) = joined else {
            return Ok(None);
        };
        let done = joined.map_err(|error| ReadError {
            kind: ReadErrorKind::Service,
            problem: Problem::new("a read ended unexpectedly").because(error.to_string()),
        })?;
        pool.reserved -= done.reserved;
        self.used.requests += 1;
        let page = done.page?;
        self.used.record(&done.table, done.index.as_ref(), &page);
        Ok(Some((done.id, page)))
    }
}

/// Units of an item of the most bytes (`DynamoDB` developer guide, quotas: 400 KB).
const ITEM: f64 = 400.0 / 4.0;
/// Units of a page of the most bytes: it ends with the item that crosses 1 MB.
const PAGE: f64 = (1024.0 + 400.0) / 4.0;
/// Units of a batch of the most bytes (API reference, `BatchGetItem`: 16 MB).
const BATCH: f64 = 16.0 * 1024.0 / 4.0;

/// The most units that a request can consume.
fn worst_case(request: &ReadRequest) -> f64 {
    let at_most = |items: Option<u32>, most: f64| {
        items.map_or(most, |items| (f64::from(items) * ITEM).min(most))
    };
    let (units, consistency) = match request {
        ReadRequest::Get(get) => (ITEM, get.consistency),
        ReadRequest::BatchGet(batch) => {
            let keys = u32::try_from(batch.keys.len()).ok();
            (at_most(keys, BATCH), batch.consistency)
        }
        ReadRequest::Query(query) => (at_most(query.limit, PAGE), query.consistency),
        ReadRequest::Scan(scan) => (at_most(scan.limit, PAGE), scan.consistency),
    };
    match consistency {
        Consistency::Strong => units,
        Consistency::Eventual => units / 2.0,
    }
}

fn budget_used(max: Rcu, used: Rcu) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Budget,
        problem: Problem::new(format!("stopped: the budget of {} RCU is used up", max.0))
            .because(format!("{} RCU were consumed", used.0))
            .hint("a larger `--max-rcu`, or a narrower request"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::{BatchGet, Get, Scan};
    use crate::domain::value::{Item, Value};
    use rstest::rstest;

    fn scan(limit: Option<u32>, consistency: Consistency) -> ReadRequest {
        ReadRequest::Scan(Scan {
            table: "t".into(),
            index: None,
            filter: None,
            projection: None,
            limit,
            start: None,
            segment: None,
            consistency,
        })
    }

    fn key(n: i64) -> Item {
        Item::from([("id".to_owned(), Value::N(n.into()))])
    }

    fn batch(keys: i64) -> ReadRequest {
        ReadRequest::BatchGet(BatchGet {
            table: "t".into(),
            keys: (0..keys).map(key).collect(),
            consistency: Consistency::Strong,
            projection: None,
        })
    }

    fn get() -> ReadRequest {
        ReadRequest::Get(Get {
            table: "t".into(),
            key: key(1),
            consistency: Consistency::Eventual,
            projection: None,
        })
    }

    #[rstest]
    #[case::a_page_is_one_megabyte_and_the_item_that_crosses_it(
        scan(None, Consistency::Strong),
        356.0
    )]
    #[case::half_of_it_when_eventual(scan(None, Consistency::Eventual), 178.0)]
    #[case::a_limit_bounds_the_page(scan(Some(1), Consistency::Strong), 100.0)]
    #[case::a_large_limit_does_not(scan(Some(2_500), Consistency::Strong), 356.0)]
    #[case::one_item(get(), 50.0)]
    #[case::a_few_items(batch(3), 300.0)]
    #[case::a_full_batch_is_sixteen_megabytes(batch(100), 4_096.0)]
    fn the_worst_case_of_a_request_is_known_before_it_is_sent(
        #[case] request: ReadRequest,
        #[case] units: f64,
    ) {
        assert!((worst_case(&request) - units).abs() < f64::EPSILON);
    }
}

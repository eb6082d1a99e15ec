//! The reads of one run: under way, counted, cancellable. Budget and pace are the store's.

use super::{Cursor, Stop};
use crate::domain::names::{IndexName, TableName};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind, ReadPage};
use crate::domain::schema::Table;
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
    /// Why a read was not sent: told once those that were sent have come back.
    refused: Option<ReadError>,
}

/// A read that ended.
#[derive(Debug)]
struct Done {
    id: usize,
    table: TableName,
    index: Option<IndexName>,
    page: Result<ReadPage, ReadError>,
}

/// Reads pages for one run: counts units, and ends when the run is cancelled or nobody listens to
/// its events any more.
#[derive(Debug)]
pub(in crate::engine) struct Reader<E> {
    store: Arc<dyn Store>,
    events: Sender<E>,
    cancel: CancellationToken,
    /// What was consumed so far.
    pub(in crate::engine) used: Consumption,
}

impl<E> Reader<E> {
    /// A reader that has read nothing yet.
    pub(in crate::engine) fn new(
        store: Arc<dyn Store>,
        events: Sender<E>,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            store,
            events,
            cancel,
            used: Consumption::default(),
        }
    }

    /// The table as it is now.
    pub(in crate::engine) async fn describe(&self, table: &TableName) -> Result<Table, ReadError> {
        self.store.describe_table(table).await
    }

    /// Where it reads: for a run of its own that is part of this one.
    pub(in crate::engine) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// How it is cancelled.
    pub(in crate::engine) fn cancel(&self) -> CancellationToken {
        self.cancel.clone()
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
    /// already, or one was refused.
    pub(in crate::engine) fn start(
        &self,
        pool: &mut Pool,
        width: usize,
        id: usize,
        cursor: &Cursor,
        items: Option<u32>,
    ) -> bool {
        if pool.tasks.len() >= width || pool.refused.is_some() {
            return false;
        }
        let request = cursor.next_page(items);
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
                page: store.read(request).await,
            }
        });
        true
    }

    /// The next page to arrive; `None` when nothing is under way.
    ///
    /// # Errors
    /// When cancelled, when nobody listens any more, when a read failed, or when one found the
    /// budget used up and everything that was paid for has come back.
    pub(in crate::engine) async fn next(
        &mut self,
        pool: &mut Pool,
    ) -> Result<Option<(usize, ReadPage)>, Stop> {
        loop {
            let joined = tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(Stop::Cancelled),
                () = self.events.closed() => return Err(Stop::Cancelled),
                joined = pool.tasks.join_next() => joined,
            };
            let Some(joined) = joined else {
                return match pool.refused.take() {
                    Some(error) => Err(error.into()),
                    None => Ok(None),
                };
            };
            let done = joined.map_err(|error| ReadError {
                kind: ReadErrorKind::Service,
                problem: Problem::new("a read ended unexpectedly").because(error.to_string()),
            })?;
            match done.page {
                Err(error) if error.kind == ReadErrorKind::Budget => {
                    pool.refused.get_or_insert(error);
                }
                page => {
                    self.used.requests += 1;
                    let page = page?;
                    self.used.record(&done.table, done.index.as_ref(), &page);
                    return Ok(Some((done.id, page)));
                }
            }
        }
    }
}

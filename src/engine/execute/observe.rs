//! What the pages of a run teach of sizes, whatever they were read for.
//!
//! A decorator of the store, so that pages read ahead and never used teach, too. Keeps figures only,
//! and a bounded number of them; no item is looked at but for its size.

use crate::domain::cost::unit_factor;
use crate::domain::expr::Predicate;
use crate::domain::names::{Range, TableName};
use crate::domain::query::Consistency;
use crate::domain::read::{BatchGet, Get, Query, ReadError, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use crate::domain::stats::{Observation, PathName, Seen};
use crate::domain::value::Value;
use crate::store::{Identity, Names, Store};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Observations of one run at most.
const MOST: usize = 1_000;
/// Bytes of one unit (developer guide, `ProvisionedThroughput`).
const UNIT: u64 = 4_096;

/// A store that takes note of how much each read evaluates.
#[derive(Debug)]
pub(super) struct Observer {
    inner: Arc<dyn Store>,
    book: Mutex<Book>,
}

/// What can be read to its end: a partition by its HASH attributes, or all of a path.
type Whole = (PathName, Option<Vec<(String, Value)>>);

#[derive(Debug, Default)]
struct Book {
    /// Read from their beginning, but not to the end yet.
    begun: BTreeMap<Whole, Tally>,
    whole: BTreeMap<Whole, Tally>,
    some: BTreeMap<PathName, Tally>,
}

/// Items evaluated and their bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tally {
    items: u64,
    bytes: Range<u64>,
}

impl Observer {
    /// Takes note of what `inner` reads.
    pub(super) fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            book: Mutex::default(),
        }
    }

    /// What was seen so far.
    pub(super) fn observed(&self) -> Vec<Observation> {
        self.book().observed()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Figures that were added half-way when a thread panicked are still figures.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for Observer {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let page = self.inner.read(request.clone()).await?;
        if let Some(tally) = Tally::of(&request, &page) {
            self.book().note(&request, &page, tally);
        }
        Ok(page)
    }
    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        self.inner.list_tables(start).await
    }
    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError> {
        self.inner.describe_table(table).await
    }
    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError> {
        self.inner.time_to_live(table).await
    }
    fn identity(&self) -> Identity {
        self.inner.identity()
    }
}

impl Book {
    fn note(&mut self, request: &ReadRequest, page: &ReadPage, tally: Tally) {
        let path = PathName {
            table: request.table().clone(),
            index: request.index().cloned(),
        };
        let (part, start) = match request {
            ReadRequest::Query(query) if is_whole(query) => {
                (Some(query.key.partition().to_vec()), &query.start)
            }
            ReadRequest::Scan(scan) if scan.segment.is_none() => (None, &scan.start),
            _ => return self.note_some(path, tally),
        };
        let whole = (path, part);
        let before = match start {
            // What was read of it earlier and left is seen again now.
            None => {
                self.begun.remove(&whole);
                Some(Tally::NOTHING)
            }
            Some(_) => self.begun.remove(&whole),
        };
        match before.map(|before| before.and(tally)) {
            Some(sum) if page.next.is_some() => {
                self.begun.insert(whole, sum);
            }
            Some(sum) if self.whole.len() < MOST => {
                self.whole.insert(whole, sum);
            }
            sum => self.note_some(whole.0, sum.unwrap_or(tally)),
        }
    }

    fn note_some(&mut self, path: PathName, tally: Tally) {
        let sum = self.some.entry(path).or_insert(Tally::NOTHING);
        *sum = sum.and(tally);
    }

    /// One observation for each partition or path read to its end, one a path for everything else.
    fn observed(&self) -> Vec<Observation> {
        let mut some = self.some.clone();
        for ((path, _), tally) in &self.begun {
            let sum = some.entry(path.clone()).or_insert(Tally::NOTHING);
            *sum = sum.and(*tally);
        }
        let some = some.into_iter().filter(|(_, tally)| tally.items > 0);
        let some = some.map(|(path, Tally { items, bytes })| {
            let seen = Seen::Some { items, bytes };
            Observation { path, seen }
        });
        let whole = self.whole.iter().map(|((path, part), tally)| {
            let Tally { items, bytes } = *tally;
            let path = path.clone();
            let seen = match part.clone() {
                Some(key) => Seen::Partition { key, items, bytes },
                None => Seen::All { items, bytes },
            };
            Observation { path, seen }
        });
        some.chain(whole).take(MOST).collect()
    }
}

/// Whether a query reads all of its partition.
fn is_whole(query: &Query) -> bool {
    query.key.range.is_none() && query.key.equal.len() == query.key.partition_len
}

impl Tally {
    const NOTHING: Self = Self {
        items: 0,
        bytes: Range::new(0, 0),
    };

    /// What a page evaluated, when its bytes can be told: by its units, and by the items themselves
    /// where all of them came back whole.
    ///
    /// A page of Query is charged for the sum of its items in whole units (developer guide,
    /// `API_Query`), which bounds the sum to within one. A page of Scan is charged a unit at least
    /// for each partition it touches, empty ones as well (same guide, Scan): units bound the sum from
    /// above only, and what came back from below. `GetItem` and `BatchGetItem` round up every item
    /// (same guide, `ProvisionedThroughput`): their units tell next to nothing.
    fn of(request: &ReadRequest, page: &ReadPage) -> Option<Self> {
        let returned = || page.items.iter().map(|item| item.size() as u64).sum();
        let shows_all = |filter: &Option<Predicate>, projection: &Option<Vec<String>>| {
            filter.is_none() && projection.is_none()
        };
        let bytes = match request {
            _ if page.scanned == 0 => Range::new(0, 0),
            ReadRequest::Get(Get { projection, .. })
            | ReadRequest::BatchGet(BatchGet { projection, .. }) => {
                let bytes = projection.is_none().then(returned)?;
                Range::new(bytes, bytes)
            }
            ReadRequest::Query(query) => {
                let charged = charged(page, query.consistency);
                if shows_all(&query.filter, &query.projection) {
                    exactly(returned(), charged)
                } else {
                    charged
                }
            }
            ReadRequest::Scan(scan) => {
                let Range { high, .. } = charged(page, scan.consistency);
                let charged = Range { low: 0, high };
                let Range { low, .. } = exactly(returned(), charged);
                if shows_all(&scan.filter, &scan.projection) {
                    Range::new(low, low)
                } else {
                    Range { low, high }
                }
            }
        };
        Some(Self {
            items: page.scanned,
            bytes,
        })
    }

    fn and(self, more: Self) -> Self {
        let highs = self.bytes.high.zip(more.bytes.high);
        Self {
            items: self.items + more.items,
            bytes: Range {
                low: self.bytes.low + more.bytes.low,
                high: highs.map(|(a, b)| a + b),
            },
        }
    }
}

/// The bytes that a page is charged for; unbounded where the units are not told.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a page has a few hundred units"
)]
fn charged(page: &ReadPage, consistency: Consistency) -> Range<u64> {
    let units = (page.consumed.total.0 / unit_factor(consistency)).round() as u64;
    match units {
        0 => Range::at_least(1),
        units => Range::new((units - 1) * UNIT + 1, units * UNIT),
    }
}

/// The bytes counted on this side, as far as what was charged agrees.
fn exactly(bytes: u64, charged: Range<u64>) -> Range<u64> {
    let bytes = bytes.max(charged.low).min(charged.high.unwrap_or(u64::MAX));
    Range::new(bytes, bytes)
}

#[cfg(test)]
mod tests;

//! The ledger: every request made, with its consumed units, since start.
//!
//! A decorator of any store. The last requests are kept one by one; sums by table and index are
//! exact however many there were. Each request is logged too, without keys or items.

mod streams;

use super::{Identity, Names, Store, Streams};
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::domain::read::{Consumed, ReadError, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use async_trait::async_trait;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How many entries are kept.
const KEPT: usize = 10_000;

/// One request as it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When it was answered, in milliseconds since 1970.
    pub at: u64,
    /// The operation as the service names it.
    pub operation: &'static str,
    /// The table, of operations that have one.
    pub table: Option<TableName>,
    /// The index.
    pub index: Option<IndexName>,
    /// Units consumed.
    pub rcu: Rcu,
    /// Items evaluated.
    pub scanned: u64,
    /// Items returned.
    pub returned: u64,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Whether it failed.
    pub failed: bool,
}

/// What a table or an index consumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The table.
    pub table: TableName,
    /// The index, or the table itself.
    pub index: Option<IndexName>,
    /// Units consumed.
    pub rcu: Rcu,
    /// Reads made of it.
    pub requests: u64,
}

/// A store that keeps count.
#[derive(Debug)]
pub struct Ledger {
    inner: Arc<dyn Store>,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    entries: VecDeque<Entry>,
    total: Rcu,
    by: BTreeMap<(TableName, Option<IndexName>), Sum>,
}

#[derive(Debug, Default)]
struct Sum {
    rcu: Rcu,
    requests: u64,
}

impl Ledger {
    /// Keeps count of what `inner` reads.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            book: Mutex::default(),
        }
    }

    /// The entries so far, oldest first, at most the last 10,000.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.book().entries.iter().cloned().collect()
    }

    /// Units consumed since start.
    #[must_use]
    pub fn total(&self) -> Rcu {
        self.book().total
    }

    /// Units consumed since start by table and index, in the order of their names.
    #[must_use]
    pub fn by(&self) -> Vec<Share> {
        let book = self.book();
        let shares = book.by.iter().map(|((table, index), sum)| Share {
            table: table.clone(),
            index: index.clone(),
            rcu: sum.rcu,
            requests: sum.requests,
        });
        shares.collect()
    }

    /// Enters the calls that read streams as well.
    #[must_use]
    pub fn of_streams(self: &Arc<Self>, inner: Arc<dyn Streams>) -> Arc<dyn Streams> {
        Arc::new(streams::Entered::new(Arc::clone(self), inner))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing that holds the lock can panic half-way through an entry.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a call that consumes no units and enters it.
    async fn entered<T>(
        &self,
        operation: &'static str,
        table: Option<TableName>,
        call: impl Future<Output = Result<T, ReadError>>,
    ) -> Result<T, ReadError> {
        let start = Instant::now();
        let answer = call.await;
        let mut entry = Entry::new(operation, table, start);
        entry.failed = answer.is_err();
        self.book().enter(entry);
        answer
    }
}

impl Entry {
    fn new(operation: &'static str, table: Option<TableName>, start: Instant) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            at: millis(since.unwrap_or_default()),
            operation,
            table,
            index: None,
            rcu: Rcu::default(),
            scanned: 0,
            returned: 0,
            millis: millis(start.elapsed()),
            failed: false,
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Book {
    fn enter(&mut self, entry: Entry) {
        tracing::debug!(
            operation = entry.operation,
            table = entry.table.as_ref().map(tracing::field::display),
            index = entry.index.as_ref().map(tracing::field::display),
            rcu = entry.rcu.0,
            scanned = entry.scanned,
            returned = entry.returned,
            millis = entry.millis,
            failed = entry.failed,
            "request"
        );
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// An index that was asked counts as asked, the table below it only when it paid.
    fn add(&mut self, table: TableName, asked: Option<IndexName>, consumed: &Consumed) {
        self.total += consumed.total;
        for (index, rcu) in &consumed.indexes {
            let sum = self.by.entry((table.clone(), Some(index.clone())));
            sum.or_default().rcu += *rcu;
        }
        if asked.is_none() || consumed.table != Rcu::default() {
            let sum = self.by.entry((table.clone(), None));
            sum.or_default().rcu += consumed.table;
        }
        self.by.entry((table, asked)).or_default().requests += 1;
    }
}

#[async_trait]
impl Store for Ledger {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let operation = request.operation();
        let (table, index) = (request.table().clone(), request.index().cloned());
        let start = Instant::now();
        let answer = self.inner.read(request).await;
        let mut entry = Entry::new(operation, Some(table.clone()), start);
        entry.index.clone_from(&index);
        let mut book = self.book();
        match &answer {
            Ok(page) => {
                entry.rcu = page.consumed.total;
                entry.scanned = page.scanned;
                entry.returned = page.items.len() as u64;
                book.add(table, index, &page.consumed);
            }
            Err(_) => entry.failed = true,
        }
        book.enter(entry);
        drop(book);
        answer
    }

    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        self.entered("ListTables", None, self.inner.list_tables(start))
            .await
    }

    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError> {
        let call = self.inner.describe_table(table);
        self.entered("DescribeTable", Some(table.clone()), call)
            .await
    }

    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError> {
        let call = self.inner.time_to_live(table);
        self.entered("DescribeTimeToLive", Some(table.clone()), call)
            .await
    }

    fn identity(&self) -> Identity {
        self.inner.identity()
    }
}

#[cfg(test)]
mod tests;

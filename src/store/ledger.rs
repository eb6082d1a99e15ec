//! The ledger: every request made, with its consumed units, since start.

use super::{Identity, Names, Store};
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::domain::read::{ReadError, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use async_trait::async_trait;
use std::sync::Arc;

/// One request as it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The operation as the service names it.
    pub operation: &'static str,
    /// The table.
    pub table: TableName,
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

/// A store that keeps count.
#[derive(Debug)]
pub struct Ledger {
    inner: Arc<dyn Store>,
}

impl Ledger {
    /// Keeps count of what `inner` reads.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner }
    }
    /// The entries so far, oldest first, at most the last 10,000.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        todo!()
    }
    /// Units consumed since start.
    #[must_use]
    pub fn total(&self) -> Rcu {
        todo!()
    }
}

#[async_trait]
impl Store for Ledger {
    async fn read(&self, _request: ReadRequest) -> Result<ReadPage, ReadError> {
        todo!()
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

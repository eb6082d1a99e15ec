//! The port: everything that can be asked. There is no verb for writing.

use crate::domain::names::TableName;
use crate::domain::read::{ReadError, ReadPage, ReadRequest, Shard, ShardPosition, StreamPage};
use crate::domain::schema::Table;
use async_trait::async_trait;

/// A page of table names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The names.
    pub names: Vec<TableName>,
    /// Where to go on, when more may follow.
    pub next: Option<TableName>,
}

/// Where and as whom a store reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The profile, or `demo`.
    pub profile: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The endpoint, when it is not the region's own.
    pub endpoint: Option<String>,
}

/// Where tables are read from. Dropping a future cancels its request.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Reads one page of items.
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError>;
    /// Lists a page of table names.
    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError>;
    /// Describes a table.
    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError>;
    /// The TTL attribute of a table, when enabled.
    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError>;
    /// Where and as whom it reads, as far as known without a request.
    fn identity(&self) -> Identity;
}

/// Where streams are read from. Reading one takes one of the two reader slots of each shard.
#[async_trait]
pub trait Streams: Send + Sync + std::fmt::Debug {
    /// The shards of a stream, by its ARN.
    async fn shards(&self, arn: &str) -> Result<Vec<Shard>, ReadError>;
    /// An iterator over the records of a shard: what `records` takes first. It lasts some minutes.
    async fn iterator(
        &self,
        arn: &str,
        shard: &str,
        from: &ShardPosition,
    ) -> Result<String, ReadError>;
    /// The next records of an iterator.
    async fn records(&self, iterator: &str) -> Result<StreamPage, ReadError>;
}

//! The read verbs. No write can be expressed.

mod expression;
mod stream;

pub use expression::{Expressions, compile, is_expressible};
pub use stream::{ChangeKind, Shard, ShardPosition, StreamPage, StreamRecord, stream_table};

use crate::domain::expr::{Path, Predicate};
use crate::domain::item::Block;
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Direction};
use crate::domain::value::{Item, Value};

/// Something to read items with.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadRequest {
    /// One item by its key.
    Get(Get),
    /// Up to 100 items by their keys.
    BatchGet(BatchGet),
    /// A page of one partition.
    Query(Query),
    /// A page of a table or index.
    Scan(Scan),
}

impl ReadRequest {
    /// The table read.
    #[must_use]
    pub fn table(&self) -> &TableName {
        match self {
            Self::Get(r) => &r.table,
            Self::BatchGet(r) => &r.table,
            Self::Query(r) => &r.table,
            Self::Scan(r) => &r.table,
        }
    }
    /// The index read.
    #[must_use]
    pub fn index(&self) -> Option<&IndexName> {
        match self {
            Self::Get(_) | Self::BatchGet(_) => None,
            Self::Query(r) => r.index.as_ref(),
            Self::Scan(r) => r.index.as_ref(),
        }
    }
    /// Eventual or strong.
    #[must_use]
    pub const fn consistency(&self) -> Consistency {
        match self {
            Self::Get(r) => r.consistency,
            Self::BatchGet(r) => r.consistency,
            Self::Query(r) => r.consistency,
            Self::Scan(r) => r.consistency,
        }
    }

    /// The operation as the service names it.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Get(_) => "GetItem",
            Self::BatchGet(_) => "BatchGetItem",
            Self::Query(_) => "Query",
            Self::Scan(_) => "Scan",
        }
    }
}

/// `GetItem`.
#[derive(Debug, Clone, PartialEq)]
pub struct Get {
    /// The table.
    pub table: TableName,
    /// Its full key.
    pub key: Item,
    /// Eventual or strong.
    pub consistency: Consistency,
    /// Top-level attributes to return; all when absent.
    pub projection: Option<Vec<String>>,
}

/// `BatchGetItem` on one table.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchGet {
    /// The table.
    pub table: TableName,
    /// Full keys, at most 100, distinct.
    pub keys: Vec<Item>,
    /// Eventual or strong.
    pub consistency: Consistency,
    /// Top-level attributes to return; all when absent.
    pub projection: Option<Vec<String>>,
}

/// One page of `Query`.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The table.
    pub table: TableName,
    /// The index, if not the table itself.
    pub index: Option<IndexName>,
    /// Which partition, and which range of it.
    pub key: KeyCondition,
    /// Along the sort key, which way.
    pub direction: Direction,
    /// Filter expression: changes nothing of the units.
    pub filter: Option<Predicate>,
    /// Top-level attributes to return; all that the path holds when absent.
    pub projection: Option<Vec<String>>,
    /// Most items to evaluate on this page.
    pub limit: Option<u32>,
    /// Where the last page ended.
    pub start: Option<Item>,
    /// Eventual or strong.
    pub consistency: Consistency,
}

/// One page of `Scan`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The table.
    pub table: TableName,
    /// The index, if not the table itself.
    pub index: Option<IndexName>,
    /// Filter expression: changes nothing of the units.
    pub filter: Option<Predicate>,
    /// Top-level attributes to return; all that the path holds when absent.
    pub projection: Option<Vec<String>>,
    /// Most items to evaluate on this page.
    pub limit: Option<u32>,
    /// Where the last page ended.
    pub start: Option<Item>,
    /// Segment and total segments of a parallel scan.
    pub segment: Option<(u32, u32)>,
    /// Eventual or strong.
    pub consistency: Consistency,
}

/// Equality on every HASH attribute; equality on a left prefix of the RANGE attributes; then at most one range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCondition {
    /// HASH attributes, RANGE attributes bound by equality.
    pub equal: Vec<(String, Value)>,
    /// How many of `equal` are HASH attributes.
    pub partition_len: usize,
    /// A range of the next RANGE attribute.
    pub range: Option<(String, KeyRange)>,
}

impl KeyCondition {
    /// The partition: HASH attributes with their values.
    #[must_use]
    pub fn partition(&self) -> &[(String, Value)] {
        &self.equal[..self.partition_len]
    }
}

/// A range of a sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRange {
    /// `< v`
    Lt(Value),
    /// `<= v`
    Le(Value),
    /// `> v`
    Gt(Value),
    /// `>= v`
    Ge(Value),
    /// `BETWEEN low AND high`, both included
    Between(Value, Value),
    /// `begins_with(attribute, prefix)`
    BeginsWith(Value),
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct ReadPage {
    /// The items.
    pub items: Block,
    /// Where the page ended, when more may follow.
    pub next: Option<Item>,
    /// Items evaluated before the filter.
    pub scanned: u64,
    /// Units consumed.
    pub consumed: Consumed,
    /// Keys that `BatchGetItem` did not get to.
    pub unprocessed: Vec<Item>,
}

/// Units as `ReturnConsumedCapacity=INDEXES` splits them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Consumed {
    /// All of it.
    pub total: Rcu,
    /// On the table itself.
    pub table: Rcu,
    /// On each index.
    pub indexes: Vec<(IndexName, Rcu)>,
}

/// Why a read failed, as a class that code can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// No such table or index.
    NotFound,
    /// Not allowed.
    Denied,
    /// No credentials, or they expired.
    Credentials,
    /// No region configured.
    Region,
    /// Throttled after all retries.
    Throttled,
    /// Took too long.
    Timeout,
    /// No connection, or it was cut.
    Connection,
    /// The service found the request invalid.
    Invalid,
    /// The place in a stream is not to be had any more: an iterator too old, or records trimmed.
    Lapsed(Lapse),
    /// The budget is used up.
    Budget,
    /// The records of a check could not be kept on disk.
    Disk,
    /// Cancelled.
    Cancelled,
    /// Anything else of the service.
    Service,
}

/// Why a place in a stream is not to be had any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// The iterator expired; a new one for the same place goes on.
    Iterator,
    /// The records there are gone.
    Trimmed,
}

/// Why a read failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ReadError {
    /// Its class.
    pub kind: ReadErrorKind,
    /// What a person sees.
    pub problem: Problem,
}

impl ReadError {
    /// Whether it may go better later.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(
            self.kind,
            ReadErrorKind::Throttled
                | ReadErrorKind::Timeout
                | ReadErrorKind::Connection
                | ReadErrorKind::Service
        )
    }
}

/// The paths a projection has to ask for, by their roots.
#[must_use]
pub fn roots<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Vec<String> {
    let mut roots: Vec<String> = paths.into_iter().map(|p| p.root.clone()).collect();
    roots.sort();
    roots.dedup();
    roots
}

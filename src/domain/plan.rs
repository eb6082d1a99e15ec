//! The planner: which table, index, and partitions answer a request cheapest, and why not the others.
//!
//! Pure: catalog and request in, [`Route`] out. A path is a candidate only when it surely holds every
//! answer; rules are small and named, one a file.

mod access;
mod candidate;
mod choose;
mod completeness;
mod conditions;
mod constraint;
mod deciding;
mod derive;
mod estimate;
mod explain;
#[cfg(test)]
mod fixture;
mod implies;
mod memo;
mod normal;
mod order;
pub mod pace;
mod partitions;
mod refusal;
mod selection;
mod shape;
mod union;

pub use choose::{Planner, choose, route};
pub use explain::{cause, expected, expected_in_range, explain_text, plan_json, scan_json};

use crate::domain::cost::ScanCost;
use crate::domain::expr::Predicate;
use crate::domain::names::{CopyName, IndexName, Range, Rcu, TableName};
use crate::domain::query::{Consistency, Direction, OrderBy};
use crate::domain::read::KeyCondition;
use crate::domain::schema::KeySchema;
use crate::domain::value::Item;
use pace::Filtered;
use std::sync::Arc;

/// The chosen plan, and what was not chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// How it will be read.
    pub plan: Plan,
    /// The order asked, for what is told of the plan's.
    pub order: Vec<OrderBy>,
    /// The LIMIT asked, for what is told of when reading stops.
    pub limit: Option<u64>,
    /// Paths that could answer but were not chosen, in order of estimate, and paths that cannot; of a
    /// [`choose`] those only that might have been chosen.
    pub rejected: Vec<Rejected>,
    /// What a Scan of the base table would consume.
    pub scan: ScanCost,
    /// The table `scan` speaks of.
    pub scan_table: TableName,
    /// Sentences for the user: pinned overrides, hints what to declare.
    pub notes: Vec<String>,
}

/// How a request is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Where from.
    pub access: Access,
    /// Keys of the table or index read.
    pub key: KeySchema,
    /// Keys of the table itself.
    pub table_key: KeySchema,
    /// What kind of reads.
    pub reads: Reads,
    /// How rows come into order.
    pub order: OrderStrategy,
    /// How many leading terms of the ORDER BY the reads themselves give; rows equal in them are
    /// sorted on our side by the rest. All of them, or none when rows are not read in order.
    pub ordered_by: usize,
    /// Filter handed to the service: the expressible part of `residual`.
    pub filter: Option<Arc<Predicate>>,
    /// What each item read must satisfy, verified on our side against the item as read: the conjuncts
    /// whose attributes the path shows, and what tells items of this copy from others (`only`).
    pub residual: Arc<Predicate>,
    /// Top-level attributes to ask of the path; everything it holds when absent.
    pub projection: Option<Vec<String>>,
    /// When rows lack attributes here: fetch them from the base.
    pub fetch: Option<BaseFetch>,
    /// Attributes that rows must not show: the copy's own (alias, `set`, `ignore`).
    pub hidden: Vec<String>,
    /// When the partitions read may hold several items of one base item that all answer (a copy with
    /// `each`): the attributes of the path that hold the base key. Each base item then gives one row.
    pub distinct: Option<Vec<String>>,
    /// Whether items read are thought to drop out: not where the keys say all that is asked. It decides
    /// how large pages are, never what is a row.
    pub filtered: Filtered,
    /// Eventual or strong.
    pub consistency: Consistency,
    /// What it will consume.
    pub estimate: Estimate,
    /// A union of conjunctions: its members, each run on its own, each row given once. The plan
    /// itself then names the dearest of them, and its estimate is that of all together.
    pub parts: Vec<Plan>,
}

/// Where a plan reads from.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// The table.
    pub table: TableName,
    /// The index, if any.
    pub index: Option<IndexName>,
    /// The copy this table is, if any.
    pub copy: Option<CopyName>,
}

/// What kind of reads a plan makes.
#[derive(Debug, Clone, PartialEq)]
pub enum Reads {
    /// `GetItem` / `BatchGetItem` of these keys.
    Keys(Vec<Item>),
    /// One query a partition, in the order given.
    Partitions {
        /// The key conditions, one a partition, in the order they are to be read.
        conditions: Vec<KeyCondition>,
        /// Along the sort key.
        direction: Direction,
    },
    /// A Scan.
    Scan,
    /// Nothing: the conditions contradict each other.
    Nothing,
}

/// How rows come into order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStrategy {
    /// No order asked.
    None,
    /// One partition, in its own order.
    Native,
    /// Partitions are themselves ordered: one after the other.
    Concatenate,
    /// Each partition is ordered: k-way merge.
    Merge,
    /// Sorted on our side.
    Sort,
}

/// How missing attributes are fetched from the base.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseFetch {
    /// The base table.
    pub table: TableName,
    /// Its keys.
    pub key: KeySchema,
    /// Base key attribute → the attribute of the path that holds it.
    pub key_names: Vec<(String, String)>,
    /// Top-level attributes to ask for; all when absent.
    pub projection: Option<Vec<String>>,
    /// The whole filter, to be verified once more on the fetched item.
    pub residual: Arc<Predicate>,
}

/// Where an estimate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Follows from the request alone.
    Exact,
    /// From sampled statistics.
    Analyzed,
    /// From what earlier reads taught.
    Learned,
    /// From `DescribeTable`.
    Described,
    /// Size unknown.
    Unknown,
}

/// What a plan is expected to consume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Units.
    pub rcu: Range<Rcu>,
    /// Units on average: what routes are ranked by, not in steps of halves as runs are charged.
    pub expected: Rcu,
    /// Requests.
    pub requests: Range<u64>,
    /// Bytes evaluated.
    pub bytes: Range<u64>,
    /// US dollars, low and high, where a price is known.
    pub usd: Option<(f64, Option<f64>)>,
    /// Where it comes from.
    pub basis: Basis,
}

impl Estimate {
    /// The expected units as a run may be charged them: in steps of halves.
    #[must_use]
    pub fn shown(&self) -> Rcu {
        Rcu((self.expected.0 * 2.0).round() / 2.0)
    }

    /// Whether a run is asked about before it starts: it is expected to consume more than `limit`.
    #[must_use]
    pub fn exceeds(&self, limit: Rcu) -> bool {
        self.shown() > limit
    }

    /// Whether a run may consume more than `limit`, so that it is asked about when it does.
    #[must_use]
    pub fn may_exceed(&self, limit: Rcu) -> bool {
        self.rcu.high.is_none_or(|high| high > limit)
    }
}

/// A path not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Where it would have read.
    pub access: Access,
    /// `get`, `batch_get`, `query`, `scan`.
    pub operation: &'static str,
    /// Why not.
    pub reason: Reason,
    /// Why not, in a sentence with names and figures.
    pub detail: String,
    /// What it would have consumed, when it could have answered.
    pub estimate: Option<Estimate>,
    /// The plan itself, when it could have answered: tests run every one.
    pub plan: Option<Box<Plan>>,
}

/// Why a path was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Another one is cheaper.
    CostsMore,
    /// The request does not bind its partition key.
    NoPartitionKey,
    /// The partitions cannot be enumerated.
    UnboundedPartitions,
    /// A sparse copy whose `where` the request does not imply.
    WhereNotImplied,
    /// It may lack items that answer.
    MayLackItems,
    /// It cannot be read strongly.
    NotConsistent,
    /// A condition's literal has another type than the key.
    KeyType,
    /// The index is being created or deleted.
    IndexNotActive,
    /// Not allowed, or it could not be described.
    Denied,
    /// Costs the same; the other is fresher or needs fewer requests.
    Tie,
    /// It would cost less, but the request names another path.
    Pinned,
}

impl Reason {
    /// The word of the JSON contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CostsMore => "costs_more",
            Self::NoPartitionKey => "no_partition_key",
            Self::UnboundedPartitions => "unbounded_partitions",
            Self::WhereNotImplied => "where_not_implied",
            Self::MayLackItems => "may_lack_items",
            Self::NotConsistent => "not_consistent",
            Self::KeyType => "key_type",
            Self::IndexNotActive => "index_not_active",
            Self::Denied => "denied",
            Self::Tie => "tie",
            Self::Pinned => "pinned",
        }
    }
}

impl OrderStrategy {
    /// The word of the JSON contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Native => "native",
            Self::Concatenate => "concatenate",
            Self::Merge => "merge",
            Self::Sort => "sort",
        }
    }
}

impl Basis {
    /// The word of the JSON contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Analyzed => "analyzed",
            Self::Learned => "learned",
            Self::Described => "described",
            Self::Unknown => "unknown",
        }
    }
}

impl Plan {
    /// `get`, `batch_get`, `query`, `scan`: the word of the JSON contract.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        match &self.reads {
            Reads::Keys(keys) if keys.len() == 1 => "get",
            Reads::Keys(_) => "batch_get",
            Reads::Partitions { .. } | Reads::Nothing => "query",
            Reads::Scan => "scan",
        }
    }
}

#[cfg(test)]
mod tests;

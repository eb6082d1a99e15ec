//! Tables, indexes, and the catalog of what is known of them.

use crate::domain::mapping::{BoundDataset, DatasetFile};
use crate::domain::names::{DatasetName, IndexName, TableName};
use crate::domain::problem::Problem;
use crate::domain::stats::{Observation, Statistics};
use crate::domain::value::{Item, Kind};
use indexmap::IndexMap;
use std::sync::Arc;

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

impl From<KeyKind> for Kind {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::S => Self::S,
            KeyKind::N => Self::N,
            KeyKind::B => Self::B,
        }
    }
}

/// An attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: KeyKind,
}

/// A key schema. Base tables and LSIs have one partition attribute and at most one sort attribute;
/// a GSI up to four of each (`KeySchema` repeats HASH and RANGE entries). Cheap to clone: every plan that
/// is weighed carries some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    /// HASH attributes, in order.
    pub partition: Arc<[KeyAttribute]>,
    /// RANGE attributes, in order.
    pub sort: Arc<[KeyAttribute]>,
}

impl KeySchema {
    /// All key attributes, partition first.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition.iter().chain(&*self.sort)
    }
    /// The key of `item`: its key attributes, as far as it has them.
    #[must_use]
    pub fn of(&self, item: &Item) -> Item {
        self.attributes()
            .filter_map(|a| item.get_key_value(&a.name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
    /// Whether `name` is one of them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.attributes().any(|a| a.name == name)
    }
}

/// What an index holds of an item besides keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// Everything.
    All,
    /// Index keys and table keys only.
    Keys,
    /// Keys and these.
    Include(Vec<String>),
}

/// The kind of an index that can be queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexKind {
    /// Local secondary index.
    Local,
    /// Global secondary index.
    Global,
}

/// A local or global secondary index. Kinds that Query and Scan cannot read are left out of the catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: IndexName,
    /// Local or global.
    pub kind: IndexKind,
    /// Its keys.
    pub key: KeySchema,
    /// What it holds.
    pub projection: Projection,
    /// Items as last counted, up to six hours old.
    pub items: u64,
    /// Bytes as last counted; 0 means unknown.
    pub bytes: u64,
    /// Whether its status is ACTIVE (an LSI always is).
    pub active: bool,
    /// Provisioned read units of its own, for a GSI of a provisioned table.
    pub provisioned_rcu: Option<u64>,
}

/// How reads are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// Per request.
    OnDemand,
    /// Provisioned read units per second.
    Provisioned {
        /// Read units per second.
        rcu: u64,
    },
}

/// Table class: it decides the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableClass {
    /// STANDARD.
    Standard,
    /// `STANDARD_INFREQUENT_ACCESS`.
    InfrequentAccess,
}

/// The stream of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamInfo {
    /// What its records hold, as the service spells it (`NEW_AND_OLD_IMAGES`).
    pub view: String,
    /// Its ARN.
    pub arn: Option<String>,
}

/// A table as `DescribeTable` tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its id: changes when the table is recreated.
    pub id: Option<String>,
    /// Its ARN: tells region and account.
    pub arn: Option<String>,
    /// Its keys.
    pub key: KeySchema,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Items as last counted, up to six hours old.
    pub items: u64,
    /// Bytes as last counted; 0 means unknown (new tables report 0 for up to six hours).
    pub bytes: u64,
    /// How reads are paid for.
    pub billing: Billing,
    /// Read units a second that it takes at once (developer guide, warm throughput).
    pub warm_rcu: Option<u64>,
    /// Its class.
    pub class: TableClass,
    /// Its stream, when enabled.
    pub stream: Option<StreamInfo>,
    /// The attribute that holds the time to live, when asked and enabled.
    pub ttl: Option<String>,
}

impl Table {
    /// An on-demand table of which only name and keys are known.
    #[must_use]
    pub fn new(name: impl Into<TableName>, key: KeySchema) -> Self {
        Self {
            name: name.into(),
            id: None,
            arn: None,
            key,
            indexes: Vec::new(),
            items: 0,
            bytes: 0,
            billing: Billing::OnDemand,
            warm_rcu: None,
            class: TableClass::Standard,
            stream: None,
            ttl: None,
        }
    }

    /// The index of that name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|i| i.name == *name)
    }
    /// The mean size of an item in bytes, when known.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean needs no more than 52 bits"
    )]
    pub fn mean_item(&self) -> Option<f64> {
        (self.items > 0 && self.bytes > 0).then(|| self.bytes as f64 / self.items as f64)
    }
}

/// What is known of one table.
#[derive(Debug, Clone, PartialEq)]
pub enum TableState {
    /// Its name came with `ListTables`; nothing else is known yet.
    Listed,
    /// Described.
    Ready(Table),
    /// Describing it failed; the others go on.
    Failed(Problem),
}

/// Everything known of tables and datasets.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Tables in the order they were listed.
    pub tables: IndexMap<TableName, TableState>,
    /// Dataset files as loaded.
    pub files: Vec<DatasetFile>,
    /// Datasets: bound to their tables, or why that is not possible (yet).
    pub datasets: IndexMap<DatasetName, Result<BoundDataset, Problem>>,
    /// What was sampled or learned of sizes and distributions.
    pub statistics: Statistics,
}

impl Catalog {
    /// The table of that name, when it was described.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        match self.tables.get(name) {
            Some(TableState::Ready(table)) => Some(table),
            _ => None,
        }
    }
    /// Takes in what a run saw of sizes at `at`, in Unix seconds.
    pub fn learn(&mut self, observed: &[Observation], at: u64) {
        let mut statistics = std::mem::take(&mut self.statistics);
        for observation in observed {
            statistics.learn(self, observation, at);
        }
        self.statistics = statistics;
    }
    /// Drops the statistics of tables that were recreated.
    pub fn forget_recreated(&mut self) {
        let mut statistics = std::mem::take(&mut self.statistics);
        statistics.forget_recreated(self);
        self.statistics = statistics;
    }
    /// The bound dataset of that name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&BoundDataset> {
        self.datasets.get(name).and_then(|d| d.as_ref().ok())
    }
}

//! Findings and the summary, as the JSON contract has them.

use super::{AttributeDiff, Candidate, Class, Sides};
use crate::domain::cost::ScanCost;
use crate::domain::mapping::BoundCopy;
use crate::domain::names::{CopyName, DatasetName, Rcu, TableName};
use crate::domain::value::Item;
use std::collections::BTreeMap;

/// Drift, confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The dataset.
    pub dataset: DatasetName,
    /// The copy.
    pub copy: CopyName,
    /// The class.
    pub class: Class,
    /// The base key.
    pub base_key: Option<Item>,
    /// The copy key.
    pub copy_key: Option<Item>,
    /// What differs.
    pub attributes: Vec<AttributeDiff>,
    /// A sentence, where the class alone does not say it.
    pub detail: Option<String>,
    /// When it was first seen, RFC 3339.
    pub seen_at: String,
    /// When it was confirmed, RFC 3339.
    pub confirmed_at: String,
}

/// How many findings of each class.
pub type FindingCounts = BTreeMap<Class, u64>;

/// What was found about one copy.
#[derive(Debug, Clone, PartialEq)]
pub struct CopySummary {
    /// The copy.
    pub copy: CopyName,
    /// Its table.
    pub table: TableName,
    /// Items it should hold.
    pub expected: u64,
    /// Items it holds.
    pub actual: u64,
    /// Differences seen once.
    pub candidates: u64,
    /// Of them resolved by themselves.
    pub in_flight: u64,
    /// Of them held back, the pipeline being behind.
    pub pending: u64,
    /// Of them still changing after the last round.
    pub hot: u64,
    /// Of them confirmed, by class.
    pub findings: FindingCounts,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The dataset.
    pub dataset: DatasetName,
    /// `full` or `sample`.
    pub mode: &'static str,
    /// Whether everything was read and verified.
    pub complete: bool,
    /// Base items of the dataset.
    pub base_items: u64,
    /// Each copy.
    pub copies: Vec<CopySummary>,
    /// Units consumed.
    pub consumed: Rcu,
    /// What scanning base and copies was expected to consume.
    pub scan: ScanCost,
    /// How long it took.
    pub seconds: f64,
}

impl CopySummary {
    /// A summary with nothing judged yet.
    #[must_use]
    pub fn new(_copy: &BoundCopy, _sides: &Sides) -> Self {
        todo!()
    }

    /// Counts the outcome of a candidate: its findings, none when it was in flight.
    /// Keeps `candidates` = `in_flight` + findings (without unmappable) + `hot` + `pending`.
    pub fn settle(&mut self, _candidate: &Candidate, _findings: &[Finding]) {
        todo!()
    }

    /// Counts a candidate that was still changing after the last round.
    pub fn settle_hot(&mut self, _candidate: &Candidate) {
        todo!()
    }
}

impl Finding {
    /// The NDJSON line of the contract.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        todo!()
    }
}

impl Summary {
    /// The summary object of the contract.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        todo!()
    }
    /// Whether any finding is drift.
    #[must_use]
    pub fn has_drift(&self) -> bool {
        todo!()
    }
}

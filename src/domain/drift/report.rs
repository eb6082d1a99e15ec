//! Findings and the summary, as the JSON contract has them.

use super::{AttributeDiff, Bound, Candidate, Class, Mend};
use crate::domain::cost::ScanCost;
use crate::domain::item::item_to_dynamo_json;
use crate::domain::mapping::BoundCopy;
use crate::domain::names::{CopyName, DatasetName, Rcu, TableName};
use crate::domain::value::{Item, Number, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::fmt;

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
    /// What would mend it, where one write would; not part of the line.
    pub mend: Option<Mend>,
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
    /// Of them not verified: the pipeline is behind, the check ended before, or there were too many.
    pub pending: u64,
    /// Of them still changing after the last round.
    pub hot: u64,
    /// Of them confirmed, by class.
    pub findings: FindingCounts,
    /// What a sample says of the rest.
    pub bound: Option<Bound>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The dataset.
    pub dataset: DatasetName,
    /// `full`, `sample`, `partition`, `recheck`, or `watch`.
    pub mode: &'static str,
    /// Whether everything was read and verified.
    pub complete: bool,
    /// Base items of the dataset; of a watch those that changed and were looked at.
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
    pub fn new(copy: &BoundCopy) -> Self {
        Self {
            copy: copy.mapping.name.clone(),
            table: copy.mapping.table.clone(),
            expected: 0,
            actual: 0,
            candidates: 0,
            in_flight: 0,
            pending: 0,
            hot: 0,
            findings: FindingCounts::new(),
            bound: None,
        }
    }

    /// Counts the outcome of a candidate: its findings, none when it was in flight.
    /// Keeps `candidates` = `in_flight` + findings (without unmappable) + `hot` + `pending`.
    pub fn settle(&mut self, candidate: &Candidate, findings: &[Finding]) {
        for finding in findings {
            *self.findings.entry(finding.class).or_default() += 1;
        }
        // Copy items of an unmappable base item are not judged.
        if findings.iter().all(|f| f.class != Class::Unmappable) {
            let found = findings.len() as u64;
            let seen = candidate.seen;
            self.in_flight += seen.saturating_sub(found);
            self.candidates += seen.max(found);
        }
    }

    /// Counts a candidate that was still changing after the last round.
    pub fn settle_hot(&mut self, candidate: &Candidate) {
        let seen = candidate.items();
        self.hot += seen;
        self.candidates += seen;
    }

    /// Whether everything that differed was verified.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.hot == 0 && self.pending == 0
    }

    /// Whether any finding is drift.
    #[must_use]
    pub fn has_drift(&self) -> bool {
        let mut counts = self.findings.iter();
        counts.any(|(class, count)| class.is_drift() && *count > 0)
    }

    fn to_json(&self) -> Json {
        let mut findings: Map<String, Json> = Class::ALL
            .into_iter()
            .map(|class| {
                let count = self.findings.get(&class).copied().unwrap_or_default();
                (class.code().to_owned(), count.into())
            })
            .collect();
        findings.insert("hot".to_owned(), self.hot.into());
        json!({
            "copy": self.copy,
            "table": self.table,
            "expected": self.expected,
            "actual": self.actual,
            "candidates": self.candidates,
            "in_flight": self.in_flight,
            "pending": self.pending,
            "findings": findings,
            "bound": self.bound.as_ref().map(Bound::to_json),
        })
    }
}

impl Finding {
    /// The NDJSON line of the contract.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let attributes: Vec<Json> = self
            .attributes
            .iter()
            .map(|diff| {
                json!({
                    "path": diff.path,
                    "base": diff.base.as_ref().map(value_json),
                    "copy": diff.copy.as_ref().map(value_json),
                })
            })
            .collect();
        json!({
            "v": 1,
            "dataset": self.dataset,
            "copy": self.copy,
            "class": self.class.code(),
            "base_key": self.base_key.as_ref().map(item_to_dynamo_json),
            "copy_key": self.copy_key.as_ref().map(item_to_dynamo_json),
            "attributes": attributes,
            "detail": self.detail,
            "seen_at": self.seen_at,
            "confirmed_at": self.confirmed_at,
        })
    }

    /// The NDJSON line that says that it is there no more, since `at`, RFC 3339: it has no `class`.
    #[must_use]
    pub fn to_mended_json(&self, at: &str) -> Json {
        json!({
            "v": 1,
            "mended": self.class.code(),
            "dataset": self.dataset,
            "copy": self.copy,
            "base_key": self.base_key.as_ref().map(item_to_dynamo_json),
            "copy_key": self.copy_key.as_ref().map(item_to_dynamo_json),
            "confirmed_at": self.confirmed_at,
            "mended_at": at,
        })
    }
}

/// Typed JSON of one value.
fn value_json(value: &Value) -> Json {
    let mut json = item_to_dynamo_json(&Item::from([("value".to_owned(), value.clone())]));
    json.get_mut("value").map(Json::take).unwrap_or_default()
}

impl fmt::Display for Finding {
    /// One line for people: class, copy, keys, and what differs. Text of items is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {}", self.class.code(), self.copy)?;
        if let Some(key) = &self.copy_key {
            write!(f, "  {}", key_text(key))?;
        }
        if let Some(key) = &self.base_key {
            write!(f, "  of {}", key_text(key))?;
        }
        for (index, diff) in self.attributes.iter().enumerate() {
            let before = if index == 0 { "  " } else { ", " };
            let base = side_text(diff.base.as_ref());
            let copy = side_text(diff.copy.as_ref());
            let path = diff.path.escape_debug();
            write!(f, "{before}{path}: {base} in the base, {copy} in the copy")?;
        }
        if let Some(detail) = &self.detail {
            write!(f, "  ({detail})")?;
        }
        Ok(())
    }
}

fn side_text(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), value_text)
}

/// A key in one line: `airport="SACRAMENTO INTL" strike_id="S04711"`.
pub(super) fn key_text(key: &Item) -> String {
    joined(key.iter().map(named), " ")
}

fn named((name, value): (&String, &Value)) -> String {
    format!("{}={}", name.escape_debug(), value_text(value))
}

fn joined(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

/// A value in one line. `Debug` of text escapes what must not reach a terminal.
fn value_text(value: &Value) -> String {
    match value {
        Value::S(text) => format!("{text:?}"),
        Value::N(number) => number.to_string(),
        Value::B(bytes) => format!("<{}>", BASE64.encode(bytes)),
        Value::Bool(flag) => flag.to_string(),
        Value::Null => "null".to_owned(),
        Value::Ss(set) => format!("{{{}}}", joined(set.iter().map(|s| format!("{s:?}")), ", ")),
        Value::Ns(set) => format!("{{{}}}", joined(set.iter().map(Number::to_string), ", ")),
        Value::Bs(set) => {
            let members = set
                .iter()
                .map(|bytes| format!("<{}>", BASE64.encode(bytes)));
            format!("{{{}}}", joined(members, ", "))
        }
        Value::L(values) => format!("[{}]", joined(values.iter().map(value_text), ", ")),
        Value::M(members) => format!("{{{}}}", joined(members.iter().map(named), ", ")),
    }
}

impl Summary {
    /// The summary object of the contract.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let copies: Vec<Json> = self.copies.iter().map(CopySummary::to_json).collect();
        json!({
            "dataset": self.dataset,
            "mode": self.mode,
            "complete": self.complete,
            "base_items": self.base_items,
            "copies": copies,
            "consumed": { "rcu": self.consumed },
            "scan": { "rcu": self.scan.rcu },
            "seconds": self.seconds,
        })
    }

    /// Whether any finding is drift.
    #[must_use]
    pub fn has_drift(&self) -> bool {
        self.copies.iter().any(CopySummary::has_drift)
    }
}

#[cfg(test)]
mod tests;

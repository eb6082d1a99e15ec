//! Candidates that a check could neither confirm nor clear: never drift, never clean.

use super::{Candidate, CopySummary};
use crate::domain::item::item_to_dynamo_json;
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::value::Item;
use serde_json::{Value as Json, json};

/// Why a candidate was left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOpen {
    /// It was still changing after the last round.
    Hot,
    /// The pipeline is behind, the check ended before a second look, or there were too many.
    Pending,
}

impl LeftOpen {
    /// The word of the JSON contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Pending => "pending",
        }
    }
}

/// A candidate left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// The dataset.
    pub dataset: DatasetName,
    /// The copy.
    pub copy: CopyName,
    /// Why.
    pub why: LeftOpen,
    /// The base key.
    pub base_key: Option<Item>,
    /// Keys of the copy items involved.
    pub copy_keys: Vec<Item>,
}

impl Unverified {
    /// The NDJSON line of the contract: it has no `class`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let copy_keys: Vec<Json> = self.copy_keys.iter().map(item_to_dynamo_json).collect();
        json!({
            "v": 1,
            "unverified": self.why.code(),
            "dataset": self.dataset,
            "copy": self.copy,
            "base_key": self.base_key.as_ref().map(item_to_dynamo_json),
            "copy_keys": copy_keys,
        })
    }
}

impl CopySummary {
    /// Counts a candidate that was left open.
    pub fn settle_open(&mut self, candidate: &Candidate, why: LeftOpen) {
        match why {
            LeftOpen::Hot => self.settle_hot(candidate),
            LeftOpen::Pending => self.leave_pending(candidate.items()),
        }
    }

    /// Counts copy items that differed and were not verified.
    pub const fn leave_pending(&mut self, items: u64) {
        self.pending += items;
        self.candidates += items;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::value::Value;

    #[test]
    fn what_was_left_open_is_a_line_without_a_class() {
        let key = |text: &str| Item::from([("id".to_owned(), Value::s(text))]);
        let open = Unverified {
            dataset: "d".into(),
            copy: "c".into(),
            why: LeftOpen::Hot,
            base_key: Some(key("b")),
            copy_keys: vec![key("x"), key("y")],
        };
        assert_eq!(
            open.to_json(),
            json!({
                "v": 1, "unverified": "hot", "dataset": "d", "copy": "c",
                "base_key": {"id": {"S": "b"}},
                "copy_keys": [{"id": {"S": "x"}}, {"id": {"S": "y"}}],
            })
        );
    }
}

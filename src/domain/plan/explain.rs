//! A route as text and as the JSON contract.

use super::{Plan, Rejected, Route};
use crate::domain::cost::ScanCost;

/// The route as a text tree.
#[must_use]
pub fn explain_text(_route: &Route) -> String {
    todo!()
}

/// The `plan` object of the JSON contract, with `rejected`.
#[must_use]
pub fn plan_json(_plan: &Plan, _rejected: &[Rejected]) -> serde_json::Value {
    todo!()
}

/// A member of `rejected`.
#[must_use]
pub fn rejected_json(_rejected: &Rejected) -> serde_json::Value {
    todo!()
}

/// The `scan` object of the JSON contract; with the table's name when given.
#[must_use]
pub fn scan_json(_scan: &ScanCost, _table: Option<&str>) -> serde_json::Value {
    todo!()
}

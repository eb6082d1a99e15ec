//! Differences between two items, by attribute path.

use crate::domain::value::{Item, Value};

/// One attribute that differs; an absent side is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDiff {
    /// The path: `a.b[0]`.
    pub path: String,
    /// The value by the base.
    pub base: Option<Value>,
    /// The value in the copy.
    pub copy: Option<Value>,
}

/// Every path at which the items differ, deepest place first named.
#[must_use]
pub fn diff_items(_expected: &Item, _actual: &Item) -> Vec<AttributeDiff> {
    todo!()
}

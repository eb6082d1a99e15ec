//! The verdict on a candidate: two looks, a grace apart.

use super::Finding;
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;

/// What strong reads of both sides showed at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The base item.
    pub base: Option<Item>,
    /// The copy items at the keys involved: key → item.
    pub copy: Vec<(Item, Option<Item>)>,
    /// Base items that stem from another key but own a copy key looked at (duplicates).
    pub owners: Vec<(Item, Option<Item>)>,
}

/// What follows from the looks so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It agrees now: it was in flight.
    InFlight,
    /// Look again after the grace.
    Again,
    /// Drift.
    Drift(Vec<Finding>),
}

/// What one look says on its own: the findings if nothing moves any more; empty when both sides agree.
#[must_use]
pub fn classify(_dataset: &BoundDataset, _copy: &BoundCopy, _look: &Look) -> Vec<Finding> {
    todo!()
}

/// Judges by the former look and this one, a grace apart.
#[must_use]
pub fn judge(
    _dataset: &BoundDataset,
    _copy: &BoundCopy,
    _former: Option<&Look>,
    _now: &Look,
) -> Verdict {
    todo!()
}

//! The verdict on a candidate: two looks, a grace apart.
//!
//! One look is a strong read of the base item, then of the copy items at [`copy_keys`], then of the
//! base items at [`owner_keys`]. The engine reads; what to read and what follows is decided here.

use super::{Candidate, Finding};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;

/// What strong reads of both sides showed at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The base item; `None` when it does not exist, or the candidate names none.
    pub base: Option<Item>,
    /// The copy items at the keys involved: key → item.
    pub copy: Vec<(Item, Option<Item>)>,
    /// Other base items, to which items at the keys of this one belong: base key → item.
    pub owners: Vec<(Item, Option<Item>)>,
}

/// When a finding was seen and confirmed, RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// At the first look.
    pub seen_at: String,
    /// At this look.
    pub confirmed_at: String,
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

/// Which copy items a look at `candidate` reads, once its base item was read: those it should be
/// now, and those the candidate names.
#[must_use]
pub fn copy_keys(
    _dataset: &BoundDataset,
    _copy: &BoundCopy,
    _candidate: &Candidate,
    _base: Option<&Item>,
) -> Vec<Item> {
    todo!()
}

/// Which other base items a look reads last: those to which the items found at this one's keys belong.
#[must_use]
pub fn owner_keys(
    _dataset: &BoundDataset,
    _copy: &BoundCopy,
    _base: Option<&Item>,
    _found: &[(Item, Option<Item>)],
) -> Vec<Item> {
    todo!()
}

/// What one look says on its own: the findings if nothing moves any more; empty when both sides agree.
#[must_use]
pub fn classify(
    _dataset: &BoundDataset,
    _copy: &BoundCopy,
    _candidate: &Candidate,
    _look: &Look,
    _times: &Times,
) -> Vec<Finding> {
    todo!()
}

/// Judges by the former look and this one, a grace apart.
#[must_use]
pub fn judge(
    _dataset: &BoundDataset,
    _copy: &BoundCopy,
    _candidate: &Candidate,
    _former: Option<&Look>,
    _now: &Look,
    _times: &Times,
) -> Verdict {
    todo!()
}

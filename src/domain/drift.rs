//! Drift: digests, comparison, classes, the verdict on a candidate.
//!
//! Pure: the engine reads pages and keeps records. [`differences`] finds candidates; what is told as drift
//! comes from [`judge`] alone, by strong reads of both sides, because scans are no snapshots.

mod compare;
mod digest;
#[cfg(test)]
mod fixture;
mod join;
mod record;
mod report;
mod unverified;
mod verdict;

pub use compare::{AttributeDiff, diff_items};
pub use join::{Candidate, Difference, Tally, candidates, differences};
pub use record::{Membership, Record, Recorder};
pub use report::{CopySummary, Finding, FindingCounts, Summary};
pub use unverified::{LeftOpen, Unverified};
pub use verdict::{Look, Times, Verdict, classify, copy_keys, judge, owner_keys};

/// The class of a finding. Classes are exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The expected copy item is absent.
    Missing,
    /// A copy item whose base item does not exist.
    Orphaned,
    /// A copy item of an existing base item, under a key that E(b) does not give.
    Misplaced,
    /// Right key, other attributes.
    Different,
    /// A different whose copy is provably older.
    Stale,
    /// Two base items map to one copy key; the loser.
    Duplicate,
    /// E(b) is undefined.
    Unmappable,
    /// TTL passed on either side; not drift.
    Expired,
}

impl Class {
    /// All classes, in the order of the JSON contract.
    pub const ALL: [Self; 8] = [
        Self::Missing,
        Self::Orphaned,
        Self::Misplaced,
        Self::Different,
        Self::Stale,
        Self::Duplicate,
        Self::Unmappable,
        Self::Expired,
    ];

    /// The word of the JSON contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Orphaned => "orphaned",
            Self::Misplaced => "misplaced",
            Self::Different => "different",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Unmappable => "unmappable",
            Self::Expired => "expired",
        }
    }

    /// Whether it is drift (exit code 1).
    #[must_use]
    pub const fn is_drift(self) -> bool {
        !matches!(self, Self::Expired)
    }
}

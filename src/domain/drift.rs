//! Drift: digests, comparison, classes, the verdict on a candidate.
//!
//! Pure: the engine reads pages and keeps records. [`Gathered`] finds candidates, because scans are no
//! snapshots; what is told as drift comes from strong reads of both sides alone: [`classify`] says what one
//! look shows, [`Rounds`] when looks have shown it long enough.

mod baseline;
mod beside;
mod bound;
mod compare;
mod digest;
mod expiry;
#[cfg(test)]
mod fixture;
mod join;
mod lacking;
mod noted;
mod packed;
#[cfg(test)]
mod pitfalls;
mod precheck;
mod record;
mod recorder;
mod repair;
mod report;
mod round;
mod stale;
mod unverified;
mod verdict;
mod watchlist;

pub use baseline::Baseline;
pub use beside::{Beside, Presence, Sighting, Sought, Standing};
pub use bound::{Bound, Clusters, SAMPLE, Sampled};
pub use compare::{AttributeDiff, diff_items};
pub use digest::Digest;
pub use join::{Candidate, Gathered, Tally};
pub use lacking::Lacking;
pub use noted::{Noted, Says, parse_findings};
pub use packed::Packed;
pub use precheck::{Doubt, TRIED, Weight, counts, doubts};
pub use record::Record;
pub use recorder::{Membership, Recorder};
pub use repair::{Mend, PlanForm};
pub use report::{CopySummary, Finding, FindingCounts, Summary};
pub use round::{Agenda, Next, Recurrence, Rounds, Sight};
pub use stale::{Images, recurrence};
pub use unverified::{LeftOpen, Unverified};
pub use verdict::{Look, Times, classify, copy_keys, owner_keys};
pub use watchlist::{Due, Left, News, Subject, Watchlist, concerned};

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

    /// Whether it may be that a change is only late: what the base alone shows is not.
    #[must_use]
    pub const fn may_be_late(self) -> bool {
        !matches!(self, Self::Duplicate | Self::Unmappable | Self::Expired)
    }
}

//! Lag: how far a copy is behind its base, as its stream tells.
//!
//! Owns the words for the state of a pipeline, what follows from them for a check, and the rules by
//! which what is seen of changes and copies gives a state. Reading streams and copies is the engine's.

mod gauge;
mod images;
mod shards;
mod trace;

pub use gauge::{Gauge, Tolerance};
pub use images::OlderImages;
pub use shards::Walk;
pub use trace::Trace;

use super::names::CopyName;
use std::collections::BTreeMap;
use std::time::Duration;

/// How changes of the base reach one copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// No stream can be read, or nothing was followed to the copy yet.
    #[default]
    Unknown,
    /// Nothing changed lately, so there is nothing to be behind.
    Idle,
    /// Changes arrive within this time.
    Flowing {
        /// The longest of those followed.
        lag: Duration,
    },
    /// Changes arrive, but the newest to arrive is older than it may be.
    Behind {
        /// How old it is.
        by: Duration,
    },
    /// No change arrives any more.
    Stopped {
        /// How long not.
        since: Duration,
    },
}

impl Flow {
    /// Whether what a copy lacks, or has of old, may still be under way: neither drift nor clean.
    #[must_use]
    pub const fn holds_verdicts(self) -> bool {
        matches!(self, Self::Behind { .. } | Self::Stopped { .. })
    }

    /// How far the copy is known to be behind.
    #[must_use]
    pub const fn lag(self) -> Option<Duration> {
        match self {
            Self::Unknown => None,
            Self::Idle => Some(Duration::ZERO),
            Self::Flowing { lag } => Some(lag),
            Self::Behind { by } => Some(by),
            Self::Stopped { since } => Some(since),
        }
    }
}

/// The flow to each copy; one that is not named is unknown.
pub type Flows = BTreeMap<CopyName, Flow>;

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

use super::names::{CopyName, DatasetName};
use std::collections::BTreeMap;
use std::fmt;
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

    /// Its name in output.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Idle => "idle",
            Self::Flowing { .. } => "flowing",
            Self::Behind { .. } => "behind",
            Self::Stopped { .. } => "stopped",
        }
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

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Idle => f.write_str("idle, nothing changed lately"),
            Self::Flowing { lag } => write!(f, "flowing, within {} s", lag.as_secs() + 1),
            Self::Behind { by } => write!(f, "behind by {} s", by.as_secs()),
            Self::Stopped { since } => {
                write!(f, "stopped, nothing arrived for {} s", since.as_secs())
            }
        }
    }
}

/// A pipeline that holds verdicts: a finding of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// The dataset.
    pub dataset: DatasetName,
    /// The copy that gets no changes, or late.
    pub copy: CopyName,
    /// How it is.
    pub flow: Flow,
}

impl Stuck {
    /// Those of `copies` to which changes come late or not at all.
    pub fn among<'a>(
        flows: &Flows,
        dataset: &DatasetName,
        copies: impl Iterator<Item = &'a CopyName>,
    ) -> Vec<Self> {
        let stuck = |copy: &'a CopyName| {
            let flow = *flows.get(copy)?;
            flow.holds_verdicts().then(|| Self {
                dataset: dataset.clone(),
                copy: copy.clone(),
                flow,
            })
        };
        copies.filter_map(stuck).collect()
    }

    /// As a line of findings: it has no class.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "v": 1, "pipeline": self.flow.code(), "dataset": self.dataset, "copy": self.copy,
            "seconds": self.flow.lag().map(|lag| lag.as_secs()),
        })
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { copy, flow, .. } = self;
        write!(
            f,
            "{copy}: its pipeline is {flow}; what is missing or stale is pending"
        )
    }
}

/// The flow to each copy; one that is not named is unknown.
pub type Flows = BTreeMap<CopyName, Flow>;

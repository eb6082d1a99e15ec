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

/// Records are dated to the second.
const TICK: Duration = Duration::from_secs(1);

/// How changes of the base reach one copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// No stream can be read, or nothing was followed to the copy yet.
    #[default]
    Unknown,
    /// Nothing changed lately, so there is nothing to be behind.
    Idle,
    /// Changes arrive within this time and a second.
    Flowing {
        /// How late those followed were at most, without the second in which each was made.
        lag: Duration,
    },
    /// Changes arrive, but the newest to arrive is older than it may be.
    Behind {
        /// How old it is at least.
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

    /// How far the copy was behind when it was last looked at: at least so, and at most so where that is
    /// known. Records are dated to the second (API reference, `StreamRecord`), so it is known to a second.
    #[must_use]
    pub fn bounds(self) -> Option<(Duration, Option<Duration>)> {
        match self {
            Self::Unknown | Self::Idle => None,
            Self::Flowing { lag } => Some((Duration::ZERO, Some(lag + TICK))),
            Self::Behind { by } => Some((by, None)),
            Self::Stopped { since } => Some((since, None)),
        }
    }

    /// How far the copy is taken to be behind.
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
            Self::Flowing { lag } => {
                let within = (*lag + TICK).as_millis().div_ceil(1000);
                write!(f, "flowing, within {within} s")
            }
            Self::Behind { by } => write!(f, "behind by {} s or more", by.as_secs()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::to_the_second(Flow::Flowing { lag: Duration::ZERO }, "flowing, within 1 s", Some((0, Some(1_000))))]
    #[case::never_less_than_it_is(Flow::Flowing { lag: Duration::from_millis(224) }, "flowing, within 2 s", Some((0, Some(1_224))))]
    #[case::at_least(Flow::Behind { by: Duration::from_secs(7) }, "behind by 7 s or more", Some((7_000, None)))]
    #[case::nothing_to_be_behind(Flow::Idle, "idle, nothing changed lately", None)]
    fn a_lag_is_told_no_better_than_it_is_known(
        #[case] flow: Flow,
        #[case] text: &str,
        #[case] bounds: Option<(u64, Option<u64>)>,
    ) {
        let millis = Duration::from_millis;
        let bounds = bounds.map(|(low, high)| (millis(low), high.map(millis)));
        assert_eq!((flow.to_string().as_str(), flow.bounds()), (text, bounds));
    }
}

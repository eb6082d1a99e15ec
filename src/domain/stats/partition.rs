//! What is known of one partition, and what a key range of it holds.

use super::key::Key;
use super::sketch::{Cut, Sketch};
use super::spread::{Sampling, Spread, Volume, float};
use serde::{Deserialize, Serialize};

/// Items and bytes that a read saw to their end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    /// Items.
    pub(super) items: u64,
    /// Their bytes at least.
    pub(super) low: u64,
    /// Their bytes at most.
    pub(super) high: u64,
    /// When, in Unix seconds.
    pub(super) at: u64,
}

impl Known {
    pub(super) fn bytes(&self) -> Spread {
        let (low, high) = (float(self.low), float(self.high));
        Spread {
            low,
            expected: f64::midpoint(low, high),
            high,
        }
    }

    pub(super) fn volume(&self) -> Volume {
        Volume {
            items: Spread::exact(float(self.items)),
            bytes: self.bytes(),
        }
    }
}

/// How much of a partition the sample holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Extent {
    /// All of it: partitions of a base table come whole.
    Whole,
    /// As far as its page went.
    Cut,
    /// Items here and there, as the sample went through a table with other keys.
    Scattered,
}

/// A partition as it was sampled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) extent: Extent,
    /// How many come in one go (see [`Sampling`]).
    pub(super) clump: f64,
    pub(super) items: u64,
    pub(super) bytes: u64,
    pub(super) sketch: Sketch,
}

/// A partition by its key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Partition {
    pub(super) key: Key,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) part: Option<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) learned: Option<Known>,
}

/// What bounds the partitions of a path from outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The fraction of the base that was sampled; `None` when it is unknown.
    pub(super) fraction: Option<f64>,
    /// Items of the path that are in no partition seen whole.
    pub(super) elsewhere: f64,
    /// Bytes of the largest item.
    pub(super) largest_item: f64,
}

impl Part {
    fn sampling(&self, fraction: Option<f64>) -> Option<Sampling> {
        match self.extent {
            Extent::Whole | Extent::Cut => Some(Sampling::ALL),
            Extent::Scattered => fraction.map(|fraction| Sampling {
                fraction,
                clump: self.clump,
            }),
        }
    }

    /// Sampled entries between two cuts.
    fn sampled(&self, cuts: Option<&(Cut<'_>, Cut<'_>)>) -> Volume {
        let Some((from, to)) = cuts else {
            return Volume {
                items: Spread::exact(float(self.items)),
                bytes: Spread::exact(float(self.bytes)),
            };
        };
        let found = self.sketch.between(from, to);
        let of = self.sketch.entries();
        if of.items >= self.items {
            return found;
        }
        // The sketch was made of a sample of the sample.
        let kept = float(of.items);
        let sampling = Sampling {
            fraction: kept / float(self.items),
            clump: 1.0,
        };
        let scaled = |found: Spread, of: u64, all: u64| {
            let share = found.times(kept / float(of.max(1)));
            sampling.share(share, kept).times(float(all))
        };
        Volume {
            items: scaled(found.items, of.items, self.items),
            bytes: scaled(found.bytes, of.bytes, self.bytes),
        }
    }

    /// Entries between two cuts, in all.
    pub(super) fn volume(
        &self,
        cuts: Option<&(Cut<'_>, Cut<'_>)>,
        limits: &Limits,
    ) -> Option<Volume> {
        let sampled = self.sampled(cuts);
        let mut items = self.sampling(limits.fraction)?.population(sampled.items);
        if self.extent == Extent::Cut {
            // It was cut somewhere, so as much again is most likely; nothing tells how much it is at most.
            items.expected *= 2.0;
            items.high += limits.elsewhere;
        }
        let scaled = |bytes: f64, from: f64, to: f64, rest: f64| {
            if from > 0.0 {
                bytes * to / from
            } else {
                to * rest
            }
        };
        let bytes = Spread {
            low: scaled(sampled.bytes.low, sampled.items.low, items.low, 0.0),
            expected: scaled(
                sampled.bytes.expected,
                sampled.items.expected,
                items.expected,
                0.0,
            ),
            high: scaled(
                sampled.bytes.high,
                sampled.items.high,
                items.high,
                limits.largest_item,
            ),
        };
        Some(Volume { items, bytes })
    }

    /// The share of its items that lie between two cuts.
    fn share(&self, cuts: &(Cut<'_>, Cut<'_>), fraction: Option<f64>) -> Spread {
        let of = float(self.items);
        let sampling = match self.extent {
            Extent::Whole => Sampling::ALL,
            Extent::Cut | Extent::Scattered => Sampling {
                fraction: fraction.unwrap_or(0.0),
                clump: self.clump,
            },
        };
        sampling.share(self.sampled(Some(cuts)).items, of)
    }
}

impl Partition {
    /// What lies between two cuts of it, or all of it. What was learned wins.
    pub(super) fn volume(
        &self,
        cuts: Option<&(Cut<'_>, Cut<'_>)>,
        limits: &Limits,
    ) -> Option<Volume> {
        let Some(known) = self.learned else {
            return self.part.as_ref()?.volume(cuts, limits);
        };
        let all = known.volume();
        let Some(cuts) = cuts else {
            return Some(all);
        };
        let share = self
            .part
            .as_ref()
            .map_or(Spread::ANY_SHARE, |part| part.share(cuts, limits.fraction));
        let of = |all: Spread| Spread {
            low: share.low * all.low,
            expected: share.expected * all.expected,
            high: share.high * all.high,
        };
        Some(Volume {
            items: of(all.items),
            bytes: of(all.bytes),
        })
    }
}

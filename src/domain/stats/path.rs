//! What is known of a path: totals, item sizes, and partitions.

use super::partition::{Extent, Known, Limits, Partition};
use super::sizes::{ItemUnits, Sizes};
use super::sketch::{Cut, Sketch};
use super::spread::{Figure, Origin, Sampling, Spread, Volume, float};
use crate::domain::read::KeyCondition;
use serde::{Deserialize, Serialize};

/// Partitions that tell how large others may be, and how many times as large as the largest of them.
const MANY: u64 = 100;
const UNSEEN: f64 = 4.0;

/// What is known of a table or index as a path to read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PathStatistics {
    /// What a sample told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sampled: Option<SampledPath>,
    /// The largest partitions and those learned, by key.
    pub(super) partitions: Vec<Partition>,
    /// What a whole scan taught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) all: Option<Known>,
    /// Items read here and there: they tell the mean size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) few: Option<Known>,
}

/// What a sample told of a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SampledPath {
    /// All it holds; `None` when it is unknown how much was sampled.
    pub(super) total: Option<Volume>,
    pub(super) mean: Option<Spread>,
    pub(super) sizes: Sizes,
    /// What items take that are read one by one.
    pub(super) units: Option<ItemUnits>,
    pub(super) distinct: Option<Spread>,
    /// Whether its partitions are those of the base, which a scan reads whole.
    pub(super) whole: bool,
    /// How many items of a partition come in one go.
    pub(super) clump: f64,
    /// Entries sampled.
    pub(super) entries: u64,
    /// Partitions seen.
    pub(super) seen: u64,
    /// Sampled items of the largest partition.
    pub(super) most_items: u64,
    pub(super) rest: Rest,
    /// Sort keys of all partitions together.
    pub(super) sketch: Sketch,
}

/// Partitions that were seen and not kept, the smaller ones. Figures of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Rest {
    pub(super) partitions: u64,
    pub(super) items: u64,
    pub(super) bytes: u64,
    /// Items of the largest.
    pub(super) most_items: u64,
    /// Bytes of the largest.
    pub(super) most_bytes: u64,
}

impl PathStatistics {
    pub(super) fn total(&self) -> Option<Figure> {
        let learned = self.all.map(|known| Figure {
            volume: known.volume(),
            origin: Origin::Learned,
        });
        learned.or_else(|| {
            Some(Figure {
                volume: self.sampled.as_ref()?.total?,
                origin: Origin::Analyzed,
            })
        })
    }

    pub(super) fn partitions(&self) -> Option<Spread> {
        self.sampled.as_ref()?.distinct
    }

    /// Items of the partition that an item is in, on average over all items: most lie in large ones.
    pub(super) fn neighbours(&self, fraction: f64) -> Option<f64> {
        let sampled = self.sampled.as_ref().filter(|_| fraction > 0.0)?;
        let rest = &sampled.rest;
        let scale = |scattered: bool| if scattered { fraction.recip() } else { 1.0 };
        let parts = self.partitions.iter().filter_map(|p| p.part.as_ref());
        let parts = parts.map(|part| {
            let scattered = part.extent == Extent::Scattered;
            (1.0, float(part.items) * scale(scattered))
        });
        let small = float(rest.items) / float(rest.partitions.max(1)) * scale(!sampled.whole);
        let (items, squares) = parts
            .chain([(float(rest.partitions), small)])
            .fold((0.0, 0.0), |(items, squares), (count, size)| {
                (items + count * size, squares + count * size * size)
            });
        (items > 0.0).then(|| squares / items)
    }

    pub(super) fn mean_item(&self) -> Option<Spread> {
        let sampled = self.sampled.as_ref().and_then(|sampled| sampled.mean);
        let of = |known: &Known| known.bytes().times(float(known.items.max(1)).recip());
        let all = self.all.filter(|known| known.items > 0);
        let few = self.few.filter(|known| known.items > 0);
        sampled.or_else(|| all.or(few).as_ref().map(of))
    }

    pub(super) fn bytes_of(&self, items: f64) -> Option<Spread> {
        let mean = self.mean_item()?;
        match (&self.sampled, self.total()) {
            (Some(sampled), Some(total)) => Some(sampled.sizes.bytes_of(
                items,
                total.volume.items.expected,
                mean,
            )),
            _ => Some(mean.times(items)),
        }
    }

    pub(super) fn units_of(&self, items: f64) -> Option<Spread> {
        let sampled = self.sampled.as_ref()?;
        let all = self.total()?.volume.items.expected;
        Some(sampled.sizes.units_of(sampled.units?, items, all))
    }

    /// Seen ones that are not kept, and those thought not to have been seen.
    pub(super) fn not_kept(&self) -> Option<f64> {
        let sampled = self.sampled.as_ref()?;
        let unseen = sampled.distinct?.expected - float(sampled.seen);
        Some(float(sampled.rest.partitions) + unseen.max(0.0))
    }

    /// Where the partition of a condition stands, or would.
    pub(super) fn place(&self, condition: &KeyCondition) -> Result<usize, usize> {
        let key = || condition.partition().iter().map(|(_, value)| value);
        let partitions = &self.partitions;
        partitions.binary_search_by(|partition| partition.key.cmp_to(key()))
    }

    pub(super) fn selected(
        &self,
        condition: &KeyCondition,
        fraction: Option<f64>,
    ) -> Option<Figure> {
        let narrows = condition.equal.len() > condition.partition_len || condition.range.is_some();
        let cuts = narrows.then(|| Cut::of(condition));
        let limits = self.limits(fraction);
        let Ok(at) = self.place(condition) else {
            return self.unseen(cuts.as_ref(), &limits);
        };
        let partition = &self.partitions[at];
        let mut volume = partition.volume(cuts.as_ref(), &limits)?;
        if narrows {
            // What is asked for is thought to be there.
            volume.items.expected = volume.items.expected.max(volume.items.high.min(1.0));
        }
        let learned = partition.learned.is_some() && (!narrows || partition.part.is_none());
        let origin = if learned {
            Origin::Learned
        } else {
            Origin::Analyzed
        };
        Some(Figure { volume, origin })
    }

    fn limits(&self, fraction: Option<f64>) -> Limits {
        let sampled = self.sampled.as_ref();
        let total = sampled.and_then(|sampled| sampled.total);
        let largest = sampled.and_then(|sampled| sampled.sizes.largest());
        let seen = sampled.map_or(0, |sampled| sampled.entries);
        Limits {
            fraction,
            elsewhere: total.map_or(f64::INFINITY, |total| {
                (total.items.high - float(seen)).max(0.0)
            }),
            largest_item: float(largest.unwrap_or(0)),
        }
    }

    /// A partition that is not among those kept: one of the rest, or none.
    fn unseen(&self, cuts: Option<&(Cut<'_>, Cut<'_>)>, limits: &Limits) -> Option<Figure> {
        let sampled = self.sampled.as_ref()?;
        let items = sampled.partition_not_kept(limits)?;
        let mean = sampled.mean.unwrap_or(Spread::ZERO);
        let rest = &sampled.rest;
        let all_seen = limits.fraction.is_some_and(|fraction| fraction >= 1.0);
        let most = if all_seen {
            float(rest.most_bytes)
        } else {
            items.high * limits.largest_item
        };
        let mut volume = Volume {
            bytes: Spread {
                low: 0.0,
                expected: (items.expected * mean.expected).min(most),
                high: most,
            },
            items,
        };
        if let Some((from, to)) = cuts {
            let of = float(sampled.sketch.entries().items).max(1.0);
            let share = sampled.sketch.between(from, to).items.expected / of;
            volume.items.expected *= share;
            volume.bytes.expected *= share;
        }
        Some(Figure {
            volume,
            origin: Origin::Analyzed,
        })
    }
}

impl SampledPath {
    /// Items of a partition that is not kept.
    fn partition_not_kept(&self, limits: &Limits) -> Option<Spread> {
        let rest = &self.rest;
        let fraction = limits.fraction?;
        let mean_of_rest = float(rest.items) / float(rest.partitions.max(1));
        if fraction >= 1.0 {
            return Some(Spread {
                low: 0.0,
                expected: mean_of_rest,
                high: float(rest.most_items),
            });
        }
        let mean = self
            .total
            .zip(self.distinct)
            .map_or(0.0, |(total, distinct)| {
                total.items.expected / distinct.expected.max(1.0)
            });
        let high = if self.whole {
            self.largest_unseen().min(limits.elsewhere)
        } else {
            let sampling = Sampling {
                fraction,
                clump: self.clump,
            };
            sampling
                .population(Spread::exact(float(rest.most_items)))
                .high
        };
        let expected = if rest.partitions > 0 && !self.whole {
            mean_of_rest / fraction
        } else {
            mean
        };
        Some(Spread {
            low: 0.0,
            expected: expected.min(high),
            high,
        })
    }

    /// A partition that no page showed, when others came whole. Of many seen the largest bounds nearly
    /// all others; of few it says little.
    fn largest_unseen(&self) -> f64 {
        if self.seen < MANY {
            return f64::INFINITY;
        }
        float(self.most_items) * UNSEEN
    }
}

//! How large the items of a path are: enough to bound the largest few.

use super::spread::{Spread, Z, count, float, rounded};
use serde::{Deserialize, Serialize};

/// Parts that sizes are cut into, all of them, and again the upper half, and the upper half of that.
const PARTS: u64 = 16;
const HALVINGS: u32 = 10;

/// Sizes in ascending order, each with the parts of a million that are no larger.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Sizes(Vec<(u32, u64)>);

const MILLION: u32 = 1_000_000;
/// Bytes of a unit.
const UNIT: u64 = 4_096;

/// Units of items that are read one by one, each rounded up by itself: of how many, and their mean and
/// standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct ItemUnits {
    of: u64,
    mean: f64,
    deviation: f64,
}

impl ItemUnits {
    /// Of items of these sizes.
    pub(super) fn new(sizes: &[u64]) -> Option<Self> {
        let of = count(sizes.len());
        let n = float(of);
        let units = || sizes.iter().map(|size| float(units_of(*size)));
        let mean = units().sum::<f64>() / n;
        let squares: f64 = units().map(|units| (units - mean).powi(2)).sum();
        (of > 0).then(|| Self {
            of,
            mean: rounded(mean),
            deviation: rounded((squares / n).sqrt()),
        })
    }

    /// Whether its figures can be: a corrupt file may say otherwise.
    pub(super) fn is_sound(&self) -> bool {
        self.mean >= 1.0 && self.deviation >= 0.0
    }

    /// Of so many items of `all`, of which each takes from `least` to `most`.
    fn of(self, items: f64, all: f64, (least, most): (f64, f64)) -> Spread {
        let left = |of: f64| (1.0 - of / all.max(1.0)).max(0.0);
        // Which items they are, and how well the mean of all is known.
        let chosen = self.deviation * (items * left(items)).sqrt();
        let sampled = self.deviation * items * (left(float(self.of)) / float(self.of)).sqrt();
        let error = Z * chosen.hypot(sampled);
        let expected = items * self.mean;
        Spread {
            low: (expected - error).max(items * least).min(expected),
            expected,
            high: (expected + error).min(items * most).max(expected),
        }
    }
}

const fn units_of(bytes: u64) -> u64 {
    let units = bytes.div_ceil(UNIT);
    if units == 0 { 1 } else { units }
}

impl Sizes {
    /// Of sorted sizes, one of which is the largest there is.
    pub(super) fn new(sorted: &[u64]) -> Self {
        let length = count(sorted.len());
        if length == 0 {
            return Self::default();
        }
        let even = (0..=PARTS).map(|part| (part, PARTS));
        let upper = (5..=HALVINGS + 4).map(|power| ((1 << power) - 1, 1 << power));
        let mut knots: Vec<(u32, u64)> = even
            .chain(upper)
            .filter_map(|(part, of): (u64, u64)| {
                let rank = (part * length).div_ceil(of).clamp(1, length);
                let size = sorted.get(usize::try_from(rank - 1).ok()?)?;
                let share = if part == 0 {
                    0
                } else {
                    rank * u64::from(MILLION) / length
                };
                Some((u32::try_from(share).ok()?, *size))
            })
            .collect();
        knots.sort_unstable();
        knots.dedup();
        Self(knots)
    }

    /// The largest.
    pub(super) fn largest(&self) -> Option<u64> {
        self.0.last().map(|(_, size)| *size)
    }

    /// Whether it is in order: a corrupt file may say otherwise.
    pub(super) fn is_sound(&self) -> bool {
        self.0.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1)
            && self.0.last().is_none_or(|(share, _)| *share == MILLION)
    }

    /// Units of `items` of `all` read one by one.
    pub(super) fn units_of(&self, units: ItemUnits, items: f64, all: f64) -> Spread {
        let of = |knot: Option<&(u32, u64)>| knot.map_or(1.0, |(_, size)| float(units_of(*size)));
        units.of(items, all, (of(self.0.first()), of(self.0.last())))
    }

    /// Bytes of `items` of `all` taken together: from the smallest to the largest there are.
    pub(super) fn bytes_of(&self, items: f64, all: f64, mean: Spread) -> Spread {
        let share = if all > 0.0 {
            (items / all).min(1.0)
        } else {
            1.0
        };
        let steps = self.0.windows(2).map(|pair| {
            let width = f64::from(pair[1].0 - pair[0].0) / f64::from(MILLION);
            (width, float(pair[0].1), float(pair[1].1))
        });
        let sum = |steps: &mut dyn Iterator<Item = (f64, f64)>| {
            let mut left = share;
            let mut sum = 0.0;
            for (width, size) in steps {
                let taken = width.min(left);
                sum += taken * size;
                left -= taken;
            }
            sum
        };
        let smallest = sum(&mut steps.clone().map(|(width, low, _)| (width, low)));
        let largest = sum(&mut steps.rev().map(|(width, _, high)| (width, high)));
        let expected = items * mean.expected;
        if share >= 1.0 {
            // The whole is known better than the sum of its steps.
            return mean.times(items);
        }
        Spread {
            low: (smallest * all).min(expected),
            expected,
            high: (largest * all).max(expected),
        }
    }
}

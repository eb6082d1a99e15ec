//! Figures with their ends, and what a sample says of all it was taken from.

use serde::{Deserialize, Serialize};

/// Standard deviations between the expected figure and either end.
pub(super) const Z: f64 = 3.0;
/// What was never seen in a sample happens less often than this many times the inverse of the sampled
/// fraction: the rule of three, at 99% (`-ln 0.01`) in place of 95%.
const NEVER_SEEN: f64 = 4.605;

/// A figure with what it is at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// At least.
    pub low: f64,
    /// Most likely.
    pub expected: f64,
    /// At most.
    pub high: f64,
}

/// Items and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// Items.
    pub items: Spread,
    /// Bytes.
    pub bytes: Spread,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A sample.
    Analyzed,
    /// What reads taught.
    Learned,
}

/// How much, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// How much.
    pub volume: Volume,
    /// How that is known.
    pub origin: Origin,
}

impl Spread {
    /// Nothing.
    pub const ZERO: Self = Self::exact(0.0);
    /// Any share at all.
    pub const ANY_SHARE: Self = Self {
        low: 0.0,
        expected: 0.5,
        high: 1.0,
    };

    /// A figure that is known.
    #[must_use]
    pub const fn exact(figure: f64) -> Self {
        Self {
            low: figure,
            expected: figure,
            high: figure,
        }
    }

    /// So much less and more at its ends, never below zero.
    pub(super) const fn widened(self, by: f64) -> Self {
        Self {
            low: (self.low - by).max(0.0),
            expected: self.expected,
            high: self.high + by,
        }
    }

    /// So many times.
    #[must_use]
    pub const fn times(self, factor: f64) -> Self {
        Self {
            low: self.low * factor,
            expected: self.expected * factor,
            high: self.high * factor,
        }
    }

    /// The rest of a share.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self {
            low: 1.0 - self.high,
            expected: 1.0 - self.expected,
            high: 1.0 - self.low,
        }
    }

    /// No part of it beyond `low` and `high`.
    #[must_use]
    pub const fn clamp(self, low: f64, high: f64) -> Self {
        Self {
            low: self.low.clamp(low, high),
            expected: self.expected.clamp(low, high),
            high: self.high.clamp(low, high),
        }
    }

    /// Cut to three decimals: as it is written, so that it is read back equal.
    pub(super) fn rounded(self) -> Self {
        Self {
            low: rounded(self.low),
            expected: rounded(self.expected),
            high: rounded(self.high),
        }
    }
}

impl std::ops::Add for Spread {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            expected: self.expected + other.expected,
            high: self.high + other.high,
        }
    }
}

impl Volume {
    /// Nothing.
    pub const ZERO: Self = Self {
        items: Spread::ZERO,
        bytes: Spread::ZERO,
    };
}

/// How a sample was taken: what fraction of all, and in clumps of how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampling {
    /// The fraction sampled, from 0 to 1; 1 is all of it.
    pub(super) fraction: f64,
    /// How many items come in one go on average: a scan reads whole partitions, and items of one
    /// partition are alike, so they tell less than as many picked one by one.
    pub(super) clump: f64,
}

impl Sampling {
    /// Everything was seen.
    pub(super) const ALL: Self = Self {
        fraction: 1.0,
        clump: 1.0,
    };

    /// How many there are in all when the sample holds `seen`: the score interval of a binomial count,
    /// narrower the less is left unseen (finite-population correction).
    pub(super) fn population(self, seen: Spread) -> Spread {
        if self.fraction >= 1.0 {
            return seen;
        }
        Spread {
            low: self.ends(seen.low).0,
            expected: seen.expected / self.fraction,
            high: self.ends(seen.high).1,
        }
    }

    fn ends(self, seen: f64) -> (f64, f64) {
        if seen <= 0.0 {
            return (0.0, never_seen(self) / self.fraction);
        }
        let scale = self.clump / self.fraction;
        let (low, high) = score(seen / self.clump, Z * Z * (1.0 - self.fraction));
        ((low * scale).max(seen), high * scale)
    }

    /// The share in all when `seen` of `of` sampled have it (Wilson's score interval, with the same
    /// correction).
    pub(super) fn share(self, seen: Spread, of: f64) -> Spread {
        if of <= 0.0 {
            return Spread::ANY_SHARE;
        }
        let exact = seen.times(1.0 / of);
        let zz = Z * Z * (1.0 - self.fraction.min(1.0));
        let n = of / self.clump;
        let end = |share: f64, sign: f64| {
            let half = (zz * (share * (1.0 - share) / n + zz / (4.0 * n * n))).sqrt();
            (share + zz / (2.0 * n) + sign * half) / (1.0 + zz / n)
        };
        let exact = exact.clamp(0.0, 1.0);
        Spread {
            low: end(exact.low, -1.0),
            expected: exact.expected,
            high: end(exact.high, 1.0),
        }
        .clamp(0.0, 1.0)
    }
}

/// The counts whose distance to `seen` is `zz.sqrt()` of their own standard deviations.
fn score(seen: f64, zz: f64) -> (f64, f64) {
    let center = seen + zz / 2.0;
    let half = (zz * (seen + zz / 4.0)).sqrt();
    (center - half, center + half)
}

/// How far a sum is off whose clusters have errors with these squares, when `fraction` of all were seen.
pub(super) fn error(squares: f64, fraction: f64) -> f64 {
    Z * ((1.0 - fraction) * squares.max(0.0)).sqrt()
}

/// How many of the sample may stand for a kind of which there is none in the sample.
pub(super) fn never_seen(sampling: Sampling) -> f64 {
    NEVER_SEEN * (1.0 - sampling.fraction) * sampling.clump
}

pub(super) fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

/// The length of a list.
pub(super) fn count(length: usize) -> u64 {
    length as u64
}

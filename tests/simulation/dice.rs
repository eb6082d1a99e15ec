//! Numbers that look random and are the same for every run of a seed.

use std::time::Duration;

/// `SplitMix64`: small, and good enough to simulate with.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Other dice, thrown independently of these.
    pub(crate) const fn split(&mut self) -> Self {
        Self(self.roll())
    }

    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap()
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A time from `low` to `high` milliseconds.
    pub(crate) fn millis(&mut self, low: usize, high: usize) -> Duration {
        let millis = low + self.below(high - low + 1);
        Duration::from_millis(millis.try_into().unwrap())
    }
}

//! How many distinct values there are when only a sample was seen.

use super::spread::{Spread, count, float};

/// Of how often each distinct value occurs in a sample that is `fraction` of all.
///
/// Expected: Chao's estimate (1984), by values seen once and twice. At most as many as if each value seen
/// once stood for as many unseen as the sample leaves out (the upper end of Charikar et al., 2000).
pub(super) fn distinct(occurrences: impl Iterator<Item = u64>, fraction: f64) -> Spread {
    let occurrences: Vec<u64> = occurrences.collect();
    let seen = float(count(occurrences.len()));
    if fraction >= 1.0 {
        return Spread::exact(seen);
    }
    let times = |n: u64| float(count(occurrences.iter().filter(|o| **o == n).count()));
    let (once, twice) = (times(1), times(2));
    let high = seen - once + once / fraction;
    let unseen = (1.0 - fraction) * once * (once - 1.0) / (2.0 * (twice + 1.0));
    Spread {
        low: seen,
        expected: (seen + unseen.max(0.0)).min(high),
        high,
    }
}

//! Which parts of a table a sample reads: segments of a parallel Scan, spread evenly.
//!
//! A segment is a range of hashes of partition keys, so segments are clusters of whole partitions.
//! Many small ones make a good sample where partitions are small; where a table has few partition
//! keys nearly all segments are empty, and wider ones are drawn.

use crate::domain::names::Rcu;

/// Bytes that a unit of an eventual read covers (developer guide, `ProvisionedThroughput`).
pub(in crate::engine) const UNIT: f64 = 2.0 * 4096.0;
/// Segments a budget should pay for at least, so that no single cluster decides.
const SPREAD: f64 = 24.0;
/// Units a segment should cost: rounding up to a half does not weigh any more, and beyond that
/// more segments say more than larger ones.
const SEGMENT: (f64, f64) = (1.0, 4.0);
/// A page may be this many times the segment it is meant to hold, so that most are read whole.
const ROOM: f64 = 2.0;
/// Most segments of a Scan (API reference, Scan: `TotalSegments`).
const MOST: f64 = 1_000_000.0;
/// Segments read before their emptiness says anything.
const ENOUGH: u32 = 8;
/// How much wider segments become when nearly all are empty.
const WIDER: u32 = 8;

/// Segments in the order they are read. The same for the same table and budget.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct Draw {
    total: u32,
    /// Most items of a page.
    items: u32,
    /// What such a page consumes.
    page: f64,
    seed: u64,
    drawn: u32,
    seen: u32,
    empty: u32,
}

impl Draw {
    /// Segments of a table of so many bytes, and pages of `mean_item` bytes an item, for a budget.
    pub(in crate::engine) fn new(bytes: u64, mean_item: f64, budget: Rcu, seed: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a size that is hours old")]
        let bytes = bytes as f64;
        let segment = UNIT * (budget.0 / SPREAD).clamp(SEGMENT.0, SEGMENT.1);
        Self {
            total: whole((bytes / segment).ceil().clamp(1.0, MOST)),
            items: page_items(segment * ROOM, mean_item),
            page: segment * ROOM / UNIT,
            seed,
            drawn: 0,
            seen: 0,
            empty: 0,
        }
    }

    /// Most items of a page.
    pub(in crate::engine) const fn items(&self) -> u32 {
        self.items
    }

    /// How many pages `units` pay for.
    pub(in crate::engine) fn pages(&self, units: f64) -> usize {
        whole((units / self.page).clamp(0.0, MOST)) as usize
    }

    /// The segment to read next, and of how many; `None` when all were drawn.
    pub(in crate::engine) fn next(&mut self) -> Option<(u32, u32)> {
        if self.is_exhausted() {
            return None;
        }
        let total = u64::from(self.total);
        let at = (self.seed % total + u64::from(self.drawn) * u64::from(step(self.total))) % total;
        self.drawn += 1;
        Some((u32::try_from(at).ok()?, self.total))
    }

    /// Whether all were drawn.
    pub(in crate::engine) const fn is_exhausted(&self) -> bool {
        self.drawn == self.total
    }

    /// Notes a segment that was read.
    pub(in crate::engine) const fn saw(&mut self, items: u64) {
        self.seen += 1;
        if items == 0 {
            self.empty += 1;
        }
    }

    /// Wider segments to begin anew with, when nearly all were empty so far and more are left.
    pub(in crate::engine) fn wider(&self) -> Option<Self> {
        let sparse = self.seen >= ENOUGH && self.empty * 8 > self.seen * 7;
        (sparse && !self.is_exhausted()).then(|| Self {
            total: (self.total / WIDER).max(1),
            drawn: 0,
            seen: 0,
            empty: 0,
            ..*self
        })
    }
}

/// Items that fill a page of so many bytes.
pub(in crate::engine) fn page_items(bytes: f64, mean_item: f64) -> u32 {
    whole((bytes / mean_item.max(1.0)).ceil().clamp(1.0, 50_000.0))
}

/// Items that fill a page of so many units.
pub(in crate::engine) fn page_of(units: f64, mean_item: f64) -> u32 {
    page_items(units * UNIT, mean_item)
}

/// A step that visits every one of `total` segments once, any number of them spread evenly: near
/// the golden section of `total`, and without a common divisor.
fn step(total: u32) -> u32 {
    let golden = whole((f64::from(total) * 0.618_034).max(1.0));
    (golden..=golden.saturating_add(total))
        .find(|step| gcd(*step, total) == 1)
        .unwrap_or(1)
}

const fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers bound it to 0..=1,000,000"
)]
const fn whole(n: f64) -> u32 {
    n as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const GB: u64 = 1024 * 1024 * 1024;

    fn all(mut draw: Draw) -> Vec<(u32, u32)> {
        std::iter::from_fn(|| draw.next()).collect()
    }

    #[test]
    fn a_segment_is_about_what_a_twenty_fourth_of_the_budget_reads() {
        let draw = Draw::new(GB, 1024.0, Rcu(48.0), 0);
        assert_eq!(draw.total, 65_536, "segments of two units, 16 KB");
        assert_eq!(draw.items(), 32, "pages of up to two such segments");
    }

    #[test]
    fn a_large_budget_draws_more_segments_not_larger_ones() {
        let draw = Draw::new(GB, 1024.0, Rcu(10_000.0), 0);
        assert_eq!(draw.total, 32_768);
    }

    #[test]
    fn no_table_has_more_than_a_million_segments() {
        let draw = Draw::new(u64::MAX, 100.0, Rcu(50.0), 7);
        assert_eq!(draw.total, 1_000_000);
    }

    #[test]
    fn the_first_segments_drawn_lie_in_different_tenths_of_the_table() {
        let draw = Draw::new(1000 * 2 * 8192, 100.0, Rcu(48.0), 3);
        let tenths: BTreeSet<u32> = all(draw).iter().take(10).map(|(at, _)| at / 100).collect();
        assert!(tenths.len() >= 9, "{tenths:?}");
    }

    #[test]
    fn segments_become_wider_only_when_nearly_all_of_them_are_empty() {
        let mut draw = Draw::new(GB, 1024.0, Rcu(48.0), 0);
        for _ in 0..7 {
            draw.saw(0);
        }
        assert_eq!(draw.wider(), None, "seven say nothing yet");
        draw.saw(0);
        assert_eq!(draw.wider().map(|draw| draw.total), Some(8_192));
        draw.saw(9);
        draw.saw(9);
        assert_eq!(draw.wider(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_segment_is_drawn_once(total in 1_u32..5_000, seed: u64) {
            let draw = Draw { total, items: 1, page: 1.0, seed, drawn: 0, seen: 0, empty: 0 };
            let drawn: BTreeSet<u32> = all(draw).into_iter().map(|(at, _)| at).collect();
            prop_assert_eq!(drawn.len(), total as usize);
            prop_assert!(drawn.iter().all(|at| *at < total));
        }
    }
}

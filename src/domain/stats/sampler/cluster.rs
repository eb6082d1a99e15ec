//! Sums over clusters: what pages of whole partitions tell of ratios.
//!
//! A scan reads partitions of the base whole, so a sample is one of clusters. The error of a ratio
//! (entries to items, bytes to entries) is that of its sums by cluster.

use crate::domain::stats::spread::{Sampling, Spread, error, float, never_seen};

/// Sums of squares and products over clusters of: base items, entries, bytes.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    /// The cluster that goes on.
    current: [u64; 3],
    totals: [u64; 3],
    products: [[f64; 3]; 3],
}

/// What is summed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sum {
    Items = 0,
    Entries = 1,
    Bytes = 2,
}

impl Clusters {
    pub(super) const fn count_item(&mut self) {
        self.current[0] += 1;
    }

    pub(super) const fn count_entry(&mut self, bytes: u64) {
        self.current[1] += 1;
        self.current[2] += bytes;
    }

    pub(super) fn end(&mut self) {
        for (row, products) in self.products.iter_mut().enumerate() {
            self.totals[row] += self.current[row];
            for (column, product) in products.iter_mut().enumerate() {
                *product += float(self.current[row]) * float(self.current[column]);
            }
        }
        self.current = [0; 3];
    }

    pub(super) const fn total(&self, sum: Sum) -> u64 {
        self.totals[sum as usize]
    }

    /// How many of `sum` come in one go.
    pub(super) fn clump(&self, sum: Sum) -> f64 {
        let of = sum as usize;
        let squares = self.products[of][of] / float(self.totals[of].max(1));
        squares.max(1.0)
    }

    /// The ratio of two sums in all that was sampled from, when `fraction` of it was.
    pub(super) fn ratio(&self, of: Sum, to: Sum, fraction: f64) -> Option<Spread> {
        let (of, to) = (of as usize, to as usize);
        let total = float(self.totals[to]);
        if total <= 0.0 {
            return None;
        }
        let ratio = float(self.totals[of]) / total;
        if fraction >= 1.0 {
            return Some(Spread::exact(ratio));
        }
        let squares = self.products[of][of] - 2.0 * ratio * self.products[of][to]
            + ratio * ratio * self.products[to][to];
        // Rounding leaves a little where every cluster has the same ratio.
        let squares = if squares < 1e-9 * self.products[of][of] {
            0.0
        } else {
            squares
        };
        // Few clusters know their own variance badly: Student's t in place of the normal.
        let clusters = total * total / self.products[to][to];
        let error = error(squares, fraction) / total * (1.0 + 3.0 / clusters);
        Some(Spread::exact(ratio).widened(error))
    }

    /// How far a ratio to items may be off although all that were seen agree in it, when `fraction` of
    /// all was seen: what is rarer than the sample can show.
    pub(super) fn unseen(&self, fraction: f64) -> f64 {
        let items = float(self.total(Sum::Items).max(1));
        let clump = self.clump(Sum::Items);
        never_seen(Sampling { fraction, clump }) / items
    }
}

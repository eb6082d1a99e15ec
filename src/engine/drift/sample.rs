//! A sample of either side held against the other, and what it says of the rest.
//!
//! Owns how items are drawn, so that each has the same chance: segments of a parallel Scan where
//! partitions are small, a whole table where that is as cheap or where partitions are few, and positions
//! that the mapping gives in a copy with few partitions. What differs is verified as in a full check.

mod drawn;
mod random;
mod runs;

use super::Phase;
use super::check::Check;
use super::suspects::{Held, Suspects};
use crate::domain::cost::scan_range;
use crate::domain::drift::{Bound, Class, Clusters, Sampled};
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::names::{Range, Rcu};
use crate::domain::problem::Problem;
use crate::domain::schema::Table;
use crate::domain::value::Item;
use crate::engine::pages::Stop;
use random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// Items held against the other side at once: their keys fit into one call.
const BATCH: usize = 100;
/// A table of so many times the items of the sample or fewer is read whole.
const WHOLE: u64 = 4;
/// A copy whose items lie in so many times fewer partitions has few of them.
const FEW: usize = 4;

/// How much is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Items of each side.
    pub items: u64,
    /// What decides which: another one in every run, so that in time all are seen.
    pub seed: u64,
}

impl Sampling {
    /// Whether a table is read whole.
    const fn takes_whole(self, table: &Table) -> bool {
        table.bytes == 0 || table.items <= self.items.saturating_mul(WHOLE)
    }
}

/// Items that were drawn together: neighbours in their table.
type Cluster = Vec<Item>;

/// What was drawn in one direction, by the keys of its suspects.
#[derive(Debug, Default)]
struct Drawn {
    clusters: Clusters,
    suspects: BTreeMap<Item, usize>,
}

impl Drawn {
    /// Takes what was held of a cluster's items, with the keys that findings will name them by.
    fn take<'a>(&mut self, keys: impl Iterator<Item = Item>, held: impl Iterator<Item = &'a Held>) {
        let judged: Vec<(Item, Held)> = keys
            .zip(held.copied())
            .filter(|(_, held)| *held != Held::Foreign)
            .collect();
        let cluster = self.clusters.add(judged.len() as u64);
        let suspects = judged
            .into_iter()
            .filter(|(_, held)| *held == Held::Suspect);
        self.suspects
            .extend(suspects.map(|(key, _)| (key, cluster)));
    }

    /// Sums up, once suspects are confirmed, cleared, or left open.
    fn sum(mut self, confirmed: &BTreeSet<&Item>, open: &BTreeSet<&Item>) -> Sampled {
        for (key, cluster) in &self.suspects {
            if confirmed.contains(key) {
                self.clusters.drifted(*cluster);
            } else if open.contains(key) {
                self.clusters.withdraw(*cluster);
            }
        }
        self.clusters.sum()
    }
}

/// Both directions of a copy.
#[derive(Debug, Default)]
struct Directions {
    base_to_copy: Drawn,
    copy_to_base: Drawn,
}

impl Check<'_> {
    /// Draws items of both sides, holds them against the other, verifies, and sums up.
    pub(super) async fn sample(&mut self, sampling: Sampling) -> Result<(), Stop> {
        let mut random = Random::new(sampling.seed);
        let mut suspects = Suspects::default();
        let mut drawn: Vec<Directions> =
            self.copies.iter().map(|_| Directions::default()).collect();
        let clusters = self.draw_base(sampling, &mut random).await?;
        for batch in batches(&clusters) {
            let items: Vec<Item> = batch.iter().flatten().cloned().collect();
            for (at, drawn) in drawn.iter_mut().enumerate() {
                let (held, found) = self.hold_against_copy(at, &items, &mut suspects).await?;
                self.copies[at].summary.actual += found;
                let key = |item: &Item| self.dataset.base.key.of(item);
                let mut held = held.iter();
                for cluster in batch {
                    let held = held.by_ref().take(cluster.len());
                    drawn.base_to_copy.take(cluster.iter().map(key), held);
                }
            }
            let members = items.iter().filter(|item| self.dataset.is_member(*item));
            self.base_items += members.count() as u64;
            self.sampled(Phase::Base, self.base_items, sampling).await?;
        }
        for (at, drawn) in drawn.iter_mut().enumerate() {
            let given = expected_keys(
                self.dataset,
                self.copies[at].copy,
                &clusters,
                sampling.items,
            );
            let way = self.draw_copy(at, sampling, &given, &mut random).await?;
            let Some(clusters) = way else {
                let drawn = &mut drawn.copy_to_base;
                self.draw_runs(at, &given, drawn, &mut suspects).await?;
                self.copies[at].scanned = true;
                continue;
            };
            let mut read = 0;
            for batch in batches(&clusters) {
                let items: Vec<Item> = batch.iter().flatten().cloned().collect();
                let held = self.hold_against_base(at, &items, &mut suspects).await?;
                let mut held = held.iter();
                let key = |item: &Item| self.copies[at].copy.table.key.of(item);
                for cluster in batch {
                    let held = held.by_ref().take(cluster.len());
                    drawn.copy_to_base.take(cluster.iter().map(key), held);
                }
                read += items.len() as u64;
                self.sampled(Phase::Copies, read, sampling).await?;
            }
            self.copies[at].scanned = true;
        }
        self.submit_all(suspects);
        self.verify().await?;
        self.bound(drawn);
        self.confirm_tables().await
    }

    async fn sampled(&mut self, phase: Phase, items: u64, of: Sampling) -> Result<(), Stop> {
        self.progress(phase, items, Some(of.items.max(items))).await
    }

    fn bound(&mut self, drawn: Vec<Directions>) {
        for (checked, drawn) in self.copies.iter_mut().zip(drawn) {
            let name = &checked.copy.mapping.name;
            let found = self.findings.iter();
            let found = found.filter(|f| f.copy == *name && f.class.is_drift());
            let open: Vec<_> = self
                .unverified
                .iter()
                .filter(|open| open.copy == *name)
                .collect();
            let by_base = found.clone().filter(|f| f.class != Class::Orphaned);
            let by_base = by_base.filter_map(|f| f.base_key.as_ref()).collect();
            let by_copy = found.filter_map(|f| f.copy_key.as_ref()).collect();
            let open_bases = open.iter().filter_map(|open| open.base_key.as_ref());
            let open_copies = open.iter().flat_map(|open| &open.copy_keys);
            checked.summary.bound = Some(Bound {
                base_to_copy: drawn.base_to_copy.sum(&by_base, &open_bases.collect()),
                copy_to_base: drawn.copy_to_base.sum(&by_copy, &open_copies.collect()),
            });
        }
    }

    async fn draw_base(
        &mut self,
        sampling: Sampling,
        random: &mut Random,
    ) -> Result<Vec<Cluster>, Stop> {
        let table = &self.dataset.base;
        let member = |dataset: &BoundDataset, item: &Item| dataset.is_member(item);
        if !sampling.takes_whole(table) {
            if let Some(clusters) = self.draw_segments(table, sampling, &member).await? {
                return Ok(clusters);
            }
            self.note(
                Problem::new(format!("`{}` has few partition keys", table.name)).because(
                    "segments of it would be no sample: it was read whole, and items drawn",
                ),
            );
        }
        self.draw_of_all(table, sampling, random, &member).await
    }

    /// Items of a copy; `None` when they are to be drawn at the keys that are given.
    async fn draw_copy(
        &mut self,
        at: usize,
        sampling: Sampling,
        given: &BTreeSet<Item>,
        random: &mut Random,
    ) -> Result<Option<Vec<Cluster>>, Stop> {
        let copy = self.copies[at].copy;
        let table = &copy.table;
        let belongs = |dataset: &BoundDataset, item: &Item| dataset.belongs(copy, item);
        if !sampling.takes_whole(table) {
            if !has_few_partitions(table, given)
                && let Some(clusters) = self.draw_segments(table, sampling, &belongs).await?
            {
                return Ok(Some(clusters));
            }
            if !given.is_empty() && !table.key.sort.is_empty() {
                self.note(
                    Problem::new(format!("`{}` has few partition keys", table.name)).because(
                        "segments of it would be no sample: items were drawn at keys that the mapping \
                         gives, so a partition that it gives nothing for was not seen; a full check \
                         sees it",
                    ),
                );
                return Ok(None);
            }
        }
        let all = self.draw_of_all(table, sampling, random, &belongs);
        all.await.map(Some)
    }
}

/// What sampling should consume; unknown when the size of a table is.
pub(super) fn estimate(
    dataset: &BoundDataset,
    copies: &[&BoundCopy],
    sampling: Sampling,
) -> Option<Range<Rcu>> {
    let base = &dataset.base;
    let mut sum = drawing(base, sampling)?;
    for copy in copies {
        let table = &copy.table;
        let lookups = |n: f64, table: &Table| Some(Rcu(n * looking_up(table)?));
        let sampled = |table: &Table| float(sampling.items.min(table.items));
        // As many copy items of a base item as there are on average.
        let each = float(table.items) / float(base.items).max(1.0);
        let there = lookups(sampled(base) * each, table)?;
        let back = lookups(sampled(table), base)?;
        let draw = drawing(table, sampling)?;
        let both = there + back;
        sum = Range {
            low: sum.low + draw.low + both,
            high: sum.high.zip(draw.high).map(|(sum, draw)| sum + draw + both),
        };
    }
    Some(sum)
}

/// What drawing the items of a table consumes: the table, or from their bytes to half a unit for each.
fn drawing(table: &Table, sampling: Sampling) -> Option<Range<Rcu>> {
    if sampling.takes_whole(table) {
        return scan_range(table);
    }
    let items = float(sampling.items);
    let least = items * table.mean_item()? / 8192.0;
    let most = items * looking_up(table)?;
    Some(Range::new(Rcu(least), Rcu(most.max(2.0 * least))))
}

/// Units of an eventual read of one item: a half for each four kilobytes begun.
fn looking_up(table: &Table) -> Option<f64> {
    Some((table.mean_item()? / 4096.0).ceil().max(1.0) / 2.0)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn float(n: u64) -> f64 {
    n as f64
}

/// The keys that drawn base items give in the copy, each once, `most` of them.
fn expected_keys(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    base: &[Cluster],
    most: u64,
) -> BTreeSet<Item> {
    let mut keys = BTreeSet::new();
    for item in base.iter().flatten() {
        if keys.len() as u64 >= most {
            break;
        }
        if let Expectation::Items(expected) = dataset.expected(copy, item) {
            keys.extend(expected.iter().map(|item| copy.table.key.of(item)));
        }
    }
    keys
}

/// Whether many of the keys share a partition.
fn has_few_partitions(table: &Table, keys: &BTreeSet<Item>) -> bool {
    let partition = |key: &Item| -> Vec<_> {
        let partition = table.key.partition.iter();
        partition
            .filter_map(|part| key.get(&part.name).cloned())
            .collect()
    };
    let partitions: BTreeSet<_> = keys.iter().map(partition).collect();
    partitions.len() * FEW < keys.len()
}

/// Whole clusters together, about a call of keys each.
fn batches(clusters: &[Cluster]) -> impl Iterator<Item = &[Cluster]> {
    let mut rest = clusters;
    std::iter::from_fn(move || {
        let mut items = 0;
        let full = |cluster: &Cluster| {
            items += cluster.len();
            items >= BATCH
        };
        let end = rest.iter().position(full).map_or(rest.len(), |at| at + 1);
        let (batch, more) = rest.split_at(end);
        rest = more;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_stay_whole_in_batches_of_about_a_call() {
        let cluster = |n| vec![Item::new(); n];
        let clusters: Vec<Cluster> = [60, 60, 1, 250, 0, 7].map(cluster).into();
        let sizes: Vec<usize> = batches(&clusters).map(<[Cluster]>::len).collect();
        assert_eq!(sizes, [2, 2, 2]);
    }

    #[test]
    fn suspects_that_are_left_open_are_not_of_the_sample_and_cleared_ones_are() {
        let key =
            |n: i64| Item::from([("id".to_owned(), crate::domain::value::Value::N(n.into()))]);
        let mut drawn = Drawn::default();
        let held = [
            Held::Agrees,
            Held::Suspect,
            Held::Suspect,
            Held::Suspect,
            Held::Foreign,
        ];
        drawn.take((0..5).map(key), held.iter());
        let (confirmed, open) = (key(1), key(2));
        let sampled = drawn.sum(&BTreeSet::from([&confirmed]), &BTreeSet::from([&open]));
        assert_eq!((sampled.sampled, sampled.drifted), (3, 1));
    }
}

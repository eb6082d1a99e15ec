//! What is counted of one path while items come in.

use super::Scale;
use super::cluster::{Clusters, Sum};
use super::entry::{Entry, entry};
use super::reservoir::{Random, Reservoir};
use crate::domain::schema::{Index, Table};
use crate::domain::stats::distinct::distinct;
use crate::domain::stats::key::Key;
use crate::domain::stats::partition::{Extent, Part, Partition};
use crate::domain::stats::path::{PathStatistics, Rest, SampledPath};
use crate::domain::stats::sizes::{ItemUnits, Sizes};
use crate::domain::stats::sketch::Sketch;
use crate::domain::stats::spread::{Sampling, Spread, Volume, count, float, rounded};
use crate::domain::value::Item;
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Sort keys kept of a partition, and of a path.
const MOST_KEYS: usize = 4_096;
/// Partitions kept of a path, and of all paths of a table together.
const MOST_PARTITIONS: usize = 1_000;
const MOST_PARTITIONS_OF_A_TABLE: usize = 4_000;
/// Marks of one sketch, and of all sketches of a table together.
const MOST_MARKS: usize = 65;
const MOST_MARKS_OF_A_TABLE: usize = 8_000;

/// How a path follows from the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// It is the base: each item is one entry.
    Same,
    /// Its partitions are those of the base: pages of a scan show them whole.
    Partitions,
    /// Its partitions are others.
    Items,
}

/// One path of a table.
#[derive(Debug)]
pub(super) struct PathSampler {
    index: Option<Index>,
    link: Link,
    partitions: IndexMap<Key, PartitionSampler>,
    keys: Reservoir<(Key, u64)>,
    sizes: Reservoir<u64>,
    largest: u64,
    clusters: Clusters,
    cluster: u64,
}

/// One partition of it.
#[derive(Debug)]
struct PartitionSampler {
    clusters: Clusters,
    cluster: u64,
    keys: Reservoir<(Key, u64)>,
}

impl PathSampler {
    pub(super) fn new(index: Option<Index>, link: Link) -> Self {
        Self {
            index,
            link,
            partitions: IndexMap::new(),
            keys: Reservoir::new(MOST_KEYS),
            sizes: Reservoir::new(MOST_KEYS),
            largest: 0,
            clusters: Clusters::default(),
            cluster: 0,
        }
    }

    pub(super) fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    pub(super) const fn count_base_item(&mut self) {
        self.clusters.count_item();
    }

    pub(super) fn end_cluster(&mut self) {
        self.clusters.end();
        self.cluster += 1;
    }

    pub(super) fn add(&mut self, table: &Table, item: &Item, random: &mut Random) {
        let Some(entry) = entry(table, self.index.as_ref(), item) else {
            return;
        };
        let Entry {
            partition,
            sort,
            bytes,
        } = entry;
        self.clusters.count_entry(bytes);
        self.largest = self.largest.max(bytes);
        self.sizes.offer(random, || bytes);
        self.keys.offer(random, || (sort.clone(), bytes));
        let partition = self
            .partitions
            .entry(partition)
            .or_insert_with(PartitionSampler::new);
        if partition.cluster != self.cluster {
            partition.clusters.end();
            partition.cluster = self.cluster;
        }
        partition.clusters.count_entry(bytes);
        partition.keys.offer(random, || (sort, bytes));
    }

    /// What it tells. `paths` is how many the table has.
    pub(super) fn finish(
        mut self,
        scale: &Scale,
        cut: &BTreeSet<Key>,
        paths: usize,
    ) -> PathStatistics {
        self.partitions
            .values_mut()
            .for_each(|partition| partition.clusters.end());
        let distinct = self.distinct(scale);
        let (total, mean) = self.totals(scale);
        let (sizes, units) = self.sizes();
        let seen = count(self.partitions.len());
        let items = self.partitions.values().map(PartitionSampler::items);
        let most_items = items.max().unwrap_or(0);
        let (kept, rest, clump) = split(
            self.partitions,
            MOST_PARTITIONS.min(MOST_PARTITIONS_OF_A_TABLE / paths),
        );
        let grain = grain(
            &kept,
            (MOST_MARKS_OF_A_TABLE / paths).saturating_sub(MOST_MARKS),
        );
        let whole = self.link != Link::Items;
        let extent = |key: &Key| match whole {
            true if cut.contains(key) => Extent::Cut,
            true => Extent::Whole,
            false => Extent::Scattered,
        };
        let mut partitions: Vec<Partition> = kept
            .into_iter()
            .map(|(key, partition)| Partition {
                part: Some(partition.finish(extent(&key), grain)),
                key,
                learned: None,
            })
            .collect();
        partitions.sort_by(|a, b| a.key.cmp(&b.key));
        PathStatistics {
            sampled: Some(SampledPath {
                total,
                mean,
                sizes,
                units,
                distinct,
                whole,
                clump,
                entries: self.clusters.total(Sum::Entries),
                seen,
                most_items,
                rest,
                sketch: sketch(self.keys, MOST_MARKS),
            }),
            partitions,
            ..PathStatistics::default()
        }
    }

    fn distinct(&self, scale: &Scale) -> Option<Spread> {
        let fraction = scale.fraction?;
        let seen = float(count(self.partitions.len()));
        if self.link != Link::Items && fraction < 1.0 {
            // Clusters themselves are what is counted.
            let clusters = Spread::exact(seen);
            let sampling = Sampling {
                fraction,
                clump: 1.0,
            };
            return Some(sampling.population(clusters).rounded());
        }
        let items = self.partitions.values().map(PartitionSampler::items);
        Some(distinct(items, fraction).rounded())
    }

    fn totals(&self, scale: &Scale) -> (Option<Volume>, Option<Spread>) {
        let fraction = scale.fraction.unwrap_or(0.0);
        let ratio = |of, to| self.clusters.ratio(of, to, fraction);
        let all = scale.of.map(float);
        let total = all.and_then(|all| {
            let unseen = match self.link {
                Link::Same => 0.0,
                Link::Partitions | Link::Items => self.clusters.unseen(fraction),
            };
            let entry = ratio(Sum::Bytes, Sum::Entries).map_or(0.0, |mean| mean.high);
            let of = |sum, unseen| {
                let ratio = ratio(sum, Sum::Items)?;
                Some(ratio.widened(unseen).times(all).rounded())
            };
            Some(Volume {
                items: of(Sum::Entries, unseen)?,
                bytes: of(Sum::Bytes, unseen * entry)?,
            })
        });
        // Of an empty table everything is known.
        let total = total.or_else(|| (all == Some(0.0)).then_some(Volume::ZERO));
        let mean = ratio(Sum::Bytes, Sum::Entries).map(Spread::rounded);
        (total, mean)
    }

    fn sizes(&mut self) -> (Sizes, Option<ItemUnits>) {
        let sizes = std::mem::replace(&mut self.sizes, Reservoir::new(0));
        let mut sizes = sizes.into_kept();
        sizes.sort_unstable();
        let units = ItemUnits::new(&sizes);
        if let Some(last) = sizes.last_mut() {
            *last = self.largest;
        }
        (Sizes::new(&sizes), units)
    }
}

impl PartitionSampler {
    fn new() -> Self {
        Self {
            clusters: Clusters::default(),
            cluster: 0,
            keys: Reservoir::new(MOST_KEYS),
        }
    }

    const fn items(&self) -> u64 {
        self.clusters.total(Sum::Entries)
    }

    fn clump(&self) -> f64 {
        let entries = self.clusters.clump(Sum::Entries);
        // Bytes come in lumps too: as many entries as weigh as much.
        let bytes = self.clusters.clump(Sum::Bytes);
        let mean = float(self.clusters.total(Sum::Bytes)) / float(self.items().max(1));
        entries.max(bytes / mean.max(1.0))
    }

    /// Marks at a distance of so many bytes; none where there would be less than two.
    fn marks(&self, grain: u64) -> usize {
        let marks = self.items().min(self.clusters.total(Sum::Bytes) / grain);
        match usize::try_from(marks).unwrap_or(MOST_MARKS) {
            0 | 1 => 0,
            marks => marks.min(MOST_MARKS),
        }
    }

    fn finish(self, extent: Extent, grain: u64) -> Part {
        let marks = self.marks(grain);
        Part {
            extent,
            clump: rounded(self.clump()),
            items: self.items(),
            bytes: self.clusters.total(Sum::Bytes),
            sketch: sketch(self.keys, marks),
        }
    }
}

fn sketch(keys: Reservoir<(Key, u64)>, marks: usize) -> Sketch {
    let mut keys = keys.into_kept();
    keys.sort_unstable();
    Sketch::new(&keys, marks)
}

type Partitions = Vec<(Key, PartitionSampler)>;

/// The largest partitions, what is left, and the clumps of all on average.
fn split(partitions: IndexMap<Key, PartitionSampler>, most: usize) -> (Partitions, Rest, f64) {
    let mut kept: Partitions = partitions.into_iter().collect();
    let clumps: f64 = kept
        .iter()
        .map(|(_, partition)| partition.clump() * float(partition.items()))
        .sum();
    let items: u64 = kept.iter().map(|(_, partition)| partition.items()).sum();
    let clump = rounded((clumps / float(items.max(1))).max(1.0));
    let rank = |(key, partition): &(Key, PartitionSampler)| {
        let bytes = partition.clusters.total(Sum::Bytes);
        (key.is_short(), bytes)
    };
    kept.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.0.cmp(&b.0)));
    let short = kept.partition_point(|(key, _)| key.is_short());
    let rest = kept.split_off(short.min(most));
    let mut sum = Rest::default();
    for (_, partition) in rest {
        let (items, bytes) = (partition.items(), partition.clusters.total(Sum::Bytes));
        sum = Rest {
            partitions: sum.partitions + 1,
            items: sum.items + items,
            bytes: sum.bytes + bytes,
            most_items: sum.most_items.max(items),
            most_bytes: sum.most_bytes.max(bytes),
        };
    }
    (kept, sum, clump)
}

/// Bytes between two marks, at least: as few as the marks of all partitions together allow.
fn grain(partitions: &Partitions, most: usize) -> u64 {
    let wanted = |grain: u64| -> usize {
        let marks = partitions.iter();
        marks.map(|(_, partition)| partition.marks(grain)).sum()
    };
    let grains = (5..63).map(|power| 1 << power);
    grains
        .into_iter()
        .find(|grain| wanted(*grain) <= most)
        .unwrap_or(u64::MAX)
}

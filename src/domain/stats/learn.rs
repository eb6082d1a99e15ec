//! What reads teach, and what becomes of it when something newer is known.

use super::key::Key;
use super::partition::{Known, Partition};
use super::path::PathStatistics;
use super::table::TableStatistics;
use super::{Observation, Seen, Statistics};
use crate::domain::names::{Range, TableName};
use crate::domain::schema::Catalog;

/// Partitions that are kept of a path besides those of a sample; the oldest go first.
const MOST_LEARNED: usize = 1_000;
/// Bytes of the largest item (developer guide, Constraints).
const LARGEST_ITEM: u64 = 400 * 1024;

impl Statistics {
    /// Takes in what a run saw of a path at `at`, in Unix seconds.
    pub fn learn(&mut self, catalog: &Catalog, observation: &Observation, at: u64) {
        let name = &observation.path.table;
        let id = catalog
            .table(name.as_str())
            .and_then(|table| table.id.clone());
        if self
            .tables
            .get(name)
            .is_some_and(|known| known.is_of_another(id.as_deref()))
        {
            self.tables.remove(name);
        }
        let fresh = || TableStatistics::new(id);
        let table = self.tables.entry(name.clone()).or_insert_with(fresh);
        let index = observation.path.index.clone();
        table
            .paths
            .entry(index)
            .or_default()
            .learn(&observation.seen, at);
        table.learned_at = table.learned_at.max(Some(at));
    }

    /// Takes in other statistics. Of each table the newer sample stays, with all that was learned since;
    /// of a table that was recreated in between, only what was taken later.
    pub fn merge(&mut self, other: Self) {
        for (name, theirs) in other.tables {
            let merged = match self.tables.remove(&name) {
                Some(ours) => ours.merged(theirs),
                None => theirs,
            };
            self.tables.insert(name, merged);
        }
    }

    /// Drops what belongs to tables that were recreated or are gone, and gives their names. A table that
    /// is not described yet keeps its statistics.
    pub fn forget_recreated(&mut self, catalog: &Catalog) -> Vec<TableName> {
        let mut dropped = Vec::new();
        self.tables.retain(|name, statistics| {
            let gone = !catalog.tables.contains_key(name);
            let id = catalog
                .table(name.as_str())
                .and_then(|table| table.id.as_deref());
            let keep = !gone && !statistics.is_of_another(id);
            if !keep {
                dropped.push(name.clone());
            }
            keep
        });
        dropped
    }
}

impl TableStatistics {
    /// Whether it was surely taken of a table with another `TableId`; local servers give none.
    fn is_of_another(&self, id: Option<&str>) -> bool {
        self.id
            .as_deref()
            .zip(id)
            .is_some_and(|(ours, theirs)| ours != theirs)
    }

    fn last_at(&self) -> Option<u64> {
        self.sample.map(|sample| sample.at).max(self.learned_at)
    }

    fn merged(self, other: Self) -> Self {
        if self.is_of_another(other.id.as_deref()) {
            return if other.last_at() >= self.last_at() {
                other
            } else {
                self
            };
        }
        let sampled_at = |table: &Self| table.sample.map(|sample| sample.at);
        let (older, mut newer) = if sampled_at(&other) >= sampled_at(&self) {
            (self, other)
        } else {
            (other, self)
        };
        let since = sampled_at(&newer);
        for (index, path) in older.paths {
            newer.paths.entry(index).or_default().take_in(path, since);
        }
        newer.id = newer.id.or(older.id);
        newer.learned_at = newer.learned_at.max(older.learned_at);
        newer
    }
}

impl PathStatistics {
    fn learn(&mut self, seen: &Seen, at: u64) {
        match seen {
            Seen::Partition { key, items, bytes } => {
                let key = Key(key.iter().map(|(_, value)| value.clone()).collect());
                let known = Known::new(*items, *bytes, at);
                self.learn_partition(key, known);
                self.forget_oldest();
            }
            Seen::All { items, bytes } => self.all = Some(Known::new(*items, *bytes, at)),
            Seen::Some { items: 0, .. } => {}
            Seen::Some { items, bytes } => {
                let new = Known::new(*items, *bytes, at);
                self.few = Some(self.few.map_or(new, |old| old.and(new)));
            }
        }
    }

    fn learn_partition(&mut self, key: Key, known: Known) {
        match self
            .partitions
            .binary_search_by(|partition| partition.key.cmp(&key))
        {
            Ok(found) => {
                let learned = &mut self.partitions[found].learned;
                if learned.is_none_or(|old| old.at <= known.at) {
                    *learned = Some(known);
                }
            }
            Err(place) => self.partitions.insert(
                place,
                Partition {
                    key,
                    part: None,
                    learned: Some(known),
                },
            ),
        }
    }

    fn forget_oldest(&mut self) {
        let only_learned = |partition: &Partition| {
            partition
                .learned
                .filter(|_| partition.part.is_none())
                .map(|known| known.at)
        };
        if self.partitions.iter().filter_map(only_learned).count() <= MOST_LEARNED {
            return;
        }
        let places = self.partitions.iter().enumerate();
        let oldest = places
            .filter_map(|(place, partition)| Some((only_learned(partition)?, place)))
            .min();
        if let Some((_, place)) = oldest {
            self.partitions.remove(place);
        }
    }

    /// Takes in what an older sample of the path was accompanied by: what was learned after `since`.
    fn take_in(&mut self, older: Self, since: Option<u64>) {
        let is_new = |known: &Known| since.is_none_or(|since| known.at > since);
        for partition in older.partitions {
            if let Some(known) = partition.learned.filter(is_new) {
                self.learn_partition(partition.key, known);
            }
        }
        let newest = |a: Option<Known>, b: Option<Known>| {
            let both = [a, b].into_iter().flatten().filter(is_new);
            both.max_by_key(|known| known.at)
        };
        self.all = newest(self.all, older.all);
        self.few = newest(self.few, older.few);
        while self.partitions.iter().filter(|p| p.part.is_none()).count() > MOST_LEARNED {
            self.forget_oldest();
        }
    }
}

impl Known {
    fn new(items: u64, bytes: Range<u64>, at: u64) -> Self {
        let most = items.saturating_mul(LARGEST_ITEM);
        Self {
            items,
            low: bytes.low,
            high: bytes.high.unwrap_or(most).max(bytes.low),
            at,
        }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            items: self.items.saturating_add(other.items),
            low: self.low.saturating_add(other.low),
            high: self.high.saturating_add(other.high),
            at: if self.at > other.at {
                self.at
            } else {
                other.at
            },
        }
    }
}

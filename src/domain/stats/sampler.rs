//! From one sample of base items to statistics of every path they feed.
//!
//! Derives the entries of the base, of its indexes, and, through the mapping, of every copy and its
//! indexes. Holds keys and counts, and of each at most so many; whole items only as few as
//! [`Examples`](super::Examples).

mod attribute;
mod cluster;
mod entry;
mod path;
mod reservoir;
mod table;

use super::spread::float;
use super::table::Sample;
use super::{Statistics, key::Key};
use crate::domain::mapping::{BoundDataset, Expectation};
use crate::domain::schema::Table;
use crate::domain::value::Item;
pub(super) use reservoir::{Random, Reservoir};
use std::collections::BTreeSet;
use table::TableSampler;

/// Items that are sampled at most; more would tell little and need memory.
const MOST_ITEMS: u64 = 200_000;

/// How far a sample goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// Every item of the table was added.
    All,
    /// Some pages of it were.
    Part,
}

/// Takes in items of a table as Scans give them: whole partitions, one after the other.
#[derive(Debug)]
pub struct Sampler {
    base: Table,
    dataset: Option<BoundDataset>,
    /// The base, then each table that copies write to.
    tables: Vec<TableSampler>,
    items: u64,
    overflowed: bool,
    /// The partition of the last item, and those of which a page showed only the beginning.
    last: Option<Key>,
    cut: BTreeSet<Key>,
    random: Random,
}

/// How the sample relates to all.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// Items of the base sampled.
    items: u64,
    /// All items of the base, where known.
    of: Option<u64>,
    /// The fraction sampled.
    fraction: Option<f64>,
}

impl Sampler {
    /// Of this table's items; with the dataset it is the base of, those of its copies too.
    #[must_use]
    pub fn new(table: &Table, dataset: Option<&BoundDataset>) -> Self {
        let mut tables = vec![TableSampler::base(table)];
        for (position, copy) in dataset.iter().flat_map(|d| d.copies.iter().enumerate()) {
            let known = tables.iter_mut().find(|known| known.is_of(&copy.table));
            match known {
                Some(known) => known.add_copy(position),
                None => tables.push(TableSampler::copy(table, copy, position)),
            }
        }
        Self {
            base: table.clone(),
            dataset: dataset.cloned(),
            tables,
            items: 0,
            overflowed: false,
            last: None,
            cut: BTreeSet::new(),
            random: Random::new(),
        }
    }

    /// Adds an item of the table, with all its attributes.
    pub fn add(&mut self, item: &Item) {
        if self.is_full() {
            self.overflowed = true;
            return;
        }
        self.items += 1;
        let partition = self.partition_of(item);
        if self.last != partition {
            self.tables.iter_mut().for_each(TableSampler::end_cluster);
            self.last = partition;
        }
        for table in &mut self.tables {
            table.count_base_item();
            if table.copies().is_empty() {
                table.add(item, &mut self.random);
            }
            let dataset = self.dataset.iter();
            let copies = dataset.flat_map(|d| d.copies.iter().map(move |copy| (d, copy)));
            let entries: Vec<Item> = copies
                .enumerate()
                .filter(|(position, _)| table.copies().contains(position))
                .flat_map(|(_, (dataset, copy))| match dataset.expected(copy, item) {
                    Expectation::Items(items) => items,
                    Expectation::Unmappable(_) => Vec::new(),
                })
                .collect();
            for entry in &entries {
                table.add(entry, &mut self.random);
            }
        }
    }

    /// A page ended at this key (`LastEvaluatedKey`) and the next one was not read: its partition may go
    /// on behind it. Without this, a partition that was cut off is taken for whole.
    pub fn cut(&mut self, next: &Item) {
        self.cut.extend(self.partition_of(next));
    }

    /// Items added.
    #[must_use]
    pub const fn items(&self) -> u64 {
        self.items
    }

    /// Whether there is no use in adding more.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.items >= MOST_ITEMS
    }

    /// What the sample tells, of the table and of every table that copies write to. `at` is now, in Unix
    /// seconds.
    #[must_use]
    pub fn finish(mut self, scanned: Scanned, at: u64) -> Statistics {
        let scale = self.scale(scanned);
        if scale.fraction.is_none_or(|fraction| fraction < 1.0) {
            self.cut.extend(self.last.take());
        }
        let mut statistics = Statistics::default();
        for mut table in self.tables {
            table.end_cluster();
            let sample = Sample {
                at,
                items: scale.items,
                of: scale.of,
                own: table.items(),
                more_attributes: table.left_attributes_out(),
            };
            let (name, known) = table.finish(sample, &scale, &self.cut);
            statistics.insert(name, known);
        }
        statistics
    }

    fn scale(&self, scanned: Scanned) -> Scale {
        let items = self.items;
        let of = match scanned {
            Scanned::All if !self.overflowed => Some(items),
            // A count that is up to six hours old may be less than what was seen: then it says nothing.
            _ => Some(self.base.items).filter(|described| *described > items && items > 0),
        };
        let fraction = |of: u64| {
            if of == items {
                1.0
            } else {
                float(items) / float(of)
            }
        };
        Scale {
            items,
            of,
            fraction: of.map(fraction),
        }
    }

    fn partition_of(&self, item: &Item) -> Option<Key> {
        let values = self.base.key.partition.iter();
        let values = values.map(|key| item.get(&key.name).cloned());
        values.collect::<Option<_>>().map(Key)
    }
}

//! What is counted of one table: its paths and its attributes.

use super::Scale;
use super::attribute::AttributeSampler;
use super::path::{Link, PathSampler};
use super::reservoir::Random;
use crate::domain::mapping::BoundCopy;
use crate::domain::names::TableName;
use crate::domain::schema::{KeySchema, Table};
use crate::domain::stats::examples::ExampleSampler;
use crate::domain::stats::key::Key;
use crate::domain::stats::table::{Sample, TableStatistics};
use crate::domain::value::Item;
use std::collections::{BTreeMap, BTreeSet};

/// Attributes counted; a table whose names are data has no end of them.
const MOST_ATTRIBUTES: usize = 200;

/// One table that items go to.
#[derive(Debug)]
pub(super) struct TableSampler {
    table: Table,
    /// The copies that write to it, by position; none for the base.
    copies: Vec<usize>,
    paths: Vec<PathSampler>,
    attributes: BTreeMap<String, AttributeSampler>,
    examples: ExampleSampler,
    left_out: bool,
    items: u64,
    cluster: u64,
}

impl TableSampler {
    /// The base itself.
    pub(super) fn base(table: &Table) -> Self {
        let names: Vec<&str> = hash_names(&table.key).collect();
        Self::new(table, Vec::new(), &names)
    }

    /// The table of a copy.
    pub(super) fn copy(base: &Table, copy: &BoundCopy, position: usize) -> Self {
        let names: Vec<&str> = hash_names(&base.key)
            .map(|name| copy.mapping.name_of_base_key(name))
            .collect();
        Self::new(&copy.table, vec![position], &names)
    }

    /// `base_hash` are the names that the HASH attributes of the base have here.
    fn new(table: &Table, copies: Vec<usize>, base_hash: &[&str]) -> Self {
        let keys = std::iter::once((None, &table.key));
        let indexes = table.indexes.iter();
        let paths = keys
            .chain(indexes.map(|index| (Some(index.clone()), &index.key)))
            .map(|(index, key)| {
                let link = if copies.is_empty() && index.is_none() {
                    Link::Same
                } else if hash_names(key).eq(base_hash.iter().copied()) {
                    Link::Partitions
                } else {
                    Link::Items
                };
                PathSampler::new(index, link)
            })
            .collect();
        Self {
            table: table.clone(),
            copies,
            paths,
            attributes: BTreeMap::new(),
            examples: ExampleSampler::new(),
            left_out: false,
            items: 0,
            cluster: 0,
        }
    }

    pub(super) fn is_of(&self, table: &Table) -> bool {
        self.table.name == table.name
    }

    pub(super) fn add_copy(&mut self, position: usize) {
        self.copies.push(position);
    }

    pub(super) fn copies(&self) -> &[usize] {
        &self.copies
    }

    pub(super) const fn items(&self) -> u64 {
        self.items
    }

    pub(super) const fn left_attributes_out(&self) -> bool {
        self.left_out
    }

    pub(super) fn count_base_item(&mut self) {
        self.paths.iter_mut().for_each(PathSampler::count_base_item);
    }

    pub(super) fn end_cluster(&mut self) {
        self.paths.iter_mut().for_each(PathSampler::end_cluster);
        self.cluster += 1;
    }

    pub(super) fn add(&mut self, item: &Item, random: &mut Random) {
        self.items += 1;
        if self.copies.is_empty() {
            self.examples.offer(item, random);
        }
        for path in &mut self.paths {
            path.add(&self.table, item, random);
        }
        for (name, value) in item {
            if !self.attributes.contains_key(name) {
                if self.attributes.len() >= MOST_ATTRIBUTES {
                    self.left_out = true;
                    continue;
                }
                self.attributes
                    .insert(name.clone(), AttributeSampler::new());
            }
            if let Some(attribute) = self.attributes.get_mut(name) {
                attribute.add(value, self.cluster, random);
            }
        }
    }

    pub(super) fn finish(
        self,
        sample: Sample,
        scale: &Scale,
        cut: &BTreeSet<Key>,
    ) -> (TableName, TableStatistics) {
        let count = self.paths.len();
        let paths = self.paths.into_iter().map(|path| {
            let name = path.index().map(|index| index.name.clone());
            (name, path.finish(scale, cut, count))
        });
        let names = self.attributes.len();
        let attributes = self.attributes.into_iter().map(|(name, attribute)| {
            let known = attribute.finish(self.items, names, scale.fraction);
            (name, known)
        });
        let statistics = TableStatistics {
            id: self.table.id,
            sample: Some(sample),
            paths: paths.collect(),
            attributes: attributes.collect(),
            examples: self.examples.finish(),
            first: BTreeMap::new(),
            learned_at: None,
        };
        (self.table.name, statistics)
    }
}

fn hash_names(key: &KeySchema) -> impl Iterator<Item = &str> {
    key.partition
        .iter()
        .map(|attribute| attribute.name.as_str())
}

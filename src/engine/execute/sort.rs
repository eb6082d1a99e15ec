//! Sorting on this side: keys of rows, and a sorter that holds about LIMIT rows.

use super::rows::{Row, compact};
use crate::domain::expr::Lookup;
use crate::domain::query::{Direction, OrderBy, compare_sort_values};
use crate::domain::value::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// Rows held beyond twice the LIMIT before the surplus is dropped.
const SLACK: usize = 1_024;

/// What a row is ordered by.
#[derive(Debug, Clone)]
pub(super) struct SortKey {
    values: Vec<Option<Value>>,
    directions: Arc<[Direction]>,
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.values.iter().zip(&other.values);
        pairs
            .zip(self.directions.iter())
            .map(|((a, b), way)| compare_sort_values(a.as_ref(), b.as_ref(), *way))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Makes the keys of one ORDER BY.
#[derive(Debug, Clone)]
pub(super) struct KeyMaker<'a> {
    order: &'a [OrderBy],
    directions: Arc<[Direction]>,
}

impl<'a> KeyMaker<'a> {
    /// For `order`.
    pub(super) fn new(order: &'a [OrderBy]) -> Self {
        Self {
            order,
            directions: order.iter().map(|by| by.direction).collect(),
        }
    }

    /// The key of `row`.
    pub(super) fn key(&self, row: &Row) -> SortKey {
        let item = row.item();
        SortKey {
            values: self
                .order
                .iter()
                .map(|by| item.and_then(|item| item.lookup(&by.path)))
                .collect(),
            directions: Arc::clone(&self.directions),
        }
    }
}

/// Collects rows and gives them back in order; equal ones as they came.
#[derive(Debug)]
pub(super) struct Sorter<'a> {
    keys: KeyMaker<'a>,
    keep: Option<usize>,
    rows: Vec<(SortKey, Row)>,
    /// Once more than `keep` rows were seen: a row that does not sort before this one is surplus.
    edge: Option<SortKey>,
}

impl<'a> Sorter<'a> {
    /// A sorter by `order` that gives back the first `keep` rows only, when given.
    pub(super) fn new(order: &'a [OrderBy], keep: Option<usize>) -> Self {
        Self {
            keys: KeyMaker::new(order),
            keep,
            rows: Vec::new(),
            edge: None,
        }
    }

    /// Takes rows in.
    pub(super) fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            let key = self.keys.key(&row);
            if self.edge.as_ref().is_none_or(|edge| key < *edge) {
                self.rows.push((key, row));
            }
        }
        if let Some(keep) = self.keep
            && self.rows.len() >= keep.saturating_mul(2).saturating_add(SLACK)
        {
            self.drop_surplus(keep);
        }
    }

    /// The rows in order.
    pub(super) fn finish(mut self) -> Vec<Row> {
        self.rows.sort_by(|a, b| a.0.cmp(&b.0));
        self.rows.truncate(self.keep.unwrap_or(usize::MAX));
        self.rows.into_iter().map(|(_, row)| row).collect()
    }

    fn drop_surplus(&mut self, keep: usize) {
        self.rows.sort_by(|a, b| a.0.cmp(&b.0));
        self.rows.truncate(keep);
        let (keys, rows): (Vec<_>, Vec<_>) = std::mem::take(&mut self.rows).into_iter().unzip();
        self.edge = keys.last().cloned();
        self.rows = keys.into_iter().zip(compact(&rows)).collect();
    }
}

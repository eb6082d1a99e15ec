//! Where the scans of a check stand: every segment of every table.
//!
//! Owns how many segments a table is read in, which never changes while a check lasts. It moves only by
//! [`Mark`]s, one for each page, so that a check that goes on from its checkpoint stands where the pages
//! written there had brought it.

use crate::domain::item::{item_from_dynamo_json, item_to_dynamo_json};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::names::{Rcu, TableName};
use crate::domain::read::ReadPage;
use crate::domain::schema::Table;
use crate::domain::value::Item;
use crate::engine::execute::Consumption;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Bytes of a table that are worth a segment of a parallel Scan.
const SEGMENT: u64 = 8 * 1024 * 1024;
/// Units a second that one segment gives at least: a page of a megabyte.
const EACH: f64 = 128.0;
/// Segments while nothing limits the pace, and at most: of those that are read at once each has a page in memory.
const USUAL: u64 = 16;
const MOST: u64 = 64;

/// All scans: of the base, then of the tables that hold the copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) tables: Vec<TableStanding>,
    /// Items of the base that are of the dataset.
    pub(super) base_items: u64,
}

/// The scan of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TableStanding {
    pub(super) name: TableName,
    /// Its id: another one is another table of the same name.
    pub(super) id: Option<String>,
    pub(super) segments: Vec<Position>,
    pub(super) pages: u64,
    pub(super) items: u64,
    pub(super) rcu: Rcu,
}

/// How far a segment is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Position {
    /// Not at all.
    Fresh,
    /// Up to this key.
    After(Json),
    /// To its end.
    Read,
}

/// What a page brings a scan on by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    table: usize,
    segment: usize,
    position: Position,
    items: u64,
    rcu: Rcu,
    base_items: u64,
}

impl Mark {
    /// The page of a segment of a table, by their numbers.
    pub(super) fn new(table: usize, segment: usize, page: &ReadPage) -> Self {
        let after = |key| Position::After(item_to_dynamo_json(key));
        Self {
            table,
            segment,
            position: page.next.as_ref().map_or(Position::Read, after),
            items: page.items.len() as u64,
            rcu: page.consumed.total,
            base_items: 0,
        }
    }

    /// A page of the base with so many items of the dataset.
    pub(super) const fn with_base_items(mut self, base_items: u64) -> Self {
        self.base_items = base_items;
        self
    }
}

impl Position {
    /// Where the next page starts; `None` from the beginning.
    pub(super) fn start(&self) -> Option<Item> {
        match self {
            Self::After(key) => item_from_dynamo_json(key).ok(),
            Self::Fresh | Self::Read => None,
        }
    }
}

impl Standing {
    /// Nothing is read yet, and at most `pace` units a second will be.
    pub(super) fn new(dataset: &BoundDataset, copies: &[&BoundCopy], pace: Option<Rcu>) -> Self {
        let tables = tables(dataset, copies).into_iter();
        Self {
            tables: tables
                .map(|(table, _)| TableStanding::new(table, pace))
                .collect(),
            base_items: 0,
        }
    }

    /// Takes a page in; false when there is no such segment.
    pub(super) fn take(&mut self, mark: Mark) -> bool {
        let Some(table) = self.tables.get_mut(mark.table) else {
            return false;
        };
        let Some(segment) = table.segments.get_mut(mark.segment) else {
            return false;
        };
        *segment = mark.position;
        table.pages += 1;
        table.items += mark.items;
        table.rcu += mark.rcu;
        self.base_items += mark.base_items;
        true
    }

    /// Items read of the tables that hold copies.
    pub(super) fn copy_items(&self) -> u64 {
        self.tables.iter().skip(1).map(|table| table.items).sum()
    }

    /// What was consumed for it.
    pub(super) fn consumed(&self) -> Consumption {
        let tables = || self.tables.iter();
        let read = tables().filter(|table| table.pages > 0);
        Consumption {
            rcu: tables().map(|table| table.rcu).sum(),
            requests: tables().map(|table| table.pages).sum(),
            items_read: tables().map(|table| table.items).sum(),
            matched: 0,
            by: read
                .map(|table| (table.name.clone(), None, table.rcu))
                .collect(),
        }
    }
}

impl TableStanding {
    fn new(table: &Table, pace: Option<Rcu>) -> Self {
        Self {
            name: table.name.clone(),
            id: table.id.clone(),
            segments: vec![Position::Fresh; segments(table.bytes, pace)],
            pages: 0,
            items: 0,
            rcu: Rcu(0.0),
        }
    }

    /// Whether all of it was read.
    pub(super) fn is_read(&self) -> bool {
        self.segments.iter().all(|at| *at == Position::Read)
    }
}

/// The tables of a check, each once, with the copies it holds by their places among `copies`: the base, which holds none, first.
pub(super) fn tables<'a>(
    dataset: &'a BoundDataset,
    copies: &[&'a BoundCopy],
) -> Vec<(&'a Table, Vec<usize>)> {
    let mut tables: Vec<(&Table, Vec<usize>)> = vec![(&dataset.base, Vec::new())];
    for (at, copy) in copies.iter().enumerate() {
        let mut of_copies = tables.iter_mut().skip(1);
        match of_copies.find(|(known, _)| known.name == copy.table.name) {
            Some((_, copies)) => copies.push(at),
            None => tables.push((&copy.table, vec![at])),
        }
    }
    tables
}

/// Segments worth reading at once: as many as it takes to read at the pace, but no tiny ones, because
/// each is rounded up to half a unit at least (developer guide, Scan).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the figure is clamped"
)]
fn segments(bytes: u64, pace: Option<Rcu>) -> usize {
    let worth = pace.map_or(USUAL, |pace| (pace.0 / EACH).ceil() as u64);
    let most = worth.clamp(1, MOST);
    // At most 64.
    usize::try_from((bytes / SEGMENT).clamp(1, most)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const GIB: u64 = 1024 * 1024 * 1024;

    #[rstest]
    #[case::a_small_table_in_one(SEGMENT, None, 1)]
    #[case::of_unknown_size_in_one(0, Some(12_000.0), 1)]
    #[case::as_many_as_the_size_is_worth(3 * SEGMENT, None, 3)]
    #[case::as_many_as_the_default_pace_takes(GIB, Some(500.0), 4)]
    #[case::a_slow_pace_takes_one(GIB, Some(5.0), 1)]
    #[case::a_fast_one_many(100 * GIB, Some(4_000.0), 32)]
    #[case::but_not_any_number(100 * GIB, Some(1_000_000.0), 64)]
    #[case::moderately_many_without_a_pace(100 * GIB, None, 16)]
    fn there_are_as_many_segments_as_size_and_pace_are_worth(
        #[case] bytes: u64,
        #[case] pace: Option<f64>,
        #[case] expected: usize,
    ) {
        assert_eq!(segments(bytes, pace.map(Rcu)), expected);
    }
}

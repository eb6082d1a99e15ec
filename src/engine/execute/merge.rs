//! K-way merge of partitions that are each in order.

use super::rows::Row;
use super::run::Run;
use super::sort::{KeyMaker, SortKey};
use crate::engine::pages::{Cursor, Pool, Stop};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Rows merged before they are given out.
const BATCH: usize = 1_000;

/// One partition: where it stands, and the rows of its page that were not given out yet.
#[derive(Debug)]
struct Lane {
    cursor: Cursor,
    rows: VecDeque<Row>,
}

/// The partitions, one page of each, and the keys of their next rows.
#[derive(Debug)]
struct Lanes<'a> {
    keys: KeyMaker<'a>,
    all: Vec<Lane>,
    /// The next row of each lane: smallest key first, equal ones by the earlier lane.
    heads: BinaryHeap<Reverse<(SortKey, usize)>>,
    /// Lanes without rows of which more can be read.
    dry: Vec<usize>,
}

/// Merges the partitions of `cursors`, holding one page of each.
pub(super) async fn merge(run: &mut Run<'_>, cursors: Vec<Cursor>) -> Result<(), Stop> {
    let mut lanes = Lanes::new(run.sort_keys(), cursors);
    while !run.is_full() {
        lanes.refill(run).await?;
        let most = run.missing().map_or(BATCH, |missing| {
            usize::try_from(missing).map_or(BATCH, |missing| missing.min(BATCH))
        });
        let rows = lanes.take(most);
        if rows.is_empty() {
            break;
        }
        run.deliver(rows).await?;
    }
    Ok(())
}

impl<'a> Lanes<'a> {
    fn new(keys: KeyMaker<'a>, cursors: Vec<Cursor>) -> Self {
        let dry = (0..cursors.len()).rev().collect();
        let lane = |cursor| Lane {
            cursor,
            rows: VecDeque::new(),
        };
        Self {
            keys,
            all: cursors.into_iter().map(lane).collect(),
            heads: BinaryHeap::new(),
            dry,
        }
    }

    /// Reads until no lane is dry: only then is the smallest head the smallest row of all.
    async fn refill(&mut self, run: &mut Run<'_>) -> Result<(), Stop> {
        let mut pool = Pool::default();
        loop {
            while let Some(id) = self.dry.pop() {
                let items = run.page_items();
                if !run.start(&mut pool, id, &self.all[id].cursor, items) {
                    self.dry.push(id);
                    break;
                }
            }
            let Some((id, page)) = run.next_page(&mut pool).await? else {
                return Ok(());
            };
            self.all[id].cursor.advance(&page)?;
            self.all[id].rows = run.matching(page).await?.into();
            self.show_head(id);
        }
    }

    /// The next rows in order, at most `most`; fewer where a lane runs dry.
    fn take(&mut self, most: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        while rows.len() < most
            && self.dry.is_empty()
            && let Some(Reverse((_, id))) = self.heads.pop()
        {
            rows.extend(self.all[id].rows.pop_front());
            self.show_head(id);
        }
        rows
    }

    fn show_head(&mut self, id: usize) {
        let lane = &self.all[id];
        match lane.rows.front() {
            Some(row) => self.heads.push(Reverse((self.keys.key(row), id))),
            None if lane.cursor.ended() => {}
            None => self.dry.push(id),
        }
    }
}

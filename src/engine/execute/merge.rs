//! K-way merge of partitions that are each in order.

use super::rows::Row;
use super::run::Run;
use super::sort::{KeyMaker, SortKey};
use crate::engine::pages::{Cursor, Pool, Stop};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Rows merged before they are given out.
const BATCH: usize = 1_000;
/// As many for a start, so that the first ones show at once.
const FIRST: usize = 100;
/// Partitions of which no more than this part of a page is left are read on beside one that is
/// out of rows, when all will be read: those that interleave run out together.
const LOW: usize = 4;

/// One partition: where it stands, and the rows of its page that were not given out yet.
#[derive(Debug)]
struct Lane {
    cursor: Cursor,
    rows: VecDeque<Row>,
    /// Rows its last page had.
    page: usize,
    flying: bool,
}

/// The partitions, one page of each, and the keys of their next rows.
#[derive(Debug)]
struct Lanes<'a> {
    keys: KeyMaker<'a>,
    all: Vec<Lane>,
    /// The next row of each lane: smallest key first, equal ones by the earlier lane.
    heads: BinaryHeap<Reverse<(SortKey, usize)>>,
    /// How many lanes have no row at hand though more can be read.
    dry: usize,
    pool: Pool,
}

/// Merges the partitions of `cursors`, holding of each one page and what is left of the one before,
/// a quarter at most.
pub(super) async fn merge(run: &mut Run<'_>, cursors: Vec<Cursor>) -> Result<(), Stop> {
    let mut lanes = Lanes::new(run.sort_keys(), cursors);
    let mut batch = FIRST;
    while !run.is_full() {
        lanes.refill(run).await?;
        let missing = run.missing().and_then(|m| usize::try_from(m).ok());
        let rows = lanes.take(missing.unwrap_or(batch).min(batch));
        batch = BATCH;
        if rows.is_empty() {
            break;
        }
        run.deliver(rows).await?;
    }
    Ok(())
}

impl Lane {
    /// Whether its next row is not known though it may have one.
    fn is_dry(&self) -> bool {
        self.rows.is_empty() && !self.cursor.ended()
    }

    /// Whether to read on beside lanes that are dry.
    fn is_low(&self) -> bool {
        self.rows.len() <= self.page / LOW && !self.cursor.ended()
    }
}

impl<'a> Lanes<'a> {
    fn new(keys: KeyMaker<'a>, cursors: Vec<Cursor>) -> Self {
        let lane = |cursor| Lane {
            cursor,
            rows: VecDeque::new(),
            page: 0,
            flying: false,
        };
        Self {
            keys,
            dry: cursors.len(),
            all: cursors.into_iter().map(lane).collect(),
            heads: BinaryHeap::new(),
            pool: Pool::default(),
        }
    }

    /// Reads until no lane is dry: only then is the smallest head the smallest row of all.
    async fn refill(&mut self, run: &mut Run<'_>) -> Result<(), Stop> {
        while self.dry > 0 {
            self.start(run, Lane::is_dry);
            if run.missing().is_none() {
                self.start(run, Lane::is_low);
            }
            let Some((id, page)) = run.next_page(&mut self.pool).await? else {
                return Ok(());
            };
            let lane = &mut self.all[id];
            lane.flying = false;
            let was_dry = lane.is_dry();
            lane.cursor.advance(&page)?;
            let rows = run.matching(page).await?;
            lane.page = rows.len();
            lane.rows.extend(rows);
            if was_dry {
                self.dry -= 1;
                self.show_head(id);
            }
        }
        Ok(())
    }

    /// Starts the next page of each lane that needs it, as many as may be under way.
    fn start(&mut self, run: &Run<'_>, needs: fn(&Lane) -> bool) {
        let lanes = self.all.iter_mut().enumerate();
        for (id, lane) in lanes.filter(|(_, lane)| !lane.flying && needs(lane)) {
            if !run.start(&mut self.pool, id, &lane.cursor, run.page_items()) {
                break;
            }
            lane.flying = true;
        }
    }

    /// The next rows in order, at most `most`; fewer where a lane runs dry.
    fn take(&mut self, most: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        while rows.len() < most
            && self.dry == 0
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
            None => self.dry += usize::from(lane.is_dry()),
        }
    }
}

//! Drawing items of a copy with few partition keys, at positions that the mapping gives.
//!
//! The keys that drawn base items give are positions as likely as any other. From each, the run of copy
//! items behind it up to and with the first that agrees with its base item is drawn, around the end of the
//! partition to its beginning. So every copy item of these partitions belongs to exactly one run, however many
//! of them are too many, and has the same chance.

use super::super::check::Check;
use super::super::suspects::{Held, Suspects};
use super::{BATCH, Drawn};
use crate::domain::query::{Consistency, Direction};
use crate::domain::read::{KeyCondition, KeyRange, Query, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use crate::domain::value::{Item, Value};
use crate::engine::pages::{Cursor, Pool, Stop};
use std::collections::BTreeSet;

/// Queries at once.
const WIDTH: usize = 8;
/// Items of a run at most: a longer one is cut there.
const LONGEST: usize = 100;

/// The items behind one position.
#[derive(Debug)]
struct Run {
    head: Item,
    /// Where to go on: behind this sort key, or at the beginning of the partition.
    after: Option<Value>,
    /// Whether the end of the partition was passed.
    wrapped: bool,
    /// Whether every item of the partition was met.
    exhausted: bool,
    /// Whether an item that agrees was met, or more than is worth reading.
    closed: bool,
    keys: Vec<Item>,
    held: Vec<Held>,
}

impl Run {
    fn new(table: &Table, head: &Item) -> Self {
        Self {
            after: sort_key(table, head),
            head: head.clone(),
            wrapped: false,
            exhausted: false,
            closed: false,
            keys: Vec::new(),
            held: Vec::new(),
        }
    }

    const fn goes_on(&self) -> bool {
        !self.closed && !self.exhausted
    }

    fn query(&self, table: &Table) -> Cursor {
        let partition = table.key.partition.iter();
        let equal: Vec<(String, Value)> = partition
            .filter_map(|key| Some((key.name.clone(), self.head.get(&key.name)?.clone())))
            .collect();
        let sort = table.key.sort.first().map(|key| key.name.clone());
        Cursor::new(ReadRequest::Query(Query {
            table: table.name.clone(),
            index: None,
            key: KeyCondition {
                partition_len: equal.len(),
                equal,
                range: sort.zip(self.after.clone().map(KeyRange::Gt)),
            },
            direction: Direction::Ascending,
            filter: None,
            projection: None,
            limit: None,
            start: None,
            consistency: Consistency::Eventual,
        }))
    }

    /// Takes a page in; what of it belongs to the run if none before it agrees.
    fn take(&mut self, table: &Table, page: &ReadPage) -> Vec<Item> {
        let mut items: Vec<Item> = page.items.iter().map(|item| item.to_item()).collect();
        if let Some(last) = items.last() {
            self.after = sort_key(table, last);
        }
        if self.wrapped {
            // Behind the head the run began.
            let (head, all) = (sort_key(table, &self.head), items.len());
            items.retain(|item| sort_key(table, item) <= head);
            self.exhausted = items.len() < all || page.next.is_none();
        } else if page.next.is_none() {
            self.wrapped = true;
            self.after = None;
        }
        items
    }

    fn add(&mut self, key: Item, held: Held) {
        if self.closed || held == Held::Foreign {
            return;
        }
        self.keys.push(key);
        self.held.push(held);
        self.closed = held == Held::Agrees || self.keys.len() >= LONGEST;
    }
}

impl Check<'_> {
    /// Draws the runs behind these keys and holds them against the base.
    pub(super) async fn draw_runs(
        &mut self,
        at: usize,
        keys: &BTreeSet<Item>,
        drawn: &mut Drawn,
        suspects: &mut Suspects,
    ) -> Result<(), Stop> {
        let copy = self.copies[at].copy;
        let table = &copy.table;
        let keys: Vec<&Item> = keys.iter().collect();
        for heads in keys.chunks(BATCH) {
            let mut runs: Vec<Run> = heads.iter().map(|head| Run::new(table, head)).collect();
            // One item each, which nearly always ends the run; then as many as half a unit may hold.
            let mut items = 1;
            while runs.iter().any(Run::goes_on) {
                self.go_on(at, &mut runs, items, suspects).await?;
                items = 16;
            }
            for run in runs.into_iter().filter(|run| !run.keys.is_empty()) {
                drawn.take(run.keys.into_iter(), run.held.iter());
            }
        }
        Ok(())
    }

    /// A page more of every run that goes on.
    async fn go_on(
        &mut self,
        at: usize,
        runs: &mut [Run],
        items: u32,
        suspects: &mut Suspects,
    ) -> Result<(), Stop> {
        let copy = self.copies[at].copy;
        let table = &copy.table;
        let open: Vec<usize> = (0..runs.len()).filter(|run| runs[*run].goes_on()).collect();
        let cursors: Vec<Cursor> = open.iter().map(|run| runs[*run].query(table)).collect();
        let pages = self.first_pages(&cursors, items).await?;
        let taken = open
            .iter()
            .zip(&pages)
            .map(|(&run, page)| (run, runs[run].take(table, page)));
        let (of, items): (Vec<usize>, Vec<Item>) = taken
            .flat_map(|(run, items)| items.into_iter().map(move |item| (run, item)))
            .unzip();
        for (of, items) in of.chunks(BATCH).zip(items.chunks(BATCH)) {
            let held = self.hold_against_base(at, items, suspects).await?;
            for ((&run, item), held) in of.iter().zip(items).zip(held) {
                runs[run].add(table.key.of(item), held);
            }
        }
        Ok(())
    }

    /// The first page of each, in their order.
    async fn first_pages(&mut self, cursors: &[Cursor], items: u32) -> Result<Vec<ReadPage>, Stop> {
        let mut pages: Vec<ReadPage> = cursors.iter().map(|_| ReadPage::default()).collect();
        let (mut pool, mut next) = (Pool::default(), 0);
        loop {
            while let Some(cursor) = cursors.get(next)
                && self
                    .reader
                    .start(&mut pool, WIDTH, next, cursor, Some(items))
            {
                next += 1;
            }
            match self.reader.next(&mut pool).await? {
                Some((at, page)) => pages[at] = page,
                None => return Ok(pages),
            }
        }
    }
}

fn sort_key(table: &Table, item: &Item) -> Option<Value> {
    item.get(&table.key.sort.first()?.name).cloned()
}

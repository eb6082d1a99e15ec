//! A run that a LIMIT ends early, played through page by page.
//!
//! Follows the engine: the same pages in the same order, each as large as [`Pace`] says, and base items
//! fetched in the same waves. Pages are taken to arrive in the order they were asked for.

mod order;

use super::bill::{Bill, calls_of};
use super::first::First;
use super::known::MEASURED;
use super::{count, whole};
use crate::domain::cost::{PAGE_BYTES, page_units, read_to_end};
use crate::domain::plan::pace::{CONCURRENCY, FETCH, Filtered, Pace};
use crate::domain::query::Consistency;
use crate::domain::stats::{Spread, Volume};
pub(super) use order::{Sequence, Supply};
use std::collections::VecDeque;

/// Pages that are played one by one; what then is still to be read is taken as a whole.
const MOST_PAGES: usize = 500;
/// How much larger or smaller items of a stretch of a partition may be than those of all of it.
const DRIFT: f64 = 0.025;
/// Waves of one fetch that are played one by one.
const MOST_WAVES: usize = 32;

/// What decides how a run goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// Rows asked for.
    pub(super) limit: u64,
    /// Whether the engine reckons with rows that drop out.
    pub(super) filtered: Filtered,
    /// In which order pages are read.
    pub(super) sequence: Sequence,
    /// Items a page evaluates at most, whatever the LIMIT.
    pub(super) most_items: Option<u32>,
    /// Eventual or strong.
    pub(super) consistency: Consistency,
    /// Bytes of an item, from the smallest to the largest.
    pub(super) item: Spread,
    /// The share of items evaluated that are rows.
    pub(super) share: f64,
    /// When rows are fetched: the share of fetched items that answer.
    pub(super) fetched: Option<f64>,
    /// Where rows lie, as far as that is known; both shares are those of what follows.
    pub(super) first: &'a First,
}

/// What a run under `rules` over these partitions takes, and how many base items it fetches, the
/// units and bytes of which are not in the bill.
pub(super) fn play(rules: Rules<'_>, partitions: &[(f64, f64)]) -> (Bill, f64) {
    let mut run = Run::new(rules, partitions);
    match rules.sequence {
        Sequence::Sweep => order::sweep(&mut run),
        Sequence::InOrder => order::in_order(&mut run),
        Sequence::Merge(supply) => order::merge(&mut run, supply),
    }
    run.finish()
}

/// A partition being read.
#[derive(Debug, Clone, Copy)]
struct Lane {
    /// Items in all, and of these not asked for yet.
    all: f64,
    left: f64,
    /// Bytes of the mean item.
    mean: f64,
    ended: bool,
}

/// A page asked for.
#[derive(Debug, Clone, Copy)]
struct Page {
    lane: usize,
    items: f64,
    bill: Bill,
}

/// Where a run stands.
#[derive(Debug)]
struct Run<'a> {
    rules: Rules<'a>,
    lanes: Vec<Lane>,
    asked: usize,
    flying: VecDeque<Page>,
    bill: Bill,
    fetched: f64,
    missing: f64,
    read: f64,
    matched: f64,
    pages: u64,
}

impl<'a> Run<'a> {
    fn new(rules: Rules<'a>, partitions: &[(f64, f64)]) -> Self {
        let lane = |(items, bytes): &(f64, f64)| {
            let all = items.round();
            Lane {
                all,
                left: all,
                mean: if *items > 0.0 {
                    bytes / items
                } else {
                    rules.item.expected
                },
                ended: false,
            }
        };
        Self {
            rules,
            lanes: partitions.iter().map(lane).collect(),
            asked: 0,
            flying: VecDeque::new(),
            bill: Bill::NOTHING,
            fetched: 0.0,
            missing: count(rules.limit),
            read: 0.0,
            matched: 0.0,
            pages: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.missing < 1.0
    }

    fn pace(&self) -> Pace {
        Pace {
            missing: whole(self.missing),
            read: whole(self.read),
            matched: whole(self.matched),
            pages: self.pages,
        }
    }

    /// Items the next page is asked to evaluate.
    fn page_items(&self) -> u32 {
        let (pace, filtered) = (self.pace(), self.rules.filtered);
        let wanted = match self.rules.sequence {
            Sequence::Merge(_) => pace.lane_items(filtered, self.lanes.len()),
            Sequence::Sweep | Sequence::InOrder => pace.page_items(filtered),
        };
        self.rules
            .most_items
            .map_or(wanted, |most| wanted.min(most))
    }

    /// Pages under way at once.
    fn width(&self) -> usize {
        match self.rules.sequence {
            Sequence::Merge(_) => CONCURRENCY,
            Sequence::Sweep | Sequence::InOrder => self.pace().pages_at_once(CONCURRENCY),
        }
    }

    /// Asks for the next page of a partition; false when enough is under way.
    fn ask(&mut self, id: usize, items: u32) -> bool {
        if self.flying.len() >= self.width() {
            return false;
        }
        self.asked += 1;
        let page = if self.asked > MOST_PAGES + 2 * self.lanes.len() {
            self.rest(id)
        } else {
            self.page(id, f64::from(items))
        };
        self.flying.push_back(page);
        true
    }

    /// One page of at most `asked` items.
    fn page(&mut self, id: usize, asked: f64) -> Page {
        let Rules {
            item, consistency, ..
        } = self.rules;
        let known = self.known_bytes(id, asked);
        let lane = &mut self.lanes[id];
        let by_size = (PAGE_BYTES / lane.mean).floor() + 1.0;
        let items = lane.left.min(asked).min(by_size);
        lane.left -= items;
        lane.ended = lane.left < 1.0 && items < asked;
        let expected = items * lane.mean;
        let is_whole = items >= lane.all;
        let is_cut = items >= by_size;
        // Three standard deviations, were sizes spread evenly over a normal distribution's six.
        let width = if is_whole {
            0.0
        } else {
            (item.high - item.low).max(0.0) / 2.0 * items.sqrt() + expected * DRIFT
        };
        let low = (expected - width).max(items * item.low).min(expected);
        let thought = Spread {
            low: if is_cut {
                low.min(PAGE_BYTES - item.high)
            } else {
                low
            },
            expected,
            high: (expected + width).min(items * item.high).max(expected),
        };
        let bytes = known.map_or(thought, |bytes| Spread {
            low: bytes * MEASURED,
            ..Spread::exact(bytes)
        });
        Page {
            lane: id,
            items,
            bill: Bill {
                units: page_units(bytes, consistency),
                requests: Spread::exact(1.0),
                bytes,
            },
        }
    }

    /// The bytes of the next page of so many items, where all of them are known.
    fn known_bytes(&self, id: usize, asked: f64) -> Option<f64> {
        let (lane, bytes) = (self.lanes.get(id)?, &self.rules.first.bytes);
        let read = lane.all - lane.left;
        let upto = |items: f64| match usize::try_from(whole(items)).ok()?.checked_sub(1) {
            None => Some(0.0),
            Some(last) => bytes.get(last).copied(),
        };
        let bytes = upto(read + lane.left.min(asked))? - upto(read)?;
        (id == 0 && bytes < PAGE_BYTES).then_some(bytes)
    }

    /// All of a partition that the LIMIT still needs, in pages as large as may be.
    fn rest(&mut self, id: usize) -> Page {
        let Rules {
            item,
            consistency,
            share,
            most_items,
            ..
        } = self.rules;
        let lane = &mut self.lanes[id];
        let needed = (self.missing / share.max(f64::MIN_POSITIVE)).ceil();
        let items = lane.left.min(needed.max(1.0));
        lane.left -= items;
        lane.ended = lane.left < 1.0;
        let volume = Volume {
            items: Spread::exact(items),
            bytes: Spread::exact(items * lane.mean),
        };
        let cost = read_to_end(volume, item, most_items, consistency);
        Page {
            lane: id,
            items,
            bill: Bill {
                units: cost.units,
                requests: cost.pages,
                bytes: volume.bytes,
            },
        }
    }

    /// The next page to arrive.
    fn arrive(&mut self) -> Option<Page> {
        let page = self.flying.pop_front()?;
        self.bill = self.bill + page.bill;
        Some(page)
    }

    /// The rows of a page.
    fn accept(&mut self, page: Page) -> f64 {
        self.read += page.items;
        self.pages += 1;
        let matched = self.rows_after(self.read);
        let rows = matched - self.matched;
        self.matched = matched;
        rows
    }

    /// Gives out rows, fetched in waves of no more than are missing.
    fn deliver(&mut self, rows: f64) {
        let Some(share) = self.rules.fetched else {
            self.missing -= rows.min(self.missing);
            return;
        };
        let mut rest = rows;
        for at in 1.. {
            if rest < 1.0 || self.is_full() {
                break;
            }
            let most = count((FETCH * CONCURRENCY) as u64);
            let wave = if at > MOST_WAVES {
                (self.missing / share.max(f64::MIN_POSITIVE)).min(rest)
            } else {
                rest.min(most).min(self.missing)
            };
            let answered = |fetched| {
                let (known, rows) = known_after(fetched, &self.rules.first.fetched);
                rows + whole_rows((fetched - known).max(0.0) * share)
            };
            let before = answered(self.fetched);
            self.fetched += wave;
            let given = answered(self.fetched) - before;
            self.bill.requests = self.bill.requests + Spread::exact(calls_of(wave));
            self.missing -= given.min(self.missing);
            rest -= wave;
        }
    }

    /// Rows among so many items read.
    fn rows_after(&self, items: f64) -> f64 {
        let Rules { first, share, .. } = self.rules;
        let (known, rows) = known_after(items, &first.read);
        let all: f64 = self.lanes.iter().map(|lane| lane.all).sum();
        let left = (items - known).max(0.0);
        let later = if first.places.are_known() {
            let part = |items: f64| first.places.part_before(items / all.max(1.0));
            (part(items) - part(known)).max(0.0) * all
        } else {
            left
        };
        rows + whole_rows((later * share).min(left))
    }

    /// What it took. Pages still under way are dropped; the service may charge them.
    fn finish(mut self) -> (Bill, f64) {
        for page in std::mem::take(&mut self.flying) {
            self.bill.units.high += page.bill.units.high;
            self.bill.requests.high += page.bill.requests.high;
            self.bill.bytes.high += page.bill.bytes.high;
        }
        (self.bill, self.fetched)
    }
}

/// Of so many items those that are known, and the rows among them.
fn known_after(items: f64, first: &[u32]) -> (f64, f64) {
    let known = whole(items.round()).min(first.len() as u64);
    let rows = usize::try_from(known)
        .ok()
        .and_then(|known| first.get(known.checked_sub(1)?))
        .map_or(0.0, |rows| f64::from(*rows));
    (count(known), rows)
}

/// A part of a row is none, but for what rounding took.
fn whole_rows(rows: f64) -> f64 {
    (rows + 1e-6).floor()
}

#[cfg(test)]
mod tests;

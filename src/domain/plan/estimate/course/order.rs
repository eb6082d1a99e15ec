//! In which order pages are read: as the engine does, each way on its own.

use super::{Page, Run};
use std::collections::VecDeque;

/// In which order pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sequence {
    /// Several partitions at once, or one Scan: rows as they come.
    Sweep,
    /// One partition after the other, later ones read ahead.
    InOrder,
    /// All partitions side by side.
    Merge(Supply),
}

/// Where the rows of a merge come from: nothing tells, so the ends are played, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Supply {
    /// Wherever a page holds them.
    Best,
    /// From all partitions evenly, by how many rows each has.
    Even,
    /// From one after the other.
    Worst,
}

/// As the engine's `unordered`.
pub(super) fn sweep(run: &mut Run<'_>) {
    let mut waiting: VecDeque<usize> = (0..run.lanes.len()).collect();
    while !run.is_full() {
        let items = run.page_items();
        while let Some(&id) = waiting.front()
            && run.ask(id, items)
        {
            waiting.pop_front();
        }
        let Some(page) = run.arrive() else {
            break;
        };
        if !run.lanes[page.lane].ended {
            waiting.push_front(page.lane);
        }
        let rows = run.accept(page);
        run.deliver(rows);
    }
}

/// As the engine's `in_order`.
pub(super) fn in_order(run: &mut Run<'_>) {
    let count = run.lanes.len();
    let mut held: Vec<Option<Page>> = vec![None; count];
    let (mut front, mut begun) = (0, 0);
    while front < count && !run.is_full() {
        if let Some(page) = held[front].take() {
            if run.lanes[front].ended {
                front += 1;
            }
            let rows = run.accept(page);
            run.deliver(rows);
            continue;
        }
        let items = run.page_items();
        if begun > front && run.flying.iter().all(|page| page.lane != front) {
            run.ask(front, items);
        }
        while begun < count && begun - front < run.width() && run.ask(begun, items) {
            begun += 1;
        }
        let Some(page) = run.arrive() else {
            break;
        };
        held[page.lane] = Some(page);
    }
}

/// A lane of a merge: rows that its page holds, and those given out.
#[derive(Debug, Clone, Copy, Default)]
struct Rows {
    held: f64,
    given: f64,
}

/// As the engine's `merge`.
pub(super) fn merge(run: &mut Run<'_>, supply: Supply) {
    let mut rows = vec![Rows::default(); run.lanes.len()];
    let mut dry: Vec<usize> = (0..run.lanes.len()).rev().collect();
    while !run.is_full() {
        refill(run, &mut rows, &mut dry);
        let taken = take(run, &mut rows, supply);
        if taken <= 0.0 {
            break;
        }
        run.deliver(taken);
        let is_dry = |id: &usize| rows[*id].held < 1e-6 && !run.lanes[*id].ended;
        dry.extend((0..rows.len()).filter(is_dry));
    }
}

/// Reads until no lane is dry.
fn refill(run: &mut Run<'_>, rows: &mut [Rows], dry: &mut Vec<usize>) {
    loop {
        while let Some(&id) = dry.last() {
            let items = run.page_items();
            if !run.ask(id, items) {
                break;
            }
            dry.pop();
        }
        let Some(page) = run.arrive() else {
            return;
        };
        let found = run.accept(page);
        rows[page.lane].held += found;
        if rows[page.lane].held < 1e-6 && !run.lanes[page.lane].ended {
            dry.push(page.lane);
        }
    }
}

/// Rows in order until a lane runs dry, or none is missing.
fn take(run: &Run<'_>, rows: &mut [Rows], supply: Supply) -> f64 {
    let held: f64 = rows.iter().map(|lane| lane.held).sum();
    match supply {
        Supply::Best if held >= run.missing => {
            let left = 1.0 - run.missing / held;
            for lane in rows {
                lane.held *= left;
            }
            run.missing
        }
        Supply::Best | Supply::Even => take_evenly(run, rows),
        Supply::Worst => {
            // The largest: it is not at its end so soon.
            let size = |id: usize| run.lanes[id].all;
            let lanes = rows.iter_mut().enumerate();
            let holding = lanes.rev().filter(|(_, lane)| lane.held > 0.0);
            let Some((_, lane)) = holding.max_by(|(a, _), (b, _)| size(*a).total_cmp(&size(*b)))
            else {
                return 0.0;
            };
            let taken = lane.held.min(run.missing);
            lane.held -= taken;
            lane.given += taken;
            taken
        }
    }
}

/// As far into each lane as into every other.
fn take_evenly(run: &Run<'_>, rows: &mut [Rows]) -> f64 {
    let share = run.rules.share;
    let all = |id: usize| (run.lanes[id].all * share).max(f64::MIN_POSITIVE);
    let reach = (0..rows.len())
        .filter(|id| !run.lanes[*id].ended)
        .map(|id| (rows[id].given + rows[id].held) / all(id))
        .fold(f64::INFINITY, f64::min);
    let mut taken = 0.0;
    for (id, lane) in rows.iter_mut().enumerate() {
        let until = if reach.is_finite() {
            reach * all(id) - lane.given
        } else {
            lane.held
        };
        let part = until.clamp(0.0, lane.held);
        lane.held -= part;
        lane.given += part;
        taken += part;
    }
    taken.min(run.missing)
}

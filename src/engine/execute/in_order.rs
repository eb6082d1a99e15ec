//! Partitions one after the other, later ones read ahead.

use super::run::Run;
use crate::domain::read::ReadPage;
use crate::engine::pages::{Cursor, Pool, Stop};
use std::collections::VecDeque;

/// Pages read ahead of their turn at most, arrived or under way: what bounds the memory of a run.
const AHEAD: usize = 32;

/// One partition: where it stands, and its pages that were not taken in yet.
#[derive(Debug)]
struct Lane {
    cursor: Cursor,
    held: VecDeque<ReadPage>,
    flying: bool,
    begun: bool,
}

/// The partitions in their order, and the one whose turn it is.
#[derive(Debug)]
struct Lanes {
    all: Vec<Lane>,
    front: usize,
    /// Pages held or under way.
    pages: usize,
    pool: Pool,
}

/// Reads the cursors in order. Those behind the front are read ahead: under a LIMIT one page each
/// of as many as it will need by what a page gave so far; without one, until the memory is full.
pub(super) async fn in_order(run: &mut Run<'_>, cursors: Vec<Cursor>) -> Result<(), Stop> {
    let mut lanes = Lanes::new(cursors);
    while !run.is_full() {
        let limited = run.missing().is_some();
        if !limited {
            // All will be read, so reading goes on while rows are given out.
            lanes.start(run);
        }
        if let Some(page) = lanes.next_held() {
            run.accept(page).await?;
            continue;
        }
        if limited {
            lanes.start(run);
        }
        match run.next_page(&mut lanes.pool).await {
            Ok(Some((id, page))) => lanes.arrive(id, page)?,
            Ok(None) => break,
            Err(stop) => return Err(lanes.stopped(run, stop).await),
        }
    }
    Ok(())
}

impl Lanes {
    fn new(cursors: Vec<Cursor>) -> Self {
        let lane = |cursor| Lane {
            cursor,
            held: VecDeque::new(),
            flying: false,
            begun: false,
        };
        Self {
            all: cursors.into_iter().map(lane).collect(),
            front: 0,
            pages: 0,
            pool: Pool::default(),
        }
    }

    /// The next page in order, when it is there.
    fn next_held(&mut self) -> Option<ReadPage> {
        loop {
            let lane = self.all.get_mut(self.front)?;
            if let Some(page) = lane.held.pop_front() {
                self.pages -= 1;
                return Some(page);
            }
            if !lane.cursor.ended() {
                return None;
            }
            self.front += 1;
        }
    }

    /// Starts the reads that are worth it now, the nearest first.
    fn start(&mut self, run: &Run<'_>) {
        let limited = run.missing().is_some();
        let last = if limited {
            self.all.len().min(self.front + run.width())
        } else {
            self.all.len()
        };
        for id in self.front..last {
            let lane = &mut self.all[id];
            let ahead = id > self.front;
            if lane.flying || lane.cursor.ended() || (ahead && limited && lane.begun) {
                continue;
            }
            if ahead && self.pages >= AHEAD {
                break;
            }
            if !run.start(&mut self.pool, id, &lane.cursor, run.page_items()) {
                break;
            }
            lane.flying = true;
            lane.begun = true;
            self.pages += 1;
        }
    }

    fn arrive(&mut self, id: usize, page: ReadPage) -> Result<(), Stop> {
        let lane = &mut self.all[id];
        lane.flying = false;
        lane.cursor.advance(&page)?;
        lane.held.push_back(page);
        Ok(())
    }

    /// A read ahead that failed takes nothing from the rows before it.
    async fn stopped(&mut self, run: &mut Run<'_>, stop: Stop) -> Stop {
        if matches!(stop, Stop::Failed(_)) {
            while !run.is_full()
                && let Some(page) = self.next_held()
            {
                if let Err(earlier) = run.accept(page).await {
                    return earlier;
                }
            }
        }
        stop
    }
}

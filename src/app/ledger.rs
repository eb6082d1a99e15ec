//! The ledger as the screen shows it: every request made, sums by table and index, and what the
//! same answers would have cost by Scan.
//!
//! Requests and sums are a copy of the store's book, asked for while the screen is open. What answers
//! cost beside a Scan is summed here, because only here it is known which request they answer.

use super::effect::{Effect, Effects};
use super::event::Session;
use super::format::middle;
use super::job::Slots;
use super::routing::Planned;
use super::scroll::{Motion, Scroll};
use super::state::{Screen, State};
use super::viewport::Pane;
use crate::domain::names::{IndexName, Rcu, TableName};
use crate::engine::execute::Answer;

// Data of the store that the screen shows.
pub use crate::store::ledger::{Entry, Share};

/// How long a look into the book holds while something runs, in milliseconds.
const FRESH: u64 = 500;

/// What the book holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The last requests, oldest first.
    pub entries: Vec<Entry>,
    /// What each table and index consumed since start.
    pub shares: Vec<Share>,
}

/// Answers beside what they would have cost by Scan.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// Complete answers whose Scan has a known size.
    pub answers: u64,
    /// What they consumed.
    pub consumed: Rcu,
    /// What as many Scans would have consumed.
    pub scan: Rcu,
    /// Answers that were shown again instead of being read again.
    pub again: u64,
    /// What reading them again would have consumed.
    pub saved: Rcu,
}

/// The ledger.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The book, as of the last look.
    pub book: Snapshot,
    /// Answers and Scans.
    pub tally: Tally,
    /// Cursor among the requests, the newest first.
    pub entries: Scroll,
    /// Cursor among tables and indexes, the dearest first.
    pub shares: Scroll,
    /// What was known when the book was last asked for.
    asked: Option<(Session, Slots)>,
    asked_at: u64,
}

impl Ledger {
    /// The request under the cursor.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        self.book.entries.iter().rev().nth(self.entries.cursor)
    }

    /// The table or index under the cursor.
    #[must_use]
    pub fn share(&self) -> Option<&Share> {
        self.book.shares.get(self.shares.cursor)
    }

    /// An answer came: when it is complete, it is compared with a Scan.
    pub(super) fn answered(&mut self, planned: Option<&Planned>, answer: &Answer) {
        let Some(scan) = planned.and_then(Planned::scan) else {
            return;
        };
        if answer.complete {
            self.tally.answers += 1;
            self.tally.consumed += answer.consumption.rcu;
            self.tally.scan += middle(scan);
        }
    }

    /// An answer was shown again that had cost `rcu`.
    pub(super) fn saved(&mut self, rcu: Rcu) {
        self.tally.again += 1;
        self.tally.saved += rcu;
    }

    /// Moves in one of its panes.
    pub(super) fn step(&mut self, pane: Pane, motion: Motion, height: usize) {
        match pane {
            Pane::Shares => self.shares.step(motion, self.book.shares.len(), height),
            _ => self.entries.step(motion, self.book.entries.len(), height),
        }
    }
}

/// Opens the screen; on it, leaves it.
pub(super) fn open(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    if state.screen == Screen::Ledger {
        state.screen = Screen::Explore;
        return;
    }
    state.screen = Screen::Ledger;
    state.ledger.asked = None;
}

/// Looks into the book again when the screen shows it and something was read since.
pub(super) fn follow(state: &mut State, fx: &mut Effects) {
    if state.screen != Screen::Ledger {
        return;
    }
    let known = (state.session, state.slots);
    let runs = state.slots.running().next().is_some();
    let waits = runs && state.now < state.ledger.asked_at + FRESH;
    if state.ledger.asked.is_none() || (state.ledger.asked != Some(known) && !waits) {
        state.ledger.asked = Some(known);
        state.ledger.asked_at = state.now;
        fx.push(Effect::Ledger);
    }
}

/// Takes the book in. The newest request stays under the cursor when it was; else the same one does.
pub(super) fn take(state: &mut State, mut book: Snapshot) {
    let [entries, shares] = [Pane::Entries, Pane::Shares].map(|pane| state.height(pane));
    book.shares.sort_by(|a, b| b.rcu.0.total_cmp(&a.rcu.0));
    let ledger = &mut state.ledger;
    let more = book.entries.len().saturating_sub(ledger.book.entries.len());
    ledger.book = book;
    if ledger.entries.cursor > 0 {
        ledger.entries.cursor += more;
        ledger.entries.offset += more;
    }
    let lens = (ledger.book.entries.len(), ledger.book.shares.len());
    ledger.entries.settle(lens.0, entries);
    ledger.shares.settle(lens.1, shares);
}

/// What was read, by its name: `strikes.by_operator`.
#[must_use]
pub fn share_name(share: &Share) -> String {
    path(&share.table, share.index.as_ref())
}

/// What a request read, by its name; none for requests that read no table.
#[must_use]
pub fn entry_name(entry: &Entry) -> Option<String> {
    Some(path(entry.table.as_ref()?, entry.index.as_ref()))
}

fn path(table: &TableName, index: Option<&IndexName>) -> String {
    match index {
        Some(index) => format!("{table}.{index}"),
        None => table.to_string(),
    }
}

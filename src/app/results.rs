//! Rows of a request as they come in, its figures, and where the cursor is among them.
//!
//! Rows stay in the blocks they came in; nothing is copied for a row that is not looked at.

mod cell;
mod columns;

pub use cell::{Cell, CellKind, cell};
pub use columns::{Column, Columns};

use super::overlay::Asked;
use super::routing::Planned;
use super::scroll::{Motion, Scroll};
use crate::domain::expr::Path;
use crate::domain::item::{Block, ItemRef};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::schema::KeySchema;
use crate::engine::execute::{Answer, Consumption};

/// Rows in their blocks.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    blocks: Vec<Block>,
    /// Index of the first row of each block.
    starts: Vec<usize>,
    len: usize,
}

impl Rows {
    /// Appends a block.
    pub fn push(&mut self, block: Block) {
        if block.is_empty() {
            return;
        }
        self.starts.push(self.len);
        self.len += block.len();
        self.blocks.push(block);
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.blocks.iter().map(Block::memory).sum()
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<ItemRef<'_>> {
        let block = self.starts.partition_point(|start| *start <= index);
        let block = block.checked_sub(1)?;
        self.blocks[block].get(index - self.starts[block])
    }
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Nothing was run yet.
    #[default]
    Idle,
    /// It runs.
    Running,
    /// It waits for a decision.
    Paused,
    /// It was told to stop and has not answered yet.
    Cancelling,
    /// It ended.
    Ended(Answer),
    /// It broke.
    Failed(Problem),
    /// It ended once; its rows are no longer kept.
    Dropped,
}

/// Where rows on the screen come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// They were read just now.
    #[default]
    Read,
    /// They were kept since they were read, and are shown again.
    Kept,
}

impl Phase {
    /// Whether more may still come.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Cancelling)
    }
}

/// The results pane.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// What was run.
    pub planned: Option<Planned>,
    /// The text that was run: when the request line says something else, the rows are of before.
    pub text: String,
    /// How far it is.
    pub phase: Phase,
    /// Whether it is an answer of before.
    pub source: Source,
    /// The rows.
    pub rows: Rows,
    /// Their columns.
    pub columns: Columns,
    /// Figures so far.
    pub consumption: Consumption,
    /// When it was started, in milliseconds since 1970.
    pub started: u64,
    /// When it ended.
    pub ended: Option<u64>,
    /// Cursor and first row shown.
    pub scroll: Scroll,
    /// The column under the cursor.
    pub column: usize,
    /// The first column shown.
    pub first_column: usize,
    /// The column that was under the cursor in the rows before, until it is found in these.
    pub wanted: Option<Path>,
    /// Whether it was already asked whether to read on past the limit.
    pub asked: Asked,
}

impl Results {
    /// The results of a run that starts now. `key`: keys of the items that rows are.
    #[must_use]
    pub fn start(planned: Planned, text: String, key: Option<&KeySchema>, now: u64) -> Self {
        Self {
            columns: Columns::of(&planned.request, key),
            planned: Some(planned),
            text,
            phase: Phase::Running,
            started: now,
            ..Self::default()
        }
    }

    /// Takes rows in.
    pub fn push(&mut self, block: Block) {
        self.columns.discover(&block);
        self.rows.push(block);
        self.find_wanted();
    }

    fn find_wanted(&mut self) {
        let wanted = self.wanted.as_ref();
        let mut columns = self.columns.list().iter();
        let found = wanted.and_then(|path| columns.position(|column| column.path == *path));
        if let Some(column) = found {
            self.go_to_column(column);
        }
    }

    /// Takes the end in.
    pub fn end(&mut self, phase: Phase, now: u64) {
        if let Phase::Ended(answer) = &phase {
            self.consumption = answer.consumption.clone();
        }
        self.phase = phase;
        self.ended = Some(now);
    }

    /// Ends what still runs and was told to stop, with what it has.
    pub fn stop(&mut self, now: u64) {
        if !self.phase.is_open() {
            return;
        }
        let stopped = Answer {
            count: self.consumption.matched,
            complete: false,
            consumption: self.consumption.clone(),
            error: Some(ReadError {
                kind: ReadErrorKind::Cancelled,
                problem: Problem::new("another request was run instead"),
            }),
            observed: Vec::new(),
        };
        self.end(Phase::Ended(stopped), now);
    }

    /// Milliseconds since an answer of before was read; none for rows that were read just now.
    #[must_use]
    pub fn age(&self, now: u64) -> Option<u64> {
        let ended = self.ended.filter(|_| self.source == Source::Kept)?;
        Some(now.saturating_sub(ended))
    }

    /// The row under the cursor.
    #[must_use]
    pub fn row(&self) -> Option<ItemRef<'_>> {
        self.rows.get(self.scroll.cursor)
    }

    /// The column under the cursor.
    #[must_use]
    pub fn column(&self) -> Option<&Column> {
        self.columns.list().get(self.column)
    }

    /// Moves among the rows.
    pub fn step(&mut self, motion: Motion, height: usize) {
        self.scroll.step(motion, self.rows.len(), height);
    }

    /// Goes to another column.
    pub fn go_to_column(&mut self, column: usize) {
        self.wanted = None;
        self.column = column.min(self.columns.list().len().saturating_sub(1));
        self.first_column = self.first_column.min(self.column);
    }

    /// Milliseconds it ran.
    #[must_use]
    pub fn millis(&self, now: u64) -> u64 {
        self.ended.unwrap_or(now).saturating_sub(self.started)
    }
}

//! What can happen to the application. Everything arrives here, as data.

use super::export::Written;
use super::job::Ticket;
use super::key::Key;
use super::ledger::Snapshot;
use super::viewport::Viewports;
use crate::domain::drift::Beside;
use crate::domain::names::{Rcu, TableName};
use crate::domain::problem::Problem;
use crate::domain::read::ReadError;
use crate::domain::stats::TableStatistics;
use crate::engine::analyze::{Analysis, AnalyzeProgress};
use crate::engine::catalog::CatalogEvent;
use crate::engine::drift::{CheckOutcome, DriftEvent};
use crate::engine::execute::{Answer, ReadEvent};
use crate::engine::lag::LagReport;
use crate::store::Identity;
use crate::store::budget::Pace;

/// What the application is told of the outside besides the event itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Env {
    /// Milliseconds since 1970.
    pub now_millis: u64,
}

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The mouse was used.
    Mouse(Mouse),
    /// A text was pasted.
    Paste(String),
    /// The terminal has a new size, or has to be painted anew.
    Resize,
    /// Where the last frame put things.
    Viewports(Viewports),
    /// Time went on. Only wanted while [`State::is_moving`](super::State::is_moving).
    Tick,
    /// The catalog grew.
    Catalog(CatalogEvent),
    /// Where and as whom is read became known.
    Identity(Identity),
    /// What the session consumed so far.
    Session(Session),
    /// How fast is read right now.
    Pace(Pace),
    /// What the ledger holds.
    Ledger(Snapshot),
    /// The sandbox loads its items.
    Sandbox(SandboxProgress),
    /// A request that was started tells something.
    Run(Ticket, RunEvent),
    /// A check that was started tells something.
    Check(Ticket, CheckEvent),
    /// A look at an item in every copy ended.
    Beside(Ticket, Box<Result<Beside, ReadError>>),
    /// A pipeline that is followed tells something.
    Lag(Ticket, LagEvent),
    /// Statistics were found, or are being sampled.
    Statistics(StatisticsEvent),
    /// A file of this name was written, or not.
    Written(String, Written),
    /// A job ended without an answer (it panicked, or could not start).
    Failed(Ticket, Problem),
    /// Something outside any job went wrong: no connection, no clipboard, the sandbox.
    Problem(Problem),
}

/// The mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub action: MouseAction,
    /// Column of the cell, from 0.
    pub column: u16,
    /// Row of the cell, from 0.
    pub row: u16,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    /// The main button went down.
    Press,
    /// The wheel went up.
    ScrollUp,
    /// The wheel went down.
    ScrollDown,
}

/// What a running request tells.
#[derive(Debug, Clone)]
pub enum RunEvent {
    /// Rows or figures came.
    Read(ReadEvent),
    /// It ended.
    Done(Answer),
}

/// What a running check tells.
#[derive(Debug, Clone)]
pub enum CheckEvent {
    /// Progress, or a finding.
    Drift(DriftEvent),
    /// It ended.
    Done(Box<Result<CheckOutcome, ReadError>>),
}

/// What a pipeline that is followed tells.
#[derive(Debug, Clone)]
pub enum LagEvent {
    /// What is known of it by now.
    Report(Box<LagReport>),
    /// It is followed no longer.
    Ended,
}

/// What became known of sizes and distributions.
#[derive(Debug, Clone)]
pub enum StatisticsEvent {
    /// What was kept of a table, if anything was: after it was described.
    Loaded(TableName, Option<Box<TableStatistics>>),
    /// What was kept is of no use, or nothing can be kept.
    Note(String),
    /// How far a sample is.
    Progress(Ticket, AnalyzeProgress),
    /// A sample was taken.
    Done(Ticket, Box<Analysis>),
}

/// What the session consumed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Session {
    /// Units.
    pub rcu: Rcu,
    /// Requests.
    pub requests: u64,
}

/// How far the sandbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxProgress {
    /// Items loaded.
    pub loaded: u64,
    /// Items in all.
    pub of: u64,
}

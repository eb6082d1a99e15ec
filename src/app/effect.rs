//! What the application wants done. The runner does it; nothing here does.

use super::analyze::Initiative;
use super::export::Existing;
use super::job::{Slot, Ticket};
use crate::domain::drift::{Noted, Sought};
use crate::domain::names::{CopyName, DatasetName, TableName};
use crate::domain::plan::Plan;
use crate::domain::query::Request;
use crate::engine::analyze::Subject;

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Run a plan. Its events come back as [`Event::Run`](super::Event::Run) with this ticket.
    Run {
        /// The ticket.
        ticket: Ticket,
        /// The request.
        request: Box<Request>,
        /// How it is read.
        plan: Box<Plan>,
    },
    /// Check a dataset. Its events come back as [`Event::Check`](super::Event::Check) with this ticket.
    Check {
        /// The ticket.
        ticket: Ticket,
        /// The dataset.
        dataset: DatasetName,
        /// Only these copies; all when empty.
        copies: Vec<CopyName>,
    },
    /// Watch what changes in a dataset. The events are those of a check.
    Watch {
        /// The ticket.
        ticket: Ticket,
        /// The dataset.
        dataset: DatasetName,
        /// Only these copies; all when empty.
        copies: Vec<CopyName>,
    },
    /// Look again at findings. The events are those of a check.
    Recheck {
        /// The ticket.
        ticket: Ticket,
        /// The dataset.
        dataset: DatasetName,
        /// What was found.
        noted: Vec<Noted>,
    },
    /// Look at an item in every copy. What is seen comes back as [`Event::Beside`](super::Event::Beside)
    /// with this ticket.
    Beside {
        /// The ticket.
        ticket: Ticket,
        /// The dataset.
        dataset: DatasetName,
        /// The item.
        sought: Box<Sought>,
    },
    /// Follow the pipeline of a dataset. What is seen comes back as [`Event::Lag`](super::Event::Lag) with
    /// this ticket.
    Follow {
        /// The ticket.
        ticket: Ticket,
        /// The dataset.
        dataset: DatasetName,
    },
    /// Sample a dataset or a table. What comes of it arrives as
    /// [`Event::Statistics`](super::Event::Statistics) with this ticket.
    Analyze {
        /// The ticket.
        ticket: Ticket,
        /// What is sampled.
        subject: Subject,
        /// Who wants it.
        initiative: Initiative,
    },
    /// Keep what the catalog knows of the sizes of these tables for later runs of the program.
    SaveStatistics(Vec<TableName>),
    /// List and describe tables again. They come back as [`Event::Catalog`](super::Event::Catalog).
    Reload,
    /// Describe these tables. They come back as [`Event::Catalog`](super::Event::Catalog).
    Describe(Vec<TableName>),
    /// Stop what runs in this slot. It still answers, with what it has.
    Cancel(Slot),
    /// Hand on no more events of this slot until told; its channel being bounded, it stops reading.
    Pause(Slot),
    /// Go on handing on events of this slot.
    Resume(Slot),
    /// Look into the ledger. It comes back as [`Event::Ledger`](super::Event::Ledger).
    Ledger,
    /// Write these lines to a file. How that went comes back as [`Event::Written`](super::Event::Written).
    Write {
        /// Its name; `~/` at its start is the home directory.
        path: String,
        /// The lines.
        lines: Vec<String>,
        /// What becomes of a file of that name.
        existing: Existing,
    },
    /// Have the replicator of the sandbox lose a change, for which it makes up later.
    LoseChange,
    /// Put this text into the clipboard.
    Copy(String),
    /// Use the theme of this name.
    SetTheme(String),
    /// Stop as a job of the shell (ctrl-z).
    Suspend,
    /// Leave.
    Quit,
}

/// What an update asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    list: Vec<Effect>,
    redraw: bool,
}

impl Effects {
    /// Asks for an effect.
    pub fn push(&mut self, effect: Effect) {
        self.list.push(effect);
    }

    /// Asks for a new frame.
    pub fn redraw(&mut self) {
        self.redraw = true;
    }

    /// Whether a new frame is asked for.
    #[must_use]
    pub const fn wants_redraw(&self) -> bool {
        self.redraw
    }

    /// The effects, in order.
    #[must_use]
    pub fn list(&self) -> &[Effect] {
        &self.list
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

//! What lies over a screen and takes its keys.

mod keys;

pub(super) use keys::key;

use super::job::Slot;
use super::scroll::Scroll;
use crate::domain::names::{CopyName, DatasetName, Rcu};
use crate::domain::plan::Estimate;
use tui_input::Input;

/// What lies over the screen. At most one does.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// All keys.
    Help(Scroll),
    /// Why this route.
    Why(Scroll),
    /// Everything that is wrong.
    Problems(Scroll),
    /// All commands, found by typing.
    Palette(Palette),
    /// Something has to be decided.
    Question(Question),
    /// A line that filters the list below it while it is typed.
    Find(Find),
    /// The name of a file is asked for.
    Prompt(Prompt),
}

/// The command palette.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// Commands that match, best first, as ids.
    pub matches: Vec<&'static str>,
    /// The cursor among them.
    pub scroll: Scroll,
}

/// The list that is filtered while typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindIn {
    /// Datasets and tables.
    Tree,
    /// Findings.
    Findings,
}

/// A filter being typed.
#[derive(Debug, Clone)]
pub struct Find {
    /// Which list.
    pub list: FindIn,
    /// What was typed.
    pub input: Input,
}

/// The name of a file being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What was typed.
    pub input: Input,
}

/// Something to decide before it happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// A request is dear.
    Cost {
        /// What it is expected to consume.
        estimate: Estimate,
        /// Above this it is asked.
        limit: Rcu,
        /// A cheaper path, by name, and what it would consume.
        cheaper: Option<(String, Estimate)>,
    },
    /// A running request whose cost was unknown reached the limit. It waits.
    Reached {
        /// What waits.
        slot: Slot,
        /// What it consumed.
        consumed: Rcu,
        /// The limit.
        limit: Rcu,
    },
    /// A check is dear.
    CheckCost {
        /// The dataset.
        dataset: DatasetName,
        /// Its copies to be checked; all when empty.
        copies: Vec<CopyName>,
        /// What scanning both sides is expected to consume at most; unknown when absent.
        rcu: Option<Rcu>,
        /// Above this it is asked.
        limit: Rcu,
    },
    /// The file that findings should go to is there already.
    Overwrite {
        /// Its name.
        path: String,
    },
    /// Following takes a reader slot of each shard of a stream, of which there are two.
    Follow {
        /// The dataset.
        dataset: DatasetName,
    },
    /// Leaving while something runs.
    Quit,
}

/// Whether a question about the cost was put, or answered in advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asked {
    /// Not yet.
    #[default]
    No,
    /// Yes, it may read on.
    Yes,
}

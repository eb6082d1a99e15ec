//! Checking: starting, holding, looking through what was found.

use super::{Command, Context};
use crate::app::state::Screen;
use crate::app::viewport::Pane;
use crate::app::{beside, check, export};

const DRIFT: &[Context] = &[Context::On(Screen::Drift)];

/// The commands.
pub(super) static COMMANDS: &[Command] = &[
    Command {
        id: "check",
        title: "Check drift",
        help: "Reads base and copies and compares them. On a copy: that copy alone.",
        keys: &["d"],
        contexts: &[Context::On(Screen::Explore), Context::On(Screen::Drift)],
        hint: "drift",
        run: check::check,
    },
    Command {
        id: "drift",
        title: "Drift screen",
        help: "What checks have found so far.",
        keys: &["D"],
        contexts: &[Context::On(Screen::Explore)],
        hint: "",
        run: check::open,
    },
    Command {
        id: "pause",
        title: "Pause or go on",
        help: "Holds the running check: it reads no more until told. What it has read stays.",
        keys: &["space"],
        contexts: DRIFT,
        hint: "pause",
        run: check::pause,
    },
    Command {
        id: "class",
        title: "Findings of the next class",
        help: "Lists missing, orphaned, misplaced, different, and so on alone, as far as there are any; then all again.",
        keys: &["c"],
        contexts: DRIFT,
        hint: "class",
        run: check::next_class,
    },
    Command {
        id: "beside",
        title: "The item in every copy",
        help: "Reads the base item and what the mapping gives for it in every copy, strongly, and marks what differs.",
        keys: &["="],
        contexts: &[
            Context::In(Pane::Results),
            Context::In(Pane::Item),
            Context::On(Screen::Drift),
        ],
        hint: "copies",
        run: beside::open,
    },
    Command {
        id: "recheck",
        title: "Look again at findings",
        help: "Those that are listed, by the same looks and the same grace. What was mended since goes from the list.",
        keys: &["r", "f5"],
        contexts: DRIFT,
        hint: "recheck",
        run: check::look_again,
    },
    Command {
        id: "look-again",
        title: "Look again at the item",
        help: "Reads the item and its copies once more.",
        keys: &["r", "f5"],
        contexts: &[Context::On(Screen::Beside)],
        hint: "look again",
        run: beside::look,
    },
    Command {
        id: "write",
        title: "Write findings to a file",
        help: "One JSON object a line, those that are listed. Asks where, and before a file goes that is there.",
        keys: &["w"],
        contexts: DRIFT,
        hint: "write",
        run: export::ask,
    },
];

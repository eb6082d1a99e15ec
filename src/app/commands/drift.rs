//! Checking: starting, holding, looking through what was found.

use super::{Command, Context};
use crate::app::effect::{Effect, Effects};
use crate::app::state::{Screen, State};
use crate::app::viewport::Pane;
use crate::app::{beside, check, export, pipeline};

const DRIFT: &[Context] = &[Context::On(Screen::Drift)];

/// The commands.
pub(super) static COMMANDS: &[Command] = &[
    Command {
        id: "check",
        title: "Check drift",
        help: "Reads base and copies and compares them. On a copy: that copy alone.",
        keys: &["d"],
        contexts: &[
            Context::On(Screen::Explore),
            Context::On(Screen::Drift),
            Context::On(Screen::Pipeline),
        ],
        hint: "drift",
        run: check::check,
    },
    Command {
        id: "drift",
        title: "Drift screen",
        help: "What checks have found so far.",
        keys: &["D"],
        contexts: &[Context::On(Screen::Explore), Context::On(Screen::Pipeline)],
        hint: "",
        run: check::open,
    },
    Command {
        id: "pipeline",
        title: "Pipeline screen",
        help: "How far each copy is behind, as changes are followed through the stream of the base while it is shown.",
        keys: &["P"],
        contexts: &[
            Context::On(Screen::Explore),
            Context::On(Screen::Drift),
            Context::On(Screen::Pipeline),
        ],
        hint: "",
        run: pipeline::open,
    },
    Command {
        id: "follow",
        title: "Follow anew",
        help: "Reads the stream from now on. Asks before it takes a reader slot of each shard.",
        keys: &["r", "f5"],
        contexts: &[Context::On(Screen::Pipeline)],
        hint: "follow anew",
        run: pipeline::follow,
    },
    Command {
        id: "watch",
        title: "Watch what changes",
        help: "Follows the stream and looks at each item that changes when its grace is over. Drift is listed as it is found, and goes when it is mended.",
        keys: &["W"],
        contexts: DRIFT,
        hint: "watch",
        run: check::watch,
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
        id: "lose-change",
        title: "Lose a change (demo)",
        help: "Has the demo's replicator lose one change, so that copies drift, and make up for it within a minute.",
        keys: &["F"],
        contexts: &[Context::On(Screen::Drift), Context::On(Screen::Pipeline)],
        hint: "",
        run: lose_change,
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

fn lose_change(state: &mut State, fx: &mut Effects) {
    if state.is_demo() {
        fx.push(Effect::LoseChange);
        state.say("the replicator loses a change now, and makes up for it within a minute");
    } else {
        state.complain("only the replicator of the demo can be told to lose a change");
    }
    fx.redraw();
}

//! What works everywhere: copying, cancelling, help, themes, leaving.

use super::{Command, Context};
use crate::app::drift::item_text;
use crate::app::edit::under_cursor;
use crate::app::effect::{Effect, Effects};
use crate::app::item::scalar_text;
use crate::app::ledger::{entry_name, share_name};
use crate::app::overlay::{Overlay, Palette, Question};
use crate::app::routing::Listing;
use crate::app::run::cancel_what_runs;
use crate::app::scroll::Scroll;
use crate::app::state::{Screen, State};
use crate::app::text::{sanitise, truncate};
use crate::app::tree::{failed_tables, is_of_a_dataset};
use crate::app::viewport::Pane;
use crate::app::{beside, catalog, check, pipeline};
use crate::domain::item::{PlainJson, item_to_dynamo_json};
use crate::domain::plan::explain_text;

const SCREENS: &[Context] = &[Context::Screens];

/// The commands.
pub(super) static COMMANDS: &[Command] = &[
    Command {
        id: "cancel",
        title: "Cancel what runs, or go back",
        help: "Stops the running request or check; what it has read stays. Closes dialogs, clears filters.",
        keys: &["esc"],
        contexts: SCREENS,
        hint: "",
        run: cancel,
    },
    Command {
        id: "help",
        title: "Help",
        help: "All keys.",
        keys: &["?", "f1"],
        contexts: SCREENS,
        hint: "help",
        run: |state, fx| over(state, Overlay::Help(Scroll::default()), fx),
    },
    Command {
        id: "palette",
        title: "All commands",
        help: "Finds a command by a few letters of its name.",
        keys: &[":", "ctrl-p"],
        contexts: SCREENS,
        hint: "all",
        run: palette,
    },
    Command {
        id: "copy",
        title: "Copy the value",
        help: "Puts the value under the cursor into the clipboard; elsewhere the name, the text, or the route.",
        keys: &["y"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| copy(value_text(state), state, fx),
    },
    Command {
        id: "copy-item",
        title: "Copy the item",
        help: "Puts the item or finding under the cursor into the clipboard, as JSON.",
        keys: &["ctrl-y"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| copy(item_json(state), state, fx),
    },
    Command {
        id: "problems",
        title: "Problems",
        help: "What is wrong with dataset files and tables, why, and what to try.",
        keys: &["!"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| over(state, Overlay::Problems(Scroll::default()), fx),
    },
    Command {
        id: "refresh",
        title: "Load tables again",
        help: "Lists and describes tables again: those that are new, that changed, or that failed.",
        keys: &["R"],
        contexts: SCREENS,
        hint: "",
        run: refresh,
    },
    Command {
        id: "theme",
        title: "Next theme",
        help: "Goes through the themes there are.",
        keys: &["t"],
        contexts: SCREENS,
        hint: "",
        run: theme,
    },
    Command {
        id: "back",
        title: "Back, or quit",
        help: "Leaves the screen; from the first one, the program.",
        keys: &["q"],
        contexts: SCREENS,
        hint: "",
        run: back,
    },
    Command {
        id: "interrupt",
        title: "Cancel what runs, or quit",
        help: "Works in dialogs and while editing, too.",
        keys: &["ctrl-c"],
        contexts: &[Context::Always],
        hint: "",
        run: interrupt,
    },
    Command {
        id: "suspend",
        title: "Suspend",
        help: "Back to the shell; `fg` continues.",
        keys: &["ctrl-z"],
        contexts: &[Context::Always],
        hint: "",
        run: |_, fx| fx.push(Effect::Suspend),
    },
];

fn over(state: &mut State, overlay: Overlay, fx: &mut Effects) {
    state.overlay = Some(overlay);
    fx.redraw();
}

fn palette(state: &mut State, fx: &mut Effects) {
    let mut palette = Palette::default();
    palette.search(state);
    over(state, Overlay::Palette(palette), fx);
}

fn cancel(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    if leave_what_reads(state, fx) {
    } else if matches!(state.screen, Screen::Item | Screen::Ledger) {
        state.screen = Screen::Explore;
    } else if cancel_what_runs(state, fx) {
    } else if state.screen == Screen::Drift && state.drift.is_narrowed() {
        state.drift.class = None;
        state.drift.filter.clear();
        check::relist(state);
    } else if state.screen == Screen::Drift {
        state.screen = Screen::Explore;
    } else if !state.tree.filter.is_empty() {
        state.tree.filter.clear();
        catalog::rebuild(state);
    }
}

/// Leaves a screen that reads while it is shown, for the one it was opened on. Whether it was one.
fn leave_what_reads(state: &mut State, fx: &mut Effects) -> bool {
    match state.screen {
        Screen::Beside => beside::leave(state, fx),
        Screen::Pipeline => pipeline::leave(state, fx),
        Screen::Explore | Screen::Item | Screen::Drift | Screen::Ledger => return false,
    }
    true
}

fn back(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    if leave_what_reads(state, fx) {
    } else if state.screen != Screen::Explore {
        state.screen = Screen::Explore;
    } else if state.is_busy() {
        state.overlay = Some(Overlay::Question(Question::Quit));
    } else {
        fx.push(Effect::Quit);
    }
}

fn interrupt(state: &mut State, fx: &mut Effects) {
    if !cancel_what_runs(state, fx) {
        fx.push(Effect::Quit);
    }
}

fn theme(state: &mut State, fx: &mut Effects) {
    let themes = &mut state.themes;
    if themes.names.is_empty() {
        return;
    }
    themes.current = (themes.current + 1) % themes.names.len();
    let name = themes.names[themes.current].clone();
    fx.push(Effect::SetTheme(name.clone()));
    state.say(format!("theme: {name}"));
    fx.redraw();
}

fn refresh(state: &mut State, fx: &mut Effects) {
    // The loader describes the tables of datasets, and only the first of the others.
    let mut failed = failed_tables(&state.catalog);
    failed.retain(|table| !is_of_a_dataset(&state.catalog, table));
    if !failed.is_empty() {
        fx.push(Effect::Describe(failed));
    }
    state.listing = Listing::Open;
    state.say("loading tables again");
    fx.push(Effect::Reload);
    fx.redraw();
}

fn copy(text: Option<String>, state: &mut State, fx: &mut Effects) {
    match text {
        Some(text) if !text.is_empty() => {
            state.say(copied(&text));
            fx.push(Effect::Copy(text));
        }
        _ => state.complain("nothing to copy here"),
    }
    fx.redraw();
}

/// Says what is in the clipboard now, in short.
fn copied(text: &str) -> String {
    match text.lines().count() {
        0 | 1 => format!("copied {}", truncate(&sanitise(text), 50)),
        n => format!("copied {n} lines"),
    }
}

/// What `y` copies.
fn value_text(state: &State) -> Option<String> {
    match state.pane() {
        Pane::Tree => Some(state.tree.selected()?.label().to_owned()),
        Pane::Request => Some(state.request.text().to_owned()),
        Pane::Route => Some(explain_text(&state.routing.last.as_ref()?.route)),
        Pane::Results | Pane::Item => under_cursor(state)?.1.as_ref().map(scalar_text),
        Pane::Beside => {
            let (value, _) = state.beside.cell(state.beside.name()?, state.beside.column);
            value.map(scalar_text)
        }
        Pane::Pipeline => Some(state.pipeline.copy()?.to_string()),
        Pane::Copies => Some(state.drift.copy()?.to_string()),
        Pane::Findings | Pane::Diff => {
            let finding = state.drift.finding()?;
            let key = finding.base_key.as_ref().or(finding.copy_key.as_ref())?;
            Some(item_text(key))
        }
        Pane::Shares => state.ledger.share().map(share_name),
        Pane::Entries => state.ledger.entry().and_then(entry_name),
        Pane::Value | Pane::Overlay => None,
    }
}

/// What `ctrl-y` copies.
fn item_json(state: &State) -> Option<String> {
    match state.pane() {
        Pane::Results => serde_json::to_string(&PlainJson(state.results.row()?)).ok(),
        Pane::Item => Some(item_to_dynamo_json(&state.item.item).to_string()),
        Pane::Beside => Some(item_to_dynamo_json(state.beside.item()?).to_string()),
        Pane::Findings | Pane::Diff => Some(state.drift.finding()?.to_json().to_string()),
        _ => None,
    }
}

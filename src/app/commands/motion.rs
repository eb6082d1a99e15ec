//! Moving: within lists, between panes.

use super::{Command, Context};
use crate::app::catalog;
use crate::app::check;
use crate::app::effect::Effects;
use crate::app::overlay::Overlay;
use crate::app::scroll::Motion;
use crate::app::state::{Screen, State};
use crate::app::viewport::Pane;

const SCREENS: &[Context] = &[Context::Screens];

/// The commands.
pub(super) static COMMANDS: &[Command] = &[
    Command {
        id: "up",
        title: "Up",
        help: "One line up.",
        keys: &["up", "k"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::Up(1), fx),
    },
    Command {
        id: "down",
        title: "Down",
        help: "One line down.",
        keys: &["down", "j"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::Down(1), fx),
    },
    Command {
        id: "left",
        title: "Left",
        help: "The column to the left; closes what is open in a tree.",
        keys: &["left", "h"],
        contexts: SCREENS,
        hint: "",
        run: left,
    },
    Command {
        id: "right",
        title: "Right",
        help: "The column to the right; opens what is closed in a tree.",
        keys: &["right", "l"],
        contexts: SCREENS,
        hint: "",
        run: right,
    },
    Command {
        id: "half-up",
        title: "Half a page up",
        help: "Half a page up.",
        keys: &["ctrl-u"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::HalfUp, fx),
    },
    Command {
        id: "half-down",
        title: "Half a page down",
        help: "Half a page down.",
        keys: &["ctrl-d"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::HalfDown, fx),
    },
    Command {
        id: "page-up",
        title: "Page up",
        help: "A page up.",
        keys: &["pgup", "ctrl-b"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::PageUp, fx),
    },
    Command {
        id: "page-down",
        title: "Page down",
        help: "A page down.",
        keys: &["pgdn", "ctrl-f"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::PageDown, fx),
    },
    Command {
        id: "top",
        title: "First line",
        help: "To the first line.",
        keys: &["g", "home"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::Top, fx),
    },
    Command {
        id: "bottom",
        title: "Last line",
        help: "To the last line.",
        keys: &["G", "end"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| step(state, Motion::Bottom, fx),
    },
    Command {
        id: "next-pane",
        title: "Next pane",
        help: "Gives the focus to the next pane.",
        keys: &["tab"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| turn(state, 1, fx),
    },
    Command {
        id: "previous-pane",
        title: "Previous pane",
        help: "Gives the focus to the pane before.",
        keys: &["shift-tab"],
        contexts: SCREENS,
        hint: "",
        run: |state, fx| turn(state, state.screen.panes().len() - 1, fx),
    },
];

/// Moves in whatever takes the keys: the list over the screen, else the pane with the focus.
pub(in crate::app) fn step(state: &mut State, motion: Motion, fx: &mut Effects) {
    let placed = state.viewports.of(Pane::Overlay);
    match &mut state.overlay {
        Some(Overlay::Help(scroll) | Overlay::Why(scroll) | Overlay::Problems(scroll)) => {
            scroll.page(motion, placed.lines, usize::from(placed.body.height));
        }
        Some(Overlay::Palette(palette)) => {
            let height = usize::from(placed.body.height).max(1);
            palette.scroll.step(motion, palette.matches.len(), height);
        }
        Some(Overlay::Question(_) | Overlay::Find(_) | Overlay::Prompt(_)) => {}
        None => step_pane(state, state.pane(), motion),
    }
    fx.redraw();
}

/// Moves in a pane.
pub(in crate::app) fn step_pane(state: &mut State, pane: Pane, motion: Motion) {
    let height = state.height(pane);
    match pane {
        Pane::Tree => {
            state.tree.step(motion, height);
            catalog::follow(state);
        }
        Pane::Results => state.results.step(motion, height),
        Pane::Item => state.item.step(motion, height),
        Pane::Beside => state.beside.step(motion, height),
        Pane::Pipeline => state.pipeline.step(motion, height),
        Pane::Copies => {
            state.drift.step_copies(motion, height);
            check::relist(state);
        }
        Pane::Findings => state.drift.step_findings(motion, height),
        Pane::Shares | Pane::Entries => state.ledger.step(pane, motion, height),
        Pane::Route => {
            let lines = state.viewports.of(Pane::Route).lines;
            state.route_scroll.page(motion, lines, height);
        }
        Pane::Diff => {
            let lines = state.viewports.of(Pane::Diff).lines;
            state.drift.diff.page(motion, lines, height);
        }
        Pane::Request | Pane::Value | Pane::Overlay => {}
    }
}

fn left(state: &mut State, fx: &mut Effects) {
    match state.pane() {
        Pane::Tree => {
            let height = state.height(Pane::Tree);
            state.tree.close(height);
            catalog::rebuild(state);
        }
        Pane::Results => {
            let column = state.results.column.saturating_sub(1);
            state.results.go_to_column(column);
        }
        Pane::Item => {
            let height = state.height(Pane::Item);
            state.item.close(height);
        }
        Pane::Beside => {
            let column = state.beside.column.saturating_sub(1);
            state.beside.go_to_column(column);
        }
        _ if state.screen == Screen::Drift => turn(state, Screen::Drift.panes().len() - 1, fx),
        _ => {}
    }
    fx.redraw();
}

fn right(state: &mut State, fx: &mut Effects) {
    match state.pane() {
        Pane::Tree => {
            state.tree.open();
            catalog::rebuild(state);
        }
        Pane::Results => {
            let column = state.results.column + 1;
            state.results.go_to_column(column);
        }
        Pane::Item => {
            let height = state.height(Pane::Item);
            state.item.open(height);
        }
        Pane::Beside => state.beside.go_to_column(state.beside.column + 1),
        _ if state.screen == Screen::Drift => turn(state, 1, fx),
        _ => {}
    }
    fx.redraw();
}

/// Gives the focus to the pane `by` places further.
fn turn(state: &mut State, by: usize, fx: &mut Effects) {
    let panes = state.screen.panes();
    let at = panes.iter().position(|p| *p == state.pane()).unwrap_or(0);
    state.focus(panes[(at + by) % panes.len()]);
    fx.redraw();
}

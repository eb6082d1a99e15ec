//! Keys, mouse, and pastes find their way: always-commands, overlay, text being edited, pane, screen.

use super::catalog::replan;
use super::commands;
use super::commands::step_pane;
use super::effect::Effects;
use super::event::{Mouse, MouseAction};
use super::key::{Key, KeyCode};
use super::overlay::Overlay;
use super::request::{Changed, Mode, Origin};
use super::results::Phase;
use super::run;
use super::scroll::Motion;
use super::state::{Screen, State};
use super::viewport::{Pane, Viewports};

/// Lines a turn of the wheel moves.
const WHEEL: usize = 3;

/// A key was pressed.
pub(super) fn key(state: &mut State, key: Key, fx: &mut Effects) {
    if state.notice.take().is_some() {
        fx.redraw();
    }
    if let Some(command) = commands::find_always(key) {
        (command.run)(state, fx);
    } else if state.overlay.is_some() {
        super::overlay::key(state, key, fx);
    } else if state.request.mode == Mode::Edit {
        edit_key(state, key, fx);
    } else if let Some(command) = commands::find(state, key) {
        (command.run)(state, fx);
    }
}

/// A key while the request is edited.
fn edit_key(state: &mut State, key: Key, fx: &mut Effects) {
    fx.redraw();
    let changed = match key.code {
        KeyCode::Esc => {
            state.request.mode = Mode::View;
            Changed::Nothing
        }
        KeyCode::Enter => {
            enter(state, fx);
            Changed::Nothing
        }
        KeyCode::Tab => {
            state.request.mode = Mode::View;
            if let Some(command) = commands::find(state, key) {
                (command.run)(state, fx);
            }
            Changed::Nothing
        }
        KeyCode::Up => {
            state.request.earlier();
            Changed::Text
        }
        KeyCode::Down => {
            state.request.later();
            Changed::Text
        }
        _ => state.request.key(key),
    };
    if changed == Changed::Text {
        replan(state);
    }
}

/// Enter in the request: run it; stay in the text when it cannot be run.
fn enter(state: &mut State, fx: &mut Effects) {
    run::run(state, fx);
    if state.routing.good().is_some() {
        state.request.mode = Mode::View;
        if state.results.phase == Phase::Running {
            state.focus(Pane::Results);
        }
    }
}

/// A text was pasted: into the text being edited, on the first screen into the request. Where no
/// text is edited its characters must not be taken for keys: a `y` would answer a question.
pub(super) fn paste(state: &mut State, text: &str, fx: &mut Effects) {
    fx.redraw();
    match &state.overlay {
        Some(Overlay::Palette(_) | Overlay::Find(_) | Overlay::Prompt(_)) => {
            for c in text.chars().filter(|c| !c.is_control()).take(200) {
                super::overlay::key(state, Key::char(c), fx);
            }
            return;
        }
        Some(_) => return,
        None => {}
    }
    if state.screen != Screen::Explore {
        return;
    }
    if state.request.mode == Mode::View {
        // Nobody pastes into the middle of what stands there. What the user wrote is one `up` away.
        if state.request.origin == Origin::User {
            state.request.remember();
        }
        state.request.set(String::new(), Origin::User);
        state.focus(Pane::Request);
        state.request.mode = Mode::Edit;
    }
    state.request.paste(text);
    replan(state);
}

/// The mouse was used.
pub(super) fn mouse(state: &mut State, mouse: Mouse, fx: &mut Effects) {
    let Some(pane) = state.viewports.at(mouse.column, mouse.row) else {
        return;
    };
    let motion = match mouse.action {
        MouseAction::Press => None,
        MouseAction::ScrollUp => Some(Motion::Up(WHEEL)),
        MouseAction::ScrollDown => Some(Motion::Down(WHEEL)),
    };
    match (state.overlay.is_some(), motion) {
        (true, Some(motion)) => commands::step(state, motion, fx),
        (true, None) => {}
        (false, Some(motion)) => step_pane(state, pane, motion),
        (false, None) => press(state, pane, mouse),
    }
    fx.redraw();
}

/// The button went down in a pane: focus, cursor, column.
fn press(state: &mut State, pane: Pane, mouse: Mouse) {
    state.focus(pane);
    let placed = state.viewports.of(pane);
    if !placed.body.contains(mouse.column, mouse.row) {
        return;
    }
    let line = usize::from(mouse.row - placed.body.y);
    let cursor_and_offset = match pane {
        Pane::Tree => Some(state.tree.scroll),
        Pane::Results => Some(state.results.scroll),
        Pane::Item => Some(state.item.scroll),
        Pane::Beside => Some(state.beside.scroll),
        Pane::Pipeline => Some(state.pipeline.scroll),
        Pane::Copies => Some(state.drift.copies),
        Pane::Findings => Some(state.drift.findings),
        Pane::Shares => Some(state.ledger.shares),
        Pane::Entries => Some(state.ledger.entries),
        Pane::Request | Pane::Route | Pane::Diff | Pane::Value | Pane::Overlay => None,
    };
    if let Some(scroll) = cursor_and_offset {
        let target = scroll.offset + line;
        let motion = if target >= scroll.cursor {
            Motion::Down(target - scroll.cursor)
        } else {
            Motion::Up(scroll.cursor - target)
        };
        step_pane(state, pane, motion);
    }
    if pane == Pane::Results
        && let Some(column) = state
            .viewports
            .columns
            .iter()
            .find(|c| mouse.column >= c.x && mouse.column < c.x.saturating_add(c.width))
    {
        let column = column.index;
        state.results.go_to_column(column);
    }
}

/// The last frame put things elsewhere: cursors are brought into sight.
pub(super) fn viewports(state: &mut State, viewports: Viewports, fx: &mut Effects) {
    if state.viewports == viewports {
        return;
    }
    let sized = |viewports: &Viewports, pane| {
        let placed = viewports.of(pane);
        (placed.body.height, placed.lines)
    };
    let resized = state
        .screen
        .panes()
        .iter()
        .chain([&Pane::Overlay])
        .any(|pane| sized(&state.viewports, *pane) != sized(&viewports, *pane));
    if let Some(first) = viewports.columns.first() {
        state.results.first_column = first.index;
    }
    state.viewports = viewports;
    if resized {
        settle(state);
        fx.redraw();
    }
}

/// Brings every cursor into its list and into sight.
fn settle(state: &mut State) {
    for pane in state.screen.panes() {
        step_scroll_only(state, *pane);
    }
    if let Some(Overlay::Palette(palette)) = &mut state.overlay {
        let height = usize::from(state.viewports.of(Pane::Overlay).body.height).max(1);
        palette.scroll.settle(palette.matches.len(), height);
    }
}

fn step_scroll_only(state: &mut State, pane: Pane) {
    let height = state.height(pane);
    let lines = state.viewports.of(pane).lines;
    match pane {
        Pane::Tree => state.tree.scroll.settle(state.tree.rows.len(), height),
        Pane::Results => state
            .results
            .scroll
            .settle(state.results.rows.len(), height),
        Pane::Item => state.item.scroll.settle(state.item.lines.len(), height),
        Pane::Pipeline => state.pipeline.step(Motion::Up(0), height),
        Pane::Beside => {
            let len = state.beside.names.len();
            state.beside.scroll.settle(len, height);
        }
        Pane::Copies => {
            let len = state.drift.copy_names.len() + 1;
            state.drift.copies.settle(len, height);
        }
        Pane::Findings => state
            .drift
            .findings
            .settle(state.drift.listed.len(), height),
        Pane::Shares | Pane::Entries => state.ledger.step(pane, Motion::Up(0), height),
        Pane::Route => state.route_scroll.page(Motion::Up(0), lines, height),
        Pane::Diff => state.drift.diff.page(Motion::Up(0), lines, height),
        Pane::Request | Pane::Value | Pane::Overlay => {}
    }
}

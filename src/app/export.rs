//! Writing what is shown to a file: asking where, and whether a file that is there may go.

use super::effect::{Effect, Effects};
use super::overlay::{Overlay, Prompt, Question};
use super::state::State;
use crate::domain::problem::Problem;
use tui_input::Input;

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Stays,
    /// It is replaced, once the new one is whole.
    Goes,
}

/// How writing a file ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// So many lines are in it.
    Whole(usize),
    /// It was there already, and stays as it is.
    Existed,
    /// It could not be written.
    Failed(Problem),
}

/// Asks where to write the findings that are listed.
pub(super) fn ask(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let Some(dataset) = &state.drift.shown else {
        return;
    };
    if state.drift.lines().is_empty() {
        state.complain("nothing to write: no findings are listed");
        return;
    }
    let path = format!("{dataset}-findings.jsonl");
    state.overlay = Some(Overlay::Prompt(Prompt {
        input: Input::from(path),
    }));
}

/// Writes what is listed now.
pub(super) fn write(state: &mut State, path: &str, existing: Existing, fx: &mut Effects) {
    fx.redraw();
    let path = path.trim();
    if path.is_empty() {
        state.complain("nothing was written: the name of the file is empty");
        return;
    }
    fx.push(Effect::Write {
        path: path.to_owned(),
        lines: state.drift.lines(),
        existing,
    });
}

/// The file is written, or not.
pub(super) fn take(state: &mut State, path: String, written: Written, fx: &mut Effects) {
    fx.redraw();
    match written {
        Written::Whole(lines) => {
            let lines = super::format::plural(lines as u64, "line");
            state.say(format!("wrote {lines} to `{path}`"));
        }
        // What is being asked already comes first: `w` asks again.
        Written::Existed if state.overlay.is_some() => {
            state.complain(format!("nothing was written: `{path}` is there already"));
        }
        Written::Existed => state.overlay = Some(Overlay::Question(Question::Overwrite { path })),
        Written::Failed(problem) => state.complain(problem.to_string()),
    }
}

//! Keys while something lies over the screen.

use super::{Asked, Find, FindIn, Overlay, Palette, Prompt, Question};
use crate::app::catalog;
use crate::app::check;
use crate::app::commands;
use crate::app::effect::{Effect, Effects};
use crate::app::export::{self, Existing};
use crate::app::key::{Key, KeyCode};
use crate::app::pipeline;
use crate::app::request::{Changed, edit};
use crate::app::run;
use crate::app::state::State;
use crate::app::viewport::Pane;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};

/// A key was pressed.
pub(in crate::app) fn key(state: &mut State, key: Key, fx: &mut Effects) {
    let Some(overlay) = state.overlay.take() else {
        return;
    };
    fx.redraw();
    match overlay {
        Overlay::Help(_) | Overlay::Why(_) | Overlay::Problems(_) => {
            let closes = matches!(key.code, KeyCode::Esc | KeyCode::Enter)
                || matches!(key.typed(), Some('q' | '?' | 'x' | '!'));
            if !closes {
                state.overlay = Some(overlay);
                if let Some(command) = commands::find_motion(key) {
                    (command.run)(state, fx);
                }
            }
        }
        Overlay::Palette(palette) => palette_key(state, palette, key, fx),
        Overlay::Question(question) => question_key(state, question, key, fx),
        Overlay::Find(find) => find_key(state, find, key),
        Overlay::Prompt(prompt) => prompt_key(state, prompt, key, fx),
    }
}

fn palette_key(state: &mut State, mut palette: Palette, key: Key, fx: &mut Effects) {
    match key.code {
        KeyCode::Esc => return,
        KeyCode::Enter => {
            let chosen = palette.matches.get(palette.scroll.cursor).copied();
            if let Some(command) = chosen.and_then(commands::by_id) {
                (command.run)(state, fx);
            }
            return;
        }
        KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown => {
            state.overlay = Some(Overlay::Palette(palette));
            if let Some(command) = commands::find_motion(key) {
                (command.run)(state, fx);
            }
            return;
        }
        _ => {}
    }
    if edit(&mut palette.input, key) == Changed::Text {
        palette.search(state);
    }
    state.overlay = Some(Overlay::Palette(palette));
}

impl Palette {
    /// Finds the commands that match, best first.
    pub(in crate::app) fn search(&mut self, state: &State) {
        let offered = commands::all().filter(|command| command.is_offered(state));
        let pattern = Pattern::parse(
            self.input.value(),
            CaseMatching::Ignore,
            Normalization::Smart,
        );
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, &'static str)> = offered
            .filter_map(|command| {
                let text = format!("{} {}", command.title, command.id);
                let text = nucleo_matcher::Utf32Str::new(&text, &mut buffer);
                Some((pattern.score(text, &mut matcher)?, command.id))
            })
            .collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.matches = scored.into_iter().map(|(_, id)| id).collect();
        self.scroll = crate::app::scroll::Scroll::default();
    }
}

fn question_key(state: &mut State, question: Question, key: Key, fx: &mut Effects) {
    let yes = matches!(key.typed(), Some('y' | 'Y'));
    let no = key.code == KeyCode::Esc || matches!(key.typed(), Some('n' | 'N' | 'q'));
    match (yes, no) {
        (true, _) => agree(state, question, fx),
        (_, true) => {
            if let Question::Reached { slot, .. } = question {
                run::cancel(state, slot, fx);
            }
        }
        _ => state.overlay = Some(Overlay::Question(question)),
    }
}

fn agree(state: &mut State, question: Question, fx: &mut Effects) {
    match question {
        Question::Cost { .. } => {
            run::start(state, Asked::Yes, fx);
            state.focus(Pane::Results);
        }
        Question::Reached { slot, .. } => run::resume(state, slot, fx),
        Question::CheckCost {
            dataset, copies, ..
        } => check::start(state, dataset, copies, Asked::Yes, fx),
        Question::Overwrite { path } => export::write(state, &path, Existing::Goes, fx),
        Question::Follow { dataset } => pipeline::start(state, dataset, fx),
        Question::Quit => fx.push(Effect::Quit),
    }
}

fn find_key(state: &mut State, mut find: Find, key: Key) {
    match key.code {
        KeyCode::Enter => return,
        KeyCode::Esc => find.input.reset(),
        _ => {
            edit(&mut find.input, key);
        }
    }
    let text = find.input.value().to_owned();
    match find.list {
        FindIn::Tree => {
            state.tree.filter = text;
            catalog::rebuild(state);
        }
        FindIn::Findings => {
            state.drift.filter = text;
            check::relist(state);
        }
    }
    if key.code != KeyCode::Esc {
        state.overlay = Some(Overlay::Find(find));
    }
}

fn prompt_key(state: &mut State, mut prompt: Prompt, key: Key, fx: &mut Effects) {
    match key.code {
        KeyCode::Esc => return,
        KeyCode::Enter => {
            export::write(state, prompt.input.value(), Existing::Stays, fx);
            return;
        }
        _ => {
            edit(&mut prompt.input, key);
        }
    }
    state.overlay = Some(Overlay::Prompt(prompt));
}

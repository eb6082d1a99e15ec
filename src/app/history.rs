//! Requests that were run, with their answers: stepping back shows one again without reading.
//!
//! The answer on the screen belongs to the request the history stands at; the others wait here, in
//! bounded memory. Owns no reading: what is no longer kept is shown as a request alone.

use super::catalog::replan;
use super::effect::Effects;
use super::job::Slot;
use super::request::Origin;
use super::results::{Phase, Results, Source};
use super::state::State;
use super::viewport::Pane;
use crate::domain::query::Consistency;

/// Most bytes of rows that wait; the answer on the screen is not counted.
const BYTES: usize = 64 * 1024 * 1024;

/// Most requests remembered.
const REQUESTS: usize = 200;

/// A request as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    text: String,
    consistency: Consistency,
}

/// A request that was run.
#[derive(Debug, Clone)]
struct Past {
    written: Written,
    /// Its answer; none while it is on the screen, or when it is no longer kept.
    answer: Option<Results>,
}

/// The requests that were run, oldest first, each once.
#[derive(Debug, Clone, Default)]
pub struct History {
    past: Vec<Past>,
    /// The one whose answer is on the screen.
    at: usize,
    /// What the user was writing when they stepped away from it.
    draft: Option<Written>,
}

/// Which way to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    Forward,
}

impl History {
    /// Which of how many requests is on the screen, counted from 1; none before any was run.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        (!self.past.is_empty()).then(|| (self.at + 1, self.past.len()))
    }

    /// A request is run: it becomes the last one, unless it is the present one run again. `left` is
    /// what the screen showed.
    pub(super) fn begin(&mut self, text: &str, consistency: Consistency, left: Results) {
        let written = Written {
            text: text.to_owned(),
            consistency,
        };
        self.draft = None;
        match self.past.iter().position(|past| past.written == written) {
            Some(same) if same == self.at => return,
            Some(same) => {
                self.put_away(left);
                self.past.remove(same);
            }
            None => self.put_away(left),
        }
        self.past.push(Past {
            written,
            answer: None,
        });
        if self.past.len() > REQUESTS {
            self.past.remove(0);
        }
        self.at = self.past.len() - 1;
        self.shrink();
    }

    /// Drops every answer that waits: they are of another account, region, or endpoint.
    pub(super) fn forget_answers(&mut self) {
        for past in &mut self.past {
            past.answer = None;
        }
    }

    /// Keeps the answer that leaves the screen.
    fn put_away(&mut self, answer: Results) {
        if let Some(past) = self.past.get_mut(self.at) {
            past.answer = matches!(answer.phase, Phase::Ended(_)).then_some(answer);
        }
    }

    /// Drops the oldest answers until the rest fit.
    fn shrink(&mut self) {
        let size = |past: &Past| past.answer.as_ref().map_or(0, |a| a.rows.memory());
        let mut bytes: usize = self.past.iter().map(size).sum();
        while bytes > BYTES {
            let kept = self.past.iter_mut().filter(|past| past.answer.is_some());
            let Some(oldest) = kept.min_by_key(|past| past.answer.as_ref().and_then(|a| a.ended))
            else {
                return;
            };
            bytes -= size(oldest);
            oldest.answer = None;
        }
    }

    /// Takes the request at `to` onto the screen, in place of `shown`.
    fn show(&mut self, to: usize, shown: Results) -> Results {
        self.put_away(shown);
        self.at = to;
        let answer = self.past[to].answer.take();
        self.shrink();
        answer.unwrap_or_else(|| Results {
            phase: Phase::Dropped,
            text: self.past[to].written.text.clone(),
            ..Results::default()
        })
    }
}

/// Shows the request that was run before, with its answer.
pub(super) fn back(state: &mut State, fx: &mut Effects) {
    step(state, Way::Back, fx);
}

/// Shows the request that was run after, at last what was being written.
pub(super) fn forward(state: &mut State, fx: &mut Effects) {
    step(state, Way::Forward, fx);
}

/// Drops answers: they are of another account, region, or endpoint.
pub(super) fn forget(state: &mut State) {
    state.history.forget_answers();
    if matches!(state.results.phase, Phase::Ended(_)) {
        state.results = Results {
            phase: Phase::Dropped,
            text: std::mem::take(&mut state.results.text),
            ..Results::default()
        };
    }
}

fn step(state: &mut State, way: Way, fx: &mut Effects) {
    fx.redraw();
    if state.runs(Slot::Run) {
        state.complain("the request still runs: esc stops it, what was read stays");
        return;
    }
    let line = Written {
        text: state.request.text().to_owned(),
        consistency: state.request.consistency,
    };
    let history = &mut state.history;
    let edited = history
        .past
        .get(history.at)
        .is_some_and(|past| past.written != line);
    if edited && state.request.origin == Origin::User {
        history.draft = Some(line);
    }
    let target = match way {
        // What stands in the line was not run: back is what the rows are of.
        Way::Back if edited => Some(history.at),
        Way::Back => history.at.checked_sub(1),
        Way::Forward => Some(history.at + 1),
    };
    let written = match target {
        Some(to) if to < history.past.len() => {
            if to != history.at {
                let shown = std::mem::take(&mut state.results);
                state.results = history.show(to, shown);
                show_again(state);
            }
            Some(state.history.past[to].written.clone())
        }
        Some(_) if way == Way::Forward => history.draft.clone().filter(|_| !edited),
        _ => None,
    };
    match (written, way) {
        (Some(written), _) => {
            state.request.set(written.text, Origin::User);
            state.request.consistency = written.consistency;
            replan(state);
        }
        (None, Way::Back) => state.say("no earlier request in this session"),
        (None, Way::Forward) => state.say("no later request"),
    }
}

/// An answer came back to the screen: its units are saved, once however often it is looked at.
fn show_again(state: &mut State) {
    let height = state.height(Pane::Results);
    let results = &mut state.results;
    results.scroll.settle(results.rows.len(), height);
    if matches!(results.phase, Phase::Ended(_)) && results.source == Source::Read {
        results.source = Source::Kept;
        state.ledger.saved(results.consumption.rcu);
    }
}

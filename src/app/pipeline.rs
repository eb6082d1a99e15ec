//! The pipeline of a dataset: how changes of the base reach its copies, as followed through the stream.
//!
//! It is followed while its screen is shown, and no longer: it takes a reader slot of each shard, of
//! which there are two, so it asks before.

use super::effect::{Effect, Effects};
use super::event::LagEvent;
use super::job::{Slot, Ticket};
use super::overlay::{Overlay, Question};
use super::scroll::{Motion, Scroll};
use super::state::{Screen, State};
use super::tree::declared;
use crate::domain::lag::Flow;
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::problem::Problem;
use indexmap::{IndexMap, IndexSet};
use std::collections::VecDeque;
use std::time::Duration;

// What the engine tells, for the screen.
pub use crate::engine::lag::{CopyLag, LagReport};

/// States of a copy that are kept, one for each report.
const PAST: usize = 240;

/// Whether the pipeline is followed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Following {
    /// Not yet, or it was not wanted.
    #[default]
    No,
    /// It is.
    Yes,
    /// Not any more.
    Ended,
    /// It broke.
    Failed(Problem),
}

/// What is known of one pipeline, as of some time.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// When the last report came, in milliseconds since 1970.
    pub at: u64,
    /// The last report.
    pub report: LagReport,
    /// The states of each copy, one for each report, the last ones.
    pub past: IndexMap<CopyName, VecDeque<Flow>>,
}

/// All pipelines, and what the screen shows of them.
#[derive(Debug, Clone, Default)]
pub struct Pipeline {
    /// The dataset shown.
    pub shown: Option<DatasetName>,
    /// Whether it is followed.
    pub following: Following,
    /// What is known of each dataset's, from this session.
    pub known: IndexMap<DatasetName, Known>,
    /// Copies of the dataset shown.
    pub copies: Vec<CopyName>,
    /// Cursor among them.
    pub scroll: Scroll,
    /// Datasets whose streams may be read.
    agreed: IndexSet<DatasetName>,
    from: Screen,
}

impl Pipeline {
    /// What is known of the dataset shown.
    #[must_use]
    pub fn shown(&self) -> Option<&Known> {
        self.known.get(self.shown.as_ref()?)
    }

    /// The copy under the cursor.
    #[must_use]
    pub fn copy(&self) -> Option<&CopyName> {
        self.copies.get(self.scroll.cursor)
    }

    /// How far a copy was behind when that was last known, and how many milliseconds ago that was.
    #[must_use]
    pub fn lag(&self, dataset: &DatasetName, copy: &CopyName, now: u64) -> Option<(Flow, u64)> {
        let known = self.known.get(dataset)?;
        let mut copies = known.report.copies.iter();
        let found = copies.find(|lag| lag.copy == *copy)?;
        (found.flow != Flow::Unknown).then(|| (found.flow, now.saturating_sub(known.at)))
    }

    /// Moves among the copies.
    pub fn step(&mut self, motion: Motion, height: usize) {
        self.scroll.step(motion, self.copies.len(), height);
    }
}

impl Known {
    /// The states of a copy, the last ones, oldest first.
    #[must_use]
    pub fn lags(&self, copy: &CopyName, most: usize) -> Vec<Option<Duration>> {
        let Some(past) = self.past.get(copy) else {
            return Vec::new();
        };
        let skipped = past.len().saturating_sub(most);
        past.iter().skip(skipped).map(|flow| flow.lag()).collect()
    }

    /// The state of the last ones in which the copy was furthest behind.
    #[must_use]
    pub fn worst(&self, copy: &CopyName, most: usize) -> Option<Flow> {
        let past = self.past.get(copy)?;
        let skipped = past.len().saturating_sub(most);
        let states = past.iter().skip(skipped).copied();
        states.max_by_key(|flow| flow.lag())
    }

    fn take(&mut self, report: LagReport, now: u64) {
        for copy in &report.copies {
            let past = self.past.entry(copy.copy.clone()).or_default();
            past.push_back(copy.flow);
            if past.len() > PAST {
                past.pop_front();
            }
        }
        self.report = report;
        self.at = now;
    }
}

/// Opens the screen of the dataset that is meant; on it, leaves it.
pub(super) fn open(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    if state.screen == Screen::Pipeline {
        leave(state, fx);
        return;
    }
    let Some((dataset, copies)) = super::check::wanted(state) else {
        state.complain("no dataset to show: select one");
        return;
    };
    let names: Vec<CopyName> = declared(&state.catalog, &dataset)
        .map(|declared| declared.copies.keys().cloned().collect())
        .unwrap_or_default();
    let cursor = copies
        .first()
        .and_then(|copy| names.iter().position(|name| name == copy));
    let pipeline = &mut state.pipeline;
    pipeline.shown = Some(dataset);
    pipeline.following = Following::No;
    pipeline.scroll = Scroll::default();
    pipeline.scroll.cursor = cursor.unwrap_or(0);
    pipeline.copies = names;
    pipeline.from = state.screen;
    state.screen = Screen::Pipeline;
    follow(state, fx);
}

/// Follows, or asks whether to; anew when it does already.
pub(super) fn follow(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let Some(dataset) = state.pipeline.shown.clone() else {
        return;
    };
    let Some(bound) = state.catalog.dataset(dataset.as_str()) else {
        let problem = Problem::new(format!("the tables of `{dataset}` are not described yet"));
        state.pipeline.following = Following::Failed(problem.hint("`r`, in a moment"));
        return;
    };
    if bound.base.stream.is_none() {
        let problem = Problem::new(format!("`{}` has no stream", bound.base.name))
            .because("without one, nothing tells how far its copies are behind");
        state.pipeline.following = Following::Failed(problem);
        return;
    }
    if may_follow(state, &dataset) {
        start(state, dataset, fx);
    } else {
        state.overlay = Some(Overlay::Question(Question::Follow { dataset }));
    }
}

/// Follows without asking.
pub(super) fn start(state: &mut State, dataset: DatasetName, fx: &mut Effects) {
    if state.screen != Screen::Pipeline || state.pipeline.shown.as_ref() != Some(&dataset) {
        return;
    }
    state.pipeline.agreed.insert(dataset.clone());
    state.pipeline.following = Following::Yes;
    // What was seen before tells nothing of the time between.
    state.pipeline.known.shift_remove(&dataset);
    fx.push(Effect::Follow {
        ticket: state.slots.start(Slot::Lag),
        dataset,
    });
    fx.redraw();
}

/// Leaves the screen for the one it was opened on.
pub(super) fn leave(state: &mut State, fx: &mut Effects) {
    state.screen = state.pipeline.from;
    fx.redraw();
}

/// Leaves the stream to others once the screen is not shown any more, however it was left.
pub(super) fn let_go(state: &mut State, fx: &mut Effects) {
    if state.screen != Screen::Pipeline && state.runs(Slot::Lag) {
        state.slots.finish(Slot::Lag);
        state.pipeline.following = Following::No;
        fx.push(Effect::Cancel(Slot::Lag));
    }
}

/// Takes in what is told of a pipeline.
pub(super) fn take(state: &mut State, ticket: Ticket, event: LagEvent, fx: &mut Effects) {
    if !state.slots.is_current(ticket) {
        return;
    }
    let now = state.now;
    match event {
        LagEvent::Report(report) => {
            if let Some(dataset) = state.pipeline.shown.clone() {
                state
                    .pipeline
                    .known
                    .entry(dataset)
                    .or_default()
                    .take(*report, now);
            }
        }
        LagEvent::Ended => {
            state.slots.finish(Slot::Lag);
            let error = state
                .pipeline
                .shown()
                .and_then(|known| known.report.error.clone());
            state.pipeline.following =
                error.map_or(Following::Ended, |error| Following::Failed(error.problem));
        }
    }
    fx.redraw();
}

/// Following broke.
pub(super) fn failed(state: &mut State, problem: Problem) {
    state.pipeline.following = Following::Failed(problem);
}
/// Whether the stream of a dataset may be read without asking.
pub(crate) fn may_follow(state: &State, dataset: &DatasetName) -> bool {
    state.is_demo() || state.pipeline.agreed.contains(dataset)
}

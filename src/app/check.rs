//! Checking a dataset for drift: what to check, asking when it is dear, taking findings in.

use super::drift::{CheckPhase, Size, Start};
use super::effect::{Effect, Effects};
use super::event::CheckEvent;
use super::job::{Slot, Ticket};
use super::overlay::{Asked, Overlay, Question};
use super::pipeline::may_follow;
use super::run::withdraw_question;
use super::scroll::Scroll;
use super::state::{Screen, State};
use super::tree::{Node, declared};
use super::viewport::Pane;
use crate::domain::cost::scan_range;
use crate::domain::drift::Noted;
use crate::domain::names::{CopyName, DatasetName, Rcu};
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::schema::Table;
use crate::engine::drift::{CheckOutcome, DriftEvent};

/// Checks what is selected: a copy alone, else its whole dataset. While a check runs, shows it.
pub(super) fn check(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    if state.runs(Slot::Check) {
        show_running(state);
        return;
    }
    let Some((dataset, copies)) = wanted(state) else {
        state.complain("nothing to check: select a dataset or a copy");
        return;
    };
    if let Some(Err(problem)) = state.catalog.datasets.get(&dataset) {
        let text = format!("cannot check `{dataset}`: {}", problem.what);
        state.complain(text);
        return;
    }
    if state.catalog.dataset(dataset.as_str()).is_none() {
        state.complain(format!(
            "cannot check `{dataset}`: its tables are not described yet"
        ));
        return;
    }
    let rcu = estimate(state, &dataset, &copies);
    let limit = state.settings.ask_rcu;
    if rcu.is_some_and(|rcu| rcu > limit) {
        state.overlay = Some(Overlay::Question(Question::CheckCost {
            dataset,
            copies,
            rcu,
            limit,
        }));
    } else {
        start(state, dataset, copies, Asked::No, fx);
    }
}

/// The dataset and copies that are meant.
pub(super) fn wanted(state: &State) -> Option<(DatasetName, Vec<CopyName>)> {
    if state.screen == Screen::Drift
        && let Some(dataset) = &state.drift.shown
    {
        let copies = state.drift.copy().cloned().into_iter().collect();
        return Some((dataset.clone(), copies));
    }
    if state.screen == Screen::Pipeline
        && let Some(dataset) = &state.pipeline.shown
    {
        let copies = state.pipeline.copy().cloned().into_iter().collect();
        return Some((dataset.clone(), copies));
    }
    if state.screen == Screen::Explore && state.pane() == Pane::Tree {
        match state.tree.selected() {
            Some(Node::Copy(dataset, copy)) => return Some((dataset.clone(), vec![copy.clone()])),
            Some(node) => return node.dataset().map(|d| (d.clone(), Vec::new())),
            None => {}
        }
    }
    match &state.routing.last.as_ref()?.target {
        Target::Dataset(dataset) | Target::Pinned { dataset, .. } => {
            Some((dataset.clone(), Vec::new()))
        }
        Target::Table { .. } => None,
    }
}

/// The tables that a check reads, the base first, each once.
fn tables<'a>(
    state: &'a State,
    dataset: &DatasetName,
    copies: &[CopyName],
) -> Option<(&'a Table, Vec<&'a Table>)> {
    let bound = state.catalog.dataset(dataset.as_str())?;
    let mut tables: Vec<&Table> = Vec::new();
    for copy in &bound.copies {
        let wanted = copies.is_empty() || copies.contains(&copy.mapping.name);
        if wanted && tables.iter().all(|table| table.name != copy.table.name) {
            tables.push(&copy.table);
        }
    }
    Some((&bound.base, tables))
}

/// What scanning both sides consumes at most; unknown when a size is.
fn estimate(state: &State, dataset: &DatasetName, copies: &[CopyName]) -> Option<Rcu> {
    let (base, copies) = tables(state, dataset, copies)?;
    std::iter::once(base)
        .chain(copies)
        .map(|table| scan_range(table).and_then(|range| range.high))
        .sum()
}

/// Items on both sides; unknown when a table does not say (0 is not known yet).
fn size(state: &State, dataset: &DatasetName, copies: &[CopyName]) -> Option<Size> {
    let (base, copies) = tables(state, dataset, copies)?;
    let items = |table: &Table| (table.items > 0).then_some(table.items);
    Some(Size {
        base: items(base)?,
        copies: copies.into_iter().map(items).sum::<Option<u64>>()?,
    })
}

/// Starts a check without asking, and shows it.
pub(super) fn start(
    state: &mut State,
    dataset: DatasetName,
    copies: Vec<CopyName>,
    asked: Asked,
    fx: &mut Effects,
) {
    if state.runs(Slot::Check) {
        fx.push(Effect::Cancel(Slot::Check));
    }
    let ticket = state.slots.start(Slot::Check);
    fx.push(Effect::Check {
        ticket,
        dataset: dataset.clone(),
        copies: copies.clone(),
    });
    show(state, &dataset);
    let start = Start {
        size: size(state, &dataset, &copies),
        dataset,
        scope: copies,
        asked,
    };
    state.drift.start(ticket, start, state.now);
    relist(state);
    fx.redraw();
}

/// Watches the dataset shown, or the copy under the cursor alone.
pub(super) fn watch(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let Some((dataset, copies)) = wanted(state) else {
        state.complain("nothing to watch: select a dataset");
        return;
    };
    if state.runs(Slot::Check) {
        state.complain("a check runs: `esc` ends it");
        return;
    }
    let bound = state.catalog.dataset(dataset.as_str());
    if bound.is_none_or(|bound| bound.base.stream.is_none()) {
        state.complain(format!(
            "nothing tells what changes in `{dataset}`: its base has no stream"
        ));
        return;
    }
    if !may_follow(state, &dataset) {
        state.complain("the stream is not read yet: `P` asks whether it may be");
        return;
    }
    let ticket = state.slots.start(Slot::Check);
    fx.push(Effect::Watch {
        ticket,
        dataset: dataset.clone(),
        copies: copies.clone(),
    });
    state.drift.start_watch(ticket, dataset, copies, state.now);
    relist(state);
}

/// Looks again at the findings that are listed.
pub(super) fn look_again(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let noted: Vec<Noted> = state.drift.listed_findings().map(Noted::of).collect();
    let Some(dataset) = state.drift.shown.clone().filter(|_| !noted.is_empty()) else {
        state.complain("nothing to look at again: no findings are listed");
        return;
    };
    if state.runs(Slot::Check) {
        state.complain("a check runs: it looks at everything anyway");
        return;
    }
    let ticket = state.slots.start(Slot::Check);
    fx.push(Effect::Recheck {
        ticket,
        dataset,
        noted: noted.clone(),
    });
    state.drift.start_again(ticket, noted, state.now);
}

fn show_running(state: &mut State) {
    if let Some((_, dataset)) = state.drift.running.clone() {
        show(state, &dataset);
    }
}

/// Shows the drift screen of a dataset.
pub(super) fn show(state: &mut State, dataset: &DatasetName) {
    let drift = &mut state.drift;
    if drift.shown.as_ref() != Some(dataset) {
        drift.copies = Scroll::default();
        drift.findings = Scroll::default();
        drift.diff = Scroll::default();
        drift.class = None;
        drift.filter.clear();
        drift.shown = Some(dataset.clone());
    }
    drift.copy_names = declared(&state.catalog, dataset)
        .map(|d| d.copies.keys().cloned().collect())
        .unwrap_or_default();
    state.screen = Screen::Drift;
    relist(state);
}

/// Shows the drift screen of the dataset that is meant, whether or not it was checked.
pub(super) fn open(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    if let Some((dataset, copies)) = wanted(state) {
        show(state, &dataset);
        if let [copy] = copies.as_slice()
            && let Some(at) = state.drift.copy_names.iter().position(|name| name == copy)
        {
            let (len, height) = (state.drift.copy_names.len() + 1, state.height(Pane::Copies));
            state.drift.copies.put(at + 1, len, height);
            relist(state);
        }
    } else if state.drift.running.is_some() {
        show_running(state);
    } else {
        state.complain("no dataset to show: select one");
    }
}

/// Lists the findings of the next class alone.
pub(super) fn next_class(state: &mut State, fx: &mut Effects) {
    state.drift.next_class();
    relist(state);
    fx.redraw();
}

/// Lists the findings anew.
pub(super) fn relist(state: &mut State) {
    let height = state.height(Pane::Findings);
    state.drift.list(height);
}

/// Takes what a running check tells, when it is the present one.
pub(super) fn take(state: &mut State, ticket: Ticket, event: CheckEvent, fx: &mut Effects) {
    if !state.slots.is_current(ticket) {
        return;
    }
    fx.redraw();
    match event {
        CheckEvent::Drift(event) => {
            let consumed = match &event {
                DriftEvent::Progress(progress) => Some(progress.rcu),
                DriftEvent::Finding(_) | DriftEvent::Mended(_) | DriftEvent::Open(_) => None,
            };
            state.drift.take(event);
            if let Some(consumed) = consumed {
                ask_past_limit(state, consumed, fx);
            } else {
                relist(state);
            }
        }
        CheckEvent::Done(outcome) => {
            state.slots.finish(Slot::Check);
            withdraw_question(state, Slot::Check);
            end(state, outcome.map_err(|error| error.problem));
        }
    }
}

/// Asks once whether to read on when more was consumed than anybody agreed to.
fn ask_past_limit(state: &mut State, consumed: Rcu, fx: &mut Effects) {
    let limit = state.settings.ask_rcu;
    let Some(check) = state.drift.running_check() else {
        return;
    };
    if consumed < limit || check.asked == Asked::Yes || check.phase != CheckPhase::Running {
        return;
    }
    check.asked = Asked::Yes;
    check.phase = CheckPhase::Paused;
    fx.push(Effect::Pause(Slot::Check));
    state.overlay = Some(Overlay::Question(Question::Reached {
        slot: Slot::Check,
        consumed,
        limit,
    }));
}

/// Holds the running check, or lets the held one go on.
pub(super) fn pause(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    match state.drift.running_check().map(|check| &mut check.phase) {
        Some(phase @ CheckPhase::Running) => {
            *phase = CheckPhase::Paused;
            fx.push(Effect::Pause(Slot::Check));
        }
        Some(CheckPhase::Paused) => resume(state, fx),
        Some(_) | None => state.complain("no check runs: d starts one"),
    }
}

/// Lets the held check go on.
pub(super) fn resume(state: &mut State, fx: &mut Effects) {
    if let Some(check) = state.drift.running_check()
        && check.phase == CheckPhase::Paused
    {
        check.phase = CheckPhase::Running;
        fx.push(Effect::Resume(Slot::Check));
    }
}

/// The check that runs was told to stop.
pub(super) fn cancelling(state: &mut State) {
    if let Some(check) = state.drift.running_check() {
        check.phase = CheckPhase::Cancelling;
    }
}

/// The check that ran ended. The drift screen shows it; elsewhere a sentence does.
pub(super) fn end(state: &mut State, outcome: Result<CheckOutcome, Problem>) {
    if state.screen != Screen::Drift {
        match outcome.as_ref().map(|outcome| &outcome.summary) {
            Ok(summary) if summary.has_drift() => {
                state.complain(format!("drift in `{}`: D shows it", summary.dataset));
            }
            Ok(summary) if summary.complete => {
                state.say(format!("no drift in `{}`", summary.dataset));
            }
            Ok(summary) => {
                state.complain(format!("the check of `{}` is incomplete", summary.dataset));
            }
            Err(problem) => state.complain(problem.what.clone()),
        }
    }
    state.drift.end(outcome, state.now);
    relist(state);
}

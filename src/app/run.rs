//! Running a request: asking when it is dear, taking rows in, stopping it.

use super::effect::{Effect, Effects};
use super::event::RunEvent;
use super::job::{Slot, Ticket};
use super::overlay::{Asked, Overlay, Question};
use super::results::{Phase, Results};
use super::routing::{Planned, Verdict, cheaper};
use super::state::{Screen, State};
use super::viewport::Pane;
use crate::domain::cost::ask_limit;
use crate::domain::names::Rcu;
use crate::domain::plan::{Access, Rejected};
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::schema::KeySchema;
use crate::engine::execute::ReadEvent;

/// Runs the present request, or asks first when it is dear.
pub(super) fn run(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let Some(planned) = state.routing.good() else {
        let why = match &state.routing.verdict {
            Verdict::Bad(problem) => problem.what.clone(),
            Verdict::Waiting(_) => "its tables are not described yet".to_owned(),
            Verdict::Good | Verdict::Empty => "there is no request".to_owned(),
        };
        state.complain(format!("cannot run: {why}"));
        return;
    };
    let estimate = planned.route.plan.estimate;
    let limit = limit(state, &planned.route.plan.access);
    if estimate.exceeds(limit) {
        let cheaper = cheaper(&planned.route)
            .and_then(|rejected| Some((path_name(rejected), rejected.estimate?)));
        state.overlay = Some(Overlay::Question(Question::Cost {
            estimate,
            limit,
            cheaper,
        }));
    } else {
        start(state, Asked::No, fx);
    }
}

/// Starts the present request without asking.
pub(super) fn start(state: &mut State, asked: Asked, fx: &mut Effects) {
    let Some(planned) = state.routing.good().cloned() else {
        return;
    };
    if state.runs(Slot::Run) {
        fx.push(Effect::Cancel(Slot::Run));
    }
    let ticket = state.slots.start(Slot::Run);
    fx.push(Effect::Run {
        ticket,
        request: Box::new(planned.request.clone()),
        plan: Box::new(planned.route.plan.clone()),
    });
    let text = state.request.text().to_owned();
    let key = row_key(state, &planned).cloned();
    // The cursor stays in its column, so that sorting by it does not lose it.
    let moved = state.results.column > 0;
    let wanted = state.results.column().filter(|_| moved);
    let results = Results {
        asked,
        wanted: wanted.map(|column| column.path.clone()),
        ..Results::start(planned, text, key.as_ref(), state.now)
    };
    let mut left = std::mem::replace(&mut state.results, results);
    left.stop(state.now);
    let consistency = state.request.consistency;
    state.history.begin(state.request.text(), consistency, left);
    state.request.remember();
    fx.redraw();
}

/// Keys of the items that rows are: of the base for datasets, else of the table itself.
fn row_key<'a>(state: &'a State, planned: &'a Planned) -> Option<&'a KeySchema> {
    match &planned.target {
        Target::Dataset(dataset) | Target::Pinned { dataset, .. } => state
            .catalog
            .dataset(dataset.as_str())
            .map(|dataset| &dataset.base.key),
        Target::Table { .. } => Some(&planned.route.plan.table_key),
    }
}

/// Above this a request is asked about: the setting, on a provisioned table at most ten seconds of its units.
fn limit(state: &State, access: &Access) -> Rcu {
    let ask = state.settings.ask_rcu;
    match state.catalog.table(access.table.as_str()) {
        Some(table) => ask_limit(ask, table, access.index.as_ref()),
        None => ask,
    }
}

/// A path not taken, by the name it goes by.
#[must_use]
fn path_name(rejected: &Rejected) -> String {
    access_name(&rejected.access, rejected.operation)
}

/// A path by the name it goes by: its copy, its index, or its table.
#[must_use]
pub fn access_name(access: &Access, operation: &str) -> String {
    let name = match (&access.index, &access.copy) {
        (Some(index), Some(copy)) => format!("{copy}.{index}"),
        (Some(index), None) => index.to_string(),
        (None, Some(copy)) => copy.to_string(),
        (None, None) => access.table.to_string(),
    };
    if operation == "scan" {
        format!("scan {name}")
    } else {
        name
    }
}

/// Takes what a running request tells, when it is the present one.
pub(super) fn take(state: &mut State, ticket: Ticket, event: RunEvent, fx: &mut Effects) {
    if !state.slots.is_current(ticket) {
        return;
    }
    fx.redraw();
    match event {
        RunEvent::Read(ReadEvent::Rows(block)) => {
            state.results.push(block);
        }
        RunEvent::Read(ReadEvent::Progress(consumption)) => {
            state.results.consumption = consumption;
            ask_past_limit(state, fx);
        }
        RunEvent::Done(answer) => {
            state.slots.finish(Slot::Run);
            super::analyze::learn(state, &answer.observed, fx);
            state
                .ledger
                .answered(state.results.planned.as_ref(), &answer);
            state.results.end(Phase::Ended(answer), state.now);
            withdraw_question(state, Slot::Run);
        }
    }
}

/// Asks whether to read on when more was consumed than anybody agreed to.
fn ask_past_limit(state: &mut State, fx: &mut Effects) {
    let results = &state.results;
    let Some(planned) = &results.planned else {
        return;
    };
    let limit = limit(state, &planned.route.plan.access);
    let consumed = results.consumption.rcu;
    if results.asked == Asked::Yes || results.phase != Phase::Running || consumed < limit {
        return;
    }
    state.results.asked = Asked::Yes;
    state.results.phase = Phase::Paused;
    fx.push(Effect::Pause(Slot::Run));
    state.overlay = Some(Overlay::Question(Question::Reached {
        slot: Slot::Run,
        consumed,
        limit,
    }));
}

/// Reads on after a pause.
pub(super) fn resume(state: &mut State, slot: Slot, fx: &mut Effects) {
    match slot {
        Slot::Run => {
            if state.results.phase == Phase::Paused {
                state.results.phase = Phase::Running;
            }
            fx.push(Effect::Resume(slot));
        }
        Slot::Check => super::check::resume(state, fx),
        Slot::Analyze | Slot::Beside | Slot::Lag => {}
    }
}

/// Tells what runs in a slot to stop. It answers with what it has.
pub(super) fn cancel(state: &mut State, slot: Slot, fx: &mut Effects) {
    if !state.runs(slot) {
        return;
    }
    match slot {
        Slot::Run => state.results.phase = Phase::Cancelling,
        Slot::Check => super::check::cancelling(state),
        Slot::Analyze | Slot::Beside | Slot::Lag => {}
    }
    withdraw_question(state, slot);
    fx.push(Effect::Cancel(slot));
    fx.redraw();
}

/// Takes back the question whether a job may read on.
pub(super) fn withdraw_question(state: &mut State, of: Slot) {
    if matches!(&state.overlay, Some(Overlay::Question(Question::Reached { slot, .. })) if *slot == of)
    {
        state.overlay = None;
    }
}

/// A job broke.
pub(super) fn failed(state: &mut State, ticket: Ticket, problem: Problem, fx: &mut Effects) {
    if !state.slots.is_current(ticket) {
        return;
    }
    state.slots.finish(ticket.slot);
    withdraw_question(state, ticket.slot);
    match ticket.slot {
        Slot::Run => state.results.end(Phase::Failed(problem), state.now),
        Slot::Check => super::check::end(state, Err(problem)),
        Slot::Analyze => super::analyze::failed(state, &problem),
        Slot::Beside => super::beside::failed(state, problem),
        Slot::Lag => super::pipeline::failed(state, problem),
    }
    fx.redraw();
}

/// Cancels what the user most likely means: what the present screen shows. Whether anything was cancelled.
pub(super) fn cancel_what_runs(state: &mut State, fx: &mut Effects) -> bool {
    let first = match state.screen {
        Screen::Drift => [Slot::Check, Slot::Run, Slot::Analyze],
        _ => [Slot::Run, Slot::Check, Slot::Analyze],
    };
    let Some(slot) = first.iter().copied().find(|slot| state.is_awaited(*slot)) else {
        return false;
    };
    cancel(state, slot, fx);
    if slot != first[0] || !state.screen.shows_what_runs() {
        // What the screen shows says itself that it is being cancelled, and that it was.
        state.say(format!("the {} was told to stop", slot.noun()));
    }
    true
}

/// Runs the selected node of the tree with its default request.
pub(super) fn run_selected(state: &mut State, fx: &mut Effects) {
    let Some(text) = state.tree.selected().and_then(super::catalog::default_text) else {
        return;
    };
    state.request.set(text, super::request::Origin::Tree);
    super::catalog::replan(state);
    run(state, fx);
    if state.results.phase == Phase::Running {
        state.focus(Pane::Results);
    }
}

//! The application as a pure state machine: an event in, a new state and effects out.
//!
//! Owns what the user sees and can do. Never reads a clock, a file, the network, or a terminal:
//! time comes with [`Env`], everything else as an [`Event`], and whatever has to be done outside
//! leaves as an [`Effect`]. So the whole of it is tested by scripts of events.
//!
//! The root only routes; each screen and each kind of event has its own nested update.

pub mod analyze;
pub mod beside;
mod catalog;
mod check;
pub mod commands;
pub mod drift;
mod edit;
mod effect;
mod event;
pub mod export;
#[cfg(test)]
pub(crate) mod fixture;
pub mod format;
mod history;
mod input;
pub mod item;
mod job;
mod key;
pub mod ledger;
pub mod overlay;
pub mod pipeline;
pub mod request;
pub mod results;
pub mod routing;
mod run;
mod scroll;
mod state;
pub mod text;
pub mod tree;
mod viewport;

// Data of the engine that events and state hold: screens name it from here.
pub use crate::engine::analyze::{Analysis, AnalyzeProgress, Subject};
pub use crate::engine::catalog::CatalogEvent;
pub use crate::engine::drift::{
    CheckOutcome, CopyProgress, DriftEvent, DriftProgress, Phase as CheckStep,
};
pub use crate::engine::execute::{Answer, Consumption, ReadEvent};
pub use crate::store::budget::Pace;

pub use analyze::Initiative;
pub use effect::{Effect, Effects};
pub use event::{
    CheckEvent, Env, Event, LagEvent, Mouse, MouseAction, RunEvent, SandboxProgress, Session,
    StatisticsEvent,
};
pub use history::History;
pub use job::{Slot, Slots, Ticket};
pub use key::{Key, KeyCode, Modifiers};
pub use run::access_name;
pub use scroll::{Motion, Scroll};
pub use state::{Notice, Screen, Settings, Severity, Start, State, Themes};
pub use viewport::{Area, ColumnSpan, Pane, Placed, Viewports};

/// Takes an event into the state. Total: any event in any state is fine.
pub fn update(state: &mut State, event: Event, env: &Env) -> Effects {
    state.now = env.now_millis;
    let mut fx = Effects::default();
    match event {
        Event::Key(key) => input::key(state, key, &mut fx),
        Event::Mouse(mouse) => input::mouse(state, mouse, &mut fx),
        Event::Paste(text) => input::paste(state, &text, &mut fx),
        Event::Resize => fx.redraw(),
        Event::Viewports(viewports) => input::viewports(state, viewports, &mut fx),
        Event::Tick => {
            if state.is_moving() {
                fx.redraw();
            }
        }
        Event::Catalog(event) => catalog::take(state, event, &mut fx),
        Event::Identity(identity) => {
            if state.identity != identity {
                history::forget(state);
            }
            state.identity = identity;
            catalog::replan(state);
            fx.redraw();
        }
        Event::Session(session) => {
            if state.session != session {
                state.session = session;
                fx.redraw();
            }
        }
        Event::Pace(pace) => {
            if state.pace != pace {
                state.pace = pace;
                fx.redraw();
            }
        }
        Event::Ledger(snapshot) => {
            ledger::take(state, snapshot);
            fx.redraw();
        }
        Event::Sandbox(progress) => {
            state.sandbox = (progress.loaded < progress.of).then_some(progress);
            fx.redraw();
        }
        Event::Run(ticket, event) => run::take(state, ticket, event, &mut fx),
        Event::Check(ticket, event) => check::take(state, ticket, event, &mut fx),
        Event::Beside(ticket, looked) => beside::take(state, ticket, *looked, &mut fx),
        Event::Lag(ticket, event) => pipeline::take(state, ticket, event, &mut fx),
        Event::Statistics(event) => analyze::take(state, event, &mut fx),
        Event::Written(path, written) => export::take(state, path, written, &mut fx),
        Event::Failed(ticket, problem) => run::failed(state, ticket, problem, &mut fx),
        Event::Problem(problem) => {
            state.complain(problem.to_string());
            state.problems.push(problem);
            fx.redraw();
        }
    }
    catalog::describe_awaited(state, &mut fx);
    analyze::unasked(state, &mut fx);
    ledger::follow(state, &mut fx);
    pipeline::let_go(state, &mut fx);
    fx
}

#[cfg(test)]
mod tests;

//! The catalog grows: tree, default request, and route follow.

use super::effect::{Effect, Effects};
use super::request::Origin;
use super::routing::{Listing, Outcome, Verdict, plan_text};
use super::state::State;
use super::tree::{Node, is_of_a_dataset};
use super::viewport::Pane;
use crate::domain::expr::Predicate;
use crate::domain::names::TableName;
use crate::domain::query::{Request, Select, Target};
use crate::engine::catalog::{self, CatalogEvent};

/// Rows asked for when the user has not said how many.
pub(super) const LIMIT: u64 = 100;

/// Takes what the loader tells.
pub(super) fn take(state: &mut State, event: CatalogEvent, fx: &mut Effects) {
    let matters = match &event {
        CatalogEvent::Done => {
            state.listing = Listing::Done;
            true
        }
        CatalogEvent::ListFailed(error) => {
            state.complain(error.problem.to_string());
            state.list_problem = Some(error.problem.clone());
            false
        }
        CatalogEvent::Listed(_) => {
            state.list_problem = None;
            !matches!(state.routing.verdict, Verdict::Good)
        }
        CatalogEvent::Table(table, _) => concerns_route(state, table.as_str()),
    };
    catalog::apply(&mut state.catalog, event);
    rebuild(state);
    if matters {
        replan(state);
    }
    fx.redraw();
}

/// Whether describing `table` may change the present route.
fn concerns_route(state: &State, table: &str) -> bool {
    let Some(planned) = state.routing.good() else {
        return true;
    };
    match &planned.target {
        Target::Table { table: of, .. } => *of == *table,
        Target::Dataset(dataset) | Target::Pinned { dataset, .. } => {
            super::tree::declared(&state.catalog, dataset).is_some_and(|d| {
                d.base == *table || d.copies.values().any(|copy| copy.table == *table)
            })
        }
    }
}

/// Builds the tree anew. The request follows the selection until the user writes one.
pub(super) fn rebuild(state: &mut State) {
    let height = state.height(Pane::Tree);
    state.tree.rebuild(&state.catalog, height);
    if state.request.origin == Origin::Tree {
        follow(state);
    }
}

/// Writes the default request of the selected node, unless the user wrote one.
pub(super) fn follow(state: &mut State) {
    if state.request.origin == Origin::User {
        return;
    }
    let text = state
        .tree
        .selected()
        .and_then(default_text)
        .unwrap_or_default();
    if state.request.text() != text {
        state.request.set(text, Origin::Tree);
        replan(state);
    }
}

/// The default request of a node.
pub(super) fn default_text(node: &Node) -> Option<String> {
    let request = Request {
        select: Select::All,
        from: node.from_parts()?,
        filter: Predicate::TRUE,
        order: Vec::new(),
        limit: Some(LIMIT),
    };
    Some(request.to_string())
}

/// Plans the present text anew.
pub(super) fn replan(state: &mut State) {
    let text = state.request.text();
    if text.trim().is_empty() {
        state.routing.verdict = Verdict::Empty;
        return;
    }
    let planned = plan_text(text, state.request.consistency, state.known());
    state.routing.verdict = match planned {
        Ok(Outcome::Planned(planned)) => {
            state.routing.last = Some(*planned);
            Verdict::Good
        }
        Ok(Outcome::Waiting(tables)) => Verdict::Waiting(tables),
        Err(problem) => Verdict::Bad(problem),
    };
}

/// Asks for tables that the request waits for and that nobody will describe unasked: the loader
/// describes those of dataset files, and only the first of the others.
pub(super) fn describe_awaited(state: &mut State, fx: &mut Effects) {
    let Verdict::Waiting(tables) = &state.routing.verdict else {
        return;
    };
    let wanted: Vec<TableName> = tables
        .iter()
        .filter(|table| state.catalog.tables.contains_key(*table))
        .filter(|table| !is_of_a_dataset(&state.catalog, table))
        .filter(|table| !state.described.contains(*table))
        .cloned()
        .collect();
    if !wanted.is_empty() {
        state.described.extend(wanted.iter().cloned());
        fx.push(Effect::Describe(wanted));
    }
}

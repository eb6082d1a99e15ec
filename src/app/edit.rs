//! Changing the request without typing: filter by a value, sort by a column, limit, consistency.

use super::catalog::replan;
use super::effect::Effects;
use super::request::Origin;
use super::state::{Screen, State};
use crate::domain::expr::{CompareOp, Path, Predicate, ValueExpr};
use crate::domain::query::{Consistency, Direction, OrderBy, Request, parse_request};
use crate::domain::value::{Kind, Value};

/// Limits that `L` goes through; after the last there is none.
const LIMITS: [u64; 3] = [50, 100, 500];

/// Changes the present request and plans it anew.
fn revise(state: &mut State, fx: &mut Effects, change: impl FnOnce(&mut Request)) {
    fx.redraw();
    match parse_request(state.request.text()) {
        Ok(mut request) => {
            change(&mut request);
            state.request.set(request.to_string(), Origin::User);
            replan(state);
        }
        Err(problem) => state.complain(format!(
            "the request has to be mended first: {}",
            problem.what
        )),
    }
}

/// Sorts by the column under the cursor: descending, ascending, not at all.
pub(super) fn sort(state: &mut State, fx: &mut Effects) {
    let Some(path) = state.results.column().map(|column| column.path.clone()) else {
        state.complain("no column to sort by: run a request first");
        fx.redraw();
        return;
    };
    revise(state, fx, |request| {
        let direction = match request.order.first() {
            Some(first) if first.path == path => match first.direction {
                Direction::Descending => Some(Direction::Ascending),
                Direction::Ascending => None,
            },
            _ => Some(Direction::Descending),
        };
        request.order = direction
            .map(|direction| OrderBy { path, direction })
            .into_iter()
            .collect();
    });
}

/// Adds to the filter that an attribute has the value under the cursor.
pub(super) fn filter(state: &mut State, fx: &mut Effects) {
    let Some((path, value)) = under_cursor(state) else {
        state.complain("no value to filter by: put the cursor on one");
        fx.redraw();
        return;
    };
    let Some(condition) = condition(path, value) else {
        state.complain("sets, lists, maps, and binaries cannot be compared in a request");
        fx.redraw();
        return;
    };
    revise(state, fx, |request| {
        if !request.filter.conjuncts().contains(&condition) {
            let filter = std::mem::replace(&mut request.filter, Predicate::TRUE);
            request.filter = filter.and(condition);
        }
    });
}

/// The attribute under the cursor, and its value if it has one.
pub(super) fn under_cursor(state: &State) -> Option<(Path, Option<Value>)> {
    if state.screen == Screen::Item {
        let path = state.item.line()?.path.clone()?;
        return Some((path, state.item.value().cloned()));
    }
    let row = state.results.row()?;
    let path = state.results.column()?.path.clone();
    let value = row.at(&path).map(|value| value.to_value());
    Some((path, value))
}

/// The condition that holds for items like this one.
fn condition(path: Path, value: Option<Value>) -> Option<Predicate> {
    match value {
        None => Some(Predicate::NotExists(path)),
        Some(Value::Null) => Some(Predicate::TypeIs(path, Kind::Null)),
        Some(value @ (Value::S(_) | Value::N(_) | Value::Bool(_))) => Some(Predicate::Compare(
            ValueExpr::Path(path),
            CompareOp::Eq,
            ValueExpr::Literal(value),
        )),
        Some(_) => None,
    }
}

/// Goes to the next limit.
pub(super) fn limit(state: &mut State, fx: &mut Effects) {
    revise(state, fx, |request| {
        request.limit = match request.limit {
            None => Some(LIMITS[0]),
            Some(limit) => LIMITS.into_iter().find(|next| *next > limit),
        };
    });
}

/// Changes between eventual and strong reads.
pub(super) fn consistency(state: &mut State, fx: &mut Effects) {
    state.request.consistency = match state.request.consistency {
        Consistency::Eventual => Consistency::Strong,
        Consistency::Strong => Consistency::Eventual,
    };
    replan(state);
    fx.redraw();
}

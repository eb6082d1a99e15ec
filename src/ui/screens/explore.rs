//! Explore: datasets at the left; request, route, and results at the right.

use crate::app::routing::Verdict;
use crate::app::{Pane, State, format};
use crate::domain::lag::Flow;
use crate::theme::Role;
use crate::ui::canvas::Canvas;
use crate::ui::frames::{Section, stack};
use crate::ui::widgets::{request, results, route, tree};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// From this height on the tree spares a line for what is known of the selected table.
const FOOT_FROM: u16 = 10;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let width = (area.width / 4 + 1).clamp(25, 38);
    let left = Rect { width, ..area };
    let right = Rect {
        x: area.x + width,
        width: area.width - width,
        ..area
    };
    let focus = state.overlay.is_none().then(|| state.pane());
    draw_tree(canvas, left, focus, state);
    draw_request(canvas, right, focus, state);
}

fn draw_tree(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let filter = &state.tree.filter;
    let note = if filter.is_empty() {
        Line::default()
    } else {
        canvas.ink.line(Role::StatusWarn, format!("/{filter}"))
    };
    let section = Section {
        pane: Pane::Tree,
        title: "Datasets".into(),
        note,
        rows: 0,
    };
    for body in stack(canvas, area, focus, &[section]) {
        let foot = u16::from(body.height >= FOOT_FROM && tree::has_foot(state));
        let list = Rect {
            height: body.height - foot,
            ..body
        };
        canvas.place(Pane::Tree, area, list, 0);
        tree::draw(canvas, list, state);
        if foot > 0 {
            tree::draw_foot(canvas, body, state);
        }
    }
}

fn draw_request(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let inner = area.width.saturating_sub(2);
    let sections = [
        Section {
            pane: Pane::Request,
            title: "Request".into(),
            note: history_note(canvas, state),
            rows: request::rows(state, inner),
        },
        Section {
            pane: Pane::Route,
            title: route_title(state).into(),
            note: route_note(canvas, state, inner),
            rows: (area.height / 6).clamp(3, 7),
        },
        Section {
            pane: Pane::Results,
            title: results::title(state).into(),
            note: results_note(canvas, state),
            rows: 0,
        },
    ];
    let bodies = stack(canvas, area, focus, &sections);
    let [ask, path, rows] = bodies[..] else {
        return;
    };
    request::draw(canvas, ask, state);
    let lines = route::draw(canvas, path, state);
    let frame = Rect {
        y: path.y - 1,
        height: path.height + 2,
        ..area
    };
    canvas.place(Pane::Route, frame, path, lines);
    let frame = Rect {
        y: rows.y - 1,
        height: rows.height + 2,
        ..area
    };
    results::draw(canvas, frame, rows, state);
}

/// Which of the requests that were run this is.
fn history_note(canvas: &Canvas<'_>, state: &State) -> Line<'static> {
    match state.history.place() {
        Some((at, of)) if of > 1 => {
            let text = if state.results_are_current() {
                format!("run {at} of {of}")
            } else {
                format!("not run yet, after {at} of {of}")
            };
            canvas.ink.line(Role::Muted, text)
        }
        _ => Line::default(),
    }
}

fn route_title(state: &State) -> &'static str {
    match (&state.routing.verdict, &state.routing.last) {
        (Verdict::Good, _) | (_, None) => "Route",
        (_, Some(_)) => "Route of the last good request",
    }
}

/// From this width on a copy's freshness has all its words.
const FRESH_FROM: u16 = 60;

/// Where the estimate comes from; of a copy, how fresh it is known to be.
fn route_note(canvas: &Canvas<'_>, state: &State, width: u16) -> Line<'static> {
    let Some(planned) = state.routing.good() else {
        return Line::default();
    };
    let plan = &planned.route.plan;
    let ink = canvas.ink;
    let mut note = Line::default();
    if let Some(badge) = state.drift.badge_of(planned, &plan.access, state.now) {
        let (badge, role) = tree::badge(badge, state.now);
        let lag = planned.dataset().zip(plan.access.copy.as_ref());
        let lag = lag.and_then(|(dataset, copy)| state.pipeline.lag(dataset, copy, state.now));
        let copy = freshness(lag, width >= FRESH_FROM);
        note.push_span(ink.span(Role::Muted, copy));
        note.push_span(ink.span(role, badge));
        note.push_span(ink.span(Role::Muted, " · "));
    }
    note.push_span(ink.span(Role::Muted, plan.estimate.basis.code()));
    note
}

/// How far a copy is behind, as of when that was last known: `a copy, lag 2 s 3 min ago, `.
fn freshness(lag: Option<(Flow, u64)>, wordy: bool) -> String {
    let Some((flow, ago)) = lag else {
        let unknown = if wordy {
            "a copy, lag unknown, "
        } else {
            "copy, lag ?, "
        };
        return unknown.to_owned();
    };
    let lag = format::lag(flow);
    match wordy {
        true if ago < 60_000 => format!("a copy, {lag}, "),
        true => format!("a copy, {lag} {}, ", format::ago(ago)),
        false => format!("{lag}, "),
    }
}

/// Where in the rows the cursor is; that they are of an earlier request.
fn results_note(canvas: &Canvas<'_>, state: &State) -> Line<'static> {
    let results = &state.results;
    if results.planned.is_some() && !state.results_are_current() {
        return canvas.ink.line(Role::StatusWarn, "of an earlier request");
    }
    if let Some(age) = results.age(state.now) {
        let units = format::rcu(results.consumption.rcu);
        let ago = format::ago(age);
        return canvas
            .ink
            .line(Role::StatusOk, format!("read {ago}, {units} RCU saved"));
    }
    if results.rows.is_empty() {
        return Line::default();
    }
    let columns = results.columns.list().len() as u64;
    canvas.ink.line(
        Role::Muted,
        format!(
            "row {}, column {} of {}",
            format::count(results.scroll.cursor as u64 + 1),
            results.column + 1,
            columns
        ),
    )
}

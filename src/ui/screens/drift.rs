//! Drift: how far the check is, each copy with its counts, findings, and what differs in one of them.

mod copies;
mod diff;
mod findings;

use crate::app::drift::{Check, CheckPhase, Reading, drifted};
use crate::app::text::{left, sanitise, truncate};
use crate::app::{CheckStep, DriftProgress, Pane, State, format};
use crate::domain::names::Rcu;
use crate::domain::problem::Problem;
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack};
use crate::ui::widgets::{bar, problem, spinner};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// From this width on there is room for all figures.
const WIDE: usize = 100;
/// Notes that are shown.
const NOTES: u16 = 3;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let drift = &state.drift;
    let focus = state.overlay.is_none().then(|| state.pane());
    let copies = u16::try_from(drift.copy_names.len() + 2).unwrap_or(u16::MAX);
    let top = copies.min(area.height / 3) + 3 + notes(drift.check());
    let upper = Rect {
        height: top,
        ..area
    };
    let lower = Rect {
        y: area.y + top,
        height: area.height.saturating_sub(top),
        ..area
    };
    draw_check(canvas, upper, focus, state);
    let split = area.width * 2 / 5;
    let list = Rect {
        width: split,
        ..lower
    };
    let detail = Rect {
        x: lower.x + split,
        width: lower.width - split,
        ..lower
    };
    findings::draw(canvas, list, focus, state);
    draw_diff(canvas, detail, focus, state);
}

fn draw_check(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let drift = &state.drift;
    let name = drift
        .shown
        .as_ref()
        .map_or_else(String::new, ToString::to_string);
    let section = Section {
        pane: Pane::Copies,
        title: format!("Drift of {}", sanitise(&name)).into(),
        note: canvas.ink.line(Role::Muted, what_next(drift.check())),
        rows: 0,
    };
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let told = 1 + notes(drift.check());
    let status = Rect {
        height: told.min(body.height),
        ..body
    };
    let width = usize::from(body.width);
    let line = check_line(canvas.ink, state, width);
    canvas.line(status, 0, &line);
    for (at, note) in drift.check().iter().flat_map(|c| &c.notes).enumerate() {
        let line = canvas.ink.line(Role::StatusWarn, note_text(note, width));
        canvas.line(status, at + 1, &line);
    }
    let table = Rect {
        y: body.y + status.height,
        height: body.height - status.height,
        ..body
    };
    copies::draw(canvas, area, table, state);
}

/// Lines that notes of the check take.
fn notes(check: Option<&Check>) -> u16 {
    let notes = check.map_or(0, |check| check.notes.len());
    u16::try_from(notes).unwrap_or(u16::MAX).min(NOTES)
}

/// What there is to know, and why as far as there is room.
fn note_text(note: &Problem, width: usize) -> String {
    let why = note.why.iter().map(|why| format!(": {why}"));
    let text = format!("! {}{}", note.what, why.collect::<String>());
    truncate(&sanitise(&text), width).into_owned()
}

/// What the keys do to the check.
const fn what_next(check: Option<&Check>) -> &'static str {
    match check {
        Some(check) => match check.phase {
            CheckPhase::Running => "space pauses, esc stops",
            CheckPhase::Paused => "space goes on, esc stops",
            CheckPhase::Cancelling => "",
            CheckPhase::Ended | CheckPhase::Failed(_) => {
                "d checks again, r looks again at findings"
            }
        },
        None => "d checks",
    }
}

/// How far the check is, on one line.
fn check_line(ink: Ink<'_>, state: &State, width: usize) -> Line<'static> {
    let Some(check) = state.drift.check() else {
        return ink.line(Role::Muted, "not checked in this session: d starts a check");
    };
    match &check.phase {
        CheckPhase::Failed(problem) => {
            let lines = problem::lines(ink, problem, width);
            lines.into_iter().next().unwrap_or_default()
        }
        CheckPhase::Running | CheckPhase::Paused | CheckPhase::Cancelling => {
            progress_line(ink, check, state, width)
        }
        CheckPhase::Ended => ended_line(ink, check, width),
    }
}

fn progress_line(ink: Ink<'_>, check: &Check, state: &State, width: usize) -> Line<'static> {
    let elapsed = format::millis(state.now.saturating_sub(check.started));
    let paused = check.phase == CheckPhase::Paused;
    let (mark, role) = if paused {
        ("‖", Role::StatusWarn)
    } else {
        (spinner(state.now), Role::StatusBusy)
    };
    let phase = match (&check.phase, check.progress.as_ref().map(|p| p.phase)) {
        (CheckPhase::Cancelling, _) => "cancelling",
        (CheckPhase::Paused, _) => "paused",
        (_, None) => "starting",
        (_, Some(CheckStep::Base)) => "reading the base",
        (_, Some(CheckStep::Copies)) => "reading the copies",
        (_, Some(CheckStep::Grace)) if check.reading != Reading::Everything => {
            "waiting for the grace"
        }
        (_, Some(CheckStep::Grace)) => "waiting for what is in flight",
        (_, Some(CheckStep::Verify)) => "looking again",
        (_, Some(CheckStep::Watch)) => "watching",
    };
    let mut line = ink.line(role, format!("{mark} {phase}"));
    let Some(progress) = &check.progress else {
        push_what_fits(ink, &mut line, Role::Text, vec![elapsed], width);
        return line;
    };
    if let Some(percent) = check.percent() {
        let shown = u32::try_from(percent).unwrap_or(0);
        let cells = if width >= WIDE { 20 } else { 6 };
        let bar = left(&bar(f64::from(shown), 100.0, cells), cells);
        line.push_span(ink.span(Role::Progress, format!("  {bar}")));
        line.push_span(ink.span(Role::Text, format!(" {percent}%")));
    }
    let mut figures = speed(progress, paused);
    figures.push(elapsed);
    figures.push(format::plural(progress.candidates, "candidate"));
    let noun = match progress.phase {
        CheckStep::Base | CheckStep::Copies => "items",
        CheckStep::Grace | CheckStep::Verify | CheckStep::Watch => "looked at",
    };
    let items = format::count(progress.items);
    figures.push(match progress.of {
        Some(of) => format!("{items} of {} {noun}", format::count(of)),
        None => format!("{items} {noun}"),
    });
    push_what_fits(ink, &mut line, Role::Text, figures, width);
    line
}

/// Units against the budget, units a second against the pace, and the time left.
fn speed(progress: &DriftProgress, paused: bool) -> Vec<String> {
    let units = format::rcu(progress.rcu);
    let mut figures = vec![match progress.budget {
        Some(budget) => format!("{units} of {} RCU", format::rcu(budget)),
        None => format!("{units} RCU"),
    }];
    if paused {
        return figures;
    }
    if let Some(rate) = progress.rate {
        let of = progress
            .pace
            .map_or_else(String::new, |pace| format!(" of {}", format::rcu(pace)));
        figures.push(format!("{}{of} RCU/s", format::rcu(Rcu(rate))));
    }
    if let Some(eta) = progress.eta {
        let left = u64::try_from(eta.as_millis()).unwrap_or(u64::MAX);
        figures.push(format!("≈ {} left", format::age(left.max(1000))));
    }
    figures
}

/// What another look came to: `✓ all 3 cleared`, `✗ 1 of 3 cleared`.
fn cleared(check: &Check) -> Option<(String, Role)> {
    let Reading::Again { noted, cleared } = &check.reading else {
        return None;
    };
    let (of, cleared) = (noted.len() as u64, *cleared as u64);
    Some(if cleared >= of {
        (
            format!("✓ cleared {}", format::plural(of, "finding")),
            Role::DriftClean,
        )
    } else {
        let of = format::plural(of, "finding");
        (
            format!("✗ cleared {} of {of}", format::count(cleared)),
            Role::DriftFound,
        )
    })
}

fn ended_line(ink: Ink<'_>, check: &Check, width: usize) -> Line<'static> {
    let Some(summary) = &check.summary else {
        return Line::default();
    };
    let found: u64 = summary.copies.iter().map(drifted).sum();
    let of = match check.reading {
        Reading::Changes => " in what changed",
        Reading::Everything | Reading::Again { .. } => "",
    };
    let drifted = |n| format!("✗ {} drifted{of}", format::plural(n, "item"));
    let (text, role) = match (found, summary.complete) {
        (0, true) => (format!("✓ no drift{of}"), Role::DriftClean),
        (0, false) => ("? incomplete, no drift so far".to_owned(), Role::StatusWarn),
        (n, true) => (drifted(n), Role::DriftFound),
        (n, false) => (
            format!("{} so far, incomplete", drifted(n)),
            Role::DriftFound,
        ),
    };
    let (text, role) = cleared(check).unwrap_or((text, role));
    let why = check
        .error
        .as_ref()
        .map_or_else(String::new, |error| format!(": {}", error.problem.what));
    let millis = check
        .ended
        .unwrap_or(check.started)
        .saturating_sub(check.started);
    let mut parts = vec![
        format!("consumed {} RCU", format::rcu(summary.consumed)),
        format::millis(millis),
    ];
    if check.reading == Reading::Everything {
        parts.push(format!("{} base items", format::count(summary.base_items)));
    }
    if check.reading == Reading::Changes {
        parts.push(format!(
            "{} changed items",
            format::count(summary.base_items)
        ));
    }
    if let Some(rcu) = summary.scan.rcu
        && check.reading == Reading::Everything
    {
        parts.push(format!("expected {} RCU", format::rcu_range(rcu)));
    }
    let mut line = ink.line(role, format!("{text}{why}"));
    push_what_fits(ink, &mut line, Role::Muted, parts, width);
    line
}

/// Appends figures, the most telling first, as long as they fit whole.
fn push_what_fits(
    ink: Ink<'_>,
    line: &mut Line<'static>,
    role: Role,
    parts: Vec<String>,
    width: usize,
) {
    for (at, part) in parts.into_iter().enumerate() {
        let gap = if at == 0 { "  " } else { " · " };
        let span = ink.span(role, format!("{gap}{part}"));
        if line.width() + span.width() > width {
            break;
        }
        line.push_span(span);
    }
}

fn draw_diff(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let section = Section {
        pane: Pane::Diff,
        title: "Difference".into(),
        note: Line::default(),
        rows: 0,
    };
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let width = usize::from(body.width);
    let lines = match (state.drift.finding(), state.drift.check()) {
        (Some(finding), _) => diff::lines(canvas.ink, finding, width),
        (
            None,
            Some(Check {
                phase: CheckPhase::Failed(problem),
                ..
            }),
        ) => problem::lines(canvas.ink, problem, width),
        (None, _) => Vec::new(),
    };
    canvas.place(Pane::Diff, area, body, lines.len());
    canvas.lines(body, lines.into_iter().skip(state.drift.diff.offset));
}

//! Drift: how far the check is, each copy with its counts, findings, and what differs in one of them.

mod diff;

use crate::app::drift::{Check, CheckPhase, drifted, key_text};
use crate::app::text::{left, right, sanitise, truncate, truncate_start};
use crate::app::{CheckStep, Pane, State, format};
use crate::domain::drift::{Class, CopySummary, Finding};
use crate::domain::names::CopyName;
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use crate::ui::widgets::{bar, problem, spinner, tree};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// From this width on there is room for all figures.
const WIDE: usize = 100;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let drift = &state.drift;
    let focus = state.overlay.is_none().then(|| state.pane());
    let copies = u16::try_from(drift.copy_names.len() + 2).unwrap_or(u16::MAX);
    let top = copies.min(area.height / 3) + 3;
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
    draw_findings(canvas, list, focus, state);
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
        note: canvas.ink.line(Role::Muted, "d checks again"),
        rows: 0,
    };
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let status = Rect { height: 1, ..body };
    let line = check_line(canvas.ink, state, usize::from(body.width));
    canvas.line(status, 0, &line);
    let table = Rect {
        y: body.y + 1,
        height: body.height.saturating_sub(1),
        ..body
    };
    draw_copies(canvas, area, table, state);
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
        CheckPhase::Running | CheckPhase::Cancelling => progress_line(ink, check, state, width),
        CheckPhase::Ended => ended_line(ink, check, width),
    }
}

fn progress_line(ink: Ink<'_>, check: &Check, state: &State, width: usize) -> Line<'static> {
    let spin = spinner(state.now);
    let elapsed = format::millis(state.now.saturating_sub(check.started));
    let Some(progress) = &check.progress else {
        return ink.line(Role::StatusBusy, format!("{spin} starting, {elapsed}"));
    };
    let phase = match (&check.phase, progress.phase) {
        (CheckPhase::Cancelling, _) => "cancelling",
        (_, CheckStep::Base) => "reading the base",
        (_, CheckStep::Copies) => "reading the copies",
        (_, CheckStep::Grace) => "waiting for what is in flight",
        (_, CheckStep::Verify) => "looking again",
    };
    let noun = match progress.phase {
        CheckStep::Base | CheckStep::Copies => "items",
        CheckStep::Grace | CheckStep::Verify => "looked at",
    };
    let of = progress
        .of
        .filter(|_| width >= WIDE)
        .map_or_else(String::new, |of| format!(" of {}", format::count(of)));
    let figures = format!(
        "{}{of} {noun} · {} RCU · {} · {elapsed}",
        format::count(progress.items),
        format::rcu(progress.rcu),
        format::plural(progress.candidates, "candidate"),
    );
    let mut line = Line::from(ink.span(Role::StatusBusy, format!("{spin} {phase}  ")));
    if let Some(percent) = check.percent() {
        let shown = u32::try_from(percent).unwrap_or(0);
        let cells = if width >= WIDE { 20 } else { 6 };
        line.push_span(ink.span(
            Role::Progress,
            left(&bar(f64::from(shown), 100.0, cells), cells),
        ));
        line.push_span(ink.span(Role::Text, format!(" {percent}%  ")));
    }
    line.push_span(ink.span(Role::Text, figures));
    line
}

fn ended_line(ink: Ink<'_>, check: &Check, width: usize) -> Line<'static> {
    let Some(summary) = &check.summary else {
        return Line::default();
    };
    let found: u64 = summary.copies.iter().map(drifted).sum();
    let (text, role) = match (found, summary.complete) {
        (0, true) => ("✓ no drift".to_owned(), Role::DriftClean),
        (0, false) => ("? incomplete, no drift so far".to_owned(), Role::StatusWarn),
        (n, true) => (
            format!("✗ {} drifted", format::plural(n, "item")),
            Role::DriftFound,
        ),
        (n, false) => (
            format!("✗ {} drifted so far, incomplete", format::plural(n, "item")),
            Role::DriftFound,
        ),
    };
    let scan = summary
        .scan
        .rcu
        .filter(|_| width >= WIDE)
        .map_or_else(String::new, |rcu| {
            format!(" (expected {})", format::rcu_range(rcu))
        });
    let why = check
        .error
        .as_ref()
        .map_or_else(String::new, |error| format!(": {}", error.problem.what));
    let millis = check
        .ended
        .unwrap_or(check.started)
        .saturating_sub(check.started);
    Line::from(vec![
        ink.span(role, format!("{text}{why}")),
        ink.span(
            Role::Muted,
            format!(
                "  {} base items · consumed {} RCU{scan} · {}",
                format::count(summary.base_items),
                format::rcu(summary.consumed),
                format::millis(millis)
            ),
        ),
    ])
}

fn draw_copies(canvas: &mut Canvas<'_>, frame: Rect, body: Rect, state: &State) {
    let drift = &state.drift;
    let head = canvas.ink.line(
        Role::TableHead,
        copy_columns("copy", "state", "expected", "actual", "found"),
    );
    canvas.line(body, 0, &head);
    let rows = Rect {
        y: body.y + 1,
        height: body.height.saturating_sub(1),
        ..body
    };
    canvas.place(Pane::Copies, frame, rows, 0);
    let names = std::iter::once(None).chain(drift.copy_names.iter().map(Some));
    let shown = names.enumerate().skip(drift.copies.offset);
    for (at, (n, name)) in shown.take(usize::from(rows.height)).enumerate() {
        let line = match name {
            None => all_line(canvas.ink, state),
            Some(name) => copy_line(canvas.ink, state, name, usize::from(rows.width)),
        };
        canvas.line(rows, at, &line);
        if n == drift.copies.cursor {
            let idle = state.pane() != Pane::Copies;
            let role = if idle {
                Role::SelectionIdle
            } else {
                Role::Selection
            };
            canvas.ground(rows, at, role);
        }
    }
    thumb(
        canvas,
        rows,
        drift.copies,
        drift.copy_names.len() + 1,
        Role::Border,
    );
}

fn copy_columns(name: &str, state: &str, expected: &str, actual: &str, found: &str) -> String {
    format!(
        "{} {} {} {}  {found}",
        left(name, 16),
        left(state, 14),
        right(expected, 9),
        right(actual, 9)
    )
}

fn all_line(ink: Ink<'_>, state: &State) -> Line<'static> {
    let found = state
        .drift
        .check()
        .map_or(0, |check| check.findings.len() as u64);
    let found = format::plural(found, "finding");
    ink.line(Role::Text, copy_columns("all copies", "", "", "", &found))
}

fn copy_line(ink: Ink<'_>, state: &State, name: &CopyName, width: usize) -> Line<'static> {
    let drift = &state.drift;
    let Some(dataset) = &drift.shown else {
        return Line::default();
    };
    let (badge, role) = tree::badge(drift.badge(dataset, name, state.now), state.now);
    let check = drift.check();
    let verdict = check.and_then(|check| check.verdicts.get(name));
    let (expected, actual, found) = match (check, verdict) {
        (Some(check), _) if check.is_open() && check.covers(name) => {
            (String::new(), read_so_far(check, name), String::new())
        }
        (_, Some(verdict)) => {
            let summary = &verdict.summary;
            (
                format::count(summary.expected),
                format::count(summary.actual),
                found_text(summary),
            )
        }
        _ => (String::new(), String::new(), String::new()),
    };
    let name = left(&sanitise(name.as_str()), 16);
    Line::from(vec![
        ink.span(Role::TreeCopy, format!("{name} ")),
        ink.span(role, left(&badge, 14)),
        ink.span(
            Role::CellNumber,
            format!(" {} {}  ", right(&expected, 9), right(&actual, 9)),
        ),
        ink.span(
            Role::Text,
            truncate(&found, width.saturating_sub(52)).into_owned(),
        ),
    ])
}

fn read_so_far(check: &Check, copy: &CopyName) -> String {
    let progress = check.progress.iter().flat_map(|progress| &progress.copies);
    progress
        .into_iter()
        .find(|(name, _)| name == copy)
        .map_or_else(String::new, |(_, n)| format::count(*n))
}

/// The classes that occur: `2 missing, 1 different, 3 in flight`.
fn found_text(summary: &CopySummary) -> String {
    let classes = summary
        .findings
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(class, n)| (*n, class.code()));
    let others = [
        (summary.in_flight, "in flight"),
        (summary.pending, "pending"),
        (summary.hot, "hot"),
    ];
    let parts: Vec<String> = classes
        .chain(others.into_iter().filter(|(n, _)| *n > 0))
        .map(|(n, word)| format!("{} {word}", format::count(n)))
        .collect();
    parts.join(", ")
}

fn draw_findings(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let drift = &state.drift;
    let note = if drift.filter.is_empty() {
        Line::default()
    } else {
        canvas
            .ink
            .line(Role::StatusWarn, format!("/{}", drift.filter))
    };
    let section = Section {
        pane: Pane::Findings,
        title: format!("Findings {}", format::count(drift.listed.len() as u64)).into(),
        note,
        rows: 0,
    };
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let Some(check) = drift.check().filter(|_| !drift.listed.is_empty()) else {
        let text = no_findings(state);
        let line = canvas.ink.line(Role::Muted, format!(" {text}"));
        canvas.line(body, 0, &line);
        return;
    };
    let shown = drift.listed.iter().enumerate().skip(drift.findings.offset);
    for (at, (n, index)) in shown.take(usize::from(body.height)).enumerate() {
        let Some(finding) = check.findings.get(*index) else {
            continue;
        };
        let line = finding_line(canvas.ink, finding, usize::from(body.width));
        canvas.line(body, at, &line);
        if n == drift.findings.cursor {
            let idle = state.pane() != Pane::Findings;
            let role = if idle {
                Role::SelectionIdle
            } else {
                Role::Selection
            };
            canvas.ground(body, at, role);
        }
    }
    thumb(
        canvas,
        body,
        drift.findings,
        drift.listed.len(),
        Role::Border,
    );
}

fn no_findings(state: &State) -> &'static str {
    let drift = &state.drift;
    match drift.check() {
        None => "nothing was checked yet",
        Some(_) if !drift.filter.is_empty() => "no finding contains this",
        Some(check) if check.is_open() => "nothing confirmed so far",
        Some(check) if matches!(check.phase, CheckPhase::Failed(_)) => "the check failed",
        Some(_) => "no findings",
    }
}

/// A finding: its class, its copy where there is room, and the end of its key, which tells most.
fn finding_line(ink: Ink<'_>, finding: &Finding, width: usize) -> Line<'static> {
    let key = key_text(finding);
    let mut line = Line::from(ink.span(class_role(finding.class), left(finding.class.code(), 11)));
    if width >= 44 {
        let copy = left(&sanitise(finding.copy.as_str()), 10);
        line.push_span(ink.span(Role::Muted, format!("{copy} ")));
    }
    let room = width.saturating_sub(line.width());
    line.push_span(ink.span(
        Role::Text,
        truncate_start(&sanitise(&key), room).into_owned(),
    ));
    line
}

/// The role of a class.
fn class_role(class: Class) -> Role {
    match class {
        Class::Missing => Role::DriftMissing,
        Class::Orphaned => Role::DriftOrphaned,
        Class::Misplaced => Role::DriftMisplaced,
        Class::Different => Role::DriftDifferent,
        Class::Stale => Role::DriftStale,
        Class::Duplicate => Role::DriftDuplicate,
        Class::Unmappable => Role::DriftUnmappable,
        Class::Expired => Role::DriftExpired,
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

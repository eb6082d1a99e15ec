//! The findings of the selected copy, one a line.

use crate::app::drift::{CheckPhase, key_text};
use crate::app::text::{left, sanitise, truncate_start};
use crate::app::{Pane, State, format};
use crate::domain::drift::{Class, Finding};
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Draws the list of findings.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
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
    let body = classes(canvas, body, state);
    canvas.place(Pane::Findings, area, body, 0);
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
            canvas.cursor(body, at, state, Pane::Findings);
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

/// How many findings there are of each class, the one that is listed alone marked; the rest of the body.
fn classes(canvas: &mut Canvas<'_>, body: Rect, state: &State) -> Rect {
    let drift = &state.drift;
    let counts = drift.check().map(|check| check.counts(drift.copy()));
    let counts = counts.unwrap_or_default();
    if counts.is_empty() {
        return body;
    }
    let ink = canvas.ink;
    let (marked, plain) = (ink.style(Role::Selection), ink.style(Role::Text));
    let word = |shown: bool, role: Role, text: String| {
        let ground = if shown { marked } else { plain };
        let mut span = ink.span(role, format!(" {text} "));
        span.style = ground.patch(span.style);
        span
    };
    let all = word(drift.class.is_none(), Role::Text, "all".to_owned());
    let mut line = Line::from(all);
    for (class, n) in counts {
        let text = format!("{} {}", format::count(n), class.code());
        let word = word(drift.class == Some(class), class_role(class), text);
        if line.width() + word.width() >= usize::from(body.width) {
            line.push_span(ink.span(Role::Muted, "…"));
            break;
        }
        line.push_span(word);
    }
    canvas.line(body, 0, &line);
    Rect {
        y: body.y + 1,
        height: body.height.saturating_sub(1),
        ..body
    }
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
pub(super) fn class_role(class: Class) -> Role {
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

//! Pipeline: from the base through its stream to each copy, with state and lag.

use crate::app::pipeline::{CopyLag, Following, Known, LagReport};
use crate::app::text::{left, right, sanitise, width};
use crate::app::{Pane, State, format};
use crate::domain::lag::Flow;
use crate::domain::names::CopyName;
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use crate::ui::widgets::{problem, spark, spinner};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Lines above the copies: the base, its stream, the head of the table.
const ABOVE: u16 = 4;
/// Columns of a state and of a count.
const STATE: usize = 18;
/// Columns before what is told of the stream.
const STREAM: usize = 11;
const COUNT: usize = 14;
/// Most reports that a sparkline tells of.
const PAST: usize = 120;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let pipeline = &state.pipeline;
    let name = pipeline.shown.as_ref().map_or("", |name| name.as_str());
    let section = Section {
        pane: Pane::Pipeline,
        title: format!("Pipeline of {}", sanitise(name)).into(),
        note: note(canvas.ink, state),
        rows: 0,
    };
    let focus = state.overlay.is_none().then_some(Pane::Pipeline);
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let nothing = Known::default();
    let known = pipeline.shown().unwrap_or(&nothing);
    let columns = usize::from(body.width);
    canvas.lines(body, source(canvas.ink, state, known, columns));
    let rows = u16::try_from(pipeline.copies.len()).unwrap_or(u16::MAX);
    let room = body.height.saturating_sub(ABOVE);
    let table = Rect {
        y: body.y + ABOVE.min(body.height),
        height: rows.min(room.saturating_sub(3).max(1)).min(room),
        ..body
    };
    canvas.place(Pane::Pipeline, area, table, 0);
    draw_copies(canvas, table, state, known);
    let below = Rect {
        y: (table.bottom() + 1).min(body.bottom()),
        height: body.bottom().saturating_sub(table.bottom() + 1),
        ..body
    };
    canvas.lines(below, remarks(canvas.ink, state, known, columns));
}

/// Whether it is followed.
fn note(ink: Ink<'_>, state: &State) -> Line<'static> {
    match state.pipeline.following {
        Following::Yes => ink.line(
            Role::StatusBusy,
            format!("{} following while this is shown", spinner(state.now)),
        ),
        Following::No => ink.line(Role::Muted, "not followed: r follows"),
        Following::Ended | Following::Failed(_) => {
            ink.line(Role::StatusWarn, "not followed any more: r follows anew")
        }
    }
}

/// The base, its stream, and the head of the copies.
fn source(ink: Ink<'_>, state: &State, known: &Known, columns: usize) -> Vec<Line<'static>> {
    let dataset = state.pipeline.shown.as_ref();
    let base = dataset.and_then(|name| state.catalog.dataset(name.as_str()));
    let table = base.map_or_else(String::new, |dataset| dataset.base.name.to_string());
    let view = base.and_then(|dataset| dataset.base.stream.as_ref());
    let view = view.map_or_else(|| "no stream".to_owned(), |stream| stream.view.clone());
    let report = &known.report;
    let mut stream = vec![view];
    if known.at > 0 {
        stream.extend(read_of(report, state.now.saturating_sub(known.at)));
    }
    // What does not fit whole is left out, the least telling first.
    while stream.len() > 1 && width(&stream.join(" · ")) + STREAM > columns {
        stream.pop();
    }
    let names = name_width(state);
    let head = format!(
        "      {}  {}  {}  lag",
        left("copy", names),
        left("state", STATE),
        right("arrived", COUNT)
    );
    vec![
        Line::from(vec![
            ink.span(Role::TreeBase, " ● "),
            ink.span(Role::Title, table),
            ink.span(Role::Muted, "  base"),
        ]),
        Line::from(vec![
            ink.span(Role::TreeBase, " │ "),
            ink.span(Role::Muted, "stream  "),
            ink.span(Role::Text, stream.join(" · ")),
        ]),
        ink.line(Role::TreeBase, " │"),
        Line::from(vec![ink.span(Role::TableHead, head)]),
    ]
}

/// What was read of the stream, as of a report that came `ago` milliseconds ago.
fn read_of(report: &LagReport, ago: u64) -> Vec<String> {
    let mut shards = format::plural(report.open as u64, "open shard");
    if report.closed > 0 {
        shards = format!("{shards}, {} closed", format::count(report.closed as u64));
    }
    let newest = report.newest.map_or_else(
        || "no record yet".to_owned(),
        |newest| format!("newest record {} old", format::age(millis(newest) + ago)),
    );
    vec![
        newest,
        shards,
        format!("{} read", format::plural(report.records, "record")),
        format!("{} RCU", format::rcu(report.rcu)),
    ]
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn name_width(state: &State) -> usize {
    let names = state.pipeline.copies.iter();
    let widest = names.map(|name| width(&sanitise(name.as_str()))).max();
    widest.unwrap_or(0).clamp(8, 24)
}

fn draw_copies(canvas: &mut Canvas<'_>, body: Rect, state: &State, known: &Known) {
    let pipeline = &state.pipeline;
    let shown = pipeline
        .copies
        .iter()
        .enumerate()
        .skip(pipeline.scroll.offset);
    for (at, (n, copy)) in shown.take(usize::from(body.height)).enumerate() {
        let last = n + 1 == pipeline.copies.len();
        let mut line = canvas
            .ink
            .line(Role::TreeBase, if last { " └─▸ " } else { " ├─▸ " });
        line.push_span(Span::raw(" "));
        copy_line(
            canvas.ink,
            &mut line,
            state,
            known,
            copy,
            usize::from(body.width),
        );
        canvas.line(body, at, &line);
        if n == pipeline.scroll.cursor {
            canvas.cursor(body, at, state, Pane::Pipeline);
        }
    }
    thumb(
        canvas,
        body,
        pipeline.scroll,
        pipeline.copies.len(),
        Role::BorderFocus,
    );
}

fn copy_line(
    ink: Ink<'_>,
    line: &mut Line<'static>,
    state: &State,
    known: &Known,
    copy: &CopyName,
    columns: usize,
) {
    let name = left(&sanitise(copy.as_str()), name_width(state));
    line.push_span(ink.span(Role::TreeCopy, format!("{name}  ")));
    let lag = known.report.copies.iter().find(|lag| lag.copy == *copy);
    let flow = lag.map_or(Flow::Unknown, |lag| lag.flow);
    let (mark, role) = mark(flow);
    let word = format!("{mark} {}", format::lag(flow));
    line.push_span(ink.span(role, left(&word, STATE)));
    let arrived = lag.map_or_else(String::new, arrived);
    line.push_span(ink.span(Role::Muted, format!("  {}  ", right(&arrived, COUNT))));
    let room = columns.saturating_sub(line.width() + 12).min(PAST);
    let lags = known.lags(copy, room);
    let most = lags.iter().flatten().max().copied().unwrap_or_default();
    // A change that arrives at once is seen, too; only nothing is blank.
    let values: Vec<f64> = lags
        .iter()
        .map(|lag| lag.map_or(0.0, |lag| lag.as_secs_f64().max(0.01)))
        .collect();
    line.push_span(ink.span(Role::Progress, spark(&values, most.as_secs_f64().max(0.08))));
    if let Some(worst) = known.worst(copy, room).and_then(format::bounds) {
        line.push_span(ink.span(Role::Muted, format!(" {worst}")));
    }
}

fn arrived(lag: &CopyLag) -> String {
    format!(
        "{} of {}",
        format::count(lag.arrived),
        format::count(lag.sampled)
    )
}

/// The mark and the role of a state.
const fn mark(flow: Flow) -> (&'static str, Role) {
    match flow {
        Flow::Unknown => ("?", Role::Muted),
        Flow::Idle => ("–", Role::Muted),
        Flow::Flowing { .. } => ("✓", Role::StatusOk),
        Flow::Behind { .. } => ("!", Role::StatusWarn),
        Flow::Stopped { .. } => ("✗", Role::StatusError),
    }
}

/// What the states mean for a check, and what limits all this.
fn remarks(ink: Ink<'_>, state: &State, known: &Known, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Following::Failed(problem) = &state.pipeline.following {
        lines.extend(problem::lines(ink, problem, columns));
    }
    let mut notes = Vec::new();
    if known
        .report
        .copies
        .iter()
        .any(|copy| copy.flow.holds_verdicts())
    {
        notes.push("while a copy is behind, what it lacks or has of old is pending: neither drift nor clean");
    }
    notes.extend(known.report.notes.iter().map(String::as_str));
    for note in notes {
        let wrapped = crate::app::text::wrap(note, columns.saturating_sub(3));
        lines.extend(wrapped.into_iter().enumerate().map(|(n, text)| {
            let lead = if n == 0 { " ! " } else { "   " };
            ink.line(Role::StatusWarn, format!("{lead}{text}"))
        }));
    }
    lines
}

//! What lies over a screen: help, why, palette, questions.

use super::canvas::Canvas;
use super::frames::{Section, stack};
use super::widgets::{problem, route};
use crate::app::commands::{self, Command, GROUPS};
use crate::app::overlay::{Overlay, Palette, Question};
use crate::app::routing::Verdict;
use crate::app::text::{left, wrap, wrap_branch};
use crate::app::{Pane, Scroll, Slot, State, format};
use crate::domain::names::{DatasetName, Rcu};
use crate::domain::plan::{Estimate, explain_text};
use crate::theme::Role;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Draws what lies over the screen, if anything does.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    match &state.overlay {
        None | Some(Overlay::Find(_) | Overlay::Prompt(_)) => {}
        Some(Overlay::Help(scroll)) => {
            let width = pager_width(area);
            let lines = help(canvas, usize::from(width) - 2);
            pager(canvas, area, "Keys", lines, *scroll);
        }
        Some(Overlay::Why(scroll)) => {
            let width = pager_width(area);
            let lines = why(canvas, state, usize::from(width) - 2);
            pager(canvas, area, "Why this route", lines, *scroll);
        }
        Some(Overlay::Problems(scroll)) => {
            let width = usize::from(pager_width(area)) - 2;
            let lines = problems(canvas, state, width);
            pager(canvas, area, "Problems", lines, *scroll);
        }
        Some(Overlay::Palette(palette)) => draw_palette(canvas, area, palette),
        Some(Overlay::Question(question)) => draw_question(canvas, area, question),
    }
}

fn pager_width(area: Rect) -> u16 {
    area.width.saturating_sub(6).min(110)
}

/// A box in the middle of an area.
fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// Draws the box of an overlay and gives its inside.
fn boxed(canvas: &mut Canvas<'_>, area: Rect, title: &str, note: &str) -> Rect {
    canvas.clear(area, Role::Overlay);
    let section = Section {
        pane: Pane::Overlay,
        title: title.to_owned().into(),
        note: canvas.ink.line(Role::Muted, note.to_owned()),
        rows: 0,
    };
    let bodies = stack(canvas, area, Some(Pane::Overlay), &[section]);
    bodies.first().copied().unwrap_or_default()
}

/// A text that scrolls.
fn pager(canvas: &mut Canvas<'_>, area: Rect, title: &str, lines: Vec<Line<'_>>, scroll: Scroll) {
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let frame = centered(area, pager_width(area), rows.saturating_add(2));
    let body = boxed(canvas, frame, title, "esc closes");
    canvas.place(Pane::Overlay, frame, body, lines.len());
    super::frames::thumb(canvas, body, scroll, lines.len(), Role::BorderFocus);
    canvas.lines(body, lines.into_iter().skip(scroll.offset));
}

fn help<'t>(canvas: &Canvas<'_>, width: usize) -> Vec<Line<'t>> {
    let ink = canvas.ink;
    let titles = commands::all().map(|command| command.title.len());
    let title = titles.max().unwrap_or(0) + 2;
    let mut lines = Vec::new();
    for group in GROUPS {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(ink.line(Role::TableHead, group.title));
        for command in group.commands {
            let help = wrap(
                &where_and_help(command),
                width.saturating_sub(16 + title).max(16),
            );
            for (at, part) in help.into_iter().enumerate() {
                let (keys, name) = match at {
                    0 => (command.keys.join(" "), command.title),
                    _ => (String::new(), ""),
                };
                lines.push(Line::from(vec![
                    ink.span(Role::Key, format!("  {}", left(&keys, 13))),
                    ink.span(Role::Text, left(name, title)),
                    ink.span(Role::Muted, part),
                ]));
            }
        }
    }
    lines
}

fn where_and_help(command: &Command) -> String {
    let place = command.place();
    if place.is_empty() {
        command.help.to_owned()
    } else {
        format!("{place}: {}", command.help)
    }
}

fn why<'t>(canvas: &Canvas<'_>, state: &State, width: usize) -> Vec<Line<'t>> {
    let ink = canvas.ink;
    let mut lines = Vec::new();
    if let Verdict::Bad(problem) = &state.routing.verdict {
        lines.extend(problem::lines(ink, problem, width));
        lines.push(Line::default());
    }
    let Some(planned) = &state.routing.last else {
        lines.push(ink.line(Role::Muted, "no route yet"));
        return lines;
    };
    let mut rejected = false;
    for line in explain_text(&planned.route).lines() {
        rejected |= line.starts_with("rejected");
        let role = match line.chars().next() {
            Some('!') => Role::StatusWarn,
            Some('├' | '└' | '│' | ' ') if rejected => Role::Muted,
            Some('├' | '└' | '│' | ' ') => Role::Text,
            _ if lines.is_empty() => Role::RouteChosen,
            _ => Role::TableHead,
        };
        let wrapped = wrap_branch(line, width).into_iter();
        lines.extend(wrapped.map(|line| ink.line(role, line)));
    }
    if let Some(note) = route::drift_note(state, planned) {
        let wrapped = wrap(&format!("! {note}"), width).into_iter();
        lines.extend(wrapped.map(|line| ink.line(Role::StatusWarn, line)));
    }
    lines
}

fn problems<'t>(canvas: &Canvas<'_>, state: &State, width: usize) -> Vec<Line<'t>> {
    let mut lines = Vec::new();
    for problem in state.all_problems() {
        lines.extend(problem::lines(canvas.ink, problem, width));
        lines.push(Line::default());
    }
    if lines.is_empty() {
        lines.push(canvas.ink.line(Role::StatusOk, "nothing is wrong"));
    }
    lines
}

fn draw_palette(canvas: &mut Canvas<'_>, area: Rect, palette: &Palette) {
    let rows = u16::try_from(palette.matches.len()).unwrap_or(u16::MAX);
    let frame = centered(area, 62, rows.saturating_add(3).clamp(6, 18));
    let body = boxed(canvas, frame, "Commands", "enter runs, esc closes");
    let line = canvas
        .ink
        .line(Role::Accent, format!(": {}", palette.input.value()));
    canvas.line(body, 0, &line);
    let x = u16::try_from(palette.input.visual_cursor() + 2).unwrap_or(u16::MAX);
    canvas.put_cursor(body.x.saturating_add(x).min(body.right() - 1), body.y);
    let list = Rect {
        y: body.y + 1,
        height: body.height.saturating_sub(1),
        ..body
    };
    canvas.place(Pane::Overlay, frame, list, palette.matches.len());
    let found = palette
        .matches
        .iter()
        .enumerate()
        .skip(palette.scroll.offset);
    for (at, (n, id)) in found.take(usize::from(list.height)).enumerate() {
        let Some(command) = commands::by_id(id) else {
            continue;
        };
        let line = canvas.ink.line(Role::Text, format!("  {}", command.title));
        canvas.line(list, at, &line);
        let keys = canvas
            .ink
            .line(Role::Key, format!("{} ", command.keys.join(" ")));
        canvas.line_right(list, at, &keys);
        if n == palette.scroll.cursor {
            canvas.ground(list, at, Role::Selection);
        }
    }
    if palette.matches.is_empty() {
        let line = canvas.ink.line(Role::Muted, "  no command matches");
        canvas.line(list, 0, &line);
    }
}

fn draw_question(canvas: &mut Canvas<'_>, area: Rect, question: &Question) {
    let (title, sentences, yes, no) = words(question);
    let width = area.width.saturating_sub(8).min(72);
    let inner = usize::from(width) - 4;
    let ink = canvas.ink;
    let mut lines = vec![Line::default()];
    for sentence in &sentences {
        let wrapped = wrap(sentence, inner).into_iter();
        lines.extend(wrapped.map(|line| ink.line(Role::Text, format!(" {line}"))));
    }
    lines.push(Line::default());
    lines.push(Line::from(vec![
        ink.span(Role::Key, " y"),
        ink.span(Role::Text, format!(" {yes}    ")),
        ink.span(Role::Key, "n"),
        ink.span(Role::Text, format!(" {no}")),
    ]));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let frame = centered(area, width, rows.saturating_add(2));
    let body = boxed(canvas, frame, title, "");
    canvas.lines(body, lines);
}

/// Title, sentences, and what yes and no mean.
fn words(question: &Question) -> (&'static str, Vec<String>, &'static str, &'static str) {
    match question {
        Question::Cost {
            estimate,
            limit,
            cheaper,
        } => (
            "A dear request",
            dear_request(estimate, *limit, cheaper.as_ref()),
            "run it",
            "do not",
        ),
        Question::Reached {
            slot,
            consumed,
            limit,
        } => (
            "The limit is reached",
            vec![format!(
                "The {} has consumed {} RCU and waits. You are asked at {} RCU.",
                slot.noun(),
                format::rcu(*consumed),
                format::rcu(*limit)
            )],
            "read on",
            match slot {
                Slot::Run => "stop; the rows so far stay",
                Slot::Check => "stop; the findings so far stay",
                Slot::Analyze | Slot::Beside | Slot::Lag => "stop; what was read stays",
            },
        ),
        Question::CheckCost {
            dataset,
            rcu,
            limit,
            ..
        } => (
            "A dear check",
            vec![dear_check(dataset, *rcu, *limit)],
            "check it",
            "do not",
        ),
        Question::Overwrite { path } => (
            "The file is there already",
            vec![format!("`{path}` would be replaced.")],
            "replace it",
            "keep it",
        ),
        Question::Follow { dataset } => (
            "A second reader",
            second_reader(dataset),
            "follow it",
            "do not",
        ),
        Question::Quit => (
            "Something runs",
            vec!["Leaving cancels it.".to_owned()],
            "leave",
            "stay",
        ),
    }
}

fn dear_request(
    estimate: &Estimate,
    limit: Rcu,
    cheaper: Option<&(String, Estimate)>,
) -> Vec<String> {
    let mut sentences = vec![format!(
        "This request is expected to consume {}. You are asked where it may exceed {} RCU.",
        format::expected_in_range(estimate),
        format::rcu(limit)
    )];
    if let Some((name, estimate)) = cheaper {
        let figure = format::expected_in_range(estimate);
        sentences.push(format!("`{name}` could answer it for {figure}."));
    }
    sentences
}

fn dear_check(dataset: &DatasetName, rcu: Option<Rcu>, limit: Rcu) -> String {
    let figure = rcu.map_or_else(|| "?".to_owned(), format::rcu);
    format!(
        "Checking `{dataset}` is expected to consume up to ≈ {figure} RCU. You are asked above {} RCU.",
        format::rcu(limit)
    )
}

fn second_reader(dataset: &DatasetName) -> Vec<String> {
    vec![
        format!(
            "Following the pipeline of `{dataset}` reads each shard of its stream once a second, and looks at the items that change in every copy."
        ),
        "A shard serves two readers at once, and a trigger is one. Where another reads beside it, one of them would be throttled.".to_owned(),
    ]
}

//! Item: one item as a typed tree or as raw JSON, and the value under the cursor in full.

use crate::app::item::{ItemLine, Shape, scalar_text};
use crate::app::text::{sanitise, truncate, width, wrap};
use crate::app::tree::Fold;
use crate::app::{Pane, State, format};
use crate::domain::value::Kind;
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Rows for the value in full.
const VALUE_ROWS: u16 = 3;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let item = &state.item;
    let rows = state.results.rows.len() as u64;
    let shape = match item.shape {
        Shape::Tree => "J shows raw JSON",
        Shape::Json => "J shows the tree",
    };
    let note = canvas.ink.line(
        Role::Muted,
        format!(
            "row {} of {} · {shape}",
            format::count(item.row as u64 + 1),
            format::count(rows)
        ),
    );
    let value_rows = VALUE_ROWS.min(area.height / 5);
    let mut sections = vec![Section {
        pane: Pane::Item,
        title: "Item".into(),
        note,
        rows: area.height.saturating_sub(value_rows + 3),
    }];
    // A line of JSON is all there is to see of it.
    if item.shape == Shape::Tree {
        sections.push(Section {
            pane: Pane::Value,
            title: canvas.ink.line(Role::Title, value_title(state)),
            note: Line::default(),
            rows: value_rows,
        });
    }
    let focus = state.overlay.is_none().then_some(Pane::Item);
    let bodies = stack(canvas, area, focus, &sections);
    if let Some(lines) = bodies.first() {
        draw_lines(canvas, *lines, state);
    }
    if let Some(value) = bodies.get(1) {
        draw_value(canvas, *value, state);
    }
}

fn draw_lines(canvas: &mut Canvas<'_>, body: Rect, state: &State) {
    let item = &state.item;
    let names = item
        .lines
        .iter()
        .map(|line| line.depth * 2 + width(&line.name))
        .max()
        .unwrap_or(0)
        .min(usize::from(body.width) / 3);
    let shown = item.lines.iter().enumerate().skip(item.scroll.offset);
    for (at, (n, line)) in shown.take(usize::from(body.height)).enumerate() {
        let drawn = item_line(canvas.ink, line, names, usize::from(body.width));
        canvas.line(body, at, &drawn);
        if n == item.scroll.cursor {
            canvas.ground(body, at, Role::Selection);
        }
    }
    thumb(
        canvas,
        body,
        item.scroll,
        item.lines.len(),
        Role::BorderFocus,
    );
}

fn item_line<'l>(ink: Ink<'_>, line: &'l ItemLine, names: usize, columns: usize) -> Line<'l> {
    let Some(kind) = line.kind else {
        return json_line(ink, &line.text);
    };
    let mark = match line.fold {
        Fold::Leaf => " ",
        Fold::Open => "▾",
        Fold::Closed => "▸",
    };
    let indent = " ".repeat(line.depth * 2);
    let name = truncate(&line.name, names.saturating_sub(indent.len()).max(1));
    let pad = " ".repeat(names.saturating_sub(indent.len() + width(&name)));
    let room = columns.saturating_sub(names + 10);
    Line::from(vec![
        ink.span(Role::Muted, format!("{indent}{mark} ")),
        ink.span(Role::Title, name),
        ink.span(Role::Kind, format!("{pad}  {:<4} ", kind.code())),
        ink.span(value_role(kind), truncate(&line.text, room)),
    ])
}

fn value_role(kind: Kind) -> Role {
    match kind {
        Kind::S => Role::CellText,
        Kind::N => Role::CellNumber,
        Kind::Bool | Kind::Null => Role::CellWord,
        Kind::B | Kind::Ss | Kind::Ns | Kind::Bs | Kind::L | Kind::M => Role::CellNested,
    }
}

/// A line of JSON: what stands before its first colon is a name or a type.
fn json_line<'l>(ink: Ink<'_>, text: &'l str) -> Line<'l> {
    match text.split_once("\": ") {
        Some((name, value)) => Line::from(vec![
            ink.span(Role::Title, format!("{name}\"")),
            Span::raw(": "),
            ink.span(Role::CellText, value),
        ]),
        None => ink.line(Role::Muted, text),
    }
}

fn value_title(state: &State) -> String {
    let item = &state.item;
    let path = item.line().and_then(|line| line.path.as_ref());
    match (path, item.value()) {
        (Some(path), Some(value)) => format!("{path} · {}", value.kind().code()),
        _ => "Value".to_owned(),
    }
}

fn draw_value(canvas: &mut Canvas<'_>, body: Rect, state: &State) {
    let item = &state.item;
    let text = match (item.value(), item.line()) {
        (Some(value), _) => scalar_text(value),
        (None, Some(line)) => line.text.clone(),
        (None, None) => String::new(),
    };
    let rows = usize::from(body.height);
    let most = rows * usize::from(body.width) + 1;
    let end = text.char_indices().nth(most).map_or(text.len(), |(i, _)| i);
    let mut lines = wrap(&sanitise(&text[..end]), usize::from(body.width));
    let cut = lines.len() > rows || end < text.len();
    lines.truncate(rows);
    for (row, line) in lines.into_iter().enumerate() {
        let line = canvas.ink.line(Role::Text, line);
        canvas.line(body, row, &line);
    }
    if cut {
        let more = canvas.ink.line(Role::Muted, " … y copies all");
        canvas.line_right(body, rows.saturating_sub(1), &more);
    }
}

//! Rows as a table. Only rows and columns in sight are looked at, however many there are.

use super::{problem, spinner};
use crate::app::results::{Cell, CellKind, Column, Phase, Results, cell};
use crate::app::{Answer, ColumnSpan, Pane, State, format, text};
use crate::domain::query::{Direction, Select};
use crate::domain::read::ReadErrorKind;
use crate::theme::Role;
use crate::ui::canvas::Canvas;
use crate::ui::frames::thumb;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::collections::VecDeque;

/// Widest column.
const WIDEST: usize = 40;
/// Narrowest a column is cut to.
const NARROWEST: usize = 4;
/// Cells between columns.
const GAP: usize = 2;

/// Draws the results.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, frame: Rect, body: Rect, state: &State) {
    let results = &state.results;
    if results.rows.is_empty() || is_count(results) {
        canvas.place(Pane::Results, frame, body, 0);
        let lines = empty(canvas, state, usize::from(body.width));
        canvas.lines(body, lines);
        return;
    }
    let banner = banner(canvas, results, usize::from(body.width));
    let banner_rows = u16::try_from(banner.len())
        .unwrap_or(0)
        .min(body.height / 2);
    let rows = Rect {
        y: body.y + 1,
        height: body.height.saturating_sub(1 + banner_rows),
        ..body
    };
    canvas.place(Pane::Results, frame, rows, 0);
    table(canvas, body, rows, state);
    let below = Rect {
        y: rows.bottom(),
        height: banner_rows,
        ..body
    };
    canvas.lines(below, banner);
    thumb(
        canvas,
        rows,
        results.scroll,
        results.rows.len(),
        Role::Border,
    );
}

/// What the title says: how many rows, and whether more may come.
pub(in crate::ui) fn title(state: &State) -> String {
    let results = &state.results;
    if is_count(results) && !results.phase.is_open() {
        return "Result".to_owned();
    }
    let rows = format::count(results.rows.len() as u64);
    match &results.phase {
        Phase::Idle | Phase::Dropped => "Results".to_owned(),
        Phase::Running => format!("Results {rows} so far {}", spinner(state.now)),
        Phase::Paused => format!("Results {rows} so far, paused"),
        Phase::Cancelling => format!("Results {rows}, cancelling {}", spinner(state.now)),
        Phase::Ended(answer) if answer.complete => format!("Results {rows}"),
        Phase::Ended(_) | Phase::Failed(_) => format!("Results {rows}, incomplete"),
    }
}

/// Whether the request asks for a count alone.
fn is_count(results: &Results) -> bool {
    let planned = results.planned.as_ref();
    planned.is_some_and(|planned| planned.request.select == Select::Count)
}

/// A column in sight.
struct Visible {
    index: usize,
    width: usize,
    cells: Vec<Cell>,
}

fn table(canvas: &mut Canvas<'_>, head: Rect, rows: Rect, state: &State) {
    let results = &state.results;
    let columns = visible(results, usize::from(rows.width), usize::from(rows.height));
    let mut under_cursor = None;
    let mut x = rows.x;
    for column in &columns {
        let width = u16::try_from(column.width)
            .unwrap_or(0)
            .min(rows.right() - x);
        let strip = |area: Rect| Rect { x, width, ..area };
        let title = heading(results, column, usize::from(width));
        let title = canvas.ink.line(Role::TableHead, title);
        canvas.line(strip(head), 0, &title);
        for (row, cell) in column.cells.iter().enumerate() {
            draw_cell(canvas, strip(rows), row, cell);
        }
        if column.index == results.column {
            under_cursor = Some(strip(rows));
        }
        canvas.ports.columns.push(ColumnSpan {
            index: column.index,
            x,
            width,
        });
        x = (x + width)
            .saturating_add(u16::try_from(GAP).unwrap_or(0))
            .min(rows.right());
    }
    let row = results.scroll.cursor.saturating_sub(results.scroll.offset);
    if state.pane() == Pane::Results {
        canvas.ground(rows, row, Role::Selection);
        if let Some(strip) = under_cursor {
            canvas.ground(strip, row, Role::SelectionCell);
        }
    } else {
        canvas.ground(rows, row, Role::SelectionIdle);
    }
}

fn draw_cell(canvas: &mut Canvas<'_>, strip: Rect, row: usize, cell: &Cell) {
    let width = usize::from(strip.width);
    let (role, shown) = match cell.kind {
        CellKind::Number => (Role::CellNumber, text::right(&cell.text, width)),
        CellKind::Text => (Role::CellText, text::left(&cell.text, width)),
        CellKind::Word => (Role::CellWord, text::left(&cell.text, width)),
        CellKind::Binary | CellKind::Nested => (Role::CellNested, text::left(&cell.text, width)),
        CellKind::Absent => (Role::CellAbsent, text::left(&cell.text, width)),
    };
    let line = canvas.ink.line(role, shown);
    canvas.line(strip, row, &line);
}

/// The heading of a column: above numbers at the right, as they stand.
fn heading(results: &Results, column: &Visible, width: usize) -> String {
    let Some(named) = results.columns.list().get(column.index) else {
        return String::new();
    };
    let title = title_of(results, named);
    let right = column
        .cells
        .iter()
        .find(|cell| cell.kind != CellKind::Absent)
        .is_some_and(|cell| cell.kind == CellKind::Number);
    if right {
        text::right(&title, width)
    } else {
        text::left(&title, width)
    }
}

/// The title of a column; an arrow when rows are sorted by it.
fn title_of(results: &Results, column: &Column) -> String {
    let order = results
        .planned
        .iter()
        .flat_map(|planned| &planned.request.order)
        .find(|order| order.path == column.path);
    let arrow = match order.map(|order| order.direction) {
        Some(Direction::Ascending) => " ↑",
        Some(Direction::Descending) => " ↓",
        None => "",
    };
    format!("{}{arrow}", text::sanitise(&column.title))
}

/// The columns in sight: from the first one shown, but so that the one under the cursor is whole.
fn visible(results: &Results, width: usize, rows: usize) -> Vec<Visible> {
    let count = results.columns.list().len();
    let cursor = results.column.min(count.saturating_sub(1));
    let first = results.first_column.min(cursor);
    let mut columns: VecDeque<Visible> = (first..count.min(cursor + 1))
        .map(|index| measure(results, index, rows))
        .collect();
    let total = |columns: &VecDeque<Visible>| -> usize {
        columns.iter().map(|column| column.width + GAP).sum()
    };
    let mut used = total(&columns);
    while used > width + GAP && columns.len() > 1 {
        columns.pop_front();
        used = total(&columns);
    }
    for index in cursor + 1..count {
        // What is beyond the cursor may be cut, but not to nothing.
        let room = width.saturating_sub(used);
        if room < NARROWEST {
            break;
        }
        let mut column = measure(results, index, rows);
        column.width = column.width.min(room);
        used += column.width + GAP;
        columns.push_back(column);
    }
    columns.into()
}

/// A column with its cells of the rows in sight.
fn measure(results: &Results, index: usize, rows: usize) -> Visible {
    let Some(column) = results.columns.list().get(index) else {
        return Visible {
            index,
            width: 0,
            cells: Vec::new(),
        };
    };
    let first = results.scroll.offset;
    let cells: Vec<Cell> = (first..first + rows)
        .map_while(|row| results.rows.get(row))
        .map(|item| cell(item.at(&column.path), WIDEST))
        .collect();
    let widest = cells.iter().map(|cell| text::width(&cell.text)).max();
    let title = text::width(&title_of(results, column));
    Visible {
        index,
        width: widest.unwrap_or(0).max(title.min(24)).min(WIDEST),
        cells,
    }
}

/// Why it ended before its time.
fn banner(canvas: &Canvas<'_>, results: &Results, width: usize) -> Vec<Line<'static>> {
    let ink = canvas.ink;
    match &results.phase {
        Phase::Ended(Answer {
            error: Some(error), ..
        }) if error.kind == ReadErrorKind::Cancelled => {
            vec![ink.line(Role::StatusWarn, "cancelled; what was read so far stays")]
        }
        Phase::Ended(Answer {
            error: Some(error), ..
        }) => problem::lines(ink, &error.problem, width),
        Phase::Failed(problem) => problem::lines(ink, problem, width),
        _ => Vec::new(),
    }
}

/// What stands there when there are no rows.
fn empty(canvas: &Canvas<'_>, state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = canvas.ink;
    let results = &state.results;
    let read = format::count(results.consumption.items_read);
    let matched = format::count(results.consumption.matched);
    let say = |role, text: String| vec![Line::default(), ink.line(role, format!("  {text}"))];
    match &results.phase {
        Phase::Idle => idle(canvas, state, width),
        Phase::Dropped => say(
            Role::Muted,
            "this answer is no longer kept: r reads it again".to_owned(),
        ),
        Phase::Running | Phase::Paused => say(
            Role::StatusBusy,
            format!(
                "{} reading: {read} read, {matched} matched so far",
                spinner(state.now)
            ),
        ),
        Phase::Cancelling => say(Role::StatusWarn, format!("cancelling, {read} read")),
        Phase::Failed(problem) => problem::lines(ink, problem, width),
        Phase::Ended(answer) => {
            let at_least = if answer.complete { "" } else { " or more" };
            let mut lines = if is_count(results) {
                let count = format::count(answer.count);
                say(Role::Title, format!("COUNT(*) = {count}{at_least}"))
            } else if answer.complete {
                say(Role::Text, format!("no item matches; {read} read"))
            } else {
                say(
                    Role::StatusWarn,
                    format!("nothing matched so far, but not everything was read: {read} read"),
                )
            };
            lines.push(Line::default());
            lines.extend(banner(canvas, results, width));
            lines
        }
    }
}

/// What stands there before anything was run: what is wrong, or what to do first.
fn idle(canvas: &Canvas<'_>, state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = canvas.ink;
    let mut lines = Vec::new();
    for problem in state.problems.iter().chain(&state.list_problem) {
        lines.extend(problem::lines(ink, problem, width));
        lines.push(Line::default());
    }
    if lines.is_empty() {
        lines.push(Line::default());
    }
    let drift = if state.catalog.files.is_empty() {
        "checks copies, once a dataset file (`--dataset`) says which tables hold them"
    } else {
        "checks whether the copies agree"
    };
    for (key, what) in [
        ("enter", "on a dataset, copy, or table runs it"),
        ("e", "writes a request; the route follows"),
        ("d", drift),
        ("?", "shows all keys"),
    ] {
        lines.push(Line::from(vec![
            ink.span(Role::Key, format!("  {key:>5}  ")),
            ink.span(Role::Muted, what),
        ]));
    }
    lines
}

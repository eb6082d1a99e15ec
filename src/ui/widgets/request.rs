//! The request as text: wrapped, colored, with the place of an error marked.

use crate::app::request::Mode;
use crate::app::results::Phase;
use crate::app::routing::Verdict;
use crate::app::text::sanitise;
use crate::app::{State, text};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Direction};
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Most rows the text takes.
const ROWS: usize = 3;

/// Words of the request language.
const KEYWORDS: [&str; 17] = [
    "SELECT", "FROM", "WHERE", "ORDER", "BY", "LIMIT", "AND", "OR", "NOT", "BETWEEN", "IN", "ASC",
    "DESC", "COUNT", "AS", "TRUE", "FALSE",
];

/// Rows the section needs at this width: the text and the line below it.
pub(in crate::ui) fn rows(state: &State, width: u16) -> u16 {
    let lines = layout(state.request.text(), usize::from(width)).len();
    u16::try_from(lines.clamp(1, ROWS) + 1).unwrap_or(2)
}

/// Draws text and the line below it.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, body: Rect, state: &State) {
    let height = usize::from(body.height.saturating_sub(1));
    let source = state.request.text();
    if source.is_empty() && state.request.mode == Mode::View {
        let line = canvas.ink.line(
            Role::Muted,
            "no request: select a dataset or a table, or press e",
        );
        canvas.line(body, 0, &line);
    } else {
        draw_text(canvas, body, state, height);
    }
    let below = below(canvas.ink, state, usize::from(body.width));
    canvas.line(body, height, &below);
}

fn draw_text(canvas: &mut Canvas<'_>, body: Rect, state: &State, height: usize) {
    let source = state.request.text();
    let rows = layout(source, usize::from(body.width));
    let roles = roles(source, state.routing.problem());
    let cursor = state.request.input.cursor();
    let cursor_row = rows
        .partition_point(|row| row.start <= cursor)
        .saturating_sub(1);
    let first = if state.request.mode == Mode::Edit {
        (cursor_row + 1).saturating_sub(height)
    } else {
        0
    };
    for (at, row) in rows.iter().enumerate().skip(first).take(height) {
        let pieces = row.pieces.iter().enumerate().map(|(n, piece)| {
            let role = roles.get(row.start + n).copied().unwrap_or(Role::Text);
            canvas.ink.span(role, piece.as_str())
        });
        let line: Line<'_> = pieces.collect();
        canvas.line(body, at - first, &line);
        if state.request.mode == Mode::Edit && at == cursor_row {
            let before = row.pieces.iter().take(cursor - row.start);
            let x: usize = before.map(|piece| text::width(piece)).sum();
            let x = body.x.saturating_add(u16::try_from(x).unwrap_or(u16::MAX));
            let y = body.y + u16::try_from(at - first).unwrap_or(0);
            canvas.put_cursor(x.min(body.right().saturating_sub(1)), y);
        }
    }
    if rows.len() > first + height {
        let more = canvas.ink.line(Role::Muted, "…");
        canvas.line_right(body, height.saturating_sub(1), &more);
    }
}

/// A row of wrapped text: what each of its characters is shown as.
struct Row {
    /// The first character.
    start: usize,
    pieces: Vec<String>,
}

/// Wraps a text at spaces, where there are any. The last column stays free for the cursor.
fn layout(source: &str, width: usize) -> Vec<Row> {
    let width = width.saturating_sub(1).max(1);
    let mut rows = vec![Row {
        start: 0,
        pieces: Vec::new(),
    }];
    for (n, c) in source.chars().enumerate() {
        let piece = sanitise(c.encode_utf8(&mut [0; 4])).into_owned();
        let Some(row) = rows.last_mut() else {
            continue;
        };
        row.pieces.push(piece);
        // A space may hang over the end, so that no row begins with one.
        let room = width + usize::from(c == ' ');
        if row.width() > room && row.pieces.len() > 1 {
            let space = row.pieces.iter().rposition(|piece| piece == " ");
            let whole = space.map_or(row.pieces.len() - 1, |space| space + 1);
            let whole = if whole == row.pieces.len() {
                whole - 1
            } else {
                whole
            };
            let pieces = row.pieces.split_off(whole);
            rows.push(Row {
                start: n + 1 - pieces.len(),
                pieces,
            });
        }
    }
    rows
}

impl Row {
    fn width(&self) -> usize {
        self.pieces.iter().map(|piece| text::width(piece)).sum()
    }
}

/// The role of each character.
fn roles(source: &str, problem: Option<&Problem>) -> Vec<Role> {
    let chars: Vec<char> = source.chars().collect();
    let mut roles = Vec::with_capacity(chars.len());
    while let Some(first) = chars.get(roles.len()).copied() {
        let at = roles.len();
        let rest = &chars[at..];
        let (len, role) = match first {
            '\'' => (quoted(rest), Role::RequestString),
            '"' => (quoted(rest), Role::Text),
            '0'..='9' => (
                run(rest, |c| c.is_ascii_digit() || c == '.'),
                Role::RequestNumber,
            ),
            c if is_word(c) => {
                let len = run(rest, |c| is_word(c) || c.is_ascii_digit());
                let word: String = rest[..len].iter().collect();
                let keyword = KEYWORDS.contains(&word.to_uppercase().as_str());
                (
                    len,
                    if keyword {
                        Role::RequestKeyword
                    } else {
                        Role::Text
                    },
                )
            }
            _ => (1, Role::Text),
        };
        roles.extend(std::iter::repeat_n(role, len.max(1)));
    }
    if let Some(place) = problem.and_then(|problem| problem.place.as_ref()) {
        let start = place
            .column
            .saturating_sub(1)
            .min(roles.len().saturating_sub(1));
        let end = (start + place.length).min(roles.len());
        roles[start..end].fill(Role::RequestError);
    }
    roles
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn run(chars: &[char], belongs: impl Fn(char) -> bool) -> usize {
    chars.iter().take_while(|c| belongs(**c)).count()
}

/// Characters of a quoted text with both its quotes, or to the end when it is not closed.
fn quoted(chars: &[char]) -> usize {
    let quote = chars[0];
    chars[1..]
        .iter()
        .position(|c| *c == quote)
        .map_or(chars.len(), |end| end + 2)
}

/// What stands below the text: what is wrong with it, or how it is read.
fn below(ink: Ink<'_>, state: &State, width: usize) -> Line<'static> {
    match &state.routing.verdict {
        Verdict::Bad(problem) => problem_line(ink, problem, width),
        Verdict::Waiting(_) => ink.line(Role::StatusBusy, "… its tables are not described yet"),
        Verdict::Empty => Line::default(),
        Verdict::Good => reading(ink, state),
    }
}

fn problem_line(ink: Ink<'_>, problem: &Problem, width: usize) -> Line<'static> {
    let what = format!("✗ {}", text::sanitise(&problem.what));
    let what = text::truncate(&what, width).into_owned();
    let mut line = Line::from(ink.span(Role::StatusError, what));
    let hint = problem.hint.as_ref().map(|hint| format!("  try: {hint}"));
    for (role, part) in [
        (Role::Accent, hint),
        (
            Role::Muted,
            problem.why.as_ref().map(|why| format!("  {why}")),
        ),
    ] {
        if let Some(part) = part
            && line.width() + text::width(&part) <= width
        {
            line.push_span(ink.span(role, part));
        }
    }
    line
}

fn reading(ink: Ink<'_>, state: &State) -> Line<'static> {
    let Some(planned) = state.routing.good() else {
        return Line::default();
    };
    let request = &planned.request;
    let mut parts = Vec::new();
    if let Some(order) = request.order.first() {
        let arrow = match order.direction {
            Direction::Ascending => "↑",
            Direction::Descending => "↓",
        };
        parts.push(format!("sort {} {arrow}", order.path));
    }
    parts.push(match request.limit {
        Some(limit) => format!("limit {limit}"),
        None => "no limit".to_owned(),
    });
    parts.push(match state.request.consistency {
        Consistency::Eventual => "read eventual".to_owned(),
        Consistency::Strong => "read strong".to_owned(),
    });
    let mut line = ink.line(Role::Muted, parts.join(" · "));
    let changed = state.results.phase != Phase::Idle && !state.results_are_current();
    if changed {
        let key = match state.request.mode {
            Mode::View => "r",
            Mode::Edit => "enter",
        };
        line.push_span(ink.span(Role::StatusWarn, format!("  {key} runs it")));
    }
    line
}

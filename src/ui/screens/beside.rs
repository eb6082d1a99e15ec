//! The same item in every copy: one column each beside the base, what differs marked.

use crate::app::beside::{BesideView, Looked};
use crate::app::item::scalar_text;
use crate::app::text::{left, sanitise, width, wrap};
use crate::app::{Pane, State, format};
use crate::domain::drift::{Beside, Presence, Sighting, Standing};
use crate::domain::value::Value;
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use crate::ui::widgets::contrast::contrast;
use crate::ui::widgets::{problem, spinner};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Least columns of an item.
const LEAST: usize = 18;
/// Most columns of a name.
const NAME: usize = 22;
/// Rows for the value in full.
const VALUE_ROWS: u16 = 4;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let view = &state.beside;
    let value_rows = VALUE_ROWS.min(area.height / 5);
    let sections = [
        Section {
            pane: Pane::Beside,
            title: canvas.ink.line(Role::Title, view.title()),
            note: note(canvas.ink, state),
            rows: area.height.saturating_sub(value_rows + 3),
        },
        Section {
            pane: Pane::Value,
            title: canvas
                .ink
                .line(Role::Title, view.name().unwrap_or("Value").to_owned()),
            note: Line::default(),
            rows: value_rows,
        },
    ];
    let focus = state.overlay.is_none().then_some(Pane::Beside);
    let bodies = stack(canvas, area, focus, &sections);
    let [table, value] = bodies[..] else {
        return;
    };
    match &view.looked {
        Looked::Waiting => {
            let text = format!(" {} reading the item and its copies", spinner(state.now));
            let line = canvas.ink.line(Role::StatusBusy, text);
            canvas.line(table, 0, &line);
        }
        Looked::Failed(problem) => {
            let lines = problem::lines(canvas.ink, problem, usize::from(table.width));
            canvas.lines(table, lines);
        }
        Looked::Seen(seen) => {
            draw_table(canvas, table, view, seen);
            canvas.lines(
                value,
                value_lines(canvas.ink, view, usize::from(value.width)),
            );
        }
    }
}

/// When it was looked at: it is no verdict, and may be old.
fn note(ink: Ink<'_>, state: &State) -> Line<'static> {
    match state.beside.looked {
        Looked::Seen(_) => {
            let ago = format::ago(state.now.saturating_sub(state.beside.at));
            ink.line(Role::Muted, format!("read strongly {ago} · r looks again"))
        }
        Looked::Waiting | Looked::Failed(_) => Line::default(),
    }
}

/// Where columns go: the name, then the base, then as many copies as fit around the cursor's.
struct Layout {
    name: usize,
    item: usize,
    copies: std::ops::Range<usize>,
}

impl Layout {
    fn new(view: &BesideView, seen: &Beside, columns: usize) -> Self {
        let names = view.names.iter().map(|name| width(&sanitise(name)));
        let name = names.max().unwrap_or(0).clamp(9, NAME);
        let room = columns.saturating_sub(name);
        let fit = (room / (LEAST + 2))
            .saturating_sub(1)
            .clamp(1, seen.copies.len().max(1));
        let first = view.column.saturating_sub(fit);
        let item = (room / (fit + 1)).saturating_sub(2).max(1);
        Self {
            name,
            item,
            copies: first..(first + fit).min(seen.copies.len()),
        }
    }
}

fn draw_table(canvas: &mut Canvas<'_>, body: Rect, view: &BesideView, seen: &Beside) {
    let ink = canvas.ink;
    let layout = Layout::new(view, seen, usize::from(body.width));
    for (row, line) in heads(ink, view, seen, &layout).into_iter().enumerate() {
        canvas.line(body, row, &line);
    }
    let notes = u16::try_from(seen.notes.len()).unwrap_or(u16::MAX);
    let rows = Rect {
        y: body.y + 2,
        height: body.height.saturating_sub(notes.saturating_add(2)),
        ..body
    };
    canvas.place(Pane::Beside, body, rows, 0);
    let shown = view.names.iter().enumerate().skip(view.scroll.offset);
    for (at, (n, name)) in shown.take(usize::from(rows.height)).enumerate() {
        canvas.line(rows, at, &attribute(ink, view, name, &layout));
        if n == view.scroll.cursor {
            canvas.ground(rows, at, Role::Selection);
        }
    }
    thumb(
        canvas,
        rows,
        view.scroll,
        view.names.len(),
        Role::BorderFocus,
    );
    let below = Rect {
        y: rows.bottom(),
        height: body.bottom().saturating_sub(rows.bottom()),
        ..body
    };
    let notes = seen.notes.iter();
    canvas.lines(
        below,
        notes.map(|(copy, why)| ink.line(Role::Muted, format!(" {copy}: {why}"))),
    );
}

/// The names of the columns, and how each item stands.
fn heads(ink: Ink<'_>, view: &BesideView, seen: &Beside, layout: &Layout) -> [Line<'static>; 2] {
    let name = |column: usize, text: &str| {
        let role = if view.column == column {
            Role::BorderFocus
        } else {
            Role::TableHead
        };
        ink.span(role, left(&sanitise(text), layout.item))
    };
    let hidden = seen.copies.len() - layout.copies.len();
    let more = if hidden > 0 {
        format!("h l: +{hidden}")
    } else {
        String::new()
    };
    let mut first = ink.line(Role::Muted, left(&more, layout.name));
    let mut second = ink.line(Role::TableHead, left("attribute", layout.name));
    let (word, role) = match seen.base {
        Some(_) => ("", Role::Muted),
        None => ("does not exist", Role::DriftOrphaned),
    };
    for (line, span) in [
        (&mut first, name(0, "base")),
        (&mut second, ink.span(role, left(word, layout.item))),
    ] {
        line.push_span(Span::raw("  "));
        line.push_span(span);
    }
    for (at, sighting) in seen
        .copies
        .iter()
        .enumerate()
        .take(layout.copies.end)
        .skip(layout.copies.start)
    {
        let (word, role) = presence(sighting);
        first.push_span(Span::raw("  "));
        first.push_span(name(at + 1, sighting.copy.as_str()));
        second.push_span(Span::raw("  "));
        second.push_span(ink.span(role, left(&word, layout.item)));
    }
    [first, second]
}

fn presence(sighting: &Sighting) -> (String, Role) {
    match sighting.presence() {
        Presence::Agrees => ("✓ as it should be".to_owned(), Role::DriftClean),
        Presence::Differs(n) => (
            format!("≠ {} differ", format::count(n as u64)),
            Role::DriftDifferent,
        ),
        Presence::Missing => ("✗ missing".to_owned(), Role::DriftMissing),
        Presence::Unexpected => ("✗ should not be".to_owned(), Role::DriftMisplaced),
        Presence::Absent => ("✓ not there".to_owned(), Role::DriftClean),
        Presence::Unread => ("? not read".to_owned(), Role::StatusError),
    }
}

/// One attribute of every item.
fn attribute(ink: Ink<'_>, view: &BesideView, name: &str, layout: &Layout) -> Line<'static> {
    let mut line = ink.line(Role::Title, left(&sanitise(name), layout.name));
    let (base, _) = view.cell(name, 0);
    line.push_span(Span::raw("  "));
    line.spans
        .extend(cell(ink, (base, Standing::Agrees), None, layout.item));
    for at in layout.copies.clone() {
        let cell_of = view.cell(name, at + 1);
        let mark = if cell_of.1 == Standing::Differs {
            " ≠"
        } else {
            "  "
        };
        line.push_span(ink.span(Role::DiffCopy, mark));
        line.spans.extend(cell(ink, cell_of, base, layout.item));
    }
    line
}

/// A value beside that of the base; where it differs from what it should be, the differing part is marked.
fn cell(
    ink: Ink<'_>,
    (value, standing): (Option<&Value>, Standing),
    base: Option<&Value>,
    columns: usize,
) -> Vec<Span<'static>> {
    let role = match standing {
        Standing::Agrees => Role::Text,
        Standing::Apart => Role::Muted,
        Standing::Differs => Role::DiffCopy,
    };
    let Some(value) = value else {
        let role = if standing == Standing::Differs {
            role
        } else {
            Role::CellAbsent
        };
        return vec![ink.span(role, left("–", columns))];
    };
    let text = scalar_text(value);
    match base
        .map(scalar_text)
        .filter(|base| standing == Standing::Differs && *base != text)
    {
        Some(base) => {
            let shown = contrast(&text, &base, columns);
            vec![
                ink.span(Role::Text, shown.before),
                ink.span(role, shown.differing),
                ink.span(Role::Text, shown.after),
            ]
        }
        None => vec![ink.span(role, left(&sanitise(&text), columns))],
    }
}

/// The value under the cursor in full, and what it should be where that is something else.
fn value_lines(ink: Ink<'_>, view: &BesideView, columns: usize) -> Vec<Line<'static>> {
    let Some(name) = view.name() else {
        return Vec::new();
    };
    let text = |value: Option<&Value>| value.map_or_else(|| "–".to_owned(), scalar_text);
    let (value, standing) = view.cell(name, view.column);
    let sighting = view.column.checked_sub(1);
    let sighting = sighting.and_then(|at| view.seen()?.copies.get(at));
    let mut parts = vec![(Role::Text, text(value))];
    if let Some(sighting) = sighting {
        if let Err(problem) = &sighting.found {
            parts = vec![(Role::StatusError, problem.to_string())];
        } else if standing == Standing::Differs {
            let should = sighting.expected.as_ref().and_then(|item| item.get(name));
            parts.push((Role::DiffBase, format!("should be: {}", text(should))));
        }
    }
    let lines = parts.into_iter().flat_map(|(role, text)| {
        let wrapped = wrap(&text, columns).into_iter();
        wrapped.map(move |line| ink.line(role, line))
    });
    lines.collect()
}

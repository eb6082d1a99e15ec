//! The copies of a dataset: what the last check said of each, or how far this one is.

use crate::app::drift::{Check, Reading};
use crate::app::text::{left, right, sanitise, truncate};
use crate::app::{CheckStep, Pane, State, format, text};
use crate::domain::drift::{Class, CopySummary};
use crate::domain::names::CopyName;
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::thumb;
use crate::ui::widgets::{bar, tree};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Cells of the bar of a copy being read.
const BAR: usize = 8;

/// Draws the table of copies; its first row stands for all.
pub(super) fn draw(canvas: &mut Canvas<'_>, frame: Rect, body: Rect, state: &State) {
    let drift = &state.drift;
    let names = name_width(state);
    let head = copy_columns(names, "copy", "state", "expected", "actual", "found");
    let rows = canvas.head(body, head);
    canvas.place(Pane::Copies, frame, rows, 0);
    let copies = std::iter::once(None).chain(drift.copy_names.iter().map(Some));
    let shown = copies.enumerate().skip(drift.copies.offset);
    for (at, (n, name)) in shown.take(usize::from(rows.height)).enumerate() {
        let line = match name {
            None => all_line(canvas.ink, state),
            Some(name) => copy_line(canvas.ink, state, name, usize::from(rows.width)),
        };
        canvas.line(rows, at, &line);
        if n == drift.copies.cursor {
            canvas.cursor(rows, at, state, Pane::Copies);
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

/// Widest name of a copy; narrow where names are short, so that findings have room.
fn name_width(state: &State) -> usize {
    let names = state.drift.copy_names.iter();
    let widest = names.map(|name| text::width(name.as_str())).max();
    widest.unwrap_or(0).clamp(10, 24)
}

fn copy_columns(
    names: usize,
    name: &str,
    state: &str,
    expected: &str,
    actual: &str,
    found: &str,
) -> String {
    format!(
        "{} {} {} {}  {found}",
        left(name, names),
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
    ink.line(
        Role::Text,
        copy_columns(name_width(state), "all copies", "", "", "", &found),
    )
}

fn copy_line(ink: Ink<'_>, state: &State, name: &CopyName, width: usize) -> Line<'static> {
    let drift = &state.drift;
    let Some(dataset) = &drift.shown else {
        return Line::default();
    };
    let (badge, role) = tree::badge(drift.badge(dataset, name, state.now), state.now);
    let check = drift.check();
    let verdict = check.and_then(|check| check.verdicts.get(name));
    let (badge, expected, actual, found) = match (check, verdict) {
        (Some(check), _) if check.is_reading(name) => under_way(check, name, badge),
        (_, Some(verdict)) => {
            let summary = &verdict.summary;
            // Cancelled before it was compared, a copy has no counts; zeros would look like some.
            let counted = verdict.complete || summary.expected + summary.actual > 0;
            let count = |n| {
                if counted {
                    format::count(n)
                } else {
                    "?".to_owned()
                }
            };
            let (expected, actual) = (count(summary.expected), count(summary.actual));
            // What changed since is counted as it is now; what was in flight then is settled.
            let found = match check {
                Some(check) if check.reading == Reading::Changes => found_so_far(check, name),
                _ => found_text(summary),
            };
            (badge, expected, actual, found)
        }
        (Some(check), None) => (
            badge,
            String::new(),
            String::new(),
            found_so_far(check, name),
        ),
        (None, None) => (badge, String::new(), String::new(), String::new()),
    };
    let names = name_width(state);
    let name = left(&sanitise(name.as_str()), names);
    Line::from(vec![
        ink.span(Role::TreeCopy, format!("{name} ")),
        ink.span(role, left(&badge, 14)),
        ink.span(
            Role::CellNumber,
            format!(" {} {}  ", right(&expected, 9), right(&actual, 9)),
        ),
        ink.span(
            Role::Text,
            truncate(&found, width.saturating_sub(names + 37)).into_owned(),
        ),
    ])
}

/// State, items expected and read so far, and what was found so far, of a copy under check.
fn under_way(check: &Check, copy: &CopyName, badge: String) -> (String, String, String, String) {
    let progress = check.progress.iter();
    let copies = progress.flat_map(|p| p.copies.iter().map(move |copy| (p.phase, copy)));
    let known = copies.into_iter().find(|(_, known)| known.copy == *copy);
    let found = found_so_far(check, copy);
    let Some((phase, known)) = known else {
        return (badge, String::new(), String::new(), found);
    };
    let state = match phase {
        CheckStep::Base => badge,
        CheckStep::Watch => return (badge, String::new(), String::new(), found),
        CheckStep::Copies | CheckStep::Grace | CheckStep::Verify => {
            let percent = format::percent(known.read, known.expected).min(100);
            let shown = u32::try_from(percent).unwrap_or(0);
            let bar = left(&bar(f64::from(shown), 100.0, BAR), BAR);
            format!("{bar} {percent}%")
        }
    };
    let count = format::count;
    (state, count(known.expected), count(known.read), found)
}

/// The classes of what is listed about a copy.
fn found_so_far(check: &Check, copy: &CopyName) -> String {
    words(check.counts(Some(copy)).into_iter(), [])
}

/// The classes that occur: `2 missing, 1 different, 3 in flight`.
fn found_text(summary: &CopySummary) -> String {
    let others = [
        (summary.in_flight, "in flight"),
        (summary.pending, "pending"),
        (summary.hot, "hot"),
    ];
    let classes = summary.findings.iter().map(|(class, n)| (*class, *n));
    words(classes, others)
}

fn words<const N: usize>(
    classes: impl Iterator<Item = (Class, u64)>,
    others: [(u64, &'static str); N],
) -> String {
    let parts: Vec<String> = classes
        .map(|(class, n)| (n, class.code()))
        .chain(others)
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", format::count(n)))
        .collect();
    parts.join(", ")
}

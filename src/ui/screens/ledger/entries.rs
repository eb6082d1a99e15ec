//! Every request made, the newest first.

use crate::app::ledger::{Entry, entry_name};
use crate::app::text::{left, right, sanitise, truncate_start};
use crate::app::{Pane, State, format};
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Columns of the figures: units, items read, items returned, time.
const COLUMNS: [usize; 4] = [8, 8, 8, 9];
/// Columns of when and what.
const LEAD: [usize; 2] = [7, 14];

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let entries = &state.ledger.book.entries;
    let scroll = state.ledger.entries;
    let note = if entries.is_empty() {
        Line::default()
    } else {
        let at = format::count(scroll.cursor as u64 + 1);
        canvas.ink.line(Role::Muted, format!("newest first, {at}"))
    };
    let section = Section {
        pane: Pane::Entries,
        title: format!("Requests {}", format::count(entries.len() as u64)).into(),
        note,
        rows: 0,
    };
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let width = usize::from(body.width);
    let head = columns(
        width,
        ["ago", "request", "path"],
        ["RCU", "read", "given", "time"],
    );
    let rows = canvas.head(body, head);
    canvas.place(Pane::Entries, area, rows, 0);
    if entries.is_empty() {
        let line = canvas.ink.line(Role::Muted, "nothing was asked yet");
        canvas.line(rows, 0, &line);
    }
    let shown = entries.iter().rev().enumerate().skip(scroll.offset);
    for (at, (n, entry)) in shown.take(usize::from(rows.height)).enumerate() {
        let line = line(canvas.ink, state.now, entry, width);
        canvas.line(rows, at, &line);
        if n == scroll.cursor {
            canvas.cursor(rows, at, state, Pane::Entries);
        }
    }
    thumb(canvas, rows, scroll, entries.len(), Role::Border);
}

fn columns(width: usize, lead: [&str; 3], figures: [&str; 4]) -> String {
    let fixed: usize = LEAD.iter().chain(&COLUMNS).sum();
    let [ago, operation, path] = lead;
    let room = width.saturating_sub(fixed);
    let mut line = format!(
        "{} {} {}",
        right(ago, LEAD[0] - 1),
        left(operation, LEAD[1] - 1),
        // Names of tables are often alike up to their ends.
        left(&truncate_start(path, room), room)
    );
    for (figure, width) in figures.into_iter().zip(COLUMNS) {
        line.push_str(&right(figure, width));
    }
    line
}

fn line(ink: Ink<'_>, now: u64, entry: &Entry, width: usize) -> Line<'static> {
    // Describing and listing consume no units and read no items.
    let reads = entry.scanned > 0 || entry.rcu.0 > 0.0;
    let figure = |text: String| if reads { text } else { String::new() };
    let rcu = if entry.failed {
        "failed".to_owned()
    } else {
        figure(format::rcu(entry.rcu))
    };
    let text = columns(
        width,
        [
            &format::age(now.saturating_sub(entry.at)),
            // `DescribeTimeToLive` is the one name that is longer than its column.
            entry.operation,
            &sanitise(&entry_name(entry).unwrap_or_default()),
        ],
        [
            &rcu,
            &figure(format::count(entry.scanned)),
            &figure(format::count(entry.returned)),
            &format::millis(entry.millis),
        ],
    );
    let role = match (entry.failed, reads) {
        (true, _) => Role::StatusError,
        (false, true) => Role::CellText,
        (false, false) => Role::Muted,
    };
    ink.line(role, text)
}

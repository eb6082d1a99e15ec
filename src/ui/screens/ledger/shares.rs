//! What each table and index consumed, the dearest first, with money.

use super::dollars;
use crate::app::ledger::{Share, share_name};
use crate::app::text::{self, left, right, sanitise};
use crate::app::{Pane, State, format};
use crate::domain::schema::{Billing, TableClass};
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack, thumb};
use crate::ui::widgets::bar;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Columns of the units, the requests, and the money.
const COLUMNS: [usize; 3] = [9, 8, 16];

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, focus: Option<Pane>, state: &State) {
    let shares = &state.ledger.book.shares;
    let section = Section {
        pane: Pane::Shares,
        title: "By table and index".into(),
        note: Line::default(),
        rows: 0,
    };
    let bodies = stack(canvas, area, focus, &[section]);
    let [body] = bodies[..] else {
        return;
    };
    let names = names(shares, usize::from(body.width));
    let head = columns(names, "path", ["RCU", "reads", "list price"]);
    let rows = canvas.head(body, head);
    canvas.place(Pane::Shares, area, rows, 0);
    if shares.is_empty() {
        let line = canvas.ink.line(Role::Muted, "nothing was read yet");
        canvas.line(rows, 0, &line);
    }
    let most = shares.iter().map(|share| share.rcu.0).fold(0.0, f64::max);
    let scroll = state.ledger.shares;
    let shown = shares.iter().enumerate().skip(scroll.offset);
    for (at, (n, share)) in shown.take(usize::from(rows.height)).enumerate() {
        let line = line(canvas.ink, state, share, names, most, rows.width);
        canvas.line(rows, at, &line);
        if n == scroll.cursor {
            canvas.cursor(rows, at, state, Pane::Shares);
        }
    }
    thumb(canvas, rows, scroll, shares.len(), Role::Border);
}

/// Columns of the names: what they need, as far as there is room.
fn names(shares: &[Share], width: usize) -> usize {
    let figures: usize = COLUMNS.iter().sum();
    let widest = shares.iter().map(|share| text::width(&share_name(share)));
    let room = width.saturating_sub(figures + 1);
    widest.max().unwrap_or(0).max(4).min(room)
}

fn columns(names: usize, name: &str, figures: [&str; 3]) -> String {
    let mut line = left(name, names);
    for (figure, width) in figures.into_iter().zip(COLUMNS) {
        line.push_str(&right(figure, width));
    }
    line
}

fn line(
    ink: Ink<'_>,
    state: &State,
    share: &Share,
    names: usize,
    most: f64,
    width: u16,
) -> Line<'static> {
    let table = state.catalog.table(share.table.as_str());
    let billing = table.map_or(Billing::OnDemand, |table| table.billing);
    let class = table.map_or(TableClass::Standard, |table| table.class);
    let figures = columns(
        names,
        &sanitise(&share_name(share)),
        [
            &format::rcu(share.rcu),
            &format::count(share.requests),
            dollars(state, share.rcu, billing, class).trim_start(),
        ],
    );
    let room = usize::from(width).saturating_sub(text::width(&figures) + 1);
    // Provisioned units are paid whether they are read or not: the figure is an equivalent only.
    let end = match billing {
        Billing::Provisioned { .. } if room >= 12 => " provisioned".to_owned(),
        _ => format!(" {}", bar(share.rcu.0, most, room.min(24))),
    };
    Line::from(vec![
        ink.span(Role::CellText, figures),
        ink.span(Role::RouteBarOther, end),
    ])
}

//! Ledger: what the session consumed and spared, sums by table and index, and every request made.

mod entries;
mod shares;

use crate::app::{Pane, State, format};
use crate::domain::names::Rcu;
use crate::domain::schema::{Billing, TableClass};
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use crate::ui::frames::{Section, stack};
use crate::ui::widgets::spark;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// From this width on sums and requests stand side by side.
const WIDE: u16 = 140;
/// Lines of the summary.
const SUMMARY: u16 = 4;
/// Widest sparkline.
const WIDEST: usize = 60;

/// Draws the screen.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let top = Rect {
        height: (SUMMARY + 2).min(area.height),
        ..area
    };
    let below = Rect {
        y: top.bottom(),
        height: area.height - top.height,
        ..area
    };
    draw_summary(canvas, top, state);
    let (sums, requests) = split(below, state.ledger.book.shares.len());
    let focus = state.overlay.is_none().then(|| state.pane());
    shares::draw(canvas, sums, focus, state);
    entries::draw(canvas, requests, focus, state);
}

/// Where sums and requests go: sums take no more rows than they have.
fn split(area: Rect, shares: usize) -> (Rect, Rect) {
    if area.width >= WIDE {
        let width = area.width * 9 / 20;
        let left = Rect { width, ..area };
        let right = Rect {
            x: area.x + width,
            width: area.width - width,
            ..area
        };
        return (left, right);
    }
    let rows = u16::try_from(shares).unwrap_or(u16::MAX).clamp(1, 12);
    let height = (rows + 3).min(area.height * 2 / 5);
    let upper = Rect { height, ..area };
    let lower = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (upper, lower)
}

fn draw_summary(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let section = Section {
        pane: Pane::Value,
        title: "Session".into(),
        note: Line::default(),
        rows: 0,
    };
    for body in stack(canvas, area, None, &[section]) {
        let width = usize::from(body.width);
        let lines = [
            ("consumed", consumed(state)),
            ("by Scan", by_scan(state)),
            ("saved", saved(state)),
        ];
        for (row, (word, text)) in lines.into_iter().enumerate() {
            let line = fact(canvas.ink, word, text);
            canvas.line(body, row, &line);
        }
        let line = units_over_time(canvas.ink, state, width);
        canvas.line(body, 3, &line);
    }
}

fn fact(ink: Ink<'_>, word: &str, text: String) -> Line<'static> {
    Line::from(vec![
        ink.span(Role::Muted, format!(" {word:<9} ")),
        ink.span(Role::Text, text),
    ])
}

fn consumed(state: &State) -> String {
    let session = state.session;
    let failed = state.ledger.book.entries.iter().filter(|e| e.failed);
    let failed = match failed.count() {
        0 => String::new(),
        n => format!(", {} failed", format::count(n as u64)),
    };
    format!(
        "{} RCU{} in {}{failed}",
        format::rcu(session.rcu),
        dollars(state, session.rcu, Billing::OnDemand, TableClass::Standard),
        format::plural(session.requests, "read")
    )
}

/// What the answers would have cost by Scan.
fn by_scan(state: &State) -> String {
    let tally = &state.ledger.tally;
    if tally.answers == 0 {
        return "no complete answer yet to compare".to_owned();
    }
    let factor = format::times(tally.scan, tally.consumed);
    let spared = factor.map_or_else(String::new, |factor| {
        let spared = Rcu(tally.scan.0 - tally.consumed.0);
        format!(": {} RCU spared, {factor}", format::rcu(spared))
    });
    format!(
        "≈ {} RCU instead of {} for {}{spared}",
        format::rcu(tally.scan),
        format::rcu(tally.consumed),
        format::plural(tally.answers, "answer")
    )
}

fn saved(state: &State) -> String {
    let tally = &state.ledger.tally;
    match tally.again {
        0 => "nothing by earlier answers yet: [ and ] show them".to_owned(),
        n => format!(
            "{} RCU by {} shown again",
            format::rcu(tally.saved),
            format::plural(n, "earlier answer")
        ),
    }
}

/// Units of the requests that are listed, from the first to now, as bars.
fn units_over_time(ink: Ink<'_>, state: &State, width: usize) -> Line<'static> {
    let entries = &state.ledger.book.entries;
    let Some(first) = entries.iter().find(|entry| entry.rcu.0 > 0.0) else {
        return fact(ink, "over time", "nothing was consumed yet".to_owned());
    };
    let span = state.now.saturating_sub(first.at).max(1000);
    let cells = width.saturating_sub(48).clamp(8, WIDEST);
    let mut units = vec![0.0; cells];
    for entry in entries {
        let since = entry.at.saturating_sub(first.at);
        let cell = usize::try_from(since * cells as u64 / (span + 1)).unwrap_or(cells);
        units[cell.min(cells - 1)] += entry.rcu.0;
    }
    let most = units.iter().copied().fold(0.0, f64::max);
    Line::from(vec![
        ink.span(Role::Muted, " over time "),
        ink.span(Role::Progress, spark(&units, most)),
        ink.span(
            Role::Muted,
            format!(
                " {}, at most {} RCU in {}",
                format::age(span),
                format::rcu(Rcu(most)),
                format::age((span / cells as u64).max(1))
            ),
        ),
    ])
}

/// ` ≈ $0.0000016`; nothing where no price is known.
fn dollars(state: &State, rcu: Rcu, billing: Billing, class: TableClass) -> String {
    let price = state.prices.read(state.price_region(), billing, class);
    price.map_or_else(String::new, |price| {
        format!(" ≈ {}", format::usd(price.of(rcu)))
    })
}

//! Rows of the tree: what a table is, how large, and whether the copy agrees.

use super::spinner;
use crate::app::analyze::Sampling;
use crate::app::drift::Badge;
use crate::app::tree::{Fold, Node, TreeRow, declared, is_of_a_dataset, table_of};
use crate::app::{Pane, State, format, text};
use crate::domain::names::{CopyName, DatasetName, TableName};
use crate::domain::schema::{IndexKind, TableState};
use crate::theme::Role;
use crate::ui::canvas::Canvas;
use crate::ui::frames::thumb;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// From this width on badges have words.
const WIDE: usize = 28;

/// Draws the tree.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, body: Rect, state: &State) {
    let tree = &state.tree;
    if tree.rows.is_empty() {
        empty(canvas, body, state);
        return;
    }
    let shown = tree.rows.iter().enumerate().skip(tree.scroll.offset);
    for (at, (n, row)) in shown.take(usize::from(body.height)).enumerate() {
        let line = line(canvas, body.width, state, row);
        canvas.line(body, at, &line);
        if n == tree.scroll.cursor {
            canvas.cursor(body, at, state, Pane::Tree);
        }
    }
    thumb(canvas, body, tree.scroll, tree.rows.len(), Role::Border);
}

fn empty(canvas: &mut Canvas<'_>, body: Rect, state: &State) {
    let text = if !state.tree.filter.is_empty() {
        "nothing contains this"
    } else if state.listing == crate::app::routing::Listing::Open {
        "listing tables …"
    } else if state.list_problem.is_some() {
        "not listed: R tries again"
    } else {
        "no tables here"
    };
    let line = canvas.ink.line(Role::Muted, format!(" {text}"));
    canvas.line(body, 0, &line);
}

/// Whether a table is selected whose statistics there is something to say of.
pub(in crate::ui) fn has_foot(state: &State) -> bool {
    state
        .tree
        .selected()
        .and_then(|node| table_of(&state.catalog, node))
        .is_some_and(|table| state.catalog.table(table.as_str()).is_some())
}

/// What is known of the selected table beyond its description: how old, and from how much.
pub(in crate::ui) fn draw_foot(canvas: &mut Canvas<'_>, body: Rect, state: &State) {
    let selected = state.tree.selected();
    let Some(table) = selected.and_then(|node| table_of(&state.catalog, node)) else {
        return;
    };
    let room = usize::from(body.width).saturating_sub(1);
    let ink = canvas.ink;
    let (role, said) = if let Some(sampling) = &state.analyses.running {
        (Role::StatusBusy, sampling_text(sampling))
    } else {
        (Role::Muted, statistics_text(state, table, room))
    };
    let line = ink.line(role, format!(" {}", text::truncate(&said, room)));
    canvas.line(body, usize::from(body.height) - 1, &line);
}

/// How far a sample is.
fn sampling_text(sampling: &Sampling) -> String {
    match &sampling.progress {
        Some(progress) => format!(
            "sampling, {} of {} RCU",
            format::rcu(progress.rcu),
            format::rcu(progress.budget)
        ),
        None => "sampling".to_owned(),
    }
}

/// How old statistics are, and what they come from: in full where there is room.
fn statistics_text(state: &State, table: &TableName, room: usize) -> String {
    let known = state.catalog.statistics.table(table.as_str());
    let ago = |at: u64| format::ago(state.now.saturating_sub(at * 1000));
    match known.map(|known| (known.sample(), known.taken_at())) {
        Some((Some(sample), _)) => {
            let analyzed = format!("analyzed {}", ago(sample.at));
            let share = sample.of.map(|of| format::percent(sample.items, of));
            let full = match share {
                Some(share) if share < 100 => format!("{analyzed} ({share}%)"),
                _ => analyzed.clone(),
            };
            if text::width(&full) <= room {
                full
            } else {
                analyzed
            }
        }
        Some((None, Some(at))) => format!("learned {}: key a", ago(at)),
        _ => "not analyzed: key a".to_owned(),
    }
}

/// A row: mark and name at the left, what there is to say at the right; the name is cut first.
fn line(canvas: &Canvas<'_>, width: u16, state: &State, row: &TreeRow) -> Line<'static> {
    let ink = canvas.ink;
    let width = usize::from(width);
    let (mark, role) = mark(row);
    let (mut note, note_role) = note(state, row);
    let lead = format!("{}{mark} ", " ".repeat(row.depth.min(1) * 2));
    if width < WIDE
        && let Some(badge) = copy_badge(state, &row.node)
    {
        note = badge_parts(badge, state.now).0;
    }
    let more = if row.fold == Fold::Closed && row.depth > 0 {
        " ▸"
    } else {
        ""
    };
    let name = format!("{}{more}", text::sanitise(row.node.label()));
    let room = width.saturating_sub(text::width(&lead) + 1);
    // Long names of tables are often alike up to their ends: they go before figures.
    if matches!(row.node, Node::Table(_) | Node::Dataset(_)) && note_role == Role::Muted {
        while text::width(&name) + text::width(&note) > room && !note.is_empty() {
            note = match note.rsplit_once(" · ") {
                Some((count, _bytes)) => count.to_owned(),
                None => String::new(),
            };
        }
    }
    let used = text::width(&lead) + text::width(&note) + 1;
    let name = text::left(&name, width.saturating_sub(used).max(4));
    Line::from(vec![
        ink.span(Role::Muted, lead),
        ink.span(role, name),
        Span::raw(" "),
        ink.span(note_role, note),
    ])
}

fn mark(row: &TreeRow) -> (&'static str, Role) {
    match (&row.node, row.fold) {
        (Node::Dataset(_) | Node::Others, Fold::Closed) => ("▸", Role::TreeDataset),
        (Node::Dataset(_) | Node::Others, _) => ("▾", Role::TreeDataset),
        (Node::Base(..), _) => ("●", Role::TreeBase),
        (Node::Copy(..), _) => ("○", Role::TreeCopy),
        (Node::Table(_), _) => ("·", Role::TreeBase),
        (Node::Index(..), _) => ("│", Role::TreeIndex),
    }
}

/// What the right end of a row says.
fn note(state: &State, row: &TreeRow) -> (String, Role) {
    match &row.node {
        Node::Dataset(name) => match state.catalog.datasets.get(name) {
            Some(Err(_)) => ("✗ broken".to_owned(), Role::StatusError),
            _ => declared(&state.catalog, name).map_or((String::new(), Role::Muted), |dataset| {
                size(state, &dataset.base)
            }),
        },
        Node::Base(_, table) => match state.catalog.tables.get(table) {
            Some(TableState::Failed(_)) => failed(),
            Some(TableState::Ready(_)) => ("base".to_owned(), Role::Muted),
            _ => ("…".to_owned(), Role::Muted),
        },
        Node::Copy(dataset, copy) => copy_note(state, &row.node, dataset, copy),
        Node::Others => {
            let tables = state.catalog.tables.keys();
            let others = tables.filter(|table| !is_of_a_dataset(&state.catalog, table));
            (format::count(others.count() as u64), Role::Muted)
        }
        Node::Table(table) => size(state, table),
        Node::Index(_, table, index) => {
            let index = state
                .catalog
                .table(table.as_str())
                .and_then(|table| table.index(index.as_str()));
            match index {
                Some(index) if !index.active => ("building".to_owned(), Role::StatusWarn),
                Some(index) if index.kind == IndexKind::Local => ("LSI".to_owned(), Role::Muted),
                Some(_) => ("GSI".to_owned(), Role::Muted),
                None => (String::new(), Role::Muted),
            }
        }
    }
}

/// What the last check said of a copy, or what keeps it from being checked.
fn copy_note(state: &State, node: &Node, dataset: &DatasetName, copy: &CopyName) -> (String, Role) {
    if let Some(drift) = copy_badge(state, node) {
        return badge(drift, state.now);
    }
    match table_of(&state.catalog, node).and_then(|table| state.catalog.tables.get(table)) {
        Some(TableState::Failed(_)) => failed(),
        Some(TableState::Ready(_)) if is_unbound(state, dataset, copy) => {
            ("✗ mapping".to_owned(), Role::StatusError)
        }
        _ => ("…".to_owned(), Role::Muted),
    }
}

/// The badge of a copy that can be checked.
fn copy_badge(state: &State, node: &Node) -> Option<Badge> {
    let Node::Copy(dataset, copy) = node else {
        return None;
    };
    let table = table_of(&state.catalog, node)?;
    let ready = state.catalog.table(table.as_str()).is_some();
    (ready && !is_unbound(state, dataset, copy))
        .then(|| state.drift.badge(dataset, copy, state.now))
}

fn failed() -> (String, Role) {
    ("✗ failed".to_owned(), Role::StatusError)
}

fn is_unbound(state: &State, dataset: &DatasetName, copy: &CopyName) -> bool {
    state
        .catalog
        .dataset(dataset.as_str())
        .is_some_and(|bound| bound.failed.iter().any(|(name, _)| name == copy))
}

fn size(state: &State, table: &TableName) -> (String, Role) {
    match state.catalog.tables.get(table) {
        Some(TableState::Ready(table)) if table.items == 0 && table.bytes == 0 => {
            ("? items".to_owned(), Role::Muted)
        }
        Some(TableState::Ready(table)) => (
            format!(
                "{} · {}",
                format::short_count(table.items),
                format::bytes(table.bytes)
            ),
            Role::Muted,
        ),
        Some(TableState::Failed(_)) => failed(),
        Some(TableState::Listed) | None => ("…".to_owned(), Role::Muted),
    }
}

/// What the last check said of a copy.
pub(in crate::ui) fn badge(badge: Badge, now: u64) -> (String, Role) {
    let (mark, word, role) = badge_parts(badge, now);
    (format!("{mark}{word}"), role)
}

/// The same in two parts, of which the first alone is enough.
fn badge_parts(badge: Badge, now: u64) -> (String, String, Role) {
    let (mark, word, role) = match badge {
        Badge::Unchecked => ("–".into(), " unchecked", Role::DriftUnchecked),
        Badge::Running(Some(percent)) => (format!("⟳ {percent}%"), "", Role::DriftRunning),
        Badge::Running(None) => (spinner(now).into(), " checking", Role::DriftRunning),
        Badge::Clean(ago) => {
            let ago = format!(" {}", format::ago(ago));
            return ("✓".to_owned(), ago, Role::DriftClean);
        }
        Badge::Drift(n) => (
            format!("✗ {}", format::count(n)),
            " drift",
            Role::DriftFound,
        ),
        Badge::Incomplete => ("?".into(), " incomplete", Role::StatusWarn),
        Badge::Failed => ("✗".into(), " check failed", Role::StatusError),
    };
    (mark, word.to_owned(), role)
}

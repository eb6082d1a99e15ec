//! One finding: what its class means, the attributes that differ, side by side, and both keys.

use super::findings::class_role;
use crate::app::item::scalar_text;
use crate::app::text::{left, sanitise, truncate, wrap};
use crate::domain::drift::{Class, Finding};
use crate::domain::value::{Item, Value};
use crate::theme::Role;
use crate::ui::canvas::Ink;
use crate::ui::widgets::contrast::contrast;
use ratatui::text::{Line, Span};

/// The lines of a finding.
pub(super) fn lines(ink: Ink<'_>, finding: &Finding, width: usize) -> Vec<Line<'static>> {
    let class = finding.class;
    let mut lines = Vec::new();
    for (n, piece) in wrap(meaning(class), width.saturating_sub(13))
        .into_iter()
        .enumerate()
    {
        let word = if n == 0 { class.code() } else { "" };
        lines.push(Line::from(vec![
            ink.span(class_role(class), format!("{word:<12} ")),
            ink.span(Role::Text, piece),
        ]));
    }
    if let Some(detail) = &finding.detail {
        lines.extend(
            wrap(detail, width)
                .into_iter()
                .map(|piece| ink.line(Role::Text, piece)),
        );
    }
    // What differs comes first: it is what is looked for, and it must not fall off a small screen.
    if !finding.attributes.is_empty() {
        lines.push(Line::default());
        lines.extend(attributes(ink, finding, width));
    }
    lines.push(Line::default());
    lines.extend(keys(ink, "base key", finding.base_key.as_ref(), width));
    lines.extend(keys(ink, "copy key", finding.copy_key.as_ref(), width));
    for (title, at) in [
        ("seen", &finding.seen_at),
        ("confirmed", &finding.confirmed_at),
    ] {
        lines.push(Line::from(vec![
            ink.span(Role::Muted, format!("{title:<12} ")),
            ink.span(Role::Text, at.as_str().to_owned()),
        ]));
    }
    lines
}

/// What a class means.
fn meaning(class: Class) -> &'static str {
    match class {
        Class::Missing => "the base item should have a copy here, and there is none",
        Class::Orphaned => "a copy whose base item does not exist",
        Class::Misplaced => "the base item exists, but should not have a copy under this key",
        Class::Different => "the right key, but other attributes",
        Class::Stale => "an older version of the base item",
        Class::Duplicate => "two base items want this copy key; this one lost",
        Class::Unmappable => "the mapping gives no copy for this base item",
        Class::Expired => "past its time to live on one side; not drift",
    }
}

fn keys(ink: Ink<'_>, title: &str, key: Option<&Item>, width: usize) -> Vec<Line<'static>> {
    let Some(key) = key else {
        return vec![Line::from(vec![
            ink.span(Role::Muted, format!("{title:<12} ")),
            ink.span(Role::CellAbsent, "none"),
        ])];
    };
    key.iter()
        .enumerate()
        .map(|(n, (name, value))| {
            let title = if n == 0 { title } else { "" };
            let text = format!("{name} = {}", scalar_text(value));
            let room = width.saturating_sub(13);
            Line::from(vec![
                ink.span(Role::Muted, format!("{title:<12} ")),
                ink.span(Role::Text, truncate(&sanitise(&text), room).into_owned()),
            ])
        })
        .collect()
}

fn attributes(ink: Ink<'_>, finding: &Finding, width: usize) -> Vec<Line<'static>> {
    let longest = finding.attributes.iter().map(|a| a.path.chars().count());
    let name = longest.max().unwrap_or(0).clamp(9, 24).min(width / 3);
    let side = width.saturating_sub(name + 4) / 2;
    let head = format!(
        "{}  {}  {}",
        left("attribute", name),
        left("base", side),
        left("copy", side)
    );
    let rows = finding.attributes.iter().map(|attribute| {
        let [base, copy] = [&attribute.base, &attribute.copy];
        let mut line = ink.line(Role::Title, left(&sanitise(&attribute.path), name));
        for (role, this, other) in [(Role::DiffBase, base, copy), (Role::DiffCopy, copy, base)] {
            line.push_span(ink.span(Role::Text, "  "));
            line.spans
                .extend(value(ink, role, this.as_ref(), other.as_ref(), side));
        }
        line
    });
    std::iter::once(ink.line(Role::TableHead, head))
        .chain(rows)
        .collect()
}

/// A value beside another: what it shares with that one is plain, the rest is marked.
fn value(
    ink: Ink<'_>,
    role: Role,
    this: Option<&Value>,
    other: Option<&Value>,
    width: usize,
) -> Vec<Span<'static>> {
    let Some(this) = this else {
        return vec![ink.span(Role::CellAbsent, left("–", width))];
    };
    let other = other.map(scalar_text).unwrap_or_default();
    let text = scalar_text(this);
    // Only their types differ: then all of it does.
    let other = if text == other { "" } else { &other };
    let shown = contrast(&text, other, width);
    vec![
        ink.span(Role::Text, shown.before),
        ink.span(role, shown.differing),
        ink.span(Role::Text, shown.after),
    ]
}

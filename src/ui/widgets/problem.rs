//! A problem in its three parts: what, why, what to try.

use crate::app::text::wrap;
use crate::domain::problem::Problem;
use crate::theme::Role;
use crate::ui::canvas::Ink;
use ratatui::text::Line;

/// The lines of a problem, wrapped to `width`.
pub(in crate::ui) fn lines(ink: Ink<'_>, problem: &Problem, width: usize) -> Vec<Line<'static>> {
    let place = problem.place.as_ref().and_then(|place| {
        let file = place.file.as_ref()?;
        Some(format!("{file}:{}:{}", place.line, place.column))
    });
    let parts = [
        ("✗ ", Role::StatusError, Some(problem.what.clone())),
        ("  ", Role::Text, problem.why.clone()),
        (
            "→ ",
            Role::Accent,
            problem.hint.as_ref().map(|hint| format!("try: {hint}")),
        ),
        ("@ ", Role::Muted, place),
    ];
    let mut lines = Vec::new();
    for (mark, role, text) in parts {
        for (n, piece) in text
            .iter()
            .flat_map(|text| wrap(text, width.saturating_sub(2)))
            .enumerate()
        {
            let mark = if n == 0 { mark } else { "  " };
            lines.push(Line::from(vec![
                ink.span(role, mark),
                ink.span(role, piece),
            ]));
        }
    }
    lines
}

//! Borders: boxes stacked on top of each other that share their horizontal lines.

use super::canvas::Canvas;
use crate::app::{Pane, Scroll};
use crate::theme::Role;
use ratatui::layout::Rect;
use ratatui::symbols::line;
use ratatui::text::Line;

/// A box of a stack.
pub(super) struct Section<'t> {
    /// The pane it is.
    pub(super) pane: Pane,
    /// Its title.
    pub(super) title: Line<'t>,
    /// What stands at the right end of its title line.
    pub(super) note: Line<'t>,
    /// Rows inside; the last section takes what is left.
    pub(super) rows: u16,
}

/// Draws the borders of a stack and gives the inside of each box. `focus`: the pane to stand out.
pub(super) fn stack(
    canvas: &mut Canvas<'_>,
    area: Rect,
    focus: Option<Pane>,
    sections: &[Section<'_>],
) -> Vec<Rect> {
    let mut bodies = Vec::with_capacity(sections.len());
    let mut y = area.y;
    for (n, section) in sections.iter().enumerate() {
        let last = n + 1 == sections.len();
        let room = area.bottom().saturating_sub(y);
        let rows = if last {
            room.saturating_sub(2)
        } else {
            section.rows.min(room.saturating_sub(2))
        };
        let frame = Rect {
            y,
            height: rows.saturating_add(2).min(room),
            ..area
        };
        let body = inside(frame);
        canvas.place(section.pane, frame, body, 0);
        bodies.push(body);
        y = y.saturating_add(rows + 1);
    }
    // The focus is drawn last, so that its border wins where boxes share a line; titles over all.
    for lit in [false, true] {
        for (n, section) in sections.iter().enumerate() {
            if (focus == Some(section.pane)) == lit {
                let joins = [n > 0, n + 1 < sections.len()];
                draw(canvas, outside(bodies[n], area), joins, lit);
            }
        }
    }
    for (section, body) in sections.iter().zip(&bodies) {
        let lit = focus == Some(section.pane);
        titles(canvas, outside(*body, area), section, lit);
    }
    bodies
}

fn inside(frame: Rect) -> Rect {
    Rect {
        x: frame.x.saturating_add(1),
        y: frame.y.saturating_add(1),
        width: frame.width.saturating_sub(2),
        height: frame.height.saturating_sub(2),
    }
}

fn outside(body: Rect, area: Rect) -> Rect {
    Rect {
        y: body.y.saturating_sub(1),
        height: body.height.saturating_add(2),
        ..area
    }
}

/// Draws one box. `[above, below]`: whether another box joins there.
fn draw(canvas: &mut Canvas<'_>, frame: Rect, [above, below]: [bool; 2], lit: bool) {
    let role = if lit { Role::BorderFocus } else { Role::Border };
    let style = canvas.ink.style(role);
    let frame = frame.intersection(canvas.buffer.area);
    if frame.width < 2 || frame.height < 2 {
        return;
    }
    let (left, right) = (frame.x, frame.right() - 1);
    let (top, bottom) = (frame.y, frame.bottom() - 1);
    let mut set = |x, y, symbol| {
        canvas.buffer[(x, y)].set_symbol(symbol).set_style(style);
    };
    for x in left + 1..right {
        set(x, top, line::HORIZONTAL);
        set(x, bottom, line::HORIZONTAL);
    }
    for y in top + 1..bottom {
        set(left, y, line::VERTICAL);
        set(right, y, line::VERTICAL);
    }
    let joined = |yes, join, corner| if yes { join } else { corner };
    set(
        left,
        top,
        joined(above, line::VERTICAL_RIGHT, line::TOP_LEFT),
    );
    set(
        right,
        top,
        joined(above, line::VERTICAL_LEFT, line::TOP_RIGHT),
    );
    set(
        left,
        bottom,
        joined(below, line::VERTICAL_RIGHT, line::BOTTOM_LEFT),
    );
    set(
        right,
        bottom,
        joined(below, line::VERTICAL_LEFT, line::BOTTOM_RIGHT),
    );
}

fn titles(canvas: &mut Canvas<'_>, frame: Rect, section: &Section<'_>, lit: bool) {
    if frame.width < 2 || frame.intersection(canvas.buffer.area).is_empty() {
        return;
    }
    let role = if lit { Role::BorderFocus } else { Role::Title };
    let ink = canvas.ink;
    let mut title = Line::from(ink.span(role, " "));
    title.spans.extend(section.title.spans.iter().map(|span| {
        let mut span = span.clone();
        span.style = ink.style(role).patch(span.style);
        span
    }));
    title.push_span(ink.span(role, " "));
    let room = Rect {
        x: frame.x + 1,
        width: frame.width - 2,
        ..frame
    };
    canvas.line(room, 0, &title);
    let left_over = usize::from(room.width).saturating_sub(title.width() + 1);
    if section.note.width() > 0 && section.note.width() + 2 <= left_over {
        let mut note = Line::from(ink.span(Role::Border, " "));
        note.spans.extend(section.note.spans.iter().cloned());
        note.push_span(ink.span(Role::Border, " "));
        canvas.line_right(room, 0, &note);
    }
}

/// Marks on the right border which part of a list is shown.
pub(super) fn thumb(canvas: &mut Canvas<'_>, body: Rect, scroll: Scroll, len: usize, role: Role) {
    let height = usize::from(body.height);
    if len <= height || height == 0 {
        return;
    }
    let size = (height * height / len).max(1);
    let travel = height - size;
    let top = (scroll.offset * travel)
        .div_ceil((len - height).max(1))
        .min(travel);
    let edge = Rect {
        x: body.right(),
        width: 1,
        ..body
    };
    for row in top..top + size {
        let mark = canvas.ink.line(role, "┃");
        canvas.line(edge, row, &mark);
    }
}

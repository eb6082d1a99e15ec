//! What screens draw on: a buffer, a theme, and notes of where things went.
//!
//! Every text that reaches the buffer passes [`Ink::span`], which makes it safe to show, and
//! [`Canvas::line`], which clips it to its area.

use crate::app::text::sanitise;
use crate::app::{Area, Pane, Placed, State, Viewports};
use crate::theme::{self, Color, Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{self, Modifier, Style};
use ratatui::text::{Line, Span};
use std::borrow::Cow;

/// Styles of a theme as ratatui has them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink<'a>(pub(super) &'a Theme);

impl Ink<'_> {
    /// The style of a role.
    pub(super) fn style(self, role: Role) -> Style {
        convert(self.0.style(role))
    }

    /// The ground of a role, to be laid under text that keeps its own color.
    pub(super) fn ground(self, role: Role) -> Style {
        Style {
            fg: None,
            ..self.style(role)
        }
    }

    /// A piece of text, made safe.
    pub(super) fn span<'t>(self, role: Role, text: impl Into<Cow<'t, str>>) -> Span<'t> {
        let text = match text.into() {
            Cow::Borrowed(text) => sanitise(text),
            Cow::Owned(text) => match sanitise(&text) {
                Cow::Borrowed(_) => Cow::Owned(text),
                Cow::Owned(safe) => Cow::Owned(safe),
            },
        };
        Span::styled(text, self.style(role))
    }

    /// A line of one piece.
    pub(super) fn line<'t>(self, role: Role, text: impl Into<Cow<'t, str>>) -> Line<'t> {
        Line::from(self.span(role, text))
    }
}

fn convert(style: theme::Style) -> Style {
    const MODIFIERS: [(theme::Modifiers, Modifier); 5] = [
        (theme::Modifiers::BOLD, Modifier::BOLD),
        (theme::Modifiers::DIM, Modifier::DIM),
        (theme::Modifiers::ITALIC, Modifier::ITALIC),
        (theme::Modifiers::UNDERLINE, Modifier::UNDERLINED),
        (theme::Modifiers::REVERSE, Modifier::REVERSED),
    ];
    let modifiers = MODIFIERS
        .into_iter()
        .filter(|(ours, _)| style.modifiers.has(*ours))
        .fold(Modifier::empty(), |all, (_, theirs)| all | theirs);
    Style {
        fg: style.fg.map(color),
        bg: style.bg.map(color),
        ..Style::new()
    }
    .add_modifier(modifiers)
}

fn color(color: Color) -> style::Color {
    match color {
        Color::Rgb(r, g, b) => style::Color::Rgb(r, g, b),
        // Crossterm sends the first 16 of the 256 as the terminal's own colors.
        Color::Indexed(n) | Color::Ansi(n) => style::Color::Indexed(n),
    }
}

/// What screens draw on.
pub(super) struct Canvas<'a> {
    /// The cells.
    pub(super) buffer: &'a mut Buffer,
    /// The styles.
    pub(super) ink: Ink<'a>,
    /// Where things went.
    pub(super) ports: Viewports,
    /// Where the text cursor is, when a text is edited.
    pub(super) cursor: Option<Position>,
}

impl Canvas<'_> {
    /// Draws a line in a row of an area, clipped to it.
    pub(super) fn line(&mut self, area: Rect, row: usize, line: &Line<'_>) {
        let Some(area) = row_of(area, row) else {
            return;
        };
        let area = area.intersection(self.buffer.area);
        if !area.is_empty() {
            self.buffer.set_line(area.x, area.y, line, area.width);
        }
    }

    /// Draws a line at the right edge of a row; nothing when it does not fit.
    pub(super) fn line_right(&mut self, area: Rect, row: usize, line: &Line<'_>) {
        let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
        if width <= area.width {
            let at = Rect {
                x: area.right() - width,
                width,
                ..area
            };
            self.line(at, row, line);
        }
    }

    /// Lays a ground under a row.
    pub(super) fn ground(&mut self, area: Rect, row: usize, role: Role) {
        if let Some(area) = row_of(area, row) {
            self.buffer.set_style(area, self.ink.ground(role));
        }
    }

    /// Marks the row of a list's cursor; fainter while its pane has not the focus.
    pub(super) fn cursor(&mut self, area: Rect, row: usize, state: &State, pane: Pane) {
        let role = if state.pane() == pane {
            Role::Selection
        } else {
            Role::SelectionIdle
        };
        self.ground(area, row, role);
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Rect, role: Role) {
        let style = self.ink.style(role);
        for position in area.intersection(self.buffer.area).positions() {
            self.buffer[position].reset();
            self.buffer[position].set_style(style);
        }
    }

    /// Draws lines from the top of an area.
    pub(super) fn lines<'l>(&mut self, area: Rect, lines: impl IntoIterator<Item = Line<'l>>) {
        for (row, line) in lines.into_iter().enumerate() {
            self.line(area, row, &line);
        }
    }

    /// Draws the head of a table; where its rows go.
    pub(super) fn head(&mut self, body: Rect, head: String) -> Rect {
        let line = self.ink.line(Role::TableHead, head);
        self.line(body, 0, &line);
        Rect {
            y: body.y + 1,
            height: body.height.saturating_sub(1),
            ..body
        }
    }

    /// Notes where a pane is.
    pub(super) fn place(&mut self, pane: Pane, frame: Rect, body: Rect, lines: usize) {
        let placed = Placed {
            frame: to_area(frame),
            body: to_area(body),
            lines,
        };
        self.ports.place(pane, placed);
    }

    /// Puts the text cursor.
    pub(super) fn put_cursor(&mut self, x: u16, y: u16) {
        self.cursor = Some(Position { x, y });
    }
}

fn to_area(rect: Rect) -> Area {
    Area {
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    }
}

/// A row of an area, when it has that many.
pub(super) fn row_of(area: Rect, row: usize) -> Option<Rect> {
    let row = u16::try_from(row).ok().filter(|row| *row < area.height)?;
    Some(Rect {
        y: area.y + row,
        height: 1,
        ..area
    })
}

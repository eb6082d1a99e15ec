//! The screen as a pure function of the state.
//!
//! Owns every cell drawn. Changes nothing: sizes and places go back as [`Viewports`], so that
//! scrolling stays the state's. Item text is untrusted and goes through [`crate::app::text`].

mod canvas;
mod chrome;
mod frames;
mod overlays;
mod screens;
mod widgets;

use crate::app::text::wrap;
use crate::app::{Screen, State, Viewports};
use crate::theme::{Role, Theme};
use canvas::{Canvas, Ink};
use ratatui::Frame;
use ratatui::layout::Rect;

/// The smallest screen anything useful fits on.
const SMALLEST: (u16, u16) = (60, 15);

/// Draws the state; says where things are.
pub fn render(state: &State, theme: &Theme, frame: &mut Frame<'_>) -> Viewports {
    let area = frame.area();
    let mut canvas = Canvas {
        buffer: frame.buffer_mut(),
        ink: Ink(theme),
        ports: Viewports::default(),
        cursor: None,
    };
    canvas.clear(area, Role::Text);
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(&mut canvas, area);
    } else {
        draw(&mut canvas, area, state);
    }
    let (ports, cursor) = (canvas.ports, canvas.cursor);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    ports
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let line = |y| Rect {
        y,
        height: 1,
        ..area
    };
    let body = Rect {
        y: area.y + 1,
        height: area.height - 2,
        ..area
    };
    chrome::header(canvas, line(area.y), state);
    match state.screen {
        Screen::Explore => screens::explore::draw(canvas, body, state),
        Screen::Item => screens::item::draw(canvas, body, state),
        Screen::Drift => screens::drift::draw(canvas, body, state),
        Screen::Beside => screens::beside::draw(canvas, body, state),
        Screen::Pipeline => screens::pipeline::draw(canvas, body, state),
        Screen::Ledger => screens::ledger::draw(canvas, body, state),
    }
    chrome::footer(canvas, line(area.bottom() - 1), state);
    overlays::draw(canvas, body, state);
}

fn too_small(canvas: &mut Canvas<'_>, area: Rect) {
    let (width, height) = SMALLEST;
    let text = format!(
        "the terminal is {}×{}\nat least {width}×{height} is needed",
        area.width, area.height
    );
    let lines = wrap(&text, usize::from(area.width));
    for (row, text) in lines.into_iter().enumerate() {
        let line = canvas.ink.line(Role::StatusWarn, text);
        canvas.line(area, row, &line);
    }
}

#[cfg(test)]
mod tests;

//! The screen as a pure function of the state.
//!
//! Owns every cell drawn. Changes nothing: sizes and places go back as [`Viewports`], so that
//! scrolling stays the state's. Item text is untrusted and goes through [`crate::app::text`].

use crate::app::{State, Viewports};
use crate::theme::Theme;
use ratatui::Frame;

/// Draws the state; says where things are.
pub fn render(_state: &State, _theme: &Theme, _frame: &mut Frame<'_>) -> Viewports {
    Viewports::default()
}

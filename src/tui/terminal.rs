//! The terminal's modes: entered, left, and undone whatever happens.

use crate::domain::problem::Problem;
use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableMouseCapture,
};
use crossterm::execute;
use crossterm::terminal::{Clear, ClearType};
use ratatui::{DefaultTerminal, Frame};
use std::io::{self, IsTerminal, stdout};
use std::panic;

/// The screen in raw mode; dropping it restores the terminal.
pub(super) struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    /// Enters raw mode, the alternate screen, mouse and paste modes. A panic undoes them all.
    pub(super) fn enter() -> Result<Self, Problem> {
        if !stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(Problem::new("there is no terminal to draw on")
                .because("stdin or stdout is not a terminal")
                .hint("a command such as `driftscope tables`; see `driftscope --help`"));
        }
        let terminal = ratatui::try_init().map_err(|e| broken(&e))?;
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            leave_modes();
            former(info);
        }));
        let screen = Self { terminal };
        enter_modes().map_err(|e| broken(&e))?;
        Ok(screen)
    }

    /// Draws a frame and hands out what drawing found.
    pub(super) fn draw<T: Default>(
        &mut self,
        render: impl FnOnce(&mut Frame<'_>) -> T,
    ) -> Result<T, Problem> {
        let mut found = T::default();
        self.terminal
            .draw(|frame| found = render(frame))
            .map_err(|e| broken(&e))?;
        Ok(found)
    }

    /// Hands the terminal back for a while.
    #[expect(clippy::unused_self, reason = "only who holds the screen may leave it")]
    pub(super) fn leave(&mut self) {
        leave_modes();
        ratatui::restore();
    }

    /// Takes the terminal again and forgets what was on it.
    pub(super) fn come_back(&mut self) -> Result<(), Problem> {
        self.terminal = ratatui::try_init().map_err(|e| broken(&e))?;
        enter_modes().map_err(|e| broken(&e))?;
        // Not `Terminal::clear`: it asks where the cursor is, and the answer is lost when the
        // stream of keys was just dropped.
        execute!(stdout(), Clear(ClearType::All)).map_err(|e| broken(&e))
    }

    /// Puts a text into the clipboard through the terminal (OSC 52: works over ssh).
    #[expect(
        clippy::unused_self,
        reason = "only who holds the screen may write to it"
    )]
    pub(super) fn copy(&mut self, text: &str) -> Result<(), Problem> {
        execute!(stdout(), CopyToClipboard::to_clipboard_from(text)).map_err(|e| broken(&e))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave_modes();
        ratatui::restore();
    }
}

fn enter_modes() -> io::Result<()> {
    execute!(stdout(), EnableMouseCapture, EnableBracketedPaste)
}

/// What `ratatui::restore` does not undo. There is nowhere to report a failure.
fn leave_modes() {
    let _ = execute!(
        stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        DisableFocusChange,
        Show
    );
}

fn broken(error: &io::Error) -> Problem {
    Problem::new("the terminal failed").because(error.to_string())
}

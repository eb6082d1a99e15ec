//! Progress on stderr, only when it is a terminal and nobody asked for quiet.

use super::args::Global;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// A progress bar that may be invisible.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that starts as a spinner until a total is known.
    pub(super) fn new(global: &Global, what: &str) -> Self {
        let visible = !global.quiet && std::io::stderr().is_terminal();
        let target = if visible {
            ProgressDrawTarget::stderr_with_hz(15)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target)
            .with_style(spinner())
            .with_message(what.to_owned());
        if visible {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar }
    }

    /// So many of so many.
    pub(super) fn at(&self, done: u64, of: Option<u64>) {
        if let Some(of) = of
            && self.bar.length() != Some(of)
        {
            self.bar.set_style(counted());
            self.bar.set_length(of);
        }
        self.bar.set_position(done);
    }

    /// What is going on.
    pub(super) fn say(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    /// Takes it off the screen while something else is written there.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes it off the screen.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg} {human_pos}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn counted() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

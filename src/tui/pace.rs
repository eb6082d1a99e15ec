//! When to draw: at once after input, at least 33 ms apart for data, never while nothing changes.

use std::time::{Duration, Instant};

/// The least time between frames that only data asked for.
const FRAME: Duration = Duration::from_millis(33);

/// When the last frame was, and whether another is due.
#[derive(Debug)]
pub(super) struct Pace {
    last: Instant,
    dirty: bool,
    hurried: bool,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            last: Instant::now(),
            dirty: false,
            hurried: false,
        }
    }

    /// Something changed.
    pub(super) const fn soil(&mut self) {
        self.dirty = true;
    }

    /// A person waits for the change, if there is one.
    pub(super) const fn hurry(&mut self) {
        self.hurried = true;
    }

    pub(super) const fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// How long the next frame may wait.
    pub(super) fn wait(&self) -> Duration {
        FRAME.saturating_sub(self.last.elapsed())
    }

    pub(super) fn is_due(&self) -> bool {
        self.dirty && (self.hurried || self.wait().is_zero())
    }

    pub(super) fn drawn(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_drawn_while_nothing_changes() {
        let mut pace = Pace::new();
        pace.hurry();
        assert!(!pace.is_due());
    }

    #[test]
    fn input_is_shown_at_once_and_data_waits_its_turn() {
        let mut pace = Pace::new();
        pace.soil();
        assert!(!pace.is_due());
        pace.hurry();
        assert!(pace.is_due());
    }
}

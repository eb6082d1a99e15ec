//! How far a check is: what was read, how fast, and how long it will take.
//!
//! Owns the speed over the last seconds and the arithmetic of the time left. What was consumed is counted
//! where pages are read; nothing here limits anything.

use super::Phase;
use crate::domain::names::{CopyName, Rcu};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// How far back the speed is measured.
const WINDOW: Duration = Duration::from_secs(10);
/// A speed of less time than this says nothing.
const LEAST: Duration = Duration::from_secs(1);

/// How far a check is.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftProgress {
    /// The phase.
    pub phase: Phase,
    /// Items read so far; while verifying: candidates settled; while watching: looks at a changed item in
    /// one copy.
    pub items: u64,
    /// Items expected in all, when known; while verifying: candidates in all; while watching: those to
    /// come included.
    pub of: Option<u64>,
    /// Units consumed, those included that a checkpoint tells of.
    pub rcu: Rcu,
    /// Units a second over the last ten seconds; none in the first second, and none while nothing is read.
    pub rate: Option<f64>,
    /// Units a second that it may read at most, as [`DriftOptions`](super::DriftOptions) has it.
    pub pace: Option<Rcu>,
    /// Units after which it stops, as [`DriftOptions`](super::DriftOptions) has it.
    pub budget: Option<Rcu>,
    /// Time until both sides are read, from what the tables' described bytes still have to consume and
    /// `rate`; none when a table's size is unknown, and none while waiting or verifying.
    pub eta: Option<Duration>,
    /// Candidates so far.
    pub candidates: u64,
    /// Each copy under check, in file order.
    pub copies: Vec<CopyProgress>,
}

/// How far the check of a copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyProgress {
    /// The copy.
    pub copy: CopyName,
    /// Items that it should hold, as far as the base was read.
    pub expected: u64,
    /// Items read of its table.
    pub read: u64,
}

impl DriftProgress {
    /// The beginning of a phase, with nothing read and nothing known.
    #[must_use]
    pub const fn new(phase: Phase) -> Self {
        Self {
            phase,
            items: 0,
            of: None,
            rcu: Rcu(0.0),
            rate: None,
            pace: None,
            budget: None,
            eta: None,
            candidates: 0,
            copies: Vec::new(),
        }
    }
}

/// Units a second over the last seconds.
#[derive(Debug, Default)]
pub(super) struct Speed {
    /// Units consumed in all, as they were at times of the window and just before it.
    seen: VecDeque<(Instant, f64)>,
}

impl Speed {
    /// Takes note of all units consumed by now.
    pub(super) fn note(&mut self, total: Rcu) {
        let now = Instant::now();
        self.seen.push_back((now, total.0));
        while let Some(&(second, _)) = self.seen.get(1)
            && now.duration_since(second) >= WINDOW
        {
            self.seen.pop_front();
        }
    }

    /// The speed, once it says anything.
    pub(super) fn rate(&self) -> Option<f64> {
        let ((from, before), (to, now)) = (self.seen.front()?, self.seen.back()?);
        let time = to.duration_since(*from);
        (time >= LEAST && now > before).then(|| (now - before) / time.as_secs_f64())
    }

    /// How long `units` take at this speed.
    pub(super) fn time_for(&self, units: f64) -> Option<Duration> {
        Duration::try_from_secs_f64(units / self.rate()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn the_speed_is_that_of_the_last_ten_seconds() {
        let mut speed = Speed::default();
        let mut total = 0.0;
        speed.note(Rcu(total));
        for step in [2.0; 10].into_iter().chain([40.0; 12]) {
            advance(LEAST).await;
            total += step;
            speed.note(Rcu(total));
        }
        assert_eq!(speed.rate(), Some(40.0));
        assert_eq!(speed.time_for(1_000.0), Some(Duration::from_secs(25)));
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_no_speed_in_the_first_second_and_none_while_nothing_is_read() {
        let mut speed = Speed::default();
        assert_eq!(speed.rate(), None);
        speed.note(Rcu(0.0));
        advance(Duration::from_millis(900)).await;
        speed.note(Rcu(128.0));
        assert_eq!((speed.rate(), speed.time_for(1.0)), (None, None));
        for _ in 0..3 {
            advance(WINDOW).await;
            speed.note(Rcu(128.0));
        }
        assert_eq!(speed.rate(), None);
    }
}

//! A line of reads that share a budget, a pace, or both.
//!
//! Owns what is reserved, what was consumed, and who goes next: first come, first served, and only
//! the head of the line looks at the book. Dropping a future leaves the line, dropping a
//! reservation gives it back, so a read that is cancelled or fails costs nothing.

use super::meter::Meter;
use super::page::{shrink, worst_case};
use crate::domain::names::Rcu;
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind, ReadRequest};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// One line.
#[derive(Debug, Default)]
pub(super) struct Lane {
    line: tokio::sync::Mutex<()>,
    book: Mutex<Book>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Book {
    max: Option<f64>,
    used: f64,
    reserved: f64,
    under_way: u32,
    meter: Meter,
}

/// What the head of the line is told.
enum Turn {
    /// Go, with so much reserved.
    Go(f64),
    /// Reads under way must settle first.
    Settle,
    /// The pace allows it so much later.
    Later(Duration),
}

/// Units set aside for a read under way. Dropping it gives them back.
#[derive(Debug)]
pub(super) struct Reserved {
    lane: Arc<Lane>,
    units: f64,
}

impl Lane {
    /// A line that ends after `max` units.
    pub(super) fn with(max: Option<Rcu>, rate: Option<Rcu>) -> Self {
        let lane = Self::default();
        lane.book().max = max.map(|max| max.0);
        lane.set_rate(rate.map(|rate| rate.0));
        lane
    }

    /// Reads at most so many units a second.
    pub(super) fn set_rate(&self, rate: Option<f64>) {
        self.book().meter.set(rate);
        self.changed.notify_one();
    }

    /// The pace right now.
    pub(super) fn rate(&self) -> Option<f64> {
        self.book().meter.rate()
    }

    /// Whether throttling made it slower than it should be.
    pub(super) fn is_slowed(&self) -> bool {
        self.book().meter.is_slowed()
    }

    /// Halves the pace. Whether it did: throttles of one rush count once.
    pub(super) fn halve(&self) -> bool {
        let halved = self.book().meter.halve();
        self.changed.notify_one();
        halved
    }

    /// Waits for its turn and reserves the worst case of `request`, whose `Limit` may be lowered so
    /// that it fits; its items consume `each` strong units in the mean, as far as is known.
    ///
    /// # Errors
    /// When the budget is used up and nothing is under way.
    pub(super) async fn admit(
        self: &Arc<Self>,
        request: &mut ReadRequest,
        each: Option<f64>,
    ) -> Result<Reserved, ReadError> {
        let _head = self.line.lock().await;
        loop {
            let turn = self.book().turn(request, each)?;
            match turn {
                Turn::Go(units) => {
                    let lane = Arc::clone(self);
                    return Ok(Reserved { lane, units });
                }
                Turn::Settle => self.changed.notified().await,
                Turn::Later(time) => tokio::select! {
                    () = self.changed.notified() => {}
                    () = tokio::time::sleep(time) => {}
                },
            }
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing that holds the lock can panic half-way.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn turn(&mut self, request: &mut ReadRequest, each: Option<f64>) -> Result<Turn, ReadError> {
        let left = self.max.map(|max| max - self.used);
        if let (Some(max), Some(..=0.0)) = (self.max, left) {
            return match self.under_way {
                0 => Err(used_up(max, self.used)),
                _ => Ok(Turn::Settle),
            };
        }
        // A page is worth a second; one of less than a unit would be rounded up to it.
        let second = self.meter.rate().map(|rate| rate.max(1.0));
        for most in left.into_iter().chain(second) {
            shrink(request, most, each);
        }
        let units = worst_case(request);
        let fits = |room: Option<f64>| room.is_none_or(|room| self.reserved + units <= room);
        if self.under_way > 0 && !(fits(left) && fits(second)) {
            return Ok(Turn::Settle);
        }
        if let Some(time) = self.meter.pay() {
            return Ok(Turn::Later(time));
        }
        self.reserved += units;
        self.under_way += 1;
        Ok(Turn::Go(units))
    }
}

impl Reserved {
    /// The read came back and consumed this.
    pub(super) fn settle(self, consumed: Rcu) {
        let mut book = self.lane.book();
        book.used += consumed.0;
        book.meter.charge(consumed.0);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut book = self.lane.book();
        book.reserved -= self.units;
        book.under_way -= 1;
        drop(book);
        self.lane.changed.notify_one();
    }
}

fn used_up(max: f64, used: f64) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Budget,
        problem: Problem::new(format!("stopped: the budget of {max} RCU is used up"))
            .because(format!("{used} RCU were consumed"))
            .hint("a larger `--max-rcu`, or a narrower request"),
    }
}

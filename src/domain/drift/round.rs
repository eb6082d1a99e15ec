//! The rounds of verification: when a candidate is looked at, and when what was seen is drift.
//!
//! Owns the rule that keeps writes under way from looking like drift. Time is data: a duration since
//! the verification began. Every case has times of its own, so that one that keeps changing delays no other.
//!
//! A round is a pause and then looks, all of which have to show the same bytes. The first has no pause;
//! each round is twice as long as the one before. Two looks a grace apart leave one hole: the base item
//! may have changed and changed back between them, with the copy late for either change. A base item
//! with a version cannot come back, so two looks are enough there. Otherwise it takes five, half a grace
//! apart: whoever writes would have to change it and back four times in step with them.

use super::{Class, Digest, LeftOpen};
use crate::domain::lag::Flow;
use crate::domain::mapping::BoundDataset;
use std::collections::BTreeMap;
use std::time::Duration;

/// Rounds before what is still changing is left open.
const ROUNDS: u32 = 5;

/// Whether an item that changed can be the same again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recurrence {
    /// It cannot: a version changes with every write.
    Excluded,
    /// It can.
    Possible,
}

impl Recurrence {
    /// Of items as the dataset has them: whether they carry a version.
    #[must_use]
    pub const fn of(dataset: &BoundDataset) -> Self {
        match dataset.dataset.version_by {
            Some(_) => Self::Excluded,
            None => Self::Possible,
        }
    }

    /// Looks that have to show the same.
    #[must_use]
    pub const fn looks(self) -> u32 {
        match self {
            Self::Excluded => 2,
            Self::Possible => 5,
        }
    }

    /// The time between two of them.
    fn between(self, grace: Duration) -> Duration {
        match self {
            Self::Excluded => grace,
            Self::Possible => grace / 2,
        }
    }
}

/// What one look gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight<'a> {
    /// When its first read was sent.
    pub began: Duration,
    /// When its last read was answered.
    pub ended: Duration,
    /// Of everything it showed.
    pub digest: Digest,
    /// The classes of what would be found if nothing moved any more; none when both sides agree.
    pub classes: &'a [Class],
    /// Whether the same may be seen although it changed in between.
    pub recurrence: Recurrence,
    /// How changes flow to the copy.
    pub flow: Flow,
    /// How long a difference must last, by that.
    pub grace: Duration,
}

/// What follows from a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Look again, not before this time.
    Look(Duration),
    /// Both sides agree: it was in flight.
    InFlight,
    /// It is drift.
    Drift,
    /// Neither confirmed nor cleared.
    Open(LeftOpen),
}

/// Whether what a copy lacks may be on its way yet, by how its changes flow; the worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lateness {
    /// Nothing is later than the grace, or nothing is known of it.
    Within,
    /// The last changes took longer than the grace.
    Beyond,
    /// The pipeline is behind, or stopped.
    Held,
}

impl Lateness {
    fn of(flow: Flow, grace: Duration) -> Self {
        if flow.holds_verdicts() {
            Self::Held
        } else if flow.lag().is_some_and(|lag| lag >= grace) {
            Self::Beyond
        } else {
            Self::Within
        }
    }
}

/// Looks that have shown the same so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Steady {
    digest: Digest,
    looks: u32,
    /// The grace as the first of them had it.
    grace: Duration,
    lateness: Lateness,
    /// When the next is due.
    due: Duration,
}

/// One candidate under verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rounds {
    ended: u32,
    steady: Option<Steady>,
}

impl Rounds {
    /// Whether it was never looked at.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.ended == 0 && self.steady.is_none()
    }

    /// Takes a look in.
    pub fn take(&mut self, sight: &Sight<'_>) -> Next {
        if sight.classes.is_empty() {
            return Next::InFlight;
        }
        let Some(steady) = self.steady else {
            return self.look_again(Steady {
                digest: sight.digest,
                looks: 1,
                grace: sight.grace,
                lateness: Lateness::of(sight.flow, sight.grace),
                due: sight.ended + sight.recurrence.between(sight.grace),
            });
        };
        if steady.digest != sight.digest {
            return self.end_round(sight, LeftOpen::Hot);
        }
        if sight.began < steady.due {
            return Next::Look(steady.due);
        }
        let steady = Steady {
            looks: steady.looks + 1,
            lateness: steady.lateness.max(Lateness::of(sight.flow, steady.grace)),
            due: sight.ended + sight.recurrence.between(steady.grace),
            ..steady
        };
        if steady.looks < sight.recurrence.looks() {
            return self.look_again(steady);
        }
        let may_be_late = sight.classes.iter().any(|class| class.may_be_late());
        match steady.lateness {
            Lateness::Beyond if may_be_late => self.end_round(sight, LeftOpen::Pending),
            Lateness::Held if may_be_late => Next::Open(LeftOpen::Pending),
            Lateness::Within | Lateness::Beyond | Lateness::Held => Next::Drift,
        }
    }

    const fn look_again(&mut self, steady: Steady) -> Next {
        self.steady = Some(steady);
        Next::Look(steady.due)
    }

    /// The next round begins after a pause that makes it twice as long; after the last, `why` it is left open.
    fn end_round(&mut self, sight: &Sight<'_>, why: LeftOpen) -> Next {
        self.steady = None;
        self.ended += 1;
        if self.ended == ROUNDS {
            return Next::Open(why);
        }
        let pause = sight.grace * (2_u32.pow(self.ended) - 1);
        Next::Look(sight.ended + pause)
    }
}

/// Cases by the time at which each is due.
#[derive(Debug)]
pub struct Agenda<C> {
    due: BTreeMap<(Duration, u64), C>,
    added: u64,
}

impl<C> Default for Agenda<C> {
    fn default() -> Self {
        Self {
            due: BTreeMap::new(),
            added: 0,
        }
    }
}

impl<C> Agenda<C> {
    /// How many cases there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Adds a case; of those due at one time, the first to be added comes first.
    pub fn add(&mut self, due: Duration, case: C) {
        self.due.insert((due, self.added), case);
        self.added += 1;
    }

    /// When the next case is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.due.first_key_value().map(|(&(due, _), _)| due)
    }

    /// Takes out at most `most` cases that are due at `now`.
    pub fn take_due(&mut self, now: Duration, most: usize) -> Vec<C> {
        let mut taken = Vec::new();
        while taken.len() < most
            && self.next_due().is_some_and(|due| due <= now)
            && let Some((_, case)) = self.due.pop_first()
        {
            taken.push(case);
        }
        taken
    }

    /// All cases, whenever they are due.
    pub fn into_cases(self) -> impl Iterator<Item = C> {
        self.due.into_values()
    }
}

#[cfg(test)]
mod tests;

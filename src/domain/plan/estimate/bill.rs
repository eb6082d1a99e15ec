//! Units, requests, and bytes, added up.

use crate::domain::cost::{page_units, unit_factor};
use crate::domain::plan::pace::FETCH;
use crate::domain::query::Consistency;
use crate::domain::stats::Spread;

/// What reads take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bill {
    /// Units.
    pub(super) units: Spread,
    /// Requests.
    pub(super) requests: Spread,
    /// Bytes evaluated.
    pub(super) bytes: Spread,
}

/// Whether figures that are added are off the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    /// Each for itself: taken together they are off by less than their sum.
    Independent,
    /// All the same way: they come from one guess.
    Common,
}

impl Bill {
    /// Nothing is read.
    pub(super) const NOTHING: Self = Self {
        units: Spread::ZERO,
        requests: Spread::ZERO,
        bytes: Spread::ZERO,
    };

    /// All of them.
    pub(super) fn sum(bills: &[Self], errors: Errors) -> Self {
        let of = |part: fn(&Self) -> Spread| sum(bills.iter().map(part), errors);
        Self {
            units: of(|bill| bill.units),
            requests: of(|bill| bill.requests),
            bytes: of(|bill| bill.bytes),
        }
    }

    /// Reading `items` by their keys, each of `size` bytes: every one is rounded up by itself
    /// (developer guide, `API_BatchGetItem`). `units` tells what so many of them take when that is
    /// known better than from their size.
    pub(super) fn of_items(
        items: Spread,
        size: Spread,
        consistency: Consistency,
        units: impl Fn(f64) -> Option<Spread>,
    ) -> Self {
        let known = || {
            let units = Spread {
                low: units(items.low)?.low,
                expected: units(items.expected)?.expected,
                high: units(items.high)?.high,
            };
            Some(units.times(unit_factor(consistency)))
        };
        let guessed = || each(items, page_units(size, consistency));
        Self {
            units: known().unwrap_or_else(guessed),
            requests: calls(items),
            bytes: each(items, size),
        }
    }
}

impl std::ops::Add for Bill {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            units: self.units + other.units,
            requests: self.requests + other.requests,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// The sum of figures.
pub(super) fn sum(figures: impl Iterator<Item = Spread>, errors: Errors) -> Spread {
    let mut total = Spread::ZERO;
    let (mut less, mut more) = (0.0, 0.0);
    for figure in figures {
        total = total + figure;
        less += (figure.expected - figure.low).powi(2);
        more += (figure.high - figure.expected).powi(2);
    }
    match errors {
        Errors::Common => total,
        Errors::Independent => Spread {
            low: total.low.max(total.expected - less.sqrt()),
            expected: total.expected,
            high: total.high.min(total.expected + more.sqrt()),
        },
    }
}

/// So many times `one`, each of its own.
fn each(count: Spread, one: Spread) -> Spread {
    let less = (one.expected - one.low) * count.low.sqrt();
    let more = (one.high - one.expected) * count.high.sqrt();
    let sure = |count: f64, of: f64| count * of;
    Spread {
        low: sure(count.low, one.low).max(count.low * one.expected - less),
        expected: count.expected * one.expected,
        high: sure(count.high, one.high).min(count.high * one.expected + more),
    }
}

/// Calls that fetch so many items.
pub(super) fn calls(items: Spread) -> Spread {
    Spread {
        low: calls_of(items.low),
        expected: calls_of(items.expected),
        high: calls_of(items.high),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a hundred")]
pub(super) fn calls_of(items: f64) -> f64 {
    (items / FETCH as f64).ceil()
}

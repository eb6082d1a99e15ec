//! How the values of one attribute are distributed.

use super::key::{Key, is_countable};
use super::sketch::{Cut, Sketch};
use super::spread::{Sampling, Spread, count, float};
use crate::domain::value::{Kind, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of a top-level attribute. Counts are those of the sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeStatistics {
    /// Items of the sample.
    pub(super) of: u64,
    /// Items that have it, by type.
    pub(super) kinds: BTreeMap<String, u64>,
    /// Values of ordered types, by type.
    pub(super) ordered: BTreeMap<String, Sketch>,
    /// The most frequent values and how often each occurs, by value.
    pub(super) top: Vec<(Key, u64)>,
    /// Whether `top` lists every value there was.
    pub(super) top_is_all: bool,
    /// How often any other value occurs at most.
    pub(super) others: u64,
    /// How much more often than it says a listed one may occur.
    pub(super) missed: u64,
    /// Distinct values.
    pub(super) distinct: Spread,
    /// How many items with one value come in one go (see `Sampling`).
    pub(super) clump: f64,
}

impl AttributeStatistics {
    /// The share of items that have it.
    #[must_use]
    pub fn presence(&self) -> f64 {
        float(self.present()) / float(self.of.max(1))
    }

    /// The types seen, as the service abbreviates them, with their shares of all items.
    pub fn kinds(&self) -> impl Iterator<Item = (&str, f64)> {
        let of = float(self.of.max(1));
        let kinds = self.kinds.iter();
        kinds.map(move |(kind, items)| (kind.as_str(), float(*items) / of))
    }

    /// The least and the greatest value of an ordered type (S, N, B).
    #[must_use]
    pub fn ends(&self, kind: Kind) -> Option<(&Value, &Value)> {
        let (least, greatest) = self.ordered.get(kind.code())?.ends()?;
        Some((least.0.first()?, greatest.0.first()?))
    }

    /// The most frequent values, in order of value, with their shares of all items.
    pub fn top(&self) -> impl Iterator<Item = (&Value, f64)> {
        let of = float(self.of.max(1));
        let values = self.top.iter();
        values.filter_map(move |(key, items)| Some((key.0.first()?, float(*items) / of)))
    }

    /// How many distinct values there are.
    #[must_use]
    pub const fn distinct(&self) -> Spread {
        self.distinct
    }

    /// The share of items that have the value of one drawn at random: how large groups of equal ones are.
    #[must_use]
    pub fn alike(&self) -> f64 {
        let of = float(self.of.max(1));
        let share = |items: &u64| float(*items) / of;
        let top = self.top.iter().map(|(_, items)| share(items));
        let (listed, squares) = top.fold((0.0, 0.0), |(sum, squares), one| {
            (sum + one, squares + one * one)
        });
        let others = (self.distinct.expected - float(count(self.top.len()))).max(1.0);
        squares + (self.presence() - listed).max(0.0).powi(2) / others
    }

    fn present(&self) -> u64 {
        self.kinds.values().sum()
    }

    fn of_kind(&self, kind: Kind) -> u64 {
        self.kinds.get(kind.code()).copied().unwrap_or(0)
    }

    /// The share of all items, when so many of the sample have it.
    fn scaled(&self, seen: Spread, fraction: f64) -> Spread {
        let clump = self.clump;
        Sampling { fraction, clump }.share(seen, float(self.of))
    }

    pub(super) fn exists(&self, fraction: f64) -> Spread {
        self.scaled(Spread::exact(float(self.present())), fraction)
    }

    pub(super) fn is_of(&self, kind: Kind, fraction: f64) -> Spread {
        self.scaled(Spread::exact(float(self.of_kind(kind))), fraction)
    }

    /// The share of items whose value lies between two cuts of an ordered type.
    pub(super) fn between(
        &self,
        kind: Kind,
        (from, to): (&Cut<'_>, &Cut<'_>),
        fraction: f64,
    ) -> Spread {
        let items = float(self.of_kind(kind));
        let Some(sketch) = self.ordered.get(kind.code()) else {
            let any = Spread::ANY_SHARE.times(items);
            return self.scaled(any, fraction);
        };
        let of = float(sketch.entries().items.max(1));
        let found = sketch.between(from, to).items;
        let found = if of < items {
            let sampling = Sampling {
                fraction: of / items,
                clump: 1.0,
            };
            sampling.share(found, of).times(items)
        } else {
            found
        };
        self.scaled(found, fraction)
    }

    /// The share of items that have one of these distinct values.
    pub(super) fn is_one_of(&self, values: &[&Value], fraction: f64) -> Spread {
        let seen = values
            .iter()
            .map(|value| self.occurrences(value))
            .fold(Spread::ZERO, |sum, one| sum + one);
        self.scaled(seen, fraction)
    }

    fn occurrences(&self, value: &Value) -> Spread {
        let of_kind = float(self.of_kind(value.kind()));
        if !is_countable(value) {
            return Spread {
                low: 0.0,
                expected: of_kind.min(1.0),
                high: of_kind,
            };
        }
        let found = self
            .top
            .binary_search_by(|(key, _)| key.cmp_to(std::iter::once(value)));
        if let Ok(at) = found {
            let (items, missed) = (float(self.top[at].1), float(self.missed));
            let more = missed.min((of_kind - items).max(0.0));
            return Spread {
                high: items + more,
                ..Spread::exact(items)
            };
        }
        if self.top_is_all {
            return Spread::ZERO;
        }
        let listed: u64 = self.top.iter().map(|(_, items)| items).sum();
        let others = (self.distinct.expected - float(count(self.top.len()))).max(1.0);
        let high = float(self.others).min(of_kind);
        let each = float(self.present().saturating_sub(listed)) / others;
        Spread {
            low: 0.0,
            expected: each.min(high),
            high,
        }
    }
}

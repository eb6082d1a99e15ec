//! Where on a path the items of the base lie, as examples show.

use super::partitioned::filters;
use crate::domain::expr::{Predicate, evaluate, holds};
use crate::domain::plan::access::{AccessPath, Context, Source};
use crate::domain::schema::KeyAttribute;
use crate::domain::stats::{Examples, Matches, Row};
use crate::domain::value::Value;
use std::borrow::Cow;

/// Rows among the examples of which where they lie says something.
const FEW: usize = 5;
/// How far the places of rows may depart from those of all items by chance: the statistic of Kolmogorov and
/// Smirnov that one of twenty samples exceeds.
const CHANCE: f64 = 1.36;

/// The examples that satisfy all of `conjuncts`. `None` where they do not tell.
pub(super) fn together<'c>(
    context: &'c Context<'_>,
    conjuncts: &[&Predicate],
) -> Option<(&'c Examples, Matches)> {
    let (examples, _) = context.statistics.examples(&context.base.name)?;
    let mut conjuncts = conjuncts.iter();
    let matches = conjuncts.try_fold(examples.all(), |both, conjunct| {
        Some(both.and(&context.seen.matches(examples, conjunct)?))
    })?;
    Some((examples, matches))
}

/// The values of a key.
type Values<'a> = Vec<Cow<'a, Value>>;

/// The partition of an item of the base, and its place in it; `None` where the path does not hold it, or more
/// than once.
fn place<'a>(path: &AccessPath<'_>, item: Row<'a>) -> Option<(Values<'a>, Values<'a>)> {
    let key = path.key();
    let is_held = filters(path).all(|filter| holds(filter, &item));
    let place = (
        values(path, &key.partition, item)?,
        values(path, &key.sort, item)?,
    );
    is_held.then_some(place)
}

fn values<'a>(path: &AccessPath<'_>, keys: &[KeyAttribute], item: Row<'a>) -> Option<Values<'a>> {
    let values = keys.iter().map(|key| match path.source(&key.name) {
        Source::Base(name) => item.get(name).map(Cow::Borrowed),
        Source::Set(expr) => evaluate(expr, &item).map(Cow::Owned),
        Source::Alias | Source::Unknown => None,
    });
    values.collect()
}

/// Where rows lie among all items of a path that is scanned in the order of its keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Places {
    /// The places of examples, from 0 to 1; none where rows lie anywhere, or nothing shows where.
    pub(super) of_rows: Vec<f64>,
    /// The share of rows among the examples.
    pub(super) share: f64,
}

impl Places {
    /// Of the items that satisfy all of `conjuncts`.
    pub(super) fn of(
        context: &Context<'_>,
        path: &AccessPath<'_>,
        conjuncts: &[&Predicate],
    ) -> Self {
        let Some((examples, matches)) = together(context, conjuncts) else {
            return Self::default();
        };
        let items = examples.items().enumerate();
        let mut held: Vec<_> = items
            .filter_map(|(at, item)| Some((place(path, item)?, matches.contains(at))))
            .collect();
        held.sort();
        let all = float(held.len());
        let rows = held.iter().enumerate().filter(|(_, (_, is_row))| *is_row);
        let of_rows: Vec<f64> = rows.map(|(rank, _)| (float(rank) + 0.5) / all).collect();
        if of_rows.len() < FEW || departure(&of_rows) < CHANCE {
            return Self::default();
        }
        Self {
            share: float(of_rows.len()) / all,
            of_rows,
        }
    }

    /// Whether rows do not lie anywhere.
    pub(super) const fn are_known(&self) -> bool {
        !self.of_rows.is_empty()
    }

    /// The part of rows that lies before `at`: half a row on either side of its place, evenly, and as close to the
    /// first and the last as places are to each other.
    pub(super) fn part_before(&self, at: f64) -> f64 {
        let places = &self.of_rows;
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return at;
        };
        let rows = float(places.len());
        let apart = (last - first) / (rows - 1.0).max(1.0);
        let before = places.partition_point(|place| *place < at);
        let passed = float(before);
        let (from, low) = match before.checked_sub(1) {
            Some(place) => (places[place], passed - 0.5),
            None => ((first - apart).max(0.0), 0.0),
        };
        let (until, high) = match places.get(before) {
            Some(place) => (*place, passed + 0.5),
            None => ((last + apart).min(1.0), rows),
        };
        let within = (at - from) / (until - from).max(f64::MIN_POSITIVE);
        (low + (high - low) * within.clamp(0.0, 1.0)) / rows
    }
}

/// How far places depart from lying anywhere: the statistic of Kolmogorov and Smirnov.
fn departure(places: &[f64]) -> f64 {
    let count = float(places.len());
    let ranks = places.iter().enumerate();
    let largest = ranks
        .map(|(rank, place)| {
            let (before, after) = (float(rank) / count, float(rank + 1) / count);
            (place - before).max(after - place)
        })
        .fold(0.0, f64::max);
    largest * count.sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
const fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::anywhere(&[0.1, 0.3, 0.5, 0.7, 0.9], false)]
    #[case::at_the_end(&[0.8, 0.85, 0.9, 0.95, 0.99], true)]
    #[case::in_the_middle(&[0.46, 0.47, 0.48, 0.49, 0.5, 0.5, 0.51, 0.52, 0.53, 0.54], true)]
    fn rows_that_lie_in_one_place_are_told_from_luck(#[case] places: &[f64], #[case] told: bool) {
        assert_eq!(departure(places) >= CHANCE, told, "{}", departure(places));
    }

    #[rstest]
    #[case::long_before_all(0.3, 0.0)]
    #[case::just_before_the_first(0.45, 0.125)]
    #[case::at_the_first(0.5, 0.25)]
    #[case::between_both(0.55, 0.5)]
    #[case::at_the_last(0.6, 0.75)]
    #[case::behind_all(0.7, 1.0)]
    fn rows_lie_evenly_around_their_places(#[case] at: f64, #[case] part: f64) {
        let places = Places {
            of_rows: vec![0.5, 0.6],
            share: 0.5,
        };
        let found = places.part_before(at);
        assert!((found - part).abs() < 1e-9, "{found}");
    }
}

//! Where on a path the items of the base lie, as examples show.

use super::partitioned::filters;
use crate::domain::expr::{Predicate, evaluate, holds};
use crate::domain::plan::access::{AccessPath, Context, Source};
use crate::domain::schema::KeyAttribute;
use crate::domain::stats::{Examples, Matches};
use crate::domain::value::{Item, Value};

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

/// The partition of an item of the base, and its place in it; `None` where the path does not hold it, or more
/// than once.
fn place(path: &AccessPath<'_>, item: &Item) -> Option<(Vec<Value>, Vec<Value>)> {
    let key = path.key();
    let is_held = filters(path).all(|filter| holds(filter, item));
    let place = (
        values(path, &key.partition, item)?,
        values(path, &key.sort, item)?,
    );
    is_held.then_some(place)
}

fn values(path: &AccessPath<'_>, keys: &[KeyAttribute], item: &Item) -> Option<Vec<Value>> {
    let values = keys.iter().map(|key| match path.source(&key.name) {
        Source::Base(name) => item.get(name).cloned(),
        Source::Set(expr) => evaluate(expr, item),
        Source::Alias | Source::Unknown => None,
    });
    values.collect()
}

/// The places of rows among all items of a path that is scanned in the order of its keys, from 0 to 1; none where
/// they lie anywhere, or nothing shows where.
pub(super) fn places(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    conjuncts: &[&Predicate],
) -> Vec<f64> {
    let Some((examples, matches)) = together(context, conjuncts) else {
        return Vec::new();
    };
    let items = examples.items().enumerate();
    let mut held: Vec<_> = items
        .filter_map(|(at, item)| Some((place(path, item)?, matches.contains(at))))
        .collect();
    held.sort();
    let all = float(held.len());
    let ranks = held.iter().enumerate().filter(|(_, (_, is_row))| *is_row);
    let places: Vec<f64> = ranks.map(|(rank, _)| (float(rank) + 0.5) / all).collect();
    if places.len() >= FEW && departure(&places) >= CHANCE {
        places
    } else {
        Vec::new()
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
}

//! The truth: filter and sort over all base items, without any planner.

use driftscope::domain::expr::{Lookup, Path, holds};
use driftscope::domain::query::{Request, Select, compare_sort_values};
use driftscope::domain::value::{Item, Value};
use std::cmp::Ordering;

/// The values rows are ordered by, or shown of them.
pub(crate) type Values = Vec<Option<Value>>;

/// What a request must answer.
pub(crate) struct Truth {
    /// Every matching item, before the LIMIT.
    pub(crate) matching: Vec<Item>,
    /// The sort values of the rows within the LIMIT, in order.
    pub(crate) sequence: Vec<Values>,
}

pub(crate) fn truth(request: &Request, items: &[Item]) -> Truth {
    let mut matching: Vec<Item> = items
        .iter()
        .filter(|item| holds(&request.filter, *item))
        .cloned()
        .collect();
    matching.sort_by(|a, b| order(request, a, b));
    let limit = request
        .limit
        .map_or(usize::MAX, |n| usize::try_from(n).unwrap());
    let sequence = matching
        .iter()
        .take(limit)
        .map(|item| sort_values(request, item))
        .collect();
    Truth { matching, sequence }
}

fn sort_values(request: &Request, item: &Item) -> Values {
    request.order.iter().map(|o| item.lookup(&o.path)).collect()
}

fn order(request: &Request, a: &Item, b: &Item) -> Ordering {
    request.order.iter().fold(Ordering::Equal, |so_far, o| {
        so_far.then_with(|| {
            compare_sort_values(
                a.lookup(&o.path).as_ref(),
                b.lookup(&o.path).as_ref(),
                o.direction,
            )
        })
    })
}

/// Says how an answer of `count` rows departs from the truth; nothing when it does not.
pub(crate) fn departure(
    request: &Request,
    truth: &Truth,
    rows: &[Item],
    count: u64,
) -> Option<String> {
    let expected = truth.sequence.len();
    if usize::try_from(count) != Ok(expected) {
        return Some(format!("{count} rows instead of {expected}"));
    }
    let given = match &request.select {
        Select::Count => 0,
        Select::All | Select::Paths(_) => expected,
    };
    if rows.len() != given {
        return Some(format!("{} rows came, {count} were counted", rows.len()));
    }
    match &request.select {
        Select::Count => None,
        Select::All => strangers(rows.iter().collect(), truth.matching.iter().collect())
            .or_else(|| disorder(request, truth, rows)),
        Select::Paths(paths) => {
            let shown = |items: &[Item]| items.iter().map(|item| values(paths, item)).collect();
            let is_shown = |path: &Path| paths.contains(path);
            strangers(shown(rows), shown(&truth.matching)).or_else(|| {
                let mut order = request.order.iter();
                let shows_order = order.all(|by| is_shown(&by.path));
                disorder(request, truth, rows).filter(|_| shows_order)
            })
        }
    }
}

fn values(paths: &[Path], item: &Item) -> Values {
    paths.iter().map(|path| item.lookup(path)).collect()
}

/// A row that is not among those that match, or is there more often than it matches.
fn strangers<T: Ord + std::fmt::Debug>(mut rows: Vec<T>, mut matching: Vec<T>) -> Option<String> {
    rows.sort();
    matching.sort();
    let mut left = matching.iter().peekable();
    rows.iter().find_map(|row| {
        while left.next_if(|other| *other < row).is_some() {}
        (left.next_if(|other| *other == row).is_none())
            .then(|| format!("a row that does not match, or once too often: {row:?}"))
    })
}

fn disorder(request: &Request, truth: &Truth, rows: &[Item]) -> Option<String> {
    let mut sequence = rows.iter().map(|row| sort_values(request, row));
    let at = truth
        .sequence
        .iter()
        .position(|expected| sequence.next().as_ref() != Some(expected))?;
    Some(format!("another order from row {at}"))
}

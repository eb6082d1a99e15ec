//! The truth: filter and sort over all base items, without any planner.

use driftscope::domain::expr::{Lookup, holds};
use driftscope::domain::query::{Request, Select, compare_sort_values};
use driftscope::domain::value::{Item, Value};
use std::cmp::Ordering;

/// The values rows are ordered by.
pub(crate) type SortValues = Vec<Option<Value>>;

/// What a request must answer.
pub(crate) struct Truth {
    /// Every matching item, before the LIMIT.
    pub(crate) matching: Vec<Item>,
    /// The sort values of the rows within the LIMIT, in order.
    pub(crate) sequence: Vec<SortValues>,
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

pub(crate) fn sort_values(request: &Request, item: &Item) -> SortValues {
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

/// Says how an answer departs from the truth; nothing when it does not.
pub(crate) fn departure(request: &Request, truth: &Truth, rows: &[Item]) -> Option<String> {
    let expected = truth.sequence.len();
    if rows.len() != expected {
        return Some(format!("{} rows instead of {expected}", rows.len()));
    }
    if matches!(request.select, Select::All) {
        let mut left: Vec<&Item> = truth.matching.iter().collect();
        left.sort();
        let mut seen: Vec<&Item> = rows.iter().collect();
        seen.sort();
        if let Some(twice) = seen.array_windows::<2>().find(|[a, b]| a == b) {
            return Some(format!("a row came twice: {twice:?}"));
        }
        if let Some(stranger) = seen.iter().find(|row| left.binary_search(row).is_err()) {
            return Some(format!("a row that does not match: {stranger:?}"));
        }
        let sequence: Vec<SortValues> = rows.iter().map(|row| sort_values(request, row)).collect();
        if sequence != truth.sequence {
            let at = sequence
                .iter()
                .zip(&truth.sequence)
                .position(|(a, b)| a != b);
            return Some(format!("another order from row {at:?}"));
        }
    }
    None
}

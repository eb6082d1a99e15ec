//! How much further a run reads that sorts in groups: a LIMIT ends it only with the group it falls in.

use super::POINT;
use crate::domain::plan::access::{AccessPath, Context, Source};
use crate::domain::plan::order::Sequence;
use crate::domain::stats::{AttributeStatistics, Spread};

/// A group may be this many times as large here as elsewhere; and the pages that look for its end grow.
const LARGER: f64 = 4.0;

/// Rows beyond those `wanted` until the first one of the next group, when partitions of so many rows each
/// are read in this order.
pub(super) fn surplus(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    sequence: Sequence,
    wanted: Option<f64>,
    rows: &[Spread],
) -> Spread {
    let order = &context.request.order;
    let last = sequence.given.checked_sub(1).and_then(|at| order.get(at));
    let (Some(last), Some(wanted)) = (last, wanted) else {
        return Spread::ZERO;
    };
    if !sequence.is_grouped(order) {
        return Spread::ZERO;
    }
    let name = last.path.root.as_str();
    let is_constant = |key: &str| matches!(path.source(key), Source::Base(base) if base == name);
    let mut partition = path.key().partition.iter();
    if partition.any(|key| is_constant(&key.name)) {
        return rest_of_partition(wanted, rows);
    }
    let all = |end: fn(&Spread) -> f64| rows.iter().map(end).sum::<f64>();
    let known = context.statistics.table(context.base.name.as_str());
    let share = known
        .and_then(|table| table.attribute(name))
        .map_or(POINT, AttributeStatistics::alike);
    let group = (all(|rows| rows.expected) * share).max(1.0);
    Spread {
        low: 0.0,
        expected: f64::midpoint(group, 1.0),
        high: (group * LARGER).min(all(|rows| rows.high)),
    }
}

/// Of the partition that holds the last row wanted what is left, and a row of the next one.
fn rest_of_partition(wanted: f64, partitions: &[Spread]) -> Spread {
    let rest = |end: fn(&Spread) -> f64| {
        let mut sum = 0.0;
        let mut sums = partitions.iter().map(|rows| {
            sum += end(rows);
            sum
        });
        let reached = sums.find(|sum| *sum >= wanted);
        reached.map_or(0.0, |reached| reached - wanted + 1.0)
    };
    let largest = partitions.iter().map(|rows| rows.high);
    Spread {
        low: rest(|rows| rows.low).min(rest(|rows| rows.high)),
        expected: rest(|rows| rows.expected),
        high: largest.fold(0.0, f64::max) + 1.0,
    }
}

//! The least that a plan can be expected to take, told before it is worked out.
//!
//! Of many paths most lose by that alone: they need neither a look at their partitions nor a run played.
//! A floor may be far too low, but an estimate is never below it.

use super::known::Known;
use super::volume::Described;
use super::{STEPS, UNIT, count, float, stops_at};
use crate::domain::cost::unit_factor;
use crate::domain::names::Rcu;
use crate::domain::plan::OrderStrategy;
use crate::domain::plan::access::{AccessPath, Context};

/// Of so many reads, each of which is charged a unit or more. `None` where sizes are not known.
pub(in crate::domain::plan) fn floor_of_reads(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    reads: usize,
) -> Option<Rcu> {
    has_sizes(context, path).then(|| in_steps(context, float(reads)))
}

/// Of a Scan: all bytes, or under a LIMIT those of as many items, were every one of them a row. `None`
/// where sizes are not known.
pub(in crate::domain::plan) fn floor_of_scan(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    order: OrderStrategy,
) -> Option<Rcu> {
    if !has_sizes(context, path) {
        return None;
    }
    let (total, _) = Known::of(context, path).total()?;
    let (items, bytes) = (total.items.expected, total.bytes.expected);
    let part = stops_at(context, order).map_or(1.0, |limit| {
        // Items and rows are counted in whole numbers: each may be off by one.
        let rows = (count(limit) - 2.0).max(0.0);
        (rows / items.max(1.0)).min(1.0)
    });
    Some(in_steps(context, (bytes * part / UNIT).max(1.0)))
}

/// Whether no estimate of reads of the path can lack figures: it was described or sampled.
pub(in crate::domain::plan) fn has_sizes(context: &Context<'_>, path: &AccessPath<'_>) -> bool {
    Described::of(path).is_some() || Known::of(context, path).is_sampled()
}

/// Units, strong, as an estimate tells them.
fn in_steps(context: &Context<'_>, units: f64) -> Rcu {
    Rcu((units * unit_factor(context.consistency) * STEPS).round() / STEPS)
}

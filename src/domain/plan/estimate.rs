//! What a plan will consume, as a range with a basis.
//!
//! All that is known so far is what `DescribeTable` tells: items and bytes. The rest are guesses,
//! every one of them a constant of this file; statistics will replace them. The low end is what the
//! requests cost at least. The high end takes partitions to be [`SPREAD`] times as large as guessed,
//! and never more than all the path holds.

mod volume;

use super::access::{AccessPath, Context};
use super::conditions::understood;
use super::partitions::{Binding, Narrowing};
use super::shape::Shape;
use super::{Basis, Estimate, OrderStrategy};
use crate::domain::cost::{scan_range, unit_factor};
use crate::domain::names::{Range, Rcu};
use crate::domain::query::Consistency;
use volume::Volume;

/// A partition may be this many times as large as guessed, and an item as the mean.
const SPREAD: f64 = 4.0;
/// A few items may be this many times as large as the mean, taken together.
const ITEMS_SPREAD: f64 = 1.5;
/// Of a partition, what one value of its sort key selects, a closed range or a prefix, one side of a value.
const POINT: f64 = 0.1;
const CLOSED: f64 = 0.25;
const HALF_OPEN: f64 = 1.0 / 3.0;
/// Items a page evaluates at least when a filter may drop some, and each of several partitions that
/// are merged: as the engine asks for them.
const FILTERED_PAGE: f64 = 100.0;
const MERGED_PAGE: f64 = 25.0;
/// Bytes of a unit and of a page, keys of a batch (developer guide, Constraints).
const UNIT: f64 = 4096.0;
const PAGE: f64 = 1024.0 * 1024.0;
const BATCH: f64 = 100.0;

/// What reading amounts to.
#[derive(Debug, Clone, Copy)]
struct Amount {
    /// Requests, fewest and most, pages apart.
    requests: (f64, f64),
    /// Bytes evaluated at most; `None` when nothing is known of sizes.
    bytes: Option<f64>,
    /// Rows to be fetched from the base at most.
    rows: f64,
}

/// The estimate of getting single items by their keys.
pub(super) fn of_keys(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    keys: usize,
    shape: &Shape,
) -> Estimate {
    let keys = float(keys);
    let k = unit_factor(context.consistency);
    let requests = (keys / BATCH).ceil();
    let fetches = shape.fetch.as_ref().map_or(0.0, |_| requests);
    // Every item is rounded up by itself, and so is every missing one.
    let high = Volume::of(path).and_then(|volume| {
        let read = keys * k * item_units(volume.mean() * SPREAD);
        Some(read + fetch_units(context, shape, keys)?)
    });
    finish(
        context,
        path,
        (keys * k, high),
        (requests, requests + fetches),
    )
}

/// The estimate of querying partitions.
pub(super) fn of_partitions(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
    order: OrderStrategy,
    shape: &Shape,
) -> Estimate {
    let partitions = float(binding.partitions.len());
    let stops = stops_at(context, order);
    // Reading one partition after the other may end with the first.
    let sequential = stops.is_some() && order != OrderStrategy::Merge;
    let fewest = if sequential { 1.0 } else { partitions };
    let volume = Volume::of(path);
    let items = volume.map(|volume| {
        let part = binding
            .covered
            .unwrap_or(partitions * factor(binding.narrowing))
            * volume::share_of_partition(context, path, &volume);
        volume.items * (part * SPREAD).min(1.0)
    });
    let few = stops.filter(|_| is_exact(context, binding)).map(|limit| {
        let lanes = if sequential { 0.0 } else { partitions };
        (limit * if sequential { 1.0 } else { 2.0 })
            .max(if shape.residual.is_true() {
                0.0
            } else {
                FILTERED_PAGE
            })
            .max(lanes * MERGED_PAGE)
            * ITEMS_SPREAD
    });
    let read = items.map(|items| few.map_or(items, |few| items.min(few)));
    let amount = Amount {
        requests: (fewest, partitions),
        bytes: volume.zip(read).map(|(volume, read)| read * volume.mean()),
        rows: rows(context, order, shape, read),
    };
    of_amount(context, path, shape, amount)
}

/// The estimate of a Scan of the path.
pub(super) fn of_scan(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    order: OrderStrategy,
    shape: &Shape,
) -> Estimate {
    let k = unit_factor(context.consistency);
    let volume = Volume::of(path);
    let stops = stops_at(context, order);
    let few = stops.filter(|_| shape.residual.is_true());
    if let (None, None, None, Some(range)) = (few, path.index, &shape.fetch, scan_range(path.table))
    {
        let k = k / unit_factor(Consistency::Eventual);
        let pages = volume.map_or(1.0, |volume| (volume.bytes / PAGE).ceil());
        let low = if stops.is_some() {
            k / 2.0
        } else {
            range.low.0 * k
        };
        let least = if stops.is_some() { 1.0 } else { pages };
        let high = range.high.map(|high| high.0 * k);
        return finish(context, path, (low, high), (least, pages + 1.0));
    }
    let read = volume.map(|volume| match few {
        Some(limit) => volume.items.min(limit * ITEMS_SPREAD),
        None => volume.items,
    });
    let amount = Amount {
        requests: (1.0, 1.0),
        bytes: volume.zip(read).map(|(volume, read)| read * volume.mean()),
        rows: rows(context, order, shape, read),
    };
    of_amount(context, path, shape, amount)
}

/// Nothing is read.
pub(super) const fn of_nothing() -> Estimate {
    Estimate {
        rcu: Range::new(Rcu(0.0), Rcu(0.0)),
        expected: Rcu(0.0),
        requests: Range::new(0, 0),
        usd: Some((0.0, Some(0.0))),
        basis: Basis::Exact,
    }
}

/// Units of reading `path` if its partitions could be listed: what a declared domain would make of it.
pub(super) fn if_listed(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    narrowing: Narrowing,
) -> Option<Rcu> {
    let volume = Volume::of(path)?;
    let units = (volume.bytes * factor(narrowing) / UNIT).ceil();
    let partitions = volume.items.sqrt().ceil();
    Some(Rcu(unit_factor(context.consistency) * (units + partitions)))
}

fn of_amount(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    shape: &Shape,
    amount: Amount,
) -> Estimate {
    let k = unit_factor(context.consistency);
    let (fewest, most) = amount.requests;
    let pages = amount.bytes.map_or(0.0, |bytes| (bytes / PAGE).floor());
    let fetches = shape
        .fetch
        .as_ref()
        .map_or(0.0, |_| (amount.rows / BATCH).ceil());
    let high = amount.bytes.and_then(|bytes| {
        // Every query rounds up, and so does every further page of it.
        let read = k * ((bytes / UNIT).ceil() + most + pages);
        Some(read + fetch_units(context, shape, amount.rows)?)
    });
    finish(
        context,
        path,
        (fewest * k, high),
        (fewest, most + pages + fetches),
    )
}

/// The LIMIT, when reaching it ends the reading.
fn stops_at(context: &Context<'_>, order: OrderStrategy) -> Option<f64> {
    limit(context).filter(|_| order != OrderStrategy::Sort)
}

fn limit(context: &Context<'_>) -> Option<f64> {
    let limit = context.request.limit?;
    Some(float(usize::try_from(limit).unwrap_or(usize::MAX)))
}

/// Rows to be fetched at most: a LIMIT counts before the fetch where rows are in order by then, and
/// none is dropped for what only the base shows.
fn rows(context: &Context<'_>, order: OrderStrategy, shape: &Shape, read: Option<f64>) -> f64 {
    let sorted_here = shape.projection.as_ref().is_some_and(|names| {
        let mut order = context.request.order.iter();
        order.all(|by| names.contains(&by.path.root))
    });
    let read = read.unwrap_or(0.0);
    let decided = shape.fetch.as_ref().is_none_or(|fetch| {
        let mut conjuncts = fetch.residual.conjuncts().iter();
        conjuncts.all(|conjunct| shape.residual.conjuncts().contains(conjunct))
    });
    let early = decided && (order != OrderStrategy::Sort || sorted_here);
    limit(context)
        .filter(|_| early)
        .map_or(read, |limit| limit.min(read))
}

const fn factor(narrowing: Narrowing) -> f64 {
    match narrowing {
        Narrowing::None => 1.0,
        Narrowing::HalfOpen => HALF_OPEN,
        Narrowing::Closed => CLOSED,
        Narrowing::Point => POINT,
    }
}

/// Whether about every item read is a row: the keys follow each condition.
fn is_exact(context: &Context<'_>, binding: &Binding<'_>) -> bool {
    let follows = |attribute: &str| binding.followed.iter().any(|name| name == attribute);
    let mut conjuncts = context.conditions.conjuncts().iter();
    conjuncts.all(|conjunct| understood(conjunct).is_some_and(|(name, _)| follows(name)))
}

/// Units of fetching `rows` base items; `None` when their size is unknown.
fn fetch_units(context: &Context<'_>, shape: &Shape, rows: f64) -> Option<f64> {
    if shape.fetch.is_none() {
        return Some(0.0);
    }
    let mean = context.base.mean_item()?;
    Some(rows.ceil() * unit_factor(context.consistency) * item_units(mean))
}

fn item_units(bytes: f64) -> f64 {
    (bytes / UNIT).ceil().max(1.0)
}

/// Puts figures into steps of halves, and prices them. Without a high end the size is unknown.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of requests: never negative, and casts of floats saturate"
)]
fn finish(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    units: (f64, Option<f64>),
    requests: (f64, f64),
) -> Estimate {
    let halves = |units: f64| Rcu((units * 2.0).ceil() / 2.0);
    let low = halves(units.0);
    let high = units.1.map(|high| halves(high.max(units.0)));
    let table = path.table;
    let price = context
        .prices
        .read(context.region, table.billing, table.class);
    Estimate {
        rcu: Range { low, high },
        expected: Rcu(f64::midpoint(low.0, high.unwrap_or(low).0)),
        requests: Range {
            low: requests.0 as u64,
            high: high.map(|_| requests.1.max(requests.0) as u64),
        },
        usd: price.map(|price| (price.of(low), high.map(|high| price.of(high)))),
        basis: if high.is_some() {
            Basis::Described
        } else {
            Basis::Unknown
        },
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn float(count: usize) -> f64 {
    count as f64
}

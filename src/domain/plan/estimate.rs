//! What a plan will consume, as a range with a basis.
//!
//! Counts what the engine will ask for, page by page, by the rules of [`crate::domain::cost`]. How much
//! there is to read statistics tell; without them it is guessed from what `DescribeTable` tells, and
//! every guess is a constant of this module. A range holds whatever is not known better: the low end
//! with everything smaller, the high end with everything larger. Nothing here decides whether a path
//! answers.

mod bill;
mod clump;
mod course;
mod first;
mod floor;
mod groups;
mod known;
mod lanes;
mod limited;
mod partitioned;
mod place;
mod seen;
mod share;
mod together;
mod volume;

use super::access::{AccessPath, Context};
use super::pace::scan_page_items;
use super::partitions::{Binding, Narrowing};
use super::shape::Shape;
use super::{Basis, Estimate, OrderStrategy, order};
use crate::domain::cost::{partitions_of, read_to_end, unit_factor};
use crate::domain::names::{Range, Rcu};
use crate::domain::query::Direction;
use crate::domain::read::KeyCondition;
use crate::domain::stats::{Spread, Volume};
use bill::{Bill, Errors, calls, sum};
use course::{Sequence, Supply};
use first::{First, first, first_of_partition};
pub(super) use floor::{floor_of_reads, floor_of_scan, has_sizes};
use known::{Known, factor};
use lanes::Lanes;
use limited::{Limited, under_limit};
pub(super) use partitioned::Partitioned;
pub(super) use seen::Seen;
use share::{Asked, Conditions, Of, Shares, elsewhere, few, shares, with_luck};
pub(super) use together::{of_union, rows};
use volume::Described;

/// Of a partition, what one value of its sort key selects, a closed range or a prefix, one side of a value.
const POINT: f64 = 0.1;
const CLOSED: f64 = 0.25;
const HALF_OPEN: f64 = 1.0 / 3.0;
/// Steps of a unit that tell one expected figure from another.
const STEPS: f64 = 20.0;
/// Bytes of a unit.
const UNIT: f64 = 4096.0;

/// What is read of a path: one volume a partition, or one for all of it.
#[derive(Debug)]
struct Reading {
    volumes: Vec<Volume>,
    /// Bytes of an item of the path, from the smallest to the largest.
    item: Spread,
    /// Items a page is asked to evaluate at most, whatever the LIMIT.
    most_items: Option<u32>,
    shares: Shares,
    sequence: Sequence,
    /// Items that are read beyond a LIMIT to see the end of a group.
    surplus: Spread,
    /// Whether groups are sorted before their rows are fetched, so that no more are than it takes.
    sorted_first: bool,
    /// Where rows lie among the first items.
    first: First,
    basis: Basis,
}

/// The estimate of getting so many single items by their keys, which follow the conditions on `followed`.
pub(super) fn of_keys(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    (keys, followed): (usize, &[&str]),
    shape: &Shape,
) -> Estimate {
    let keys = Spread::exact(float(keys));
    let known = Known::of(context, path);
    let Some((mut bill, basis)) = known.by_keys(keys) else {
        return unknown(context, path, keys.low, calls(keys).low);
    };
    // A missing item is charged the minimum (developer guide, `API_BatchGetItem`).
    bill.units.low = keys.low * unit_factor(context.consistency);
    let asked = Asked {
        of: Of::Part,
        followed,
        stops: false,
        lanes: None,
    };
    let shares = shares(context, path, shape, asked);
    let rows = Spread {
        low: 0.0,
        expected: keys.expected * shares.read.expected,
        high: keys.high,
    };
    with_fetch(context, path, shape, (bill, basis), rows)
}

/// The estimate of querying partitions by these conditions, which are read in the order of `lanes`.
pub(super) fn of_partitions(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    (binding, conditions): (&Binding<'_>, &[KeyCondition]),
    order: order::Sequence,
    shape: &Shape,
) -> Estimate {
    let known = Known::of(context, path);
    let count = float(conditions.len());
    let stops = stops_at(context, order.strategy);
    let sequence = match order.strategy {
        OrderStrategy::Merge => Sequence::Merge(Supply::Even),
        OrderStrategy::Native | OrderStrategy::Concatenate => Sequence::InOrder,
        OrderStrategy::None | OrderStrategy::Sort => Sequence::Sweep,
    };
    let Some((mut volumes, basis)) = known.partitions(binding, conditions) else {
        let at_once = stops.is_none() || order.strategy == OrderStrategy::Merge;
        let fewest = if at_once { count } else { 1.0 };
        return unknown(context, path, fewest, fewest);
    };
    let asked = Asked {
        of: Of::Part,
        followed: &binding.followed,
        stops: stops.is_some(),
        lanes: Some(Lanes {
            keys: conditions,
            volumes: &volumes,
        }),
    };
    let shares = shares(context, path, shape, asked);
    if order.lanes == Direction::Descending {
        volumes.reverse();
    }
    let sorted_first = shape.fetch.is_some()
        && order.is_grouped(&context.request.order)
        && shows_order(context, shape);
    let (wanted, part) = wanted(stops, &shares, sorted_first);
    let rows: Vec<Spread> = volumes
        .iter()
        .map(|volume| few(volume.items, part, shares.of))
        .collect();
    let surplus = groups::surplus(context, path, order, wanted, &rows);
    let lane = match order.lanes {
        Direction::Ascending => conditions.first(),
        Direction::Descending => conditions.last(),
    };
    let forwards = stops.is_some() && order.direction == Direction::Ascending;
    let first = match (lane, sequence) {
        (Some(lane), Sequence::Sweep | Sequence::InOrder) if forwards => {
            let asked = Conditions::of(context, path, shape, &binding.followed);
            first_of_partition(context, path, &asked, lane)
        }
        _ => First::default(),
    };
    let reading = Reading {
        item: known.item_of(&volumes),
        volumes,
        most_items: None,
        shares,
        sequence,
        surplus,
        sorted_first,
        first,
        basis,
    };
    of_reading(context, path, order.strategy, shape, &reading)
}

/// Rows that a LIMIT takes of the path, and the share of its items that are such rows: those that answer, or,
/// where they are sorted before that is known, as many as it takes until enough of them answer.
fn wanted(limit: Option<u64>, shares: &Shares, sorted_first: bool) -> (Option<f64>, Spread) {
    let limit = limit.map(count);
    if !sorted_first {
        return (limit, shares.answers());
    }
    let answering = shares.fetched.expected.max(f64::MIN_POSITIVE);
    (limit.map(|limit| limit / answering), shares.read)
}

/// The estimate of a Scan of the path.
pub(super) fn of_scan(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    order: OrderStrategy,
    shape: &Shape,
) -> Estimate {
    let known = Known::of(context, path);
    let Some((total, basis)) = known.total() else {
        return unknown(context, path, 1.0, 1.0);
    };
    let described = path.index.map_or_else(
        || path.table.mean_item(),
        |_| Described::of(path).map(|described| described.mean()),
    );
    let stops = stops_at(context, order).is_some();
    let (of, first) = if stops {
        let conditions = Conditions::of(context, path, shape, &[]);
        (Of::Part, first(context, path, &conditions))
    } else {
        (Of::All, First::default())
    };
    let asked = Asked {
        of,
        followed: &[],
        stops,
        lanes: None,
    };
    let reading = Reading {
        item: known.item_of(&[total]),
        volumes: vec![total],
        most_items: Some(scan_page_items(described)),
        shares: shares(context, path, shape, asked),
        sequence: Sequence::Sweep,
        surplus: Spread::ZERO,
        sorted_first: false,
        first,
        basis,
    };
    of_reading(context, path, order, shape, &reading)
}

/// Nothing is read.
pub(super) const fn of_nothing() -> Estimate {
    Estimate {
        rcu: Range::new(Rcu(0.0), Rcu(0.0)),
        expected: Rcu(0.0),
        requests: Range::new(0, 0),
        bytes: Range::new(0, 0),
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
    let known = Known::of(context, path);
    let (total, _) = known.total()?;
    let units = (total.bytes.expected * factor(narrowing) / UNIT).ceil();
    let partitions = known.count().unwrap_or_else(|| total.items.expected.sqrt());
    Some(Rcu(
        unit_factor(context.consistency) * (units + partitions.ceil())
    ))
}

fn of_reading(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    order: OrderStrategy,
    shape: &Shape,
    reading: &Reading,
) -> Estimate {
    if let Some(limit) = stops_at(context, order) {
        let base = Known::of_base(context);
        let limited = Limited {
            limit,
            filtered: shape.filtered,
            base: shape.fetch.as_ref().map(|_| &base),
        };
        return match under_limit(context, reading, &limited) {
            Some((bill, basis)) => finish(context, path, bill, basis),
            None => unknown(context, path, 1.0, 1.0),
        };
    }
    let cost = |volume: &Volume| {
        let cost = read_to_end(
            *volume,
            reading.item,
            reading.most_items,
            context.consistency,
        );
        Bill {
            units: cost.units,
            requests: cost.pages,
            bytes: volume.bytes,
        }
    };
    let errors = match reading.basis {
        Basis::Described | Basis::Unknown => Errors::Common,
        Basis::Exact | Basis::Analyzed | Basis::Learned => Errors::Independent,
    };
    let bills: Vec<Bill> = reading.volumes.iter().map(cost).collect();
    let mut bill = Bill::sum(&bills, errors);
    if reading.most_items.is_some() {
        // A Scan is charged a minimum for each partition involved (developer guide, Scan). How many
        // there are is a guess, so they raise the high end only.
        bill.units.high += unit_factor(context.consistency) * partitions_of(path.table);
    }
    let items = sum(reading.volumes.iter().map(|volume| volume.items), errors);
    let shares = reading.shares;
    let rows = few(items, shares.read, shares.of);
    let basis = match shape.fetch {
        Some(_) => reading.basis.max(shares.basis),
        None => reading.basis,
    };
    let rows = rows_fetched(context, order, shape, (rows, shares.fetched));
    with_fetch(context, path, shape, (bill, basis), rows)
}

/// Rows that are fetched of those that matched, when all are read: with a LIMIT behind a sort, as
/// many as it takes until enough of them answer.
fn rows_fetched(
    context: &Context<'_>,
    order: OrderStrategy,
    shape: &Shape,
    (rows, answering): (Spread, Spread),
) -> Spread {
    let sorted_first = order == OrderStrategy::Sort && shows_order(context, shape);
    let Some(limit) = context.request.limit.filter(|_| sorted_first) else {
        return rows;
    };
    let limit = count(limit);
    // The first ones of an order may be unlike the others.
    let answering = with_luck(elsewhere(answering), limit);
    let needed = |share: f64| limit / share.max(f64::MIN_POSITIVE);
    Spread {
        low: rows.low.min(needed(answering.high)),
        expected: rows.expected.min(needed(answering.expected)),
        high: rows.high.min(needed(answering.low)),
    }
}

/// Whether the path shows everything rows are ordered by.
fn shows_order(context: &Context<'_>, shape: &Shape) -> bool {
    let mut order = context.request.order.iter();
    let names = shape.projection.as_ref();
    names.is_some_and(|names| order.all(|by| names.contains(&by.path.root)))
}

/// The same with fetching so many rows from the base, where the shape says so.
fn with_fetch(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    shape: &Shape,
    (bill, basis): (Bill, Basis),
    rows: Spread,
) -> Estimate {
    if shape.fetch.is_none() {
        return finish(context, path, bill, basis);
    }
    if let Some((fetch, of_fetch)) = Known::of_base(context).by_keys(rows) {
        return finish(context, path, bill + fetch, basis.max(of_fetch));
    }
    let k = unit_factor(context.consistency);
    unknown(context, path, bill.units.low / k, bill.requests.low)
}

/// The LIMIT, when reaching it ends the reading.
fn stops_at(context: &Context<'_>, order: OrderStrategy) -> Option<u64> {
    let limit = context.request.limit;
    limit.filter(|_| order != OrderStrategy::Sort)
}

/// What is known where sizes are not: so many reads of at least the minimum.
fn unknown(context: &Context<'_>, path: &AccessPath<'_>, reads: f64, requests: f64) -> Estimate {
    let units = Spread::exact(reads * unit_factor(context.consistency));
    let bill = Bill {
        units,
        requests: Spread::exact(requests),
        bytes: Spread::ZERO,
    };
    let known = finish(context, path, bill, Basis::Unknown);
    Estimate {
        rcu: Range::at_least(known.rcu.low),
        requests: Range::at_least(known.requests.low),
        bytes: Range::at_least(0),
        usd: known.usd.map(|(low, _)| (low, None)),
        ..known
    }
}

/// Puts the ends into steps of halves, and prices them. What is expected is a mean: a fetch that one in
/// ten runs makes is not nothing.
fn finish(context: &Context<'_>, path: &AccessPath<'_>, bill: Bill, basis: Basis) -> Estimate {
    // What is a hair beside a step is that step.
    let hair = 1e-6;
    let low = ((bill.units.low + hair) * 2.0).floor() / 2.0;
    let high = (((bill.units.high - hair) * 2.0).ceil() / 2.0).max(low);
    let expected = (bill.units.expected * STEPS).round() / STEPS;
    let table = path.table;
    let price = context
        .prices
        .read(context.region, table.billing, table.class);
    let range = |spread: Spread| Range::new(whole(spread.low.floor()), whole(spread.high.ceil()));
    Estimate {
        rcu: Range::new(Rcu(low), Rcu(high)),
        expected: Rcu(expected.clamp(low, high)),
        requests: range(bill.requests),
        bytes: range(bill.bytes),
        usd: price.map(|price| (price.of(Rcu(low)), Some(price.of(Rcu(high))))),
        basis,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn count(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts: never negative, and casts of floats saturate"
)]
const fn whole(count: f64) -> u64 {
    count as u64
}

#[cfg(test)]
mod tests;

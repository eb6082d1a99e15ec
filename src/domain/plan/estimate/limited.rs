//! The bill of a run that a LIMIT may end: played with what is expected, and with what may be instead.

use super::Reading;
use super::bill::Bill;
use super::course::{Rules, Sequence, Supply, play};
use super::known::Known;
use super::share::{ODDS, Shares, odds, with_luck};
use crate::domain::plan::Basis;
use crate::domain::plan::access::Context;
use crate::domain::plan::pace::Filtered;
use crate::domain::stats::{Spread, Volume};

/// A LIMIT, and what the plan does besides reading.
#[derive(Debug)]
pub(super) struct Limited<'a> {
    /// The LIMIT.
    pub(super) limit: u64,
    /// Whether items read are thought to drop out.
    pub(super) filtered: Filtered,
    /// The base, when rows are fetched.
    pub(super) base: Option<&'a Known<'a>>,
}

/// A figure of a spread.
type End = fn(&Spread) -> f64;
/// Items and bytes taken of a volume.
type Size<'a> = &'a dyn Fn(&Volume) -> (f64, f64);

const LOW: End = |spread| spread.low;
const EXPECTED: End = |spread| spread.expected;
const HIGH: End = |spread| spread.high;
const BETTER: End = |spread| odds(spread.expected, ODDS);
const WORSE: End = |spread| odds(spread.expected, 1.0 / ODDS);

/// What the run takes; `None` when the size of base items is not known.
pub(super) fn under_limit(
    context: &Context<'_>,
    reading: &Reading,
    limited: &Limited<'_>,
) -> Option<(Bill, Basis)> {
    let shares = Shares {
        read: with_luck(reading.shares.read, float(limited.limit)),
        fetched: with_luck(reading.shares.fetched, float(limited.limit)),
        ..reading.shares
    };
    let mut basis = reading.basis.max(shares.basis);
    let fetch = |items: f64| match limited.base {
        None => Some((Bill::NOTHING, Basis::Exact)),
        Some(base) => base.by_keys(Spread::exact(items)),
    };
    basis = basis.max(fetch(0.0)?.1);
    let played = |volume: Size, share: End, supply: Supply| {
        let rules = Rules {
            limit: limited.limit,
            filtered: limited.filtered,
            sequence: match reading.sequence {
                Sequence::Merge(_) => Sequence::Merge(supply),
                other => other,
            },
            most_items: reading.most_items,
            consistency: context.consistency,
            item: reading.item,
            share: share(&shares.read),
            fetched: limited.base.map(|_| share(&shares.fetched)),
        };
        let partitions: Vec<(f64, f64)> = reading.volumes.iter().map(volume).collect();
        let (bill, fetched) = play(rules, &partitions);
        let (fetch, _) = fetch(fetched)?;
        Some(Bill {
            // Its calls are in the bill, wave by wave.
            requests: bill.requests,
            ..bill + fetch
        })
    };
    let ends = |end: End| move |read: &Volume| (end(&read.items), end(&read.bytes));
    let likely = |share: End| played(&ends(EXPECTED), share, Supply::Even);
    let mut bill = weighed(likely(EXPECTED)?, likely(BETTER)?, likely(WORSE)?);
    // More to read may mean fewer partitions to read it from, and fewer rows larger pages: so every
    // end is played with every other.
    for volume in [LOW, HIGH] {
        for share in [LOW, HIGH] {
            for supply in [Supply::Best, Supply::Worst] {
                bill = widened(bill, played(&ends(volume), share, supply)?);
            }
        }
    }
    // At best the first partition holds just what is asked.
    let just = |read: &Volume| just_enough(read, limited.limit, shares.read.high);
    bill = widened(bill, played(&just, HIGH, Supply::Best)?);
    Some((bill, basis))
}

/// Of what a partition may hold, as many items as give the rows asked for.
fn just_enough(read: &Volume, limit: u64, share: f64) -> (f64, f64) {
    let Volume { items, bytes } = read;
    let needed = (float(limit) / share.max(f64::MIN_POSITIVE)).ceil();
    let enough = needed.clamp(items.low, items.high.max(items.low));
    let mean = bytes.expected / items.expected.max(f64::MIN_POSITIVE);
    (enough, enough * mean)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn float(count: u64) -> f64 {
    count as f64
}

/// What to reckon with where matches may lie anywhere: half the share of them takes twice the reads, so
/// the run of the likeliest share is not the mean of all runs. The likeliest counts four times, a better
/// and a worse one once each (as PERT does; Malcolm et al., 1959).
fn weighed(likeliest: Bill, better: Bill, worse: Bill) -> Bill {
    let of = |figure: fn(&Bill) -> Spread| {
        let [likeliest, better, worse] = [&likeliest, &better, &worse].map(figure);
        Spread {
            expected: (better.expected + 4.0 * likeliest.expected + worse.expected) / 6.0,
            ..likeliest
        }
    };
    Bill {
        units: of(|bill| bill.units),
        requests: of(|bill| bill.requests),
        bytes: of(|bill| bill.bytes),
    }
}

/// The same, its ends as far apart as those of `other`.
fn widened(bill: Bill, other: Bill) -> Bill {
    let of = |spread: Spread, other: Spread| Spread {
        low: spread.low.min(other.low),
        expected: spread.expected,
        high: spread.high.max(other.high),
    };
    Bill {
        units: of(bill.units, other.units),
        requests: of(bill.requests, other.requests),
        bytes: of(bill.bytes, other.bytes),
    }
}

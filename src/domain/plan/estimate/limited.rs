//! The bill of a run that a LIMIT may end: played with what is expected, and with what may be instead.

use super::bill::Bill;
use super::course::{Rules, Sequence, Supply, play};
use super::known::Known;
use super::place::Places;
use super::share::with_luck;
use super::{Reading, count as float, whole};
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

/// Five parts of a normal distribution of equal odds, by their middles in standard deviations.
const LUCK: [f64; 5] = [-1.2816, -0.5244, 0.0, 0.5244, 1.2816];
/// How far the share of rows in what is read may be off from that of all: a variance, relative to
/// the square of the mean.
const DOUBT: f64 = 0.1;
/// The least shape of a distribution of waits; below it nearly all of them are none.
const LEAST_SHAPE: f64 = 0.25;

/// A figure of a spread.
type End = fn(&Spread) -> f64;
/// Items and bytes taken of a volume.
type Size<'a> = &'a dyn Fn(&Volume) -> (f64, f64);

const LOW: End = |spread| spread.low;
const EXPECTED: End = |spread| spread.expected;
const HIGH: End = |spread| spread.high;

/// What the run takes; `None` when the size of base items is not known.
pub(super) fn under_limit(
    context: &Context<'_>,
    reading: &Reading,
    limited: &Limited<'_>,
) -> Option<(Bill, Basis)> {
    let clumps = reading.shares.clumps;
    let together = match reading.sequence {
        Sequence::Merge(_) => clumps.along,
        Sequence::Sweep | Sequence::InOrder => clumps.rows,
    };
    let run = Run {
        context,
        reading,
        limited,
        clumps: float(limited.limit) / together,
    };
    let basis = reading.basis.max(reading.shares.basis);
    let basis = basis.max(run.fetch(0.0)?.1);
    let expected = run.expected()?;
    Some((run.widened(expected)?, basis))
}

/// A run that may be played.
#[derive(Debug, Clone, Copy)]
struct Run<'a> {
    context: &'a Context<'a>,
    reading: &'a Reading,
    limited: &'a Limited<'a>,
    /// How many clumps of rows make up the LIMIT.
    clumps: f64,
}

impl Run<'_> {
    /// Of so many base items.
    fn fetch(&self, items: f64) -> Option<(Bill, Basis)> {
        match self.limited.base {
            None => Some((Bill::NOTHING, Basis::Exact)),
            Some(base) => base.by_keys(Spread::exact(items)),
        }
    }

    /// Whether every item that is read is a row and answers.
    const fn is_sure(&self) -> bool {
        let shares = &self.reading.shares;
        shares.read.low >= 1.0 && shares.fetched.low >= 1.0
    }

    /// One course of it: partitions of these sizes, these shares of rows.
    fn played(
        &self,
        volume: Size<'_>,
        (read, fetched): (f64, f64),
        (supply, end): (Supply, End),
    ) -> Option<Bill> {
        let Self {
            reading, limited, ..
        } = *self;
        let partitions: Vec<(f64, f64)> = reading.volumes.iter().map(volume).collect();
        let items: f64 = partitions.iter().map(|(items, _)| items).sum();
        let limit = float(limited.limit);
        // Groups that are sorted before they are fetched are read to their end, but fetched no further than
        // it takes.
        let (limit, waves) = if reading.sorted_first {
            // No more than there are.
            let needed = limit / fetched.max(f64::MIN_POSITIVE);
            (needed.min(items.max(limit)), None)
        } else {
            (limit, limited.base.map(|_| fetched))
        };
        let rules = Rules {
            limit: whole((limit + end(&reading.surplus)).round()),
            filtered: limited.filtered,
            sequence: match reading.sequence {
                Sequence::Merge(_) => Sequence::Merge(supply),
                other => other,
            },
            most_items: reading.most_items,
            consistency: self.context.consistency,
            item: reading.item,
            share: read * self.bias(),
            fetched: waves,
            first: &reading.first,
        };
        let (bill, fetched) = play(rules, &partitions);
        if reading.sorted_first {
            return Some(bill + self.fetch(limit.min(items * read))?.0);
        }
        let (fetch, _) = self.fetch(fetched)?;
        Some(Bill {
            // Its calls are in the bill, wave by wave.
            requests: bill.requests,
            ..bill + fetch
        })
    }

    /// How much larger the share of rows is among the examples that show their places than it is thought to be:
    /// where examples one after the other are rows, all items there are.
    fn bias(&self) -> f64 {
        let thought = self.reading.shares.answers().expected;
        let Places { share, .. } = &self.reading.first.places;
        if *share > 0.0 && thought > 0.0 {
            share / thought
        } else {
            1.0
        }
    }

    /// The mean of all courses.
    fn expected(&self) -> Option<Bill> {
        let shares = &self.reading.shares;
        let mean = (shares.read.expected, shares.fetched.expected);
        let likely = |wait: f64| {
            let course = (Supply::Even, EXPECTED);
            self.played(&ends(EXPECTED), after(wait, mean), course)
        };
        // Where places are known no luck decides on when enough rows are found.
        if self.is_sure() || self.reading.first.places.are_known() {
            return likely(1.0);
        }
        let items = self.reading.volumes.iter().map(|read| read.items.expected);
        let (limit, answers) = (float(self.limited.limit), shares.answers().expected);
        let is_searched = match self.reading.sequence {
            Sequence::Sweep => !self.reading.first.is_ordered,
            Sequence::InOrder => true,
            // Its partitions are read side by side.
            Sequence::Merge(_) => false,
        };
        let longer = if is_searched {
            shares.clumps.search(limit, answers, items.sum())
        } else {
            1.0
        };
        let waits = waits(self.clumps).map(|wait| wait * longer);
        let bills: Option<Vec<Bill>> = waits.into_iter().map(likely).collect();
        Some(average(&bills?))
    }

    /// The same with all that may be otherwise. More to read may mean fewer partitions to read it from, and
    /// fewer rows larger pages: so every end is played with every other.
    fn widened(&self, mut bill: Bill) -> Option<Bill> {
        let shares = &self.reading.shares;
        let luck = [shares.read, shares.fetched].map(|share| with_luck(share, self.clumps));
        let of = |end: End| (end(&luck[0]), end(&luck[1]));
        let shares: &[End] = if self.is_sure() {
            &[HIGH]
        } else {
            &[LOW, HIGH]
        };
        let supplies: &[Supply] = match self.reading.sequence {
            Sequence::Merge(_) => &[Supply::Best, Supply::Worst],
            Sequence::Sweep | Sequence::InOrder => &[Supply::Even],
        };
        for volume in [LOW, HIGH] {
            for share in shares {
                for supply in supplies {
                    let course = (*supply, volume);
                    bill = widened(bill, self.played(&ends(volume), of(*share), course)?);
                }
            }
        }
        // At best the first partition holds just what is asked.
        let just = |read: &Volume| just_enough(read, self.limited.limit, luck[0].high);
        let best = self.played(&just, of(HIGH), (Supply::Best, LOW))?;
        Some(widened(bill, best))
    }
}

/// A volume's items and bytes at one end.
fn ends(end: End) -> impl Fn(&Volume) -> (f64, f64) {
    move |read| (end(&read.items), end(&read.bytes))
}

/// How many times the items that a share alone makes necessary it takes to find so many clumps of
/// rows, in five cases of equal odds: matches that lie anywhere are waited for as long as a gamma
/// distribution says, here by the approximation of Wilson and Hilferty (1931). Half the matches take
/// twice the reads, so a run of the likeliest share is not the mean of all runs.
fn waits(clumps: f64) -> [f64; 5] {
    let shape = (1.0 / (1.0 / clumps + DOUBT)).max(LEAST_SHAPE);
    let wait = |sigma: f64| 1.0 - 1.0 / (9.0 * shape) + sigma / (3.0 * shape.sqrt());
    let waits = LUCK.map(|sigma| wait(sigma).max(0.0).powi(3));
    let mean = waits.iter().sum::<f64>() / 5.0;
    waits.map(|wait| wait / mean)
}

/// The shares of rows in what is read and in what is fetched when it takes so many times as long as
/// they say: what is fetched decides, where anything drops out there.
fn after(wait: f64, (read, fetched): (f64, f64)) -> (f64, f64) {
    let both = read * fetched / wait.max(f64::MIN_POSITIVE);
    if fetched >= 1.0 {
        return (both.min(1.0), fetched);
    }
    let fetched = (fetched / wait.max(f64::MIN_POSITIVE)).min(1.0);
    ((both / fetched).min(1.0), fetched)
}

/// Of what a partition may hold, as many items as give the rows asked for.
fn just_enough(read: &Volume, limit: u64, share: f64) -> (f64, f64) {
    let Volume { items, bytes } = read;
    let needed = (float(limit) / share.max(f64::MIN_POSITIVE)).ceil();
    let enough = needed.clamp(items.low, items.high.max(items.low));
    let mean = bytes.expected / items.expected.max(f64::MIN_POSITIVE);
    (enough, enough * mean)
}

/// Any of them, at equal odds.
fn average(bills: &[Bill]) -> Bill {
    let of = |figure: fn(&Bill) -> Spread| {
        let all = || bills.iter().map(figure);
        Spread {
            low: all().map(|one| one.low).fold(f64::INFINITY, f64::min),
            expected: all().map(|one| one.expected).sum::<f64>() / float(bills.len() as u64),
            high: all().map(|one| one.high).fold(0.0, f64::max),
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::ops::Range;

    #[rstest]
    #[case::many_rows(500.0, 0.5..0.8, 1.2..1.5)]
    #[case::one_row(1.0, 0.0..0.2, 2.0..2.6)]
    #[case::rows_in_few_clumps(0.2, 0.0..0.01, 3.0..5.0)]
    fn the_fewer_rows_are_wanted_the_more_luck_decides(
        #[case] clumps: f64,
        #[case] least: Range<f64>,
        #[case] most: Range<f64>,
    ) {
        let waits = waits(clumps);
        assert!(
            least.contains(&waits[0]) && most.contains(&waits[4]),
            "{waits:?}"
        );
        assert!((waits.iter().sum::<f64>() - 5.0).abs() < 1e-9, "{waits:?}");
    }

    #[rstest]
    #[case::as_long_as_thought(1.0, (0.5, 1.0), (0.5, 1.0))]
    #[case::twice_as_long(2.0, (0.5, 1.0), (0.25, 1.0))]
    #[case::what_is_fetched_decides(2.0, (0.5, 0.5), (0.5, 0.25))]
    #[case::every_item_is_a_row(0.1, (0.5, 0.5), (1.0, 1.0))]
    fn a_longer_wait_is_a_smaller_share(
        #[case] wait: f64,
        #[case] shares: (f64, f64),
        #[case] expected: (f64, f64),
    ) {
        assert_eq!(after(wait, shares), expected);
    }
}

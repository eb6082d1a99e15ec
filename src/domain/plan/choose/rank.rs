//! Which of two plans is the cheaper.

use super::Candidate;
use crate::domain::plan::{Estimate, Plan, Reads};
use std::cmp::Ordering;

/// The steps that uncertain figures come in: each so many times the one before.
const STEP: f64 = 1.15;
/// Units below which even an uncertain figure is taken as it is.
const FEW: f64 = 4.0;

/// Whether figures of all candidates can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sizes {
    Known,
    Unknown,
}

/// Puts the cheapest candidate first.
pub(in crate::domain::plan) fn sort(candidates: &mut [Candidate<'_>]) {
    let known = |candidate: &Candidate<'_>| candidate.plan.estimate.rcu.high.is_some();
    let sizes = if candidates.iter().all(known) {
        Sizes::Known
    } else {
        Sizes::Unknown
    };
    candidates.sort_by(|a, b| compare(a, b, sizes));
}

/// Fewest expected units, which come in halves, in wider steps where they are uncertain; then what is
/// fresher: what follows the base at once, its global indexes, copies; then fewest requests. Where a
/// size is unknown, kinds of reads are ranked before all that.
fn compare(a: &Candidate<'_>, b: &Candidate<'_>, sizes: Sizes) -> Ordering {
    let by_kind = || rank(&a.plan).cmp(&rank(&b.plan));
    let by_units = || {
        let (a, b) = (units(&a.plan.estimate), units(&b.plan.estimate));
        a.total_cmp(&b)
    };
    let first = match sizes {
        Sizes::Known => by_units(),
        Sizes::Unknown => by_kind().then_with(by_units),
    };
    let age = |of: &Candidate<'_>| (of.plan.access.copy.is_some(), of.path.is_eventual());
    let requests = |of: &Candidate<'_>| {
        let requests = of.plan.estimate.requests;
        (requests.high, requests.low)
    };
    first
        .then_with(|| age(a).cmp(&age(b)))
        .then_with(|| requests(a).cmp(&requests(b)))
}

/// The expected units. Where the range is wider than they are, as under a LIMIT that a filter delays,
/// a few percent less tell nothing: they are no reason to leave what is fresh. Such a figure counts for as
/// much as its step may hold, so that what is sure is taken where both are about the same.
pub(in crate::domain::plan) fn units(estimate: &Estimate) -> f64 {
    let expected = estimate.expected.0;
    let width = estimate
        .rcu
        .high
        .map_or(0.0, |high| high.0 - estimate.rcu.low.0);
    if expected <= FEW || width <= expected {
        return expected;
    }
    STEP.powf(expected.log(STEP).round() + 0.5)
}

/// Whether figures are known that say so.
pub(super) fn is_cheaper(estimate: &Estimate, other: &Estimate) -> bool {
    let known = estimate.rcu.high.and(other.rcu.high).is_some();
    known && units(estimate) < units(other)
}

const fn rank(plan: &Plan) -> u8 {
    match &plan.reads {
        Reads::Nothing => 0,
        Reads::Keys(keys) if keys.len() == 1 => 1,
        Reads::Keys(_) => 2,
        Reads::Partitions { conditions, .. } if conditions.len() == 1 => 3,
        Reads::Partitions { .. } => 4,
        // To fetch every item after that is dearer than to read them all at once.
        Reads::Scan if plan.fetch.is_some() => 7,
        Reads::Scan if plan.access.index.is_some() => 5,
        Reads::Scan => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::{Range, Rcu};
    use crate::domain::plan::Basis;
    use rstest::rstest;

    fn estimate(low: f64, expected: f64, high: f64) -> Estimate {
        Estimate {
            rcu: Range::new(Rcu(low), Rcu(high)),
            expected: Rcu(expected),
            requests: Range::new(1, 1),
            bytes: Range::new(0, 0),
            usd: None,
            basis: Basis::Analyzed,
        }
    }

    #[rstest]
    #[case::known_well((67.0, 68.0, 70.0), (67.0, 68.5, 70.0), Ordering::Less)]
    #[case::hardly_known((20.0, 68.0, 300.0), (20.0, 68.5, 300.0), Ordering::Equal)]
    #[case::far_apart_all_the_same((20.0, 68.0, 300.0), (20.0, 90.0, 300.0), Ordering::Less)]
    #[case::sure_and_not((68.0, 68.5, 70.0), (20.0, 68.0, 300.0), Ordering::Less)]
    #[case::sure_and_far_less((68.0, 68.5, 70.0), (20.0, 50.0, 300.0), Ordering::Greater)]
    #[case::few((0.5, 1.0, 9.0), (0.5, 1.5, 9.0), Ordering::Less)]
    fn a_few_percent_count_only_where_figures_are_that_good(
        #[case] a: (f64, f64, f64),
        #[case] b: (f64, f64, f64),
        #[case] expected: Ordering,
    ) {
        let of = |(low, expected, high)| units(&estimate(low, expected, high));
        assert_eq!(of(a).total_cmp(&of(b)), expected);
    }
}

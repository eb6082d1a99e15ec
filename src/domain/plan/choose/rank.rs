//! Which of two plans is the cheaper.

use super::Candidate;
use crate::domain::plan::{Plan, Reads};
use std::cmp::Ordering;

/// Whether figures of all candidates can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sizes {
    Known,
    Unknown,
}

/// Puts the cheapest candidate first.
pub(super) fn sort(candidates: &mut [Candidate<'_>]) {
    let known = |candidate: &Candidate<'_>| candidate.plan.estimate.rcu.high.is_some();
    let sizes = if candidates.iter().all(known) {
        Sizes::Known
    } else {
        Sizes::Unknown
    };
    candidates.sort_by(|a, b| compare(&a.plan, &b.plan, sizes));
}

/// Fewest expected units, then base before copy, then fewest requests. Where a size is unknown,
/// kinds of reads are ranked instead.
fn compare(a: &Plan, b: &Plan, sizes: Sizes) -> Ordering {
    let by_kind = || rank(a).cmp(&rank(b));
    let by_units = || middle(a).total_cmp(&middle(b));
    let first = match sizes {
        Sizes::Known => by_units(),
        Sizes::Unknown => by_kind().then_with(by_units),
    };
    let requests = |plan: &Plan| (plan.estimate.requests.high, plan.estimate.requests.low);
    first
        .then_with(|| a.access.copy.is_some().cmp(&b.access.copy.is_some()))
        .then_with(|| requests(a).cmp(&requests(b)))
}

fn middle(plan: &Plan) -> f64 {
    let rcu = plan.estimate.rcu;
    f64::midpoint(rcu.low.0, rcu.high.unwrap_or(rcu.low).0)
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

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
pub(in crate::domain::plan) fn sort(candidates: &mut [Candidate<'_>]) {
    let known = |candidate: &Candidate<'_>| candidate.plan.estimate.rcu.high.is_some();
    let sizes = if candidates.iter().all(known) {
        Sizes::Known
    } else {
        Sizes::Unknown
    };
    candidates.sort_by(|a, b| compare(a, b, sizes));
}

/// Fewest expected units, which come in halves; then what is fresher: what follows the base at once,
/// its global indexes, copies; then fewest requests. Where a size is unknown, kinds of reads are ranked
/// before all that.
fn compare(a: &Candidate<'_>, b: &Candidate<'_>, sizes: Sizes) -> Ordering {
    let by_kind = || rank(&a.plan).cmp(&rank(&b.plan));
    let by_units = || {
        let (a, b) = (a.plan.estimate.expected, b.plan.estimate.expected);
        a.0.total_cmp(&b.0)
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

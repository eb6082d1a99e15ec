//! Paths not taken, as they are told: those that could answer with what they would cost, and those that
//! cannot with the reason.

use super::cost::expected_in_range;
use super::facts::{name, title};
use crate::domain::figures::plural;
use crate::domain::names::{IndexName, TableName};
use crate::domain::plan::{Access, Estimate, Plan, Reads, Reason, Rejected, Route};
use indexmap::IndexMap;

/// What parts the cause of a rejection from what would help.
const ADVICE: &str = " (try: ";

/// A path that could have answered.
pub(super) struct Possible {
    /// How it would have been read.
    pub(super) title: String,
    /// For how much.
    pub(super) cost: String,
    /// What there is to say besides.
    pub(super) detail: Option<String>,
}

/// Where a plan would have read; unions have no place of their own.
type Place<'a> = Option<(&'a TableName, Option<&'a IndexName>)>;

/// Why a path is rejected, without what would help.
#[must_use]
pub fn cause(rejected: &Rejected) -> &str {
    let detail = &rejected.detail;
    detail.split_once(ADVICE).map_or(detail, |(cause, _)| cause)
}

const fn is_known(estimate: &Estimate) -> bool {
    estimate.rcu.high.is_some()
}

/// Why the path that is taken is not queried: it is scanned.
pub(super) fn no_query(route: &Route) -> Option<&str> {
    let plan = &route.plan;
    let mut refused = route.rejected.iter().filter(|r| r.plan.is_none());
    let refused = refused.find(|r| place(&r.access) == place(&plan.access))?;
    (plan.reads == Reads::Scan && plan.parts.is_empty()).then(|| cause(refused))
}

/// The best that each path could have done, and the best union, from the cheapest to the dearest. Of the
/// path that is taken, only other kinds of keyed reads are of interest.
pub(super) fn possible(route: &Route) -> Vec<Possible> {
    let mut paths: IndexMap<Place<'_>, Vec<&Rejected>> = IndexMap::new();
    for rejected in &route.rejected {
        paths.entry(place_of(rejected)).or_default().push(rejected);
    }
    let taken = taken(route);
    let is_other = |rejected: &Rejected| {
        let is_taken = taken.is_some() && place_of(rejected) == taken;
        !is_taken || ![route.plan.operation(), "scan"].contains(&rejected.operation)
    };
    let best = paths.values().filter_map(|of_path| {
        let best = of_path.iter().find(|rejected| is_other(rejected))?;
        let plan = best.plan.as_deref()?;
        let refused = of_path.iter().find(|rejected| rejected.plan.is_none());
        Some((*best, plan, refused.copied()))
    });
    let mut best: Vec<_> = best.collect();
    if best.iter().all(|(_, plan, _)| is_known(&plan.estimate)) {
        let expected = |plan: &Plan| plan.estimate.expected.0;
        best.sort_by(|(_, a, _), (_, b, _)| expected(a).total_cmp(&expected(b)));
    }
    let told = |(best, plan, refused): (&Rejected, &Plan, Option<&Rejected>)| Possible {
        title: title(plan),
        cost: expected_in_range(&plan.estimate),
        detail: detail(best, plan, refused, route),
    };
    best.into_iter().map(told).collect()
}

/// What is to be said of a path besides its cost.
fn detail(
    best: &Rejected,
    plan: &Plan,
    refused: Option<&Rejected>,
    route: &Route,
) -> Option<String> {
    let is_cost = best.reason == Reason::CostsMore && is_known(&route.plan.estimate);
    let mut words = Vec::new();
    let is_fresher = best.access.copy.is_some() && route.plan.access.copy.is_none();
    let is_more = plan.estimate.requests.high > route.plan.estimate.requests.high;
    match best.reason {
        Reason::Pinned => words.push("cheaper, but another path is asked for".to_owned()),
        Reason::Tie if is_fresher => {
            words.push(format!("{}, but the base is fresher", best.detail));
        }
        Reason::Tie if is_more => words.push(format!("{}, in more requests", best.detail)),
        _ if is_cost && is_known(&plan.estimate) => {}
        _ => words.push(best.detail.clone()),
    }
    words.extend(refused.map(|refused| format!("no query: {}", cause(refused))));
    words.extend(extent(plan));
    (!words.is_empty()).then(|| words.join("; "))
}

/// The size of what is read in a few words: `3 partitions, fetches from strikes`; of one
/// partition or a Scan there is nothing to tell.
fn extent(plan: &Plan) -> Option<String> {
    if !plan.parts.is_empty() {
        let parts: Vec<String> = plan.parts.iter().map(title).collect();
        return Some(parts.join(" and "));
    }
    let number = match &plan.reads {
        Reads::Partitions { conditions, .. } if conditions.len() > 1 => {
            Some(plural(conditions.len() as u64, "partition"))
        }
        Reads::Keys(keys) if keys.len() > 1 => Some(plural(keys.len() as u64, "key")),
        _ => None,
    };
    let fetch = plan.fetch.as_ref();
    let fetch = fetch.map(|fetch| format!("fetches from {}", fetch.table));
    let words: Vec<String> = number.into_iter().chain(fetch).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Paths that cannot answer at all, those with one reason together: `a, b: they are not consistent`.
pub(super) fn impossible(route: &Route) -> Vec<String> {
    let taken = taken(route);
    let answers = |access: &Access| {
        let mut possible = route.rejected.iter().filter(|r| r.plan.is_some());
        let place = Some(place(access));
        place == taken || possible.any(|r| place_of(r) == place)
    };
    let mut reasons: IndexMap<&str, Vec<String>> = IndexMap::new();
    let refused = route.rejected.iter().filter(|r| r.plan.is_none());
    for rejected in refused.filter(|r| !answers(&r.access)) {
        let names = reasons.entry(&rejected.detail).or_default();
        names.push(name(&rejected.access));
    }
    reasons
        .iter()
        .map(|(reason, names)| format!("{}: {reason}", names.join(", ")))
        .collect()
}

/// The place that is read; a union has none.
fn taken(route: &Route) -> Place<'_> {
    let plan = &route.plan;
    plan.parts.is_empty().then(|| place(&plan.access))
}

fn place_of(rejected: &Rejected) -> Place<'_> {
    let is_union = |plan: &Plan| !plan.parts.is_empty();
    let union = rejected.plan.as_deref().is_some_and(is_union);
    (!union).then(|| place(&rejected.access))
}

fn place(access: &Access) -> (&TableName, Option<&IndexName>) {
    (&access.table, access.index.as_ref())
}

//! Candidates, and the choice among them.

mod paths;
mod rejected;

use super::access::{AccessPath, Context, roots};
use super::candidate::{complete, nothing, pinned, scan};
use super::refusal::{Advice, Refusal};
use super::{Plan, Reads, Rejected, Route};
use crate::domain::cost::{Prices, scan_cost};
use crate::domain::names::{IndexName, TableName};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Target};
use crate::domain::schema::Catalog;
pub(super) use paths::Scope;
use paths::{paths, scope};
use rejected::{denied, possible, refused};
use std::cmp::Ordering;

/// What planning needs besides the request.
#[derive(Debug, Clone, Copy)]
pub struct Planner<'a> {
    /// Tables and datasets.
    pub catalog: &'a Catalog,
    /// Prices.
    pub prices: &'a Prices,
    /// The region, for prices.
    pub region: Option<&'a str>,
}

/// Finds the route of a request.
///
/// # Errors
/// A table that is not described, or a pinned route that cannot answer.
pub fn route(
    planner: Planner<'_>,
    request: &Request,
    target: &Target,
    consistency: Consistency,
) -> Result<Route, Problem> {
    let scope = scope(planner.catalog, target)?;
    let context = Context::new(planner, request, &scope, consistency);
    choose(&context, &scope)
}

/// A path that can answer.
struct Candidate<'a> {
    path: AccessPath<'a>,
    plan: Plan,
}

fn choose(context: &Context<'_>, scope: &Scope<'_>) -> Result<Route, Problem> {
    let base = AccessPath {
        table: context.base,
        index: None,
        copy: None,
    };
    if let Some(attribute) = context.conditions.contradiction() {
        let note = format!("no item can answer: nothing satisfies all conditions on `{attribute}`");
        return Ok(finish(
            context,
            nothing(context, &base),
            Vec::new(),
            vec![note],
        ));
    }
    let mut candidates = Vec::new();
    let mut refusals = Vec::new();
    for path in paths(context, scope) {
        match complete(context, &path) {
            Ok(plan) => candidates.push(Candidate { path, plan }),
            Err(refusal) => refusals.push((path, refusal)),
        }
    }
    match scan(context, &base) {
        Ok(plan) => candidates.push(Candidate { path: base, plan }),
        Err(refusal) => refusals.push((base, refusal)),
    }
    let (chosen, mut notes) = match &scope.pin {
        Some(pin) => pin_down(context, pin, &mut candidates, &mut refusals)?,
        None => cheapest(&mut candidates, &refusals)?,
    };
    notes.extend(unknown_attributes(context));
    let mut rejected: Vec<Rejected> = candidates
        .into_iter()
        .map(|candidate| possible(&chosen, candidate.plan))
        .chain(
            refusals
                .iter()
                .map(|(path, refusal)| refused(path, refusal)),
        )
        .chain(denied(context))
        .collect();
    rejected.sort_by(by_estimate);
    Ok(finish(context, chosen, rejected, notes))
}

fn finish(context: &Context<'_>, plan: Plan, rejected: Vec<Rejected>, notes: Vec<String>) -> Route {
    let base = context.base;
    let price = context
        .prices
        .read(context.region, base.billing, base.class);
    Route {
        plan,
        rejected,
        scan: scan_cost(base, price),
        scan_table: base.name.clone(),
        notes,
    }
}

/// Takes the cheapest candidate; a Scan comes with what would spare it.
fn cheapest(
    candidates: &mut Vec<Candidate<'_>>,
    refusals: &[(AccessPath<'_>, Refusal)],
) -> Result<(Plan, Vec<String>), Problem> {
    let known = candidates
        .iter()
        .all(|c| c.plan.estimate.rcu.high.is_some());
    let best = (0..candidates.len())
        .min_by(|a, b| compare(&candidates[*a].plan, &candidates[*b].plan, known))
        .ok_or_else(|| Problem::new("no path can answer"))?;
    let plan = candidates.remove(best).plan;
    let notes = match plan.reads {
        Reads::Scan => advice(refusals),
        _ => Vec::new(),
    };
    Ok((plan, notes))
}

/// What would spare a Scan: to ask otherwise, and of all declarations the one that saves most.
fn advice(refusals: &[(AccessPath<'_>, Refusal)]) -> Vec<String> {
    let all = || {
        refusals
            .iter()
            .filter_map(|(path, r)| Some((path, r.advice.as_ref()?)))
    };
    let asked = all().filter(|(_, advice)| matches!(advice, Advice::Ask(_)));
    let declared = all().filter_map(|(path, advice)| match advice {
        Advice::Declare(_, Some(rcu)) => Some((path, advice, rcu.0)),
        _ => None,
    });
    let best = declared.min_by(|a, b| a.2.total_cmp(&b.2));
    asked
        .chain(best.map(|(path, advice, _)| (path, advice)))
        .map(|(path, advice)| format!("`{}` would do with {}", path.name(), advice.text()))
        .collect()
}

/// The path that the request names, whatever it costs.
fn pin_down<'a>(
    context: &Context<'_>,
    pin: &(TableName, Option<IndexName>),
    candidates: &mut Vec<Candidate<'a>>,
    refusals: &mut Vec<(AccessPath<'a>, Refusal)>,
) -> Result<(Plan, Vec<String>), Problem> {
    let is_pinned = |path: &AccessPath<'_>| {
        path.table.name == pin.0 && path.index.map(|index| &index.name) == pin.1.as_ref()
    };
    let path = candidates
        .iter()
        .map(|candidate| candidate.path)
        .chain(refusals.iter().map(|(path, _)| *path))
        .find(&is_pinned)
        .ok_or_else(|| Problem::new(format!("`{}` is no path of this request", pin.0)))?;
    let (mine, others): (Vec<_>, Vec<_>) = std::mem::take(candidates)
        .into_iter()
        .partition(|candidate| is_pinned(&candidate.path));
    *candidates = others;
    refusals.retain(|(path, _)| !is_pinned(path));
    let known = mine.iter().all(|c| c.plan.estimate.rcu.high.is_some());
    let complete = mine
        .into_iter()
        .map(|candidate| candidate.plan)
        .min_by(|a, b| compare(a, b, known));
    match complete {
        Some(plan) => Ok((plan, Vec::new())),
        None => pinned(context, &path).map_err(|refusal| {
            let problem =
                Problem::new(format!("`{}` cannot answer", path.name())).because(refusal.detail);
            match refusal.advice {
                Some(advice) => problem.hint(advice.text()),
                None => problem.hint(format!("`FROM {}`, any route", scope_name(context))),
            }
        }),
    }
}

fn scope_name<'a>(context: &Context<'a>) -> &'a str {
    context
        .dataset
        .map_or(context.base.name.as_str(), |dataset| {
            dataset.dataset.name.as_str()
        })
}

/// Attributes that only copies have: rows have the shape of base items, so no condition on them holds.
fn unknown_attributes(context: &Context<'_>) -> Vec<String> {
    let Some(dataset) = context.dataset else {
        return Vec::new();
    };
    let mut names: Vec<&str> = context
        .conditions
        .conjuncts()
        .iter()
        .flat_map(roots)
        .collect();
    names.extend(context.request.order.iter().map(|by| by.path.root.as_str()));
    names.sort_unstable();
    names.dedup();
    let only_in = |name: &&str| {
        let mut copies = dataset.copies.iter();
        let own = copies.find(|copy| copy.mapping.set.contains_key(*name))?;
        (!dataset.names_attribute(name)).then(|| {
            format!(
                "`{name}` is an attribute of copy `{}` alone; `FROM {}` shows it",
                own.mapping.name, own.table.name
            )
        })
    };
    names.iter().filter_map(only_in).collect()
}

/// Fewest expected units, then base before copy, then fewest requests. Where a size is unknown,
/// kinds of reads are ranked instead (cost.md §1.2).
fn compare(a: &Plan, b: &Plan, known: bool) -> Ordering {
    let by_kind = || rank(a).cmp(&rank(b));
    let by_units = || middle(a).total_cmp(&middle(b));
    let first = if known {
        by_units()
    } else {
        by_kind().then_with(by_units)
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
        Reads::Scan if plan.access.index.is_some() => 5,
        Reads::Scan => 6,
    }
}

fn by_estimate(a: &Rejected, b: &Rejected) -> Ordering {
    let figure = |rejected: &Rejected| rejected.plan.as_deref().map(middle);
    match (figure(a), figure(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

#[cfg(test)]
mod tests;

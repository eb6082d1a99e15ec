//! Candidates, and the choice among them.

mod notes;
mod paths;
mod rank;
mod rejected;

use super::access::{AccessPath, Context};
use super::candidate::{complete, nothing, pinned, whole};
use super::refusal::Refusal;
use super::union::unions;
use super::{Plan, Reads, Rejected, Route};
use crate::domain::cost::{Prices, scan_cost};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Target};
use crate::domain::schema::Catalog;
use notes::{advice, attributes_of_copies, cheaper_path, equivalent_price};
pub(super) use paths::Scope;
use paths::{Place, paths, scope};
pub(super) use rank::sort;
use rejected::{denied, possible, refused};

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

/// A plan that answers, and the path that it reads, of a union the dearest.
pub(super) struct Candidate<'a> {
    pub(super) path: AccessPath<'a>,
    pub(super) plan: Plan,
}

fn choose(context: &Context<'_>, scope: &Scope<'_>) -> Result<Route, Problem> {
    let base = AccessPath {
        table: context.base,
        index: None,
        copy: None,
    };
    if let Some(attribute) = context.conditions.contradiction() {
        let note = format!("no item can answer: nothing satisfies all conditions on `{attribute}`");
        let plan = nothing(context, &base);
        return Ok(finish(context, plan, Vec::new(), vec![note]));
    }
    let mut candidates = Vec::new();
    let mut refusals = Vec::new();
    let paths = paths(context, scope);
    for path in &paths {
        let mut plans = complete(context, path).unwrap_or_else(|refusal| {
            refusals.push((*path, refusal));
            Vec::new()
        });
        plans.extend(whole(context, path));
        candidates.extend(
            plans
                .into_iter()
                .map(|plan| Candidate { path: *path, plan }),
        );
    }
    let usable: Vec<AccessPath<'_>> = match &scope.pin {
        Some(pin) => paths.into_iter().filter(|path| is_at(path, pin)).collect(),
        None => paths,
    };
    let (unions, bound) = unions(context, &usable);
    candidates.extend(unions);
    sort(&mut candidates);
    let (chosen, mut notes) = match &scope.pin {
        Some(pin) => pin_down(context, pin, &mut candidates, &mut refusals)?,
        None if candidates.is_empty() => return Err(Problem::new("no path can answer")),
        None => (candidates.remove(0).plan, Vec::new()),
    };
    if chosen.reads == Reads::Scan && scope.pin.is_none() {
        notes.extend(advice(context, &refusals));
    }
    notes.extend(bound);
    notes.extend(attributes_of_copies(context));
    notes.extend(equivalent_price(context, &chosen));
    let possible = candidates
        .into_iter()
        .map(|candidate| possible(&chosen, candidate.plan, scope.pin.as_ref()));
    let refused = refusals
        .iter()
        .map(|(path, refusal)| refused(context, path, refusal));
    let rejected: Vec<Rejected> = possible.chain(refused).chain(denied(context)).collect();
    notes.extend(cheaper_path(&chosen, &rejected));
    Ok(finish(context, chosen, rejected, notes))
}

fn finish(context: &Context<'_>, plan: Plan, rejected: Vec<Rejected>, notes: Vec<String>) -> Route {
    let base = context.base;
    let price = context
        .prices
        .read(context.region, base.billing, base.class);
    Route {
        plan,
        order: context.request.order.clone(),
        rejected,
        scan: scan_cost(base, price),
        scan_table: base.name.clone(),
        notes,
    }
}

fn is_at(path: &AccessPath<'_>, place: &Place) -> bool {
    path.table.name == place.0 && path.index.map(|index| &index.name) == place.1.as_ref()
}

/// The path that the request names, whatever it costs.
fn pin_down<'a>(
    context: &'a Context<'_>,
    pin: &Place,
    candidates: &mut Vec<Candidate<'a>>,
    refusals: &mut Vec<(AccessPath<'a>, Refusal<'a>)>,
) -> Result<(Plan, Vec<String>), Problem> {
    let is_pinned = |path: &AccessPath<'_>| is_at(path, pin);
    let path = candidates
        .iter()
        .map(|candidate| candidate.path)
        .chain(refusals.iter().map(|(path, _)| *path))
        .find(&is_pinned)
        .ok_or_else(|| Problem::new(format!("`{}` is no path of this request", pin.0)))?;
    let (mut mine, others): (Vec<_>, Vec<_>) = std::mem::take(candidates)
        .into_iter()
        .partition(|candidate| is_pinned(&candidate.path));
    let mut notes = Vec::new();
    if mine.is_empty() {
        let (plans, lacks) =
            pinned(context, &path).map_err(|refusal| cannot(context, &path, &refusal))?;
        mine.extend(plans.into_iter().map(|plan| Candidate { path, plan }));
        sort(&mut mine);
        notes = lacks;
    }
    let chosen = mine.remove(0).plan;
    *candidates = mine.into_iter().chain(others).collect();
    refusals.retain(|(path, _)| !is_pinned(path));
    Ok((chosen, notes))
}

fn cannot(context: &Context<'_>, path: &AccessPath<'_>, refusal: &Refusal<'_>) -> Problem {
    let problem = Problem::new(format!("`{}` cannot answer", path.name()));
    let problem = problem.because(refusal.cause.to_string());
    match refusal.advice {
        Some(advice) => problem.hint(advice.text(context, path)),
        None => problem.hint(format!("`FROM {}`, any route", scope_name(context))),
    }
}

fn scope_name<'a>(context: &Context<'a>) -> &'a str {
    context
        .dataset
        .map_or(context.base.name.as_str(), |dataset| {
            dataset.dataset.name.as_str()
        })
}

#[cfg(test)]
mod tests;

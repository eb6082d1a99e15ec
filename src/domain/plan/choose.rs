//! Candidates, and the choice among them.

mod notes;
mod paths;
mod rank;
mod rejected;
mod search;

use super::access::{AccessPath, Context};
use super::candidate::{nothing, pinned};
use super::refusal::Refusal;
use super::union::unions;
use super::{Plan, Reads, Route};
use crate::domain::cost::{Prices, scan_cost};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Target};
use crate::domain::schema::Catalog;
use notes::{advice, attributes_of_copies, cheaper_path, equivalent_price, excluded};
use paths::Place;
pub(super) use paths::{Scope, paths, scope};
pub(super) use rank::{sort, units};
use rejected::{denied, possible, refused};
pub(super) use search::{Extent, Reach, search};

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

/// Finds the route of a request. Paths that surely lose are not worked out: of the others, it tells only
/// of those that might have been chosen.
///
/// # Errors
/// A table that is not described, or a pinned route that cannot answer.
pub fn choose(
    planner: Planner<'_>,
    request: &Request,
    target: &Target,
    consistency: Consistency,
) -> Result<Route, Problem> {
    routed(
        planner,
        (request, target, consistency),
        Extent::Best(f64::INFINITY),
    )
}

/// Finds the same route, and why every other path is not taken.
///
/// # Errors
/// As [`choose`].
pub fn route(
    planner: Planner<'_>,
    request: &Request,
    target: &Target,
    consistency: Consistency,
) -> Result<Route, Problem> {
    routed(planner, (request, target, consistency), Extent::All)
}

fn routed(
    planner: Planner<'_>,
    (request, target, consistency): (&Request, &Target, Consistency),
    extent: Extent,
) -> Result<Route, Problem> {
    let scope = scope(planner.catalog, target)?;
    let context = Context::new(planner, request, &scope, consistency);
    let Chosen {
        plan,
        notes,
        losers,
        refusals,
    } = chosen(&context, &scope, extent)?;
    let mut rejected = Vec::new();
    if plan.reads != Reads::Nothing {
        let losers = losers.into_iter().map(|loser| loser.plan);
        rejected.extend(losers.map(|loser| possible(&plan, loser, scope.pin.as_ref())));
    }
    if plan.reads != Reads::Nothing && extent == Extent::All {
        let refusals = refusals.iter();
        rejected.extend(refusals.map(|(path, refusal)| refused(&context, path, refusal)));
        rejected.extend(denied(&context));
    }
    let base = context.base;
    let price = planner
        .prices
        .read(planner.region, base.billing, base.class);
    Ok(Route {
        plan,
        order: request.order.clone(),
        limit: request.limit,
        rejected,
        scan: scan_cost(base, price),
        scan_table: base.name.clone(),
        notes,
    })
}

/// A plan that answers, and the path that it reads, of a union the dearest.
pub(super) struct Candidate<'a> {
    pub(super) path: AccessPath<'a>,
    /// Many are put in order and passed on.
    pub(super) plan: Box<Plan>,
}

/// A choice, and what it was made among.
struct Chosen<'a> {
    plan: Plan,
    notes: Vec<String>,
    /// In order of what they cost.
    losers: Vec<Candidate<'a>>,
    refusals: Vec<(AccessPath<'a>, Refusal<'a>)>,
}

fn chosen<'a>(
    context: &'a Context<'a>,
    scope: &Scope<'a>,
    extent: Extent,
) -> Result<Chosen<'a>, Problem> {
    if let Some(attribute) = context.conditions.contradiction() {
        return Ok(contradictory(context, attribute));
    }
    let is_usable = |path: &AccessPath<'_>| scope.pin.as_ref().is_none_or(|pin| is_at(path, pin));
    let (usable, others): (Vec<_>, Vec<_>) = paths(context, scope).into_iter().partition(is_usable);
    let (unions, bound) = unions(context, &usable);
    let mut found = search(context, &usable, Reach::Whole, within(extent, &unions));
    let more = search(context, &others, Reach::Whole, extent);
    found.candidates.extend(more.candidates);
    found.refusals.extend(more.refusals);
    let (mut losers, mut refusals) = (found.candidates, found.refusals);
    losers.extend(unions);
    sort(&mut losers);
    let (plan, mut notes) = match &scope.pin {
        Some(pin) => pin_down(context, pin, &mut losers, &mut refusals)?,
        None if losers.is_empty() => return Err(Problem::new("no path can answer")),
        None => (*losers.remove(0).plan, Vec::new()),
    };
    if plan.reads == Reads::Scan && scope.pin.is_none() {
        notes.extend(advice(context, &refusals));
    }
    notes.extend(excluded(&refusals));
    notes.extend(bound);
    notes.extend(attributes_of_copies(context));
    notes.extend(equivalent_price(context, &plan));
    if scope.pin.is_some() {
        notes.extend(cheaper_path(&plan, &losers));
    }
    Ok(Chosen {
        plan,
        notes,
        losers,
        refusals,
    })
}

/// As far as a path may still be as cheap as the cheapest union.
fn within(extent: Extent, unions: &[Candidate<'_>]) -> Extent {
    let all = unions.iter().map(|union| &union.plan.estimate);
    match extent {
        // Where the size of one is unknown, figures do not decide.
        Extent::Best(most) if all.clone().all(|estimate| estimate.rcu.high.is_some()) => {
            Extent::Best(all.map(units).fold(most, f64::min))
        }
        other => other,
    }
}

/// Nothing is read, and no path is better at that than another.
fn contradictory<'a>(context: &Context<'a>, attribute: &str) -> Chosen<'a> {
    let note = format!("no item can answer: nothing satisfies all conditions on `{attribute}`");
    Chosen {
        plan: *nothing(context, &context.base_path()),
        notes: vec![note],
        losers: Vec::new(),
        refusals: Vec::new(),
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
        let plans = plans.into_iter().map(Box::new);
        mine.extend(plans.map(|plan| Candidate { path, plan }));
        sort(&mut mine);
        notes = lacks;
    }
    let chosen = *mine.remove(0).plan;
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

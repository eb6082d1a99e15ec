//! Unions: conjunctions that are routed each on its own, and read together give every answer once.
//!
//! A union is a candidate only when each of its members can be read by keys: where one would need a
//! Scan, one Scan answers all.

use super::access::{AccessPath, Context};
use super::choose::{Candidate, Extent, Reach, search, sort};
use super::conditions::Conditions;
use super::implies::implied;
use super::normal::{Bounded, MOST_MEMBERS, splits};
use super::order::{asked, of_unordered};
use super::{Plan, Reads, estimate};
use crate::domain::expr::Predicate;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// The unions that `paths` can be read as, and what is to be said of those that are too large.
pub(super) fn unions<'a>(
    context: &Context<'a>,
    paths: &[AccessPath<'a>],
) -> (Vec<Candidate<'a>>, Option<String>) {
    let splits = splits(&context.conditions);
    let unions = splits.ways.into_iter().filter_map(|conjunctions| {
        let members = conjunctions.iter().map(|one| context.member(one)).collect();
        of_members(context, paths, &distinct(members))
    });
    let note = (splits.bounded == Bounded::Yes).then(|| {
        format!(
            "`OR` that comes to more than {MOST_MEMBERS} conjunctions is not taken apart: it filters what is read"
        )
    });
    (unions.collect(), note)
}

/// The members that no other one contains. Those that contradict themselves are gone, too.
fn distinct<'a>(members: Vec<Context<'a>>) -> Vec<Context<'a>> {
    let mut kept: Vec<Context<'a>> = Vec::new();
    for member in members {
        if member.conditions.contradiction().is_some()
            || kept.iter().any(|other| is_within(&member, other))
        {
            continue;
        }
        kept.retain(|other| !is_within(other, &member));
        kept.push(member);
    }
    kept
}

/// Whether all that satisfies `a` satisfies `b` (false when that is not certain).
fn is_within(a: &Context<'_>, b: &Context<'_>) -> bool {
    let of = |attribute: &str| a.conditions.of(attribute).map(Cow::Borrowed);
    let given = a.conditions.conjuncts();
    let mut wanted = b.conditions.conjuncts().iter();
    wanted.all(|conjunct| implied(conjunct, given, &of))
}

/// The union of the best plan of each member; one member is no union.
fn of_members<'a>(
    context: &Context<'a>,
    paths: &[AccessPath<'a>],
    members: &[Context<'a>],
) -> Option<Candidate<'a>> {
    if members.len() < 2 {
        return None;
    }
    let mut parts = Vec::new();
    for member in members {
        let part = best(member, paths)?;
        if part.plan.reads != Reads::Nothing {
            parts.push((part, estimate::rows(member)));
        }
    }
    let units = |part: &Candidate<'_>| part.plan.estimate.expected.0;
    let all = parts.iter().map(|(part, _)| part);
    let dearest = all.max_by(|a, b| units(a).total_cmp(&units(b)))?;
    let (path, dearest) = (dearest.path, (*dearest.plan).clone());
    let plans: Vec<(&Plan, Option<f64>)> = parts
        .iter()
        .map(|(part, rows)| (&*part.plan, *rows))
        .collect();
    let estimate = estimate::of_union(context.request, &plans);
    let parts: Vec<Plan> = parts.into_iter().map(|(part, _)| *part.plan).collect();
    let plan = Plan {
        order: of_unordered(context).strategy,
        ordered_by: 0,
        estimate,
        parts,
        ..dearest
    };
    let plan = Box::new(plan);
    Some(Candidate { path, plan })
}

fn best<'a>(member: &Context<'a>, paths: &[AccessPath<'a>]) -> Option<Candidate<'a>> {
    let mut candidates = search(member, paths, Reach::Keys, Extent::Best(f64::INFINITY)).candidates;
    sort(&mut candidates);
    candidates.into_iter().next()
}

impl Context<'_> {
    /// What is planned for a member of a union: items that satisfy `conjuncts`, of the same request.
    fn member(&self, conjuncts: &[Predicate]) -> Self {
        let whole = Arc::clone(self.conditions.selections().all());
        let mut conditions = Conditions::of_conjuncts(conjuncts.to_vec());
        conditions.narrow_to_keys(self.base);
        Self {
            order: asked(self.request, &conditions),
            conditions,
            whole: Some(whole),
            seen: Rc::clone(&self.seen),
            partitioned: Rc::clone(&self.partitioned),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests;

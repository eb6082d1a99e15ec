//! The estimate of a union: its members are read one after the other, and later ones may be spared.

use super::Known;
use super::seen::told;
use super::share::share;
use super::{count, of_nothing};
use crate::domain::cost::unit_factor;
use crate::domain::expr::Predicate;
use crate::domain::names::{Range, Rcu};
use crate::domain::plan::access::Context;
use crate::domain::plan::{Estimate, OrderStrategy, Plan};
use crate::domain::query::{Request, Select};

/// How many base items a member of a union gives, when anything tells.
pub(in crate::domain::plan) fn rows(member: &Context<'_>) -> Option<f64> {
    let (total, _) = Known::of_base(member).total()?;
    let conjuncts: Vec<&Predicate> = member.conditions.conjuncts().iter().collect();
    let (share, _) = share(member, &member.base.name, conjuncts.iter().copied());
    let share = told(member, &[], &conjuncts, share).map_or(share, |told| told.share);
    Some(total.items.expected * share.expected)
}

/// What a member takes when others were read before it, which gave so many rows: a LIMIT that is
/// reached ends all, and in an order asked the first surplus row ends a member that gives its rows in
/// that order. What was met before is not fetched again.
fn later(request: &Request, plan: &Plan, before: Option<f64>) -> Estimate {
    let estimate = plan.estimate;
    let is_ordered = request.select != Select::Count && !request.order.is_empty();
    let is_spared = request.limit.is_some() && !is_ordered;
    let may_stop = request.limit.is_some() && plan.order != OrderStrategy::Sort;
    let page = Rcu(unit_factor(plan.consistency));
    let low = if is_spared {
        Rcu(0.0)
    } else if may_stop || plan.fetch.is_some() {
        Rcu(page.0.min(estimate.rcu.low.0))
    } else {
        return estimate;
    };
    let is_full = is_spared
        && request
            .limit
            .zip(before)
            .is_some_and(|(limit, before)| before >= count(limit));
    let part = low.0 / estimate.rcu.low.0.max(f64::MIN_POSITIVE);
    Estimate {
        rcu: Range {
            low,
            ..estimate.rcu
        },
        expected: if is_full { low } else { estimate.expected },
        requests: Range {
            low: estimate.requests.low.min(u64::from(!is_spared)),
            ..estimate.requests
        },
        bytes: Range {
            low: 0,
            ..estimate.bytes
        },
        usd: estimate.usd.map(|(usd, high)| (usd * part, high)),
        ..estimate
    }
}

/// All of them together, one after the other.
pub(in crate::domain::plan) fn of_union(
    request: &Request,
    members: &[(&Plan, Option<f64>)],
) -> Estimate {
    let mut before = Some(0.0);
    let members: Vec<Estimate> = members
        .iter()
        .enumerate()
        .map(|(at, (plan, rows))| {
            let estimate = match (at, before) {
                (0, _) => plan.estimate,
                (_, before) => later(request, plan, before),
            };
            before = before.zip(*rows).map(|(before, rows)| before + rows);
            estimate
        })
        .collect();
    let both = |a: f64, b: Option<f64>| b.map(|b| a + b);
    members.iter().fold(of_nothing(), |sum, member| {
        let rcu = sum.rcu.high.zip(member.rcu.high);
        let requests = sum.requests.high.zip(member.requests.high);
        let bytes = sum.bytes.high.zip(member.bytes.high);
        let usd = sum.usd.zip(member.usd).map(|(a, b)| {
            let high = a.1.and_then(|high| both(high, b.1));
            (a.0 + b.0, high)
        });
        Estimate {
            rcu: Range {
                low: sum.rcu.low + member.rcu.low,
                high: rcu.map(|(a, b)| a + b),
            },
            expected: sum.expected + member.expected,
            requests: Range {
                low: sum.requests.low.saturating_add(member.requests.low),
                high: requests.map(|(a, b)| a.saturating_add(b)),
            },
            bytes: Range {
                low: sum.bytes.low.saturating_add(member.bytes.low),
                high: bytes.map(|(a, b)| a.saturating_add(b)),
            },
            usd,
            basis: sum.basis.max(member.basis),
        }
    })
}

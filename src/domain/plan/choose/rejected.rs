//! Paths not taken, each with its reason.

use super::paths::Place;
use super::rank::units;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::explain::{expected_in_range, figure};
use crate::domain::plan::refusal::Refusal;
use crate::domain::plan::{Access, Plan, Reason, Rejected};
use std::cmp::Ordering;

/// A path that could have answered.
pub(super) fn possible(chosen: &Plan, plan: Box<Plan>, pin: Option<&Place>) -> Rejected {
    let (own, other) = (plan.estimate, chosen.estimate);
    let instead = || {
        let (own, other) = (expected_in_range(&own), expected_in_range(&other));
        format!("{own} instead of {other}")
    };
    let unknown = || "sizes are unknown, and reads of this kind usually cost more".to_owned();
    let (reason, detail) = match (own.rcu.high, other.rcu.high) {
        (Some(_), Some(_)) => match units(&own).total_cmp(&units(&other)) {
            Ordering::Equal if own.shown() == other.shown() => {
                (Reason::Tie, format!("the same {} RCU", figure(own.shown())))
            }
            Ordering::Equal => (
                Reason::Tie,
                format!(
                    "about the same: {} RCU and {} are expected",
                    figure(own.shown()),
                    figure(other.shown())
                ),
            ),
            Ordering::Greater if own.expected <= other.expected => (
                Reason::Tie,
                format!("about the same, but less sure: {}", instead()),
            ),
            Ordering::Greater => (Reason::CostsMore, instead()),
            Ordering::Less if pin.is_some() => (
                Reason::Pinned,
                format!("{}, but another path is asked for", instead()),
            ),
            Ordering::Less => (Reason::CostsMore, unknown()),
        },
        _ => (Reason::CostsMore, unknown()),
    };
    Rejected {
        access: plan.access.clone(),
        operation: plan.operation(),
        reason,
        detail,
        estimate: Some(plan.estimate),
        plan: Some(plan),
    }
}

/// A path that cannot answer.
pub(super) fn refused(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    refusal: &Refusal<'_>,
) -> Rejected {
    let cause = &refusal.cause;
    let detail = match refusal.advice {
        Some(advice) => format!("{cause} (try: {})", advice.text(context, path)),
        None => cause.to_string(),
    };
    Rejected {
        access: path.access(),
        operation: "query",
        reason: cause.reason(),
        detail,
        estimate: None,
        plan: None,
    }
}

/// Copies whose tables could not be described, or do not fit.
pub(super) fn denied(context: &Context<'_>) -> Vec<Rejected> {
    let failed = context.dataset.iter().flat_map(|dataset| {
        dataset.failed.iter().filter_map(|(name, problem)| {
            let mapping = dataset.dataset.copies.get(name)?;
            Some(Rejected {
                access: Access {
                    table: mapping.table.clone(),
                    index: None,
                    copy: Some(name.clone()),
                },
                operation: "query",
                reason: Reason::Denied,
                detail: problem.to_string(),
                estimate: None,
                plan: None,
            })
        })
    });
    failed.collect()
}

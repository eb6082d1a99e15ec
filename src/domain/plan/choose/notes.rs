//! Sentences beside a route: what would be cheaper, what was perhaps meant, what a figure is.

use super::Candidate;
use super::rank::is_cheaper;
use crate::domain::plan::access::{AccessPath, Context, roots};
use crate::domain::plan::explain::expected_in_range;
use crate::domain::plan::refusal::{Cause, Refusal};
use crate::domain::plan::{Access, Plan};
use crate::domain::schema::Billing;

/// What would spare a Scan: to ask otherwise, and of all declarations the one that saves most.
pub(super) fn advice(
    context: &Context<'_>,
    refusals: &[(AccessPath<'_>, Refusal<'_>)],
) -> Vec<String> {
    let all = || {
        refusals
            .iter()
            .filter_map(|(path, r)| Some((path, r.advice?)))
    };
    let asked = all().filter(|(_, advice)| advice.is_to_ask());
    let declared = all().filter_map(|(path, advice)| {
        let (listed, _) = advice.saving(context, path)?;
        Some((path, advice, listed.0))
    });
    let best = declared.min_by(|a, b| a.2.total_cmp(&b.2));
    asked
        .chain(best.map(|(path, advice, _)| (path, advice)))
        .map(|(path, advice)| {
            let text = advice.text(context, path);
            format!("`{}` could be queried with {text}", path.name())
        })
        .collect()
}

/// Attributes that only copies have: rows have the shape of base items, so no condition on them holds.
pub(super) fn attributes_of_copies(context: &Context<'_>) -> Vec<String> {
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

/// On a provisioned table a read has no marginal price: it is paid by the hour.
pub(super) fn equivalent_price(context: &Context<'_>, plan: &Plan) -> Option<String> {
    let table = &plan.access.table;
    let copies = context.dataset.iter().flat_map(|dataset| &dataset.copies);
    let read = std::iter::once(context.base)
        .chain(copies.map(|copy| &copy.table))
        .find(|known| known.name == *table)?;
    let provisioned = matches!(read.billing, Billing::Provisioned { .. });
    (provisioned && plan.estimate.usd.is_some())
        .then(|| format!("dollars are an equivalent only: `{table}` is provisioned"))
}

/// What cannot be read consistently, though it may be cheaper.
pub(super) fn excluded(refusals: &[(AccessPath<'_>, Refusal<'_>)]) -> Option<String> {
    let of = |is_one: fn(&AccessPath<'_>, &Cause<'_>) -> bool| {
        let refusals = refusals.iter();
        refusals
            .filter(|(path, refusal)| is_one(path, &refusal.cause))
            .count()
    };
    let copies = of(|path, cause| path.index.is_none() && matches!(cause, Cause::Copy));
    let indexes = of(|_, cause| matches!(cause, Cause::GlobalIndex));
    let copies = match copies {
        0 => None,
        1 => Some("1 copy".to_owned()),
        n => Some(format!("{n} copies")),
    };
    let indexes = match indexes {
        0 => None,
        1 => Some("1 global index".to_owned()),
        n => Some(format!("{n} global indexes")),
    };
    let all: Vec<String> = copies.into_iter().chain(indexes).collect();
    let excluded = all.join(" and ");
    (!all.is_empty()).then(|| format!("consistent reads exclude {excluded}"))
}

/// What the path that was asked for costs over the cheapest that could answer.
pub(super) fn cheaper_path(chosen: &Plan, losers: &[Candidate<'_>]) -> Option<String> {
    let mut losers = losers.iter().map(|loser| &loser.plan);
    let cheaper = losers.find(|loser| is_cheaper(&loser.estimate, &chosen.estimate))?;
    Some(format!(
        "the path that was asked for consumes {}; `{}` would answer for {}",
        expected_in_range(&chosen.estimate),
        place(&cheaper.access),
        expected_in_range(&cheaper.estimate)
    ))
}

/// `table` or `table.index`, as FROM takes it.
fn place(access: &Access) -> String {
    match &access.index {
        Some(index) => format!("{}.{index}", access.table),
        None => access.table.to_string(),
    }
}

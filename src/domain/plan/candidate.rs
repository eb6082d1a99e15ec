//! One access path, made into plans or refused.

use super::access::{AccessPath, Context};
use super::completeness::{
    check_index, check_only, check_readable, check_where, follows_only, follows_where,
    key_it_may_lack,
};
use super::derive::Facts;
use super::order::Sequence;
use super::pace::Filtered;
use super::partitions::{Binding, Repeats, bind, check_types};
use super::refusal::{Cause, Refusal};
use super::shape::{Reading, Shape, shape};
use super::{Estimate, Plan, Reads, estimate, order};
use crate::domain::expr::Predicate;
use crate::domain::query::Direction;

/// The plans of a path that surely holds every answer, by its keys or partitions; at least one.
pub(super) fn complete<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<Vec<Plan>, Refusal<'a>> {
    check_readable(context, path)?;
    check_where(context, path)?;
    let bindings = bind(context, path)?;
    if let Some(binding) = bindings.first() {
        check_only(context, path, &binding.facts)?;
    }
    check_index(context, path)?;
    by_keys(context, path, bindings)
}

/// The plan that reads all of a path that surely holds every answer: it may be smaller than the base.
pub(super) fn whole(context: &Context<'_>, path: &AccessPath<'_>) -> Option<Plan> {
    let is_base = path.index.is_none() && path.copy.is_none();
    let answers = is_base || {
        let facts = Facts::new(&context.conditions);
        check_readable(context, path).is_ok()
            && path.each().is_none()
            && follows_where(context, path)
            && follows_only(path, &context.conditions, &facts)
            && key_it_may_lack(context, path).is_none()
            && check_types(path, &facts).is_ok()
    };
    if answers {
        scan(context, path).ok()
    } else {
        None
    }
}

/// The plans of a path that the user insists on, and what it may lack.
pub(super) fn pinned<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<(Vec<Plan>, Vec<String>), Refusal<'a>> {
    check_readable(context, path)?;
    let bindings = bind(context, path).unwrap_or_default();
    let facts = match bindings.first() {
        Some(binding) => binding.facts.clone(),
        None => Facts::new(&context.conditions),
    };
    let each = path.each().filter(|_| bindings.is_empty());
    let checks = [
        check_where(context, path),
        check_only(context, path, &facts),
        check_index(context, path),
        each.map_or(Ok(()), |each| {
            Err(Cause::NothingOfEmpty(path.name(), each).into())
        }),
    ];
    let notes = checks
        .into_iter()
        .filter_map(Result::err)
        .map(|refusal| format!("`{}` may lack answers: {}", path.name(), refusal.cause))
        .collect();
    let mut plans = by_keys(context, path, bindings)?;
    if plans.is_empty() || path.each().is_none() {
        plans.push(scan(context, path)?);
    }
    Ok((plans, notes))
}

/// The plan that reads all of a path.
fn scan<'a>(context: &Context<'a>, path: &AccessPath<'a>) -> Result<Plan, Refusal<'a>> {
    let sequence = order::of_unordered(context);
    let repeats = path.each().map_or(Repeats::Never, |_| Repeats::Maybe);
    let shape = shape(context, path, Reading::Scan, sequence, (repeats, &[]))?;
    let estimate = estimate::of_scan(context, path, sequence.strategy, &shape);
    Ok(plan(
        context,
        path,
        (Reads::Scan, sequence),
        shape,
        estimate,
    ))
}

/// The plan of conditions that contradict each other.
pub(super) fn nothing(context: &Context<'_>, path: &AccessPath<'_>) -> Plan {
    let shape = Shape {
        filter: None,
        residual: Predicate::TRUE.into(),
        projection: None,
        fetch: None,
        hidden: Vec::new(),
        distinct: None,
        filtered: Filtered::No,
    };
    let reads = (Reads::Nothing, Sequence::NONE);
    plan(context, path, reads, shape, estimate::of_nothing())
}

fn by_keys<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    bindings: Vec<Binding<'_>>,
) -> Result<Vec<Plan>, Refusal<'a>> {
    let plans = bindings.into_iter();
    plans
        .map(|binding| by_key(context, path, binding))
        .collect()
}

fn by_key<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    mut binding: Binding<'_>,
) -> Result<Plan, Refusal<'a>> {
    if let Some(keys) = binding.keys.take().filter(|keys| !keys.is_empty()) {
        let sequence = match keys.len() {
            1 => Sequence::NONE,
            _ => order::of_unordered(context),
        };
        let bound = (binding.repeats, binding.followed.as_slice());
        let shape = shape(context, path, Reading::Items, sequence, bound)?;
        let estimate = estimate::of_keys(context, path, keys.len(), &shape);
        let reads = Reads::Keys(keys);
        return Ok(plan(context, path, (reads, sequence), shape, estimate));
    }
    if binding.partitions.is_empty() {
        return Ok(nothing(context, path));
    }
    let sequence = order::of_partitions(context, path, &binding);
    let bound = (binding.repeats, binding.followed.as_slice());
    let shape = shape(context, path, Reading::Query, sequence, bound)?;
    let estimate = estimate::of_partitions(context, path, &binding, sequence, &shape);
    let mut conditions = binding.partitions;
    if sequence.lanes == Direction::Descending {
        conditions.reverse();
    }
    let reads = Reads::Partitions {
        conditions,
        direction: sequence.direction,
    };
    Ok(plan(context, path, (reads, sequence), shape, estimate))
}

fn plan(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    (reads, sequence): (Reads, Sequence),
    shape: Shape,
    estimate: Estimate,
) -> Plan {
    Plan {
        access: path.access(),
        key: path.key().clone(),
        table_key: path.table.key.clone(),
        reads,
        order: sequence.strategy,
        ordered_by: sequence.given,
        filter: shape.filter,
        residual: shape.residual,
        projection: shape.projection,
        fetch: shape.fetch,
        hidden: shape.hidden,
        distinct: shape.distinct,
        filtered: shape.filtered,
        consistency: context.consistency,
        estimate,
        parts: Vec::new(),
    }
}

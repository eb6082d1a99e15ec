//! One access path, made into a plan or refused.

use super::access::{AccessPath, Context};
use super::completeness::{check_index, check_only, check_readable, check_where};
use super::derive::Facts;
use super::partitions::{Binding, Repeats, bind};
use super::refusal::Refusal;
use super::shape::{Shape, shape};
use super::{Estimate, OrderStrategy, Plan, Reads, estimate, order};
use crate::domain::expr::Predicate;
use crate::domain::query::Direction;

/// The plan of a path that surely holds every answer, by its keys or partitions.
pub(super) fn complete(context: &Context<'_>, path: &AccessPath<'_>) -> Result<Plan, Refusal> {
    check_readable(context, path)?;
    check_where(context, path)?;
    let binding = bind(context, path)?;
    check_only(context, path, &binding.facts)?;
    check_index(context, path)?;
    by_keys(context, path, binding)
}

/// The plan of a path that the user insists on: what it may lack is said in notes.
pub(super) fn pinned(
    context: &Context<'_>,
    path: &AccessPath<'_>,
) -> Result<(Plan, Vec<String>), Refusal> {
    check_readable(context, path)?;
    let name = path.name();
    let binding = bind(context, path).ok();
    let facts = binding.as_ref().map(|binding| binding.facts.clone());
    let facts = facts.unwrap_or_else(|| Facts::new(&context.conditions));
    let checks = [
        check_where(context, path),
        check_only(context, path, &facts),
        check_index(context, path),
    ];
    let mut notes: Vec<String> = checks
        .into_iter()
        .filter_map(Result::err)
        .map(|refusal| format!("`{name}` may lack answers: {}", refusal.detail))
        .collect();
    if let Some(binding) = binding {
        return Ok((by_keys(context, path, binding)?, notes));
    }
    if let Some(each) = path.each() {
        notes.push(format!(
            "`{name}` may lack answers: it holds an item for each element of {each}, none for an item without any"
        ));
    }
    Ok((scan(context, path)?, notes))
}

/// The plan that reads all of a path.
pub(super) fn scan(context: &Context<'_>, path: &AccessPath<'_>) -> Result<Plan, Refusal> {
    let order = order::of_unordered(context);
    let reads = Reads::Scan;
    let repeats = path.each().map_or(Repeats::Never, |_| Repeats::Maybe);
    let shape = shape(context, path, &reads, order, repeats)?;
    let estimate = estimate::of_scan(context, path, order, &shape);
    Ok(plan(context, path, (reads, order), shape, estimate))
}

/// The plan of conditions that contradict each other.
pub(super) fn nothing(context: &Context<'_>, path: &AccessPath<'_>) -> Plan {
    let shape = Shape {
        filter: None,
        residual: Predicate::TRUE,
        projection: None,
        fetch: None,
        hidden: Vec::new(),
        distinct: None,
    };
    let reads = (Reads::Nothing, OrderStrategy::None);
    plan(context, path, reads, shape, estimate::of_nothing())
}

fn by_keys(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: Binding<'_>,
) -> Result<Plan, Refusal> {
    if binding.partitions.is_empty() {
        return Ok(nothing(context, path));
    }
    if let Some(keys) = binding.keys {
        let order = match keys.len() {
            0 | 1 => OrderStrategy::None,
            _ => order::of_unordered(context),
        };
        let count = keys.len();
        let reads = Reads::Keys(keys);
        let shape = shape(context, path, &reads, order, binding.repeats)?;
        let estimate = estimate::of_keys(context, path, count, &shape);
        return Ok(plan(context, path, (reads, order), shape, estimate));
    }
    let (order, direction) = order::of_partitions(context, path, &binding);
    let mut conditions = binding.partitions.clone();
    if order == OrderStrategy::Concatenate && direction == Direction::Descending {
        conditions.reverse();
    }
    let reads = Reads::Partitions {
        conditions,
        direction,
    };
    let shape = shape(context, path, &reads, order, binding.repeats)?;
    let estimate = estimate::of_partitions(context, path, &binding, order, &shape);
    Ok(plan(context, path, (reads, order), shape, estimate))
}

fn plan(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    (reads, order): (Reads, OrderStrategy),
    shape: Shape,
    estimate: Estimate,
) -> Plan {
    Plan {
        access: path.access(),
        reads,
        order,
        ordered_by: match order {
            OrderStrategy::None | OrderStrategy::Sort => 0,
            _ => context.request.order.len(),
        },
        filter: shape.filter,
        residual: shape.residual,
        projection: shape.projection,
        fetch: shape.fetch,
        hidden: shape.hidden,
        distinct: shape.distinct,
        consistency: context.consistency,
        estimate,
        parts: Vec::new(),
    }
}

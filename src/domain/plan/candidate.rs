//! One access path, made into plans or refused.
//!
//! In two steps: [`ways`] tells cheaply how a path can be read, [`complete`] works one of them out. Most ways
//! lose by what they take at least, and are never worked out.

use super::access::{AccessPath, Context};
use super::completeness::{
    Held, check_index, check_only, check_readable, check_where, follows_only, held, key_it_may_lack,
};
use super::derive::Facts;
use super::order::Sequence;
use super::pace::Filtered;
use super::partitions::{Binding, Lanes, Repeats, bind, check_types};
use super::refusal::{Cause, Refusal};
use super::shape::{Reading, Shape, shape};
use super::{Estimate, OrderStrategy, Plan, Reads, estimate, order};
use crate::domain::expr::Predicate;
use crate::domain::names::Rcu;
use crate::domain::query::Direction;

/// A way to read a path: an outline of its plan.
#[derive(Debug)]
pub(super) enum Way<'a> {
    /// No partition can hold an answer.
    Nothing,
    /// Single items.
    Keys(Box<Binding<'a>>),
    /// Partitions.
    Partitions(Box<Binding<'a>>, Sequence),
    /// All of it.
    Scan,
}

/// The ways to read a path that surely holds every answer, by its keys or partitions; at least one.
pub(super) fn ways<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
    held: Held,
) -> Result<Vec<Way<'a>>, Refusal<'a>> {
    check_readable(context, path)?;
    check_where(path, held)?;
    let bindings = bind(context, path)?;
    if let Some(binding) = bindings.first() {
        check_only(context, path, &binding.facts)?;
    }
    check_index(context, path)?;
    let way = |binding| bound(context, path, binding);
    Ok(bindings.into_iter().map(way).collect())
}

/// Whether reading all of a path surely gives every answer: it may be smaller than the base.
pub(super) fn whole<'a>(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    held: Held,
) -> Option<Way<'a>> {
    let is_base = path.index.is_none() && path.copy.is_none();
    let answers = is_base || {
        let facts = Facts::new(&context.conditions);
        check_readable(context, path).is_ok()
            && path.each().is_none()
            && held == Held::All
            && follows_only(path, &context.conditions, &facts)
            && key_it_may_lack(context, path).is_none()
            && check_types(path, &facts).is_ok()
    };
    answers.then_some(Way::Scan)
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
        check_where(path, held(context, path)),
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
    let mut ways: Vec<Way<'_>> = bindings
        .into_iter()
        .map(|binding| bound(context, path, binding))
        .collect();
    if ways.is_empty() || path.each().is_none() {
        ways.push(Way::Scan);
    }
    let plans = ways
        .into_iter()
        .map(|way| complete(context, path, way).map(|plan| *plan));
    Ok((plans.collect::<Result<_, _>>()?, notes))
}

impl Way<'_> {
    /// The least that its plan can be expected to take; `None` where sizes are not known.
    pub(super) fn floor(&self, context: &Context<'_>, path: &AccessPath<'_>) -> Option<Rcu> {
        match self {
            Self::Nothing => Some(Rcu(0.0)),
            Self::Keys(binding) => estimate::floor_of_reads(context, path, binding.count()),
            Self::Partitions(binding, sequence) => {
                let stops = context.request.limit.is_some();
                let reads = match sequence.strategy {
                    OrderStrategy::Merge | OrderStrategy::Sort => binding.count(),
                    _ if stops => 1,
                    _ => binding.count(),
                };
                estimate::floor_of_reads(context, path, reads)
            }
            Self::Scan => {
                let strategy = order::of_unordered(context).strategy;
                estimate::floor_of_scan(context, path, strategy)
            }
        }
    }
}

/// Works out one way to read a path.
pub(super) fn complete<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    way: Way<'_>,
) -> Result<Box<Plan>, Refusal<'a>> {
    match way {
        Way::Nothing => Ok(nothing(context, path)),
        Way::Keys(binding) => by_keys(context, path, &binding),
        Way::Partitions(binding, sequence) => by_partitions(context, path, &binding, sequence),
        Way::Scan => scan(context, path),
    }
}

/// The plan that reads all of a path.
fn scan<'a>(context: &Context<'a>, path: &AccessPath<'a>) -> Result<Box<Plan>, Refusal<'a>> {
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
pub(super) fn nothing(context: &Context<'_>, path: &AccessPath<'_>) -> Box<Plan> {
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

fn bound<'a>(context: &Context<'_>, path: &AccessPath<'_>, binding: Binding<'a>) -> Way<'a> {
    if binding.count() == 0 {
        return Way::Nothing;
    }
    if binding.lanes == Lanes::Keys {
        return Way::Keys(Box::new(binding));
    }
    let sequence = order::of_partitions(context, path, &binding);
    Way::Partitions(Box::new(binding), sequence)
}

fn by_keys<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    binding: &Binding<'_>,
) -> Result<Box<Plan>, Refusal<'a>> {
    let keys = binding.keys();
    let sequence = match keys.len() {
        1 => Sequence::NONE,
        _ => order::of_unordered(context),
    };
    let bound = (binding.repeats, binding.followed.as_slice());
    let shape = shape(context, path, Reading::Items, sequence, bound)?;
    let read = (keys.len(), binding.followed.as_slice());
    let estimate = estimate::of_keys(context, path, read, &shape);
    let reads = Reads::Keys(keys);
    Ok(plan(context, path, (reads, sequence), shape, estimate))
}

fn by_partitions<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    binding: &Binding<'_>,
    sequence: Sequence,
) -> Result<Box<Plan>, Refusal<'a>> {
    let bound = (binding.repeats, binding.followed.as_slice());
    let shape = shape(context, path, Reading::Query, sequence, bound)?;
    let mut conditions = binding.conditions();
    let read = (binding, conditions.as_slice());
    let estimate = estimate::of_partitions(context, path, read, sequence, &shape);
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
) -> Box<Plan> {
    Box::new(Plan {
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
    })
}

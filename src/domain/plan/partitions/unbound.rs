//! Why partitions cannot be listed, and what would help.

use super::{Advice, Cause, Narrowing, Refusal, Source, range};
use crate::domain::expr::paths_of_value;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::constraint::Constraint;
use crate::domain::plan::derive::Facts;
use crate::domain::schema::KeyAttribute;

/// Why the partitions cannot be listed, and what would help.
pub(super) fn unbound<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
    facts: &Facts<'a>,
    key: &'a KeyAttribute,
    known: Option<&Constraint>,
) -> Refusal<'a> {
    let name = key.name.as_str();
    let is_conditioned = |from: &&str| context.conditions.of(from).is_some();
    let (conditioned, base) = match path.source(name) {
        Source::Base(base) => (Some(base).filter(is_conditioned), Some(base)),
        Source::Set(expr) => {
            let mut from = paths_of_value(expr).into_iter().filter_map(|p| p.as_top());
            (from.find(is_conditioned), None)
        }
        Source::Alias | Source::Unknown => (None, None),
    };
    let narrowing = || range::narrowing(path, facts);
    // Only of a dataset can values be declared.
    let declarable = base.filter(|_| context.dataset.is_some());
    let Some(attribute) = conditioned else {
        let narrowed = declarable.map(|base| (base, narrowing()));
        return match narrowed.filter(|(_, narrowing)| *narrowing != Narrowing::None) {
            Some((base, by)) => Refusal::from(Cause::NoList(name)).or(Advice::Domain(base, by)),
            None => Cause::NoCondition(name).into(),
        };
    };
    let advice = match (declarable, known) {
        (Some(base), _) => Advice::Domain(base, narrowing()),
        (None, Some(_)) if base.is_none() => Advice::BothEnds(attribute),
        _ => Advice::OneValue(attribute),
    };
    Refusal::from(Cause::NoListFrom(attribute, name)).or(advice)
}

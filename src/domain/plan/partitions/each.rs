//! Copies that hold several items for one base item.

use super::{Cause, Refusal};
use crate::domain::expr::{Each, EachSource, Path, Predicate, ValueExpr};
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::constraint::Constraint;
use crate::domain::plan::derive::Facts;
use std::borrow::Cow;

/// Whether what is read may hold several items of one base item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::plan) enum Repeats {
    /// No.
    Never,
    /// It may.
    Maybe,
}

/// What is known of the items, one way for each element that the alias of `each` can be bound to.
///
/// The element has to be an attribute of which the request lists the values, or one that the request
/// says is contained: only then every base item that answers surely has an item under one of them.
pub(super) fn options<'a>(
    context: &'a Context<'_>,
    each: &'a Each,
    facts: &Facts<'a>,
) -> Result<Vec<Facts<'a>>, Refusal<'a>> {
    let bound: Vec<Cow<'a, Constraint>> = match &each.source {
        EachSource::List(elements) => elements
            .iter()
            .filter(|element| matches!(element, ValueExpr::Path(_)))
            .filter_map(|element| facts.of(element).filter(|known| known.values().is_some()))
            .collect(),
        EachSource::Path(list) => contained(context, list).map(Cow::Owned).collect(),
    };
    let options: Vec<Facts<'a>> = bound
        .into_iter()
        .map(|values| facts.clone().with_alias(&each.alias, values))
        .collect();
    if options.is_empty() {
        return Err(Cause::NoElement(each).into());
    }
    Ok(options)
}

/// The elements that the request says the list contains, each by itself. A text contains its parts,
/// but a copy is total: what is walked is a list or a set of every item.
pub(super) fn contained(context: &Context<'_>, list: &Path) -> impl Iterator<Item = Constraint> {
    let of_list = move |conjunct: &Predicate| match conjunct {
        Predicate::Contains(ValueExpr::Path(path), ValueExpr::Literal(element)) if path == list => {
            Some(Constraint::one_of(vec![element.clone()]))
        }
        _ => None,
    };
    let conjuncts = context.conditions.conjuncts().iter();
    conjuncts.filter_map(of_list)
}

/// In one partition of the alias a base item stands once: equal elements count once.
pub(super) fn repeats(path: &AccessPath<'_>, partitions: usize) -> Repeats {
    let Some(each) = path.each() else {
        return Repeats::Never;
    };
    let overridden = path
        .mapping()
        .is_none_or(|m| m.set.contains_key(&each.alias));
    let mut keys = path.key().partition.iter();
    if partitions <= 1 && !overridden && keys.any(|key| key.name == each.alias) {
        Repeats::Never
    } else {
        Repeats::Maybe
    }
}

//! Copies that hold several items for one base item.

use super::{Reason, Refusal};
use crate::domain::expr::{EachSource, ValueExpr};
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::derive::Facts;

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
/// The element has to be an attribute of which the request lists the values: only then every base
/// item that answers surely has an item under one of them.
pub(super) fn options<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<Vec<Facts<'a>>, Refusal> {
    let facts = Facts::new(&context.conditions);
    let Some(each) = path.each() else {
        return Ok(vec![facts]);
    };
    let elements: &[ValueExpr] = match &each.source {
        EachSource::List(elements) => elements,
        EachSource::Path(_) => &[],
    };
    let options: Vec<Facts<'a>> = elements
        .iter()
        .filter(|element| matches!(element, ValueExpr::Path(_)))
        .filter_map(|element| {
            let values = facts.of(element).filter(|known| known.values().is_some())?;
            Some(facts.clone().with_alias(&each.alias, values))
        })
        .collect();
    if options.is_empty() {
        let detail =
            format!("it holds an item for each element of {each}, and no condition lists one");
        return Err(Refusal::new(Reason::NoPartitionKey, detail));
    }
    Ok(options)
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

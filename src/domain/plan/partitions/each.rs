//! Copies that hold several items for one base item.

use super::{Reason, Refusal};
use crate::domain::expr::{CompareOp, Each, EachSource, Path, Predicate, ValueExpr, paths_of_value};
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::constraint::Constraint;
use crate::domain::plan::derive::Facts;

/// The ways to read the path: the facts known, and what keeps each base item once.
///
/// Without `each` there is one way. With it, the alias has to be bound to an element of which the
/// request lists the values. An item is then taken where its alias *is* that element, so that a base
/// item which stands under several of the values counts once (equal elements give one item).
pub(in crate::domain::plan) fn options<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<Vec<(Facts<'a>, Option<Predicate>)>, Refusal> {
    let facts = Facts::new(&context.conditions);
    let Some(each) = path.each() else {
        return Ok(vec![(facts, None)]);
    };
    let elements: &[ValueExpr] = match &each.source {
        EachSource::List(elements) => elements,
        EachSource::Path(_) => &[],
    };
    let options: Vec<_> = elements
        .iter()
        .filter_map(|element| {
            let values = facts.of(element).filter(|known| known.values().is_some())?;
            let once = once(path, each, element, &values)?;
            Some((facts.clone().with_alias(&each.alias, values), once))
        })
        .collect();
    if options.is_empty() {
        let detail = format!(
            "it holds an item for each element of {each}, and no condition says which element",
        );
        return Err(Refusal::new(Reason::NoPartitionKey, detail));
    }
    Ok(options)
}

/// What keeps each base item once; `None` when nothing can.
#[expect(clippy::option_option, reason = "nothing needed is not the same as impossible")]
fn once(
    path: &AccessPath<'_>,
    each: &Each,
    element: &ValueExpr,
    values: &Constraint,
) -> Option<Option<Predicate>> {
    let overridden = path.mapping()?.set.contains_key(&each.alias);
    let shown = paths_of_value(element).iter().all(|p| path.holds(&p.root));
    if shown && !overridden && path.projects(&each.alias) {
        let alias = ValueExpr::Path(Path::top(each.alias.as_str()));
        return Some(Some(Predicate::Compare(
            alias,
            CompareOp::Eq,
            element.clone(),
        )));
    }
    // In one partition of the alias a base item stands once.
    let is_key = path.key().partition.iter().any(|key| key.name == each.alias);
    (!overridden && is_key && values.single().is_some()).then_some(None)
}

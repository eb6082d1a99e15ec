//! Whether a path surely holds every item that answers. Never concluded from samples.
//!
//! Three things can be missing: items that a sparse copy leaves out, items without an index's key
//! attributes, and what cannot be read at all for now.

use super::access::{AccessPath, Context, Source};
use super::conditions::Conditions;
use super::derive::Facts;
use super::implies::implied;
use super::refusal::{Advice, Cause, Refusal};
use crate::domain::expr::{ValueExpr, evaluate, paths_of_value};
use crate::domain::mapping::Mapping;
use crate::domain::query::Consistency;
use crate::domain::schema::{Index, IndexKind, KeyAttribute};
use crate::domain::value::{Item, Kind, Value};
use std::borrow::Cow;

/// Whether the path can be read as asked at all.
pub(super) fn check_readable<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
) -> Result<(), Refusal<'a>> {
    if path.index.is_some_and(|index| !index.active) {
        return Err(Cause::NotActive.into());
    }
    if context.consistency == Consistency::Strong && path.is_eventual() {
        // Developer guide, read consistency: a GSI refuses `ConsistentRead`.
        let is_global = |index: &Index| index.kind == IndexKind::Global;
        let cause = match path.index {
            Some(index) if is_global(index) => Cause::GlobalIndex,
            _ => Cause::Copy,
        };
        return Err(cause.into());
    }
    Ok(())
}

/// What a table and its indexes hold of the items asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Something of each, but for what an index leaves out.
    All,
    /// Perhaps nothing of some.
    Some,
}

/// What a path's table holds. A copy has an item for every base item that answers when its `where`
/// follows from the request: it is total under its `where`, that is what the file declares.
pub(super) fn held(context: &Context<'_>, path: &AccessPath<'_>) -> Held {
    let given = context.conditions.conjuncts();
    let of = |attribute: &str| context.conditions.of(attribute).map(Cow::Borrowed);
    let follows = |mapping: &Mapping| implied(&mapping.filter, given, &of);
    if path.mapping().is_none_or(follows) {
        Held::All
    } else {
        Held::Some
    }
}

/// Refuses a copy that may hold nothing of an item asked for.
pub(super) fn check_where<'a>(path: &AccessPath<'a>, held: Held) -> Result<(), Refusal<'a>> {
    let refused = path.mapping().filter(|_| held == Held::Some);
    refused.map_or(Ok(()), |mapping| {
        Err(Cause::HoldsOnly(&mapping.filter).into())
    })
}

/// Whether every item that a copy has of an answer belongs to it: `only` must follow from what is
/// known of the copy's own item; of computed attributes only those that surely have a value.
pub(super) fn check_only<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
    facts: &Facts<'_>,
) -> Result<(), Refusal<'a>> {
    let refused = path
        .mapping()
        .filter(|_| !follows_only(path, &context.conditions, facts));
    refused.map_or(Ok(()), |mapping| {
        Err(Cause::BelongOnly(&mapping.only).into())
    })
}

/// Whether the copy's `only` follows from what is known.
pub(super) fn follows_only(
    path: &AccessPath<'_>,
    conditions: &Conditions,
    facts: &Facts<'_>,
) -> bool {
    let of = |attribute: &str| match path.source(attribute) {
        Source::Base(name) => conditions.of(name).map(Cow::Borrowed),
        Source::Set(expr @ ValueExpr::Literal(_)) => facts.of(expr),
        Source::Set(expr) if path.table.key.contains(attribute) => facts.of(expr),
        Source::Alias => facts.of_attribute(attribute),
        Source::Set(_) | Source::Unknown => None,
    };
    path.mapping()
        .is_none_or(|mapping| implied(&mapping.only, &[], &of))
}

/// Whether an index has every item that answers: it leaves out items without its key attributes, or
/// with others than their types (developer guide, "sparse indexes").
pub(super) fn check_index<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
) -> Result<(), Refusal<'a>> {
    let refused = key_it_may_lack(context, path);
    refused.map_or(Ok(()), |KeyAttribute { name, .. }| {
        Err(Refusal::from(Cause::ItemsWithout(name)).or(Advice::Present(name)))
    })
}

/// A key attribute of an index that items may lack.
pub(super) fn key_it_may_lack<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
) -> Option<&'a KeyAttribute> {
    let certain = |key: &KeyAttribute| {
        path.table.key.contains(&key.name)
            || match path.source(&key.name) {
                Source::Base(name) => is_present(context, name, key),
                Source::Set(expr) => has_value(context, expr, key),
                // An element of `each` always has a value; that it has the right type is for keys of
                // the table alone certain.
                Source::Alias | Source::Unknown => false,
            }
    };
    let mut keys = path
        .index
        .into_iter()
        .flat_map(|index| index.key.attributes());
    keys.find(|key| !certain(key))
}

/// Whether every base item that answers has the attribute, with the type of the key.
fn is_present(context: &Context<'_>, attribute: &str, key: &KeyAttribute) -> bool {
    let kind = Kind::from(key.kind);
    let said = context.conditions.of(attribute);
    let of_base_key = context
        .base
        .key
        .attributes()
        .any(|own| own.name == attribute && own.kind == key.kind);
    of_base_key || context.always(attribute) || said.is_some_and(|said| said.is_of(kind))
}

/// Whether a computed attribute that is no key of the copy's table surely has a value.
fn has_value(context: &Context<'_>, expr: &ValueExpr, key: &KeyAttribute) -> bool {
    match expr {
        ValueExpr::Path(path) => path
            .as_top()
            .is_some_and(|name| is_present(context, name, key)),
        ValueExpr::Literal(value) => value.kind() == key.kind.into(),
        _ => always_evaluates(context, expr),
    }
}

/// Whether every attribute that `expr` reads is one of a few, and it has a value for each of them.
fn always_evaluates(context: &Context<'_>, expr: &ValueExpr) -> bool {
    let mut paths = paths_of_value(expr).into_iter();
    let (Some(only), None) = (paths.next().and_then(|path| path.as_top()), paths.next()) else {
        return false;
    };
    let values = context.conditions.of(only).and_then(|said| said.values());
    let evaluates = |value: &Value| {
        let item = Item::from([(only.to_owned(), value.clone())]);
        evaluate(expr, &item).is_some()
    };
    values.is_some_and(|values| values.iter().all(evaluates))
}

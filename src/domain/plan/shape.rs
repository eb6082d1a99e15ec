//! What a plan asks for, what it verifies, and what it still has to fetch.
//!
//! Rows have the shape of base items on every route. What a path does not show is fetched from the
//! base, after everything it can decide by itself is decided.

use super::access::{AccessPath, Context, roots};
use super::deciding::deciding;
use super::order::Sequence;
use super::pace::Filtered;
use super::partitions::Repeats;
use super::refusal::{Cause, Refusal};
use super::{BaseFetch, OrderStrategy};
use crate::domain::expr::Predicate;
use crate::domain::query::Select;
use crate::domain::read::is_expressible;
use std::sync::Arc;

/// The part of a plan that follows from attributes.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// What the service filters.
    pub(super) filter: Option<Arc<Predicate>>,
    /// What is verified on items as read.
    pub(super) residual: Arc<Predicate>,
    /// Top-level attributes asked for.
    pub(super) projection: Option<Vec<String>>,
    /// What is fetched.
    pub(super) fetch: Option<BaseFetch>,
    /// What rows must not show.
    pub(super) hidden: Vec<String>,
    /// What holds the base key, where a base item may be met more than once.
    pub(super) distinct: Option<Vec<String>>,
    /// Whether items read are thought to drop out, or to wait for the end of their group.
    pub(super) filtered: Filtered,
}

/// The kind of requests that read a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Of single items.
    Items,
    /// Of partitions.
    Query,
    /// Of everything.
    Scan,
}

/// Shapes the rows of a path that is read as `reading` and ordered as `sequence`, where the keys follow
/// the conditions on `followed`.
pub(super) fn shape<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    reading: Reading,
    sequence: Sequence,
    (repeats, followed): (Repeats, &[&str]),
) -> Result<Shape, Refusal<'a>> {
    let order = sequence.strategy;
    let selections = context.conditions.selections();
    let here = selections.that_read(|root| path.holds(root));
    let later = context.conditions.conjuncts().iter().enumerate();
    let mut later = later.filter(|(at, _)| here.binary_search(at).is_err());
    let fetched = later.any(|(_, conjunct)| !is_given(path, conjunct))
        || lacks_selected(context, path)
        || (order == OrderStrategy::Sort && !shows_order(context, path))
        || (is_sorted_later(context) && !shows_order(context, path));
    let own = belongs(path)?;
    // Members of a union may have answers in common.
    let is_met_again = repeats == Repeats::Maybe || context.whole.is_some();
    if fetched || is_met_again {
        check_base_key(context, path)?;
    }
    let residual = match own {
        None => selections.at(&here),
        Some(own) => Arc::new((*selections.at(&here)).clone().and(own.clone())),
    };
    let fetch = fetched.then(|| fetch(context, path));
    let distinct: Option<Vec<String>> = is_met_again.then(|| {
        let keys = base_key(context, path);
        keys.map(|(_, name)| name.to_owned()).collect()
    });
    let mut projection = projection(context, path, order, (&here, own), fetch.as_ref());
    if let (Some(names), Some(keys)) = (&mut projection, &distinct) {
        names.extend_from_slice(keys);
        names.sort();
        names.dedup();
    }
    let is_grouped = sequence.is_grouped(&context.request.order);
    let drops_none = || {
        let keep_all = |conjuncts| deciding(path, followed, conjuncts).is_empty();
        // What drops out when it is fetched makes as many more reads necessary.
        keep_all(residual.conjuncts())
            && (fetch.is_none() || keep_all(context.conditions.conjuncts()))
    };
    // Only a LIMIT makes use of it.
    let is_asked = context.request.limit.is_some();
    Ok(Shape {
        filtered: if is_asked && repeats == Repeats::Never && !is_grouped && drops_none() {
            Filtered::No
        } else {
            Filtered::Maybe
        },
        filter: filter(context, path, reading, (here, own)),
        projection,
        fetch,
        distinct,
        hidden: path.hidden(),
        residual,
    })
}

/// Whether an item of the copy satisfies the conjunct because it is one: the dataset's and the
/// copy's `where` hold for all of them.
fn is_given(path: &AccessPath<'_>, conjunct: &Predicate) -> bool {
    path.copy.is_some_and(|(dataset, copy)| {
        let filters = [&dataset.dataset.filter, &copy.mapping.filter];
        filters
            .iter()
            .any(|filter| filter.conjuncts().contains(conjunct))
    })
}

fn lacks_selected(context: &Context<'_>, path: &AccessPath<'_>) -> bool {
    match &context.request.select {
        Select::All => !path.is_whole(),
        Select::Count => false,
        Select::Paths(paths) => paths.iter().any(|selected| !path.holds(&selected.root)),
    }
}

/// Whether rows are sorted together with those of other members of a union.
fn is_sorted_later(context: &Context<'_>) -> bool {
    context.whole.is_some() && context.request.select != Select::Count
}

fn shows_order(context: &Context<'_>, path: &AccessPath<'_>) -> bool {
    let mut order = context.request.order.iter();
    order.all(|by| path.holds(&by.path.root))
}

/// What tells items of this copy from others in its table.
fn belongs<'a>(path: &AccessPath<'a>) -> Result<Option<&'a Predicate>, Refusal<'a>> {
    let only = path.mapping().map(|mapping| &mapping.only);
    match only.filter(|only| !only.is_true()) {
        Some(only) => match roots(only).find(|root| !path.projects(root)) {
            None => Ok(Some(only)),
            Some(root) => Err(Cause::LacksMark(root).into()),
        },
        None => Ok(None),
    }
}

/// Whether the path tells base items apart.
fn check_base_key<'a>(context: &Context<'a>, path: &AccessPath<'a>) -> Result<(), Refusal<'a>> {
    let mut keys = context.base.key.attributes();
    match keys.find(|key| path.name_of_base_key(&key.name).is_none()) {
        Some(key) => Err(Cause::LacksKey(&key.name).into()),
        None => Ok(()),
    }
}

/// The attributes of the base key, and what holds them here.
fn base_key<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let keys = context.base.key.attributes();
    keys.filter_map(|key| Some((key.name.as_str(), path.name_of_base_key(&key.name)?)))
}

fn fetch<'a>(context: &Context<'a>, path: &AccessPath<'a>) -> BaseFetch {
    // What answers another member of the union as it is now is an answer, too.
    let all = context.conditions.selections().all();
    let residual = Arc::clone(context.whole.as_ref().unwrap_or(all));
    let wanted = match &context.request.select {
        Select::All => None,
        Select::Count => Some(Vec::new()),
        Select::Paths(paths) => Some(paths.iter().map(|path| path.root.clone()).collect()),
    };
    let projection = wanted.map(|mut names: Vec<String>| {
        names.extend(roots(&residual).map(str::to_owned));
        names.extend(context.request.order.iter().map(|by| by.path.root.clone()));
        names.extend(context.base.key.attributes().map(|key| key.name.clone()));
        distinct(names)
    });
    let key_names = base_key(context, path);
    BaseFetch {
        table: context.base.name.clone(),
        key: context.base.key.clone(),
        key_names: key_names
            .map(|(key, name)| (key.to_owned(), name.to_owned()))
            .collect(),
        projection,
        residual,
    }
}

/// The part of the residual that the service evaluates. A Query refuses key attributes in its filter
/// (`API_Query`: `FilterExpression`), a `GetItem` has none.
fn filter(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    reading: Reading,
    (mut here, own): (Vec<usize>, Option<&Predicate>),
) -> Option<Arc<Predicate>> {
    let is_query = match reading {
        Reading::Items => return None,
        Reading::Query => true,
        Reading::Scan => false,
    };
    let selections = context.conditions.selections();
    let is_keyless = |root: &str| !is_query || !path.key().contains(root);
    here.retain(|at| selections.roots(*at).all(is_keyless));
    let filter = selections.filter(here);
    let own = own.map_or(&[][..], Predicate::conjuncts);
    own.iter()
        .filter(|conjunct| roots(conjunct).all(is_keyless) && is_expressible(conjunct))
        .fold(filter, |filter, conjunct| {
            let Some(filter) = filter else {
                return Some(Arc::new(conjunct.clone()));
            };
            let both = (*filter).clone().and(conjunct.clone());
            Some(if is_expressible(&both) {
                Arc::new(both)
            } else {
                filter
            })
        })
}

/// What to ask of the path; `None` for everything it holds.
fn projection(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    order: OrderStrategy,
    (here, own): (&[usize], Option<&Predicate>),
    fetch: Option<&BaseFetch>,
) -> Option<Vec<String>> {
    if fetch.is_none() && context.request.select == Select::All {
        return None;
    }
    let selections = context.conditions.selections();
    let read = here.iter().flat_map(|at| selections.roots(*at));
    let mut names: Vec<String> = read
        .chain(own.into_iter().flat_map(roots))
        .map(str::to_owned)
        .collect();
    if let Some(fetch) = fetch {
        names.extend(fetch.key_names.iter().map(|(_, name)| name.clone()));
    } else {
        match &context.request.select {
            Select::All | Select::Count => {}
            Select::Paths(paths) => names.extend(paths.iter().map(|path| path.root.clone())),
        }
        // An item of which nothing else is asked has to show that it exists.
        let keys = path.table.key.attributes();
        names.extend(keys.map(|key| key.name.clone()));
    }
    let by = || context.request.order.iter().map(|by| by.path.root.clone());
    let shown = shows_order(context, path);
    // Rows are compared here: all, those of several partitions, or those that are equal so far.
    if shown && (order != OrderStrategy::None || is_sorted_later(context)) {
        names.extend(by());
    }
    // Rows that are sorted before they are fetched are sorted by what is asked here: an attribute of
    // that name with another value than the base's must not be taken for it.
    let mistaken = !shown && by().all(|root| names.contains(&root));
    if fetch.is_some() && order == OrderStrategy::Sort && mistaken {
        return None;
    }
    Some(distinct(names))
}

fn distinct(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}

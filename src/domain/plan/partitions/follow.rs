//! How closely the keys of a binding follow the request: for estimates.

use super::each::contained;
use super::range::SortCondition;
use super::{Narrowing, Source};
use crate::domain::expr::{Each, EachSource, ValueExpr, paths_of_each};
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::constraint::Constraint;
use crate::domain::plan::derive::{Facts, behind_constants, covered};

/// The attribute whose conditions the sort key follows: where several values are listed, each has to be read by
/// itself.
pub(super) fn sorted<'a>(path: &AccessPath<'a>, sort: &SortCondition<'_>) -> Option<&'a str> {
    let key = path.key().sort.first();
    let key = key.filter(|_| sort.narrowing != Narrowing::None)?;
    match path.source(&key.name) {
        Source::Base(name) => Some(name),
        Source::Set(expr) => leading_attribute(expr),
        Source::Alias | Source::Unknown => None,
    }
}

/// How many whole partitions a range of dates comes to, and the attributes whose conditions the keys of
/// partitions follow, and a range of the sort key.
pub(super) fn of<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
    (sort, facts): (&SortCondition<'_>, &Facts<'_>),
) -> (Option<f64>, Vec<&'a str>) {
    // Between several values that are listed lie others.
    let is_range = sort.points() == 1;
    let sorted = sorted(path, sort).filter(|_| is_range);
    let mut followed: Vec<&'a str> = sorted.into_iter().collect();
    let mut coverage = None;
    for key in path.key().partition.iter() {
        match path.source(&key.name) {
            Source::Base(name) => followed.push(name),
            // A range inside each partition makes of the first and last one as much as is asked.
            Source::Set(ValueExpr::Date {
                unit, of, format, ..
            }) => {
                let attribute = leading_attribute(of);
                let narrows = attribute.is_some_and(|name| followed.contains(&name));
                let said = attribute.and_then(|name| context.conditions.of(name));
                if let (true, Some(Constraint::Interval(interval))) = (narrows, said) {
                    coverage = covered(*unit, interval, *format);
                }
            }
            Source::Set(expr) => {
                if let ValueExpr::Path(path) = expr {
                    followed.extend(path.as_top());
                }
            }
            Source::Alias => {
                let bound = path.each().map(|each| bound(context, each, facts));
                followed.extend(bound.unwrap_or_default());
            }
            Source::Unknown => {}
        }
    }
    (coverage, followed)
}

/// What the alias is bound to: the attributes that are listed as it is, or the list that is said to
/// contain it, where nothing else is.
fn bound<'a>(context: &Context<'_>, each: &'a Each, facts: &Facts<'_>) -> Vec<&'a str> {
    let alias = facts.of_attribute(&each.alias);
    match &each.source {
        EachSource::List(_) => {
            let attributes = paths_of_each(&each.source).into_iter();
            let attributes = attributes.filter_map(|path| path.as_top());
            attributes
                .filter(|name| alias.is_some() && context.conditions.of(name) == alias.as_deref())
                .collect()
        }
        EachSource::Path(list) => match contained(context, list).count() {
            1 => list.as_top().into_iter().collect(),
            _ => Vec::new(),
        },
    }
}

/// The attribute that decides the order of a text.
fn leading_attribute(expr: &ValueExpr) -> Option<&str> {
    match behind_constants(expr).0 {
        ValueExpr::Path(path) => path.as_top(),
        ValueExpr::Lpad { of, .. } => match &**of {
            ValueExpr::Path(path) => path.as_top(),
            _ => None,
        },
        _ => None,
    }
}

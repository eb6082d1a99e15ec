//! What conditions on base attributes say of values computed from them.
//!
//! A copy's keys are expressions over base attributes. From `struck_on BETWEEN …` follows which
//! months there can be and between which texts a sort key must lie. Every rule here is complete: an
//! item that satisfies the conditions has a value that satisfies the constraint. Whatever else
//! satisfies it is filtered out later, so a constraint may be wide but never too narrow.

mod date;
mod text;

pub(super) use date::covered;
pub(super) use text::after;

use super::conditions::Conditions;
use super::constraint::{Constraint, Interval};
use crate::domain::expr::{CastTo, Path, ValueExpr, evaluate, paths_of_value};
use crate::domain::value::{Item, Kind, Number, Value};
use indexmap::IndexMap;
use std::borrow::Cow;
use std::ops::Bound;

/// The most partitions that one request is spread over.
pub(super) const MOST_PARTITIONS: usize = 1_000;

/// What is known of the attributes of an item.
#[derive(Debug, Clone)]
pub(super) struct Facts<'a> {
    conditions: &'a Conditions,
    domain: Option<&'a IndexMap<String, Vec<Value>>>,
    alias: Option<(&'a str, Cow<'a, Constraint>)>,
}

impl<'a> Facts<'a> {
    /// What the conditions say.
    pub(super) const fn new(conditions: &'a Conditions) -> Self {
        Self {
            conditions,
            domain: None,
            alias: None,
        }
    }

    /// Takes declared domains into account. They say nothing of whether the attribute exists, so
    /// this is for attributes without which an item cannot be on the path.
    pub(super) fn with_domain(mut self, domain: Option<&'a IndexMap<String, Vec<Value>>>) -> Self {
        self.domain = domain;
        self
    }

    /// Knows what the alias of `each` is bound to.
    pub(super) fn with_alias(mut self, alias: &'a str, bound: Cow<'a, Constraint>) -> Self {
        self.alias = Some((alias, bound));
        self
    }

    /// What is known of a top-level attribute.
    pub(super) fn of_attribute(&self, name: &str) -> Option<Cow<'a, Constraint>> {
        if let Some((alias, bound)) = &self.alias
            && *alias == name
        {
            return Some(bound.clone());
        }
        let said = self.conditions.of(name);
        // What the request lists is exact already.
        let domain = match said {
            Some(Constraint::Values(_)) => None,
            _ => self.domain.and_then(|domain| domain.get(name)),
        };
        let Some(domain) = domain else {
            return said.map(Cow::Borrowed);
        };
        let declared = Constraint::one_of(domain.clone());
        let known = match said {
            Some(said) => said.and(&declared),
            None => declared,
        };
        Some(Cow::Owned(match known {
            Constraint::Values(mut values) => {
                self.conditions.retain_admitted(name, &mut values);
                Constraint::Values(values)
            }
            interval @ Constraint::Interval(_) => interval,
        }))
    }

    /// What is known of the value of `expr`, supposing it has one.
    pub(super) fn of(&self, expr: &ValueExpr) -> Option<Cow<'a, Constraint>> {
        if let ValueExpr::Path(path) = expr {
            return self.of_attribute(path.as_top()?);
        }
        // What the alias is bound to differs from path to path.
        if self.alias.is_some() {
            return self.worked_out(expr);
        }
        let memo = self.conditions.derived();
        let is_declared = self.domain.is_some();
        let known = memo.find_or(
            |(known, declared)| *declared == is_declared && known == expr,
            || {
                let known = self.worked_out(expr).map(Cow::into_owned);
                ((expr.clone(), is_declared), known)
            },
        );
        known.as_ref().map(Cow::Borrowed)
    }

    fn worked_out(&self, expr: &ValueExpr) -> Option<Cow<'a, Constraint>> {
        match self.values(expr) {
            Ok(values) => return Some(Cow::Owned(Constraint::one_of(values))),
            Err(Unlisted::NoValue) => return None,
            Err(Unlisted::Open) => {}
        }
        let known = match expr {
            ValueExpr::Date {
                unit,
                of,
                zone,
                format,
            } => date::cut(*unit, &*self.interval(of)?, *zone, *format),
            ValueExpr::Substr {
                of,
                start: 1,
                length,
            } => text::beginning(&*self.interval(of)?, *length),
            ValueExpr::Lpad { of, width, fill } => text::padded(&*self.interval(of)?, *width, fill),
            ValueExpr::Concat(members) => text::concat(self, members),
            ValueExpr::Cast {
                of,
                to: CastTo::String,
            } => return self.of(of).filter(|constraint| constraint.is_of(Kind::S)),
            ValueExpr::Crc32 {
                modulus: Some(modulus),
                ..
            } => whole_numbers(0, *modulus),
            // The remainder has the sign of the dividend.
            ValueExpr::Modulo { modulus, .. } => whole_numbers(1 - i64::from(*modulus), *modulus),
            _ => None,
        };
        known.map(Cow::Owned)
    }

    fn interval(&self, expr: &ValueExpr) -> Option<Cow<'a, Interval>> {
        let values = match self.of(expr)? {
            Cow::Borrowed(Constraint::Interval(interval)) => return Some(Cow::Borrowed(interval)),
            Cow::Owned(Constraint::Interval(interval)) => return Some(Cow::Owned(interval)),
            values => values,
        };
        let listed = values.values()?;
        let (first, last) = (listed.first()?, listed.last()?);
        values.is_of(first.kind()).then(|| {
            Cow::Owned(Interval {
                kind: first.kind(),
                low: Bound::Included(first.clone()),
                high: Bound::Included(last.clone()),
                prefix: None,
            })
        })
    }

    /// The values of `expr` when every attribute it reads is one of a few.
    fn values(&self, expr: &ValueExpr) -> Result<Vec<Value>, Unlisted> {
        let mut paths: Vec<&Path> = paths_of_value(expr);
        paths.sort();
        paths.dedup();
        // `coalesce` has a value although an attribute is absent, of which a domain knows nothing.
        let plain = Self {
            domain: None,
            ..self.clone()
        };
        let facts = if may_skip(expr) { &plain } else { self };
        let mut items = vec![Item::new()];
        for path in paths {
            let known = path.as_top().and_then(|name| facts.of_attribute(name));
            let Some(values) = known.as_deref().and_then(Constraint::values) else {
                return Err(Unlisted::Open);
            };
            items = product(&items, values, |item, value| {
                let mut item = item.clone();
                item.insert(path.root.clone(), value.clone());
                item
            })
            .ok_or(Unlisted::Open)?;
        }
        let values = items.iter().map(|item| evaluate(expr, item));
        values.collect::<Option<_>>().ok_or(Unlisted::NoValue)
    }
}

/// Why the values of an expression cannot be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unlisted {
    /// Nothing lists what it reads, or it would be too many.
    Open,
    /// For some of what it reads it has no value: an item with that is not where a key says.
    NoValue,
}

/// Every pair combined; `None` when there are too many.
fn product<A, B, C>(left: &[A], right: &[B], both: impl Fn(&A, &B) -> C) -> Option<Vec<C>> {
    let fits = left.len().saturating_mul(right.len()) <= MOST_PARTITIONS;
    let both = &both;
    let pairs = left
        .iter()
        .flat_map(|a| right.iter().map(move |b| both(a, b)));
    fits.then(|| pairs.collect())
}

/// Whether `expr` may have a value although an attribute that it reads is absent.
fn may_skip(expr: &ValueExpr) -> bool {
    match expr {
        ValueExpr::Coalesce(_) => true,
        ValueExpr::Path(_) | ValueExpr::Literal(_) | ValueExpr::Size(_) => false,
        ValueExpr::Date { of, .. }
        | ValueExpr::Substr { of, .. }
        | ValueExpr::Text { of, .. }
        | ValueExpr::Lpad { of, .. }
        | ValueExpr::Cast { of, .. }
        | ValueExpr::Crc32 { of, .. }
        | ValueExpr::Modulo { of, .. } => may_skip(of),
        ValueExpr::Concat(members) => members.iter().any(may_skip),
    }
}

/// The first part of a text that is no constant, and whether it is the last.
pub(super) fn behind_constants(expr: &ValueExpr) -> (&ValueExpr, bool) {
    let ValueExpr::Concat(members) = expr else {
        return (expr, true);
    };
    let constant = |member: &&ValueExpr| matches!(member, ValueExpr::Literal(_));
    let constants = members.iter().take_while(constant).count();
    match members.get(constants) {
        Some(leading) => (leading, constants + 1 == members.len()),
        None => (expr, true),
    }
}

/// From `first` up to below `modulus`.
fn whole_numbers(first: i64, modulus: u32) -> Option<Constraint> {
    let numbers = first..i64::from(modulus);
    let count = usize::try_from(numbers.end - numbers.start).ok()?;
    let values = || numbers.map(|n| Value::N(Number::from(n))).collect();
    (count <= MOST_PARTITIONS).then(|| Constraint::one_of(values()))
}

#[cfg(test)]
mod tests;

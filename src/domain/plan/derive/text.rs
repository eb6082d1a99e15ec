//! Ranges of texts that are put together, padded, or cut.

use super::{Facts, product};
use crate::domain::expr::{ValueExpr, evaluate};
use crate::domain::plan::constraint::{Constraint, Interval, value_of};
use crate::domain::value::{Item, Kind, Number, Value};
use std::borrow::Cow;
use std::ops::Bound;

/// Bounds longer than any sort key (developer guide, Constraints: 1024 bytes) are not followed up.
const LONGEST: usize = 1_024;

/// What is known of `a || b || …`.
///
/// Members of one known value are a prefix; the first other one decides the order of what follows it.
pub(super) fn concat(facts: &Facts<'_>, members: &[ValueExpr]) -> Option<Constraint> {
    if let Some(values) = every_combination(facts, members) {
        return Some(Constraint::one_of(values));
    }
    let mut prefix = String::new();
    for (at, member) in members.iter().enumerate() {
        let printed = facts.of(member).and_then(printed);
        let rest = &members[at + 1..];
        match printed.as_deref() {
            Some(Constraint::Values(values)) if values.len() == 1 => {
                prefix.push_str(values.first().and_then(text)?);
            }
            Some(constraint) => return Some(behind(&prefix, constraint, rest)),
            None if prefix.is_empty() => return None,
            None => return Some(Constraint::begins_with(&Value::S(prefix))),
        }
    }
    None
}

fn every_combination(facts: &Facts<'_>, members: &[ValueExpr]) -> Option<Vec<Value>> {
    let mut texts = vec![String::new()];
    for member in members {
        let printed = printed(facts.of(member)?)?;
        texts = product(&texts, printed.values()?, |text, value| {
            format!("{text}{}", self::text(value).unwrap_or_default())
        })?;
    }
    Some(texts.into_iter().map(Value::S).collect())
}

/// The same of the value's text. Texts of numbers do not order as numbers do.
fn printed(constraint: Cow<'_, Constraint>) -> Option<Cow<'_, Constraint>> {
    match &*constraint {
        _ if constraint.is_of(Kind::S) => Some(constraint),
        Constraint::Values(values) => {
            let texts = values.iter().filter_map(|value| match value {
                Value::S(text) => Some(Value::s(text.as_str())),
                Value::N(number) => Some(Value::S(number.to_string())),
                _ => None,
            });
            Some(Cow::Owned(Constraint::one_of(texts.collect())))
        }
        Constraint::Interval(_) => None,
    }
}

/// What is known of `prefix || member || rest`.
fn behind(prefix: &str, member: &Constraint, rest: &[ValueExpr]) -> Constraint {
    let (low, high, begins) = match member {
        Constraint::Values(values) => (
            values.first().and_then(text),
            values.last().and_then(text).map(|text| (text, false)),
            None,
        ),
        Constraint::Interval(interval) => (
            value_of(&interval.low).and_then(text),
            value_of(&interval.high)
                .and_then(text)
                .map(|text| (text, matches!(interval.high, Bound::Excluded(_)))),
            interval.prefix.as_ref().and_then(text),
        ),
    };
    let start = format!("{prefix}{}", begins.unwrap_or_default());
    let mut known = Constraint::begins_with(&Value::S(start));
    let joined = |text: &str| Value::S(format!("{prefix}{text}"));
    // A text is not above what it is the beginning of.
    if let Some(low) = low {
        let low = Bound::Included(joined(low));
        known = known.and(&Constraint::between(low, Bound::Unbounded));
    }
    let high = high.and_then(|(high, excluded)| {
        if rest.is_empty() {
            let high = joined(high);
            return Some(if excluded {
                Bound::Excluded(high)
            } else {
                Bound::Included(high)
            });
        }
        let lowest = low.max(begins).unwrap_or_default();
        let above = above(high, excluded, lowest, begins, rest)?;
        Some(Bound::Excluded(joined(&above)))
    });
    if let Some(high) = high {
        known = known.and(&Constraint::between(Bound::Unbounded, high));
    }
    known
}

/// A text above `s || rest` for every `s` up to `high`.
///
/// An `s` that is no beginning of `high` differs from it in some character, where it is smaller, and
/// so is whatever begins with it. A beginning of `high`, `high` itself among them, is followed by
/// `rest`, whose first characters decide.
fn above(
    high: &str,
    excluded: bool,
    lowest: &str,
    begins: Option<&str>,
    rest: &[ValueExpr],
) -> Option<String> {
    if high.len() > LONGEST {
        return None;
    }
    let separator = match rest.first() {
        Some(ValueExpr::Literal(Value::S(separator))) => separator.as_str(),
        _ => "",
    };
    let ends = high.char_indices().map(|(at, _)| at);
    let whole = (!excluded).then_some(high.len());
    let mut most = high.to_owned();
    for end in ends.chain(whole) {
        let beginning = &high[..end];
        let possible = beginning >= lowest && begins.is_none_or(|b| beginning.starts_with(b));
        if possible {
            most = most.max(after(&format!("{beginning}{separator}"))?);
        }
    }
    Some(most)
}

/// The first text after all that begin with `prefix`.
pub(in crate::domain::plan) fn after(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        if let Some(next) = ((last as u32 + 1)..=u32::from(char::MAX)).find_map(char::from_u32) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

/// What is known of `lpad(number, width, '0')`.
///
/// To pad with zeros is to say: these are whole numbers, none negative, none wider than that. Only
/// bounds that are so themselves are carried over. The lower one needs less: it is complete for
/// numbers with fractions as well.
pub(super) fn padded(interval: &Interval, width: u32, fill: &str) -> Option<Constraint> {
    if interval.kind != Kind::N || fill != "0" {
        return None;
    }
    let digits = |bound: &Bound<Value>| match value_of(bound) {
        Some(Value::N(number)) => number.to_i64().filter(|n| *n >= 0),
        _ => None,
    };
    let fits = |number: &i64| number.to_string().len() <= usize::try_from(width).unwrap_or(0);
    let pad = |number: i64| {
        let padded = ValueExpr::Lpad {
            of: Box::new(ValueExpr::Literal(Value::N(Number::from(number)))),
            width,
            fill: fill.to_owned(),
        };
        evaluate(&padded, &Item::new()).map(Bound::Included)
    };
    let low = digits(&interval.low)
        .filter(|n| *n > 0)
        .filter(fits)
        .and_then(pad);
    let high = digits(&interval.high).filter(fits).and_then(pad);
    match (low, high) {
        (None, None) => None,
        (low, high) => Some(Constraint::between(
            low.unwrap_or(Bound::Unbounded),
            high.unwrap_or(Bound::Unbounded),
        )),
    }
}

/// What is known of `substr(text, 1, length)`: cutting keeps the order.
pub(super) fn beginning(interval: &Interval, length: Option<u32>) -> Option<Constraint> {
    let length = usize::try_from(length?).ok()?;
    let cut = |text: &str| Value::S(text.chars().take(length).collect());
    let bound = |bound: &Bound<Value>| match value_of(bound).and_then(text) {
        Some(text) => Bound::Included(cut(text)),
        None => Bound::Unbounded,
    };
    if interval.kind != Kind::S {
        return None;
    }
    let (low, high) = (bound(&interval.low), bound(&interval.high));
    let bounds = (value_of(&low).is_some() || value_of(&high).is_some())
        .then(|| Constraint::between(low, high));
    let begins = interval.prefix.as_ref().and_then(text).map(|prefix| {
        if prefix.chars().count() >= length {
            Constraint::one_of(vec![cut(prefix)])
        } else {
            Constraint::begins_with(&cut(prefix))
        }
    });
    match (bounds, begins) {
        (Some(a), Some(b)) => Some(a.and(&b)),
        (a, b) => a.or(b),
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::S(text) => Some(text),
        _ => None,
    }
}

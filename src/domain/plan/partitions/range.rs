//! The range of the sort key inside each partition.

use super::{Refusal, SORT_KEY_BYTES, known, other_type, storable};
use crate::domain::expr::order;
use crate::domain::plan::access::AccessPath;
use crate::domain::plan::constraint::{Constraint, Interval, value_of};
use crate::domain::plan::derive::Facts;
use crate::domain::read::KeyRange;
use crate::domain::schema::KeyAttribute;
use crate::domain::value::{Kind, Value};
use std::ops::Bound;

/// How far the sort key narrows a partition: for estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::plan) enum Narrowing {
    /// Not at all.
    None,
    /// To one side of a value.
    HalfOpen,
    /// To a closed range or a prefix.
    Closed,
    /// To one value.
    Point,
}

/// What the sort attributes are bound to.
#[derive(Debug, Clone)]
pub(super) struct SortCondition {
    /// Those that are bound to one value.
    pub(super) equal: Vec<(String, Value)>,
    /// A range of the next one.
    pub(super) range: Option<(String, KeyRange)>,
    /// All values of the first one, when they can be listed.
    pub(super) values: Option<Vec<Value>>,
    /// How far that narrows a partition.
    pub(super) narrowing: Narrowing,
}

/// Binds the sort attributes from the left: equality on a prefix without a gap, a range on the next
/// (developer guide, `API_Query`; multi-attribute keys of global indexes).
pub(super) fn of<'a>(
    path: &AccessPath<'a>,
    facts: &Facts<'_>,
) -> Result<SortCondition, Refusal<'a>> {
    let mut bound = SortCondition {
        equal: Vec::new(),
        range: None,
        values: None,
        narrowing: Narrowing::None,
    };
    for (at, key) in path.key().sort.iter().enumerate() {
        let Some(known) = known(path, facts, &key.name) else {
            break;
        };
        let known = of_key(key, known)?;
        if at == 0 {
            bound.values = known.values().map(<[Value]>::to_vec);
        }
        if let Some(one) = known.single() {
            bound.equal.push((key.name.clone(), one.clone()));
            bound.narrowing = Narrowing::Point;
            continue;
        }
        if let Some((range, narrowing)) = key_range(&known) {
            bound.range = Some((key.name.clone(), range));
            bound.narrowing = narrowing;
        }
        break;
    }
    Ok(bound)
}

/// What is known of a key attribute, as far as it can be a key.
pub(super) fn of_key(key: &KeyAttribute, known: Constraint) -> Result<Constraint, Refusal<'_>> {
    let interval = match known {
        Constraint::Values(values) => {
            return storable(key, SORT_KEY_BYTES, values).map(Constraint::Values);
        }
        Constraint::Interval(interval) => interval,
    };
    let bound = value_of(&interval.low).or(value_of(&interval.high));
    match bound.or(interval.prefix.as_ref()) {
        Some(value) if interval.kind != Kind::from(key.kind) => Err(other_type(key, value)),
        _ => Ok(Constraint::Interval(interval)),
    }
}

/// The narrowest range of one key condition that covers `known`.
fn key_range(known: &Constraint) -> Option<(KeyRange, Narrowing)> {
    match known {
        Constraint::Values(values) => {
            let (first, last) = (values.first()?.clone(), values.last()?.clone());
            Some((KeyRange::Between(first, last), Narrowing::Closed))
        }
        Constraint::Interval(interval) => range_of_interval(interval),
    }
}

fn range_of_interval(interval: &Interval) -> Option<(KeyRange, Narrowing)> {
    let prefix = interval.prefix.as_ref().filter(|prefix| is_key(prefix));
    let low = value_of(&interval.low).filter(|value| is_key(value));
    let high = value_of(&interval.high).filter(|value| is_key(value));
    // With a lower bound inside the prefix, the prefix only bounds above, as most ranges do not.
    if let (Some(prefix), None) = (prefix, low) {
        return match high {
            // The service refuses bounds that are crossed (`API_Query`).
            Some(high) if order(prefix, high)?.is_le() => {
                let range = KeyRange::Between(prefix.clone(), high.clone());
                Some((range, Narrowing::Closed))
            }
            _ => Some((KeyRange::BeginsWith(prefix.clone()), Narrowing::Closed)),
        };
    }
    match (low, high) {
        (Some(low), Some(high)) => {
            let range = KeyRange::Between(low.clone(), high.clone());
            Some((range, Narrowing::Closed))
        }
        (Some(low), None) => match prefix {
            Some(prefix) if order(low, prefix)?.is_le() => {
                Some((KeyRange::BeginsWith(prefix.clone()), Narrowing::Closed))
            }
            _ if matches!(interval.low, Bound::Excluded(_)) => {
                Some((KeyRange::Gt(low.clone()), Narrowing::HalfOpen))
            }
            _ => Some((KeyRange::Ge(low.clone()), Narrowing::HalfOpen)),
        },
        (None, Some(high)) if matches!(interval.high, Bound::Excluded(_)) => {
            Some((KeyRange::Lt(high.clone()), Narrowing::HalfOpen))
        }
        (None, Some(high)) => Some((KeyRange::Le(high.clone()), Narrowing::HalfOpen)),
        (None, None) => None,
    }
}

/// Whether a value may stand in a key condition: keys are neither empty nor that long.
fn is_key(value: &Value) -> bool {
    let length = match value {
        Value::S(text) => text.len(),
        Value::B(bytes) => bytes.len(),
        _ => 1,
    };
    (1..=SORT_KEY_BYTES).contains(&length)
}

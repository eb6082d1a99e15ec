//! The range of the sort key inside each partition.

use super::{Key, Refusal, SORT_KEY_BYTES, check_storable, known, other_type};
use crate::domain::plan::access::AccessPath;
use crate::domain::plan::constraint::{Constraint, Interval, starts_with, value_of};
use crate::domain::plan::derive::{Facts, after as text_after};
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
#[derive(Debug)]
pub(super) struct SortCondition<'a> {
    /// What is known of them, from the left: of all but the last that they have one value.
    known: Vec<Key<'a>>,
    /// How far that narrows a partition.
    pub(super) narrowing: Narrowing,
}

/// A range of one key condition.
#[derive(Debug, Clone, Copy)]
enum Bounds<'v> {
    Lt(&'v Value),
    Le(&'v Value),
    Gt(&'v Value),
    Ge(&'v Value),
    Between(&'v Value, &'v Value),
    BeginsWith(&'v Value),
    /// Of what begins with the first, from the second on.
    RestOf(&'v Value, &'v Value),
}

/// Binds the sort attributes from the left: equality on a prefix without a gap, a range on the next
/// (developer guide, `API_Query`; multi-attribute keys of global indexes).
pub(super) fn of<'a>(
    path: &AccessPath<'a>,
    facts: &Facts<'a>,
) -> Result<SortCondition<'a>, Refusal<'a>> {
    let mut known = Vec::new();
    let narrowing = bind(path, facts, |key| {
        known.reserve_exact(1);
        known.push(key);
    })?;
    Ok(SortCondition { known, narrowing })
}

/// How far the sort key narrows each partition, as far as it can be bound.
pub(super) fn narrowing<'a>(path: &AccessPath<'a>, facts: &Facts<'a>) -> Narrowing {
    bind(path, facts, |_| ()).unwrap_or(Narrowing::None)
}

/// Gives what is known of each attribute that is bound, and how far all of them narrow a partition.
fn bind<'a>(
    path: &AccessPath<'a>,
    facts: &Facts<'a>,
    mut bound: impl FnMut(Key<'a>),
) -> Result<Narrowing, Refusal<'a>> {
    let mut narrowing = Narrowing::None;
    for key in path.key().sort.iter() {
        let Some(known) = known(path, facts, &key.name) else {
            break;
        };
        check(key, &known)?;
        let is_one = known.single().is_some();
        if is_one {
            narrowing = Narrowing::Point;
        } else if let Some(bounds) = bounds(&known) {
            narrowing = bounds.narrowing();
        }
        bound((&key.name, known));
        if !is_one {
            break;
        }
    }
    Ok(narrowing)
}

impl<'a> SortCondition<'a> {
    /// What is known of the first one.
    pub(super) fn first(&self) -> Option<&Key<'a>> {
        self.known.first()
    }

    /// All values of the first one, when they can be listed.
    pub(super) fn values(&self) -> Option<&[Value]> {
        self.first()?.1.values()
    }

    /// How many keys that makes of a partition: one where there is no sort key.
    pub(super) fn points(&self) -> usize {
        self.values().map_or(1, <[_]>::len)
    }

    /// Those that are bound to one value.
    pub(super) fn equal(&self) -> Vec<(String, Value)> {
        let known = self.known.iter();
        known
            .filter_map(|(name, known)| Some(((*name).to_owned(), known.single()?.clone())))
            .collect()
    }

    /// A range of the next one.
    pub(super) fn range(&self) -> Option<(String, KeyRange)> {
        let (name, known) = self.known.last()?;
        if known.single().is_some() {
            return None;
        }
        Some(((*name).to_owned(), bounds(known)?.range()))
    }
}

/// Whether what is known of a key attribute can be in a key.
pub(super) fn check<'a>(key: &'a KeyAttribute, known: &Constraint) -> Result<(), Refusal<'a>> {
    let interval = match known {
        Constraint::Values(values) => return check_storable(key, SORT_KEY_BYTES, values),
        Constraint::Interval(interval) => interval,
    };
    let bound = value_of(&interval.low).or(value_of(&interval.high));
    match bound.or(interval.prefix.as_ref()) {
        Some(value) if interval.kind != Kind::from(key.kind) => Err(other_type(key, value)),
        _ => Ok(()),
    }
}

/// The narrowest range of one key condition that covers `known`.
fn bounds(known: &Constraint) -> Option<Bounds<'_>> {
    match known {
        Constraint::Values(values) => Some(Bounds::Between(values.first()?, values.last()?)),
        Constraint::Interval(interval) => bounds_of_interval(interval),
    }
}

fn bounds_of_interval(interval: &Interval) -> Option<Bounds<'_>> {
    let low = value_of(&interval.low).filter(|value| is_key(value));
    let high = value_of(&interval.high).filter(|value| is_key(value));
    if let Some(prefix) = interval.prefix.as_ref().filter(|prefix| is_key(prefix)) {
        // A bound outside of what begins so bounds less.
        let is_inside = |bound: &&Value| starts_with(bound, prefix);
        return Some(match (low.filter(is_inside), high.filter(is_inside)) {
            (None, None) => Bounds::BeginsWith(prefix),
            (None, Some(high)) => Bounds::Between(prefix, high),
            (Some(low), Some(high)) => Bounds::Between(low, high),
            (Some(low), None) => Bounds::RestOf(prefix, low),
        });
    }
    match (low, high) {
        (Some(low), Some(high)) => Some(Bounds::Between(low, high)),
        (Some(low), None) if matches!(interval.low, Bound::Excluded(_)) => Some(Bounds::Gt(low)),
        (Some(low), None) => Some(Bounds::Ge(low)),
        (None, Some(high)) if matches!(interval.high, Bound::Excluded(_)) => Some(Bounds::Lt(high)),
        (None, Some(high)) => Some(Bounds::Le(high)),
        (None, None) => None,
    }
}

impl Bounds<'_> {
    const fn narrowing(self) -> Narrowing {
        match self {
            Self::Lt(_) | Self::Le(_) | Self::Gt(_) | Self::Ge(_) => Narrowing::HalfOpen,
            Self::Between(..) | Self::BeginsWith(_) | Self::RestOf(..) => Narrowing::Closed,
        }
    }

    fn range(self) -> KeyRange {
        match self {
            Self::Lt(high) => KeyRange::Lt(high.clone()),
            Self::Le(high) => KeyRange::Le(high.clone()),
            Self::Gt(low) => KeyRange::Gt(low.clone()),
            Self::Ge(low) => KeyRange::Ge(low.clone()),
            Self::Between(low, high) => KeyRange::Between(low.clone(), high.clone()),
            Self::BeginsWith(prefix) => KeyRange::BeginsWith(prefix.clone()),
            Self::RestOf(prefix, low) => match after(prefix).filter(is_key) {
                Some(end) => KeyRange::Between(low.clone(), end),
                None => KeyRange::Ge(low.clone()),
            },
        }
    }
}

/// The first value after all that begin with `prefix`.
fn after(prefix: &Value) -> Option<Value> {
    match prefix {
        Value::S(prefix) => text_after(prefix).map(Value::S),
        Value::B(prefix) => {
            let mut bytes = prefix.clone();
            while bytes.pop_if(|last| *last == u8::MAX).is_some() {}
            let last = bytes.last_mut()?;
            *last += 1;
            Some(Value::B(bytes))
        }
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expr::{Context, parse_predicate};
    use crate::domain::plan::conditions::Conditions;
    use crate::domain::read::KeyCondition;
    use rstest::rstest;

    #[rstest]
    #[case::a_prefix("begins_with(d, '1998-05')", "begins_with(d, '1998-05')")]
    #[case::the_rest_of_it(
        "begins_with(d, '1998-05') AND d > '1998-05-24'",
        "d BETWEEN '1998-05-24' AND '1998-06'"
    )]
    #[case::its_beginning(
        "begins_with(d, '1998-05') AND d < '1998-05-24'",
        "d BETWEEN '1998-05' AND '1998-05-24'"
    )]
    #[case::a_part_of_it(
        "begins_with(d, '1998-05') AND d BETWEEN '1998-05-02' AND '1998-05-24'",
        "d BETWEEN '1998-05-02' AND '1998-05-24'"
    )]
    #[case::all_of_it(
        "begins_with(d, '1998-05') AND d BETWEEN '1998' AND '2001'",
        "begins_with(d, '1998-05')"
    )]
    #[case::the_rest_though_more_is_asked(
        "begins_with(d, '1998-05') AND d BETWEEN '1998-05-24' AND '2001'",
        "d BETWEEN '1998-05-24' AND '1998-06'"
    )]
    #[case::behind_which_nothing_comes(
        "begins_with(d, '\u{10FFFF}') AND d > '\u{10FFFF}a'",
        "d >= '\u{10FFFF}a'"
    )]
    #[case::one_side("d > '1998'", "d > '1998'")]
    fn a_range_is_as_narrow_as_one_key_condition_can_be(#[case] text: &str, #[case] range: &str) {
        let predicate = parse_predicate(text, &Context::default()).unwrap();
        let conditions = Conditions::new(&predicate);
        let bounds = bounds(conditions.of("d").unwrap()).unwrap();
        let told = KeyCondition {
            equal: Vec::new(),
            partition_len: 0,
            range: Some(("d".to_owned(), bounds.range())),
        };
        assert_eq!(told.to_string(), range);
    }

    #[rstest]
    #[case::the_last_byte_counts_up(vec![1, 2], Some(vec![1, 3]))]
    #[case::or_the_one_before(vec![1, 255], Some(vec![2]))]
    #[case::or_none(vec![255, 255], None)]
    fn after_bytes_come_the_next_ones(#[case] prefix: Vec<u8>, #[case] next: Option<Vec<u8>>) {
        assert_eq!(after(&Value::B(prefix)), next.map(Value::B));
    }
}

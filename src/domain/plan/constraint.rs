//! What is known of one value: one of a few, or within an interval.
//!
//! Several conditions on one attribute become one constraint. Every operation is sound: a value
//! that satisfies all conditions satisfies the constraint.

use crate::domain::expr::{CompareOp, order};
use crate::domain::value::{Kind, Value};
use std::cmp::Ordering;
use std::ops::Bound;

/// What is known of a value that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Constraint {
    /// It is one of these, in order, each once. None at all: the conditions contradict each other.
    Values(Vec<Value>),
    /// It lies in an interval.
    Interval(Interval),
}

/// Values of one ordered type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interval {
    /// The type: S, N, or B.
    pub(super) kind: Kind,
    /// The lower bound.
    pub(super) low: Bound<Value>,
    /// The upper bound.
    pub(super) high: Bound<Value>,
    /// What it begins with.
    pub(super) prefix: Option<Value>,
}

impl Constraint {
    /// Nothing satisfies it.
    pub(super) const NOTHING: Self = Self::Values(Vec::new());

    /// One of `values`.
    pub(super) fn one_of(mut values: Vec<Value>) -> Self {
        values.sort();
        values.dedup();
        Self::Values(values)
    }

    /// What a true comparison with a literal says; nothing definite for `<>`.
    pub(super) fn compared(op: CompareOp, literal: &Value) -> Option<Self> {
        let value = literal.clone();
        let (low, high) = match op {
            CompareOp::Eq => return Some(Self::one_of(vec![value])),
            CompareOp::Ne => return None,
            CompareOp::Lt => (Bound::Unbounded, Bound::Excluded(value)),
            CompareOp::Le => (Bound::Unbounded, Bound::Included(value)),
            CompareOp::Gt => (Bound::Excluded(value), Bound::Unbounded),
            CompareOp::Ge => (Bound::Included(value), Bound::Unbounded),
        };
        Some(Self::between(low, high))
    }

    /// Between two bounds, of which at least one is a value.
    pub(super) fn between(low: Bound<Value>, high: Bound<Value>) -> Self {
        let kinds = [&low, &high].map(|bound| value_of(bound).map(Value::kind));
        match kinds {
            [Some(low), Some(high)] if low != high => Self::NOTHING,
            [Some(kind), _] | [_, Some(kind)] if is_ordered(kind) => Interval {
                kind,
                low,
                high,
                prefix: None,
            }
            .normal(),
            _ => Self::NOTHING,
        }
    }

    /// Beginning with `prefix`.
    pub(super) fn begins_with(prefix: &Value) -> Self {
        match prefix.kind() {
            kind @ (Kind::S | Kind::B) => Self::Interval(Interval {
                kind,
                low: Bound::Unbounded,
                high: Bound::Unbounded,
                prefix: Some(prefix.clone()),
            }),
            _ => Self::NOTHING,
        }
    }

    /// Both at once.
    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Values(values), rest) | (rest, Self::Values(values)) => {
                Self::Values(values.iter().filter(|v| rest.holds(v)).cloned().collect())
            }
            (Self::Interval(a), Self::Interval(b)) => a.and(b),
        }
    }

    /// Whatever satisfies one of both does: a list of both lists, or what spans both. `None` where they
    /// are of two types.
    pub(super) fn or(&self, other: &Self) -> Option<Self> {
        if let (Self::Values(a), Self::Values(b)) = (self, other) {
            return Some(Self::one_of(a.iter().chain(b).cloned().collect()));
        }
        let (a, b) = (self.span()?, other.span()?);
        (a.kind == b.kind).then(|| Self::Interval(a.or(&b)))
    }

    /// The interval from the first to the last of one ordered type.
    fn span(&self) -> Option<Interval> {
        let values = match self {
            Self::Interval(interval) => return Some(interval.clone()),
            Self::Values(values) => values,
        };
        let (first, last) = (values.first()?, values.last()?);
        let kind = first.kind();
        (is_ordered(kind) && self.is_of(kind)).then(|| Interval {
            kind,
            low: Bound::Included(first.clone()),
            high: Bound::Included(last.clone()),
            prefix: None,
        })
    }

    /// Whether `value` satisfies it.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match self {
            // They are in order: a list may be long.
            Self::Values(values) => values.binary_search(value).is_ok(),
            Self::Interval(interval) => interval.holds(value),
        }
    }

    /// Whether nothing satisfies it (false when that is not certain).
    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Values(values) if values.is_empty())
    }

    /// The values, when it is a list.
    pub(super) fn values(&self) -> Option<&[Value]> {
        match self {
            Self::Values(values) => Some(values),
            Self::Interval(_) => None,
        }
    }

    /// The value, when it is exactly one.
    pub(super) fn single(&self) -> Option<&Value> {
        match self.values() {
            Some([one]) => Some(one),
            _ => None,
        }
    }

    /// Whether all that satisfies it is of `kind`.
    pub(super) fn is_of(&self, kind: Kind) -> bool {
        match self {
            Self::Values(values) => values.iter().all(|value| value.kind() == kind),
            Self::Interval(interval) => interval.kind == kind,
        }
    }

    /// What of it is of `kind`.
    pub(super) fn of_kind(&self, kind: Kind) -> Self {
        match self {
            Self::Values(values) => {
                let kept = values.iter().filter(|value| value.kind() == kind);
                Self::Values(kept.cloned().collect())
            }
            Self::Interval(interval) if interval.kind == kind => self.clone(),
            Self::Interval(_) => Self::NOTHING,
        }
    }

    /// The same without the empty text and empty bytes.
    pub(super) fn not_empty(self) -> Self {
        match self {
            Self::Values(mut values) => {
                values.retain(|v| *v != Value::s("") && *v != Value::B(Vec::new()));
                Self::Values(values)
            }
            Self::Interval(_) => self,
        }
    }

    /// Whether everything that satisfies it satisfies `other`, too (false when that is not certain).
    pub(super) fn within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Values(values), _) => values.iter().all(|value| other.holds(value)),
            (Self::Interval(_), Self::Values(_)) => false,
            (Self::Interval(a), Self::Interval(b)) => a.within(b),
        }
    }

    /// Whether nothing satisfies both (false when that is not certain).
    pub(super) fn excludes(&self, other: &Self) -> bool {
        self.and(other).is_nothing()
    }
}

impl Interval {
    fn holds(&self, value: &Value) -> bool {
        let above = |bound: &Value| order(value, bound);
        let low = match &self.low {
            Bound::Unbounded => value.kind() == self.kind,
            Bound::Included(low) => above(low).is_some_and(Ordering::is_ge),
            Bound::Excluded(low) => above(low).is_some_and(Ordering::is_gt),
        };
        let high = match &self.high {
            Bound::Unbounded => value.kind() == self.kind,
            Bound::Included(high) => above(high).is_some_and(Ordering::is_le),
            Bound::Excluded(high) => above(high).is_some_and(Ordering::is_lt),
        };
        let prefix = self.prefix.as_ref();
        low && high && prefix.is_none_or(|prefix| starts_with(value, prefix))
    }

    fn and(&self, other: &Self) -> Constraint {
        if self.kind != other.kind {
            return Constraint::NOTHING;
        }
        let prefix = match (&self.prefix, &other.prefix) {
            (Some(a), Some(b)) if starts_with(a, b) => Some(a),
            (Some(a), Some(b)) if starts_with(b, a) => Some(b),
            (Some(_), Some(_)) => return Constraint::NOTHING,
            (a, b) => a.as_ref().or(b.as_ref()),
        };
        Self {
            kind: self.kind,
            low: tighter(&self.low, &other.low, Ordering::Greater),
            high: tighter(&self.high, &other.high, Ordering::Less),
            prefix: prefix.cloned(),
        }
        .normal()
    }

    /// As values where it holds one or none.
    fn normal(self) -> Constraint {
        if let (Some(low), Some(high)) = (value_of(&self.low), value_of(&self.high)) {
            let point = matches!(
                (&self.low, &self.high),
                (Bound::Included(_), Bound::Included(_))
            );
            match order(low, high) {
                Some(Ordering::Less) => {}
                Some(Ordering::Equal) if point => {
                    let value = low.clone();
                    let holds = self.holds(&value);
                    return Constraint::Values(if holds { vec![value] } else { Vec::new() });
                }
                _ => return Constraint::NOTHING,
            }
        }
        if self
            .prefix
            .as_ref()
            .is_some_and(|prefix| self.misses(prefix))
        {
            return Constraint::NOTHING;
        }
        Constraint::Interval(self)
    }

    /// Whether nothing that begins with `prefix` lies between the bounds.
    fn misses(&self, prefix: &Value) -> bool {
        let below =
            value_of(&self.high).is_some_and(|high| order(high, prefix) == Some(Ordering::Less));
        let above = value_of(&self.low).is_some_and(|low| {
            order(low, prefix) == Some(Ordering::Greater) && !starts_with(low, prefix)
        });
        below || above
    }

    /// What spans both.
    fn or(&self, other: &Self) -> Self {
        Self {
            kind: self.kind,
            low: looser(&self.low(), &other.low(), Ordering::Less),
            high: looser(&self.high, &other.high, Ordering::Greater),
            prefix: self
                .prefix
                .clone()
                .filter(|own| other.prefix.as_ref() == Some(own)),
        }
    }

    fn within(&self, other: &Self) -> bool {
        self.kind == other.kind
            && tighter(&self.low(), &other.low, Ordering::Greater) == self.low()
            && self.high_within(&other.high)
            && other
                .prefix
                .as_ref()
                .is_none_or(|prefix| self.begins(prefix))
    }

    /// The lower bound, which a prefix is, too.
    fn low(&self) -> Bound<Value> {
        match &self.prefix {
            Some(prefix) => {
                let prefix = Bound::Included(prefix.clone());
                tighter(&self.low, &prefix, Ordering::Greater)
            }
            None => self.low.clone(),
        }
    }

    /// Whether everything is within the upper bound `other`.
    fn high_within(&self, other: &Bound<Value>) -> bool {
        let by_bound = tighter(&self.high, other, Ordering::Less) == self.high;
        // All that begins with a prefix is below what is greater than the prefix without beginning with it.
        let by_prefix = self
            .prefix
            .as_ref()
            .zip(value_of(other))
            .is_some_and(|(prefix, other)| {
                order(other, prefix) == Some(Ordering::Greater) && !starts_with(other, prefix)
            });
        by_bound || by_prefix
    }

    /// Whether everything begins with `prefix`: whatever lies between two texts that do, does.
    fn begins(&self, prefix: &Value) -> bool {
        let starts = |bound: &Bound<Value>| value_of(bound).is_some_and(|v| starts_with(v, prefix));
        let own = self.prefix.as_ref();
        own.is_some_and(|own| starts_with(own, prefix)) || (starts(&self.low) && starts(&self.high))
    }
}

/// The value of a bound.
pub(super) const fn value_of(bound: &Bound<Value>) -> Option<&Value> {
    match bound {
        Bound::Included(value) | Bound::Excluded(value) => Some(value),
        Bound::Unbounded => None,
    }
}

/// The tighter of two bounds of one side: the one whose value is `tight` compared with the other's;
/// of equal ones the one that excludes it.
fn tighter(a: &Bound<Value>, b: &Bound<Value>, tight: Ordering) -> Bound<Value> {
    let (Some(of_a), Some(of_b)) = (value_of(a), value_of(b)) else {
        return if value_of(a).is_some() { a } else { b }.clone();
    };
    match order(of_a, of_b) {
        Some(Ordering::Equal) if matches!(b, Bound::Excluded(_)) => b.clone(),
        Some(Ordering::Equal) => a.clone(),
        Some(ordering) if ordering == tight => a.clone(),
        _ => b.clone(),
    }
}

/// The looser of two bounds of one side: the one whose value is `loose` compared with the other's; of
/// equal ones the one that includes it.
fn looser(a: &Bound<Value>, b: &Bound<Value>, loose: Ordering) -> Bound<Value> {
    let (Some(of_a), Some(of_b)) = (value_of(a), value_of(b)) else {
        return Bound::Unbounded;
    };
    match order(of_a, of_b) {
        Some(Ordering::Equal) if matches!(b, Bound::Included(_)) => b.clone(),
        Some(Ordering::Equal) => a.clone(),
        Some(ordering) if ordering == loose => a.clone(),
        _ => b.clone(),
    }
}

/// Whether it does: of texts and of bytes.
pub(super) fn starts_with(value: &Value, prefix: &Value) -> bool {
    match (value, prefix) {
        (Value::S(value), Value::S(prefix)) => value.starts_with(prefix.as_str()),
        (Value::B(value), Value::B(prefix)) => value.starts_with(prefix),
        _ => false,
    }
}

const fn is_ordered(kind: Kind) -> bool {
    matches!(kind, Kind::S | Kind::N | Kind::B)
}

#[cfg(test)]
mod tests;

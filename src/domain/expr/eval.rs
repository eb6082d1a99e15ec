//! Evaluation with two-valued semantics.
//!
//! Owns what an expression gives for an item. *No value* is `None` and compares as an absent
//! attribute: `=`, `<`, `BETWEEN`, `IN`, `contains` are false on it, `<>` and `NOT` of them true.
//! Nothing is coerced. These are the rules of `DynamoDB`'s condition expressions
//! (Developer Guide: "Condition and filter expressions, operators, and functions"), so that a
//! filter gives the same rows whether the service or this module applies it.

mod date;
mod lookup;
mod operand;
mod scalar;

pub use lookup::{Bound, Lookup};
pub(crate) use lookup::{below, value_below};
pub use operand::Operand;

use super::{CompareOp, Path, Predicate, ValueExpr};
use crate::domain::value::{Number, Value};
use std::cmp::Ordering;

/// Bytes that most texts put together fit into.
const SHORT: usize = 48;

/// The value of `expr`, owned, or `None` for *no value*.
#[must_use]
pub fn evaluate(expr: &ValueExpr, item: &dyn Lookup) -> Option<Value> {
    operand(expr, item).map(Operand::into_value)
}

/// Whether `predicate` holds for the item.
#[must_use]
pub fn holds(predicate: &Predicate, item: &dyn Lookup) -> bool {
    match predicate {
        Predicate::And(members) => members.iter().all(|p| holds(p, item)),
        Predicate::Or(members) => members.iter().any(|p| holds(p, item)),
        Predicate::Not(inner) => !holds(inner, item),
        Predicate::Compare(left, op, right) => compare(left, *op, right, item),
        Predicate::Between(of, low, high) => {
            compare(of, CompareOp::Ge, low, item) && compare(of, CompareOp::Le, high, item)
        }
        Predicate::In(of, list) => operand(of, item).is_some_and(|of| {
            let mut members = list.iter().filter_map(|member| operand(member, item));
            members.any(|member| member == of)
        }),
        Predicate::BeginsWith(of, prefix) => both(of, prefix, item, begins_with),
        Predicate::Contains(of, part) => both(of, part, item, contains),
        Predicate::Exists(path) => item.find(path).is_some(),
        Predicate::NotExists(path) => item.find(path).is_none(),
        Predicate::TypeIs(path, kind) => item.find(path).is_some_and(|v| v.kind() == *kind),
    }
}

/// The value of `expr`, or `None` for *no value*: borrowed from the item where nothing is computed.
pub(crate) fn operand<'a>(expr: &'a ValueExpr, item: &'a dyn Lookup) -> Option<Operand<'a>> {
    match expr {
        ValueExpr::Path(path) => item.find(path),
        ValueExpr::Literal(constant) => Some(constant.into()),
        ValueExpr::Coalesce(members) => members
            .iter()
            .filter_map(|member| operand(member, item))
            .find(|found| !found.is_null()),
        computed => compute(computed, item).map(Operand::from),
    }
}

/// A function of other values; it has no value when one of them has none or is of a wrong type.
fn compute(expr: &ValueExpr, item: &dyn Lookup) -> Option<Value> {
    match expr {
        ValueExpr::Date {
            unit,
            of,
            zone,
            format,
        } => date::cut(*unit, &operand(of, item)?, *zone, *format).map(Value::S),
        ValueExpr::Substr { of, start, length } => {
            scalar::text(operand(of, item)?).map(|t| Value::S(scalar::substr(&t, *start, *length)))
        }
        ValueExpr::Text { op, of } => {
            scalar::text(operand(of, item)?).map(|t| Value::S(scalar::change(*op, &t)))
        }
        ValueExpr::Lpad { of, width, fill } => {
            scalar::printed(operand(of, item)?).map(|t| Value::S(scalar::lpad(&t, *width, fill)))
        }
        ValueExpr::Concat(members) => {
            let mut text = String::with_capacity(SHORT);
            for member in members {
                text.push_str(&scalar::printed(operand(member, item)?)?);
            }
            Some(Value::S(text))
        }
        ValueExpr::Cast { of, to } => scalar::cast(operand(of, item)?, *to),
        ValueExpr::Crc32 { of, modulus } => scalar::text(operand(of, item)?).map(|t| {
            let sum = crc32fast::hash(t.as_bytes());
            Value::N(Number::from(i64::from(
                modulus.map_or(sum, |n| sum.checked_rem(n).unwrap_or(sum)),
            )))
        }),
        ValueExpr::Modulo { of, modulus } => {
            scalar::remainder(&operand(of, item)?, *modulus).map(Value::N)
        }
        ValueExpr::Size(path) => size(path, item).map(Value::N),
        ValueExpr::Path(_) | ValueExpr::Literal(_) | ValueExpr::Coalesce(_) => evaluate(expr, item),
    }
}

fn both(
    left: &ValueExpr,
    right: &ValueExpr,
    item: &dyn Lookup,
    test: fn(&Operand<'_>, &Operand<'_>) -> bool,
) -> bool {
    match (operand(left, item), operand(right, item)) {
        (Some(left), Some(right)) => test(&left, &right),
        _ => false,
    }
}

fn compare(left: &ValueExpr, op: CompareOp, right: &ValueExpr, item: &dyn Lookup) -> bool {
    match op {
        CompareOp::Eq => both(left, right, item, |a, b| a == b),
        CompareOp::Ne => !both(left, right, item, |a, b| a == b),
        CompareOp::Lt => both(left, right, item, |a, b| {
            a.order(b).is_some_and(Ordering::is_lt)
        }),
        CompareOp::Le => both(left, right, item, |a, b| {
            a.order(b).is_some_and(Ordering::is_le)
        }),
        CompareOp::Gt => both(left, right, item, |a, b| {
            a.order(b).is_some_and(Ordering::is_gt)
        }),
        CompareOp::Ge => both(left, right, item, |a, b| {
            a.order(b).is_some_and(Ordering::is_ge)
        }),
    }
}

/// The order of two values of one ordered type: text and binary by bytes, numbers by value.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    Operand::from(a).order(&b.into())
}

fn begins_with(of: &Operand<'_>, prefix: &Operand<'_>) -> bool {
    match (of, prefix) {
        (Operand::S(of), Operand::S(prefix)) => of.starts_with(&**prefix),
        (Operand::B(of), Operand::B(prefix)) => of.starts_with(prefix),
        _ => false,
    }
}

/// `contains` of text and binary looks for a part, of a set or list for an element.
fn contains(of: &Operand<'_>, part: &Operand<'_>) -> bool {
    match (of, part) {
        (Operand::S(of), Operand::S(part)) => of.contains(&**part),
        (Operand::B(of), Operand::B(part)) => {
            part.is_empty() || of.windows(part.len()).any(|window| window == &**part)
        }
        (Operand::Other(of), part) => match (&**of, part) {
            (Value::Ss(set), Operand::S(element)) => set.contains(&**element),
            (Value::Ns(set), Operand::N(element)) => set.contains(element),
            (Value::Bs(set), Operand::B(element)) => set.contains(&**element),
            (Value::L(list), element) => list.iter().any(|one| Operand::from(one) == *element),
            _ => false,
        },
        _ => false,
    }
}

/// `size`: UTF-16 code units of text (that is how the service counts), bytes of binary,
/// elements of sets, lists, and maps; other types have none.
fn size(path: &Path, item: &dyn Lookup) -> Option<Number> {
    let size = match item.find(path)? {
        Operand::S(text) => text.encode_utf16().count(),
        Operand::B(bytes) => bytes.len(),
        Operand::N(_) => return None,
        Operand::Other(value) => match &*value {
            Value::Ss(set) => set.len(),
            Value::Ns(set) => set.len(),
            Value::Bs(set) => set.len(),
            Value::L(list) => list.len(),
            Value::M(map) => map.len(),
            _ => return None,
        },
    };
    i64::try_from(size).ok().map(Number::from)
}

#[cfg(test)]
mod tests;

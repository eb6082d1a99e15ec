//! Which predicates the service evaluates for us.
//!
//! A predicate it would answer with a `ValidationException` is not expressible, though it has a
//! meaning here. Being too strict costs a filter applied on our side, being too lax an error.

use super::compile;
use crate::domain::expr::{CompareOp, Path, Predicate, ValueExpr, order};
use crate::domain::value::{Kind, Value};

/// Developer Guide, "Constraints": an expression string has at most 4 KB.
const MAX_TEXT: usize = 4 * 1024;
/// Developer Guide, "Constraints": at most 300 operators and functions in an expression.
const MAX_OPERATORS: usize = 300;
/// Developer Guide, "Comparison operator and function reference": `IN` takes up to 100 operands.
const MAX_IN: usize = 100;
/// Developer Guide, "Constraints": a document path goes down 32 levels.
const MAX_DEPTH: usize = 32;

/// Whether `DynamoDB` can evaluate the predicate: no functions of ours, no literal-only comparisons.
#[must_use]
pub fn is_expressible(predicate: &Predicate) -> bool {
    evaluable(predicate)
        && operators(predicate) <= MAX_OPERATORS
        && compile(None, Some(predicate), None)
            .filter
            .is_none_or(|text| text.len() <= MAX_TEXT)
}

fn evaluable(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::And(members) | Predicate::Or(members) => {
            !members.is_empty() && members.iter().all(evaluable)
        }
        Predicate::Not(inner) => evaluable(inner),
        Predicate::Compare(left, op, right) => {
            let ordering = !matches!(op, CompareOp::Eq | CompareOp::Ne);
            operands(left, &[right]) && !(ordering && (unordered(left) || unordered(right)))
        }
        Predicate::Between(of, low, high) => {
            operands(of, &[low, high])
                && ![of, low, high].into_iter().any(unordered)
                && bounds(low, high)
        }
        Predicate::In(of, list) => {
            (1..=MAX_IN).contains(&list.len()) && operands(of, &list.iter().collect::<Vec<_>>())
        }
        Predicate::BeginsWith(of, prefix) => {
            functional(of, prefix)
                && literal(prefix).is_none_or(|v| matches!(v.kind(), Kind::S | Kind::B))
        }
        Predicate::Contains(of, part) => functional(of, part),
        Predicate::Exists(path) | Predicate::NotExists(path) | Predicate::TypeIs(path, _) => {
            reachable(path)
        }
    }
}

/// Operands the service knows, of which the first is distinct from the rest and one is no literal.
fn operands(first: &ValueExpr, rest: &[&ValueExpr]) -> bool {
    known(first)
        && rest
            .iter()
            .all(|operand| known(operand) && *operand != first)
        && (literal(first).is_none() || rest.iter().any(|operand| literal(operand).is_none()))
}

/// Functions take an attribute first, and an attribute or literal second.
fn functional(of: &ValueExpr, argument: &ValueExpr) -> bool {
    matches!(of, ValueExpr::Path(_))
        && !matches!(argument, ValueExpr::Size(_))
        && operands(of, &[argument])
}

fn known(operand: &ValueExpr) -> bool {
    match operand {
        ValueExpr::Path(path) | ValueExpr::Size(path) => reachable(path),
        ValueExpr::Literal(_) => true,
        _ => false,
    }
}

fn reachable(path: &Path) -> bool {
    path.steps.len() < MAX_DEPTH
}

fn literal(operand: &ValueExpr) -> Option<&Value> {
    match operand {
        ValueExpr::Literal(value) => Some(value),
        _ => None,
    }
}

/// `<` and its like refuse literals that are neither text, number, nor binary.
fn unordered(operand: &ValueExpr) -> bool {
    literal(operand).is_some_and(|v| !matches!(v.kind(), Kind::S | Kind::N | Kind::B))
}

/// `BETWEEN` refuses literal bounds of two types, and a lower one above the upper.
fn bounds(low: &ValueExpr, high: &ValueExpr) -> bool {
    match (literal(low), literal(high)) {
        (Some(low), Some(high)) => order(low, high).is_some_and(std::cmp::Ordering::is_le),
        _ => true,
    }
}

/// Operators and functions, counted generously.
fn operators(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::And(members) | Predicate::Or(members) => {
            members.len().saturating_sub(1) + members.iter().map(operators).sum::<usize>()
        }
        Predicate::Not(inner) => 1 + operators(inner),
        Predicate::Compare(left, _, right) => 1 + sizes(&[left, right]),
        Predicate::Between(of, low, high) => 2 + sizes(&[of, low, high]),
        Predicate::In(of, list) => {
            list.len() + sizes(&[of]) + sizes(&list.iter().collect::<Vec<_>>())
        }
        Predicate::BeginsWith(..)
        | Predicate::Contains(..)
        | Predicate::Exists(_)
        | Predicate::NotExists(_)
        | Predicate::TypeIs(..) => 1,
    }
}

fn sizes(operands: &[&ValueExpr]) -> usize {
    operands
        .iter()
        .filter(|operand| matches!(operand, ValueExpr::Size(_)))
        .count()
}

//! Predicates, from the tree of the parser.

use super::function;
use super::source::{Source, start};
use super::value::{chain, value};
use crate::domain::expr::{CompareOp, Predicate, ValueExpr};
use crate::domain::problem::Problem;
use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator, Value as Constant};

/// A predicate.
pub(crate) fn predicate(expr: &Expr, source: &Source<'_>) -> Result<Predicate, Problem> {
    match expr {
        Expr::Nested(inner) => predicate(inner, source),
        Expr::BinaryOp {
            op: op @ (BinaryOperator::And | BinaryOperator::Or),
            ..
        } => connective(expr, op, source),
        Expr::BinaryOp { left, op, right } => match comparison(op) {
            Some(op) => compare(left, op, right, source),
            None => Err(not_a_condition(expr, source)),
        },
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } => predicate(inner, source).map(|p| Predicate::Not(Box::new(p))),
        Expr::Between {
            expr: of,
            negated,
            low,
            high,
        } => {
            let between = Predicate::Between(
                operand(of, source)?,
                operand(low, source)?,
                operand(high, source)?,
            );
            Ok(negate(between, *negated))
        }
        Expr::In {
            expr: of,
            target: InTarget::List(list),
            negated,
            ..
        } => {
            let list = list
                .iter()
                .map(|member| operand(member, source))
                .collect::<Result<_, _>>()?;
            Ok(negate(Predicate::In(operand(of, source)?, list), *negated))
        }
        Expr::Function(call) => function::condition(call, source),
        Expr::Value(constant) => match constant.value {
            Constant::Boolean(true) => Ok(Predicate::TRUE),
            Constant::Boolean(false) => Ok(Predicate::Or(Vec::new())),
            _ => Err(not_a_condition(expr, source)),
        },
        other => Err(not_a_condition(other, source)),
    }
}

fn negate(predicate: Predicate, negated: bool) -> Predicate {
    if negated {
        Predicate::Not(Box::new(predicate))
    } else {
        predicate
    }
}

/// A flattened `AND` or `OR`; members that change nothing (`true`, `false`) are left out.
fn connective(expr: &Expr, op: &BinaryOperator, source: &Source<'_>) -> Result<Predicate, Problem> {
    let mut members = Vec::new();
    for member in chain(expr, op) {
        members.push(predicate(member, source)?);
    }
    let neutral = |p: &Predicate| match op {
        BinaryOperator::And => p.is_true(),
        _ => matches!(p, Predicate::Or(members) if members.is_empty()),
    };
    members.retain(|p| !neutral(p));
    Ok(match (members.len(), op) {
        (1, _) => members.remove(0),
        (_, BinaryOperator::And) => Predicate::And(members),
        _ => Predicate::Or(members),
    })
}

fn comparison(op: &BinaryOperator) -> Option<CompareOp> {
    Some(match op {
        BinaryOperator::Eq => CompareOp::Eq,
        BinaryOperator::NotEq => CompareOp::Ne,
        BinaryOperator::Lt => CompareOp::Lt,
        BinaryOperator::LtEq => CompareOp::Le,
        BinaryOperator::Gt => CompareOp::Gt,
        BinaryOperator::GtEq => CompareOp::Ge,
        _ => return None,
    })
}

/// A comparison, turned round when only its left side is a literal.
fn compare(
    left: &Expr,
    op: CompareOp,
    right: &Expr,
    source: &Source<'_>,
) -> Result<Predicate, Problem> {
    let left = operand(left, source)?;
    let right = operand(right, source)?;
    let literal = |side: &ValueExpr| matches!(side, ValueExpr::Literal(_));
    Ok(if literal(&left) && !literal(&right) {
        Predicate::Compare(right, op.mirrored(), left)
    } else {
        Predicate::Compare(left, op, right)
    })
}

/// One side of a comparison: a value, or `size(path)`.
fn operand(expr: &Expr, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    match expr {
        Expr::Nested(inner) => operand(inner, source),
        Expr::Function(call) => {
            function::size(call, source).unwrap_or_else(|| function::value(call, source))
        }
        other => value(other, source),
    }
}

fn not_a_condition(expr: &Expr, source: &Source<'_>) -> Problem {
    match value(expr, source) {
        Ok(ValueExpr::Path(path)) => source
            .problem(start(expr), format!("`{path}` alone is not a condition"))
            .hint(format!("`{path} = true`")),
        Ok(_) => source
            .problem(start(expr), "a value alone is not a condition")
            .hint("a comparison: `= <> < <= > >=`, `BETWEEN`, `IN`"),
        Err(problem) => problem,
    }
}

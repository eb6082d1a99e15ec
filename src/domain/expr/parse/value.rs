//! Value expressions and paths, from the tree of the parser.

use super::function;
use super::source::{Source, start};
use crate::domain::expr::{CastTo, Path, Step, ValueExpr};
use crate::domain::problem::Problem;
use crate::domain::value::{Number, Value};
use sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Ident, Subscript, UnaryOperator, Value as Constant,
};
use sqlparser::tokenizer::Span;

/// A value expression.
pub(super) fn value(expr: &Expr, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    match expr {
        Expr::Nested(inner) => value(inner, source),
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => {
            path(expr, source).map(ValueExpr::Path)
        }
        Expr::Value(constant) => {
            literal(&constant.value, constant.span, source).map(ValueExpr::Literal)
        }
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr: inner,
        } => negative(inner, source),
        Expr::BinaryOp {
            op: BinaryOperator::StringConcat,
            ..
        } => chain(expr, &BinaryOperator::StringConcat)
            .into_iter()
            .map(|member| value(member, source))
            .collect::<Result<_, _>>()
            .map(ValueExpr::Concat),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Modulo,
            right,
        } => modulo(left, right, source),
        Expr::Cast {
            expr: of,
            data_type,
            format: None,
            ..
        } => cast(of, &data_type.to_string(), source),
        Expr::Function(call) => function::value(call, source),
        other => Err(not_a_value(other, source)),
    }
}

fn not_a_value(expr: &Expr, source: &Source<'_>) -> Problem {
    match expr {
        Expr::BinaryOp { .. }
        | Expr::Between { .. }
        | Expr::In { .. }
        | Expr::UnaryOp {
            op: UnaryOperator::Not,
            ..
        } => source.problem(start(expr), "a condition stands where a value belongs"),
        Expr::Array(_) => source
            .problem(
                start(expr),
                "a list `[…]` stands where a single value belongs",
            )
            .hint("`x IN (a, b)`, or `each = \"[a, b] as name\"`"),
        Expr::Tuple(_) => source
            .problem(
                start(expr),
                "a list `(…)` stands where a single value belongs",
            )
            .hint("`x IN (a, b)`"),
        _ => source
            .problem(start(expr), "this is not part of the language")
            .hint("an attribute, a literal, or a function such as `month(x)`"),
    }
}

/// The members of a left-deep chain of one operator, in order, without recursion.
pub(super) fn chain<'e>(expr: &'e Expr, op: &BinaryOperator) -> Vec<&'e Expr> {
    let mut members = Vec::new();
    let mut left_to_do = vec![expr];
    while let Some(next) = left_to_do.pop() {
        match next {
            Expr::Nested(inner) => left_to_do.push(inner),
            Expr::BinaryOp {
                left,
                op: this,
                right,
            } if this == op => left_to_do.extend([&**right, &**left]),
            other => members.push(other),
        }
    }
    members
}

/// A document path.
pub(crate) fn path(expr: &Expr, source: &Source<'_>) -> Result<Path, Problem> {
    match expr {
        Expr::Nested(inner) => path(inner, source),
        Expr::Identifier(ident) => name(ident, source).map(Path::top),
        Expr::CompoundIdentifier(idents) if let [root, fields @ ..] = idents.as_slice() => {
            let mut path = Path::top(name(root, source)?);
            for field in fields {
                path.steps.push(Step::Field(name(field, source)?));
            }
            Ok(path)
        }
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut path = path(root, source)?;
            for access in access_chain {
                path.steps.push(step(access, start(expr), source)?);
            }
            Ok(path)
        }
        other => Err(source
            .problem(start(other), "an attribute belongs here")
            .hint("a name, or a path such as `a.b[0]`")),
    }
}

fn name(ident: &Ident, source: &Source<'_>) -> Result<String, Problem> {
    if ident.value.is_empty() {
        return Err(source.problem(ident.span, "an attribute name is empty"));
    }
    if ident.quote_style == Some('\'') {
        return Err(source
            .problem(ident.span, "`'…'` is a text, not a name")
            .hint(format!("`\"{}\"`", ident.value)));
    }
    Ok(ident.value.clone())
}

fn step(access: &AccessExpr, span: Span, source: &Source<'_>) -> Result<Step, Problem> {
    match access {
        AccessExpr::Dot(Expr::Identifier(ident)) => name(ident, source).map(Step::Field),
        AccessExpr::Subscript(Subscript::Index {
            index: Expr::Value(constant),
        }) => match &constant.value {
            Constant::Number(text, _) => text.parse().map(Step::Index).ok(),
            _ => None,
        }
        .ok_or_else(|| {
            source.problem(
                constant.span,
                "an element is named by a whole number from 0",
            )
        }),
        _ => Err(source
            .problem(span, "this is not a path")
            .hint("names and whole numbers: `a.b[0]`")),
    }
}

/// A constant.
pub(super) fn literal(
    constant: &Constant,
    span: Span,
    source: &Source<'_>,
) -> Result<Value, Problem> {
    match constant {
        Constant::Number(text, _) => number(text, span, source),
        Constant::SingleQuotedString(text) => Ok(Value::s(text)),
        Constant::Boolean(truth) => Ok(Value::Bool(*truth)),
        Constant::HexStringLiteral(digits) => binary(digits).map(Value::B).ok_or_else(|| {
            source
                .problem(span, "binary is written in pairs of hexadecimal digits")
                .hint("`X'00ff'`")
        }),
        other => Err(source
            .problem(span, format!("`{other}` is not a literal of this language"))
            .hint("`'text'`, `5`, `true`, `X'00ff'`")),
    }
}

fn number(text: &str, span: Span, source: &Source<'_>) -> Result<Value, Problem> {
    text.parse::<Number>().map(Value::N).map_err(|e| {
        source
            .problem(span, format!("`{text}` is not a number of DynamoDB"))
            .because(e.to_string())
    })
}

fn binary(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()
        })
        .collect()
}

fn negative(inner: &Expr, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    match inner {
        Expr::Value(constant) => match &constant.value {
            Constant::Number(text, _) => {
                number(&format!("-{text}"), constant.span, source).map(ValueExpr::Literal)
            }
            _ => Err(source.problem(constant.span, "`-` stands before numbers only")),
        },
        other => Err(source.problem(start(other), "`-` stands before numbers only")),
    }
}

fn modulo(left: &Expr, right: &Expr, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    // A chain would be converted by recursion; in parentheses its depth is bounded.
    if let Expr::BinaryOp {
        op: BinaryOperator::Modulo,
        ..
    } = left
    {
        return Err(source
            .problem(start(left), "`a % b % c` leaves open what comes first")
            .hint("parentheses: `(a % b) % c`"));
    }
    let modulus = whole(right, "the number after `%`", 1..=u32::MAX, source)?;
    Ok(match value(left, source)? {
        ValueExpr::Crc32 { of, modulus: None } => ValueExpr::Crc32 {
            of,
            modulus: Some(modulus),
        },
        of => ValueExpr::Modulo {
            of: Box::new(of),
            modulus,
        },
    })
}

fn cast(of: &Expr, to: &str, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    let to = to.to_lowercase();
    let to = match to.as_str() {
        "string" => CastTo::String,
        "number" => CastTo::Number,
        _ => {
            let what = format!("`{to}` is not a type that `cast` knows");
            return Err(source
                .problem(start(of), what)
                .hint("`cast(x as string)` or `cast(x as number)`"));
        }
    };
    let of = Box::new(value(of, source)?);
    Ok(ValueExpr::Cast { of, to })
}

/// A whole number within bounds.
pub(super) fn whole(
    expr: &Expr,
    meaning: &str,
    bounds: std::ops::RangeInclusive<u32>,
    source: &Source<'_>,
) -> Result<u32, Problem> {
    let found = match expr {
        Expr::Value(constant) => match &constant.value {
            Constant::Number(text, _) => text.parse::<u32>().ok(),
            _ => None,
        },
        _ => None,
    };
    found.filter(|n| bounds.contains(n)).ok_or_else(|| {
        let what = format!(
            "{meaning} is a whole number from {} to {}",
            bounds.start(),
            bounds.end()
        );
        source.problem(start(expr), what)
    })
}

/// A text literal.
pub(super) fn text(expr: &Expr, meaning: &str, source: &Source<'_>) -> Result<String, Problem> {
    if let Expr::Value(constant) = expr
        && let Constant::SingleQuotedString(text) = &constant.value
    {
        return Ok(text.clone());
    }
    Err(source.problem(start(expr), format!("{meaning} is a text in single quotes")))
}

//! Canonical text of expressions: parses back to an equal expression.
//!
//! Owns the one way to write each expression. Literals that have no syntax (NULL, sets, lists,
//! maps) print as their type in angle brackets, for reading only: no text parses to them.

use super::parse::{in_quotes, quoted};
use super::{
    CastTo, CompareOp, DateFormat, DateUnit, Each, EachSource, Path, Predicate, Step, TextOp,
    ValueExpr,
};
use crate::domain::value::Value;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.root))?;
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                // The tokenizer takes `]._` for the start of a number.
                Step::Field(name) if name.starts_with('_') && after_index(&self.steps[..at]) => {
                    write!(f, ".{}", in_quotes(name))?;
                }
                Step::Field(name) => write!(f, ".{}", quoted(name))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

fn after_index(steps: &[Step]) -> bool {
    matches!(steps.last(), Some(Step::Index(_)))
}

impl Display for ValueExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Literal(value) => literal(value, f),
            Self::Date {
                unit,
                of,
                zone,
                format,
            } => {
                write!(f, "{unit}({of}")?;
                if let Some(zone) = zone {
                    write!(f, ", '{}'", zone.name())?;
                }
                match format {
                    DateFormat::Iso => f.write_str(")"),
                    DateFormat::Seconds => f.write_str(", 's')"),
                    DateFormat::Millis => f.write_str(", 'ms')"),
                }
            }
            Self::Substr { of, start, length } => {
                write!(f, "substr({of}, {start}")?;
                if let Some(length) = length {
                    write!(f, ", {length}")?;
                }
                f.write_str(")")
            }
            Self::Text { op, of } => write!(f, "{op}({of})"),
            Self::Lpad { of, width, fill } => {
                write!(f, "lpad({of}, {width}, ")?;
                text(fill, f)?;
                f.write_str(")")
            }
            Self::Concat(members) => joined(members, " || ", f, |member, f| {
                grouped(member, is_modulo(member), f)
            }),
            Self::Coalesce(members) => {
                f.write_str("coalesce(")?;
                joined(members, ", ", f, ValueExpr::fmt)?;
                f.write_str(")")
            }
            Self::Cast { of, to } => write!(f, "cast({of} as {to})"),
            Self::Crc32 { of, modulus: None } => write!(f, "crc32({of})"),
            Self::Crc32 {
                of,
                modulus: Some(modulus),
            } => write!(f, "crc32({of}) % {modulus}"),
            Self::Modulo { of, modulus } => {
                grouped(&**of, is_modulo(of) || matches!(**of, Self::Concat(_)), f)?;
                write!(f, " % {modulus}")
            }
            Self::Size(path) => write!(f, "size({path})"),
        }
    }
}

fn is_modulo(expr: &ValueExpr) -> bool {
    matches!(
        expr,
        ValueExpr::Modulo { .. }
            | ValueExpr::Crc32 {
                modulus: Some(_),
                ..
            }
    )
}

fn grouped(what: &dyn Display, parentheses: bool, f: &mut Formatter<'_>) -> fmt::Result {
    if parentheses {
        write!(f, "({what})")
    } else {
        what.fmt(f)
    }
}

fn joined<T>(
    members: &[T],
    between: &str,
    f: &mut Formatter<'_>,
    each: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (at, member) in members.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        each(member, f)?;
    }
    Ok(())
}

fn text(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "'{}'", text.replace('\'', "''"))
}

fn literal(value: &Value, f: &mut Formatter<'_>) -> fmt::Result {
    match value {
        Value::S(content) => text(content, f),
        Value::N(number) => number.fmt(f),
        Value::Bool(truth) => truth.fmt(f),
        Value::B(bytes) => {
            f.write_str("X'")?;
            for byte in bytes {
                write!(f, "{byte:02x}")?;
            }
            f.write_char('\'')
        }
        other => write!(f, "<{}>", other.kind().code()),
    }
}

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(members) if members.is_empty() => f.write_str("true"),
            Self::Or(members) if members.is_empty() => f.write_str("false"),
            Self::And(members) => joined(members, " AND ", f, |member, f| {
                grouped(member, matches!(member, Self::And(_) | Self::Or(_)), f)
            }),
            Self::Or(members) => joined(members, " OR ", f, |member, f| {
                grouped(member, matches!(member, Self::Or(_)), f)
            }),
            Self::Not(inner) => match &**inner {
                Self::Between(of, low, high) => write!(f, "{of} NOT BETWEEN {low} AND {high}"),
                Self::In(of, list) => {
                    write!(f, "{of} NOT IN (")?;
                    joined(list, ", ", f, ValueExpr::fmt)?;
                    f.write_str(")")
                }
                other => write!(f, "NOT ({other})"),
            },
            Self::Compare(left, op, right) => write!(f, "{left} {op} {right}"),
            Self::Between(of, low, high) => write!(f, "{of} BETWEEN {low} AND {high}"),
            Self::In(of, list) => {
                write!(f, "{of} IN (")?;
                joined(list, ", ", f, ValueExpr::fmt)?;
                f.write_str(")")
            }
            Self::BeginsWith(of, prefix) => write!(f, "begins_with({of}, {prefix})"),
            Self::Contains(of, part) => write!(f, "contains({of}, {part})"),
            Self::Exists(path) => write!(f, "attribute_exists({path})"),
            Self::NotExists(path) => write!(f, "attribute_not_exists({path})"),
            Self::TypeIs(path, kind) => write!(f, "attribute_type({path}, '{}')", kind.code()),
        }
    }
}

impl Display for Each {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.source {
            EachSource::Path(path) => path.fmt(f)?,
            EachSource::List(elements) => {
                f.write_str("[")?;
                joined(elements, ", ", f, ValueExpr::fmt)?;
                f.write_str("]")?;
            }
        }
        write!(f, " as {}", quoted(&self.alias))
    }
}

macro_rules! words {
    ($($type:ident { $($variant:ident => $word:literal),+ })+) => { $(
        impl Display for $type {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }
    )+ };
}

words! {
    CompareOp { Eq => "=", Ne => "<>", Lt => "<", Le => "<=", Gt => ">", Ge => ">=" }
    DateUnit { Year => "year", Month => "month", Day => "day", Hour => "hour" }
    TextOp { Upper => "upper", Lower => "lower", Trim => "trim" }
    CastTo { String => "string", Number => "number" }
}

#[cfg(test)]
mod tests;

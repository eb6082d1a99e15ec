//! Predicates as `DynamoDB` expressions with placeholders.
//!
//! Owns the text that goes over the wire. Every name and value is a placeholder, so no attribute
//! name collides with a reserved word; equal ones share it, since the service refuses values that
//! nothing uses and we send none twice. What the service cannot or would not evaluate is told
//! beforehand by [`is_expressible`]; the rest of a filter is applied here, with the same meaning.

mod expressible;

pub use expressible::is_expressible;

use super::{KeyCondition, KeyRange, Query};
use crate::domain::expr::{CompareOp, Path, Predicate, Step, ValueExpr};
use crate::domain::value::Value;
use std::fmt;

/// Expression texts of one request, with the placeholders they share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expressions {
    /// `KeyConditionExpression`.
    pub key_condition: Option<String>,
    /// `FilterExpression`.
    pub filter: Option<String>,
    /// `ProjectionExpression`.
    pub projection: Option<String>,
    /// `ExpressionAttributeNames`: `#n0` → name.
    pub names: Vec<(String, String)>,
    /// `ExpressionAttributeValues`: `:v0` → value.
    pub values: Vec<(String, Value)>,
}

/// Compiles key condition, filter, and projection into expressions that share placeholders.
///
/// The filter has to be expressible; a filter that is trivially true gives no expression.
#[must_use]
pub fn compile(
    key: Option<&KeyCondition>,
    filter: Option<&Predicate>,
    projection: Option<&[String]>,
) -> Expressions {
    let mut into = Expressions::default();
    into.key_condition = key.map(|key| into.predicate(&key.predicate()));
    into.filter = filter
        .filter(|filter| !filter.is_true())
        .map(|filter| into.predicate(filter));
    into.projection = projection.map(|names| {
        // Two paths to one attribute overlap, which the service refuses.
        let mut placeholders: Vec<String> = Vec::with_capacity(names.len());
        for name in names {
            let placeholder = into.name(name);
            if !placeholders.contains(&placeholder) {
                placeholders.push(placeholder);
            }
        }
        placeholders.join(", ")
    });
    into
}

impl Expressions {
    fn name(&mut self, name: &String) -> String {
        placeholder(&mut self.names, "#n", name)
    }

    fn value(&mut self, value: &Value) -> String {
        placeholder(&mut self.values, ":v", value)
    }

    fn path(&mut self, path: &Path) -> String {
        let mut text = self.name(&path.root);
        for step in &path.steps {
            match step {
                Step::Field(name) => {
                    text.push('.');
                    text.push_str(&self.name(name));
                }
                Step::Index(index) => {
                    text.push('[');
                    text.push_str(&index.to_string());
                    text.push(']');
                }
            }
        }
        text
    }

    fn operand(&mut self, operand: &ValueExpr) -> String {
        match operand {
            ValueExpr::Path(path) => self.path(path),
            ValueExpr::Literal(value) => self.value(value),
            ValueExpr::Size(path) => format!("size({})", self.path(path)),
            // Not expressible. Its own text is no expression either, so the service says so.
            other => other.to_string(),
        }
    }

    fn predicate(&mut self, predicate: &Predicate) -> String {
        match predicate {
            Predicate::And(members) => self.joined(members, " AND "),
            Predicate::Or(members) => self.joined(members, " OR "),
            Predicate::Not(inner) => format!("NOT ({})", self.predicate(inner)),
            Predicate::Compare(left, op, right) => {
                let left = self.operand(left);
                format!("{left} {op} {}", self.operand(right))
            }
            Predicate::Between(of, low, high) => {
                let (of, low) = (self.operand(of), self.operand(low));
                format!("{of} BETWEEN {low} AND {}", self.operand(high))
            }
            Predicate::In(of, list) => {
                let of = self.operand(of);
                let list: Vec<String> = list.iter().map(|member| self.operand(member)).collect();
                format!("{of} IN ({})", list.join(", "))
            }
            Predicate::BeginsWith(of, prefix) => {
                let of = self.operand(of);
                format!("begins_with({of}, {})", self.operand(prefix))
            }
            Predicate::Contains(of, part) => {
                let of = self.operand(of);
                format!("contains({of}, {})", self.operand(part))
            }
            Predicate::Exists(path) => format!("attribute_exists({})", self.path(path)),
            Predicate::NotExists(path) => format!("attribute_not_exists({})", self.path(path)),
            Predicate::TypeIs(path, kind) => {
                let path = self.path(path);
                format!(
                    "attribute_type({path}, {})",
                    self.value(&Value::s(kind.code()))
                )
            }
        }
    }

    /// Members of a connective; connectives among them in parentheses, nothing else: the service
    /// refuses parentheses that are redundant.
    fn joined(&mut self, members: &[Predicate], between: &str) -> String {
        let texts: Vec<String> = members
            .iter()
            .map(|member| {
                let text = self.predicate(member);
                match member {
                    Predicate::And(inner) | Predicate::Or(inner) if inner.len() > 1 => {
                        format!("({text})")
                    }
                    _ => text,
                }
            })
            .collect();
        texts.join(between)
    }
}

/// The placeholder of a name or value: an earlier one of an equal, or the next.
fn placeholder<T>(known: &mut Vec<(String, T)>, prefix: &str, wanted: &T) -> String
where
    T: PartialEq + Clone,
{
    if let Some((placeholder, _)) = known.iter().find(|(_, it)| it == wanted) {
        return placeholder.clone();
    }
    let placeholder = format!("{prefix}{}", known.len());
    known.push((placeholder.clone(), wanted.clone()));
    placeholder
}

impl KeyCondition {
    /// The same as a predicate.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        let attribute = |name: &str| ValueExpr::Path(Path::top(name));
        let literal = |value: &Value| ValueExpr::Literal(value.clone());
        let compare =
            |name: &str, op, value: &Value| Predicate::Compare(attribute(name), op, literal(value));
        let equal = self
            .equal
            .iter()
            .map(|(name, value)| compare(name, CompareOp::Eq, value));
        let range = self.range.iter().map(|(name, range)| match range {
            KeyRange::Lt(value) => compare(name, CompareOp::Lt, value),
            KeyRange::Le(value) => compare(name, CompareOp::Le, value),
            KeyRange::Gt(value) => compare(name, CompareOp::Gt, value),
            KeyRange::Ge(value) => compare(name, CompareOp::Ge, value),
            KeyRange::Between(low, high) => {
                Predicate::Between(attribute(name), literal(low), literal(high))
            }
            KeyRange::BeginsWith(prefix) => Predicate::BeginsWith(attribute(name), literal(prefix)),
        });
        equal.chain(range).fold(Predicate::TRUE, Predicate::and)
    }
}

impl fmt::Display for KeyCondition {
    /// Readable text: `month = '1998-08' AND slot >= '1998-08-10'`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.predicate().fmt(f)
    }
}

impl Query {
    /// The key condition as readable text: `month = '1998-08' AND slot >= '1998-08-10'`.
    #[must_use]
    pub fn key_text(&self) -> String {
        self.key.to_string()
    }
}

#[cfg(test)]
mod tests;

//! Predicates as `DynamoDB` expressions with placeholders.

use super::{KeyCondition, Query};
use crate::domain::expr::Predicate;
use crate::domain::value::Value;

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

/// A shorthand for what compiling gives.
pub type Compiled = Expressions;

/// Compiles key condition, filter, and projection into expressions that share placeholders.
#[must_use]
pub fn compile(
    _key: Option<&KeyCondition>,
    _filter: Option<&Predicate>,
    _projection: Option<&[String]>,
) -> Expressions {
    todo!()
}

/// Whether `DynamoDB` can evaluate the predicate: no functions of ours, no literal-only comparisons.
#[must_use]
pub fn is_expressible(_predicate: &Predicate) -> bool {
    todo!()
}

impl Query {
    /// The key condition as readable text: `month = '1998-08' AND slot >= '1998-08-10'`.
    #[must_use]
    pub fn key_text(&self) -> String {
        todo!()
    }
}

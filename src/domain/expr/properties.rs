//! What the planner may conclude from an expression.

use super::{Path, Predicate, ValueExpr};

/// Whether `expr` never decreases while its one input path grows (in the order of the input's type).
#[must_use]
pub fn is_monotone(_expr: &ValueExpr) -> bool {
    todo!()
}

/// Whether different inputs always give different results.
#[must_use]
pub fn is_injective(_expr: &ValueExpr) -> bool {
    todo!()
}

/// Every path a value expression reads.
#[must_use]
pub fn paths_of_value(_expr: &ValueExpr) -> Vec<&Path> {
    todo!()
}

/// Every path a predicate reads.
#[must_use]
pub fn paths_of_predicate(_predicate: &Predicate) -> Vec<&Path> {
    todo!()
}

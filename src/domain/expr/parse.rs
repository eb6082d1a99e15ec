//! Text to expressions, by `sqlparser` with a dialect of our own.

use super::{Each, Predicate, ValueExpr};
use crate::domain::problem::Problem;

/// Where a text stands, so that an error can point at file, line, and column.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The file the text came from.
    pub file: Option<String>,
    /// The line its first character stands on, from 1 (0 counts as 1).
    pub line: usize,
    /// The column of its first character, from 1 (0 counts as 1).
    pub column: usize,
}

/// Parses a value expression.
///
/// # Errors
/// Names what is not understood, where, and the substitute or nearest name.
pub fn parse_value(_text: &str, _context: &Context) -> Result<ValueExpr, Problem> {
    todo!()
}

/// Parses a predicate.
///
/// # Errors
/// Names what is not understood, where, and the substitute or nearest name.
pub fn parse_predicate(_text: &str, _context: &Context) -> Result<Predicate, Problem> {
    todo!()
}

/// Parses `[a, b] as alias` or `path as alias`.
///
/// # Errors
/// Names what is not understood, where, and the substitute or nearest name.
pub fn parse_each(_text: &str, _context: &Context) -> Result<Each, Problem> {
    todo!()
}

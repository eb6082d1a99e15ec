//! Request text ↔ [`Request`].

use super::Request;
use crate::domain::problem::Problem;
use std::fmt;

/// Parses a request text.
///
/// # Errors
/// What is refused, by name, with its place and the substitute.
pub fn parse_request(_text: &str) -> Result<Request, Problem> {
    todo!()
}

impl fmt::Display for Request {
    /// Canonical text; parses back to an equal request.
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}

//! The request: what the user asks, from text and back.

mod resolve;
mod text;

pub use resolve::{Target, resolve};
pub use text::parse_request;

use crate::domain::expr::{Path, Predicate};
use crate::domain::value::Value;
use std::cmp::Ordering;

/// What the user asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What rows consist of.
    pub select: Select,
    /// The parts of the FROM name: `["strikes"]`, `["strikes", "by_month"]`.
    pub from: Vec<String>,
    /// Which rows.
    pub filter: Predicate,
    /// In which order.
    pub order: Vec<OrderBy>,
    /// At most how many.
    pub limit: Option<u64>,
}

/// What rows consist of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Select {
    /// `*`
    All,
    /// `COUNT(*)`
    Count,
    /// These paths, named by their text.
    Paths(Vec<Path>),
}

/// One member of ORDER BY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// What is compared.
    pub path: Path,
    /// Which way.
    pub direction: Direction,
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Eventual or strong reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Consistency {
    /// Half the units; may lag.
    #[default]
    Eventual,
    /// The last write is seen; not on GSIs nor through copies.
    Strong,
}

/// Compares two sort values as rows are ordered: missing last in either direction, types
/// N < S < B < BOOL < NULL < others.
#[must_use]
pub fn compare_sort_values(a: Option<&Value>, b: Option<&Value>, direction: Direction) -> Ordering {
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_none().cmp(&b.is_none()),
    };
    // `Kind` is declared in the order of types.
    let ascending = a.kind().cmp(&b.kind()).then_with(|| a.cmp(b));
    match direction {
        Direction::Ascending => ascending,
        Direction::Descending => ascending.reverse(),
    }
}

#[cfg(test)]
mod tests;

//! The request: what the user asks, from text and back.

mod resolve;
mod text;

pub use resolve::{Target, resolve};
pub use text::parse_request;

use crate::domain::expr::{CompareOp, Path, Predicate, ValueExpr};
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

impl Request {
    /// The request with one more condition. An equality replaces an earlier one of its path.
    #[must_use]
    pub fn with_filter(mut self, predicate: Predicate) -> Self {
        let path = equal_path(&predicate).cloned();
        let mut filter = std::mem::replace(&mut self.filter, Predicate::TRUE);
        if path.is_some() {
            let kept = filter
                .conjuncts()
                .iter()
                .filter(|member| equal_path(member) != path.as_ref())
                .cloned();
            filter = kept.fold(Predicate::TRUE, Predicate::and);
        }
        self.filter = filter.and(predicate);
        self
    }

    /// The request sorted by this alone.
    #[must_use]
    pub fn with_order(mut self, by: OrderBy) -> Self {
        self.order = vec![by];
        self
    }

    /// The request with another limit, or none.
    #[must_use]
    pub const fn with_limit(mut self, limit: Option<u64>) -> Self {
        self.limit = limit;
        self
    }
}

/// The attribute that a predicate binds to one value.
fn equal_path(predicate: &Predicate) -> Option<&Path> {
    match predicate {
        Predicate::Compare(ValueExpr::Path(path), CompareOp::Eq, ValueExpr::Literal(_)) => {
            Some(path)
        }
        _ => None,
    }
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

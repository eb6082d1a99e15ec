//! The members of a union in one order.

use super::rows::{Row, stripped};
use super::sort::Sorter;
use crate::domain::query::OrderBy;

/// Where the members of a union give their rows, when an order is asked.
#[derive(Debug)]
pub(super) struct Union<'a>(Sorter<'a>);

/// Whether a row that came later in the same order could still be among those asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    /// It could.
    Wanted,
    /// One that sorts before it was surplus already.
    Surplus,
}

impl<'a> Union<'a> {
    /// Nothing yet; of everything the first `keep` by `order` are asked.
    pub(super) fn new(order: &'a [OrderBy], keep: Option<u64>) -> Self {
        let keep = keep.and_then(|keep| keep.try_into().ok());
        Self(Sorter::new(order, keep))
    }

    /// Before another member gives its rows: those that the LIMIT leaves out already need not come.
    pub(super) fn next_member(&mut self) {
        self.0.settle();
    }

    /// Takes rows of a member, without the attributes that are its own.
    pub(super) fn add(&mut self, rows: &[Row], hidden: &[String]) -> Later {
        let kept = self.0.add(stripped(rows, hidden));
        if kept < rows.len() {
            Later::Surplus
        } else {
            Later::Wanted
        }
    }

    /// The rows of all members in order.
    pub(super) fn finish(self) -> Vec<Row> {
        self.0.finish()
    }
}

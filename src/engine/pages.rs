//! Pages of items: what to ask for next, what is under way, what it consumed, why it stopped.
//!
//! Owns the cancelling of every run. Knows nothing of plans, rows, or drift; budget and pace are
//! the store's.

mod cursor;
mod items;
mod reader;
mod sweep;

pub(super) use cursor::Cursor;
pub(super) use items::Found;
pub(super) use reader::{Pool, Reader};
pub(super) use sweep::Sweep;

use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};

/// Why reading ended before everything was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody wants the answer any more.
    Cancelled,
    /// A read failed, or the budget is used up.
    Failed(ReadError),
}

impl Stop {
    /// As the error of an answer.
    pub(super) fn into_error(self) -> ReadError {
        match self {
            Self::Cancelled => ReadError {
                kind: ReadErrorKind::Cancelled,
                problem: Problem::new("cancelled before everything was read"),
            },
            Self::Failed(error) => error,
        }
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Failed(error)
    }
}

//! Exit codes, and how a failure becomes one.

use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Clean and complete.
    Clean = 0,
    /// Confirmed drift.
    Drift = 1,
    /// Usage, query, or dataset file.
    Usage = 2,
    /// Incomplete: budget, hot keys, skipped, interrupted.
    Incomplete = 3,
    /// Access or service.
    Access = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// With which code to end.
    pub exit: Exit,
    /// What the user sees, most important first.
    pub problems: Vec<Problem>,
}

impl Failure {
    /// A mistake in the command line, the request, or a dataset file.
    #[must_use]
    pub fn usage(problem: Problem) -> Self {
        Self {
            exit: Exit::Usage,
            problems: vec![problem],
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self {
            exit: exit_of(error.kind),
            problems: vec![error.problem],
        }
    }
}

/// The code an unsuccessful read ends with.
#[must_use]
pub(super) const fn exit_of(kind: ReadErrorKind) -> Exit {
    match kind {
        ReadErrorKind::Budget | ReadErrorKind::Disk | ReadErrorKind::Cancelled => Exit::Incomplete,
        ReadErrorKind::Region => Exit::Usage,
        _ => Exit::Access,
    }
}

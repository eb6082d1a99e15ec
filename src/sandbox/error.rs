//! Why the sandbox does not run.

use crate::domain::problem::Problem;
use dynoxide::DynoxideError;

/// Why the sandbox does not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The port cannot be listened on.
    #[error("cannot listen on 127.0.0.1:{port}: {reason}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the operating system says.
        reason: String,
    },
    /// The thread or its runtime cannot be started.
    #[error("cannot start the sandbox: {0}")]
    Start(String),
    /// The embedded data cannot be read.
    #[error("cannot read the embedded data: {0}")]
    Data(String),
    /// The embedded dataset file does not fit the tables.
    #[error("the embedded dataset file is wrong: {0}")]
    Dataset(Problem),
    /// The embedded database refused an operation.
    #[error("the embedded database refused: {0}")]
    Database(String),
    /// It was stopped, by a drop or a panic, before it was ready.
    #[error("the sandbox stopped before it was ready")]
    Stopped,
}

impl SandboxError {
    /// What a person should see of it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Listen { port, reason } => {
                Problem::new(format!("cannot listen on `127.0.0.1:{port}`"))
                    .because(reason.clone())
                    .hint("another `--port`, or `--port 0` for any that is free")
            }
            other => Problem::new(other.to_string()),
        }
    }
}

impl From<DynoxideError> for SandboxError {
    fn from(error: DynoxideError) -> Self {
        Self::Database(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_says_what_to_try() {
        let error = SandboxError::Listen {
            port: 8000,
            reason: "Address already in use".into(),
        };
        let problem = error.problem();
        assert_eq!(problem.what, "cannot listen on `127.0.0.1:8000`");
        assert_eq!(problem.why.as_deref(), Some("Address already in use"));
        assert!(problem.hint.is_some_and(|hint| hint.contains("--port 0")));
    }
}

//! Why a path cannot answer.

use super::Reason;

/// Why a path cannot answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The typed reason.
    pub(super) reason: Reason,
    /// The reason in a sentence.
    pub(super) detail: String,
    /// What to declare or ask instead, as a sentence for the user.
    pub(super) hint: Option<String>,
}

impl Refusal {
    /// A refusal without a hint.
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            hint: None,
        }
    }

    /// The same with what would help.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

//! Why a path cannot answer.

use super::Reason;
use crate::domain::names::Rcu;

/// Why a path cannot answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// The typed reason.
    pub(super) reason: Reason,
    /// The reason in a sentence.
    pub(super) detail: String,
    /// What would help.
    pub(super) advice: Option<Advice>,
}

/// What would make a path answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Advice {
    /// To ask more narrowly.
    Ask(String),
    /// To declare something in the dataset file, and what reading would consume then.
    Declare(String, Option<Rcu>),
}

impl Advice {
    /// In words.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Ask(text) | Self::Declare(text, _) => text,
        }
    }
}

impl Refusal {
    /// A refusal without a hint.
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            advice: None,
        }
    }

    /// The same with what to ask instead.
    pub(super) fn or_ask(mut self, what: impl Into<String>) -> Self {
        self.advice = Some(Advice::Ask(what.into()));
        self
    }

    /// The same with what to declare, and what reading would consume then.
    pub(super) fn or_declare(mut self, what: impl Into<String>, rcu: Option<Rcu>) -> Self {
        self.advice = Some(Advice::Declare(what.into(), rcu));
        self
    }
}

//! What is known of a table: its paths and its attributes.

use super::attribute::AttributeStatistics;
use super::examples::{Examples, First};
use super::path::PathStatistics;
use super::spread::float;
use crate::domain::names::IndexName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of a table and its indexes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableStatistics {
    /// Its `TableId`: a table that was recreated has another one.
    pub(super) id: Option<String>,
    /// When and how much was sampled, when anything was.
    pub(super) sample: Option<Sample>,
    /// The table itself and its indexes.
    pub(super) paths: BTreeMap<Option<IndexName>, PathStatistics>,
    /// Top-level attributes.
    pub(super) attributes: BTreeMap<String, AttributeStatistics>,
    /// Whole items of the sample.
    pub(super) examples: Examples,
    /// The items that a Scan gives first, in its order: of the table itself and of indexes.
    pub(super) first: BTreeMap<Option<IndexName>, First>,
    /// When something was last learned of it, in Unix seconds.
    pub(super) learned_at: Option<u64>,
}

/// How a table was sampled. A copy is sampled by way of its base, so items are those of the base then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When, in Unix seconds.
    pub at: u64,
    /// Items sampled.
    pub items: u64,
    /// Items there were; `None` when that was unknown.
    pub of: Option<u64>,
    /// Items of this table that the sample holds or stands for.
    pub own: u64,
    /// Whether attributes beyond a sensible number were left out.
    pub more_attributes: bool,
}

impl Sample {
    /// Whether every item was seen.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.of == Some(self.items)
    }

    /// The fraction that was sampled.
    pub(super) fn fraction(&self) -> Option<f64> {
        let of = self.of?;
        Some(if of == self.items {
            1.0
        } else {
            float(self.items) / float(of)
        })
    }
}

impl TableStatistics {
    /// Nothing yet, of the table with this `TableId`.
    #[must_use]
    pub fn new(id: Option<String>) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    /// The `TableId` it was taken of.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// When and how much was sampled, when anything was.
    #[must_use]
    pub const fn sample(&self) -> Option<Sample> {
        self.sample
    }

    /// When it was last sampled or, never sampled, last learned, in Unix seconds.
    #[must_use]
    pub fn taken_at(&self) -> Option<u64> {
        self.sample.map(|sample| sample.at).or(self.learned_at)
    }

    /// Seconds since it was taken.
    #[must_use]
    pub fn age(&self, now: u64) -> Option<u64> {
        Some(now.saturating_sub(self.taken_at()?))
    }

    /// A top-level attribute, when the sample held it.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&AttributeStatistics> {
        self.attributes.get(name)
    }

    /// Top-level attributes by name.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &AttributeStatistics)> {
        self.attributes
            .iter()
            .map(|(name, attribute)| (name.as_str(), attribute))
    }

    pub(super) fn fraction(&self) -> Option<f64> {
        self.sample?.fraction()
    }
}

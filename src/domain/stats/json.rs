//! Statistics of a table as text: what is kept on disk.

use super::attribute::AttributeStatistics;
use super::examples::{Examples, First};
use super::path::PathStatistics;
use super::table::{Sample, TableStatistics};
use crate::domain::names::IndexName;
use crate::domain::problem::Problem;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Changes with every change of the format; text of another version is of no use.
const VERSION: u32 = 4;

/// What only tells the version.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

/// The text.
#[derive(Serialize, Deserialize)]
struct File<'a> {
    version: u32,
    id: Cow<'a, Option<String>>,
    sample: Option<Sample>,
    learned_at: Option<u64>,
    paths: ByPath<'a, PathStatistics>,
    attributes: Cow<'a, BTreeMap<String, AttributeStatistics>>,
    examples: Cow<'a, Examples>,
    first: ByPath<'a, First>,
}

/// Of a table and its indexes: JSON has no optional names, so the table itself stands beside them.
#[derive(Serialize, Deserialize)]
struct ByPath<'a, T: Clone> {
    table: Option<Cow<'a, T>>,
    indexes: BTreeMap<IndexName, Cow<'a, T>>,
}

impl<'a, T: Clone> ByPath<'a, T> {
    fn of(all: &'a BTreeMap<Option<IndexName>, T>) -> Self {
        let indexes = all.iter();
        Self {
            table: all.get(&None).map(Cow::Borrowed),
            indexes: indexes
                .filter_map(|(name, one)| Some((name.clone()?, Cow::Borrowed(one))))
                .collect(),
        }
    }

    fn into_owned(self) -> BTreeMap<Option<IndexName>, T> {
        let table = self.table.map(|one| (None, one.into_owned()));
        let indexes = self.indexes.into_iter();
        indexes
            .map(|(name, one)| (Some(name), one.into_owned()))
            .chain(table)
            .collect()
    }
}

impl TableStatistics {
    /// As text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let file = File {
            version: VERSION,
            id: Cow::Borrowed(&self.id),
            sample: self.sample,
            learned_at: self.learned_at,
            paths: ByPath::of(&self.paths),
            attributes: Cow::Borrowed(&self.attributes),
            examples: Cow::Borrowed(&self.examples),
            first: ByPath::of(&self.first),
        };
        // All names are strings and all figures finite: nothing here can fail.
        serde_json::to_string(&file).unwrap_or_default()
    }

    /// From text.
    ///
    /// # Errors
    /// When the text is corrupt or of another version.
    pub fn from_json(text: &str) -> Result<Self, Problem> {
        let file: File<'_> = serde_json::from_str(text).map_err(|error| {
            // Of another version may be what cannot be read.
            match serde_json::from_str(text) {
                Ok(Header { version }) if version != VERSION => of_version(version),
                _ => corrupt(&error),
            }
        })?;
        if file.version != VERSION {
            return Err(of_version(file.version));
        }
        let statistics = Self {
            id: file.id.into_owned(),
            sample: file.sample,
            paths: file.paths.into_owned(),
            attributes: file.attributes.into_owned(),
            examples: file.examples.into_owned(),
            first: file.first.into_owned(),
            learned_at: file.learned_at,
        };
        if statistics.is_sound() {
            Ok(statistics)
        } else {
            Err(corrupt(&"keys are out of order"))
        }
    }

    /// Whether everything that is searched is in order.
    fn is_sound(&self) -> bool {
        self.paths.values().all(PathStatistics::is_sound)
            && self.attributes.values().all(AttributeStatistics::is_sound)
    }
}

impl PathStatistics {
    fn is_sound(&self) -> bool {
        let sampled = self.sampled.as_ref();
        let mut parts = self.partitions.iter().filter_map(|p| p.part.as_ref());
        self.partitions.is_sorted_by(|a, b| a.key < b.key)
            && parts.all(|part| part.sketch.is_sound())
            && sampled.is_none_or(|path| {
                path.sketch.is_sound()
                    && path.sizes.is_sound()
                    && path.units.is_none_or(|units| units.is_sound())
            })
    }
}

impl AttributeStatistics {
    fn is_sound(&self) -> bool {
        self.top.is_sorted_by(|a, b| a.0 < b.0)
            && self.ordered.values().all(super::sketch::Sketch::is_sound)
    }
}

fn of_version(version: u32) -> Problem {
    Problem::new(format!("these statistics are of version {version}"))
        .because(format!("this is version {VERSION}"))
        .hint("`analyze` again")
}

fn corrupt(why: &impl ToString) -> Problem {
    Problem::new("these statistics cannot be read")
        .because(why.to_string())
        .hint("`analyze` again")
}

//! Statistics of a table as text: what is kept on disk.

use super::attribute::AttributeStatistics;
use super::examples::Examples;
use super::path::PathStatistics;
use super::table::{Sample, TableStatistics};
use crate::domain::names::IndexName;
use crate::domain::problem::Problem;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Changes with every change of the format; text of another version is of no use.
const VERSION: u32 = 2;

/// What only tells the version.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

/// The text. JSON has no optional names, so the table itself stands beside its indexes.
#[derive(Serialize, Deserialize)]
struct File<'a> {
    version: u32,
    id: Cow<'a, Option<String>>,
    sample: Option<Sample>,
    learned_at: Option<u64>,
    table: Option<Cow<'a, PathStatistics>>,
    indexes: BTreeMap<IndexName, Cow<'a, PathStatistics>>,
    attributes: Cow<'a, BTreeMap<String, AttributeStatistics>>,
    examples: Cow<'a, Examples>,
    first: Cow<'a, Examples>,
}

impl TableStatistics {
    /// As text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let indexes = self.paths.iter();
        let file = File {
            version: VERSION,
            id: Cow::Borrowed(&self.id),
            sample: self.sample,
            learned_at: self.learned_at,
            table: self.paths.get(&None).map(Cow::Borrowed),
            indexes: indexes
                .filter_map(|(name, path)| Some((name.clone()?, Cow::Borrowed(path))))
                .collect(),
            attributes: Cow::Borrowed(&self.attributes),
            examples: Cow::Borrowed(&self.examples),
            first: Cow::Borrowed(&self.first),
        };
        // All names are strings and all figures finite: nothing here can fail.
        serde_json::to_string(&file).unwrap_or_default()
    }

    /// From text.
    ///
    /// # Errors
    /// When the text is corrupt or of another version.
    pub fn from_json(text: &str) -> Result<Self, Problem> {
        let header: Header = serde_json::from_str(text).map_err(|error| corrupt(&error))?;
        if header.version != VERSION {
            let what = format!("these statistics are of version {}", header.version);
            return Err(Problem::new(what)
                .because(format!("this is version {VERSION}"))
                .hint("`analyze` again"));
        }
        let file: File<'_> = serde_json::from_str(text).map_err(|error| corrupt(&error))?;
        let table = file.table.map(|path| (None, path.into_owned()));
        let indexes = file.indexes.into_iter();
        let statistics = Self {
            id: file.id.into_owned(),
            sample: file.sample,
            paths: indexes
                .map(|(name, path)| (Some(name), path.into_owned()))
                .chain(table)
                .collect(),
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

fn corrupt(why: &impl ToString) -> Problem {
    Problem::new("these statistics cannot be read")
        .because(why.to_string())
        .hint("`analyze` again")
}

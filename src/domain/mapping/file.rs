//! `driftscope.toml` → [`DatasetFile`].
//!
//! Owns the keys of the file and their meaning. It knows no table: what can only be told from
//! `DescribeTable` is [`bind`](super::bind())'s. Every error of a file is returned, not only the first.

mod place;
mod read;
mod scalar;

pub use scalar::parse_duration;

pub(super) use place::place_of;

use super::{CheckOptions, Dataset, DatasetFile, Keep, Mapping, Nulls};
use crate::domain::expr::{Path, Predicate, ValueExpr, parse_each, parse_predicate, parse_value};
use crate::domain::names::{CopyName, TableName};
use crate::domain::problem::Problem;
use crate::domain::value::Value;
use indexmap::IndexMap;
use read::{Entry, Reader, Section, in_file_order};
use scalar::{domain_value, positive_number};
use std::time::Duration;
use toml::de::DeTable;

const FILE_KEYS: [&str; 2] = ["version", "dataset"];
const DATASET_KEYS: [&str; 7] = [
    "base",
    "version_by",
    "where",
    "always",
    "domain",
    "copy",
    "check",
];
const COPY_KEYS: [&str; 8] = [
    "table", "set", "where", "keep", "each", "ignore", "only", "base_key",
];
const CHECK_KEYS: [&str; 4] = ["grace", "rcu_per_second", "max_rcu", "null"];

/// Parses a dataset file. `path` is only for messages.
///
/// # Errors
/// Every error names line, column, and the nearest valid name.
pub fn parse_dataset_file(path: &str, text: &str) -> Result<DatasetFile, Vec<Problem>> {
    let mut reader = Reader::new(path, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let problem = Problem::new(error.message().to_owned());
        reader.report(problem, &error.span().unwrap_or(0..0));
    }
    let datasets = if errors.is_empty() {
        reader.file(table.get_ref())
    } else {
        Vec::new()
    };
    if reader.problems.is_empty() {
        Ok(DatasetFile {
            path: path.to_owned(),
            text: text.to_owned(),
            datasets,
        })
    } else {
        Err(reader.problems)
    }
}

impl Reader<'_> {
    fn file(&mut self, table: &DeTable<'_>) -> Vec<Dataset> {
        let root = Section::root(table);
        self.only_keys(&root, &FILE_KEYS);
        self.version(&root);
        let Some(datasets) = self.table(&root, "dataset") else {
            if root.get("dataset").is_none() {
                let problem = Problem::new("the file names no dataset")
                    .hint("a section `[dataset.NAME]` with `base = \"TABLE\"`");
                self.report(problem, &(0..0));
            }
            return Vec::new();
        };
        in_file_order(&datasets)
            .into_iter()
            .filter_map(|(name, entry)| self.dataset(name, entry))
            .collect()
    }

    fn version(&mut self, root: &Section<'_>) {
        let Some(entry) = root.get("version") else {
            let problem = Problem::new("`version` is missing").hint("`version = 1`");
            return self.report(problem, &(0..0));
        };
        let is_one = entry
            .get_ref()
            .as_integer()
            .is_some_and(|version| version.as_str() == "1");
        if !is_one {
            let problem = Problem::new("this version of the file format is not known")
                .because("this driftscope reads version 1")
                .hint("`version = 1`");
            self.report(problem, &entry.span());
        }
    }

    fn dataset(&mut self, name: &str, entry: Entry<'_>) -> Option<Dataset> {
        let section = self.section(&format!("dataset.{name}"), entry)?;
        self.only_keys(&section, &DATASET_KEYS);
        let base = self.required_name(&section, "base");
        let dataset = Dataset {
            name: name.into(),
            base: base.unwrap_or_default().into(),
            version_by: self.path(&section, "version_by"),
            filter: self.predicate(&section, "where"),
            always: self.names(&section, "always"),
            domain: self.domain(&section),
            copies: self.copies(&section),
            check: self.check(&section),
        };
        Some(dataset)
    }

    fn domain(&mut self, section: &Section<'_>) -> IndexMap<String, Vec<Value>> {
        let Some(domain) = self.table(section, "domain") else {
            return IndexMap::new();
        };
        let mut all = IndexMap::new();
        for (attribute, entry) in in_file_order(&domain) {
            let members = self.array(attribute, entry);
            if members.is_some_and(<[_]>::is_empty) {
                let problem = Problem::new(format!("the domain of `{attribute}` has no value"))
                    .hint("every value it can have, or no domain at all");
                self.report(problem, &entry.span());
            }
            let mut values = Vec::new();
            for member in members.unwrap_or_default() {
                match domain_value(member.get_ref()) {
                    Ok(value) => values.push(value),
                    Err(problem) => self.report(problem, &member.span()),
                }
            }
            all.insert(attribute.to_owned(), values);
        }
        all
    }

    fn copies(&mut self, section: &Section<'_>) -> IndexMap<CopyName, Mapping> {
        let Some(copies) = self.table(section, "copy") else {
            return IndexMap::new();
        };
        in_file_order(&copies)
            .into_iter()
            .filter_map(|(name, entry)| self.copy(&copies.name, name, entry))
            .map(|mapping| (mapping.name.clone(), mapping))
            .collect()
    }

    fn copy(&mut self, within: &str, name: &str, entry: Entry<'_>) -> Option<Mapping> {
        let section = self.section(&format!("{within}.{name}"), entry)?;
        self.only_keys(&section, &COPY_KEYS);
        let table = self.required_name(&section, "table");
        Some(Mapping {
            name: name.into(),
            table: TableName::from(table.unwrap_or_default()),
            filter: self.predicate(&section, "where"),
            each: self.expression(&section, "each", parse_each),
            set: self.set(&section),
            keep: self.keep(&section),
            ignore: self.names(&section, "ignore"),
            only: self.predicate(&section, "only"),
            base_key: self.base_key(&section),
        })
    }

    fn set(&mut self, section: &Section<'_>) -> IndexMap<String, ValueExpr> {
        let Some(set) = self.table(section, "set") else {
            return IndexMap::new();
        };
        in_file_order(&set)
            .into_iter()
            .filter_map(|(attribute, _)| {
                let value = self.expression(&set, attribute, parse_value)?;
                Some((attribute.to_owned(), value))
            })
            .collect()
    }

    fn keep(&mut self, section: &Section<'_>) -> Keep {
        let Some(entry) = section.get("keep") else {
            return Keep::All;
        };
        let value = entry.get_ref();
        if value.is_array() {
            Keep::List(self.names(section, "keep"))
        } else if value.is_table() {
            let Some(except) = self.table(section, "keep") else {
                return Keep::All;
            };
            self.only_keys(&except, &["except"]);
            Keep::Except(self.names(&except, "except"))
        } else {
            if value.as_str() != Some("all") {
                let problem = Problem::new("`keep` is not understood")
                    .hint("`\"all\"`, a list of attributes, or `{ except = [..] }`");
                self.report(problem, &entry.span());
            }
            Keep::All
        }
    }

    fn base_key(&mut self, section: &Section<'_>) -> IndexMap<String, String> {
        let Some(names) = self.table(section, "base_key") else {
            return IndexMap::new();
        };
        in_file_order(&names)
            .into_iter()
            .filter_map(|(attribute, _)| {
                let name = self.required_name(&names, attribute)?;
                Some((attribute.to_owned(), name))
            })
            .collect()
    }

    fn check(&mut self, section: &Section<'_>) -> CheckOptions {
        let Some(check) = self.table(section, "check") else {
            return CheckOptions::default();
        };
        self.only_keys(&check, &CHECK_KEYS);
        CheckOptions {
            grace: self.grace(&check),
            rcu_per_second: self.positive(&check, "rcu_per_second"),
            max_rcu: self.positive(&check, "max_rcu"),
            nulls: self.nulls(&check),
        }
    }

    fn grace(&mut self, check: &Section<'_>) -> Option<Duration> {
        let entry = check.get("grace")?;
        let text = self.string("grace", entry)?;
        if text == "auto" {
            return None;
        }
        let grace = parse_duration(text);
        if grace.is_none() {
            let problem = Problem::new(format!("`{text}` is not a duration"))
                .hint("`\"auto\"`, `\"30s\"`, `\"500ms\"`, or `\"2m\"`");
            self.report(problem, &entry.span());
        }
        grace
    }

    fn nulls(&mut self, check: &Section<'_>) -> Nulls {
        let Some(entry) = check.get("null") else {
            return Nulls::default();
        };
        match entry.get_ref().as_str() {
            Some("value") => Nulls::Values,
            Some("missing") => Nulls::Missing,
            _ => {
                let problem = Problem::new("`null` is not understood")
                    .hint("`\"value\"`, or `\"missing\"` to hold null for no attribute at all");
                self.report(problem, &entry.span());
                Nulls::default()
            }
        }
    }

    fn positive(&mut self, section: &Section<'_>, key: &str) -> Option<f64> {
        let entry = section.get(key)?;
        let number = positive_number(entry.get_ref());
        if number.is_none() {
            let problem = Problem::new(format!("`{key}` is not a number above zero"));
            self.report(problem, &entry.span());
        }
        number
    }

    fn predicate(&mut self, section: &Section<'_>, key: &str) -> Predicate {
        self.expression(section, key, parse_predicate)
            .unwrap_or(Predicate::TRUE)
    }

    fn path(&mut self, section: &Section<'_>, key: &str) -> Option<Path> {
        let value = self.expression(section, key, parse_value)?;
        if let ValueExpr::Path(path) = value {
            return Some(path);
        }
        let problem = Problem::new(format!("`{key}` is not the name of an attribute"));
        self.report(problem, &section.get(key)?.span());
        None
    }
}

#[cfg(test)]
mod tests;

//! Reading typed values out of a section, with every problem kept.

use super::place::{inside_quotes, place};
use crate::domain::expr::Context;
use crate::domain::problem::{Problem, nearest};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value of the file and where it stands.
pub(super) type Entry<'t> = &'t Spanned<DeValue<'t>>;

/// The text being read and the problems found so far.
pub(super) struct Reader<'s> {
    path: &'s str,
    text: &'s str,
    pub(super) problems: Vec<Problem>,
}

/// A table of the file.
pub(super) struct Section<'t> {
    /// Its dotted name; empty for the whole file.
    pub(super) name: String,
    span: Range<usize>,
    table: &'t DeTable<'t>,
}

impl<'t> Section<'t> {
    pub(super) fn root(table: &'t DeTable<'t>) -> Self {
        Self {
            name: String::new(),
            span: 0..0,
            table,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Entry<'t>> {
        self.table.get(key)
    }

    /// How messages name it.
    fn title(&self) -> String {
        if self.name.is_empty() {
            "the file".to_owned()
        } else {
            format!("`[{}]`", self.name)
        }
    }
}

/// The entries of a section as they stand in the file; the parser sorts them by name.
pub(super) fn in_file_order<'t>(section: &Section<'t>) -> Vec<(&'t str, Entry<'t>)> {
    let mut entries: Vec<_> = section.table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
        .into_iter()
        .map(|(name, value)| (name.get_ref().as_ref(), value))
        .collect()
}

impl<'s> Reader<'s> {
    pub(super) fn new(path: &'s str, text: &'s str) -> Self {
        Self {
            path,
            text,
            problems: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, problem: Problem, span: &Range<usize>) {
        let place = place(self.path, self.text, span);
        self.problems.push(problem.at(place));
    }

    fn wrong_type(&mut self, key: &str, entry: Entry<'_>, wanted: &str) {
        let found = entry.get_ref().type_str();
        let problem = Problem::new(format!("`{key}` is of type {found}")).hint(wanted);
        self.report(problem, &entry.span());
    }

    /// Reports every key of `section` that is not one of `valid`.
    pub(super) fn only_keys(&mut self, section: &Section<'_>, valid: &[&str]) {
        let mut unknown: Vec<_> = section.table.keys().collect();
        unknown.retain(|key| !valid.contains(&key.get_ref().as_ref()));
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let name = key.get_ref();
            let hint = nearest(name, valid.iter().copied()).map_or_else(
                || format!("one of `{}`", valid.join("`, `")),
                |near| format!("`{near}`"),
            );
            let problem =
                Problem::new(format!("unknown key `{name}` in {}", section.title())).hint(hint);
            self.report(problem, &key.span());
        }
    }

    /// The section that `entry` is.
    pub(super) fn section<'t>(&mut self, name: &str, entry: Entry<'t>) -> Option<Section<'t>> {
        if let Some(table) = entry.get_ref().as_table() {
            return Some(Section {
                name: name.to_owned(),
                span: entry.span(),
                table,
            });
        }
        self.wrong_type(name, entry, "a section or an inline table `{ name = … }`");
        None
    }

    /// The section under `key`, when there is one.
    pub(super) fn table<'t>(&mut self, within: &Section<'t>, key: &str) -> Option<Section<'t>> {
        let entry = within.get(key)?;
        let name = if within.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", within.name)
        };
        self.section(&name, entry)
    }

    pub(super) fn string<'t>(&mut self, key: &str, entry: Entry<'t>) -> Option<&'t str> {
        let text = entry.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, entry, "a string in quotes");
        }
        text
    }

    pub(super) fn array<'t>(
        &mut self,
        key: &str,
        entry: Entry<'t>,
    ) -> Option<&'t [Spanned<DeValue<'t>>]> {
        let array = entry.get_ref().as_array();
        if array.is_none() {
            self.wrong_type(key, entry, "a list `[..]`");
        }
        array.map(|array| &array[..])
    }

    /// A name that must be there and must not be empty.
    pub(super) fn required_name(&mut self, section: &Section<'_>, key: &str) -> Option<String> {
        let Some(entry) = section.get(key) else {
            let problem = Problem::new(format!("`{key}` is missing in {}", section.title()))
                .hint(format!("`{key} = \"NAME\"`"));
            self.report(problem, &section.span);
            return None;
        };
        self.name(key, entry)
    }

    fn name(&mut self, key: &str, entry: Entry<'_>) -> Option<String> {
        let name = self.string(key, entry)?;
        if name.is_empty() {
            self.report(
                Problem::new(format!("`{key}` has an empty name")),
                &entry.span(),
            );
            return None;
        }
        Some(name.to_owned())
    }

    /// A list of names; empty when the key is absent.
    pub(super) fn names(&mut self, section: &Section<'_>, key: &str) -> Vec<String> {
        let members = section
            .get(key)
            .and_then(|entry| self.array(key, entry))
            .unwrap_or_default();
        members
            .iter()
            .filter_map(|member| self.name(key, member))
            .collect()
    }

    /// An expression inside a string; its errors point into the string.
    pub(super) fn expression<T>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        parse: fn(&str, &Context) -> Result<T, Problem>,
    ) -> Option<T> {
        let entry = section.get(key)?;
        let text = self.string(key, entry)?;
        let start = place(
            self.path,
            self.text,
            &inside_quotes(self.text, &entry.span()),
        );
        let context = Context {
            file: start.file,
            line: start.line,
            column: start.column,
        };
        parse(text, &context)
            .map_err(|problem| self.problems.push(problem))
            .ok()
    }
}

//! Checks a dataset against its tables.
//!
//! Attributes are schemaless, keys are not: every key attribute of a copy must be given by something,
//! with the type that `DescribeTable` tells. One copy that cannot be bound never hides the others.

mod given;

use super::file::place_of;
use super::{BoundCopy, BoundDataset, Dataset, Mapping};
use crate::domain::expr::{Path, ValueExpr};
use crate::domain::problem::{Problem, nearest};
use crate::domain::schema::{KeyAttribute, Table};
use crate::domain::value::Kind;
pub(super) use given::known_attributes;
use given::{Giver, giver_of, names_given};
use std::collections::BTreeSet;

/// Binds `dataset` to its tables: every key attribute of every copy must be computable and of the right type.
/// `file` and `text` are those of its dataset file, so that problems can point into it.
///
/// # Errors
/// When the base table is missing or failed. A copy that cannot be bound is in `failed`.
pub fn bind(
    dataset: &Dataset,
    file: &str,
    text: &str,
    table: &dyn Fn(&str) -> Result<Table, Problem>,
) -> Result<BoundDataset, Problem> {
    let places = Places {
        file,
        text,
        dataset,
    };
    let base = table(dataset.base.as_str()).map_err(|problem| places.add(problem, &["base"]))?;
    let mut bound = BoundDataset {
        dataset: dataset.clone(),
        base,
        copies: Vec::new(),
        whole: BTreeSet::new(),
        failed: Vec::new(),
    };
    for mapping in dataset.copies.values() {
        let binding = Binding {
            places: &places,
            base: &bound.base,
            mapping,
        };
        match binding.table(table) {
            Ok(table) => bound.copies.push(BoundCopy {
                mapping: mapping.clone(),
                table,
            }),
            Err(problem) => bound.failed.push((mapping.name.clone(), problem)),
        }
    }
    bound.whole = bound.whole_copies();
    Ok(bound)
}

/// Finds the places that problems point at.
struct Places<'a> {
    file: &'a str,
    text: &'a str,
    dataset: &'a Dataset,
}

impl Places<'_> {
    /// Points `problem` at a key of the dataset, unless it points somewhere already.
    fn add(&self, problem: Problem, keys: &[&str]) -> Problem {
        let mut path = vec!["dataset", self.dataset.name.as_str()];
        path.extend(keys);
        match place_of(self.file, self.text, &path) {
            Some(place) if problem.place.is_none() => problem.at(place),
            _ => problem,
        }
    }
}

/// One copy being bound.
struct Binding<'a> {
    places: &'a Places<'a>,
    base: &'a Table,
    mapping: &'a Mapping,
}

impl Binding<'_> {
    /// The copy's table, once every check has passed.
    fn table(&self, table: &dyn Fn(&str) -> Result<Table, Problem>) -> Result<Table, Problem> {
        if self.mapping.table == *self.base.name.as_str() {
            let problem = Problem::new(format!(
                "copy `{}` names the base table itself",
                self.mapping.name
            ))
            .hint("the table that the copies are written to");
            return Err(self.at(problem, &["table"]));
        }
        let table = table(self.mapping.table.as_str())
            .map_err(|problem| self.at(self.or_an_index(problem), &["table"]))?;
        self.check_base_key()?;
        self.check_carries_base_key()?;
        for key in table.key.attributes() {
            self.check_key(&table, key)?;
        }
        Ok(table)
    }

    fn at(&self, problem: Problem, keys: &[&str]) -> Problem {
        let mut path = vec!["copy", self.mapping.name.as_str()];
        path.extend(keys);
        self.places.add(problem, &path)
    }

    /// An index in place of a table is a mistake of its own: `DynamoDB` keeps indexes, no mapping does.
    fn or_an_index(&self, problem: Problem) -> Problem {
        let named = self.mapping.table.as_str();
        let base = self.base.name.as_str();
        let index = named
            .strip_prefix(base)
            .and_then(|rest| rest.strip_prefix(['.', '/', ':']))
            .unwrap_or(named);
        if self.base.index(index).is_none() {
            return problem;
        }
        Problem::new(format!("`{index}` is an index of `{base}`, not a table"))
            .because("a copy has a table of its own")
            .hint(format!(
                "no copy `{}` at all: indexes are found without a mapping",
                self.mapping.name
            ))
    }

    /// `base_key` renames attributes of the base key and nothing else.
    fn check_base_key(&self) -> Result<(), Problem> {
        let keys = || self.base.key.attributes().map(|key| key.name.as_str());
        for attribute in self.mapping.base_key.keys() {
            if self.base.key.contains(attribute) {
                continue;
            }
            let near = nearest(attribute, keys()).or_else(|| keys().next());
            let problem = Problem::new(format!(
                "`{attribute}` is not a key attribute of `{}`",
                self.base.name
            ))
            .hint(format!("`{}`", near.unwrap_or_default()));
            return Err(self.at(problem, &["base_key", attribute]));
        }
        Ok(())
    }

    /// A copy item tells its base item by the base key it carries, so nothing may overwrite that.
    fn check_carries_base_key(&self) -> Result<(), Problem> {
        let mut names: Vec<&str> = Vec::new();
        for key in self.base.key.attributes() {
            let name = self.mapping.name_of_base_key(&key.name);
            let itself = ValueExpr::Path(Path::top(key.name.as_str()));
            let set = self.mapping.set.get(name).filter(|set| **set != itself);
            let alias = self.mapping.each.as_ref().map(|each| each.alias.as_str());
            let by = if set.is_some() {
                "set"
            } else if alias == Some(name) {
                "each"
            } else if names.contains(&name) {
                "base_key"
            } else {
                names.push(name);
                continue;
            };
            let problem = Problem::new(format!(
                "`{by}` overwrites `{name}`, which holds the base key in copy `{}`",
                self.mapping.name
            ))
            .because("without the base key no copy item can be told from another")
            .hint(format!(
                "`base_key = {{ {} = \"OTHER_NAME\" }}`, the name under which the copy keeps it",
                key.name
            ));
            return Err(self.at(problem, &[by, name]));
        }
        Ok(())
    }

    fn check_key(&self, table: &Table, key: &KeyAttribute) -> Result<(), Problem> {
        let known = known_attributes(self.places.dataset, self.base);
        let Some(giver) = giver_of(self.mapping, self.base, table, &known, &key.name) else {
            return Err(self.nothing_gives(table, key));
        };
        let wanted = Kind::from(key.kind);
        match giver.kind(self.mapping, self.base) {
            Some(kind) if kind != wanted => Err(self.other_type(table, key, &giver, kind)),
            _ => Ok(()),
        }
    }

    fn nothing_gives(&self, table: &Table, key: &KeyAttribute) -> Problem {
        let given = names_given(self.mapping, self.base);
        let near = nearest(&key.name, given.iter().copied());
        let problem = Problem::new(format!(
            "nothing gives the key attribute `{}` of copy `{}`",
            key.name, self.mapping.name
        ))
        .because(near.map_or_else(
            || format!("`{}` has it in its key", table.name),
            |near| {
                format!(
                    "`{}` has it in its key; the mapping gives `{near}`",
                    table.name
                )
            },
        ))
        .hint(format!(
            "`{0}` in `set`; `set = {{ {0} = \"{0}\" }}` when it is an attribute of the base",
            key.name
        ));
        let keys: &[&str] = match near {
            Some(near) if self.mapping.set.contains_key(near) => &["set", near],
            _ => &["table"],
        };
        self.at(problem, keys)
    }

    fn other_type(
        &self,
        table: &Table,
        key: &KeyAttribute,
        giver: &Giver<'_>,
        kind: Kind,
    ) -> Problem {
        let wanted = Kind::from(key.kind);
        let problem = Problem::new(format!(
            "key attribute `{}` of copy `{}` would be of type {}",
            key.name,
            self.mapping.name,
            kind.code()
        ))
        .because(format!("`{}` has it as type {}", table.name, wanted.code()));
        let problem = match wanted {
            Kind::S => problem.hint("`cast(… as string)`"),
            Kind::N => problem.hint("`cast(… as number)`"),
            _ => problem,
        };
        match giver {
            Giver::Set(_) => self.at(problem, &["set", &key.name]),
            Giver::Alias(_) => self.at(problem, &["each"]),
            Giver::Base(_) => self.at(problem, &["table"]),
        }
    }
}

#[cfg(test)]
mod tests;

//! What the name after FROM means.
//!
//! Owns the rule "a dataset first, then a table". Whether what was found can be read is for the
//! planner to say: a table that is only listed, or could not be described, resolves too.

use super::Request;
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{DatasetName, IndexName, TableName};
use crate::domain::problem::{Problem, nearest};
use crate::domain::schema::{Catalog, Table, TableState};
use std::fmt;

/// What a request reads from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A dataset: rows of base shape, any route.
    Dataset(DatasetName),
    /// A dataset by one access path of it (`FROM d.x`): rows of base shape, this route.
    Pinned {
        /// The dataset.
        dataset: DatasetName,
        /// The table read: base or copy.
        table: TableName,
        /// The index read, if one was named.
        index: Option<IndexName>,
    },
    /// A table's own items, by any path of that table, or by the one index named (`FROM t`, `FROM t.i`).
    Table {
        /// The table.
        table: TableName,
        /// The index, when pinned.
        index: Option<IndexName>,
    },
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dataset(name) => write!(f, "dataset `{name}`"),
            Self::Pinned { table, index, .. } | Self::Table { table, index } => match index {
                Some(index) => write!(f, "index `{index}` of table `{table}`"),
                None => write!(f, "table `{table}`"),
            },
        }
    }
}

/// Finds what `request.from` names: a dataset first, then a table.
///
/// # Errors
/// An unknown name, with the nearest valid one.
pub fn resolve(request: &Request, catalog: &Catalog) -> Result<Target, Problem> {
    match request.from.as_slice() {
        [name] => whole(name, catalog),
        [name, part] => match catalog.datasets.get(name.as_str()) {
            Some(Ok(dataset)) => part_of_dataset(dataset, part),
            Some(Err(problem)) => Err(problem.clone()),
            None => part_of_table(name, part, catalog),
        },
        parts => Err(Problem::new(format!(
            "`{}` is not a name of one or two parts",
            parts.join(".")
        ))),
    }
}

fn whole(name: &str, catalog: &Catalog) -> Result<Target, Problem> {
    match catalog.datasets.get(name) {
        Some(Ok(_)) => Ok(Target::Dataset(DatasetName::from(name))),
        Some(Err(problem)) => Err(problem.clone()),
        None if catalog.tables.contains_key(name) => Ok(Target::Table {
            table: TableName::from(name),
            index: None,
        }),
        None => Err(unknown(name, catalog)),
    }
}

fn unknown(name: &str, catalog: &Catalog) -> Problem {
    let datasets = catalog.datasets.keys().map(DatasetName::as_str);
    let tables = catalog.tables.keys().map(TableName::as_str);
    let problem = Problem::new(format!("there is no dataset or table `{name}`"));
    match nearest(name, datasets.chain(tables)) {
        Some(meant) => problem.hint(format!("`{meant}`")),
        None if catalog.tables.is_empty() => {
            problem.because("no table is known in this account and region")
        }
        None => problem.hint("`driftscope tables` lists what there is"),
    }
}

/// `FROM dataset.part`: a copy, a table, or an index.
fn part_of_dataset(dataset: &BoundDataset, part: &str) -> Result<Target, Problem> {
    let name = &dataset.dataset.name;
    let parts = parts_of(dataset);
    let mut found: Vec<&Target> = Vec::new();
    for (label, target) in &parts {
        if *label == part && !found.contains(&target) {
            found.push(target);
        }
    }
    match found[..] {
        [one] => Ok(one.clone()),
        [] => Err(dataset
            .failed
            .iter()
            .find(|(copy, _)| copy.as_str() == part)
            .map_or_else(
                || {
                    let known: Vec<&str> = parts.iter().map(|(label, _)| *label).collect();
                    no_part(&format!("dataset `{name}`"), part, &known)
                },
                |(_, problem)| problem.clone(),
            )),
        _ => {
            let meanings: Vec<String> = found.iter().map(ToString::to_string).collect();
            Err(
                Problem::new(format!("`{name}.{part}` has more than one meaning"))
                    .because(meanings.join(", or "))
                    .hint("the table itself: `FROM table` or `FROM table.index`"),
            )
        }
    }
}

/// What can be named behind a dataset: its copies, its tables, and their indexes.
fn parts_of(dataset: &BoundDataset) -> Vec<(&str, Target)> {
    let pinned = |table: &Table, index: Option<&IndexName>| Target::Pinned {
        dataset: dataset.dataset.name.clone(),
        table: table.name.clone(),
        index: index.cloned(),
    };
    let mut parts = Vec::new();
    for copy in &dataset.copies {
        parts.push((copy.mapping.name.as_str(), pinned(&copy.table, None)));
    }
    for table in std::iter::once(&dataset.base).chain(dataset.copies.iter().map(|c| &c.table)) {
        parts.push((table.name.as_str(), pinned(table, None)));
        for index in &table.indexes {
            parts.push((index.name.as_str(), pinned(table, Some(&index.name))));
        }
    }
    parts
}

fn no_part(whole: &str, part: &str, known: &[&str]) -> Problem {
    let problem = Problem::new(format!("{whole} has no part `{part}`"));
    if let Some(meant) = nearest(part, known.iter().copied()) {
        return problem.hint(format!("`{meant}`"));
    }
    if known.is_empty() {
        return problem;
    }
    let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    problem.hint(list.join(", "))
}

/// `FROM table.index`.
fn part_of_table(name: &str, part: &str, catalog: &Catalog) -> Result<Target, Problem> {
    let dotted = format!("{name}.{part}");
    let state = catalog.tables.get(name);
    if state.is_none() && catalog.tables.contains_key(dotted.as_str()) {
        return Err(
            Problem::new(format!("there is no dataset or table `{name}`"))
                .hint(format!("`FROM \"{dotted}\"`")),
        );
    }
    if let Some(TableState::Ready(table)) = state
        && table.index(part).is_none()
    {
        let known: Vec<&str> = table.indexes.iter().map(|i| i.name.as_str()).collect();
        return Err(no_part(&format!("table `{name}`"), part, &known));
    }
    match state {
        Some(_) => Ok(Target::Table {
            table: TableName::from(name),
            index: Some(IndexName::from(part)),
        }),
        None => Err(unknown(name, catalog)),
    }
}

#[cfg(test)]
mod tests;

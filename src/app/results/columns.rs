//! Which columns the rows have: keys first, then what the request speaks of, then the rest by name.

use crate::domain::expr::{Path, paths_of_predicate};
use crate::domain::item::Block;
use crate::domain::query::{Request, Select};
use crate::domain::schema::KeySchema;
use std::collections::HashSet;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it shows of each row.
    pub path: Path,
    /// Its heading: the path as text.
    pub title: String,
}

/// The columns of a result.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    list: Vec<Column>,
    known: HashSet<String>,
    fixed: bool,
}

impl Columns {
    /// The columns that a request has from the start.
    #[must_use]
    pub fn of(request: &Request, key: Option<&KeySchema>) -> Self {
        let mut columns = Self::default();
        match &request.select {
            Select::Paths(paths) => {
                columns.fixed = true;
                for path in paths {
                    columns.add(path.clone());
                }
            }
            Select::Count => columns.fixed = true,
            Select::All => {
                for attribute in key.iter().flat_map(|key| key.attributes()) {
                    columns.add(Path::top(attribute.name.clone()));
                }
                let ordered = request.order.iter().map(|order| &order.path);
                for path in ordered.chain(paths_of_predicate(&request.filter)) {
                    columns.add(Path::top(path.root.clone()));
                }
            }
        }
        columns
    }

    /// Adds columns for attributes of a block that have none yet.
    pub fn discover(&mut self, block: &Block) {
        if self.fixed {
            return;
        }
        let mut new: Vec<&str> = block
            .names()
            .filter(|name| !self.known.contains(*name))
            .collect();
        // The service sends attributes in no order; columns keep their places from run to run.
        new.sort_unstable();
        for name in new {
            self.add(Path::top(name));
        }
    }

    /// The columns, from the left.
    #[must_use]
    pub fn list(&self) -> &[Column] {
        &self.list
    }

    fn add(&mut self, path: Path) {
        let title = path
            .as_top()
            .map_or_else(|| path.to_string(), str::to_owned);
        if self.known.insert(title.clone()) {
            self.list.push(Column { path, title });
        }
    }
}

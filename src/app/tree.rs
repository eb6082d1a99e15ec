//! The tree of datasets, copies, indexes, and other tables: its rows and what is selected.
//!
//! Rows are rebuilt from the catalog when it changes; the selection is a [`Node`], so it stays
//! where it is while tables come in above it.

use super::scroll::{Motion, Scroll};
use crate::domain::mapping::Dataset;
use crate::domain::names::{CopyName, DatasetName, IndexName, TableName};
use crate::domain::schema::{Catalog, TableState};
use std::collections::BTreeSet;

/// What a row of the tree stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A dataset.
    Dataset(DatasetName),
    /// The base table of a dataset.
    Base(DatasetName, TableName),
    /// A copy of a dataset.
    Copy(DatasetName, CopyName),
    /// Tables outside every dataset.
    Others,
    /// A table outside every dataset.
    Table(TableName),
    /// An index of a table; with the dataset when that table is its base.
    Index(Option<DatasetName>, TableName, IndexName),
}

impl Node {
    /// The dataset it belongs to.
    #[must_use]
    pub const fn dataset(&self) -> Option<&DatasetName> {
        match self {
            Self::Dataset(d) | Self::Base(d, _) | Self::Copy(d, _) => Some(d),
            Self::Index(d, ..) => d.as_ref(),
            Self::Others | Self::Table(_) => None,
        }
    }

    /// The name after FROM that reads it.
    #[must_use]
    pub fn from_parts(&self) -> Option<Vec<String>> {
        let parts: Vec<&str> = match self {
            Self::Dataset(d) => vec![d.as_str()],
            Self::Base(d, t) => vec![d.as_str(), t.as_str()],
            Self::Copy(d, c) => vec![d.as_str(), c.as_str()],
            Self::Others => return None,
            Self::Table(t) => vec![t.as_str()],
            Self::Index(Some(d), _, i) => vec![d.as_str(), i.as_str()],
            Self::Index(None, t, i) => vec![t.as_str(), i.as_str()],
        };
        Some(parts.into_iter().map(str::to_owned).collect())
    }

    /// Its name as the tree shows it.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Dataset(d) => d.as_str(),
            Self::Base(_, t) | Self::Table(t) => t.as_str(),
            Self::Copy(_, c) => c.as_str(),
            Self::Others => "tables",
            Self::Index(_, _, i) => i.as_str(),
        }
    }

    /// Datasets are open from the start, tables are not.
    const fn starts_open(&self) -> bool {
        !matches!(self, Self::Table(_) | Self::Copy(..))
    }
}

/// Whether a row has rows below it, and whether they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Nothing below it.
    Leaf,
    /// Shown.
    Open,
    /// Not shown.
    Closed,
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// What it stands for.
    pub node: Node,
    /// How deep it lies.
    pub depth: usize,
    /// What is below it.
    pub fold: Fold,
}

/// The tree.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Rows as shown.
    pub rows: Vec<TreeRow>,
    /// Cursor and first row shown.
    pub scroll: Scroll,
    /// Only rows that contain this.
    pub filter: String,
    toggled: BTreeSet<Node>,
}

impl Tree {
    /// The node under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&Node> {
        self.rows.get(self.scroll.cursor).map(|row| &row.node)
    }

    /// Moves the cursor.
    pub fn step(&mut self, motion: Motion, height: usize) {
        self.scroll.step(motion, self.rows.len(), height);
    }

    /// Builds the rows anew; the cursor stays on its node, or goes to the first that the filter wants.
    pub fn rebuild(&mut self, catalog: &Catalog, height: usize) {
        let selected = self.selected().cloned();
        let mut builder = Builder {
            tree: self,
            rows: Vec::new(),
        };
        builder.datasets(catalog);
        builder.others(catalog);
        self.rows = builder.rows;
        let mut rows = self.rows.iter();
        let cursor = match selected.filter(|node| self.matches(node)) {
            Some(node) => rows.position(|row| row.node == node),
            None if !self.filter.is_empty() => rows.position(|row| self.matches(&row.node)),
            // At first, on something that can be read: a heading cannot.
            None => rows.position(|row| row.node != Node::Others),
        };
        let cursor = cursor.unwrap_or(self.scroll.cursor);
        self.scroll.put(cursor, self.rows.len(), height);
    }

    /// Opens or closes the selected row. Rows have to be rebuilt.
    pub fn toggle(&mut self) {
        if let Some(node) = self.selected().cloned()
            && !self.toggled.remove(&node)
        {
            self.toggled.insert(node);
        }
    }

    /// Closes the selected row, or goes to the row above that holds it. Rows have to be rebuilt.
    pub fn close(&mut self, height: usize) {
        let Some(row) = self.rows.get(self.scroll.cursor) else {
            return;
        };
        if row.fold == Fold::Open {
            self.toggle();
        } else if let Some(parent) = self.rows[..self.scroll.cursor]
            .iter()
            .rposition(|above| above.depth < row.depth)
        {
            self.scroll.put(parent, self.rows.len(), height);
        }
    }

    /// Opens the selected row. Rows have to be rebuilt.
    pub fn open(&mut self) {
        if self
            .rows
            .get(self.scroll.cursor)
            .is_some_and(|row| row.fold == Fold::Closed)
        {
            self.toggle();
        }
    }

    fn is_open(&self, node: &Node) -> bool {
        !self.filter.is_empty() || node.starts_open() != self.toggled.contains(node)
    }

    fn matches(&self, node: &Node) -> bool {
        self.filter.is_empty()
            || node
                .label()
                .to_lowercase()
                .contains(&self.filter.to_lowercase())
    }
}

/// Builds rows from the catalog.
struct Builder<'a> {
    tree: &'a Tree,
    rows: Vec<TreeRow>,
}

impl Builder<'_> {
    /// Adds a row with what lies below it, as far as it is open and matches the filter.
    fn add(&mut self, node: Node, depth: usize, children: impl FnOnce(&mut Self)) {
        let at = self.rows.len();
        let open = self.tree.is_open(&node);
        let matches = self.tree.matches(&node);
        children(self);
        let below = self.rows.len() > at;
        if !open {
            self.rows.truncate(at);
        }
        let fold = match (below, open) {
            (false, _) => Fold::Leaf,
            (true, true) => Fold::Open,
            (true, false) => Fold::Closed,
        };
        if matches || self.rows.len() > at {
            self.rows.insert(at, TreeRow { node, depth, fold });
        }
    }

    fn datasets(&mut self, catalog: &Catalog) {
        for dataset in catalog.files.iter().flat_map(|file| &file.datasets) {
            self.add(Node::Dataset(dataset.name.clone()), 0, |builder| {
                builder.members(dataset, catalog);
            });
        }
    }

    fn members(&mut self, dataset: &Dataset, catalog: &Catalog) {
        let name = &dataset.name;
        self.add(
            Node::Base(name.clone(), dataset.base.clone()),
            1,
            |builder| builder.indexes(Some(name), &dataset.base, catalog, 2),
        );
        for copy in dataset.copies.values() {
            self.add(Node::Copy(name.clone(), copy.name.clone()), 1, |builder| {
                builder.indexes(None, &copy.table, catalog, 2);
            });
        }
    }

    fn indexes(
        &mut self,
        dataset: Option<&DatasetName>,
        table: &TableName,
        catalog: &Catalog,
        depth: usize,
    ) {
        for index in catalog
            .table(table.as_str())
            .map(|t| t.indexes.as_slice())
            .unwrap_or_default()
        {
            let node = Node::Index(dataset.cloned(), table.clone(), index.name.clone());
            self.add(node, depth, |_| {});
        }
    }

    fn others(&mut self, catalog: &Catalog) {
        let others: Vec<&TableName> = catalog
            .tables
            .keys()
            .filter(|table| !is_of_a_dataset(catalog, table))
            .collect();
        if others.is_empty() {
            return;
        }
        self.add(Node::Others, 0, |builder| {
            for table in others {
                builder.add(Node::Table(table.clone()), 1, |inner| {
                    inner.indexes(None, table, catalog, 2);
                });
            }
        });
    }
}

/// The table a node reads, when the catalog knows which.
#[must_use]
pub fn table_of<'a>(catalog: &'a Catalog, node: &'a Node) -> Option<&'a TableName> {
    match node {
        Node::Base(_, table) | Node::Table(table) | Node::Index(_, table, _) => Some(table),
        Node::Dataset(dataset) => declared(catalog, dataset).map(|d| &d.base),
        Node::Copy(dataset, copy) => declared(catalog, dataset)?
            .copies
            .get(copy)
            .map(|mapping| &mapping.table),
        Node::Others => None,
    }
}

/// A dataset as its file declares it.
#[must_use]
pub fn declared<'a>(catalog: &'a Catalog, name: &DatasetName) -> Option<&'a Dataset> {
    catalog
        .files
        .iter()
        .flat_map(|file| &file.datasets)
        .find(|dataset| dataset.name == *name)
}

/// Whether a dataset names the table as its base or a copy.
#[must_use]
pub fn is_of_a_dataset(catalog: &Catalog, table: &TableName) -> bool {
    let mut datasets = catalog.files.iter().flat_map(|file| &file.datasets);
    datasets.any(|d| d.base == *table || d.copies.values().any(|copy| copy.table == *table))
}

/// Tables that could not be described.
#[must_use]
pub fn failed_tables(catalog: &Catalog) -> Vec<TableName> {
    catalog
        .tables
        .iter()
        .filter(|(_, state)| matches!(state, TableState::Failed(_)))
        .map(|(name, _)| name.clone())
        .collect()
}

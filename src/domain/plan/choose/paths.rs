//! Which paths a target has.

use crate::domain::mapping::BoundDataset;
use crate::domain::names::{DatasetName, IndexName, TableName};
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::schema::{Catalog, Table, TableState};

/// A table, or an index of it.
pub(super) type Place = (TableName, Option<IndexName>);

/// What a request is asked of.
#[derive(Debug)]
pub(in crate::domain::plan) struct Scope<'a> {
    /// The dataset, unless a table's own items are asked.
    pub(in crate::domain::plan) dataset: Option<&'a BoundDataset>,
    /// The base table, or the table asked.
    pub(in crate::domain::plan) base: &'a Table,
    /// The path that has to be taken.
    pub(in crate::domain::plan) pin: Option<Place>,
}

/// Finds tables and dataset of a target.
pub(in crate::domain::plan) fn scope<'a>(
    catalog: &'a Catalog,
    target: &Target,
) -> Result<Scope<'a>, Problem> {
    match target {
        Target::Dataset(name) => dataset(catalog, name).map(|dataset| Scope {
            dataset: Some(dataset),
            base: &dataset.base,
            pin: None,
        }),
        Target::Pinned {
            dataset: name,
            table,
            index,
        } => dataset(catalog, name).map(|dataset| Scope {
            dataset: Some(dataset),
            base: &dataset.base,
            pin: Some((table.clone(), index.clone())),
        }),
        Target::Table { table: name, index } => table(catalog, name).map(|table| Scope {
            dataset: None,
            base: table,
            pin: index.clone().map(|index| (name.clone(), Some(index))),
        }),
    }
}

fn dataset<'a>(catalog: &'a Catalog, name: &DatasetName) -> Result<&'a BoundDataset, Problem> {
    match catalog.datasets.get(name) {
        Some(Ok(dataset)) => Ok(dataset),
        Some(Err(problem)) => Err(problem.clone()),
        None => Err(Problem::new(format!("there is no dataset `{name}`"))),
    }
}

fn table<'a>(catalog: &'a Catalog, name: &TableName) -> Result<&'a Table, Problem> {
    match catalog.tables.get(name) {
        Some(TableState::Ready(table)) => Ok(table),
        Some(TableState::Failed(problem)) => Err(problem.clone()),
        Some(TableState::Listed) => {
            Err(Problem::new(format!("table `{name}` is not described yet")))
        }
        None => Err(Problem::new(format!("there is no table `{name}`"))),
    }
}

/// Every table and index: of the base first, then of each copy.
pub(in crate::domain::plan) fn paths<'a>(
    context: &Context<'a>,
    scope: &Scope<'a>,
) -> Vec<AccessPath<'a>> {
    let copies = scope.dataset.into_iter().flat_map(|dataset| {
        dataset.copies.iter().map(move |copy| AccessPath {
            table: &copy.table,
            index: None,
            copy: Some((dataset, copy)),
        })
    });
    std::iter::once(context.base_path())
        .chain(copies)
        .flat_map(|path| {
            let indexes = path.table.indexes.iter().map(move |index| AccessPath {
                index: Some(index),
                ..path
            });
            std::iter::once(path).chain(indexes)
        })
        .collect()
}

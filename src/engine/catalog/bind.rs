//! Events into the catalog, and datasets bound when their tables are known.

use super::CatalogEvent;
use crate::domain::mapping::{BoundDataset, Dataset, DatasetFile, bind};
use crate::domain::names::TableName;
use crate::domain::problem::Problem;
use crate::domain::schema::{Catalog, Table, TableState};

/// Applies an event to a catalog and binds the datasets it completes: at the last of base and
/// copies to become known, or at once when the base failed.
pub fn apply(catalog: &mut Catalog, event: CatalogEvent) {
    match event {
        CatalogEvent::Listed(names) => {
            for name in names {
                catalog.tables.entry(name).or_insert(TableState::Listed);
            }
        }
        CatalogEvent::Table(name, state) => {
            catalog.tables.insert(name.clone(), *state);
            catalog.forget_recreated();
            bind_datasets_of(catalog, &name);
        }
        CatalogEvent::ListFailed(_) | CatalogEvent::Done => {}
    }
}

fn bind_datasets_of(catalog: &mut Catalog, table: &TableName) {
    let mut bound = Vec::new();
    for file in &catalog.files {
        for dataset in file.datasets.iter().filter(|d| names(d, table)) {
            if is_decided(catalog, dataset) {
                bound.push((dataset.name.clone(), bind_one(catalog, file, dataset)));
            }
        }
    }
    catalog.datasets.extend(bound);
}

fn names(dataset: &Dataset, table: &TableName) -> bool {
    dataset.base == *table || dataset.copies.values().any(|copy| copy.table == *table)
}

/// Whether nothing that is still to come can change what binding gives.
fn is_decided(catalog: &Catalog, dataset: &Dataset) -> bool {
    let known = |table: &TableName| {
        matches!(
            catalog.tables.get(table),
            Some(TableState::Ready(_) | TableState::Failed(_))
        )
    };
    let base_failed = matches!(
        catalog.tables.get(&dataset.base),
        Some(TableState::Failed(_))
    );
    base_failed || known(&dataset.base) && dataset.copies.values().all(|copy| known(&copy.table))
}

fn bind_one(
    catalog: &Catalog,
    file: &DatasetFile,
    dataset: &Dataset,
) -> Result<BoundDataset, Problem> {
    bind(dataset, &file.path, &file.text, &|name| {
        described(catalog, name)
    })
}

fn described(catalog: &Catalog, name: &str) -> Result<Table, Problem> {
    match catalog.tables.get(name) {
        Some(TableState::Ready(table)) => Ok(table.clone()),
        Some(TableState::Failed(problem)) => Err(problem.clone()),
        Some(TableState::Listed) | None => {
            Err(Problem::new(format!("table `{name}` is not described yet")))
        }
    }
}

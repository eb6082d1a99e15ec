//! Loads the catalog: names as they arrive, descriptions lazily and bounded, datasets bound as their tables become known.

use crate::domain::mapping::DatasetFile;
use crate::domain::names::TableName;
use crate::domain::read::ReadError;
use crate::domain::schema::{Catalog, TableState};
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// What happens while the catalog loads.
#[derive(Debug, Clone)]
pub enum CatalogEvent {
    /// A page of names came.
    Listed(Vec<TableName>),
    /// Listing failed (tables named in dataset files are still described).
    ListFailed(ReadError),
    /// A table was described, or that failed.
    Table(TableName, Box<TableState>),
    /// Nothing more will come.
    Done,
}

/// Loads names and descriptions; tables of dataset files first; at most 8 descriptions at once.
pub async fn load(
    _store: Arc<dyn Store>,
    _files: Vec<DatasetFile>,
    _events: Sender<CatalogEvent>,
    _cancel: CancellationToken,
) {
    todo!()
}

/// Loads everything and returns it whole: for headless commands. `only`: describe these tables alone and do not list.
///
/// # Errors
/// When listing fails and no dataset file names a table.
pub async fn load_all(
    _store: Arc<dyn Store>,
    _files: Vec<DatasetFile>,
    _only: Option<Vec<TableName>>,
) -> Result<Catalog, ReadError> {
    todo!()
}

/// Applies an event to a catalog and binds the datasets it completes.
pub fn apply(_catalog: &mut Catalog, _event: CatalogEvent) {
    todo!()
}

//! Loads the catalog: names as they arrive, descriptions lazily and bounded, datasets bound as
//! their tables become known.
//!
//! Owns which tables are described and when. [`load`] describes the tables of dataset files first
//! and then the first [`EAGER`] others in the order they are listed, so that 600 tables neither
//! freeze the list nor cost 600 calls; the rest waits until somebody asks ([`describe`]). A table
//! that cannot be described never hides the others.

mod bind;

pub use bind::apply;

use crate::domain::mapping::DatasetFile;
use crate::domain::names::TableName;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::schema::{Catalog, Table, TableState};
use crate::store::{Names, Store};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Descriptions under way at once.
const AT_ONCE: usize = 8;

/// Tables outside dataset files that are described without being asked for.
pub const EAGER: usize = 50;

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
    store: Arc<dyn Store>,
    files: Vec<DatasetFile>,
    events: Sender<CatalogEvent>,
    cancel: CancellationToken,
) {
    let mut loader = Loader::new(store, events, dataset_tables(&files), EAGER);
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        _closed = loader.run(Listing::All) => {}
    }
}

/// Describes `tables` on demand, at most 8 at once. Sends no [`CatalogEvent::Done`].
pub async fn describe(
    store: Arc<dyn Store>,
    tables: Vec<TableName>,
    events: Sender<CatalogEvent>,
    cancel: CancellationToken,
) {
    let mut loader = Loader::new(store, events, tables, 0);
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        _closed = loader.describe_all() => {}
    }
}

/// Loads everything and returns it whole: for headless commands. `only`: describe these tables alone and do not list.
///
/// # Errors
/// When not a single table could be described, and the reason is none of a table's own: no
/// connection, no credentials, no permission to list.
pub async fn load_all(
    store: Arc<dyn Store>,
    files: Vec<DatasetFile>,
    only: Option<Vec<TableName>>,
) -> Result<Catalog, ReadError> {
    let (events, mut arriving) = channel(64);
    let (listing, tables) = match only {
        Some(tables) => (Listing::None, tables),
        None => (Listing::All, dataset_tables(&files)),
    };
    let mut loader = Loader::new(store, events, tables, usize::MAX);
    let mut catalog = Catalog {
        files,
        ..Catalog::default()
    };
    let load = async {
        // The receiver below lives as long as this runs.
        let _open = loader.run(listing).await;
        let Loader { outage, .. } = loader;
        outage
    };
    let collect = async {
        while let Some(event) = arriving.recv().await {
            apply(&mut catalog, event);
        }
    };
    let (outage, ()) = tokio::join!(load, collect);
    let any = catalog
        .tables
        .values()
        .any(|state| matches!(state, TableState::Ready(_)));
    match outage {
        Some(error) if !any => Err(error),
        _ => Ok(catalog),
    }
}

/// The tables that dataset files name, each once, in file order, a base before its copies.
fn dataset_tables(files: &[DatasetFile]) -> Vec<TableName> {
    let mut seen = HashSet::new();
    files
        .iter()
        .flat_map(|file| &file.datasets)
        .flat_map(|dataset| {
            let copies = dataset.copies.values().map(|copy| &copy.table);
            std::iter::once(&dataset.base).chain(copies)
        })
        .filter(|table| seen.insert(*table))
        .cloned()
        .collect()
}

/// Whether names are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    All,
    None,
}

/// Nobody listens any more.
#[derive(Debug)]
struct Closed;

/// A load under way. Dropping it drops its requests.
#[derive(Debug)]
struct Loader {
    store: Arc<dyn Store>,
    events: Sender<CatalogEvent>,
    waiting: VecDeque<TableName>,
    known: HashSet<TableName>,
    /// How many more listed tables are described without being asked for.
    eager: usize,
    running: JoinSet<(TableName, Result<Table, ReadError>)>,
    /// The first failure that is not one table's own.
    outage: Option<ReadError>,
}

impl Loader {
    fn new(
        store: Arc<dyn Store>,
        events: Sender<CatalogEvent>,
        first: Vec<TableName>,
        eager: usize,
    ) -> Self {
        Self {
            store,
            events,
            known: first.iter().cloned().collect(),
            waiting: first.into(),
            eager,
            running: JoinSet::new(),
            outage: None,
        }
    }

    /// Lists and describes side by side, then says that it is done.
    async fn run(&mut self, listing: Listing) -> Result<(), Closed> {
        if listing == Listing::All {
            let store = Arc::clone(&self.store);
            let mut page = store.list_tables(None);
            loop {
                self.fill();
                tokio::select! {
                    listed = &mut page => match self.listed(listed).await? {
                        Some(next) => page = store.list_tables(Some(next)),
                        None => break,
                    },
                    Some(described) = self.running.join_next() => self.described(described).await?,
                }
            }
        }
        self.describe_all().await?;
        self.send(CatalogEvent::Done).await
    }

    async fn describe_all(&mut self) -> Result<(), Closed> {
        loop {
            self.fill();
            match self.running.join_next().await {
                Some(described) => self.described(described).await?,
                None => return Ok(()),
            }
        }
    }

    /// Keeps as many descriptions under way as allowed.
    fn fill(&mut self) {
        while self.running.len() < AT_ONCE
            && let Some(table) = self.waiting.pop_front()
        {
            let store = Arc::clone(&self.store);
            self.running.spawn(async move {
                let described = store.describe_table(&table).await;
                (table, described)
            });
        }
    }

    /// Passes names on; where to go on listing.
    async fn listed(
        &mut self,
        page: Result<Names, ReadError>,
    ) -> Result<Option<TableName>, Closed> {
        match page {
            Ok(Names { names, next }) => {
                for name in &names {
                    if self.eager > 0 && self.known.insert(name.clone()) {
                        self.eager -= 1;
                        self.waiting.push_back(name.clone());
                    }
                }
                self.send(CatalogEvent::Listed(names)).await?;
                Ok(next)
            }
            Err(error) => {
                self.outage.get_or_insert_with(|| error.clone());
                self.send(CatalogEvent::ListFailed(error)).await?;
                Ok(None)
            }
        }
    }

    async fn described(
        &mut self,
        joined: Result<(TableName, Result<Table, ReadError>), tokio::task::JoinError>,
    ) -> Result<(), Closed> {
        // A description that panicked names no table; its table stays listed, the others go on.
        let Ok((name, described)) = joined else {
            return Ok(());
        };
        let state = match described {
            Ok(table) => TableState::Ready(table),
            Err(error) => {
                if !is_its_own(error.kind) {
                    self.outage.get_or_insert_with(|| error.clone());
                }
                TableState::Failed(error.problem)
            }
        };
        self.send(CatalogEvent::Table(name, Box::new(state))).await
    }

    async fn send(&self, event: CatalogEvent) -> Result<(), Closed> {
        self.events.send(event).await.map_err(|_gone| Closed)
    }
}

/// Whether a failure to describe a table says nothing of other tables.
const fn is_its_own(kind: ReadErrorKind) -> bool {
    matches!(
        kind,
        ReadErrorKind::NotFound | ReadErrorKind::Denied | ReadErrorKind::Invalid
    )
}

#[cfg(test)]
mod tests;

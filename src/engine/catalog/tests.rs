use super::*;
use crate::domain::problem::Problem;
use crate::domain::read::{ReadPage, ReadRequest};
use crate::domain::schema::{KeyAttribute, KeyKind, KeySchema};
use crate::store::Identity;
use async_trait::async_trait;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tables `t000`, `t001`, …, listed a hundred at a time; some fail.
#[derive(Debug, Default)]
struct Shelf {
    tables: usize,
    denied: Vec<&'static str>,
    unlisted: Option<ReadErrorKind>,
    unreachable: bool,
    described: Mutex<Vec<TableName>>,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

fn failure(kind: ReadErrorKind) -> ReadError {
    ReadError {
        kind,
        problem: Problem::new("refused"),
    }
}

fn table(name: &TableName) -> Table {
    let key = KeySchema {
        partition: [KeyAttribute {
            name: "id".to_owned(),
            kind: KeyKind::S,
        }]
        .into(),
        sort: [].into(),
    };
    Table::new(name.clone(), key)
}

#[async_trait]
impl Store for Shelf {
    async fn read(&self, _request: ReadRequest) -> Result<ReadPage, ReadError> {
        Err(failure(ReadErrorKind::Denied))
    }
    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        if let Some(kind) = self.unlisted {
            return Err(failure(kind));
        }
        let from = start.map_or(0, |name| name.as_str()[1..].parse().unwrap_or(0) + 1);
        let to = self.tables.min(from + 100);
        let names: Vec<TableName> = (from..to).map(|n| format!("t{n:03}").into()).collect();
        let next = (to < self.tables).then(|| names.last().cloned()).flatten();
        Ok(Names { names, next })
    }
    async fn describe_table(&self, name: &TableName) -> Result<Table, ReadError> {
        if self.unreachable {
            return Err(failure(ReadErrorKind::Connection));
        }
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.described.lock().unwrap().push(name.clone());
        if self.denied.contains(&name.as_str()) {
            return Err(failure(ReadErrorKind::Denied));
        }
        Ok(table(name))
    }
    async fn time_to_live(&self, _table: &TableName) -> Result<Option<String>, ReadError> {
        Ok(None)
    }
    fn identity(&self) -> Identity {
        Identity::default()
    }
}

async fn events_of(store: Arc<Shelf>) -> Vec<CatalogEvent> {
    let (sender, mut receiver) = channel(1_000);
    load(store, Vec::new(), sender, CancellationToken::new()).await;
    let mut events = Vec::new();
    while let Some(event) = receiver.recv().await {
        events.push(event);
    }
    events
}

#[tokio::test]
async fn six_hundred_tables_are_all_listed_but_only_the_first_fifty_described() {
    let store = Arc::new(Shelf {
        tables: 600,
        ..Shelf::default()
    });
    let events = events_of(Arc::clone(&store)).await;
    let pages = events
        .iter()
        .filter(|event| matches!(event, CatalogEvent::Listed(_)));
    assert_eq!(pages.count(), 6);
    let mut catalog = Catalog::default();
    for event in events {
        apply(&mut catalog, event);
    }
    assert_eq!(catalog.tables.len(), 600);
    let described = store.described.lock().unwrap();
    assert_eq!(described.len(), EAGER);
    assert!(described.iter().all(|name| name.as_str() < "t050"));
}

#[tokio::test]
async fn at_most_eight_descriptions_are_under_way_at_once() {
    let store = Arc::new(Shelf {
        tables: 40,
        ..Shelf::default()
    });
    events_of(Arc::clone(&store)).await;
    assert_eq!(store.most_at_once.load(Ordering::SeqCst), AT_ONCE);
}

#[tokio::test]
async fn a_denied_table_fails_alone() {
    let store = Arc::new(Shelf {
        tables: 3,
        denied: vec!["t001"],
        ..Shelf::default()
    });
    let catalog = load_all(store, Vec::new(), None).await.unwrap();
    assert!(catalog.table("t000").is_some());
    assert!(catalog.table("t002").is_some());
    assert!(matches!(
        catalog.tables.get("t001"),
        Some(TableState::Failed(_))
    ));
}

#[tokio::test]
async fn a_table_is_described_on_demand_without_listing() {
    let store = Arc::new(Shelf::default());
    let (sender, mut receiver) = channel(10);
    let wanted = vec!["x".into(), "y".into()];
    describe(store, wanted, sender, CancellationToken::new()).await;
    let mut catalog = Catalog::default();
    while let Some(event) = receiver.recv().await {
        assert!(matches!(event, CatalogEvent::Table(..)));
        apply(&mut catalog, event);
    }
    assert!(catalog.table("x").is_some() && catalog.table("y").is_some());
}

#[tokio::test]
async fn only_the_tables_asked_for_are_described() {
    let store = Arc::new(Shelf {
        tables: 5,
        ..Shelf::default()
    });
    let only = Some(vec!["t003".into()]);
    let catalog = load_all(store, Vec::new(), only).await.unwrap();
    assert_eq!(catalog.tables.len(), 1);
    assert!(catalog.table("t003").is_some());
}

#[tokio::test]
async fn listing_that_is_refused_is_an_error_when_nothing_else_is_known() {
    let store = Arc::new(Shelf {
        unlisted: Some(ReadErrorKind::Denied),
        ..Shelf::default()
    });
    let error = load_all(store, Vec::new(), None).await.unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Denied);
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_an_error() {
    let store = Arc::new(Shelf {
        unreachable: true,
        ..Shelf::default()
    });
    let only = Some(vec!["t".into()]);
    let error = load_all(store, Vec::new(), only).await.unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Connection);
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_no_outage() {
    let store = Arc::new(Shelf {
        denied: vec!["ghost"],
        ..Shelf::default()
    });
    let only = Some(vec!["ghost".into()]);
    let catalog = load_all(store, Vec::new(), only).await.unwrap();
    assert!(matches!(
        catalog.tables.get("ghost"),
        Some(TableState::Failed(_))
    ));
}

#[tokio::test]
async fn a_cancelled_load_describes_nothing_more() {
    let store = Arc::new(Shelf {
        tables: 600,
        ..Shelf::default()
    });
    let (sender, _receiver) = channel(1_000);
    let cancel = CancellationToken::new();
    cancel.cancel();
    load(store.clone(), Vec::new(), sender, cancel).await;
    assert!(store.described.lock().unwrap().is_empty());
}

//! Loading the catalog from a server.

use crate::support::{Server, Watched};
use driftscope::domain::mapping::{DatasetFile, parse_dataset_file};
use driftscope::domain::schema::{Catalog, TableState};
use driftscope::engine::catalog::{CatalogEvent, apply, load, load_all};
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

const FILE: &str = r#"
version = 1
[dataset.orders]
base = "orders"
[dataset.orders.copy.by_state]
table = "orders_by_state"
[dataset.orders.copy.by_day]
table = "orders_by_day"
"#;

fn files() -> Vec<DatasetFile> {
    vec![parse_dataset_file("orders.toml", FILE).unwrap()]
}

async fn server() -> Server {
    let server = Server::start().await;
    server.db.create("a_stranger", &["id"]);
    server.db.create("orders", &["id"]);
    server.db.create("orders_by_day", &["day", "id"]);
    server.db.create("orders_by_state", &["state", "id"]);
    server
}

#[tokio::test]
async fn a_dataset_is_bound_once_its_base_and_copies_are_described() {
    let server = server().await;
    let catalog = load_all(server.store, files(), None).await.unwrap();
    let dataset = catalog.dataset("orders").unwrap();
    let copies: Vec<&str> = dataset
        .copies
        .iter()
        .map(|copy| copy.mapping.name.as_str())
        .collect();
    assert_eq!(copies, ["by_state", "by_day"]);
    assert!(catalog.table("a_stranger").is_some());
}

#[tokio::test]
async fn tables_of_dataset_files_are_described_before_others() {
    let server = server().await;
    let (events, mut arriving) = channel(100);
    load(server.store, files(), events, CancellationToken::new()).await;
    let mut catalog = Catalog {
        files: files(),
        ..Catalog::default()
    };
    let mut last = None;
    while let Some(event) = arriving.recv().await {
        if let CatalogEvent::Table(name, _) = &event {
            last = Some(name.clone());
        }
        apply(&mut catalog, event);
    }
    assert_eq!(last.unwrap(), "a_stranger");
    assert!(catalog.dataset("orders").is_some());
}

#[tokio::test]
async fn a_denied_copy_leaves_the_rest_of_its_dataset_usable() {
    let server = server().await;
    let store = Watched::new(&server.store).denying("orders_by_day");
    let catalog = load_all(store.store(), files(), None).await.unwrap();
    assert!(matches!(
        catalog.tables.get("orders_by_day"),
        Some(TableState::Failed(_))
    ));
    let dataset = catalog.dataset("orders").unwrap();
    assert_eq!(dataset.copies.len(), 1);
    assert_eq!(dataset.failed[0].0, "by_day");
}

#[tokio::test]
async fn a_denied_base_fails_its_dataset_and_nothing_else() {
    let server = server().await;
    let store = Watched::new(&server.store).denying("orders");
    let catalog = load_all(store.store(), files(), None).await.unwrap();
    assert!(matches!(catalog.datasets.get("orders"), Some(Err(_))));
    assert!(catalog.table("orders_by_state").is_some());
}

//! The tables under test, and all their items for comparison.

use crate::{shop, writer};
use driftscope::domain::mapping::{DatasetFile, parse_dataset_file};
use driftscope::domain::names::TableName;
use driftscope::domain::query::Consistency;
use driftscope::domain::read::{ReadRequest, Scan};
use driftscope::domain::schema::{Catalog, Table};
use driftscope::domain::value::Item;
use driftscope::engine::catalog::load_all;
use driftscope::sandbox::{Fault, Options, Sandbox};
use driftscope::store::Store;
use driftscope::store::dynamo::Dynamo;
use std::collections::BTreeMap;
use std::io::{Write as _, stderr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Tables somewhere, and what they hold.
pub(crate) struct Fixture {
    pub(crate) endpoint: String,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) catalog: Catalog,
    pub(crate) dataset_path: PathBuf,
    pub(crate) items: BTreeMap<TableName, Vec<Item>>,
    pub(crate) prefix: &'static str,
    _directory: tempfile::TempDir,
    _sandbox: Option<Sandbox>,
}

impl Fixture {
    /// A table's items by the name it has in the sandbox.
    pub(crate) fn items_of(&self, table: &str) -> &[Item] {
        &self.items[format!("{}{table}", self.prefix).as_str()]
    }
}

/// The sandbox's tables without drift.
pub(crate) fn clean() -> &'static Fixture {
    static CLEAN: OnceLock<Fixture> = OnceLock::new();
    CLEAN.get_or_init(|| {
        block_on(build(
            Options {
                drift: false,
                live_writes: false,
                ..Options::default()
            },
            "",
        ))
    })
}

/// The sandbox's tables with its known drift.
pub(crate) fn drifted() -> &'static Fixture {
    static DRIFTED: OnceLock<Fixture> = OnceLock::new();
    DRIFTED.get_or_init(|| {
        block_on(build(
            Options {
                drift: true,
                live_writes: false,
                ..Options::default()
            },
            "drifted_",
        ))
    })
}

/// The shop's tables.
pub(crate) fn shop() -> &'static Fixture {
    static SHOP: OnceLock<Fixture> = OnceLock::new();
    SHOP.get_or_init(|| block_on(build_shop()))
}

pub(crate) fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    });
    runtime.block_on(future)
}

async fn build(options: Options, prefix: &'static str) -> Fixture {
    let sandbox = Sandbox::start(options, |_| {}).unwrap();
    sandbox.ready().await.unwrap();
    let source: Arc<dyn Store> = Arc::new(Dynamo::local(sandbox.endpoint()));
    let tables = load_all(
        Arc::clone(&source),
        vec![file(Sandbox::dataset_text())],
        None,
    )
    .await
    .unwrap();
    let items = all_items(&*source, &tables).await;
    let Some(endpoint) = other_endpoint() else {
        let endpoint = sandbox.endpoint().to_owned();
        return finish(endpoint, "", Sandbox::dataset_text(), items, Some(sandbox)).await;
    };
    let ready: Vec<&Table> = items
        .keys()
        .filter_map(|name| tables.table(name.as_str()))
        .collect();
    writer::copy(&endpoint, prefix, &ready, &items).await;
    let items = items
        .into_iter()
        .map(|(name, items)| (TableName::from(format!("{prefix}{name}")), items))
        .collect();
    let text = Sandbox::dataset_text().replace("\"strikes", &format!("\"{prefix}strikes"));
    finish(endpoint, prefix, &text, items, None).await
}

async fn build_shop() -> Fixture {
    let (endpoint, keys_of_many) = match other_endpoint() {
        Some(endpoint) => (endpoint, shop::KeysOfMany::Unknown),
        None => (serve_empty().await, shop::KeysOfMany::Known),
    };
    let tables = shop::tables(keys_of_many);
    let items = shop::items(&tables);
    writer::copy(&endpoint, "", &tables.iter().collect::<Vec<_>>(), &items).await;
    finish(endpoint, "", shop::DATASET_FILE, items, None).await
}

/// The `DynamoDB` that the environment names.
pub(crate) fn other_endpoint() -> Option<String> {
    let endpoint = std::env::var("DRIFTSCOPE_TEST_ENDPOINT").ok();
    endpoint.filter(|endpoint| !endpoint.is_empty())
}

/// An embedded server without any table, there as long as the program.
async fn serve_empty() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    endpoint
}

async fn finish(
    endpoint: String,
    prefix: &'static str,
    text: &str,
    items: BTreeMap<TableName, Vec<Item>>,
    sandbox: Option<Sandbox>,
) -> Fixture {
    let store: Arc<dyn Store> = Arc::new(Dynamo::local(&endpoint));
    let catalog = load_all(
        Arc::clone(&store),
        vec![file(text)],
        Some(items.keys().cloned().collect()),
    )
    .await
    .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let dataset_path = directory.path().join("driftscope.toml");
    std::fs::write(&dataset_path, text).unwrap();
    Fixture {
        endpoint,
        store,
        catalog,
        dataset_path,
        items,
        prefix,
        _directory: directory,
        _sandbox: sandbox,
    }
}

fn file(text: &str) -> DatasetFile {
    parse_dataset_file("driftscope.toml", text).unwrap()
}

async fn all_items(store: &dyn Store, catalog: &Catalog) -> BTreeMap<TableName, Vec<Item>> {
    let mut all = BTreeMap::new();
    for name in catalog.tables.keys() {
        let (mut items, mut start) = (Vec::new(), None);
        loop {
            let scan = Scan {
                table: name.clone(),
                index: None,
                filter: None,
                projection: None,
                limit: Some(2_500),
                start: start.take(),
                segment: None,
                consistency: Consistency::Strong,
            };
            let page = store.read(ReadRequest::Scan(scan)).await.unwrap();
            items.extend(page.items.iter().map(|i| i.to_item()));
            match page.next {
                Some(next) => start = Some(next),
                None => break,
            }
        }
        all.insert(name.clone(), items);
    }
    all
}

/// A sandbox of its own without drift, whose replicator has these faults; none, and that is said, where
/// another endpoint is tested: nothing copies there what changes.
pub(crate) fn faulty(faults: &[Fault]) -> Option<Sandbox> {
    if other_endpoint().is_some() {
        let test = std::thread::current();
        let test = test.name().unwrap_or_default();
        #[expect(
            clippy::explicit_write,
            reason = "what `eprintln!` writes is shown of tests that fail only"
        )]
        writeln!(stderr(), "not run: {test} (no replicator there)").unwrap();
        return None;
    }
    let options = Options {
        drift: false,
        faults: faults.to_vec(),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options, |_| {}).unwrap();
    block_on(async { sandbox.ready().await.unwrap() });
    Some(sandbox)
}

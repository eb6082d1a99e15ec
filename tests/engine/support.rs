//! An embedded server to read from, and a store that can be watched and disturbed.

use async_trait::async_trait;
use driftscope::domain::item::item_from_dynamo_json;
use driftscope::domain::mapping::{BoundDataset, parse_dataset_file};
use driftscope::domain::names::TableName;
use driftscope::domain::problem::Problem;
use driftscope::domain::read::{ReadError, ReadErrorKind, ReadPage, ReadRequest};
use driftscope::domain::schema::Table;
use driftscope::domain::value::Item;
use driftscope::engine::catalog::load_all;
use driftscope::engine::drift::{CheckOutcome, Checkpoint, DriftOptions, Grace, Means, check};
use driftscope::store::dynamo::Dynamo;
use driftscope::store::{Identity, Names, Store};
use serde_json::{Value as Json, json};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::channel;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// An embedded `DynamoDB`, served on loopback, written to by its own API.
pub(crate) struct Server {
    pub(crate) db: Writer,
    pub(crate) store: Arc<dyn Store>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let db = dynoxide::Database::memory().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            db.clone(),
            async {
                let _stopped = stopped.await;
            },
        ));
        Self {
            db: Writer(db),
            store: Arc::new(Dynamo::local(&endpoint)),
            _stop: stop,
        }
    }
}

/// The server's own API: what driftscope itself does not have.
#[derive(Clone)]
pub(crate) struct Writer(dynoxide::Database);

impl Writer {
    /// Creates a table with text keys.
    pub(crate) fn create(&self, table: &str, keys: &[&str]) {
        let schema: Vec<Json> = keys
            .iter()
            .zip(["HASH", "RANGE"])
            .map(|(name, kind)| json!({"AttributeName": name, "KeyType": kind}))
            .collect();
        let attributes: Vec<Json> = keys
            .iter()
            .map(|name| json!({"AttributeName": name, "AttributeType": "S"}))
            .collect();
        let request = json!({
            "TableName": table, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": schema, "AttributeDefinitions": attributes,
        });
        self.0
            .create_table(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    /// Gives a table a time to live.
    pub(crate) fn expire(&self, table: &str, attribute: &str) {
        let request = json!({
            "TableName": table,
            "TimeToLiveSpecification": {"Enabled": true, "AttributeName": attribute},
        });
        self.0
            .update_time_to_live(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    pub(crate) fn drop_table(&self, table: &str) {
        let request = json!({ "TableName": table });
        self.0
            .delete_table(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    pub(crate) fn put(&self, table: &str, item: &Json) {
        let request = json!({"TableName": table, "Item": item});
        self.0
            .put_item(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    pub(crate) fn delete(&self, table: &str, key: &Json) {
        let request = json!({"TableName": table, "Key": key});
        self.0
            .delete_item(serde_json::from_value(request).unwrap())
            .unwrap();
    }
}

/// What a watched store does with a request.
pub(crate) enum Do {
    /// Reads.
    Read,
    /// Fails.
    Fail(ReadErrorKind),
    /// Never answers.
    Hang,
    /// Answers a batch but for the keys from this one on.
    Withhold(usize),
}

type Hook = dyn FnMut(usize, &ReadRequest) -> Do + Send;

/// A store that notes every read and asks a hook what to do with it.
#[derive(Clone)]
pub(crate) struct Watched {
    inner: Arc<dyn Store>,
    seen: Arc<Mutex<Vec<ReadRequest>>>,
    hook: Arc<Mutex<Box<Hook>>>,
    given_up: Arc<Mutex<usize>>,
    denied: Option<&'static str>,
}

impl Watched {
    /// Only notes.
    pub(crate) fn new(inner: &Arc<dyn Store>) -> Self {
        Self::with(inner, |_, _| Do::Read)
    }

    /// Asks `hook` with the number of the read, from 1, and the request.
    pub(crate) fn with(
        inner: &Arc<dyn Store>,
        hook: impl FnMut(usize, &ReadRequest) -> Do + Send + 'static,
    ) -> Self {
        Self {
            inner: Arc::clone(inner),
            seen: Arc::default(),
            hook: Arc::new(Mutex::new(Box::new(hook))),
            given_up: Arc::default(),
            denied: None,
        }
    }

    /// Refuses to describe `table`, and its time to live.
    pub(crate) fn denying(mut self, table: &'static str) -> Self {
        self.denied = Some(table);
        self
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.clone())
    }

    /// The reads so far.
    pub(crate) fn reads(&self) -> Vec<ReadRequest> {
        self.seen.lock().unwrap().clone()
    }

    /// How many reads that were hanging have been dropped.
    pub(crate) fn given_up(&self) -> usize {
        *self.given_up.lock().unwrap()
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

/// Counts when it is dropped.
struct Hanging(Arc<Mutex<usize>>);

impl Drop for Hanging {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
    }
}

pub(crate) fn failure(kind: ReadErrorKind) -> ReadError {
    ReadError {
        kind,
        problem: Problem::new("refused by the test"),
    }
}

#[async_trait]
impl Store for Watched {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(request.clone());
            seen.len()
        };
        let action = (self.hook.lock().unwrap())(number, &request);
        match (action, request) {
            (Do::Fail(kind), _) => Err(failure(kind)),
            (Do::Hang, _) => {
                let _hanging = Hanging(Arc::clone(&self.given_up));
                std::future::pending().await
            }
            (Do::Withhold(from), ReadRequest::BatchGet(mut batch)) => {
                let unprocessed = batch.keys.split_off(from);
                let mut page = self.inner.read(ReadRequest::BatchGet(batch)).await?;
                page.unprocessed = unprocessed;
                Ok(page)
            }
            (_, request) => self.inner.read(request).await,
        }
    }
    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        self.inner.list_tables(start).await
    }
    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError> {
        if self.denied.is_some_and(|denied| *table == denied) {
            return Err(failure(ReadErrorKind::Denied));
        }
        self.inner.describe_table(table).await
    }
    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError> {
        if self.denied.is_some_and(|denied| *table == denied) {
            return Err(failure(ReadErrorKind::Denied));
        }
        self.inner.time_to_live(table).await
    }
    fn identity(&self) -> Identity {
        self.inner.identity()
    }
}

/// The only dataset of a file, bound to the tables there are.
pub(crate) async fn bound(store: &Arc<dyn Store>, file: &str) -> BoundDataset {
    let file = parse_dataset_file("test.toml", file).unwrap();
    let name = file.datasets[0].name.clone();
    let catalog = load_all(Arc::clone(store), vec![file], None).await.unwrap();
    let dataset = catalog.dataset(name.as_str()).unwrap().clone();
    assert!(dataset.failed.is_empty(), "{:?}", dataset.failed);
    dataset
}

/// A check of a dataset that looks again at once.
pub(crate) fn soon(dataset: &BoundDataset) -> DriftOptions {
    DriftOptions {
        grace: Grace::Fixed(Duration::from_millis(1)),
        ..DriftOptions::of(dataset)
    }
}

/// How a check ends.
pub(crate) async fn outcome(
    store: &Arc<dyn Store>,
    dataset: &BoundDataset,
    options: &DriftOptions,
    checkpoint: Option<Checkpoint>,
) -> CheckOutcome {
    let (events, mut arriving) = channel(4);
    let means = Means {
        checkpoint,
        ..Means::new(Arc::clone(store), events, CancellationToken::new())
    };
    let listen = async { while arriving.recv().await.is_some() {} };
    let (outcome, ()) = tokio::join!(check(means, dataset, options), listen);
    outcome.unwrap()
}

/// An item by its order under another key: `slot` is its day and its id.
pub(crate) fn with_slot(order: &Json) -> Json {
    let mut item = order.clone();
    let text = |name: &str| order[name]["S"].as_str().unwrap().to_owned();
    item["slot"] = json!({"S": format!("{}#{}", text("day"), text("id"))});
    item
}

/// An owned item from typed JSON.
pub(crate) fn item(json: &Json) -> Item {
    item_from_dynamo_json(json).unwrap()
}

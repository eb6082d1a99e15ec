//! The program that is killed: this very test binary, told what to check by its environment.

use crate::support::{bound, outcome, soon};
use async_trait::async_trait;
use driftscope::domain::names::TableName;
use driftscope::domain::read::{ReadError, ReadPage, ReadRequest};
use driftscope::domain::schema::Table;
use driftscope::engine::drift::{Checkpoint, DriftOptions};
use driftscope::store::dynamo::Dynamo;
use driftscope::store::{Identity, Names, Store};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};

const ENDPOINT: &str = "DRIFTSCOPE_RESUME_ENDPOINT";
const PLACE: &str = "DRIFTSCOPE_RESUME_PLACE";
const LOG: &str = "DRIFTSCOPE_RESUME_LOG";

const FILE: &str = r#"
version = 1
[dataset.orders]
base = "orders"
[dataset.orders.copy.by_state]
table = "by_state"
[dataset.orders.copy.by_day]
table = "by_day"
"#;

/// One check, in a directory of its own.
pub(crate) struct Job {
    endpoint: String,
    place: PathBuf,
}

impl Job {
    pub(crate) fn new(endpoint: &str, place: &Path, number: usize) -> Self {
        let place = place.join(number.to_string());
        std::fs::create_dir(&place).unwrap();
        Self {
            endpoint: endpoint.to_owned(),
            place,
        }
    }

    /// Begins it, or goes on.
    pub(crate) fn start(&self, run: usize) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child::run", "--ignored", "--quiet"])
            .env(ENDPOINT, &self.endpoint)
            .env(PLACE, &self.place)
            .env(LOG, self.log(run))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    }

    pub(crate) fn log(&self, run: usize) -> PathBuf {
        self.place.join(format!("log.{run}"))
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.place.join("check")
    }

    /// Whether it said what it found, and knows that.
    pub(crate) fn is_done(&self) -> bool {
        self.place.join("findings").exists() && !self.checkpoint().exists()
    }

    /// What it found.
    pub(crate) fn findings(&self) -> String {
        std::fs::read_to_string(self.place.join("findings")).unwrap()
    }
}

/// Tables that look large, so that they are read in several segments, on small pages. Notes every page it is
/// asked for.
#[derive(Debug)]
struct Small {
    inner: Dynamo,
    log: Mutex<File>,
}

#[async_trait]
impl Store for Small {
    async fn read(&self, mut request: ReadRequest) -> Result<ReadPage, ReadError> {
        if let ReadRequest::Scan(scan) = &mut request {
            scan.limit = Some(20);
            let line = format!("{} {:?} after {:?}\n", scan.table, scan.segment, scan.start);
            self.log.lock().unwrap().write_all(line.as_bytes()).unwrap();
        }
        self.inner.read(request).await
    }
    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        self.inner.list_tables(start).await
    }
    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError> {
        let mut table = self.inner.describe_table(table).await?;
        table.bytes = 64 * 1024 * 1024;
        Ok(table)
    }
    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError> {
        self.inner.time_to_live(table).await
    }
    fn identity(&self) -> Identity {
        self.inner.identity()
    }
}

#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn run() {
    let of = |name| std::env::var_os(name).unwrap();
    let place = PathBuf::from(of(PLACE));
    let store: Arc<dyn Store> = Arc::new(Small {
        inner: Dynamo::local(of(ENDPOINT).to_str().unwrap()),
        log: Mutex::new(File::create(of(LOG)).unwrap()),
    });
    let dataset = bound(&store, FILE).await;
    let options = DriftOptions {
        // Written out every few pages.
        memory: 6_000,
        ..soon(&dataset)
    };
    let checkpoint = Checkpoint::open(&place.join("check"), &dataset, &options).unwrap();
    let outcome = outcome(&store, &dataset, &options, Some(checkpoint)).await;
    assert!(outcome.summary.complete, "{outcome:?}");
    let findings = outcome.findings.iter().map(|finding| {
        let mut told = finding.to_json();
        // When it was seen is another time each time.
        let parts = told.as_object_mut().unwrap();
        parts.remove("seen_at").unwrap();
        parts.remove("confirmed_at").unwrap();
        format!("{told}\n")
    });
    let mut text: String = findings.collect();
    for copy in &outcome.summary.copies {
        writeln!(text, "{} {} {}", copy.copy, copy.expected, copy.actual).unwrap();
    }
    std::fs::write(place.join("findings"), text).unwrap();
    Checkpoint::remove(&place.join("check"));
}

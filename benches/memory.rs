//! Memory and disk of a check with two copies: `cargo bench --bench memory -- 10_000_000`.
//!
//! Pages come over loopback from another process that makes them up as they are asked for, so that client, tap,
//! decoder, digests, and buckets are the real ones, and the peak that the kernel tells is theirs alone. A few
//! items of each copy are missing or different, so that buckets are joined as well.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark stops when something is wrong, and prints its figures"
)]

#[path = "memory/server.rs"]
mod server;

use driftscope::domain::mapping::parse_dataset_file;
use driftscope::domain::names::Rcu;
use driftscope::engine::catalog::load_all;
use driftscope::engine::drift::{
    CheckOutcome, Checkpoint, DriftEvent, DriftOptions, Grace, Means, Phase, check,
};
use driftscope::store::Store;
use driftscope::store::budget::{Budget, Limits};
use driftscope::store::dynamo::Dynamo;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

/// Base items unless told otherwise.
const ITEMS: u64 = 100_000;
/// What may be used, whatever the number of items.
const MEMORY: u64 = 256 * 1024 * 1024;
/// Bytes on disk for an item of a side beside its key.
const DISK: f64 = 40.0;
/// As fast as a table takes that was never warmed up (developer guide, warm throughput).
const PACE: Limits = Limits {
    max_rcu: None,
    rcu_per_second: Some(Rcu(12_000.0)),
};

const FILE: &str = r#"version = 1
[dataset.orders]
base = "orders"
[dataset.orders.copy.by_state]
table = "by_state"
[dataset.orders.copy.by_day]
table = "by_day"
"#;

fn main() {
    if let Ok(items) = std::env::var(server::ITEMS) {
        return server::serve(items.parse().expect("a number of items"));
    }
    let mut words = std::env::args().skip(1);
    let told = words.find_map(|word| word.replace('_', "").parse().ok());
    let items = told.unwrap_or(ITEMS);
    let (mut server, endpoint) = start(items);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(items, &endpoint));
    drop(server.stdin.take());
    server.wait().expect("the server ends");
}

/// The server, and where it listens.
fn start(items: u64) -> (Child, String) {
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .env(server::ITEMS, items.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let out = server.stdout.take().expect("its words");
    let mut endpoint = String::new();
    let read = BufReader::new(out).read_line(&mut endpoint);
    read.expect("where it listens");
    (server, endpoint.trim().to_owned())
}

async fn measure(items: u64, endpoint: &str) {
    let store: Arc<dyn Store> = Arc::new(Dynamo::local(endpoint));
    let files = vec![parse_dataset_file("bench", FILE).expect("a dataset file")];
    let catalog = load_all(Arc::clone(&store), files, None).await;
    let catalog = catalog.expect("the tables");
    let dataset = catalog.dataset("orders").expect("a dataset");
    let options = DriftOptions {
        grace: Grace::Fixed(Duration::from_millis(1)),
        pace: PACE.rcu_per_second,
        ..DriftOptions::of(dataset)
    };
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("check");
    let checkpoint = Checkpoint::open(&path, dataset, &options).expect("a checkpoint");
    let (events, mut arriving) = channel(4);
    let budget = Arc::new(Budget::new(store, PACE));
    let means = Means {
        checkpoint: Some(checkpoint),
        ..Means::new(budget, events, CancellationToken::new())
    };
    let start = Instant::now();
    let mut scanned = None;
    let listen = async {
        while let Some(event) = arriving.recv().await {
            if let DriftEvent::Progress(progress) = event
                && matches!(progress.phase, Phase::Grace | Phase::Verify)
            {
                scanned.get_or_insert_with(|| start.elapsed());
            }
        }
    };
    let (outcome, ()) = tokio::join!(check(means, dataset, &options), listen);
    let outcome = outcome.expect("the tables can be read");
    let disk = bytes_in(&place.path().join("check.d"));
    report(items, &outcome, scanned.unwrap_or(start.elapsed()), disk);
}

fn report(items: u64, outcome: &CheckOutcome, scanned: Duration, disk: u64) {
    let summary = &outcome.summary;
    assert!(summary.complete, "{:?}", outcome.error);
    assert_eq!(summary.base_items, items);
    assert_eq!(outcome.findings.len() as u64, server::drifted(items));
    let records: u64 = summary.copies.iter().map(|c| c.expected + c.actual).sum();
    let read: u64 = items + summary.copies.iter().map(|c| c.actual).sum::<u64>();
    println!(
        "{items} base items, two copies: {} findings",
        outcome.findings.len()
    );
    println!(
        "read:   {read} items in {:.1} s, {:.0} a second; {} RCU",
        scanned.as_secs_f64(),
        float(read) / scanned.as_secs_f64(),
        summary.consumed.0
    );
    let each = float(disk) / float(records);
    let key = float(server::KEY_BYTES);
    println!(
        "disk:   {each:.1} B an item and side, {key:.1} B of it its key at most; {DISK} and the key may be"
    );
    assert!(each <= DISK + key);
    match peak() {
        Some(peak) => {
            println!(
                "memory: {} MB at the peak; {} may be",
                peak >> 20,
                MEMORY >> 20
            );
            assert!(peak <= MEMORY);
        }
        None => println!("memory: not told by this system"),
    }
}

/// The most memory that this process had, in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn bytes_in(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory).expect("the records");
    let sizes = files.map(|file| file.and_then(|file| file.metadata()).expect("a file").len());
    sizes.sum()
}

#[expect(clippy::cast_precision_loss, reason = "figures to be printed")]
const fn float(count: u64) -> f64 {
    count as f64
}

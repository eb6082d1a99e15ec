//! Sampling tables of a server, and keeping what that tells.

use crate::support::{Do, Server, Watched, failure};
use driftscope::domain::mapping::parse_dataset_file;
use driftscope::domain::names::{IndexName, Rcu};
use driftscope::domain::read::{KeyCondition, ReadErrorKind, ReadRequest};
use driftscope::domain::schema::Catalog;
use driftscope::domain::stats::{PathName, Spread, TableStatistics};
use driftscope::domain::value::{Item, Value};
use driftscope::engine::analyze::{Analysis, AnalyzeOptions, Subject, analyze, subjects};
use driftscope::engine::catalog::load_all;
use driftscope::engine::statistics::Archive;
use driftscope::store::budget::Limits;
use driftscope::store::{Identity, Store};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

const FILE: &str = r#"
version = 1
[dataset.orders]
base = "orders"
[dataset.orders.copy.by_state]
table = "orders_by_state"
"#;
const STATES: [&str; 4] = ["new", "paid", "sent", "back"];
/// A page of the sample has at most this many units here, give or take the largest item.
const PAGE: f64 = 9.0;

/// `customers` of ten orders each, about 600 bytes an order, with their copies by state.
async fn orders(customers: usize) -> (Server, Catalog) {
    orders_of(customers, 10).await
}

/// `customers` of so many orders each.
async fn orders_of(customers: usize, each: usize) -> (Server, Catalog) {
    let server = Server::start().await;
    server.db.create("orders", &["customer", "id"]);
    server.db.create("orders_by_state", &["state", "id"]);
    for n in 0..customers * each {
        let order = json!({
            "customer": {"S": format!("C{:04}", n / each)}, "id": {"S": format!("O{n:05}")},
            "state": {"S": STATES[n % 4]}, "text": {"S": "x".repeat(560)},
        });
        server.db.put("orders", &order);
        server.db.put("orders_by_state", &order);
    }
    let catalog = described(&server.store).await;
    (server, catalog)
}

async fn described(store: &Arc<dyn Store>) -> Catalog {
    let file = parse_dataset_file("orders.toml", FILE).unwrap();
    load_all(Arc::clone(store), vec![file], None).await.unwrap()
}

fn options(max_rcu: Option<f64>) -> AnalyzeOptions {
    AnalyzeOptions {
        limits: Limits {
            max_rcu: max_rcu.map(Rcu),
            rcu_per_second: None,
        },
        now: 1_000,
    }
}

async fn sampled(store: Arc<dyn Store>, catalog: &Catalog, max_rcu: Option<f64>) -> Analysis {
    let options = options(max_rcu);
    let (events, mut arriving) = channel(4);
    let listen = async { while arriving.recv().await.is_some() {} };
    let cancel = CancellationToken::new();
    let subjects = subjects(catalog);
    let run = analyze(store, catalog, &subjects, options, events, cancel);
    tokio::join!(run, listen).0
}

fn path(table: &str, index: Option<&str>) -> PathName {
    PathName {
        table: table.into(),
        index: index.map(IndexName::from),
    }
}

/// Items of a partition.
fn partition(analysis: &Analysis, table: &str, (name, value): (&str, &str)) -> Spread {
    let condition = KeyCondition {
        equal: vec![(name.to_owned(), Value::s(value))],
        partition_len: 1,
        range: None,
    };
    let path = path(table, None);
    let items = analysis.statistics.selected(&path, &condition).unwrap();
    items.volume.items
}

fn segments(watched: &Watched) -> Vec<(u32, u32)> {
    let reads = watched.reads();
    let segments = reads.iter().filter_map(|read| match read {
        ReadRequest::Scan(scan) => scan.segment,
        _ => None,
    });
    segments.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_budget_pays_for_is_read_whole_and_gives_exact_partitions_of_base_and_copy() {
    let (server, catalog) = orders(20).await;
    let analysis = sampled(server.store, &catalog, None).await;
    let sample = &analysis.samples[0];
    assert_eq!((sample.sampled, sample.complete), (200, true));
    let customer = partition(&analysis, "orders", ("customer", "C0007"));
    assert_eq!(customer, Spread::exact(10.0));
    let state = partition(&analysis, "orders_by_state", ("state", "paid"));
    assert_eq!(state, Spread::exact(50.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_dataset_only_the_base_is_read_and_of_copies_what_a_scan_begins_with() {
    let (server, catalog) = orders(50).await;
    let watched = Watched::new(&server.store);
    let analysis = sampled(watched.store(), &catalog, None).await;
    let reads = watched.reads();
    let (of_base, others): (Vec<_>, Vec<_>) =
        reads.iter().partition(|read| *read.table() == "orders");
    assert!(!of_base.is_empty());
    let [scan] = others.as_slice() else {
        panic!("{others:?}");
    };
    let page = server.store.read((*scan).clone()).await.unwrap();
    let first = analysis.statistics.first(&path("orders_by_state", None));
    let id = |item: &Item| item["id"].clone();
    let read = page.items.iter().map(|item| id(&item.to_item()));
    let kept = first.unwrap().items().items();
    assert!(kept.map(|item| id(&item.to_item())).eq(read));
    assert!((20..=500).contains(&page.scanned), "{}", page.scanned);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_base_that_is_sampled_in_parts_the_beginning_is_read_too() {
    let (server, catalog) = orders(100).await;
    for (max_rcu, in_parts) in [(None, false), (Some(24.0), true)] {
        let watched = Watched::new(&server.store);
        let analysis = sampled(watched.store(), &catalog, max_rcu).await;
        assert_eq!(!segments(&watched).is_empty(), in_parts);
        let first = analysis.statistics.first(&path("orders", None)).unwrap();
        let first = first.items();
        let page = watched.reads().into_iter().find(|read| {
            matches!(read, ReadRequest::Scan(scan) if scan.segment.is_none() && scan.start.is_none())
                && *read.table() == "orders"
        });
        let page = server.store.read(page.unwrap()).await.unwrap();
        let id = |item: &Item| item["id"].clone();
        let read = page.items.iter().map(|item| id(&item.to_item()));
        let kept = first.items().take(page.items.len());
        assert!(kept.map(|item| id(&item.to_item())).eq(read));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_cannot_be_read_takes_nothing_from_the_sample_of_the_base() {
    let (server, catalog) = orders(5).await;
    let watched = Watched::with(&server.store, |_, read| match read.table().as_str() {
        "orders" => Do::Read,
        _ => Do::Fail(ReadErrorKind::Denied),
    });
    let analysis = sampled(watched.store(), &catalog, None).await;
    assert!(analysis.samples[0].complete && analysis.errors().next().is_none());
    assert_eq!(
        analysis.statistics.first(&path("orders_by_state", None)),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_budget_is_kept_to_within_a_page_and_spread_over_segments() {
    let (server, catalog) = orders(200).await;
    let watched = Watched::new(&server.store);
    let analysis = sampled(watched.store(), &catalog, Some(24.0)).await;
    let sample = &analysis.samples[0];
    assert!(!sample.complete && sample.error.is_none(), "{sample:?}");
    let Rcu(used) = analysis.consumption.rcu;
    assert!((24.0 - PAGE..=24.0 + PAGE).contains(&used), "{used} RCU");
    let segments = segments(&watched);
    assert!(segments.len() >= 8, "{segments:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_table_that_the_budget_nearly_pays_for_every_segment_is_read_to_its_end_before_the_next()
 {
    let (server, catalog) = orders_of(40, 50).await;
    let mut continued = Vec::new();
    for budget in [24.0, 100.0] {
        let watched = Watched::new(&server.store);
        let analysis = sampled(watched.store(), &catalog, Some(budget)).await;
        assert!(!analysis.samples[0].complete);
        let (mut begun, mut pages, mut ending) = (Vec::new(), 0, false);
        for read in watched.reads() {
            let ReadRequest::Scan(scan) = read else {
                panic!("{read:?}")
            };
            if scan.start.is_some() {
                assert!(begun.contains(&scan.segment), "{:?} was left", scan.segment);
                (pages, ending) = (pages + 1, true);
                continue;
            }
            if std::mem::take(&mut ending) {
                begun.clear();
            }
            begun.push(scan.segment);
        }
        continued.push(pages);
    }
    assert_eq!(continued[0], 0, "first pages of many segments say more");
    assert!(continued[1] > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_of_segments_tells_how_many_there_are_in_all() {
    let (server, catalog) = orders(200).await;
    let analysis = sampled(server.store, &catalog, Some(60.0)).await;
    let total = analysis.statistics.total(&path("orders_by_state", None));
    let items = total.unwrap().volume.items;
    assert!(items.low <= 2_000.0 && 2_000.0 <= items.high, "{items:?}");
    let state = partition(&analysis, "orders_by_state", ("state", "paid"));
    assert!(state.low <= 500.0 && 500.0 <= state.high, "{state:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_table_and_budget_give_the_same_sample() {
    let (server, catalog) = orders(100).await;
    let one = sampled(Arc::clone(&server.store), &catalog, Some(16.0)).await;
    let other = sampled(server.store, &catalog, Some(16.0)).await;
    assert_eq!(one.statistics, other.statistics);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_few_partitions_is_sampled_too_and_said_to_be_cut_short() {
    let (server, _) = orders(200).await;
    let catalog = described(&server.store).await;
    let table = Subject::Table("orders_by_state".into());
    let options = options(Some(24.0));
    let (events, _arriving) = channel(1_000);
    let cancel = CancellationToken::new();
    let analysis = analyze(server.store, &catalog, &[table], options, events, cancel).await;
    let sample = &analysis.samples[0];
    assert!(sample.sampled > 60, "{sample:?}");
    assert!(sample.note.as_ref().unwrap().contains("first items"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_cannot_be_read_says_why_and_costs_nothing() {
    let (server, catalog) = orders(5).await;
    let watched = Watched::with(&server.store, |_, _| Do::Fail(ReadErrorKind::Denied));
    let analysis = sampled(watched.store(), &catalog, None).await;
    let denied = failure(ReadErrorKind::Denied);
    assert_eq!(analysis.samples[0].error, Some(denied));
    assert_eq!(analysis.statistics.tables().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listening_ends_the_sample_as_cancelling_does() {
    let (server, catalog) = orders(5).await;
    let (events, arriving) = channel(1);
    drop(arriving);
    let options = options(None);
    let cancel = CancellationToken::new();
    let subjects = subjects(&catalog);
    let analysis = analyze(server.store, &catalog, &subjects, options, events, cancel).await;
    let error = analysis.errors().next().unwrap();
    assert_eq!(error.kind, ReadErrorKind::Cancelled);
}

/// Statistics of `orders`, and an archive in a directory of its own.
async fn archived() -> (tempfile::TempDir, Archive, Catalog) {
    let (server, mut catalog) = orders(5).await;
    let analysis = sampled(server.store, &catalog, None).await;
    catalog.statistics.merge(analysis.statistics);
    let directory = tempfile::tempdir().unwrap();
    let identity = Identity {
        endpoint: Some("http://127.0.0.1:8000/".to_owned()),
        ..Identity::default()
    };
    let archive = Archive::new(directory.path().join("statistics"), identity);
    let tables = ["orders".into(), "orders_by_state".into()];
    archive.prepare(&catalog, &tables).save().unwrap();
    (directory, archive, catalog)
}

/// Every file below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn loaded(archive: &Archive, catalog: &Catalog) -> Result<Option<TableStatistics>, String> {
    archive.load(catalog.table("orders").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_found_again() {
    let (_directory, archive, catalog) = archived().await;
    let found = loaded(&archive, &catalog).unwrap();
    assert_eq!(found.as_ref(), catalog.statistics.table("orders"));
    let mut other = Catalog {
        tables: catalog.tables.clone(),
        ..Catalog::default()
    };
    assert_eq!(archive.load_into(&mut other), Vec::<String>::new());
    assert_eq!(other.statistics, catalog.statistics);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_file_is_dropped_once_with_a_note() {
    let (directory, archive, catalog) = archived().await;
    for file in files(directory.path()) {
        fs::write(file, "{\"version\":1,\"id\":").unwrap();
    }
    let note = loaded(&archive, &catalog).unwrap_err();
    assert!(note.contains("`orders` were dropped"), "{note}");
    assert_eq!(loaded(&archive, &catalog), Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_version_is_dropped_with_a_note() {
    let (directory, archive, catalog) = archived().await;
    for file in files(directory.path()) {
        fs::write(file, "{\"version\":9000}").unwrap();
    }
    let note = loaded(&archive, &catalog).unwrap_err();
    assert!(note.contains("9000"), "{note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_of_a_table_that_was_recreated_are_dropped() {
    let (_directory, archive, catalog) = archived().await;
    let mut table = catalog.table("orders").unwrap().clone();
    assert!(table.id.is_some(), "the server gives ids");
    table.id = Some("another".to_owned());
    let note = archive.load(&table).unwrap_err();
    assert!(note.contains("recreated"), "{note}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_their_owner_reads_them() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, _archive, _catalog) = archived().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files = files(directory.path());
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        let parents = file.ancestors().skip(1);
        for parent in parents.take_while(|parent| *parent != directory.path()) {
            assert_eq!(mode(parent), 0o700, "{}", parent.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_a_note() {
    let (directory, _archive, catalog) = archived().await;
    let taken = directory.path().join("a file");
    fs::write(&taken, "").unwrap();
    let archive = Archive::new(taken, Identity::default());
    let note = archive.prepare(&catalog, &["orders".into()]).save();
    assert!(note.unwrap_err().contains("cannot be kept"));
}

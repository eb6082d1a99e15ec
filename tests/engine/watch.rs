//! Watching: changes are handed in, the tables are those of the check's tests.

use crate::drift::{dataset, options, order, server};
use crate::support::{Do, Server, Watched, Writer, failure, item};
use driftscope::domain::drift::{Class, LeftOpen};
use driftscope::domain::names::Rcu;
use driftscope::domain::read::{ChangeKind, ReadErrorKind, ReadRequest, StreamRecord};
use driftscope::engine::drift::{CheckOutcome, DriftEvent, Feed, Means, watch};
use driftscope::engine::lag::LagReport;
use driftscope::store::Store;
use driftscope::store::budget::{Budget, Limits};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use tokio::sync::{mpsc, watch as state};
use tokio_util::sync::CancellationToken;

/// An order with another total.
fn revised(n: usize, total: usize) -> Json {
    let mut order = order(n);
    order["total"] = json!({"N": total.to_string()});
    order
}

/// What a stream with both images says of a change.
fn change(old: Option<&Json>, new: Option<&Json>) -> StreamRecord {
    let any = new.or(old).unwrap();
    StreamRecord {
        sequence: "1".to_owned(),
        kind: match (old, new) {
            (None, _) => ChangeKind::Insert,
            (_, None) => ChangeKind::Remove,
            _ => ChangeKind::Modify,
        },
        key: item(&json!({"id": any["id"]})),
        old: old.map(item),
        new: new.map(item),
        at: 0,
    }
}

/// A change of the base, made.
fn change_base(db: &Writer, old: &Json, new: Option<&Json>) -> StreamRecord {
    match new {
        Some(new) => db.put("orders", new),
        None => db.delete("orders", &json!({"id": old["id"]})),
    }
    change(Some(old), new)
}

/// A watch of these changes to its end, and what it told.
async fn watched(
    store: Arc<dyn Store>,
    changes: Vec<StreamRecord>,
) -> (CheckOutcome, Vec<DriftEvent>) {
    let (to, changes_of) = mpsc::channel(64);
    for change in changes {
        to.try_send(change).unwrap();
    }
    drop(to);
    let (events, mut arriving) = mpsc::channel(64);
    let means = Means::new(Arc::clone(&store), events, CancellationToken::new());
    let feed = Feed {
        changes: changes_of,
        time: None,
    };
    let dataset = dataset(&store).await;
    let options = options();
    let told = async {
        let mut told = Vec::new();
        while let Some(event) = arriving.recv().await {
            if !matches!(event, DriftEvent::Progress(_)) {
                told.push(event);
            }
        }
        told
    };
    let (outcome, told) = tokio::join!(watch(means, &dataset, &options, feed), told);
    (outcome.unwrap(), told)
}

/// The copies and classes that were told, sorted.
fn found(told: &[DriftEvent]) -> Vec<(String, Class)> {
    let mut found: Vec<_> = told
        .iter()
        .filter_map(|event| match event {
            DriftEvent::Finding(finding) => Some((finding.copy.to_string(), finding.class)),
            _ => None,
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_change_that_no_copy_got_is_found_in_each_of_them() {
    let Server { db, store, .. } = &server().await;
    let made = change_base(db, &order(7), Some(&revised(7, 70)));
    let (outcome, told) = watched(Arc::clone(store), vec![made]).await;
    let different = |copy: &str| (copy.to_owned(), Class::Different);
    assert_eq!(
        found(&told),
        [
            different("by_day"),
            different("by_state"),
            different("by_ticket")
        ]
    );
    assert_eq!(outcome.findings.len(), 3);
    assert_eq!(
        (outcome.summary.mode, outcome.summary.base_items),
        ("watch", 1)
    );
    assert!(outcome.summary.complete && outcome.error.is_none());
}

#[tokio::test]
async fn what_a_change_left_under_its_former_key_is_found_by_the_old_image() {
    let Server { db, store, .. } = &server().await;
    let made = change_base(db, &order(3), None);
    let (_, told) = watched(Arc::clone(store), vec![made]).await;
    let orphaned = |copy: &str| (copy.to_owned(), Class::Orphaned);
    assert_eq!(found(&told), [orphaned("by_state"), orphaned("by_ticket")]);
}

#[tokio::test]
async fn a_change_that_every_copy_got_is_looked_at_once_for_a_read_of_each_side() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let made = change(Some(&order(7)), Some(&order(7)));
    let (outcome, told) = watched(store.store(), vec![made.clone(), made.clone()]).await;
    assert_eq!((found(&told), outcome.summary.complete), (vec![], true));
    let reads = store.reads();
    let of = |table: &str| reads.iter().filter(|read| *read.table() == *table).count();
    // Of two changes of one item each is looked at when its own grace is over.
    assert_eq!((of("orders"), of("by_state"), of("by_day")), (2, 2, 2));
}

#[tokio::test]
async fn a_change_that_comes_late_is_in_flight_and_no_drift() {
    let server = server().await;
    let made = change_base(&server.db, &order(7), Some(&revised(7, 70)));
    let db = server.db.clone();
    let mut looks = 0;
    let store = Watched::with(&server.store, move |_, request| {
        if *request.table() == *"by_ticket" {
            looks += 1;
            if looks == 2 {
                db.put("by_ticket", &revised(7, 70));
            }
        }
        Do::Read
    });
    let (outcome, told) = watched(store.store(), vec![made]).await;
    let told: Vec<String> = found(&told).into_iter().map(|(copy, _)| copy).collect();
    assert_eq!(told, ["by_day", "by_state"]);
    let copies = outcome.summary.copies.iter();
    let late: Vec<u64> = copies.map(|copy| copy.in_flight).collect();
    assert_eq!(late, [0, 0, 1]);
}

#[tokio::test]
async fn an_item_that_keeps_changing_is_hot_and_no_drift() {
    let server = server().await;
    let made = change_base(&server.db, &order(2), Some(&revised(2, 100)));
    let db = server.db.clone();
    let mut total = 100;
    let store = Watched::with(&server.store, move |_, request| {
        if *request.table() == *"orders" {
            total += 1;
            db.put("orders", &revised(2, total));
        }
        Do::Read
    });
    let (outcome, told) = watched(store.store(), vec![made]).await;
    assert_eq!((found(&told), outcome.summary.complete), (vec![], false));
    let hot =
        |event: &&DriftEvent| matches!(event, DriftEvent::Open(open) if open.why == LeftOpen::Hot);
    assert_eq!(told.iter().filter(hot).count(), 2, "by_state and by_ticket");
}

#[tokio::test]
async fn drift_that_is_mended_is_said_to_be() {
    let server = server().await;
    let store = &server.store;
    let made = change_base(&server.db, &order(2), Some(&revised(2, 20)));
    let (to, changes) = mpsc::channel(1);
    to.try_send(made).unwrap();
    let (events, mut arriving) = mpsc::channel(64);
    let means = Means::new(Arc::clone(store), events, CancellationToken::new());
    let dataset = dataset(store).await;
    let options = options();
    let feed = Feed {
        changes,
        time: None,
    };
    let mending = async {
        let mut open = Some(to);
        let mut mended = Vec::new();
        while let Some(event) = arriving.recv().await {
            match event {
                DriftEvent::Finding(finding) if *finding.copy.as_str() == *"by_ticket" => {
                    server.db.put("by_ticket", &revised(2, 20));
                }
                DriftEvent::Mended(finding) => {
                    mended.push((finding.copy.to_string(), finding.class));
                    open.take();
                }
                _ => {}
            }
        }
        mended
    };
    let (outcome, mended) = tokio::join!(watch(means, &dataset, &options, feed), mending);
    assert_eq!(mended, [("by_ticket".to_owned(), Class::Different)]);
    let standing: Vec<String> = outcome
        .unwrap()
        .findings
        .iter()
        .map(|f| f.copy.to_string())
        .collect();
    assert_eq!(standing, ["by_state"]);
}

#[tokio::test]
async fn a_failure_that_passes_ends_no_watch() {
    let server = server().await;
    let made = change_base(&server.db, &order(2), Some(&revised(2, 20)));
    tokio::time::pause();
    let mut failed = false;
    let store = Watched::with(&server.store, move |_, _| {
        if std::mem::replace(&mut failed, true) {
            Do::Read
        } else {
            Do::Fail(ReadErrorKind::Connection)
        }
    });
    let (outcome, told) = watched(store.store(), vec![made]).await;
    assert_eq!(found(&told).len(), 2);
    assert_eq!((outcome.summary.complete, outcome.notes.len()), (true, 2));
}

#[tokio::test]
async fn a_budget_that_is_used_up_ends_it_with_what_was_not_looked_at() {
    let Server { db, store, .. } = &server().await;
    let made: Vec<StreamRecord> = (1..=12)
        .map(|n| change_base(db, &order(n), Some(&revised(n, 99))))
        .collect();
    let limits = Limits {
        max_rcu: Some(Rcu(1.0)),
        rcu_per_second: None,
    };
    let store: Arc<dyn Store> = Arc::new(Budget::new(Arc::clone(store), limits));
    let (outcome, told) = watched(store, made).await;
    assert_eq!(outcome.error.unwrap().kind, ReadErrorKind::Budget);
    assert_eq!((found(&told), outcome.summary.complete), (vec![], false));
}

/// How a watch ends beside which this is reported of the stream, once nothing more is handed on.
async fn beside(report: LagReport) -> Result<CheckOutcome, ReadErrorKind> {
    let server = server().await;
    let (to, changes) = mpsc::channel(1);
    drop(to);
    let (events, _arriving) = mpsc::channel(64);
    let mut means = Means::new(Arc::clone(&server.store), events, CancellationToken::new());
    means.lag = state::channel(report).1;
    let dataset = dataset(&server.store).await;
    let feed = Feed {
        changes,
        time: None,
    };
    let outcome = watch(means, &dataset, &options(), feed).await;
    outcome.map_err(|error| error.kind)
}

#[tokio::test]
async fn a_stream_that_cannot_be_read_any_more_ends_it() {
    let report = LagReport {
        error: Some(failure(ReadErrorKind::Denied)),
        ..LagReport::default()
    };
    assert_eq!(beside(report).await.unwrap_err(), ReadErrorKind::Denied);
}

#[tokio::test]
async fn a_watch_that_missed_records_is_not_complete() {
    let missed = beside(LagReport {
        gaps: 1,
        ..LagReport::default()
    })
    .await;
    assert!(!missed.unwrap().summary.complete);
    assert!(beside(LagReport::default()).await.unwrap().summary.complete);
}

#[tokio::test]
async fn ctrl_c_leaves_changes_whose_grace_is_not_over_and_is_no_failure() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let (to, changes) = mpsc::channel(1);
    to.try_send(change(None, Some(&order(1)))).unwrap();
    let (events, _arriving) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let means = Means::new(store.store(), events, cancel.clone());
    let dataset = dataset(&store.store()).await;
    let options = driftscope::engine::drift::DriftOptions {
        grace: driftscope::engine::drift::Grace::Fixed(std::time::Duration::from_hours(1)),
        ..options()
    };
    let ending = async {
        // There is room again once the change is taken.
        to.reserve().await.unwrap();
        cancel.cancel();
    };
    let feed = Feed {
        changes,
        time: None,
    };
    let (outcome, ()) = tokio::join!(watch(means, &dataset, &options, feed), ending);
    let outcome = outcome.unwrap();
    assert!(outcome.summary.complete && outcome.error.is_none());
    assert_eq!(outcome.notes.len(), 1, "{:?}", outcome.notes);
    assert!(
        !store
            .reads()
            .iter()
            .any(|read| matches!(read, ReadRequest::Get(_)))
    );
}

//! The drift check.

use crate::support::{Do, Server, Watched, Writer, bound, item, with_slot};
use driftscope::domain::drift::{Class, Finding, LeftOpen};
use driftscope::domain::mapping::BoundDataset;
use driftscope::domain::names::Rcu;
use driftscope::domain::query::Consistency;
use driftscope::domain::read::{ReadErrorKind, ReadRequest};
use driftscope::domain::value::Item;
use driftscope::engine::drift::{
    CheckOutcome, DriftEvent, DriftOptions, Grace, Means, Mends, Phase, Scope, check,
};
use driftscope::store::Store;
use driftscope::store::budget::{Budget, Limits};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

const FILE: &str = r#"
version = 1
[dataset.orders]
base = "orders"
[dataset.orders.copy.by_state]
table = "by_state"
set = { slot = "day || '#' || id" }
[dataset.orders.copy.by_day]
table = "by_day"
where = "day > '1998-08-05'"
[dataset.orders.copy.by_ticket]
table = "by_ticket"
"#;

/// Twelve orders and three copies that agree with them.
pub(crate) async fn server() -> Server {
    let server = Server::start().await;
    server.db.create("orders", &["id"]);
    server.db.create("by_state", &["state", "slot"]);
    server.db.create("by_day", &["day", "id"]);
    server.db.create("by_ticket", &["ticket"]);
    for n in 1..=12 {
        let order = order(n);
        server.db.put("orders", &order);
        copy(&server.db, &order);
    }
    server
}

pub(crate) fn order(n: usize) -> Json {
    let state = if n.is_multiple_of(2) { "Ohio" } else { "Texas" };
    json!({
        "id": {"S": format!("o{n:02}")}, "state": {"S": state},
        "day": {"S": format!("1998-08-{n:02}")}, "ticket": {"S": format!("t{n:02}")},
        "total": {"N": n.to_string()},
    })
}

fn copy(db: &Writer, order: &Json) {
    db.put("by_state", &with_slot(order));
    db.put("by_ticket", order);
    if order["day"]["S"].as_str().unwrap() > "1998-08-05" {
        db.put("by_day", order);
    }
}

pub(crate) fn day_key(order: &Json) -> Json {
    json!({"day": order["day"], "id": order["id"]})
}

pub(crate) async fn dataset(store: &Arc<dyn Store>) -> BoundDataset {
    bound(store, FILE).await
}

pub(crate) fn options() -> DriftOptions {
    DriftOptions {
        copies: Vec::new(),
        grace: Grace::Fixed(Duration::from_millis(1)),
        pace: None,
        budget: None,
        scope: Scope::Full,
        mends: Mends::Dropped,
        memory: DriftOptions::MEMORY,
        most: DriftOptions::MOST,
    }
}

pub(crate) async fn checked(
    store: &Arc<dyn Store>,
    options: &DriftOptions,
    cancel: CancellationToken,
) -> (CheckOutcome, Vec<DriftEvent>) {
    let dataset = dataset(store).await;
    let (sender, mut arriving) = channel(4);
    let events = async {
        let mut events = Vec::new();
        while let Some(event) = arriving.recv().await {
            events.push(event);
        }
        events
    };
    let check = check(
        Means::new(Arc::clone(store), sender, cancel),
        &dataset,
        options,
    );
    let (outcome, events) = tokio::join!(check, events);
    let outcome = outcome.unwrap();
    for copy in &outcome.summary.copies {
        let findings: u64 = copy
            .findings
            .iter()
            .filter(|(class, _)| **class != Class::Unmappable)
            .map(|(_, count)| count)
            .sum();
        let sum = copy.in_flight + findings + copy.hot + copy.pending;
        assert_eq!(copy.candidates, sum, "{copy:?}");
    }
    (outcome, events)
}

async fn check_all(store: &Arc<dyn Store>) -> CheckOutcome {
    checked(store, &options(), CancellationToken::new()).await.0
}

/// Copy, class, and base key of a finding.
fn told(finding: &Finding) -> (&str, &str, Item) {
    let key = finding.base_key.clone().unwrap_or_default();
    (finding.copy.as_str(), finding.class.code(), key)
}

fn of(id: &str) -> Item {
    item(&json!({"id": {"S": id}}))
}

#[tokio::test]
async fn copies_that_agree_give_no_finding_and_need_no_second_look() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let outcome = check_all(&store.store()).await;
    assert_eq!(outcome.findings, []);
    let summary = &outcome.summary;
    assert!(summary.complete && !summary.has_drift());
    assert_eq!(summary.base_items, 12);
    let counts: Vec<(&str, u64, u64)> = summary
        .copies
        .iter()
        .map(|copy| (copy.copy.as_str(), copy.expected, copy.actual))
        .collect();
    assert_eq!(
        counts,
        [
            ("by_state", 12, 12),
            ("by_day", 7, 7),
            ("by_ticket", 12, 12)
        ]
    );
    let scans = store.reads().into_iter();
    assert_eq!(
        scans.filter(|r| !matches!(r, ReadRequest::Scan(_))).count(),
        0
    );
    assert!(summary.consumed.0 > 0.0);
}

#[tokio::test]
async fn every_class_of_drift_is_found_exactly() {
    let server = server().await;
    let db = &server.db;
    // missing
    db.delete("by_day", &day_key(&order(7)));
    // orphaned
    let mut orphan = order(1);
    orphan["id"] = json!({"S": "ghost"});
    orphan["ticket"] = json!({"S": "t99"});
    db.put("by_ticket", &orphan);
    // misplaced: the old state row stayed
    let mut old = with_slot(&order(8));
    old["state"] = json!({"S": "Utah"});
    db.put("by_state", &old);
    // different
    let mut different = order(9);
    different["total"] = json!({"N": "900"});
    db.put("by_day", &different);
    // duplicate: two orders with one ticket; the copy holds the first
    let mut second = order(11);
    second["ticket"] = json!({"S": "t10"});
    db.put("orders", &second);
    copy(db, &second);
    db.put("by_ticket", &order(10));
    db.delete("by_ticket", &json!({"ticket": {"S": "t11"}}));
    // unmappable in one copy: no state
    let mut stateless = order(12);
    stateless.as_object_mut().unwrap().remove("state");
    db.put("orders", &stateless);
    db.put("by_day", &stateless);
    db.put("by_ticket", &stateless);

    let outcome = check_all(&server.store).await;
    let told: Vec<_> = outcome.findings.iter().map(told).collect();
    assert_eq!(
        told,
        [
            ("by_state", "misplaced", of("o08")),
            ("by_state", "unmappable", of("o12")),
            ("by_day", "missing", of("o07")),
            ("by_day", "different", of("o09")),
            ("by_ticket", "orphaned", of("ghost")),
            ("by_ticket", "duplicate", of("o11")),
        ]
    );
    assert!(outcome.summary.complete && outcome.summary.has_drift());
    let different = &outcome.findings[3];
    let paths: Vec<&str> = different
        .attributes
        .iter()
        .map(|a| a.path.as_str())
        .collect();
    assert_eq!(paths, ["total"]);
    assert!(different.seen_at < different.confirmed_at);
}

#[tokio::test]
async fn findings_are_told_as_they_are_confirmed() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let (outcome, events) = checked(&server.store, &options(), CancellationToken::new()).await;
    let told: Vec<&Finding> = events
        .iter()
        .filter_map(|event| match event {
            DriftEvent::Finding(finding) => Some(&**finding),
            _ => None,
        })
        .collect();
    assert_eq!(told, outcome.findings.iter().collect::<Vec<_>>());
    let mut phases: Vec<Phase> = events
        .iter()
        .filter_map(|event| match event {
            DriftEvent::Progress(progress) => Some(progress.phase),
            _ => None,
        })
        .collect();
    phases.dedup();
    let looks = [Phase::Verify, Phase::Grace].repeat(5);
    let mut expected = vec![Phase::Base, Phase::Copies];
    expected.extend(&looks[..looks.len() - 1]);
    assert_eq!(phases, expected);
}

/// Counts the looks at the base: strong reads of it. The n-th is passed to `before`.
fn at_look(server: &Server, before: impl Fn(&Writer, usize) + Send + 'static) -> Watched {
    let (db, looks) = (server.db.clone(), AtomicUsize::new(0));
    Watched::with(&server.store, move |_, request| {
        let strong = match request {
            ReadRequest::Get(get) => get.consistency == Consistency::Strong,
            ReadRequest::BatchGet(batch) => batch.consistency == Consistency::Strong,
            _ => false,
        };
        if strong && *request.table() == "orders" {
            before(&db, looks.fetch_add(1, Ordering::SeqCst) + 1);
        }
        Do::Read
    })
}

#[tokio::test]
async fn a_difference_mended_before_the_first_look_was_in_flight() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let store = at_look(&server, |db, look| {
        if look == 1 {
            db.put("by_day", &order(7));
        }
    });
    let outcome = check_all(&store.store()).await;
    assert_eq!(outcome.findings, []);
    assert!(outcome.summary.complete);
    assert_eq!(outcome.summary.copies[1].in_flight, 1);
}

#[tokio::test]
async fn a_difference_mended_during_the_grace_was_in_flight() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    server.db.delete("by_day", &day_key(&order(8)));
    let store = at_look(&server, |db, look| {
        if look == 2 {
            db.put("by_day", &order(7));
        }
    });
    let outcome = check_all(&store.store()).await;
    let told: Vec<_> = outcome.findings.iter().map(told).collect();
    assert_eq!(told, [("by_day", "missing", of("o08"))]);
    assert_eq!(outcome.summary.copies[1].in_flight, 1);
}

#[tokio::test]
async fn a_difference_that_changed_during_the_grace_is_looked_at_once_more() {
    let server = server().await;
    let mut stale = order(9);
    stale["total"] = json!({"N": "1"});
    server.db.put("by_day", &stale);
    let store = at_look(&server, |db, look| {
        if look == 2 {
            let mut other = order(9);
            other["total"] = json!({"N": "2"});
            db.put("by_day", &other);
        }
    });
    let outcome = check_all(&store.store()).await;
    assert_eq!(outcome.findings.len(), 1);
    let diff = &outcome.findings[0].attributes[0];
    let values = item(&json!({"base": {"N": "9"}, "copy": {"N": "2"}}));
    assert_eq!(diff.base.as_ref(), values.get("base"));
    assert_eq!(diff.copy.as_ref(), values.get("copy"));
}

#[tokio::test]
async fn a_key_that_changes_at_every_look_ends_hot_and_is_no_finding() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let store = at_look(&server, |db, look| {
        let mut order = order(7);
        order["total"] = json!({"N": (100 + look).to_string()});
        db.put("orders", &order);
    });
    let outcome = check_all(&store.store()).await;
    assert_eq!(outcome.findings, []);
    assert!(!outcome.summary.complete);
    assert_eq!(outcome.summary.copies[1].hot, 1);
    let open = &outcome.unverified;
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].why, open[0].copy.as_str()),
        (LeftOpen::Hot, "by_day")
    );
    assert_eq!(open[0].base_key, Some(of("o07")));
}

#[tokio::test]
async fn of_a_copy_that_lost_everything_some_are_verified_and_the_rest_is_counted() {
    let server = server().await;
    server.db.drop_table("by_ticket");
    server.db.create("by_ticket", &["ticket"]);
    server.db.delete("by_day", &day_key(&order(7)));
    let options = DriftOptions {
        most: 5,
        ..options()
    };
    let (outcome, _) = checked(&server.store, &options, CancellationToken::new()).await;
    let found = |copy: &str| {
        let findings = outcome.findings.iter();
        findings
            .filter(|f| f.copy == *copy && f.class == Class::Missing)
            .count()
    };
    assert_eq!((found("by_ticket"), found("by_day")), (5, 1));
    let by_ticket = &outcome.summary.copies[2];
    assert_eq!((by_ticket.candidates, by_ticket.pending), (12, 7));
    assert!(!outcome.summary.complete && outcome.summary.has_drift());
    let notes: Vec<&str> = outcome
        .notes
        .iter()
        .map(|note| note.what.as_str())
        .collect();
    assert_eq!(
        notes[0],
        "7 differences more in `by_ticket` are counted as pending and not listed"
    );
}

#[tokio::test]
async fn only_the_copies_asked_for_are_read() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let store = Watched::new(&server.store);
    let options = DriftOptions {
        copies: vec!["by_ticket".into()],
        ..options()
    };
    let (outcome, _) = checked(&store.store(), &options, CancellationToken::new()).await;
    assert!(outcome.summary.complete && outcome.findings.is_empty());
    assert_eq!(outcome.summary.copies.len(), 1);
    let reads = store.reads();
    assert!(
        reads
            .iter()
            .all(|r| *r.table() == "orders" || *r.table() == "by_ticket")
    );
}

#[tokio::test]
async fn a_copy_that_cannot_be_read_leaves_the_others_checked() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let store = Watched::with(&server.store, |_, request| {
        if *request.table() == "by_state" {
            Do::Fail(ReadErrorKind::Denied)
        } else {
            Do::Read
        }
    });
    let outcome = check_all(&store.store()).await;
    assert_eq!(outcome.findings.len(), 1);
    assert!(!outcome.summary.complete);
    assert_eq!(outcome.error.map(|e| e.kind), Some(ReadErrorKind::Denied));
    assert_eq!(
        outcome.summary.copies[0].candidates, 0,
        "not taken for missing"
    );
}

#[tokio::test]
async fn a_base_that_cannot_be_read_is_an_error() {
    let server = server().await;
    let store = Watched::with(&server.store, |_, _| Do::Fail(ReadErrorKind::Denied));
    let dataset = dataset(&server.store).await;
    let (sender, _arriving) = channel(100);
    let cancel = CancellationToken::new();
    let error = check(
        Means::new(store.store(), sender, cancel),
        &dataset,
        &options(),
    )
    .await
    .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Denied);
}

#[tokio::test]
async fn a_budget_stops_the_check_and_says_so() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let limits = Limits {
        max_rcu: Some(Rcu(1.0)),
        ..Limits::default()
    };
    let store: Arc<dyn Store> = Arc::new(Budget::new(server.store, limits));
    let outcome = check_all(&store).await;
    assert!(!outcome.summary.complete);
    assert_eq!(outcome.error.map(|e| e.kind), Some(ReadErrorKind::Budget));
    assert_eq!(outcome.summary.consumed, Rcu(1.0));
}

#[tokio::test]
async fn cancelled_in_the_grace_what_was_seen_once_is_pending() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let cancel = CancellationToken::new();
    let options = DriftOptions {
        grace: Grace::Fixed(Duration::from_hours(1)),
        ..options()
    };
    let dataset = dataset(&server.store).await;
    let (sender, mut arriving) = channel(4);
    let stop = async {
        while let Some(event) = arriving.recv().await {
            if let DriftEvent::Progress(progress) = event
                && progress.phase == Phase::Grace
            {
                cancel.cancel();
            }
        }
    };
    let means = Means::new(server.store.clone(), sender, cancel.clone());
    let check = check(means, &dataset, &options);
    let (outcome, ()) = tokio::join!(check, stop);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.findings, []);
    assert!(!outcome.summary.complete);
    assert_eq!(
        outcome.error.map(|e| e.kind),
        Some(ReadErrorKind::Cancelled)
    );
    assert_eq!(outcome.summary.copies[1].pending, 1);
    assert_eq!(outcome.unverified[0].why, LeftOpen::Pending);
}

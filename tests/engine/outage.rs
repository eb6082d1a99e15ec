//! What goes away while a check runs: tables, permissions.

use crate::drift::{checked, dataset, day_key, options, order, server};
use crate::support::{Do, Server, Watched};
use driftscope::domain::drift::{Class, Finding};
use driftscope::domain::read::{ReadErrorKind, ReadRequest};
use driftscope::engine::drift::{CheckOutcome, DriftEvent, DriftOptions, Means, check};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

/// Checks while `happens` is done to the server before the first page of `table` is read.
async fn before_scan(
    server: &Server,
    table: &'static str,
    happens: impl Fn(&Server) + Send + Sync,
) -> CheckOutcome {
    let done = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&done);
    let (reached, mut told) = tokio::sync::mpsc::unbounded_channel();
    let store = Watched::with(&server.store, move |_, request| {
        let first = matches!(request, ReadRequest::Scan(_)) && *request.table() == table;
        if first && !noted.swap(true, Ordering::SeqCst) {
            reached.send(()).unwrap();
        }
        Do::Read
    });
    let (store, options) = (store.store(), options());
    let mut run = std::pin::pin!(checked(&store, &options, CancellationToken::new()));
    tokio::select! {
        biased;
        Some(()) = told.recv() => happens(server),
        (outcome, _) = &mut run => return outcome,
    }
    run.await.0
}

fn problem(outcome: &CheckOutcome) -> String {
    let error = outcome.error.as_ref().unwrap();
    assert_eq!(error.kind, ReadErrorKind::NotFound, "{error:?}");
    error.problem.to_string()
}

#[tokio::test]
async fn a_copy_that_is_recreated_while_it_is_checked_is_told_and_the_others_are_checked() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let outcome = before_scan(&server, "by_ticket", |server| {
        server.db.drop_table("by_state");
        server.db.create("by_state", &["state", "slot"]);
    })
    .await;
    let told = problem(&outcome);
    assert!(
        told.contains("`by_state` was deleted and created again"),
        "{told}"
    );
    assert!(!outcome.summary.complete);
    let found: Vec<_> = outcome
        .findings
        .iter()
        .map(|f| (f.class, f.copy.as_str()))
        .collect();
    assert_eq!(found, [(Class::Missing, "by_day")]);
    assert_eq!(
        outcome.summary.copies[0].candidates, 0,
        "not taken for missing"
    );
}

#[tokio::test]
async fn a_copy_that_is_deleted_while_it_is_checked_is_told() {
    let server = server().await;
    let outcome = before_scan(&server, "by_ticket", |server| {
        server.db.drop_table("by_state");
    })
    .await;
    let told = problem(&outcome);
    assert!(told.contains("`by_state` was deleted"), "{told}");
    assert_eq!(
        (outcome.summary.complete, outcome.findings.len()),
        (false, 0)
    );
}

#[tokio::test]
async fn a_base_that_is_deleted_while_it_is_checked_leaves_nothing_to_say() {
    let server = server().await;
    let outcome = before_scan(&server, "by_day", |server| server.db.drop_table("orders")).await;
    let told = problem(&outcome);
    assert!(told.contains("`orders` was deleted"), "{told}");
    assert_eq!(
        (outcome.summary.complete, outcome.findings.len()),
        (false, 0)
    );
}

#[tokio::test]
async fn a_permission_that_is_lost_half_way_leaves_the_findings_so_far() {
    let server = server().await;
    for n in 100..550 {
        server.db.put("orders", &order(n));
    }
    let lost = Arc::new(AtomicBool::new(false));
    let denied = Arc::clone(&lost);
    let store = Watched::with(&server.store, move |_, _| {
        if denied.load(Ordering::SeqCst) {
            Do::Fail(ReadErrorKind::Denied)
        } else {
            Do::Read
        }
    });
    let dataset = dataset(&server.store).await;
    let options = DriftOptions {
        copies: vec!["by_ticket".into()],
        ..options()
    };
    let (sender, mut arriving) = channel(1);
    let check = check(
        Means::new(store.store(), sender, CancellationToken::new()),
        &dataset,
        &options,
    );
    let listen = async {
        while let Some(event) = arriving.recv().await {
            if let DriftEvent::Finding(_) = event {
                lost.store(true, Ordering::SeqCst);
            }
        }
    };
    let (outcome, ()) = tokio::join!(check, listen);
    let outcome = outcome.unwrap();
    assert_eq!(
        outcome.error.as_ref().map(|e| e.kind),
        Some(ReadErrorKind::Denied)
    );
    let told: Vec<&Finding> = outcome.findings.iter().collect();
    assert!(!told.is_empty() && told.len() < 450, "{}", told.len());
    assert_eq!(told.len() as u64 + outcome.summary.copies[0].pending, 450);
    assert!(!outcome.summary.complete && outcome.summary.has_drift());
}

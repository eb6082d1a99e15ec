//! Checks of a part: samples and partitions.

use crate::support::{Server, Watched, bound, item, outcome, soon, with_slot};
use driftscope::domain::drift::{Bound, Class};
use driftscope::domain::read::ReadRequest;
use driftscope::engine::drift::{CheckOutcome, DriftOptions, Sampling, Scope};
use driftscope::store::Store;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const FILE: &str = r#"
version = 1
[dataset.orders]
base = "orders"
[dataset.orders.copy.by_state]
table = "by_state"
set = { slot = "day || '#' || id" }
[dataset.orders.copy.by_ticket]
table = "by_ticket"
"#;

const ORDERS: usize = 300;

/// Orders, a copy with two partitions, and one with a partition for each item.
async fn server() -> Server {
    let server = Server::start().await;
    server.db.create("orders", &["id"]);
    server.db.create("by_state", &["state", "slot"]);
    server.db.create("by_ticket", &["ticket"]);
    for n in 0..ORDERS {
        let order = order(n);
        server.db.put("orders", &order);
        server.db.put("by_state", &with_slot(&order));
        server.db.put("by_ticket", &order);
    }
    server
}

fn order(n: usize) -> Json {
    let state = if n.is_multiple_of(2) { "Ohio" } else { "Texas" };
    json!({
        "id": {"S": format!("o{n:03}")}, "state": {"S": state}, "ticket": {"S": format!("t{n:03}")},
        "day": {"S": format!("1998-08-{:02}", 1 + n % 28)}, "total": {"N": n.to_string()},
    })
}

/// An item right behind that of an order, of a base item that does not exist.
fn orphan(order: &Json) -> Json {
    let mut item = order.clone();
    item["id"] = json!({"S": format!("{}x", order["id"]["S"].as_str().unwrap())});
    with_slot(&item)
}

async fn run(store: &Arc<dyn Store>, copy: &str, scope: Scope) -> CheckOutcome {
    let dataset = bound(store, FILE).await;
    let options = DriftOptions {
        copies: vec![copy.into()],
        scope,
        ..soon(&dataset)
    };
    outcome(store, &dataset, &options, None).await
}

async fn sampled(store: &Arc<dyn Store>, copy: &str, items: u64) -> (CheckOutcome, Bound) {
    let outcome = run(store, copy, Scope::Sample(Sampling { items, seed: 7 })).await;
    assert_eq!(outcome.summary.mode, "sample");
    assert!(outcome.summary.complete, "{outcome:?}");
    let bound = outcome.summary.copies[0].bound.clone().unwrap();
    (outcome, bound)
}

#[tokio::test]
async fn a_sample_of_copies_that_agree_bounds_the_rate_of_drift_in_both_directions() {
    let server = server().await;
    for (copy, items) in [("by_ticket", 20), ("by_state", 20), ("by_state", 100)] {
        let (outcome, bound) = sampled(&server.store, copy, items).await;
        assert_eq!(outcome.findings, []);
        let few = (copy, items) == ("by_state", 20);
        assert_eq!(
            outcome.notes.is_empty(),
            !few,
            "{copy}: {:?}",
            outcome.notes
        );
        for direction in [bound.base_to_copy, bound.copy_to_base] {
            assert_eq!(direction.drifted, 0);
            assert!(direction.sampled >= items, "{copy}: {direction:?}");
            let exact =
                1.0 - 0.05_f64.powf(1.0 / f64::from(u32::try_from(direction.sampled).unwrap()));
            assert!((direction.rate_upper_95() - exact).abs() < 1e-9);
        }
    }
}

#[tokio::test]
async fn another_seed_draws_other_items() {
    let server = server().await;
    let mut drawn = Vec::new();
    for seed in [1, 1, 2] {
        let store = Watched::new(&server.store);
        let sampling = Sampling { items: 100, seed };
        run(&store.store(), "by_ticket", Scope::Sample(sampling)).await;
        let keys: BTreeSet<String> = store
            .reads()
            .iter()
            .filter_map(batch_of_tickets)
            .flatten()
            .collect();
        assert_eq!(keys.len(), 100);
        drawn.push(keys);
    }
    assert_eq!(drawn[0], drawn[1]);
    assert_ne!(drawn[1], drawn[2]);
}

fn batch_of_tickets(read: &ReadRequest) -> Option<Vec<String>> {
    match read {
        ReadRequest::BatchGet(batch) if batch.table == "by_ticket" => {
            Some(batch.keys.iter().map(|key| format!("{key:?}")).collect())
        }
        _ => None,
    }
}

#[tokio::test]
async fn everything_missing_is_a_rate_of_one_from_the_base_and_nothing_to_see_from_the_copy() {
    let server = server().await;
    for n in 0..ORDERS {
        server
            .db
            .delete("by_ticket", &json!({"ticket": order(n)["ticket"]}));
    }
    let (outcome, bound) = sampled(&server.store, "by_ticket", 20).await;
    let from_base = bound.base_to_copy;
    assert_eq!(from_base.sampled, from_base.drifted);
    assert!((from_base.rate_upper_95() - 1.0).abs() < f64::EPSILON);
    assert_eq!(bound.copy_to_base.sampled, 0);
    assert_eq!(outcome.findings.len() as u64, from_base.drifted);
    assert!(outcome.findings.iter().all(|f| f.class == Class::Missing));
}

#[tokio::test]
async fn a_copy_with_few_partitions_is_sampled_by_query_and_runs_of_orphans_count_in_full() {
    let server = server().await;
    for n in 0..ORDERS {
        server.db.put("by_state", &orphan(&order(n)));
    }
    let store = Watched::new(&server.store);
    let (outcome, bound) = sampled(&store.store(), "by_state", 20).await;
    let of_copy = |read: &&ReadRequest| *read.table() == "by_state";
    let reads = store.reads();
    let scans = reads
        .iter()
        .filter(of_copy)
        .filter(|r| matches!(r, ReadRequest::Scan(_)));
    assert_eq!(scans.count(), 0);
    assert!(
        reads
            .iter()
            .filter(of_copy)
            .any(|r| matches!(r, ReadRequest::Query(_)))
    );
    // Behind each of twenty positions an orphan, then the next item that agrees.
    let from_copy = &bound.copy_to_base;
    assert_eq!((from_copy.sampled, from_copy.drifted), (40, 20));
    assert_eq!(bound.base_to_copy.drifted, 0);
    assert!(outcome.findings.iter().all(|f| f.class == Class::Orphaned));
    let told: Vec<String> = outcome.notes.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|note| note.contains("few partition keys")),
        "{told:?}"
    );
}

#[tokio::test]
async fn one_item_seen_from_both_sides_is_one_candidate() {
    let server = server().await;
    let mut different = order(5);
    different["total"] = json!({"N": "500"});
    server.db.put("by_ticket", &different);
    let (outcome, bound) = sampled(&server.store, "by_ticket", 300).await;
    assert_eq!(outcome.findings.len(), 1);
    assert_eq!(
        outcome.findings[0].base_key,
        Some(item(&json!({"id": {"S": "o005"}})))
    );
    assert_eq!(
        (bound.base_to_copy.drifted, bound.copy_to_base.drifted),
        (1, 1)
    );
    assert_eq!(outcome.summary.copies[0].candidates, 1);
}

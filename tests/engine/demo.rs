//! The drift check of the demo: its known drift, while live writes go on.

use driftscope::domain::mapping::parse_dataset_file;
use driftscope::engine::catalog::load_all;
use driftscope::engine::drift::{DriftOptions, Means, check};
use driftscope::sandbox::{Options, Sandbox, SeededDrift, seeded_drift};
use driftscope::store::Store;
use driftscope::store::dynamo::Dynamo;
use std::sync::Arc;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn the_known_drift_of_the_demo_is_found_and_nothing_else_while_live_writes_go_on() {
    let sandbox = Sandbox::start(Options::default(), |_| {}).unwrap();
    sandbox.ready().await.unwrap();
    let store: Arc<dyn Store> = Arc::new(Dynamo::local(sandbox.endpoint()));
    let file = parse_dataset_file("demo", Sandbox::dataset_text()).unwrap();
    let catalog = load_all(Arc::clone(&store), vec![file], None)
        .await
        .unwrap();
    let dataset = catalog.dataset("strikes").unwrap();
    let options = DriftOptions::of(dataset);
    let (events, mut arriving) = channel(16);
    let listen = async { while arriving.recv().await.is_some() {} };
    let cancel = CancellationToken::new();
    let (outcome, ()) = tokio::join!(
        check(Means::new(store, events, cancel), dataset, &options),
        listen
    );
    let outcome = outcome.unwrap();
    let mut found: Vec<SeededDrift> = outcome
        .findings
        .iter()
        .map(|finding| SeededDrift {
            copy: finding.copy.clone(),
            class: finding.class,
            base_key: finding.base_key.clone().unwrap_or_default(),
            copy_key: finding.copy_key.clone(),
        })
        .collect();
    found.sort();
    let mut known = seeded_drift().unwrap();
    known.sort();
    assert_eq!(found, known);
    assert!(outcome.summary.complete, "{:?}", outcome.summary);
    assert_eq!(outcome.summary.base_items, 10_000);
}

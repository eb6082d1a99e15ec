//! Changes followed from the stream of the sandbox's base to its copies.

use driftscope::domain::lag::{Flow, Tolerance};
use driftscope::domain::mapping::{BoundDataset, parse_dataset_file};
use driftscope::domain::read::ReadErrorKind;
use driftscope::engine::catalog::load_all;
use driftscope::engine::lag::{FollowOptions, Follower, LagReport};
use driftscope::sandbox::{Fault, Options, Sandbox};
use driftscope::store::dynamo::Dynamo;
use driftscope::store::{Store, Streams};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A sandbox whose replicator has these faults, and its dataset.
async fn sandbox(faults: &[Fault]) -> (Sandbox, Arc<Dynamo>, BoundDataset) {
    let options = Options {
        drift: false,
        faults: faults.to_vec(),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options, |_| {}).unwrap();
    sandbox.ready().await.unwrap();
    let dynamo = Arc::new(Dynamo::local(sandbox.endpoint()));
    let file = parse_dataset_file("demo", Sandbox::dataset_text()).unwrap();
    let store = Arc::clone(&dynamo) as Arc<dyn Store>;
    let catalog = load_all(store, vec![file], None).await.unwrap();
    let dataset = catalog.dataset("strikes").unwrap().clone();
    (sandbox, dynamo, dataset)
}

fn follow(dynamo: &Arc<Dynamo>, dataset: &BoundDataset, tolerance: Tolerance) -> Follower {
    let options = FollowOptions {
        tolerance,
        poll: Duration::from_millis(250),
        changes: None,
    };
    let store = Arc::clone(dynamo) as Arc<dyn Store>;
    let streams = Arc::clone(dynamo) as Arc<dyn Streams>;
    let cancel = CancellationToken::new();
    Follower::start(store, streams, dataset.clone(), options, cancel)
}

/// The first report that is so.
async fn reported(follower: &mut Follower, is_so: impl Fn(&LagReport) -> bool) -> LagReport {
    let seen = follower.report.wait_for(|report| is_so(report));
    let seen = tokio::time::timeout(Duration::from_mins(2), seen).await;
    seen.unwrap_or_else(|_late| panic!("it is never so"))
        .unwrap()
        .clone()
}

fn all(report: &LagReport, is_so: impl Fn(Flow) -> bool) -> bool {
    !report.copies.is_empty() && report.copies.iter().all(|copy| is_so(copy.flow))
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_flow_to_every_copy_of_the_demo() {
    let (_sandbox, dynamo, dataset) = sandbox(&[]).await;
    let mut follower = follow(&dynamo, &dataset, Tolerance::default());
    let flows = |flow| matches!(flow, Flow::Flowing { .. });
    let report = reported(&mut follower, |report| all(report, flows)).await;
    assert_eq!(report.view.as_deref(), Some("NEW_AND_OLD_IMAGES"));
    assert_eq!((report.open, report.closed), (1, 0));
    assert!(report.records > 0);
    assert!(report.newest.is_some());
    assert_eq!(report.error, None);
    for copy in &report.copies {
        assert!(copy.arrived > 0 && copy.arrived <= copy.sampled, "{copy:?}");
        assert_eq!(follower.flows.borrow()[&copy.copy], copy.flow);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replicator_that_stopped_is_told_from_one_that_is_late() {
    let (_sandbox, dynamo, dataset) = sandbox(&[Fault::Stop]).await;
    let tolerance = Tolerance {
        behind: Duration::from_secs(1),
        stopped: Duration::from_secs(4),
        ..Tolerance::default()
    };
    let mut follower = follow(&dynamo, &dataset, tolerance);
    let stopped = |flow| matches!(flow, Flow::Stopped { .. });
    let report = reported(&mut follower, |report| all(report, stopped)).await;
    assert!(report.copies.iter().all(|copy| copy.arrived == 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replicator_that_is_late_is_behind_although_changes_arrive() {
    let (_sandbox, dynamo, dataset) = sandbox(&[Fault::Delay]).await;
    let tolerance = Tolerance::of_grace(Duration::from_secs(2));
    let mut follower = follow(&dynamo, &dataset, tolerance);
    let late = |report: &LagReport| {
        all(report, Flow::holds_verdicts) && report.copies.iter().any(|copy| copy.arrived > 0)
    };
    let report = reported(&mut follower, late).await;
    assert!(
        report
            .copies
            .iter()
            .all(|copy| matches!(copy.flow, Flow::Behind { .. }))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_stream_nothing_is_known_and_it_is_said_why() {
    let (_sandbox, dynamo, mut dataset) = sandbox(&[]).await;
    dataset.base.stream = None;
    let mut follower = follow(&dynamo, &dataset, Tolerance::default());
    let report = reported(&mut follower, |report| report.error.is_some()).await;
    assert!(all(&report, |flow| flow == Flow::Unknown));
    let error = report.error.unwrap();
    assert_eq!(error.kind, ReadErrorKind::NotFound);
    assert!(
        error
            .problem
            .to_string()
            .contains("`strikes` has no stream")
    );
}

//! Following a stream that answers as the test has it: what a real one rarely does.

use crate::drift::{dataset, order, server};
use crate::support::{Server, failure, item};
use async_trait::async_trait;
use driftscope::domain::lag::Flow;
use driftscope::domain::read::{
    ChangeKind, Lapse, ReadError, ReadErrorKind, Shard, ShardPosition, StreamPage, StreamRecord,
};
use driftscope::domain::schema::StreamInfo;
use driftscope::engine::lag::{FollowOptions, Follower, LagReport};
use driftscope::store::{Store, Streams};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

type Answer = Box<dyn FnMut(usize) -> Result<StreamPage, ReadErrorKind> + Send>;

/// A stream of one shard that stays open.
struct Scripted(Mutex<(usize, Answer)>);

impl Scripted {
    /// Asks `answer` with the number of the read of records, from 1.
    fn stream(
        answer: impl FnMut(usize) -> Result<StreamPage, ReadErrorKind> + Send + 'static,
    ) -> Arc<dyn Streams> {
        Arc::new(Self(Mutex::new((0, Box::new(answer)))))
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Streams for Scripted {
    async fn shards(&self, _arn: &str) -> Result<Vec<Shard>, ReadError> {
        Ok(vec![Shard {
            id: "s".to_owned(),
            parent: None,
            closed: false,
        }])
    }

    async fn iterator(
        &self,
        _arn: &str,
        _shard: &str,
        _from: &ShardPosition,
    ) -> Result<String, ReadError> {
        Ok("iterator".to_owned())
    }

    async fn records(&self, _iterator: &str) -> Result<StreamPage, ReadError> {
        let (reads, answer) = &mut *self.0.lock().unwrap();
        *reads += 1;
        answer(*reads).map_err(failure)
    }
}

fn page(records: Vec<StreamRecord>, served_at: Option<i64>) -> StreamPage {
    StreamPage {
        records,
        next: Some("iterator".to_owned()),
        served_at,
    }
}

fn inserted(n: usize, at: i64) -> StreamRecord {
    let order = order(n);
    StreamRecord {
        sequence: n.to_string(),
        kind: ChangeKind::Insert,
        key: item(&json!({"id": order["id"]})),
        old: None,
        new: Some(item(&order)),
        at,
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Somebody who follows this stream to the copies of the check's tests.
async fn follow(
    server: &Server,
    streams: Arc<dyn Streams>,
    changes: Option<mpsc::Sender<StreamRecord>>,
) -> Follower {
    let store: Arc<dyn Store> = Arc::clone(&server.store);
    let mut dataset = dataset(&store).await;
    dataset.base.stream = Some(StreamInfo {
        view: "NEW_AND_OLD_IMAGES".to_owned(),
        arn: Some("arn".to_owned()),
    });
    let options = FollowOptions {
        poll: Duration::ZERO,
        changes,
        ..FollowOptions::of(&dataset)
    };
    Follower::start(store, streams, dataset, options, CancellationToken::new())
}

/// The first report that is so.
async fn reported(mut follower: Follower, is_so: impl Fn(&LagReport) -> bool) -> LagReport {
    let seen = follower.report.wait_for(|report| is_so(report)).await;
    seen.unwrap().clone()
}

#[tokio::test]
async fn records_that_were_trimmed_are_told_as_a_gap() {
    let server = server().await;
    let streams = Scripted::stream(|read| match read {
        2 => Err(ReadErrorKind::Lapsed(Lapse::Trimmed)),
        _ => Ok(page(vec![inserted(read, now())], None)),
    });
    let report = reported(follow(&server, streams, None).await, |report| {
        report.gaps > 0
    })
    .await;
    assert_eq!((report.gaps, report.error), (1, None));
    assert!(
        report.notes[0].contains("coverage gap"),
        "{:?}",
        report.notes
    );
}

#[tokio::test]
async fn an_iterator_that_expires_every_time_loses_nothing() {
    let server = server().await;
    let streams = Scripted::stream(|read| {
        if read % 2 == 0 {
            Err(ReadErrorKind::Lapsed(Lapse::Iterator))
        } else {
            Ok(page(vec![inserted(read, now())], None))
        }
    });
    let (to, mut changes) = mpsc::channel(8);
    let follower = follow(&server, streams, Some(to)).await;
    let mut sequences = Vec::new();
    while sequences.len() < 3 {
        sequences.extend(changes.recv().await.map(|change| change.sequence));
    }
    assert_eq!(sequences, ["1", "3", "5"]);
    assert_eq!(follower.report.borrow().gaps, 0);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_and_the_service_s_is_used() {
    const OFF: i64 = 3_600;
    let server = server().await;
    let streams = Scripted::stream(|read| {
        let theirs = now() + OFF;
        Ok(page(vec![inserted(read, theirs)], Some(theirs)))
    });
    let report = reported(follow(&server, streams, None).await, |report| {
        report.copies.iter().any(|copy| copy.arrived > 0)
    })
    .await;
    let note = &report.notes[0];
    assert!(note.starts_with("the clock of this machine"), "{note}");
    // By this machine's clock the record would be of the future, and by another hour's old.
    assert!(report.newest.unwrap() < Duration::from_secs(OFF.unsigned_abs() / 2));
}

#[tokio::test]
async fn a_permission_that_is_lost_ends_it_and_no_state_is_claimed_any_more() {
    let server = server().await;
    let streams = Scripted::stream(|read| match read {
        1 => Ok(page(vec![inserted(1, now())], None)),
        _ => Err(ReadErrorKind::Denied),
    });
    let report = reported(follow(&server, streams, None).await, |report| {
        report.error.is_some()
    })
    .await;
    assert_eq!(report.error.unwrap().kind, ReadErrorKind::Denied);
    assert!(report.copies.iter().all(|copy| copy.flow == Flow::Unknown));
}

#[tokio::test]
async fn where_no_record_is_left_it_is_said_that_nothing_is_known() {
    let server = server().await;
    let streams = Scripted::stream(|_| Ok(page(Vec::new(), None)));
    let report = reported(follow(&server, streams, None).await, |report| {
        !report.notes.is_empty()
    })
    .await;
    assert!(
        report.notes[0].contains("no change in the open shards"),
        "{:?}",
        report.notes
    );
    assert!(report.copies.iter().all(|copy| copy.flow == Flow::Unknown));
}

//! Lag: follows changes from the stream of a base to its copies, beside a check or on its own.
//!
//! Owns what is read of streams and copies, when, and how much. The order of shards, what a change leaves
//! in a copy, and what follows from it is decided by [`domain::lag`](crate::domain::lag). One task
//! owns everything; it stops when it is cancelled or nobody looks any more.

mod follow;
mod handover;
mod pursue;
mod shard;

use crate::domain::drift::Images;
use crate::domain::lag::{Flow, Flows, OlderImages, Tolerance};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{CopyName, Rcu};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind, StreamRecord};
use crate::domain::schema::Table;
use crate::domain::value::Item;
use crate::engine::drift::{Feed, Means};
use crate::store::{Store, Streams};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Items whose older images are kept.
const IMAGES: usize = 10_000;

/// The time between two reads of a shard, unless the grace asks for a closer look.
const POLL: Duration = Duration::from_secs(1);

/// How to follow.
#[derive(Debug, Clone)]
pub struct FollowOptions {
    /// What is still all right.
    pub tolerance: Tolerance,
    /// The time between two reads of a shard.
    pub poll: Duration,
    /// Where every change goes, when somebody wants them all: while there is no room, the stream is not read on.
    pub changes: Option<mpsc::Sender<StreamRecord>>,
}

impl FollowOptions {
    /// As the grace of the dataset file tells.
    #[must_use]
    pub fn of(dataset: &BoundDataset) -> Self {
        let grace = dataset.dataset.check.grace;
        Self {
            tolerance: grace.map_or_else(Tolerance::default, Tolerance::of_grace),
            // A trigger of Lambda reads each shard four times a second (Lambda developer guide,
            // "Process `DynamoDB` records with Lambda"): no reader needs more.
            poll: grace.map_or(POLL, |grace| (grace / 4).clamp(POLL / 4, POLL)),
            changes: None,
        }
    }
}

/// One copy as it is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyLag {
    /// The copy.
    pub copy: CopyName,
    /// Its state.
    pub flow: Flow,
    /// Changes followed to it.
    pub sampled: u64,
    /// Of these, arrived.
    pub arrived: u64,
}

/// What is known at a time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LagReport {
    /// The view of the stream; `None` when the base has none.
    pub view: Option<String>,
    /// Shards that are open.
    pub open: usize,
    /// Shards that are closed.
    pub closed: usize,
    /// Records read.
    pub records: u64,
    /// How often records were gone before they were read.
    pub gaps: u64,
    /// How old the newest record is.
    pub newest: Option<Duration>,
    /// Each copy.
    pub copies: Vec<CopyLag>,
    /// What was consumed by looking at the copies.
    pub rcu: Rcu,
    /// What limits all this, in sentences.
    pub notes: Vec<String>,
    /// Why nothing is followed any more.
    pub error: Option<ReadError>,
}

impl LagReport {
    /// Whether a state is known of any copy.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.copies.iter().any(|copy| copy.flow != Flow::Unknown)
    }
}

/// Somebody who follows. It goes on until its token is cancelled or every receiver is dropped.
#[derive(Debug, Clone)]
pub struct Follower {
    /// The flow to each copy.
    pub flows: watch::Receiver<Flows>,
    /// Everything else.
    pub report: watch::Receiver<LagReport>,
    /// Older images of items that changed while following.
    pub images: Arc<dyn Images>,
}

impl Follower {
    /// Begins to follow. Takes a reader slot of each shard of the base's stream.
    #[must_use]
    pub fn start(
        store: Arc<dyn Store>,
        streams: Arc<dyn Streams>,
        dataset: BoundDataset,
        options: FollowOptions,
        cancel: CancellationToken,
    ) -> Self {
        let (flows, seen_flows) = watch::channel(Flows::new());
        let (report, seen_report) = watch::channel(LagReport::default());
        let images = Arc::new(Mutex::new(OlderImages::of_at_most(IMAGES)));
        let follow = follow::Follow::new(store, streams, dataset, options, cancel);
        let told = follow::Told {
            flows,
            report,
            images: Arc::clone(&images),
        };
        tokio::spawn(follow.run(told));
        Self {
            flows: seen_flows,
            report: seen_report,
            images,
        }
    }
}

/// Why nothing can be followed: the base has no stream.
#[must_use]
pub fn no_stream(base: &Table) -> ReadError {
    ReadError {
        kind: ReadErrorKind::NotFound,
        problem: Problem::new(format!("table `{}` has no stream", base.name))
            .because("without one nothing tells when its items changed")
            .hint("enable a stream with new and old images on it"),
    }
}

impl Means {
    /// The same with somebody who follows, until the check lets go of them.
    #[must_use]
    pub fn followed(self, streams: Arc<dyn Streams>, dataset: &BoundDataset) -> Self {
        let options = FollowOptions::of(dataset);
        let (store, cancel) = (Arc::clone(&self.store), self.cancel.clone());
        let follower = Follower::start(store, streams, dataset.clone(), options, cancel);
        self.beside(follower)
    }

    /// The same with somebody who follows and hands on every change, for so long.
    #[must_use]
    pub fn watching(
        self,
        streams: Arc<dyn Streams>,
        dataset: &BoundDataset,
        time: Option<Duration>,
    ) -> (Self, Feed) {
        let (to, feed) = Feed::channel(time);
        let options = FollowOptions {
            changes: Some(to),
            ..FollowOptions::of(dataset)
        };
        let (store, cancel) = (Arc::clone(&self.store), self.cancel.clone());
        let follower = Follower::start(store, streams, dataset.clone(), options, cancel);
        (self.beside(follower), feed)
    }

    /// The same with somebody who follows already.
    #[must_use]
    pub fn beside(self, follower: Follower) -> Self {
        Self {
            flows: follower.flows,
            lag: follower.report,
            images: follower.images,
            ..self
        }
    }
}

impl Images for Mutex<OlderImages> {
    fn older(&self, base_key: &Item) -> Vec<Item> {
        let images = self.lock().unwrap_or_else(PoisonError::into_inner);
        images.by_key().get(base_key).cloned().unwrap_or_default()
    }
}

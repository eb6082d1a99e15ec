//! The task that follows: lists shards, reads them, samples changes, looks for them, tells.

use super::handover::Handover;
use super::pursue::Pursuit;
use super::shard::{Gap, Read, Reading};
use super::{CopyLag, FollowOptions, LagReport, no_stream};
use crate::domain::lag::{Flow, Flows, OlderImages, Walk};
use crate::domain::mapping::BoundDataset;
use crate::domain::problem::Problem;
use crate::domain::query::Consistency;
use crate::domain::read::{ChangeKind, ReadError, ReadErrorKind, StreamPage, StreamRecord};
use crate::domain::schema::Table;
use crate::domain::value::Item;
use crate::engine::pages::{Found, Reader, Stop};
use crate::store::{Store, Streams};
use chrono::Utc;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The time between two rounds.
const ROUND: Duration = Duration::from_millis(250);
/// How often shards are listed: at most ten a second are allowed (API reference, `DescribeStream`).
const LIST_EVERY: i64 = 30_000;
/// Most shards read for lag: a sample of them tells it.
const SHARDS: usize = 64;
/// Shards read at once.
const WIDTH: usize = 8;
/// New items followed of a page of records, to each copy.
const SAMPLE: usize = 2;
/// The time between two reads of a shard whose history is read, in milliseconds: five reads a second are allowed
/// (API reference, `GetRecords`).
const CATCH_UP: i64 = 250;
/// What to say where no record is left.
const NO_RECORD: &str = "no change in the open shards, which last some hours: whether what changed before arrived is not known";
/// A pause after a read of the stream that failed for now, in milliseconds.
const TROUBLE: i64 = 5_000;
/// Clocks that differ by less are the same, records being dated to the second.
const SAME_CLOCK: i64 = 2_000;
/// Changes that wait so long for whoever wants them, in milliseconds, come faster than they are taken.
const LATE: i64 = 10_000;

/// Where everything is told.
pub(super) struct Told {
    pub(super) flows: watch::Sender<Flows>,
    pub(super) report: watch::Sender<LagReport>,
    pub(super) images: Arc<Mutex<OlderImages>>,
}

/// A stream and its copies under way.
pub(super) struct Follow {
    streams: Arc<dyn Streams>,
    dataset: BoundDataset,
    options: FollowOptions,
    handover: Handover,
    cancel: CancellationToken,
    reader: Reader<()>,
    /// Keeps the reader going: it has nobody to tell.
    _events: mpsc::Receiver<()>,
    walk: Walk,
    listed: Option<i64>,
    /// Shards under way, and when each is due.
    readings: BTreeMap<String, (i64, Reading)>,
    pursuits: Vec<Pursuit>,
    /// How far the service's clock is before this machine's, in milliseconds.
    skew: i64,
    newest: Option<i64>,
    report: LagReport,
}

impl Follow {
    pub(super) fn new(
        store: Arc<dyn Store>,
        streams: Arc<dyn Streams>,
        dataset: BoundDataset,
        options: FollowOptions,
        cancel: CancellationToken,
    ) -> Self {
        let (events, kept) = mpsc::channel(1);
        let stream = dataset.base.stream.as_ref();
        Self {
            reader: Reader::new(store, events, cancel.clone()),
            _events: kept,
            streams,
            handover: Handover::new(options.changes.clone()),
            options,
            cancel,
            walk: Walk::default(),
            listed: None,
            readings: BTreeMap::new(),
            pursuits: dataset.copies.iter().map(|_| Pursuit::default()).collect(),
            skew: 0,
            newest: None,
            report: LagReport {
                view: stream.map(|stream| stream.view.clone()),
                ..LagReport::default()
            },
            dataset,
        }
    }

    /// Follows until it is stopped, or the stream cannot be read.
    pub(super) async fn run(mut self, told: Told) {
        let cancel = self.cancel.clone();
        let stream = self.dataset.base.stream.as_ref();
        let Some(arn) = stream.and_then(|stream| stream.arn.clone()) else {
            self.report.error = Some(no_stream(&self.dataset.base));
            self.tell(&told);
            return;
        };
        loop {
            let round = tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                () = unheard(&told) => return,
                round = self.round(&arn, &told) => round,
            };
            match round {
                Ok(()) => {}
                Err(Stop::Cancelled) => return,
                Err(Stop::Failed(error)) => self.report.error = Some(error),
            }
            self.tell(&told);
            if self.report.error.is_some() {
                return;
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    async fn round(&mut self, arn: &str, told: &Told) -> Result<(), Stop> {
        self.list(arn).await?;
        if self.handover.pass()? {
            self.read(arn, told).await?;
        }
        self.look().await
    }

    /// The time by the service's clock.
    fn now(&self) -> i64 {
        Utc::now().timestamp_millis() + self.skew
    }

    async fn list(&mut self, arn: &str) -> Result<(), Stop> {
        let now = self.now();
        if self.listed.is_some_and(|at| now < at + LIST_EVERY) {
            return Ok(());
        }
        let first = self.listed.is_none();
        let shards = match self.streams.shards(arn).await {
            Ok(shards) => shards,
            Err(error) if !first && error.passes() => {
                self.listed = Some(now - LIST_EVERY + TROUBLE);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.listed = Some(now);
        self.walk.update(shards);
        (self.report.open, self.report.closed) = self.walk.counts();
        self.begin(first);
        Ok(())
    }

    /// Begins with every shard that is ready; all of them when every change is wanted.
    fn begin(&mut self, first: bool) {
        let ready: Vec<String> = self
            .walk
            .ready()
            .iter()
            .map(|shard| shard.id.clone())
            .collect();
        self.readings.retain(|id, _| ready.contains(id));
        for id in ready {
            if self.readings.contains_key(&id) {
                continue;
            }
            if self.readings.len() >= SHARDS && !self.handover.is_wanted() {
                self.note(format!(
                    "{SHARDS} of {} open shards are read",
                    self.report.open
                ));
                return;
            }
            let reading = if first {
                Reading::from_now(id.clone())
            } else {
                Reading::from_start(id.clone())
            };
            self.readings.insert(id, (0, reading));
        }
    }

    /// Reads every shard that is due.
    async fn read(&mut self, arn: &str, told: &Told) -> Result<(), Stop> {
        let now = self.now();
        let due: Vec<String> = self
            .readings
            .iter()
            .filter(|(_, (due, _))| *due <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for ids in due.chunks(WIDTH) {
            let mut reads = JoinSet::new();
            for (_, mut reading) in ids.iter().filter_map(|id| self.readings.remove(id)) {
                let (streams, arn) = (Arc::clone(&self.streams), arn.to_owned());
                reads.spawn(async move {
                    let read = reading.next(&*streams, &arn).await;
                    (reading, read)
                });
            }
            while let Some(joined) = reads.join_next().await {
                let (reading, read) = joined.map_err(|error| ReadError {
                    kind: ReadErrorKind::Service,
                    problem: Problem::new("a read of the stream ended unexpectedly")
                        .because(error.to_string()),
                })?;
                self.take(reading, read, told).await?;
            }
            if !self.handover.pass()? {
                break;
            }
        }
        Ok(())
    }

    async fn take(
        &mut self,
        reading: Reading,
        read: Result<Read, ReadError>,
        told: &Told,
    ) -> Result<(), Stop> {
        let id = reading.id.clone();
        let mut pause = i64::try_from(self.options.poll.as_millis()).unwrap_or(i64::MAX);
        if reading.catches_up() {
            pause = pause.min(CATCH_UP);
        }
        match read {
            Ok(Read::Page(page, gap)) => {
                if gap == Gap::Before {
                    self.report.gaps += 1;
                    self.note(
                        "coverage gap: some records were gone before they were read".to_owned(),
                    );
                }
                self.readings
                    .insert(id.clone(), (self.now() + pause, reading));
                self.page(&id, page, told).await
            }
            Ok(Read::End(page)) => {
                self.walk.finish(&id);
                self.begin(false);
                // What follows it may not be listed yet.
                self.listed = self
                    .listed
                    .map(|at| at.min(self.now() - LIST_EVERY + TROUBLE));
                self.page(&id, page, told).await
            }
            Err(error) if error.passes() => {
                self.note(error.problem.to_string());
                self.readings.insert(id, (self.now() + TROUBLE, reading));
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn page(&mut self, shard: &str, page: StreamPage, told: &Told) -> Result<(), Stop> {
        if let Some(served) = page.served_at {
            self.set_clock(served * 1000 - Utc::now().timestamp_millis());
        }
        self.report.records += page.records.len() as u64;
        let newest = page.records.iter().map(|record| record.at * 1000).max();
        self.newest = self.newest.max(newest);
        for pursuit in &mut self.pursuits {
            pursuit.gauge.read(shard, newest);
        }
        {
            let mut images = told.images.lock().unwrap_or_else(PoisonError::into_inner);
            page.records.iter().for_each(|record| images.take(record));
        }
        self.sample(shard, &page.records).await?;
        self.handover.take(page.records);
        Ok(())
    }

    /// A clock that is told to the second is off by half of one on average.
    fn set_clock(&mut self, skew: i64) {
        let skew = skew + 500;
        if skew.abs() < SAME_CLOCK {
            self.skew = 0;
            return;
        }
        self.skew = skew;
        let note = format!(
            "the clock of this machine is {} s off: the service's is used",
            skew.abs() / 1000
        );
        if !self
            .report
            .notes
            .iter()
            .any(|note| note.starts_with("the clock"))
        {
            self.note(note);
        }
    }

    /// Follows the newest changes, and all of items that are followed.
    async fn sample(&mut self, shard: &str, records: &[StreamRecord]) -> Result<(), Stop> {
        let mut newest: BTreeSet<&Item> = BTreeSet::new();
        for record in records.iter().rev() {
            if newest.len() >= SAMPLE {
                break;
            }
            newest.insert(&record.key);
        }
        let followed = |key: &Item| self.pursuits.iter().any(|pursuit| pursuit.follows(key));
        let chosen: Vec<&StreamRecord> = records
            .iter()
            .filter(|record| newest.contains(&record.key) || followed(&record.key))
            .collect();
        let chosen = self.with_images(chosen).await?;
        let now = self.now();
        for record in &chosen {
            for (pursuit, copy) in self.pursuits.iter_mut().zip(&self.dataset.copies) {
                pursuit.take(&self.dataset, copy, shard, record, now);
            }
        }
        Ok(())
    }

    /// Where the view has no new images, the base item as it is now stands for them.
    async fn with_images(
        &mut self,
        records: Vec<&StreamRecord>,
    ) -> Result<Vec<StreamRecord>, Stop> {
        let lacks =
            |record: &StreamRecord| record.new.is_none() && record.kind != ChangeKind::Remove;
        let keys: BTreeSet<Item> = records
            .iter()
            .filter(|record| lacks(record))
            .map(|record| record.key.clone())
            .collect();
        let base = self.dataset.base.clone();
        let found = self.items(&base, keys).await?;
        let with = |record: &StreamRecord| StreamRecord {
            new: record
                .new
                .clone()
                .or_else(|| found.get(&record.key).cloned()),
            ..record.clone()
        };
        Ok(records.into_iter().map(with).collect())
    }

    /// Looks for what is due.
    async fn look(&mut self) -> Result<(), Stop> {
        for at in 0..self.pursuits.len() {
            let asked = self.now();
            let keys = self.pursuits[at].due(asked);
            if keys.is_empty() {
                continue;
            }
            let table = self.dataset.copies[at].table.clone();
            let found = self.items(&table, keys).await?;
            let now = self.now();
            let copy = &self.dataset.copies[at];
            self.pursuits[at].looked(&self.dataset, copy, &found, asked, now);
        }
        Ok(())
    }

    async fn items(&mut self, table: &Table, keys: BTreeSet<Item>) -> Result<Found, Stop> {
        self.reader
            .items(table, &keys, Consistency::Strong, 1)
            .await
    }

    fn note(&mut self, note: String) {
        if !self.report.notes.contains(&note) {
            self.report.notes.push(note);
        }
    }

    fn tell(&mut self, told: &Told) {
        let now = self.now();
        let waits = self.handover.oldest().map(|made| now - made * 1000);
        if waits.is_some_and(|waits| waits >= LATE) {
            self.note("changes come faster than they are looked at: they are read late".to_owned());
        }
        let age = |made: i64| Duration::from_millis(u64::try_from(now - made).unwrap_or_default());
        self.report.newest = self.newest.map(age);
        let read =
            !self.readings.is_empty() && self.readings.values().all(|(_, r)| !r.catches_up());
        if self.newest.is_some() {
            self.report.notes.retain(|note| note != NO_RECORD);
        } else if read {
            self.note(NO_RECORD.to_owned());
        }
        self.report.rcu = self.reader.used.rcu;
        let failed = self.report.error.is_some();
        let copies = self.dataset.copies.iter().zip(&self.pursuits);
        self.report.copies = copies
            .map(|(copy, pursuit)| CopyLag {
                copy: copy.mapping.name.clone(),
                flow: if failed {
                    Flow::Unknown
                } else {
                    pursuit.gauge.flow(&self.options.tolerance, now)
                },
                sampled: pursuit.gauge.sampled,
                arrived: pursuit.gauge.arrived,
            })
            .collect();
        let copies = self.report.copies.iter();
        let flows: Flows = copies.map(|copy| (copy.copy.clone(), copy.flow)).collect();
        told.flows.send_if_modified(|known| {
            let news = *known != flows;
            *known = flows;
            news
        });
        told.report.send_replace(self.report.clone());
    }
}

/// Until nobody looks any more.
async fn unheard(told: &Told) {
    tokio::join!(told.report.closed(), told.flows.closed());
}

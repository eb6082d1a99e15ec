//! The replicator: consumes the base's stream and keeps the copies.
//!
//! It stands for the stream consumers that a team runs, so it promises what they promise: every
//! record at least once, retried until it succeeds, in order for each item. Its faults are theirs, too.

use super::database::{Change, Cursor, Database};
use super::load::copy_items;
use super::tables::key_of;
use super::{Fault, SandboxError};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Records a fetch takes at most.
const FETCH: usize = 500;

/// One record in so many suffers from the faults `drop` and `resurrect`.
const ONE_IN: u32 = 20;

/// Where the replicator stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplicatorState {
    /// Records applied, repetitions included.
    pub applied: u64,
    /// Records lost to the fault `drop`.
    pub lost: u64,
    /// Sequence number of the record last done with.
    pub last_sequence: Option<String>,
    /// Records fetched and not yet done with.
    pub waiting: usize,
    /// How long the oldest of them has waited.
    pub lag: Duration,
}

/// A consumer of one stream.
pub(super) struct Replicator<'a> {
    database: &'a Database,
    dataset: &'a BoundDataset,
    faults: &'a [Fault],
    random: fastrand::Rng,
    delay: Duration,
    cursor: Cursor,
    waiting: VecDeque<(Instant, Change)>,
    /// After how long to make up for the next record, which is lost at first.
    losing: Option<Duration>,
    /// Records lost, and when to make up for them.
    owed: Vec<(Instant, Change)>,
    state: ReplicatorState,
}

impl<'a> Replicator<'a> {
    /// A replicator that begins at `cursor`.
    pub(super) fn new(
        database: &'a Database,
        dataset: &'a BoundDataset,
        faults: &'a [Fault],
        seed: u64,
        delay: Duration,
        cursor: Cursor,
    ) -> Self {
        Self {
            database,
            dataset,
            faults,
            random: fastrand::Rng::with_seed(seed),
            delay: if faults.contains(&Fault::Delay) {
                delay
            } else {
                Duration::ZERO
            },
            cursor,
            waiting: VecDeque::new(),
            losing: None,
            owed: Vec::new(),
            state: ReplicatorState::default(),
        }
    }

    /// Fetches what is new and applies what is due at `now`. After an error the record that caused
    /// it is still the first in line, so the next step tries it again.
    pub(super) fn step(&mut self, now: Instant) -> Result<(), SandboxError> {
        let (changes, next) = self.database.changes(&self.cursor, FETCH)?;
        self.waiting
            .extend(changes.into_iter().map(|change| (now, change)));
        self.cursor = next;
        while let Some((since, change)) = self.waiting.pop_front() {
            let due = now.duration_since(since) >= self.delay;
            let done = if self.has(Fault::Stop) || !due {
                Ok(false)
            } else {
                self.apply(now, &change).map(|()| true)
            };
            if !matches!(done, Ok(true)) {
                self.waiting.push_front((since, change));
                self.observe(now);
                return done.map(|_| ());
            }
            self.state.last_sequence = Some(change.sequence);
        }
        self.observe(now);
        self.make_up(now)
    }

    /// Loses the next record, and makes up for it after `mend`.
    pub(super) const fn lose_next(&mut self, mend: Duration) {
        self.losing = Some(mend);
    }

    /// Makes up for lost records that are due, by what their base items are now: what came of them since
    /// is in the copies already.
    fn make_up(&mut self, now: Instant) -> Result<(), SandboxError> {
        while let Some(at) = self.owed.iter().position(|(due, _)| now >= *due) {
            let (due, lost) = self.owed.swap_remove(at);
            if let Err(error) = self.carry_again(&lost) {
                self.owed.push((due, lost));
                return Err(error);
            }
        }
        Ok(())
    }

    fn carry_again(&self, lost: &Change) -> Result<(), SandboxError> {
        let Some(image) = lost.new.as_ref().or(lost.old.as_ref()) else {
            return Ok(());
        };
        let base = &self.dataset.base;
        self.carry(&Change {
            sequence: lost.sequence.clone(),
            old: lost.old.clone(),
            new: self
                .database
                .get(base.name.as_str(), &key_of(base, image))?,
        })
    }

    /// Where it stands.
    pub(super) const fn state(&self) -> &ReplicatorState {
        &self.state
    }

    fn observe(&mut self, now: Instant) {
        self.state.waiting = self.waiting.len();
        self.state.lag = self
            .waiting
            .front()
            .map_or(Duration::ZERO, |(since, _)| now.duration_since(*since));
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn hits(&mut self, fault: Fault) -> bool {
        self.has(fault) && self.random.u32(..ONE_IN) == 0
    }

    fn apply(&mut self, now: Instant, change: &Change) -> Result<(), SandboxError> {
        if let Some(mend) = self.losing.take() {
            self.owed.push((now + mend, change.clone()));
            self.state.lost += 1;
            return Ok(());
        }
        if self.hits(Fault::Drop) {
            self.state.lost += 1;
            return Ok(());
        }
        let times = if self.has(Fault::Duplicate) { 2 } else { 1 };
        for _ in 0..times {
            self.carry(change)?;
            self.state.applied += 1;
        }
        if let Some(old) = &change.old
            && self.hits(Fault::Resurrect)
        {
            for copy in &self.dataset.copies {
                self.put(copy, old)?;
            }
        }
        Ok(())
    }

    /// Carries a change into every copy: puts what the new image gives, deletes what only the old one gave.
    fn carry(&self, change: &Change) -> Result<(), SandboxError> {
        for copy in &self.dataset.copies {
            let kept = match &change.new {
                Some(new) => self.put(copy, new)?,
                None => Vec::new(),
            };
            let old = change.old.as_ref();
            let former = old.map_or_else(Vec::new, |old| copy_items(self.dataset, copy, old));
            for item in former {
                let key = key_of(&copy.table, &item);
                if !kept.contains(&key) {
                    self.database.delete(copy.table.name.as_str(), &key)?;
                }
            }
        }
        Ok(())
    }

    /// Puts what `base` gives into `copy`; returns the keys.
    fn put(&self, copy: &BoundCopy, base: &Item) -> Result<Vec<Item>, SandboxError> {
        let items = copy_items(self.dataset, copy, base);
        for item in &items {
            self.database.put(copy.table.name.as_str(), item)?;
        }
        Ok(items.iter().map(|item| key_of(&copy.table, item)).collect())
    }
}

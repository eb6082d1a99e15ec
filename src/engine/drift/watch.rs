//! Watching: what changes in the base is looked at in the copies when its grace is over, and drift is told
//! as it is found.
//!
//! Owns which changes are taken, and what goes on while nothing is due. A look and what follows from it are
//! those of a check. While there is no room for another change none is taken, so that whoever reads the stream waits.

use super::check::Check;
use super::verify::{Case, Judged, Progress, flow};
use super::{CheckOutcome, DriftEvent, DriftOptions, Means, Phase, Scope, ttl};
use crate::domain::drift::{
    Candidate, Due, Finding, Left, LeftOpen, Next, Subject, Watchlist, concerned,
};
use crate::domain::mapping::BoundDataset;
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, StreamRecord};
use crate::engine::pages::Stop;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

/// Changed items with an eye on them at once, each in each copy.
const AT_ONCE: usize = 50_000;
/// Of these, looked at together.
const BATCH: usize = 400;
/// How often it is told how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// How old the knowledge may be that the tables are still the same.
const CONFIRM_EVERY: Duration = Duration::from_secs(30);
/// Changes that wait to be taken.
const ROOM: usize = 1_000;
/// A pause after a look that failed for now.
const TROUBLE: Duration = Duration::from_secs(5);

/// The changes to watch.
#[derive(Debug)]
pub struct Feed {
    /// Every change; when there is no more to come, those that came are looked at to the end. As [`FollowOptions::changes`](crate::engine::lag::FollowOptions) hands them on.
    pub changes: Receiver<StreamRecord>,
    /// How long changes are taken; what was taken is still looked at to the end. Until it is
    /// cancelled, when none.
    pub time: Option<Duration>,
}

impl Feed {
    /// What changes are handed to, and the feed they come by.
    #[must_use]
    pub fn channel(time: Option<Duration>) -> (Sender<StreamRecord>, Self) {
        let (to, changes) = channel(ROOM);
        (to, Self { changes, time })
    }
}

/// Watches a dataset. Findings go to `events` as they are confirmed, and once more when they are mended. It is
/// complete when every change whose grace was over has been looked at to the end. The outcome lists what is not
/// mended by then, and what was neither told before nor is settled.
///
/// # Errors
/// When nothing could be read at all.
pub async fn watch(
    means: Means,
    dataset: &BoundDataset,
    options: &DriftOptions,
    feed: Feed,
) -> Result<CheckOutcome, ReadError> {
    let options = DriftOptions {
        scope: Scope::Watch,
        ..options.clone()
    };
    let (dataset, unknown) = ttl::asked(&means, dataset, &options).await;
    let mut check = Check::new(means, &dataset, &options);
    for note in unknown {
        check.note(note);
    }
    let ended = Box::pin(check.watch(feed)).await;
    check.finish(ended)
}

/// A watch under way.
struct Watch {
    list: Watchlist<Progress>,
    started: Instant,
    told: Option<Duration>,
    confirmed: Duration,
    /// Looks at a changed item in one copy.
    looks: u64,
}

impl Check<'_> {
    async fn watch(&mut self, feed: Feed) -> Result<(), Stop> {
        for checked in &mut self.copies {
            checked.scanned = true;
        }
        self.note_images();
        let mut watch = Watch {
            list: Watchlist::of_at_most(AT_ONCE),
            started: Instant::now(),
            told: None,
            confirmed: Duration::ZERO,
            looks: 0,
        };
        let ended = self.keep_watch(&mut watch, feed).await;
        let now = watch.started.elapsed();
        self.leave_watch(watch.list.leave(now));
        match ended {
            // That is how a watch ends.
            Err(Stop::Cancelled) => Ok(()),
            ended => ended,
        }
    }

    async fn keep_watch(&mut self, watch: &mut Watch, mut feed: Feed) -> Result<(), Stop> {
        let mut ended = false;
        loop {
            let now = watch.started.elapsed();
            let open = !ended && feed.time.is_none_or(|time| now < time);
            while open
                && watch.list.has_room()
                && let Ok(change) = feed.changes.try_recv()
            {
                self.admit(&mut watch.list, &change, now);
            }
            if !open && watch.list.under_way() == 0 {
                return Ok(());
            }
            if watch.told.is_none_or(|told| now >= told + TELL_EVERY) {
                watch.told = Some(now);
                self.tell_watch(watch).await?;
            }
            let due = watch.list.take_due(now, BATCH);
            if !due.is_empty() {
                self.look_at(watch, due).await?;
                continue;
            }
            let next = watch.list.next_due().into_iter().chain(feed.time);
            let next = next.filter(|next| *next > now).min();
            let pause = next.map_or(TELL_EVERY, |next| next.saturating_sub(now).min(TELL_EVERY));
            tokio::select! {
                biased;
                slept = self.reader.sleep(pause) => slept?,
                change = feed.changes.recv(), if open && watch.list.has_room() => match change {
                    Some(change) => self.admit(&mut watch.list, &change, now),
                    None => match self.lag.borrow().error.clone() {
                        Some(error) => return Err(error.into()),
                        None => ended = true,
                    },
                },
            }
        }
    }

    /// Takes a change, for every copy that it concerns.
    fn admit(&self, list: &mut Watchlist<Progress>, change: &StreamRecord, now: Duration) {
        for (copy, checked) in self.copies.iter().enumerate() {
            let Some(keys) = concerned(self.dataset, checked.copy, change) else {
                continue;
            };
            let subject = Subject {
                copy,
                base_key: change.key.clone(),
            };
            list.changed(subject, keys, now + self.grace_of(copy));
        }
    }

    fn grace_of(&self, copy: usize) -> Duration {
        self.grace.of(flow(&self.flows, self.copies[copy].copy))
    }

    async fn look_at(&mut self, watch: &mut Watch, due: Vec<Due<Progress>>) -> Result<(), Stop> {
        let mut cases: Vec<Case> = due.into_iter().map(case).collect();
        let fresh = cases.iter().filter(|case| case.progress.rounds.is_new());
        let fresh: BTreeSet<_> = fresh.map(|case| &case.candidate.base_key).collect();
        let fresh = fresh.len() as u64;
        let judged = match self.look_and_judge(&mut cases, watch.started).await {
            Ok(judged) => judged,
            Err(Stop::Failed(error)) if error.passes() => {
                let due = watch.started.elapsed() + TROUBLE;
                for case in &cases {
                    watch.list.wait(subject_of(case), due);
                }
                self.note(error.problem);
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        self.base_items += fresh;
        watch.looks += cases.len() as u64;
        let now = watch.started.elapsed();
        let drifts = judged.iter().any(|(next, _)| *next == Next::Drift);
        if drifts && now >= watch.confirmed + CONFIRM_EVERY {
            self.confirm_tables().await?;
            watch.confirmed = now;
        }
        for (case, judged) in cases.into_iter().zip(judged) {
            let events = self.take_judged(&mut watch.list, case, judged, now);
            for event in events {
                self.reader.emit(event).await?;
            }
        }
        self.candidates = self.copies.iter().map(|c| c.summary.candidates).sum();
        Ok(())
    }

    /// Takes in what follows from a look; what is to be told of it.
    fn take_judged(
        &mut self,
        list: &mut Watchlist<Progress>,
        case: Case,
        (next, findings): Judged,
        now: Duration,
    ) -> Vec<DriftEvent> {
        let pause = self.grace_of(case.copy);
        let (copy, progress) = (case.copy, case.progress);
        let subject = subject_of(&case);
        let candidate = case.candidate;
        if !self.copies[copy].scanned {
            // Its table is another one by now: what was seen there tells nothing.
            list.give_up(&subject, now, pause);
            return Vec::new();
        }
        let news = match next {
            Next::Look(due) => {
                list.look_again(subject, due, progress);
                return Vec::new();
            }
            Next::Open(why) => {
                list.give_up(&subject, now, pause);
                let open = self.count_open(copy, candidate, why);
                return vec![DriftEvent::Open(Box::new(open))];
            }
            Next::InFlight => list.settle(&subject, Vec::new(), now, pause),
            Next::Drift => list.settle(&subject, findings, now, pause),
        };
        // What is mended was counted when it was found.
        let was_late = next == Next::InFlight && news.mended.is_empty();
        let seen = u64::from(was_late && !progress.rounds.is_new());
        let candidate = Candidate { seen, ..candidate };
        self.copies[copy].summary.settle(&candidate, &news.found);
        let found = news.found.into_iter().map(|finding| self.kept_of(finding));
        let found = found.map(|finding| DriftEvent::Finding(Box::new(finding)));
        let mended = news.mended.into_iter();
        let mended = mended.map(|finding| DriftEvent::Mended(Box::new(finding)));
        found.chain(mended).collect()
    }

    async fn tell_watch(&mut self, watch: &Watch) -> Result<(), Stop> {
        let to_come = watch.list.under_way() as u64;
        self.progress(Phase::Watch, watch.looks, Some(watch.looks + to_come))
            .await
    }

    /// What was not looked at to the end.
    fn leave_watch(&mut self, left: Left) {
        for (subject, copy_keys) in left.open {
            let candidate = Candidate {
                base_key: Some(subject.base_key),
                copy_keys,
                seen: 1,
            };
            self.leave_open(subject.copy, candidate, LeftOpen::Pending);
        }
        if left.early > 0 {
            let what = format!("{} changes were not looked at", left.early);
            self.note(Problem::new(what).because("their grace was not over"));
        }
        if left.overdue > 0 {
            let what = format!("{} changes were not looked at", left.overdue);
            self.note_incomplete(Problem::new(what).because("their turn had not come"));
        }
        let gaps = self.lag.borrow().gaps;
        if gaps > 0 {
            let what = format!("{gaps} gaps: changes were gone before they were read");
            self.note_incomplete(Problem::new(what).hint("a check finds what they left"));
        }
        self.findings = left
            .standing
            .into_iter()
            .map(|f| self.kept_of(f))
            .collect::<Vec<Finding>>();
    }

    /// Says what cannot be seen by what the stream tells.
    fn note_images(&mut self) {
        let view = self
            .dataset
            .base
            .stream
            .as_ref()
            .map(|stream| &*stream.view);
        if view.is_some_and(|view| !view.contains("OLD")) {
            let what = "what a copy keeps under a former key is not seen";
            self.note(
                Problem::new(what)
                    .because("the stream has no old images")
                    .hint("a stream with new and old images, or a check"),
            );
        }
    }
}

fn case(due: Due<Progress>) -> Case {
    Case {
        copy: due.subject.copy,
        candidate: Candidate {
            base_key: Some(due.subject.base_key),
            copy_keys: due.copy_keys,
            seen: 0,
        },
        progress: due.progress,
    }
}

fn subject_of(case: &Case) -> Subject {
    Subject {
        copy: case.copy,
        base_key: case.candidate.base_key.clone().unwrap_or_default(),
    }
}

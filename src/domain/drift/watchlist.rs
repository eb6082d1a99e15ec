//! What a watch has an eye on: changed items, when each is looked at next, and what was told of it.
//!
//! Owns which items wait and which is due; what a look shows is [`Rounds`](super::Rounds)'s. Time is data: a
//! duration since the watch began. An item that changes again while it is looked at is looked at once more,
//! when the grace of that change is over. An item with drift is looked at now and then, so that it can be
//! said when it is mended. Bounded: while there is no room, no change is to be taken.

use super::Finding;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::read::{ChangeKind, StreamRecord};
use crate::domain::value::Item;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::time::Duration;

/// Items with drift that are looked at again; of more it is not said when they are mended.
const AT_REST: usize = 1_000;
/// How often the pause between looks at an item with drift doubles.
const DOUBLED: u32 = 5;

/// The keys of the copy items that a change concerns, as far as the record tells them. `None` when it
/// concerns none: no image of the base item gives one.
#[must_use]
pub fn concerned(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    record: &StreamRecord,
) -> Option<BTreeSet<Item>> {
    let mut keys = BTreeSet::new();
    // Without its new image, the base item itself tells when it is looked at.
    let mut concerns = record.new.is_none() && record.kind != ChangeKind::Remove;
    for image in [&record.old, &record.new].into_iter().flatten() {
        match dataset.expected(copy, image) {
            Expectation::Items(items) => {
                keys.extend(items.iter().map(|item| copy.table.key.of(item)));
            }
            Expectation::Unmappable(_) => concerns = true,
        }
    }
    (concerns || !keys.is_empty()).then_some(keys)
}

/// A base item in one of the copies that are watched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Which copy.
    pub copy: usize,
    /// The key of the base item.
    pub base_key: Item,
}

/// A subject to be looked at, with what the looks before have come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<P> {
    /// The subject.
    pub subject: Subject,
    /// Keys of copy items that changes concerned, sorted.
    pub copy_keys: Vec<Item>,
    /// How far its verification is.
    pub progress: P,
}

/// What is to be told of a subject now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct News {
    /// Findings that were not told before.
    pub found: Vec<Finding>,
    /// Findings told before that are there no more.
    pub mended: Vec<Finding>,
}

/// What was not looked at to the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// What showed a difference, which was neither confirmed nor cleared.
    pub open: Vec<(Subject, Vec<Item>)>,
    /// Changes whose grace was not over.
    pub early: usize,
    /// Changes whose turn had come.
    pub overdue: usize,
    /// Drift that was told and is not mended, as far as it is known.
    pub standing: Vec<Finding>,
}

/// The subjects of a watch; `P` is how far the verification of each is.
#[derive(Debug, Clone)]
pub struct Watchlist<P> {
    subjects: BTreeMap<Subject, Watched<P>>,
    waiting: BTreeSet<(Duration, Subject)>,
    at_rest: usize,
    most: usize,
}

#[derive(Debug, Clone)]
struct Watched<P> {
    stage: Stage,
    due: Duration,
    keys: BTreeSet<Item>,
    progress: P,
    /// A change that came later: the keys it concerns, and when its grace is over.
    later: Option<(Duration, BTreeSet<Item>)>,
    told: Vec<Finding>,
    /// Pauses since it was found.
    pauses: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A change waits for its grace to be over.
    Changed,
    /// A difference was seen.
    Differs,
    /// Drift was told; is it still there?
    Told,
}

impl<P: Copy + Default> Watchlist<P> {
    /// An empty list that has room for so many subjects.
    #[must_use]
    pub const fn of_at_most(most: usize) -> Self {
        Self {
            subjects: BTreeMap::new(),
            waiting: BTreeSet::new(),
            at_rest: 0,
            most,
        }
    }

    /// Whether another change may be taken.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.subjects.len() < self.most
    }

    /// Subjects that are not looked at to the end: all but those whose drift was told.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.subjects.len() - self.at_rest
    }

    /// When the next subject is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// A subject changed; its grace is over at `due`.
    pub fn changed(&mut self, subject: Subject, keys: BTreeSet<Item>, due: Duration) {
        let Some(watched) = self.subjects.get_mut(&subject) else {
            self.waiting.insert((due, subject.clone()));
            let watched = Watched {
                stage: Stage::Changed,
                due,
                keys,
                progress: P::default(),
                later: None,
                told: Vec::new(),
                pauses: 0,
            };
            self.subjects.insert(subject, watched);
            return;
        };
        if watched.stage == Stage::Told {
            self.at_rest -= 1;
            self.waiting.remove(&(watched.due, subject.clone()));
            self.waiting.insert((due, subject));
            watched.stage = Stage::Changed;
            watched.due = due;
            watched.keys.extend(keys);
            return;
        }
        let (until, later) = watched.later.get_or_insert_default();
        *until = due;
        later.extend(keys);
    }

    /// Takes at most `most` subjects that are due. Each has to be given back, by [`Self::look_again`],
    /// [`Self::wait`], [`Self::settle`], or [`Self::give_up`].
    pub fn take_due(&mut self, now: Duration, most: usize) -> Vec<Due<P>> {
        let mut taken = Vec::new();
        while taken.len() < most
            && self.next_due().is_some_and(|due| due <= now)
            && let Some((_, subject)) = self.waiting.pop_first()
            && let Some(watched) = self.subjects.get_mut(&subject)
        {
            if watched.stage == Stage::Told {
                self.at_rest -= 1;
                watched.stage = Stage::Differs;
            }
            taken.push(Due {
                copy_keys: watched.keys.iter().cloned().collect(),
                progress: watched.progress,
                subject,
            });
        }
        taken
    }

    /// It is not settled: it is looked at again at this time.
    pub fn look_again(&mut self, subject: Subject, due: Duration, progress: P) {
        if let Some(watched) = self.subjects.get_mut(&subject) {
            watched.stage = Stage::Differs;
            watched.due = due;
            watched.progress = progress;
            self.waiting.insert((due, subject));
        }
    }

    /// It could not be looked at: it is as it was, and due at this time.
    pub fn wait(&mut self, subject: Subject, due: Duration) {
        if let Some(watched) = self.subjects.get_mut(&subject) {
            watched.due = due;
            self.waiting.insert((due, subject));
        }
    }

    /// It is settled: what is found of it, nothing where both sides agree. What has drift is looked at
    /// again after a pause.
    pub fn settle(
        &mut self,
        subject: &Subject,
        findings: Vec<Finding>,
        now: Duration,
        pause: Duration,
    ) -> News {
        let Some(watched) = self.subjects.get_mut(subject) else {
            return News::default();
        };
        let told = take(&mut watched.told);
        let news = News {
            found: findings
                .iter()
                .filter(|finding| !told.iter().any(|told| says_the_same(told, finding)))
                .cloned()
                .collect(),
            mended: told
                .into_iter()
                .filter(|told| findings.iter().all(|now| now.copy_key != told.copy_key))
                .collect(),
        };
        watched.told = findings;
        if !news.found.is_empty() {
            watched.pauses = 0;
        }
        self.go_on(subject, now, pause);
        news
    }

    /// It can neither be confirmed nor cleared.
    pub fn give_up(&mut self, subject: &Subject, now: Duration, pause: Duration) {
        self.go_on(subject, now, pause);
    }

    /// What comes after: a later change, another look at what drifted, or nothing.
    fn go_on(&mut self, subject: &Subject, now: Duration, pause: Duration) {
        let Some(watched) = self.subjects.get_mut(subject) else {
            return;
        };
        watched.progress = P::default();
        if let Some((due, keys)) = watched.later.take() {
            watched.stage = Stage::Changed;
            watched.due = due;
            watched.keys = keys;
        } else if !watched.told.is_empty() && self.at_rest < AT_REST {
            self.at_rest += 1;
            watched.stage = Stage::Told;
            watched.due = now + pause * 2_u32.pow(watched.pauses.min(DOUBLED));
            watched.pauses += 1;
        } else {
            self.subjects.remove(subject);
            return;
        }
        let told = watched.told.iter().filter_map(|told| told.copy_key.clone());
        watched.keys.extend(told);
        self.waiting.insert((watched.due, subject.clone()));
    }

    /// The end: what is left.
    #[must_use]
    pub fn leave(self, now: Duration) -> Left {
        let mut left = Left {
            open: Vec::new(),
            early: 0,
            overdue: 0,
            standing: Vec::new(),
        };
        for (subject, watched) in self.subjects {
            match watched.stage {
                Stage::Differs if watched.told.is_empty() => {
                    left.open
                        .push((subject, watched.keys.into_iter().collect()));
                }
                Stage::Changed if watched.due <= now => left.overdue += 1,
                Stage::Changed => left.early += 1,
                Stage::Differs | Stage::Told => {}
            }
            left.standing.extend(watched.told);
        }
        left
    }
}

/// Whether two findings differ in nothing but their times.
fn says_the_same(one: &Finding, other: &Finding) -> bool {
    let of = |finding: &Finding| (finding.class, finding.copy_key.clone());
    of(one) == of(other) && one.attributes == other.attributes
}

#[cfg(test)]
mod tests;

//! One check as the screens show it: how far it is, what it found, what it says of each copy.

use super::{drifted, drifted_of};
use crate::app::format::percent;
use crate::app::overlay::Asked;
use crate::domain::drift::{CopySummary, Finding, FindingCounts, Noted, Summary, Unverified};
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::problem::Problem;
use crate::domain::read::ReadError;
use crate::domain::value::Item;
use crate::engine::drift::{CheckOutcome, DriftProgress, Phase};
use indexmap::IndexMap;

/// How far a check is.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckPhase {
    /// It runs.
    Running,
    /// It waits: for the user, who stopped it for a while or was asked about its cost.
    Paused,
    /// It was told to stop and has not answered yet.
    Cancelling,
    /// It ended, complete or not: the copies tell.
    Ended,
    /// Nothing could be read.
    Failed(Problem),
}

/// What the last check said of a copy.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyVerdict {
    /// The figures.
    pub summary: CopySummary,
    /// Whether everything was read and verified.
    pub complete: bool,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

/// What a check is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Everything that copies of its scope hold.
    Everything,
    /// What changes, as it changes.
    Changes,
    /// Earlier findings, looked at again.
    Again {
        /// What is looked at.
        noted: Vec<Noted>,
        /// How many findings it cleared, once it ended.
        cleared: usize,
    },
}

/// Checks of one dataset: the one that runs or ran last, and the verdicts so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// How far it is.
    pub phase: CheckPhase,
    /// What it is about.
    pub reading: Reading,
    /// Copies it is about; all when empty.
    pub scope: Vec<CopyName>,
    /// Items on both sides, when known.
    pub size: Option<Size>,
    /// Figures while it runs.
    pub progress: Option<DriftProgress>,
    /// Whether it was asked whether to read on past the limit, or that was agreed to from the start.
    pub asked: Asked,
    /// When it was started.
    pub started: u64,
    /// When it ended.
    pub ended: Option<u64>,
    /// The last summary.
    pub summary: Option<Summary>,
    /// Why the last check is not complete.
    pub error: Option<ReadError>,
    /// What there is to know besides of what it looked at.
    pub notes: Vec<Problem>,
    /// Findings, in the order they were confirmed.
    pub findings: Vec<Finding>,
    /// What could be neither confirmed nor cleared.
    pub unverified: Vec<Unverified>,
    /// The last verdict on each copy.
    pub verdicts: IndexMap<CopyName, CopyVerdict>,
}

/// Items that a check has to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// On the base.
    pub base: u64,
    /// On the copies it is about, each table once.
    pub copies: u64,
}

/// What a check starts with.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The dataset.
    pub dataset: DatasetName,
    /// Its copies to be checked; all when empty.
    pub scope: Vec<CopyName>,
    /// Items on both sides, when known.
    pub size: Option<Size>,
    /// Whether its cost was agreed to.
    pub asked: Asked,
}

/// What the tree says of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Badge {
    /// Not checked in this session.
    Unchecked,
    /// Being checked: percent read, when the size is known.
    Running(Option<u64>),
    /// No drift, checked that many milliseconds ago.
    Clean(u64),
    /// That many drifted items.
    Drift(u64),
    /// No drift seen, but not everything was looked at.
    Incomplete,
    /// The check failed.
    Failed,
}

impl Check {
    /// A check of which nothing is known yet.
    pub(super) fn new() -> Self {
        Self {
            phase: CheckPhase::Running,
            reading: Reading::Everything,
            scope: Vec::new(),
            size: None,
            progress: None,
            asked: Asked::No,
            started: 0,
            ended: None,
            summary: None,
            error: None,
            notes: Vec::new(),
            findings: Vec::new(),
            unverified: Vec::new(),
            verdicts: IndexMap::new(),
        }
    }

    /// Whether it runs.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self.phase {
            CheckPhase::Running | CheckPhase::Paused | CheckPhase::Cancelling => true,
            CheckPhase::Ended | CheckPhase::Failed(_) => false,
        }
    }

    /// Whether this check runs and counts what this copy holds.
    #[must_use]
    pub fn is_reading(&self, copy: &CopyName) -> bool {
        self.is_open() && self.covers(copy) && self.reading == Reading::Everything
    }

    /// Whether this check is about the copy.
    #[must_use]
    pub fn covers(&self, copy: &CopyName) -> bool {
        self.scope.is_empty() || self.scope.contains(copy)
    }

    /// Percent of both sides read, when their size is known. Verifying has no such figure.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        let progress = self.progress.as_ref()?;
        let size = self.size?;
        let read = match progress.phase {
            Phase::Base => progress.items,
            Phase::Copies => size.base + progress.items,
            Phase::Grace | Phase::Verify | Phase::Watch => return None,
        };
        Some(percent(read, size.base + size.copies).min(99))
    }

    /// How many of the findings about a copy there are of each class; about all copies when none is named.
    #[must_use]
    pub fn counts(&self, copy: Option<&CopyName>) -> FindingCounts {
        let mut counts = FindingCounts::new();
        for finding in &self.findings {
            if copy.is_none_or(|copy| finding.copy == *copy) {
                *counts.entry(finding.class).or_default() += 1;
            }
        }
        counts
    }

    /// What the tree says of a copy.
    pub(super) fn badge(&self, copy: &CopyName, now: u64) -> Badge {
        if self.covers(copy) {
            if self.is_open() && self.reading != Reading::Changes {
                return Badge::Running(self.percent());
            }
            // What failed to be looked at again was found all the same.
            if matches!(self.phase, CheckPhase::Failed(_)) && self.reading == Reading::Everything {
                return Badge::Failed;
            }
        }
        let verdict = self.verdicts.get(copy);
        let drifted = if self.reading == Reading::Changes {
            drifted_of(&self.counts(Some(copy)))
        } else {
            verdict.map_or(0, |verdict| drifted(&verdict.summary))
        };
        match verdict {
            _ if drifted > 0 => Badge::Drift(drifted),
            None => Badge::Unchecked,
            Some(verdict) if verdict.complete => Badge::Clean(now.saturating_sub(verdict.at)),
            Some(_) => Badge::Incomplete,
        }
    }

    /// Starts anew: what was found about the copies it is about no longer counts.
    pub(super) fn start(&mut self, start: Start, now: u64) {
        let Start {
            scope, size, asked, ..
        } = start;
        self.phase = CheckPhase::Running;
        self.reading = Reading::Everything;
        self.scope = scope;
        self.size = size;
        self.progress = None;
        self.error = None;
        self.notes.clear();
        self.asked = asked;
        self.started = now;
        self.ended = None;
        self.forget();
    }

    /// Watches: what was found before stays, and verdicts do.
    pub(super) fn start_watch(&mut self, scope: Vec<CopyName>, now: u64) {
        self.start_again(Vec::new(), now);
        self.scope = scope;
        self.reading = Reading::Changes;
    }

    /// Takes in what was found while everything is read, or changes are.
    pub(super) fn find(&mut self, finding: Finding) {
        match self.reading {
            Reading::Everything => self.findings.push(finding),
            Reading::Changes => {
                self.mend(&finding);
                self.findings.push(finding);
            }
            // What was looked at again is listed already.
            Reading::Again { .. } => {}
        }
    }

    /// What was found under these keys is there no more.
    pub(super) fn mend(&mut self, mended: &Finding) {
        self.findings.retain(|finding| {
            finding.copy != mended.copy
                || finding.base_key != mended.base_key
                || finding.copy_key != mended.copy_key
        });
    }

    /// Looks again at findings, which stay until it ends.
    pub(super) fn start_again(&mut self, noted: Vec<Noted>, now: u64) {
        self.phase = CheckPhase::Running;
        self.scope = Vec::new();
        for noted in &noted {
            if !self.scope.contains(&noted.copy) {
                self.scope.push(noted.copy.clone());
            }
        }
        self.reading = Reading::Again { noted, cleared: 0 };
        self.size = None;
        self.progress = None;
        self.error = None;
        self.notes.clear();
        self.asked = Asked::No;
        self.started = now;
        self.ended = None;
    }

    /// Forgets what was found about the copies it is about.
    fn forget(&mut self) {
        let Self {
            findings,
            unverified,
            scope,
            ..
        } = self;
        let others = |copy: &CopyName| !scope.is_empty() && !scope.contains(copy);
        findings.retain(|finding| others(&finding.copy));
        unverified.retain(|open| others(&open.copy));
    }

    /// Takes the end in.
    pub(super) fn take(&mut self, mut outcome: CheckOutcome, now: u64) {
        self.notes = std::mem::take(&mut outcome.notes);
        match &self.reading {
            Reading::Everything => self.take_all(outcome, now),
            Reading::Changes => {
                self.unverified.extend(outcome.unverified);
                self.summary = Some(outcome.summary);
                self.error = outcome.error;
            }
            Reading::Again { .. } => self.take_again(outcome),
        }
        self.phase = CheckPhase::Ended;
    }

    /// Takes the end of another look in: what it neither confirmed nor left open is cleared. What was
    /// left open stays listed as it was found.
    fn take_again(&mut self, outcome: CheckOutcome) {
        let Reading::Again { noted, cleared } = &mut self.reading else {
            return;
        };
        let open = |copy: &CopyName, base: Option<&Item>, key: Option<&Item>| {
            outcome.unverified.iter().any(|open| {
                open.copy == *copy
                    && open.base_key.as_ref() == base
                    && (base.is_some() || open.copy_keys.iter().any(|known| Some(known) == key))
            })
        };
        // All findings of one base item in one copy are judged together.
        let looked_at = |finding: &Finding| {
            noted.iter().any(|noted| {
                let (base, key) = (&finding.base_key, finding.copy_key.as_ref());
                noted.copy == finding.copy
                    && noted.base_key == *base
                    && (base.is_some() || noted.copy_keys.first() == key)
                    && !open(&finding.copy, base.as_ref(), key)
            })
        };
        let before = self.findings.len();
        self.findings.retain(|finding| !looked_at(finding));
        self.findings.extend(outcome.findings);
        *cleared = before.saturating_sub(self.findings.len());
        for copy in self.scope.clone() {
            let findings = self.counts(Some(&copy));
            if let Some(verdict) = self.verdicts.get_mut(&copy) {
                verdict.summary.findings = findings;
                verdict.complete &= outcome.summary.complete;
            }
        }
        self.summary = Some(outcome.summary);
        self.error = outcome.error;
    }

    /// Takes the end of a whole check in: its findings are the whole truth about the copies it was about.
    fn take_all(&mut self, outcome: CheckOutcome, now: u64) {
        for copy in &outcome.summary.copies {
            let verdict = CopyVerdict {
                summary: copy.clone(),
                complete: outcome.summary.complete,
                at: now,
            };
            self.verdicts.insert(copy.copy.clone(), verdict);
        }
        self.forget();
        self.findings.extend(outcome.findings);
        self.unverified.extend(outcome.unverified);
        self.summary = Some(outcome.summary);
        self.error = outcome.error;
    }
}

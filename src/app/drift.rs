//! Checks of datasets: what runs, what was found, what is selected of it.

use super::format::percent;
use super::job::Ticket;
use super::overlay::Asked;
use super::routing::Planned;
use super::scroll::{Motion, Scroll};
use crate::domain::drift::{CopySummary, Finding, Summary};
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::read::ReadError;
use crate::domain::value::Item;
use crate::engine::drift::{CheckOutcome, DriftEvent, DriftProgress, Phase};
use indexmap::IndexMap;

/// How far a check is.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckPhase {
    /// It runs.
    Running,
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

/// Checks of one dataset: the one that runs or ran last, and the verdicts so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// How far it is.
    pub phase: CheckPhase,
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
    /// Findings, in the order they were confirmed.
    pub findings: Vec<Finding>,
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
    fn new() -> Self {
        Self {
            phase: CheckPhase::Running,
            scope: Vec::new(),
            size: None,
            progress: None,
            asked: Asked::No,
            started: 0,
            ended: None,
            summary: None,
            error: None,
            findings: Vec::new(),
            verdicts: IndexMap::new(),
        }
    }

    /// Whether it runs.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.phase, CheckPhase::Running | CheckPhase::Cancelling)
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
            Phase::Grace | Phase::Verify => return None,
        };
        Some(percent(read, size.base + size.copies).min(99))
    }

    /// Milliseconds until both sides are read, at the speed so far; none before there is a speed.
    #[must_use]
    pub fn millis_left(&self, now: u64) -> Option<u64> {
        let percent = self.percent().filter(|percent| *percent >= 5)?;
        Some(now.saturating_sub(self.started) * (100 - percent) / percent)
    }

    fn badge(&self, copy: &CopyName, now: u64) -> Badge {
        if self.covers(copy) {
            match self.phase {
                CheckPhase::Running | CheckPhase::Cancelling => {
                    return Badge::Running(self.percent());
                }
                CheckPhase::Failed(_) => return Badge::Failed,
                CheckPhase::Ended => {}
            }
        }
        let Some(verdict) = self.verdicts.get(copy) else {
            return Badge::Unchecked;
        };
        let drifted = drifted(&verdict.summary);
        if drifted > 0 {
            Badge::Drift(drifted)
        } else if verdict.complete {
            Badge::Clean(now.saturating_sub(verdict.at))
        } else {
            Badge::Incomplete
        }
    }

    /// Forgets the findings about the copies it is about.
    fn forget(&mut self) {
        let Self {
            findings, scope, ..
        } = self;
        findings.retain(|finding| !scope.is_empty() && !scope.contains(&finding.copy));
    }

    /// Takes the end in: its findings are the whole truth about the copies it was about.
    fn take(&mut self, outcome: CheckOutcome, now: u64) {
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
        self.summary = Some(outcome.summary);
        self.error = outcome.error;
        self.phase = CheckPhase::Ended;
    }
}

/// How many findings of a copy are drift.
#[must_use]
pub fn drifted(summary: &CopySummary) -> u64 {
    summary
        .findings
        .iter()
        .filter(|(class, _)| class.is_drift())
        .map(|(_, n)| n)
        .sum()
}

/// All checks, and what the drift screen shows of them.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    /// By dataset.
    pub checks: IndexMap<DatasetName, Check>,
    /// The dataset the drift screen shows.
    pub shown: Option<DatasetName>,
    /// The dataset being checked.
    pub running: Option<(Ticket, DatasetName)>,
    /// The copies of it: the first row stands for all.
    pub copies: Scroll,
    /// The findings listed.
    pub findings: Scroll,
    /// The lines of the selected finding.
    pub diff: Scroll,
    /// Only findings that contain this.
    pub filter: String,
    /// Findings listed, as indexes into those of the check.
    pub listed: Vec<usize>,
    /// Copies of the dataset shown.
    pub copy_names: Vec<CopyName>,
}

impl Drift {
    /// The check the screen shows.
    #[must_use]
    pub fn check(&self) -> Option<&Check> {
        self.checks.get(self.shown.as_ref()?)
    }

    /// The finding under the cursor.
    #[must_use]
    pub fn finding(&self) -> Option<&Finding> {
        let index = *self.listed.get(self.findings.cursor)?;
        self.check()?.findings.get(index)
    }

    /// The copy under the cursor; none when the cursor is on "all".
    #[must_use]
    pub fn copy(&self) -> Option<&CopyName> {
        self.copy_names.get(self.copies.cursor.checked_sub(1)?)
    }

    /// What the tree says of a copy.
    #[must_use]
    pub fn badge(&self, dataset: &DatasetName, copy: &CopyName, now: u64) -> Badge {
        self.checks
            .get(dataset)
            .map_or(Badge::Unchecked, |check| check.badge(copy, now))
    }

    /// What the last check of this session said of the copy that a path reads; none for other paths.
    #[must_use]
    pub fn badge_of(&self, planned: &Planned, access: &Access, now: u64) -> Option<Badge> {
        let copy = access.copy.as_ref()?;
        match &planned.target {
            Target::Dataset(dataset) | Target::Pinned { dataset, .. } => {
                Some(self.badge(dataset, copy, now))
            }
            Target::Table { .. } => None,
        }
    }

    /// A check starts.
    pub fn start(&mut self, ticket: Ticket, start: Start, now: u64) {
        let Start {
            dataset,
            scope,
            size,
            asked,
        } = start;
        self.running = Some((ticket, dataset.clone()));
        let check = self
            .checks
            .entry(dataset.clone())
            .or_insert_with(Check::new);
        check.phase = CheckPhase::Running;
        check.scope = scope;
        check.size = size;
        check.progress = None;
        check.error = None;
        check.asked = asked;
        check.started = now;
        check.ended = None;
        check.forget();
        self.shown = Some(dataset);
    }

    /// Something of the running check came in.
    pub fn take(&mut self, event: DriftEvent) {
        let Some(check) = self.running_check() else {
            return;
        };
        match event {
            DriftEvent::Progress(progress) => check.progress = Some(progress),
            DriftEvent::Finding(finding) => check.findings.push(*finding),
        }
    }

    /// The running check ended.
    pub fn end(&mut self, outcome: Result<CheckOutcome, Problem>, now: u64) {
        if let Some(check) = self.running_check() {
            check.ended = Some(now);
            match outcome {
                Ok(outcome) => check.take(outcome, now),
                Err(problem) => check.phase = CheckPhase::Failed(problem),
            }
        }
        self.running = None;
    }

    /// The check that runs.
    pub fn running_check(&mut self) -> Option<&mut Check> {
        let (_, dataset) = self.running.as_ref()?;
        self.checks.get_mut(dataset)
    }

    /// Lists the findings of the selected copy that match the filter.
    pub fn list(&mut self, height: usize) {
        let needle = self.filter.to_lowercase();
        let copy = self.copy();
        let listed = self.check().map_or_else(Vec::new, |check| {
            let fits = |finding: &Finding| {
                copy.is_none_or(|copy| finding.copy == *copy)
                    && (needle.is_empty() || finding_text(finding).to_lowercase().contains(&needle))
            };
            (0..check.findings.len())
                .filter(|i| fits(&check.findings[*i]))
                .collect()
        });
        self.listed = listed;
        self.findings.settle(self.listed.len(), height);
    }

    /// Moves among the copies.
    pub fn step_copies(&mut self, motion: Motion, height: usize) {
        self.copies.step(motion, self.copy_names.len() + 1, height);
        self.findings = Scroll::default();
        self.diff = Scroll::default();
    }

    /// Moves among the findings.
    pub fn step_findings(&mut self, motion: Motion, height: usize) {
        self.findings.step(motion, self.listed.len(), height);
        self.diff = Scroll::default();
    }
}

/// A finding on one line: class, copy, key.
#[must_use]
pub fn finding_text(finding: &Finding) -> String {
    format!(
        "{} {} {}",
        finding.class.code(),
        finding.copy,
        key_text(finding)
    )
}

/// The key a finding is about: that of the base item, else that of the copy item.
#[must_use]
pub fn key_text(finding: &Finding) -> String {
    finding
        .base_key
        .as_ref()
        .or(finding.copy_key.as_ref())
        .map(item_text)
        .unwrap_or_default()
}

/// A key on one line: its values.
#[must_use]
pub fn item_text(key: &Item) -> String {
    let values: Vec<String> = key.values().map(super::item::scalar_text).collect();
    values.join(" · ")
}

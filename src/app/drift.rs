//! Checks of datasets: what runs, what was found, what is selected of it.

mod check;

pub use check::{Badge, Check, CheckPhase, CopyVerdict, Reading, Size, Start};

use super::job::Ticket;
use super::routing::Planned;
use super::scroll::{Motion, Scroll};
use crate::domain::drift::{Class, CopySummary, Finding, FindingCounts, Noted};
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::value::Item;
use crate::engine::drift::{CheckOutcome, DriftEvent};
use indexmap::IndexMap;

/// How many findings of a copy are drift.
#[must_use]
pub fn drifted(summary: &CopySummary) -> u64 {
    drifted_of(&summary.findings)
}

fn drifted_of(findings: &FindingCounts) -> u64 {
    let drift = findings.iter().filter(|(class, _)| class.is_drift());
    drift.map(|(_, n)| n).sum()
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
    /// Only findings of this class; of every class when none.
    pub class: Option<Class>,
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
        let dataset = start.dataset.clone();
        self.running = Some((ticket, dataset.clone()));
        self.checks
            .entry(dataset.clone())
            .or_insert_with(Check::new)
            .start(start, now);
        self.shown = Some(dataset);
    }

    /// Findings of the dataset shown are looked at again.
    pub fn start_again(&mut self, ticket: Ticket, noted: Vec<Noted>, now: u64) {
        if let Some(dataset) = self.shown.clone()
            && let Some(check) = self.checks.get_mut(&dataset)
        {
            check.start_again(noted, now);
            self.running = Some((ticket, dataset));
        }
    }

    /// A watch of the dataset starts.
    pub fn start_watch(
        &mut self,
        ticket: Ticket,
        dataset: DatasetName,
        scope: Vec<CopyName>,
        now: u64,
    ) {
        self.checks
            .entry(dataset.clone())
            .or_insert_with(Check::new)
            .start_watch(scope, now);
        self.running = Some((ticket, dataset));
    }

    /// The findings that are listed.
    pub fn listed_findings(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.check().map_or(&[][..], |check| &check.findings);
        self.listed.iter().filter_map(|index| findings.get(*index))
    }

    /// Something of the running check came in.
    pub fn take(&mut self, event: DriftEvent) {
        let Some(check) = self.running_check() else {
            return;
        };
        match event {
            DriftEvent::Progress(progress) => check.progress = Some(progress),
            DriftEvent::Finding(finding) => check.find(*finding),
            DriftEvent::Mended(mended) => check.mend(&mended),
            DriftEvent::Open(open) => check.unverified.push(*open),
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

    /// Whether the check that runs waits.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        let running = self.running.as_ref();
        let check = running.and_then(|(_, dataset)| self.checks.get(dataset));
        check.is_some_and(|check| check.phase == CheckPhase::Paused)
    }

    /// The check that runs.
    pub fn running_check(&mut self) -> Option<&mut Check> {
        let (_, dataset) = self.running.as_ref()?;
        self.checks.get_mut(dataset)
    }

    /// Lists the findings of the selected copy that match the filter.
    pub fn list(&mut self, height: usize) {
        let counts = self.check().map(|check| check.counts(self.copy()));
        self.class = self
            .class
            .filter(|class| counts.is_none_or(|counts| counts.contains_key(class)));
        let needle = self.filter.to_lowercase();
        let copy = self.copy();
        let listed = self.check().map_or_else(Vec::new, |check| {
            let fits = |finding: &Finding| {
                copy.is_none_or(|copy| finding.copy == *copy)
                    && self.class.is_none_or(|class| finding.class == class)
                    && (needle.is_empty() || finding_text(finding).to_lowercase().contains(&needle))
            };
            (0..check.findings.len())
                .filter(|i| fits(&check.findings[*i]))
                .collect()
        });
        self.listed = listed;
        self.findings.settle(self.listed.len(), height);
    }

    /// Whether a class or a text narrows the list.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.class.is_some() || !self.filter.is_empty()
    }

    /// Goes on to the next class of which there are findings about the selected copy; after the last, to all.
    pub fn next_class(&mut self) {
        let counts = self
            .check()
            .map(|check| check.counts(self.copy()))
            .unwrap_or_default();
        let after = |class: &Class| self.class.is_none_or(|shown| *class > shown);
        self.class = counts.into_keys().find(after);
        self.findings = Scroll::default();
        self.diff = Scroll::default();
    }

    /// The listed findings and, when no class and no text narrows the list, what was left open, as
    /// lines of JSON.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let Some(check) = self.check() else {
            return Vec::new();
        };
        let whole = !self.is_narrowed();
        let copy = self.copy();
        let open = check
            .unverified
            .iter()
            .filter(|open| whole && copy.is_none_or(|copy| open.copy == *copy));
        self.listed_findings()
            .map(|finding| finding.to_json().to_string())
            .chain(open.map(|open| open.to_json().to_string()))
            .collect()
    }

    /// Moves among the copies.
    pub fn step_copies(&mut self, motion: Motion, height: usize) {
        self.copies.step(motion, self.copy_names.len() + 1, height);
        self.class = None;
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

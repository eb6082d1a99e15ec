//! One check: its copies, its figures, how it proceeds and ends.

use super::kept::{Kept, actual, expected};
use super::progress::Speed;
use super::standing::tables;
use super::verify::{Waiting, unmeasured};
use super::{
    CheckOutcome, CopyProgress, DriftEvent, DriftOptions, DriftProgress, Grace, Means, Mends, Phase,
};
use crate::domain::cost::{ScanCost, scan_range};
use crate::domain::drift::{
    Candidate, CopySummary, Finding, Gathered, Images, LeftOpen, Recorder, Summary, Unverified,
};
use crate::domain::lag::{Flows, Stuck};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::names::{CopyName, Rcu};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::schema::Table;
use crate::engine::lag::LagReport;
use crate::engine::pages::{Reader, Stop};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::Instant;

/// One copy under check.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    pub(super) copy: &'a BoundCopy,
    pub(super) summary: CopySummary,
    /// Whether its table was read to the end.
    pub(super) scanned: bool,
    /// Whether drift was confirmed without knowing its lag.
    pub(super) unmeasured: bool,
}

/// A check under way.
#[derive(Debug)]
pub(super) struct Check<'a> {
    pub(super) reader: Reader<DriftEvent>,
    pub(super) dataset: &'a BoundDataset,
    pub(super) recorder: Recorder<'a>,
    /// What the scans gave.
    pub(super) kept: Kept,
    pub(super) grace: Grace,
    pace: Option<Rcu>,
    budget: Option<Rcu>,
    speed: Speed,
    mode: &'static str,
    pub(super) mends: Mends,
    /// Differences of one copy that are verified at most.
    most: usize,
    /// How changes flow to each copy right now.
    pub(super) flows: watch::Receiver<Flows>,
    /// What is known of it besides, and what that had consumed before.
    pub(super) lag: watch::Receiver<LagReport>,
    followed_before: Rcu,
    /// What base items were before.
    pub(super) images: Arc<dyn Images>,
    pub(super) copies: Vec<Checked<'a>>,
    /// Candidates that are neither confirmed nor cleared.
    pub(super) open: Vec<Waiting>,
    pub(super) findings: Vec<Finding>,
    pub(super) unverified: Vec<Unverified>,
    pub(super) candidates: u64,
    /// Base items of the dataset that were read other than by a scan.
    pub(super) base_items: u64,
    /// What a person should know besides.
    notes: Vec<Problem>,
    /// Something that was asked for was left out.
    left_out: bool,
    /// The first read that failed while others went on.
    pub(super) failure: Option<ReadError>,
    started: Instant,
}

impl<'a> Check<'a> {
    pub(super) fn new(means: Means, dataset: &'a BoundDataset, options: &DriftOptions) -> Self {
        let copies = options.chosen(dataset);
        let kept = match means.checkpoint {
            Some(checkpoint) => checkpoint.into_kept(),
            None => Kept::new(dataset, &copies, options),
        };
        let followed_before = means.lag.borrow().rcu;
        let mut reader = Reader::new(means.store, means.events, means.cancel);
        reader.used = kept.standing().consumed();
        let notes = if kept.standing().base_items > 0 && !dataset.dataset.always.is_empty() {
            vec![partly_verified()]
        } else {
            Vec::new()
        };
        Self {
            reader,
            followed_before,
            flows: means.flows,
            lag: means.lag,
            images: means.images,
            dataset,
            recorder: Recorder::new(dataset, copies.iter().copied()),
            kept,
            grace: options.grace,
            pace: options.pace,
            budget: options.budget,
            speed: Speed::default(),
            mode: options.scope.mode(),
            mends: options.mends,
            most: options.most,
            copies: copies
                .into_iter()
                .map(|copy| Checked {
                    copy,
                    summary: CopySummary::new(copy),
                    scanned: false,
                    unmeasured: false,
                })
                .collect(),
            open: Vec::new(),
            findings: Vec::new(),
            unverified: Vec::new(),
            candidates: 0,
            base_items: 0,
            notes,
            left_out: dataset.failed.iter().any(|(name, _)| options.covers(name)),
            failure: None,
            started: Instant::now(),
        }
    }

    /// Scans, compares, verifies.
    pub(super) async fn run(&mut self) -> Result<(), Stop> {
        self.scan_base().await?;
        self.scan_copies().await?;
        self.confirm_tables().await?;
        self.compare()?;
        self.verify().await?;
        self.confirm_tables().await
    }

    /// The differences of every copy that was read to its end become cases. Of a side that was read
    /// half-way everything unread would look missing.
    fn compare(&mut self) -> Result<(), Stop> {
        for at in 0..self.copies.len() {
            let Self { copies, kept, .. } = self;
            let checked = &mut copies[at];
            checked.summary.expected = kept.side(expected(at)).items();
            checked.summary.actual = kept.side(actual(at)).items();
            if !checked.scanned {
                continue;
            }
            let mut gathered = Gathered::new(self.dataset, checked.copy, self.most);
            for bucket in kept.unlike(at) {
                let [left, right] = kept.read(at, bucket)?;
                gathered.take(&left, &right);
            }
            if gathered.has_strays() {
                for bucket in kept.unlike(at) {
                    let [left, right] = kept.read(at, bucket)?;
                    gathered.take_known(&left, &right);
                }
            }
            let (candidates, rest) = gathered.finish();
            if rest > 0 {
                checked.summary.leave_pending(rest);
                let note = not_verified(&checked.copy.mapping.name, rest, self.most);
                self.notes.push(note);
            }
            let waiting = candidates.into_iter().map(|c| Waiting::new(at, c));
            self.open.extend(waiting);
        }
        self.candidates = self.open.len() as u64;
        Ok(())
    }

    /// Sums up.
    pub(super) fn finish(mut self, ended: Result<(), Stop>) -> Result<CheckOutcome, ReadError> {
        if let Err(stop) = ended {
            let error = stop.into_error();
            let outage = !matches!(error.kind, ReadErrorKind::Budget | ReadErrorKind::Cancelled);
            if outage && self.reader.used.items_read == 0 {
                return Err(error);
            }
            self.failure.get_or_insert(error);
        }
        for case in std::mem::take(&mut self.open) {
            let case = self.unpack(&case);
            self.leave_open(case.copy, case.candidate, LeftOpen::Pending);
        }
        self.notes.extend(self.recorder.take_lacking().notes());
        let without_lag = self.copies.iter().filter(|checked| checked.unmeasured);
        let names = without_lag.map(|checked| &checked.copy.mapping.name);
        self.notes.extend(unmeasured(names));
        let names = self.copies.iter().map(|checked| &checked.copy.mapping.name);
        let stuck = Stuck::among(&self.flows.borrow(), &self.dataset.dataset.name, names);
        let complete = self.failure.is_none()
            && !self.left_out
            && self.copies.iter().all(|checked| checked.scanned)
            && self.copies.iter().all(|c| c.summary.is_settled());
        let consumed = self.consumed();
        let (copies, findings) = (&self.copies, &mut self.findings);
        findings.sort_by(|a, b| place(copies, a).cmp(&place(copies, b)));
        Ok(CheckOutcome {
            summary: Summary {
                dataset: self.dataset.dataset.name.clone(),
                mode: self.mode,
                complete,
                base_items: self.base_items + self.kept.standing().base_items,
                scan: self.estimate(),
                copies: self.copies.into_iter().map(|c| c.summary).collect(),
                consumed,
                seconds: self.started.elapsed().as_secs_f64(),
            },
            findings: self.findings,
            unverified: self.unverified,
            stuck,
            notes: self.notes,
            error: self.failure,
        })
    }

    /// What was consumed, by those included who follow the stream beside it.
    fn consumed(&self) -> Rcu {
        let followed = self.lag.borrow().rcu.0 - self.followed_before.0;
        self.reader.used.rcu + Rcu(followed.max(0.0))
    }

    /// Counts a candidate as `why` says, and lists it.
    pub(super) fn leave_open(&mut self, copy: usize, candidate: Candidate, why: LeftOpen) {
        let open = self.count_open(copy, candidate, why);
        self.unverified.push(open);
    }

    /// Counts a candidate as `why` says; as it is told.
    pub(super) fn count_open(
        &mut self,
        copy: usize,
        candidate: Candidate,
        why: LeftOpen,
    ) -> Unverified {
        let checked = &mut self.copies[copy];
        checked.summary.settle_open(&candidate, why);
        Unverified {
            dataset: self.dataset.dataset.name.clone(),
            copy: checked.copy.mapping.name.clone(),
            why,
            base_key: candidate.base_key,
            copy_keys: candidate.copy_keys,
        }
    }

    /// Tells something at the end, once.
    pub(super) fn note(&mut self, note: Problem) {
        if self.notes.iter().all(|known| known.what != note.what) {
            self.notes.push(note);
        }
    }

    /// Tells at the end why something was left out.
    pub(super) fn note_incomplete(&mut self, note: Problem) {
        self.left_out = true;
        self.note(note);
    }

    /// The tables of the check: the base, then those of the copies, each once, with the copies it holds.
    pub(super) fn tables(&self) -> Vec<(&'a Table, Vec<usize>)> {
        let copies: Vec<&BoundCopy> = self.copies.iter().map(|checked| checked.copy).collect();
        tables(self.dataset, &copies)
    }

    /// What scanning base and copies should consume; unknown when the size of one of them is.
    fn estimate(&self) -> ScanCost {
        let copies: Vec<&BoundCopy> = self.copies.iter().map(|checked| checked.copy).collect();
        ScanCost {
            rcu: super::scans(self.dataset, &copies),
            usd: None,
        }
    }

    /// Tells how far it is.
    pub(super) async fn progress(
        &mut self,
        phase: Phase,
        items: u64,
        of: Option<u64>,
    ) -> Result<(), Stop> {
        self.speed.note(self.consumed());
        let progress = DriftProgress {
            phase,
            items,
            of,
            rcu: self.consumed(),
            rate: self.speed.rate(),
            pace: self.pace,
            budget: self.budget,
            eta: self
                .units_left(phase)
                .and_then(|units| self.speed.time_for(units)),
            candidates: self.candidates,
            copies: self.copies_so_far(),
        };
        self.reader.emit(DriftEvent::Progress(progress)).await
    }

    fn copies_so_far(&self) -> Vec<CopyProgress> {
        let tables = &self.kept.standing().tables;
        let copies = self.copies.iter().enumerate();
        copies
            .map(|(at, checked)| CopyProgress {
                copy: checked.copy.mapping.name.clone(),
                expected: self.kept.side(expected(at)).items(),
                read: tables
                    .iter()
                    .skip(1)
                    .find(|table| table.name == checked.copy.table.name)
                    .map_or(0, |table| table.items),
            })
            .collect()
    }

    /// What the scans still have to consume by the described bytes of the tables.
    fn units_left(&self, phase: Phase) -> Option<f64> {
        if matches!(phase, Phase::Grace | Phase::Verify | Phase::Watch) {
            return None;
        }
        let tables = self.tables().into_iter().zip(&self.kept.standing().tables);
        tables
            .filter(|(_, standing)| !standing.is_read())
            .map(|((table, _), standing)| {
                let all = scan_range(table)?.low;
                Some((all.0 - standing.rcu.0).max(0.0))
            })
            .sum()
    }

    /// Takes note that a table could not be read, and goes on with the others; a run that was
    /// stopped is not to go on.
    pub(super) fn survive(&mut self, stop: Stop) -> Result<(), Stop> {
        match stop {
            Stop::Failed(error)
                if !matches!(error.kind, ReadErrorKind::Budget | ReadErrorKind::Disk) =>
            {
                self.failure.get_or_insert(error);
                Ok(())
            }
            stop => Err(stop),
        }
    }
}

/// What is told of differences that are counted and no more.
fn not_verified(copy: &CopyName, rest: u64, verified: usize) -> Problem {
    Problem::new(format!(
        "{rest} differences more in `{copy}` are counted as pending and not listed"
    ))
    .because(format!(
        "of one copy {verified} are verified at most, so that memory and units stay bounded"
    ))
    .hint("mend what was found, or fill the copy again, and check again")
}

/// A checkpoint keeps keys and digests, so what lacked an attribute before is not known any more.
fn partly_verified() -> Problem {
    Problem::new("`always` is verified for the items read from now on only")
        .because("the check goes on from its checkpoint")
}

/// What findings are listed by: copy in file order, class, keys.
fn place<'f>(copies: &[Checked<'_>], finding: &'f Finding) -> impl Ord + use<'f> {
    let copy = copies
        .iter()
        .position(|checked| checked.copy.mapping.name == finding.copy);
    (copy, finding.class, &finding.base_key, &finding.copy_key)
}

//! Verification: looks at candidates when they are due.
//!
//! Owns the reads and the clock. When a candidate is due and what its looks mean is
//! [`Rounds`](crate::domain::drift::Rounds)'s to say.

use super::check::Check;
use super::{DriftEvent, Mends, Phase};
use crate::domain::drift::{
    Agenda, Candidate, Class, Finding, Look, Next, Packed, Rounds, Sight, Times, classify,
    recurrence,
};
use crate::domain::lag::{Flow, Flows};
use crate::domain::mapping::BoundCopy;
use crate::domain::names::CopyName;
use crate::domain::problem::Problem;
use crate::domain::value::Item;
use crate::engine::pages::Stop;
use chrono::{DateTime, SecondsFormat, Utc};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Candidates looked at together: their base items are four calls.
const BATCH: usize = 400;
/// Candidates under verification at once; the others wait for their turn.
const AT_ONCE: usize = 200_000;

/// A candidate under verification, as long as nobody looks at it.
#[derive(Debug)]
pub(super) struct Waiting {
    copy: usize,
    candidate: Packed,
    progress: Progress,
}

impl Waiting {
    /// A candidate of the copy at this position that nobody looked at yet.
    pub(super) fn new(copy: usize, candidate: Packed) -> Self {
        Self {
            copy,
            candidate,
            progress: Progress::default(),
        }
    }
}

/// A candidate that is looked at.
#[derive(Debug)]
pub(super) struct Case {
    /// Which of the check's copies.
    pub(super) copy: usize,
    pub(super) candidate: Candidate,
    pub(super) progress: Progress,
}

/// How far the verification of a candidate is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    pub(super) rounds: Rounds,
    seen_at: Option<DateTime<Utc>>,
}

/// What follows from a look, and what would be found by it.
pub(super) type Judged = (Next, Vec<Finding>);

impl Case {
    /// Whether it is not known yet whose copy item it is about.
    pub(super) const fn lacks_owner(&self) -> bool {
        self.candidate.base_key.is_none() && self.progress.rounds.is_new()
    }
}

/// When a look was taken: from the start of the verification, and by the clock on the wall.
#[derive(Debug, Clone, Copy)]
struct Taken {
    began: Duration,
    ended: Duration,
    at: DateTime<Utc>,
}

impl Check<'_> {
    /// Has copy items under these keys verified, all of one base item, or one whose base item is not known.
    pub(super) fn submit(&mut self, copy: usize, base_key: Option<Item>, copy_keys: Vec<Item>) {
        let candidate = Candidate {
            base_key,
            seen: copy_keys.len() as u64,
            copy_keys,
        };
        self.candidates += 1;
        let candidate = self.packed(copy, &candidate);
        self.open.push(Waiting::new(copy, candidate));
    }

    /// Looks at all open candidates until every one is settled. What is not, when it is stopped, stays open.
    pub(super) async fn verify(&mut self) -> Result<(), Stop> {
        let mut agenda = Agenda::default();
        let ended = self.work_off(&mut agenda).await;
        self.open.extend(agenda.into_cases());
        ended
    }

    async fn work_off(&mut self, agenda: &mut Agenda<Waiting>) -> Result<(), Stop> {
        let start = Instant::now();
        loop {
            let now = start.elapsed();
            while agenda.len() < AT_ONCE
                && let Some(case) = self.open.pop()
            {
                agenda.add(now, case);
            }
            let Some(due) = agenda.next_due() else {
                return Ok(());
            };
            if due > now {
                self.tell(Phase::Grace, agenda).await?;
                self.reader.sleep(due.saturating_sub(now)).await?;
                continue;
            }
            let batch = agenda.take_due(now, BATCH);
            let mut cases: Vec<Case> = batch.iter().map(|case| self.unpack(case)).collect();
            match self.look_and_judge(&mut cases, start).await {
                Ok(judged) => self.take_looks(cases, judged, agenda).await?,
                Err(stop) => {
                    self.open.extend(batch);
                    return Err(stop);
                }
            }
        }
    }

    /// One look at each of `cases`, and what follows from it, in the order they have afterwards.
    pub(super) async fn look_and_judge(
        &mut self,
        cases: &mut [Case],
        start: Instant,
    ) -> Result<Vec<Judged>, Stop> {
        let began = start.elapsed();
        let looks = self.look(cases).await?;
        let taken = Taken {
            began,
            ended: start.elapsed(),
            at: Utc::now(),
        };
        let looked = cases.iter_mut().zip(&looks);
        Ok(looked
            .map(|(case, look)| self.judge(case, look, taken))
            .collect())
    }

    async fn take_looks(
        &mut self,
        cases: Vec<Case>,
        judged: Vec<Judged>,
        agenda: &mut Agenda<Waiting>,
    ) -> Result<(), Stop> {
        let mut confirmed = Vec::new();
        for (case, (next, findings)) in cases.into_iter().zip(judged) {
            match next {
                Next::Look(due) => agenda.add(due, self.pack(&case)),
                Next::InFlight => self.settle(&case, &[]),
                Next::Open(why) => self.leave_open(case.copy, case.candidate, why),
                Next::Drift => {
                    self.settle(&case, &findings);
                    confirmed.extend(findings.into_iter().map(|finding| self.kept_of(finding)));
                }
            }
        }
        for finding in &confirmed {
            let event = DriftEvent::Finding(Box::new(finding.clone()));
            // Confirmed is confirmed, whether anybody still listens: it stays in the outcome.
            if self.reader.emit(event).await.is_err() {
                break;
            }
        }
        self.findings.extend(confirmed);
        self.tell(Phase::Verify, agenda).await
    }

    /// What is kept of a finding.
    pub(super) fn kept_of(&self, finding: Finding) -> Finding {
        let mend = finding.mend.filter(|_| self.mends == Mends::Kept);
        Finding { mend, ..finding }
    }

    fn settle(&mut self, case: &Case, findings: &[Finding]) {
        let summary = &mut self.copies[case.copy].summary;
        summary.settle(&case.candidate, findings);
    }

    fn judge(&mut self, case: &mut Case, look: &Look, taken: Taken) -> Judged {
        let checked = &mut self.copies[case.copy];
        let copy = checked.copy;
        let seen_at = *case.progress.seen_at.get_or_insert(taken.at);
        let times = Times {
            seen_at: rfc_3339(seen_at),
            confirmed_at: rfc_3339(taken.at),
            now: taken.at.timestamp(),
        };
        let findings = classify(self.dataset, copy, &case.candidate, look, &times);
        let classes: Vec<Class> = findings.iter().map(|finding| finding.class).collect();
        let flow = flow(&self.flows, copy);
        let next = case.progress.rounds.take(&Sight {
            began: taken.began,
            ended: taken.ended,
            digest: look.digest(),
            classes: &classes,
            recurrence: recurrence(self.dataset, look),
            flow,
            grace: self.grace.of(flow),
        });
        checked.unmeasured |= next == Next::Drift
            && flow == Flow::Unknown
            && classes.iter().any(|class| class.may_be_late());
        (next, findings)
    }

    fn pack(&self, case: &Case) -> Waiting {
        Waiting {
            progress: case.progress,
            ..Waiting::new(case.copy, self.packed(case.copy, &case.candidate))
        }
    }

    fn packed(&self, copy: usize, candidate: &Candidate) -> Packed {
        let copy = &self.copies[copy].copy.table.key;
        Packed::new(candidate, &self.dataset.base.key, copy)
    }

    pub(super) fn unpack(&self, case: &Waiting) -> Case {
        let copy = &self.copies[case.copy].copy.table.key;
        Case {
            copy: case.copy,
            candidate: case.candidate.unpack(&self.dataset.base.key, copy),
            progress: case.progress,
        }
    }

    async fn tell(&mut self, phase: Phase, agenda: &Agenda<Waiting>) -> Result<(), Stop> {
        let open = (agenda.len() + self.open.len()) as u64;
        let settled = self.candidates.saturating_sub(open);
        self.progress(phase, settled, Some(self.candidates)).await
    }
}

/// What a person has to know of drift in copies whose lag nobody measured.
pub(super) fn unmeasured<'a>(copies: impl Iterator<Item = &'a CopyName>) -> Option<Problem> {
    let names: Vec<String> = copies.map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| {
        Problem::new(format!("the lag of {} was not measured", names.join(", ")))
            .because("no stream of the base was followed during the check")
            .hint("`--grace` above the longest time that a change takes to reach a copy")
    })
}

/// How changes flow to a copy right now.
pub(super) fn flow(flows: &watch::Receiver<Flows>, copy: &BoundCopy) -> Flow {
    let flow = flows.borrow().get(&copy.mapping.name).copied();
    flow.unwrap_or_default()
}

pub(super) fn rfc_3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

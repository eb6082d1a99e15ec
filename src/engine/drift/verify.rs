//! Rounds of verification: look at every candidate, wait once for all, look again.

use super::check::Check;
use super::{DriftEvent, Phase};
use crate::domain::drift::{Candidate, Finding, LeftOpen, Look, Times, Verdict, judge};
use crate::engine::pages::Stop;
use chrono::{SecondsFormat, Utc};
use std::time::Duration;

/// Waits before what is still changing is called hot.
const ROUNDS: u32 = 5;
/// Candidates looked at together: their base items fit into one call.
const BATCH: usize = 100;

/// A candidate under verification.
#[derive(Debug)]
pub(super) struct Case {
    /// Which of the check's copies.
    pub(super) copy: usize,
    pub(super) candidate: Candidate,
    former: Option<Look>,
    seen_at: Option<String>,
    settled: bool,
}

impl Case {
    /// A difference that was seen in the scans only.
    pub(super) const fn new(copy: usize, candidate: Candidate) -> Self {
        Self {
            copy,
            candidate,
            former: None,
            seen_at: None,
            settled: false,
        }
    }
}

impl Check<'_> {
    /// Looks at all open cases until none is left; what still moves after the last round is hot.
    pub(super) async fn verify(&mut self) -> Result<(), Stop> {
        let mut wait = self.longest_grace();
        for round in 0..=ROUNDS {
            if self.open.is_empty() {
                return Ok(());
            }
            if round > 0 {
                let open = self.open.len() as u64;
                self.progress(Phase::Grace, open, Some(open)).await?;
                self.reader.sleep(wait).await?;
                wait *= 2;
            }
            let looked = self.look_at_open().await;
            self.open.retain(|case| !case.settled);
            looked?;
        }
        self.give_up_open(LeftOpen::Hot);
        Ok(())
    }

    /// The grace of the slowest copy that has open cases: one wait serves all.
    fn longest_grace(&self) -> Duration {
        let flows = self.flows.borrow();
        let of_case = |case: &Case| {
            let copy = &self.copies[case.copy].copy.mapping.name;
            self.grace.of(flows.get(copy).copied().unwrap_or_default())
        };
        self.open.iter().map(of_case).max().unwrap_or_default()
    }

    async fn look_at_open(&mut self) -> Result<(), Stop> {
        let all = self.open.len();
        let mut cases = std::mem::take(&mut self.open);
        let mut looked = Ok(());
        let mut done = 0;
        for batch in cases.chunks_mut(BATCH) {
            looked = self.look_at_batch(batch, done, all).await;
            if looked.is_err() {
                break;
            }
            done += batch.len();
        }
        self.open = cases;
        looked
    }

    async fn look_at_batch(
        &mut self,
        batch: &mut [Case],
        done: usize,
        all: usize,
    ) -> Result<(), Stop> {
        let looks = self.look(batch).await?;
        let now = now();
        let mut confirmed = Vec::new();
        for (case, look) in batch.iter_mut().zip(looks) {
            confirmed.extend(self.judge(case, look, &now));
        }
        for finding in &confirmed {
            let event = DriftEvent::Finding(Box::new(finding.clone()));
            // Confirmed is confirmed, whether anybody still listens: it stays in the outcome.
            if self.reader.emit(event).await.is_err() {
                break;
            }
        }
        self.findings.extend(confirmed);
        let looked_at = (done + batch.len()) as u64;
        self.progress(Phase::Verify, looked_at, Some(all as u64))
            .await
    }

    /// Settles the case, or keeps the look for the next round.
    fn judge(&mut self, case: &mut Case, look: Look, now: &str) -> Vec<Finding> {
        let checked = &mut self.copies[case.copy];
        let times = Times {
            seen_at: case.seen_at.get_or_insert_with(|| now.to_owned()).clone(),
            confirmed_at: now.to_owned(),
        };
        let findings = match judge(
            self.dataset,
            checked.copy,
            &case.candidate,
            case.former.as_ref(),
            &look,
            &times,
        ) {
            Verdict::Again => {
                case.former = Some(look);
                return Vec::new();
            }
            Verdict::InFlight => Vec::new(),
            Verdict::Drift(findings) => findings,
        };
        case.settled = true;
        checked.summary.settle(&case.candidate, &findings);
        findings
    }
}

/// The time, RFC 3339: the only clock of the check that is shown.
fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

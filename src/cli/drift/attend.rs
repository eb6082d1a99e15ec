//! A check or a watch as it runs: its progress on stderr, and ctrl-c.

use super::super::args::Global;
use super::super::exit::Failure;
use super::super::lag::streams;
use super::super::output::tell;
use super::super::progress::Progress;
use super::super::session::Session;
use crate::domain::mapping::BoundDataset;
use crate::domain::read::ReadError;
use crate::engine::drift::{CheckOutcome, DriftEvent, DriftProgress, Means, Phase};
use crate::store::budget::{Budget, Throttled};
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Runs a check of a dataset within its limits and those of the session, and shows how far it is.
pub(in crate::cli) async fn attend<R>(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
    run: impl FnOnce(Means) -> R,
) -> Result<CheckOutcome, Failure>
where
    R: Future<Output = Result<CheckOutcome, ReadError>>,
{
    let (attending, means) = Attending::begin(session, global, dataset, "reading the base");
    let means = match streams(session, global, dataset) {
        Some(streams) => means.followed(streams, dataset),
        None => means,
    };
    attending.see_through(run(means), |_| Ok(())).await
}

/// What is needed to attend to a run.
pub(super) struct Attending {
    progress: Progress,
    quiet: bool,
    throttled: watch::Receiver<Option<Throttled>>,
    inbox: mpsc::Receiver<DriftEvent>,
    cancel: CancellationToken,
}

impl Attending {
    /// Whoever attends, and what the run takes.
    pub(super) fn begin(
        session: &Session,
        global: &Global,
        dataset: &BoundDataset,
        what: &str,
    ) -> (Self, Means) {
        let (events, inbox) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        let store = Budget::of_check(session.store(), global.limits(), dataset);
        let means = Means::new(Arc::new(store), events, cancel.clone());
        let attending = Self {
            progress: Progress::new(global, what),
            quiet: global.quiet,
            throttled: session.store.throttled(),
            inbox,
            cancel,
        };
        (attending, means)
    }

    /// Attends to the run until it ends; `hear` gets what happens besides progress, and when it fails the
    /// run is stopped.
    pub(super) async fn see_through(
        self,
        running: impl Future<Output = Result<CheckOutcome, ReadError>>,
        mut hear: impl FnMut(&DriftEvent) -> Result<(), Failure>,
    ) -> Result<CheckOutcome, Failure> {
        let Self {
            progress,
            quiet,
            mut throttled,
            mut inbox,
            cancel,
        } = self;
        let mut failure = None;
        let mut take = |event: &DriftEvent| {
            if let DriftEvent::Progress(now) = event {
                show(&progress, now);
            } else if failure.is_none()
                && let Err(failed) = progress.aside(|| hear(event))
            {
                failure = Some(failed);
                cancel.cancel();
            }
        };
        let mut running = std::pin::pin!(running);
        let outcome = loop {
            tokio::select! {
                Some(event) = inbox.recv() => take(&event),
                Ok(()) = throttled.changed() => {
                    progress.aside(|| tell(&mut throttled, quiet));
                }
                outcome = &mut running => break outcome,
                _ = tokio::signal::ctrl_c() => cancel.cancel(),
            }
        };
        while let Ok(event) = inbox.try_recv() {
            take(&event);
        }
        progress.clear();
        failure.map_or_else(|| Ok(outcome?), Err)
    }
}

fn show(progress: &Progress, now: &DriftProgress) {
    progress.say(match now.phase {
        Phase::Base | Phase::Copies => reading(now),
        Phase::Grace => format!("{} candidates, waiting", now.candidates),
        Phase::Verify => format!("looking again at {} candidates", now.candidates),
        Phase::Watch => format!(
            "watching, {:.1} RCU, {} looks to come, looks taken:",
            now.rcu.0,
            now.of.unwrap_or_default().saturating_sub(now.items)
        ),
    });
    // A watch is never done.
    progress.at(now.items, now.of.filter(|_| now.phase != Phase::Watch));
}

/// `read 640 of 5000 RCU at 128/s, 40 s left`.
fn reading(progress: &DriftProgress) -> String {
    let mut text = format!("read {:.0}", progress.rcu.0);
    if let Some(budget) = progress.budget {
        let _ = write!(text, " of {:.0}", budget.0);
    }
    text.push_str(" RCU");
    if let Some(rate) = progress.rate {
        let _ = write!(text, " at {rate:.0}/s");
    }
    if let Some(eta) = progress.eta {
        let _ = write!(text, ", {} s left", eta.as_secs().max(1));
    }
    text
}

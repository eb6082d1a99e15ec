//! A check as it runs: its progress on stderr, and ctrl-c.

use super::super::args::Global;
use super::super::exit::Failure;
use super::super::lag::streams;
use super::super::output::tell;
use super::super::progress::Progress;
use super::super::session::Session;
use crate::domain::mapping::BoundDataset;
use crate::domain::read::ReadError;
use crate::engine::drift::{CheckOutcome, DriftEvent, DriftProgress, Means, Phase};
use crate::store::budget::Budget;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs a check of a dataset within its limits and those of the session, and shows how far it is.
pub(in crate::cli) async fn watch<R>(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
    run: impl FnOnce(Means) -> R,
) -> Result<CheckOutcome, Failure>
where
    R: Future<Output = Result<CheckOutcome, ReadError>>,
{
    let (events, mut inbox) = tokio::sync::mpsc::channel(64);
    let cancel = CancellationToken::new();
    let progress = Progress::new(global, "reading the base");
    let mut throttled = session.store.throttled();
    let store = Budget::of_check(session.store(), global.limits(), dataset);
    let store = Arc::new(store);
    let means = Means::new(store, events, cancel.clone());
    let means = match streams(session, global, dataset) {
        Some(streams) => means.followed(streams, dataset),
        None => means,
    };
    let mut checking = std::pin::pin!(run(means));
    let outcome = loop {
        tokio::select! {
            Some(event) = inbox.recv() => show(&progress, event),
            Ok(()) = throttled.changed() => progress.aside(|| tell(&mut throttled, global.quiet)),
            outcome = &mut checking => break outcome,
            _ = tokio::signal::ctrl_c() => cancel.cancel(),
        }
    };
    while let Ok(event) = inbox.try_recv() {
        show(&progress, event);
    }
    progress.clear();
    Ok(outcome?)
}

fn show(progress: &Progress, event: DriftEvent) {
    match event {
        DriftEvent::Progress(p) => {
            progress.say(match p.phase {
                Phase::Base | Phase::Copies => reading(&p),
                Phase::Grace => format!("{} candidates, waiting", p.candidates),
                Phase::Verify => format!("looking again at {} candidates", p.candidates),
            });
            progress.at(p.items, p.of);
        }
        DriftEvent::Finding(_) => {}
    }
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

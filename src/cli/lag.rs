//! `lag`: how far copies are behind their base; and who follows beside a check.

use super::args::{Format, Global, LagArgs, Until};
use super::drift::dataset;
use super::exit::{Exit, Failure, exit_of};
use super::output::{Output, no_such_format, note, report, written};
use super::session::Session;
use crate::domain::lag::Flow;
use crate::domain::mapping::BoundDataset;
use crate::domain::problem::Problem;
use crate::domain::read::ReadErrorKind;
use crate::engine::lag::{FollowOptions, Follower, LagReport};
use crate::store::Streams;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How long is followed at least, usually, and when something is still looked for.
const LEAST: Duration = Duration::from_secs(1);
const USUAL: Duration = Duration::from_secs(3);
const MOST: Duration = Duration::from_secs(15);
/// How often `--follow` tells.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// The developer guide allows two readers of a shard ("Reading and processing a stream"); a trigger of
/// Lambda is one.
const SLOT: &str = "reading a stream takes one of two reader slots of each of its shards";

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &LagArgs,
) -> Result<Exit, Failure> {
    if global.format == Format::Csv {
        return Err(no_such_format("lag", "table, json, jsonl"));
    }
    let dataset = dataset(session, args.dataset.as_deref()).await?;
    consent(global, &dataset)?;
    let cancel = CancellationToken::new();
    let follower = Follower::start(
        session.store(),
        Arc::clone(&session.streams),
        dataset.clone(),
        FollowOptions::of(&dataset),
        cancel.clone(),
    );
    let mut out = Output::open(global)?;
    let exit = match args.until() {
        Until::Known => once(global, &dataset, follower, &mut out).await?,
        Until::Interrupted => on_and_on(global, &dataset, follower, &mut out).await?,
    };
    cancel.cancel();
    out.finish()?;
    Ok(exit)
}

/// The streams to follow beside a check, where that takes no slot from anybody or is agreed to.
pub(super) fn streams(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
) -> Option<Arc<dyn Streams>> {
    dataset.base.stream.as_ref()?;
    if global.is_demo() || global.yes {
        return Some(Arc::clone(&session.streams));
    }
    if dataset.dataset.check.grace.is_none() {
        note(
            global.quiet,
            &format!("lag is not measured: {SLOT}; `--yes` to measure it"),
        );
    }
    None
}

/// Asks before it takes a slot that somebody else may need.
pub(super) fn consent(global: &Global, dataset: &BoundDataset) -> Result<(), Failure> {
    if global.is_demo() || global.yes || dataset.base.stream.is_none() {
        return Ok(());
    }
    let refused = || {
        let what = format!("the stream of `{}` was not read", dataset.base.name);
        Failure::usage(Problem::new(what).because(SLOT).hint("`--yes` to read it"))
    };
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(refused());
    }
    let _ = write!(io::stderr(), "{SLOT}; go on? [y/N] ");
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(_) if matches!(answer.trim(), "y" | "Y" | "yes") => Ok(()),
        _ => Err(refused()),
    }
}

/// Follows until the state of each copy is known, and tells it once.
async fn once(
    global: &Global,
    dataset: &BoundDataset,
    mut follower: Follower,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let began = Instant::now();
    let interrupted = loop {
        let known = follower.report.borrow_and_update().clone();
        if known.error.is_some() || is_enough(&known, began.elapsed()) {
            break false;
        }
        tokio::select! {
            changed = follower.report.changed() => if changed.is_err() { break false },
            _ = tokio::signal::ctrl_c() => break true,
        }
    };
    let known = follower.report.borrow().clone();
    tell(global, dataset, &known, out)?;
    Ok(if interrupted {
        Exit::Incomplete
    } else {
        end(global, &known)
    })
}

/// Whether more time would tell nothing new, or takes too long.
fn is_enough(known: &LagReport, time: Duration) -> bool {
    let is_clear = |flow: Flow| matches!(flow, Flow::Flowing { .. } | Flow::Stopped { .. });
    let all_clear = !known.copies.is_empty() && known.copies.iter().all(|copy| is_clear(copy.flow));
    let looks = known.copies.iter().any(|copy| {
        copy.sampled > copy.arrived && matches!(copy.flow, Flow::Unknown | Flow::Behind { .. })
    });
    (all_clear && time >= LEAST) || time >= MOST || (!looks && time >= USUAL)
}

/// Tells every few seconds, until it is interrupted or nobody reads any more.
async fn on_and_on(
    global: &Global,
    dataset: &BoundDataset,
    follower: Follower,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let mut every = tokio::time::interval(TELL_EVERY);
    every.tick().await;
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = tokio::signal::ctrl_c() => return Ok(end(global, &follower.report.borrow())),
        }
        let known = follower.report.borrow().clone();
        tell(global, dataset, &known, out)?;
        written(out.writer().flush())?;
        if known.error.is_some() || out.is_closed() {
            return Ok(end(global, &known));
        }
    }
}

fn end(global: &Global, known: &LagReport) -> Exit {
    for text in &known.notes {
        note(global.quiet, &format!("note: {text}"));
    }
    match &known.error {
        Some(error) => {
            report(std::slice::from_ref(&error.problem), global.quiet);
            match error.kind {
                // No stream: nothing is wrong, and nothing can be measured.
                ReadErrorKind::NotFound => Exit::Incomplete,
                kind => exit_of(kind),
            }
        }
        None if known.is_known() => Exit::Clean,
        None => Exit::Incomplete,
    }
}

fn tell(
    global: &Global,
    dataset: &BoundDataset,
    known: &LagReport,
    out: &mut Output,
) -> Result<(), Failure> {
    let text = match global.format {
        Format::Table | Format::Csv => text(dataset, known),
        Format::Json | Format::Jsonl => format!("{}\n", to_json(dataset, known)),
    };
    written(out.writer().write_all(text.as_bytes()))
}

fn to_json(dataset: &BoundDataset, known: &LagReport) -> Value {
    let copies = known.copies.iter().map(|copy| {
        json!({
            "copy": copy.copy, "state": copy.flow.code(),
            "lag_seconds": copy.flow.bounds().map(|(low, high)| json!({
                "low": low.as_secs_f64(), "high": high.map(|high| high.as_secs_f64()),
            })),
            "sampled": copy.sampled, "arrived": copy.arrived,
        })
    });
    json!({
        "dataset": dataset.dataset.name,
        "stream": {"view": known.view, "open_shards": known.open, "closed_shards": known.closed},
        "records": known.records,
        "newest_record_seconds": known.newest.map(|age| age.as_secs_f64()),
        "copies": copies.collect::<Vec<_>>(),
        "consumed": {"rcu": known.rcu},
        "notes": known.notes,
    })
}

fn text(dataset: &BoundDataset, known: &LagReport) -> String {
    let mut text = format!("{}: ", dataset.dataset.name);
    let Some(view) = &known.view else {
        text.push_str("no stream\n");
        return text;
    };
    let newest = known.newest.map_or_else(
        || "no record read yet".to_owned(),
        |age| format!("newest record {} s old", age.as_secs()),
    );
    let LagReport { open, closed, .. } = known;
    let shards = if *open == 1 { "shard" } else { "shards" };
    let _ = writeln!(
        text,
        "stream {view}, {open} {shards} open, {closed} closed, {newest}"
    );
    let names = known.copies.iter().map(|copy| copy.copy.as_str().len());
    let width = names.max().unwrap_or(0);
    for copy in &known.copies {
        let _ = writeln!(
            text,
            "{:width$}  {} ({} of {} changes followed arrived)",
            copy.copy, copy.flow, copy.arrived, copy.sampled
        );
    }
    text
}

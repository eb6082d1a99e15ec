//! `drift`: checks the copies of a dataset against its base.

mod attend;
mod checkpoint;
mod choose;
mod files;
mod partition;
mod precheck;
mod print;
mod watch;

pub(super) use attend::attend;
pub(super) use choose::{ask, dataset};
pub(super) use files::read_findings;

use super::args::{DriftArgs, Format, Global};
use super::exit::{Exit, Failure, exit_of};
use super::output::{Output, no_such_format, note, report, units};
use super::session::Session;
use crate::domain::drift::Finding;
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{Range, Rcu};
use crate::engine::drift::{
    CheckOutcome, Checkpoint, DriftOptions, Grace, Means, Mends, Scope, check,
};
use crate::store::budget::Limits;
use files::Files;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &DriftArgs,
) -> Result<Exit, Failure> {
    if global.format == Format::Csv {
        return Err(no_such_format("drift", "table, json, jsonl"));
    }
    let dataset = dataset(session, args.dataset.as_deref()).await?;
    let limits = global.limits().of_check(&dataset.dataset.check);
    let mut options = options(&dataset, args, global.limits().or(limits))?;
    if args.watch {
        return watch::run(session, global, args, &dataset, &options).await;
    }
    let mut estimate = options.estimate(&dataset);
    if let Some(text) = &args.partition {
        let chosen = partition::choose(session, global, &dataset, args, text).await?;
        options.scope = Scope::Partition(Box::new(chosen.scope));
        estimate = chosen.estimate;
    }
    if let Some(text) = cheaper_in_full(&dataset, &options, estimate) {
        note(global.quiet, &text);
    }
    ask(session, global, estimate, limits)?;
    precheck::precheck(session, global, &dataset, &options).await?;
    let kept = checkpoint::open(global, args.checkpoint.as_deref(), &dataset, &options)?;
    let files = Files::open(args)?;
    let out = Output::open(global)?;
    let outcome = attend(session, global, &dataset, |means| {
        let means = Means {
            checkpoint: kept,
            ..means
        };
        check(means, &dataset, &options)
    })
    .await?;
    let exit = tell(global, out, files, &dataset, &options.scope, &outcome)?;
    if let (Some(path), None) = (&args.checkpoint, &outcome.error) {
        Checkpoint::remove(path);
    }
    Ok(exit)
}

fn options(
    dataset: &BoundDataset,
    args: &DriftArgs,
    limits: Limits,
) -> Result<DriftOptions, Failure> {
    let usual = DriftOptions::of(dataset);
    Ok(DriftOptions {
        copies: choose::copies(dataset, &args.copies)?,
        grace: args.grace.map_or(usual.grace, Grace::Fixed),
        pace: limits.rcu_per_second,
        budget: limits.max_rcu,
        scope: choose::scope(args)?,
        mends: args.plan.as_ref().map_or(Mends::Dropped, |_| Mends::Kept),
        ..usual
    })
}

/// What to say when a sample reads more than everything: it looks up every item by its key.
fn cheaper_in_full(
    dataset: &BoundDataset,
    options: &DriftOptions,
    estimate: Option<Range<Rcu>>,
) -> Option<String> {
    let full = DriftOptions {
        scope: Scope::Full,
        ..options.clone()
    };
    let full = full.estimate(dataset)?;
    let sample = matches!(options.scope, Scope::Sample(_));
    (sample && estimate?.low > full.low).then(|| {
        let full = units(full);
        format!("note: a full check reads less, {full}: `--mode full`")
    })
}

/// Prints and writes what was found; how the program ends.
fn tell(
    global: &Global,
    mut out: Output,
    mut files: Files,
    dataset: &BoundDataset,
    scope: &Scope,
    outcome: &CheckOutcome,
) -> Result<Exit, Failure> {
    files.write(dataset, outcome)?;
    let (accepted, new): (Vec<&Finding>, Vec<&Finding>) = outcome
        .findings
        .iter()
        .partition(|finding| files.accepts(finding));
    print::lines(global, &mut out, new.iter().copied(), outcome)?;
    if files.baseline.is_some() {
        let accepted = accepted.len();
        note(
            global.quiet,
            &format!("baseline: {accepted} accepted, {} not", new.len()),
        );
    }
    if let Some(expired) = expired(&files, scope, outcome).filter(|expired| *expired > 0) {
        note(
            global.quiet,
            &format!("baseline: {expired} entries are not found any more"),
        );
    }
    let drifted = new.iter().any(|finding| finding.class.is_drift());
    conclude(global, out, outcome, drifted)
}

/// Prints the summary, and what a person should know besides; how the program ends.
fn conclude(
    global: &Global,
    mut out: Output,
    outcome: &CheckOutcome,
    drifted: bool,
) -> Result<Exit, Failure> {
    print::summary(global, &mut out, outcome)?;
    out.finish()?;
    for problem in &outcome.notes {
        note(global.quiet, &format!("note: {problem}"));
    }
    if let Some(error) = &outcome.error {
        report(std::slice::from_ref(&error.problem), global.quiet);
    }
    Ok(exit(outcome, drifted))
}

/// Entries of the baseline that are no finding any more: only a full check that ended knows.
fn expired(files: &Files, scope: &Scope, outcome: &CheckOutcome) -> Option<usize> {
    let baseline = files.baseline.as_ref()?;
    let summary = &outcome.summary;
    let copies: Vec<_> = summary.copies.iter().map(|copy| &copy.copy).collect();
    (summary.complete && *scope == Scope::Full)
        .then(|| baseline.expired(&summary.dataset, &copies, &outcome.findings))
}

/// Drift found wins; then what stopped the check; then hot or pending keys.
fn exit(outcome: &CheckOutcome, drifted: bool) -> Exit {
    if drifted {
        return Exit::Drift;
    }
    match &outcome.error {
        Some(error) => exit_of(error.kind),
        None if outcome.summary.complete => Exit::Clean,
        None => Exit::Incomplete,
    }
}

/// Prints what looking again found; how the program ends.
pub(super) fn tell_again(
    global: &Global,
    out: Output,
    dataset: &BoundDataset,
    outcome: &CheckOutcome,
) -> Result<Exit, Failure> {
    tell(
        global,
        out,
        Files::default(),
        dataset,
        &Scope::Recheck,
        outcome,
    )
}

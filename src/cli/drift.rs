//! `drift`: checks the copies of a dataset against its base.

use super::args::{DriftArgs, Format, Global};
use super::exit::{Exit, Failure, exit_of};
use super::output::{
    Output, create, no_such_format, note, report, tell, units, unwritable, written,
};
use super::progress::Progress;
use super::session::Session;
use crate::domain::drift::{Class, CopySummary, Unverified};
use crate::domain::item::item_to_dynamo_json;
use crate::domain::mapping::BoundDataset;
use crate::domain::names::CopyName;
use crate::domain::problem::{Problem, nearest};
use crate::engine::catalog::load_all;
use crate::engine::drift::{
    CheckOutcome, DriftEvent, DriftOptions, DriftProgress, Grace, Means, Phase, check,
};
use crate::store::budget::{Budget, Limits};
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &DriftArgs,
) -> Result<Exit, Failure> {
    if global.format == Format::Csv {
        return Err(no_such_format("drift", "table, json, jsonl"));
    }
    let dataset = dataset(session, args).await?;
    let limits = global.limits().of_check(&dataset.dataset.check);
    let options = options(&dataset, args, global.limits().or(limits))?;
    ask(session, global, &dataset, &options, limits)?;
    let mut findings = args
        .findings
        .as_ref()
        .map(|path| create(path).map(BufWriter::new))
        .transpose()?;
    let kept =
        |result| io::Result::map_err(result, |e| unwritable("the findings cannot be written", &e));
    let mut out = Output::open(global)?;
    let outcome = watch(session, global, &dataset, &options, limits).await?;
    let found = outcome
        .findings
        .iter()
        .map(|f| (f.to_json(), f.to_string()));
    let open = outcome
        .unverified
        .iter()
        .map(|u| (u.to_json(), unverified_text(u)));
    for (line, text) in found.chain(open) {
        let line = format!("{line}\n");
        if let Some(file) = &mut findings {
            kept(file.write_all(line.as_bytes()))?;
        }
        match global.format {
            Format::Jsonl => written(out.writer().write_all(line.as_bytes()))?,
            Format::Table => written(writeln!(out.writer(), "{text}"))?,
            Format::Json | Format::Csv => {}
        }
    }
    if let Some(mut file) = findings {
        kept(file.flush())?;
    }
    print_summary(global, &mut out, &outcome)?;
    out.finish()?;
    if let Some(error) = &outcome.error {
        report(std::slice::from_ref(&error.problem), global.quiet);
    }
    Ok(exit(&outcome))
}

/// Drift found wins; then what stopped the check; then hot or pending keys.
fn exit(outcome: &CheckOutcome) -> Exit {
    if outcome.summary.has_drift() {
        return Exit::Drift;
    }
    match &outcome.error {
        Some(error) => exit_of(error.kind),
        None if outcome.summary.complete => Exit::Clean,
        None => Exit::Incomplete,
    }
}

async fn dataset(session: &Session, args: &DriftArgs) -> Result<BoundDataset, Failure> {
    let known: Vec<String> = session
        .files
        .iter()
        .flat_map(|f| &f.datasets)
        .map(|d| d.name.to_string())
        .collect();
    let name = match (&args.dataset, known.as_slice()) {
        (Some(name), _) if known.contains(name) => name.clone(),
        (Some(name), _) => {
            let near = nearest(name, known.iter().map(String::as_str));
            let hint = near.map_or_else(
                || "name a dataset of the dataset file".to_owned(),
                |n| format!("`{n}`"),
            );
            return Err(Failure::usage(
                Problem::new(format!("there is no dataset `{name}`")).hint(hint),
            ));
        }
        (None, [only]) => only.clone(),
        (None, []) => {
            let problem =
                Problem::new("there is no dataset to check").because("no dataset file was found");
            return Err(Failure::usage(
                problem.hint("`--dataset FILE`, or `--demo`"),
            ));
        }
        (None, many) => {
            let hint = format!("name one of {}", many.join(", "));
            return Err(Failure::usage(
                Problem::new("there are several datasets").hint(hint),
            ));
        }
    };
    let tables = session.tables_of(&name);
    let mut catalog = load_all(session.store(), session.files.clone(), tables).await?;
    match catalog.datasets.shift_remove(name.as_str()) {
        Some(Ok(dataset)) => Ok(dataset),
        Some(Err(problem)) => Err(Failure {
            exit: Exit::Usage,
            problems: vec![problem],
        }),
        None => Err(Failure::usage(
            Problem::new(format!("the dataset `{name}` has no tables here"))
                .hint("`driftscope tables` lists what there is"),
        )),
    }
}

fn options(
    dataset: &BoundDataset,
    args: &DriftArgs,
    limits: Limits,
) -> Result<DriftOptions, Failure> {
    let names: Vec<&str> = dataset
        .dataset
        .copies
        .keys()
        .map(CopyName::as_str)
        .collect();
    for wanted in &args.copies {
        if let Some((_, problem)) = dataset
            .failed
            .iter()
            .find(|(name, _)| name == wanted.as_str())
        {
            return Err(Failure::usage(problem.clone()));
        }
        if !names.contains(&wanted.as_str()) {
            let hint = nearest(wanted, names.iter().copied())
                .map_or_else(|| names.join(", "), |n| format!("`{n}`"));
            return Err(Failure::usage(
                Problem::new(format!(
                    "the dataset `{}` has no copy `{wanted}`",
                    dataset.dataset.name
                ))
                .hint(hint),
            ));
        }
    }
    let usual = DriftOptions::of(dataset);
    Ok(DriftOptions {
        copies: args
            .copies
            .iter()
            .map(|c| CopyName::from(c.clone()))
            .collect(),
        grace: args.grace.map_or(usual.grace, Grace::Fixed),
        pace: limits.rcu_per_second,
        budget: limits.max_rcu,
    })
}

/// Says what the check will read; above the asking limit it runs only with `--yes` or a budget.
fn ask(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
    options: &DriftOptions,
    limits: Limits,
) -> Result<(), Failure> {
    let Some(range) = options.estimate(dataset) else {
        note(
            global.quiet,
            "estimate: unknown, a table has not reported its size yet",
        );
        return Ok(());
    };
    let high = range.high.unwrap_or(range.low);
    note(global.quiet, &format!("estimate: {}", units(range)));
    let middle = f64::midpoint(range.low.0, high.0);
    let bounded = global.limits().max_rcu.or(limits.max_rcu).is_some();
    if middle <= session.config.ask_rcu || global.yes || bounded {
        return Ok(());
    }
    let what = format!("the check would consume about {middle:.0} RCU");
    Err(Failure::usage(
        Problem::new(what)
            .because(format!(
                "the asking limit is {} RCU",
                session.config.ask_rcu
            ))
            .hint("`--yes` to run it, `--max-rcu N` to bound it, or `--copy NAME` to check less"),
    ))
}

async fn watch(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
    options: &DriftOptions,
    limits: Limits,
) -> Result<CheckOutcome, Failure> {
    let (events, mut inbox) = tokio::sync::mpsc::channel(64);
    let cancel = CancellationToken::new();
    let progress = Progress::new(global, "reading the base");
    let mut throttled = session.store.throttled();
    let mut checking = std::pin::pin!(check(
        Means::new(
            Arc::new(Budget::new(session.store(), limits)),
            events,
            cancel.clone()
        ),
        dataset,
        options,
    ));
    let handle = |event: DriftEvent| match event {
        DriftEvent::Progress(p) => {
            progress.say(match p.phase {
                Phase::Base | Phase::Copies => reading(&p),
                Phase::Grace => format!("{} candidates, waiting", p.candidates),
                Phase::Verify => format!("looking again at {} candidates", p.candidates),
            });
            progress.at(p.items, p.of);
        }
        DriftEvent::Finding(_) => {}
    };
    let outcome = loop {
        tokio::select! {
            Some(event) = inbox.recv() => handle(event),
            Ok(()) = throttled.changed() => progress.aside(|| tell(&mut throttled, global.quiet)),
            outcome = &mut checking => break outcome,
            _ = tokio::signal::ctrl_c() => cancel.cancel(),
        }
    };
    while let Ok(event) = inbox.try_recv() {
        handle(event);
    }
    progress.clear();
    Ok(outcome?)
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

fn print_summary(global: &Global, out: &mut Output, outcome: &CheckOutcome) -> Result<(), Failure> {
    match global.format {
        Format::Json => written(writeln!(out.writer(), "{}", outcome.summary.to_json())),
        Format::Jsonl => {
            note(global.quiet, &summary_text(outcome));
            Ok(())
        }
        Format::Table | Format::Csv => written(writeln!(out.writer(), "{}", summary_text(outcome))),
    }
}

fn summary_text(outcome: &CheckOutcome) -> String {
    let summary = &outcome.summary;
    // A check that stopped half-way has cleared nobody.
    let nothing = if outcome.error.is_some() {
        "not finished"
    } else {
        "clean"
    };
    let mut text = String::new();
    let width = summary
        .copies
        .iter()
        .map(|c| c.copy.as_str().len())
        .max()
        .unwrap_or(0);
    for copy in &summary.copies {
        let _ = writeln!(
            text,
            "{:width$}  {} of {} items, {}",
            copy.copy,
            copy.actual,
            copy.expected,
            verdict(copy, nothing)
        );
    }
    let state = if summary.complete {
        "complete"
    } else {
        "INCOMPLETE"
    };
    let _ = write!(
        text,
        "{}: {state}, {} base items, {} RCU in {:.1} s",
        summary.dataset, summary.base_items, summary.consumed.0, summary.seconds
    );
    if let Some(scan) = summary.scan.rcu {
        let _ = write!(text, " (scans alone: {})", units(scan));
    }
    text
}

fn unverified_text(open: &Unverified) -> String {
    let key = open.base_key.as_ref().map_or_else(
        || "?".to_owned(),
        |key| item_to_dynamo_json(key).to_string(),
    );
    format!("{}: {} left open: {key}", open.copy, open.why.code())
}

fn verdict(copy: &CopySummary, nothing: &str) -> String {
    let mut parts: Vec<String> = Class::ALL
        .into_iter()
        .filter_map(|class| {
            copy.findings
                .get(&class)
                .filter(|n| **n > 0)
                .map(|n| format!("{n} {}", class.code()))
        })
        .collect();
    for (count, word) in [
        (copy.in_flight, "in flight"),
        (copy.hot, "hot"),
        (copy.pending, "pending"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if parts.is_empty() {
        nothing.to_owned()
    } else {
        parts.join(", ")
    }
}

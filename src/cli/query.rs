//! `query`: runs a request over its cheapest route and prints the rows.

mod print;

use super::args::{Format, Global, QueryArgs};
use super::exit::{Exit, Failure, exit_of};
use super::output::{Output, note, report, tell, units, written};
use super::progress::Progress;
use super::request::{Planned, plan};
use super::session::Session;
use crate::domain::cost::ask_limit;
use crate::domain::item::Block;
use crate::domain::names::Rcu;
use crate::domain::plan::{Reason, Route, choose, plan_json, route, scan_json};
use crate::domain::problem::Problem;
use crate::domain::query::Select;
use crate::engine::execute::{Bounds, Consumption};
use crate::engine::{Answer, ReadEvent, execute};
use crate::store::budget::{Budget, Limits};
use print::{Columns, RowPrinter};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &QueryArgs,
) -> Result<Exit, Failure> {
    // Only the JSON document tells of the paths that are not taken.
    let find = match global.format {
        Format::Json => route,
        Format::Table | Format::Jsonl | Format::Csv => choose,
    };
    let mut planned = plan(session, global, &args.request, find).await?;
    let limits = limits(session, global, &planned)?;
    for text in &planned.route.notes {
        note(global.quiet, &format!("note: {text}"));
    }
    let mut out = Output::open(global)?;
    let printer = RowPrinter::new(
        global.format,
        args.items,
        Columns::of(&planned.request, &planned.catalog),
    );
    let bounds = Bounds {
        page_items: args.page_size,
        ..Bounds::default()
    };
    let bounds = bounds.sized_for(&planned.route.plan, &planned.catalog);
    let answer = stream(
        session,
        global,
        &planned,
        (limits, bounds),
        printer,
        &mut out,
    )
    .await?;
    out.finish()?;
    planned.learn(session, global, &answer.observed);
    note(global.quiet, &summary(&answer, &planned.route));
    if out.is_closed() {
        return Ok(Exit::Clean);
    }
    if let Some(error) = &answer.error {
        report(std::slice::from_ref(&error.problem), global.quiet);
        return Ok(exit_of(error.kind));
    }
    Ok(if answer.complete {
        Exit::Clean
    } else {
        Exit::Incomplete
    })
}

/// Asks before an expensive request; one that may be expensive runs up to the asking limit.
fn limits(session: &Session, global: &Global, planned: &Planned) -> Result<Limits, Failure> {
    let access = &planned.route.plan.access;
    let setting = Rcu(session.config.ask_rcu);
    let limit = match planned.catalog.table(access.table.as_str()) {
        Some(table) => ask_limit(setting, table, access.index.as_ref()),
        None => setting,
    };
    let estimate = planned.route.plan.estimate;
    let mut limits = Limits::default();
    if global.yes || global.limits().max_rcu.is_some() {
        return Ok(limits);
    }
    if estimate.exceeds(limit) {
        return Err(Failure::usage(too_dear(limit, &planned.route)));
    }
    if estimate.may_exceed(limit) {
        limits.max_rcu = Some(limit);
    }
    Ok(limits)
}

fn too_dear(Rcu(limit): Rcu, route: &Route) -> Problem {
    let Rcu(expected) = route.plan.estimate.shown();
    let cheaper = route
        .rejected
        .iter()
        // Cheaper than what was chosen is only what was not asked for.
        .find(|r| r.reason == Reason::Pinned)
        .and_then(|r| Some((r, r.estimate?)));
    let (why, hint) = match cheaper {
        Some((other, estimate)) => (
            "another route is cheaper",
            format!(
                "the dataset alone after FROM: `{}` answers for {}; `--yes` to run it anyway, or `--max-rcu N` to bound it",
                other.access.table,
                units(estimate.rcu)
            ),
        ),
        None => (
            "no cheaper route answers it",
 "`--yes` to run it anyway, `--max-rcu N` to bound it, or a condition on a key (see `driftscope explain`)".to_owned(),
        ),
    };
    Problem::new(format!("the request would consume about {expected:.0} RCU"))
        .because(format!("the asking limit is {limit} RCU, and {why}"))
        .hint(hint)
}

async fn stream(
    session: &Session,
    global: &Global,
    planned: &Planned,
    (limits, bounds): (Limits, Bounds),
    mut printer: RowPrinter,
    out: &mut Output,
) -> Result<Answer, Failure> {
    let (events, mut inbox) = tokio::sync::mpsc::channel(16);
    let cancel = CancellationToken::new();
    let progress = Progress::new(global, "reading");
    let mut throttled = session.store.throttled();
    let mut running = std::pin::pin!(execute(
        Arc::new(Budget::new(session.store(), limits)),
        &planned.request,
        &planned.route.plan,
        bounds,
        events,
        cancel.clone()
    ));
    let show = |c: &Consumption| {
        progress.say(format!(
            "read {} items, {} matched, {} RCU",
            c.items_read, c.matched, c.rcu.0
        ));
    };
    written(printer.begin(out.writer()))?;
    let mut on_rows = |block: Block, out: &mut Output| -> Result<(), Failure> {
        written(progress.aside(|| printer.rows(&block, out.writer())))?;
        if out.is_closed() {
            cancel.cancel();
        }
        Ok(())
    };
    let answer = loop {
        tokio::select! {
            Some(event) = inbox.recv() => match event {
                ReadEvent::Progress(c) => show(&c),
                ReadEvent::Rows(block) => on_rows(block, out)?,
            },
            Ok(()) = throttled.changed() => progress.aside(|| tell(&mut throttled, global.quiet)),
            answer = &mut running => break answer,
            _ = tokio::signal::ctrl_c() => cancel.cancel(),
        }
    };
    while let Ok(event) = inbox.try_recv() {
        if let ReadEvent::Rows(block) = event {
            on_rows(block, out)?;
        }
    }
    progress.clear();
    written(printer.end(out.writer(), || tail(&answer, planned)))?;
    if matches!(planned.request.select, Select::Count) {
        written(print_count(global.format, answer.count, out.writer()))?;
    }
    Ok(answer)
}

/// The one figure of a `COUNT(*)`; the JSON document has it already.
fn print_count(format: Format, count: u64, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => writeln!(out, "{count}"),
        Format::Csv => writeln!(out, "count\n{count}"),
        Format::Jsonl => writeln!(out, "{}", json!({"count": count})),
        Format::Json => Ok(()),
    }
}

/// Everything of the JSON document but the rows.
fn tail(answer: &Answer, planned: &Planned) -> Vec<(&'static str, Value)> {
    let route = &planned.route;
    let by: Vec<Value> = answer
        .consumption
        .by
        .iter()
        .map(|(table, index, rcu)| json!({"table": table, "index": index, "rcu": rcu}))
        .collect();
    vec![
        ("count", json!(answer.count)),
        ("complete", json!(answer.complete)),
        ("plan", plan_json(route)),
        (
            "consumed",
            json!({"rcu": answer.consumption.rcu, "requests": answer.consumption.requests, "items_read": answer.consumption.items_read, "by": by}),
        ),
        (
            "scan",
            scan_json(&route.scan_cost(), Some(route.scan_table.as_str())),
        ),
    ]
}

fn summary(answer: &Answer, route: &Route) -> String {
    let c = &answer.consumption;
    let mut text = format!(
        "{} rows, consumed {} RCU in {} requests ({} items read)",
        answer.count, c.rcu.0, c.requests, c.items_read
    );
    if let Some(scan) = route.scan_cost().rcu {
        let _ = write!(text, "; a scan of `{}`: {}", route.scan_table, units(scan));
        if c.rcu.0 > 0.0 && scan.low.0 > c.rcu.0 {
            let _ = write!(text, " ({:.0}×)", scan.low.0 / c.rcu.0);
        }
    }
    if !answer.complete {
        text.push_str("; INCOMPLETE");
    }
    text
}

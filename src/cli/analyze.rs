//! `analyze`: samples tables within a budget, and keeps what that tells for later runs.

use super::args::{AnalyzeArgs, Format, Global};
use super::exit::{Exit, Failure, exit_of};
use super::output::{Output, bytes, no_such_format, report, written};
use super::progress::Progress;
use super::session::{Session, now};
use crate::domain::names::TableName;
use crate::domain::problem::{Problem, nearest};
use crate::domain::read::ReadError;
use crate::domain::schema::Catalog;
use crate::domain::stats::{PathName, Spread, TableStatistics};
use crate::engine::analyze::{
    Analysis, AnalyzeOptions, AnalyzeProgress, Sample, Subject, analyze, subjects,
};
use crate::store::budget::Limits;
use serde_json::{Value, json};
use std::fmt::Write as _;
use tokio_util::sync::CancellationToken;
use unicode_width::UnicodeWidthStr;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &AnalyzeArgs,
) -> Result<Exit, Failure> {
    if global.format == Format::Csv {
        return Err(no_such_format("analyze", "table, json, jsonl"));
    }
    let mut catalog = catalog(session, global, args).await?;
    let subjects = chosen(&catalog, args)?;
    let mut out = Output::open(global)?;
    let analysis = watch(session, global, &catalog, &subjects).await;
    let tables = analysis.statistics.tables();
    let tables: Vec<TableName> = tables.map(|(name, _)| name.clone()).collect();
    catalog.statistics.merge(analysis.statistics.clone());
    session.keep(global, &catalog, &tables);
    let text = match global.format {
        Format::Table | Format::Csv => text(&analysis, &catalog),
        Format::Json => format!("{}\n", to_json(&analysis, &catalog)),
        Format::Jsonl => analysis.samples.iter().fold(String::new(), |text, sample| {
            format!("{text}{}\n", sample_json(sample, &catalog))
        }),
    };
    written(out.writer().write_all(text.as_bytes()))?;
    out.finish()?;
    Ok(trouble(&analysis, &catalog, global))
}

/// The tables of what is named, of all datasets, or all there are.
async fn catalog(
    session: &Session,
    global: &Global,
    args: &AnalyzeArgs,
) -> Result<Catalog, Failure> {
    let datasets = session.files.iter().flat_map(|file| &file.datasets);
    let tables = match &args.dataset {
        Some(name) => session
            .tables_of(name)
            .or_else(|| Some(vec![TableName::from(name.clone())])),
        None => datasets
            .map(|dataset| session.tables_of(dataset.name.as_str()))
            .collect::<Option<Vec<_>>>()
            .map(|tables| tables.concat())
            .filter(|tables| !tables.is_empty()),
    };
    session.catalog(global, session.files.clone(), tables).await
}

/// What is to be sampled.
fn chosen(catalog: &Catalog, args: &AnalyzeArgs) -> Result<Vec<Subject>, Failure> {
    let Some(name) = &args.dataset else {
        return Ok(subjects(catalog));
    };
    let datasets = catalog.files.iter().flat_map(|file| &file.datasets);
    let mut known = datasets.map(|dataset| dataset.name.as_str());
    if known.clone().any(|known| known == name) {
        return Ok(vec![Subject::Dataset(name.clone().into())]);
    }
    if catalog.table(name).is_some() {
        return Ok(vec![Subject::Table(name.clone().into())]);
    }
    let hint = nearest(name, known.by_ref()).map_or_else(
        || "`driftscope tables` lists what there is".to_owned(),
        |near| format!("`{near}`"),
    );
    Err(Failure::usage(
        Problem::new(format!("there is no dataset and no table `{name}`")).hint(hint),
    ))
}

async fn watch(
    session: &Session,
    global: &Global,
    catalog: &Catalog,
    subjects: &[Subject],
) -> Analysis {
    let (events, mut inbox) = tokio::sync::mpsc::channel(16);
    let cancel = CancellationToken::new();
    let progress = Progress::new(global, "sampling");
    let options = AnalyzeOptions {
        // The session keeps the pace.
        limits: Limits {
            rcu_per_second: None,
            ..global.limits()
        },
        now: now(),
    };
    let store = session.store();
    let mut running = std::pin::pin!(analyze(
        store,
        catalog,
        subjects,
        options,
        events,
        cancel.clone()
    ));
    let show = |p: AnalyzeProgress| {
        let AnalyzeProgress {
            table, rcu, budget, ..
        } = &p;
        progress.say(format!("sampling `{table}`, {} of {} RCU", rcu.0, budget.0));
        progress.at(p.sampled, p.of);
    };
    let analysis = loop {
        tokio::select! {
            Some(event) = inbox.recv() => show(event),
            analysis = &mut running => break analysis,
            _ = tokio::signal::ctrl_c() => cancel.cancel(),
        }
    };
    progress.clear();
    analysis
}

/// The paths that a sample tells of: its table, the copies of its dataset, and their indexes.
fn paths(sample: &Sample, catalog: &Catalog) -> Vec<PathName> {
    let dataset = sample.dataset.as_ref();
    let copies = dataset
        .and_then(|name| catalog.dataset(name.as_str()))
        .into_iter()
        .flat_map(|dataset| &dataset.copies)
        .map(|copy| &copy.table.name);
    let mut paths: Vec<PathName> = Vec::new();
    for table in std::iter::once(&sample.table).chain(copies) {
        let indexes = catalog.table(table.as_str()).map(|table| &table.indexes);
        let indexes = indexes.into_iter().flatten().map(|index| Some(&index.name));
        for index in std::iter::once(None).chain(indexes) {
            let path = PathName {
                table: table.clone(),
                index: index.cloned(),
            };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

fn to_json(analysis: &Analysis, catalog: &Catalog) -> Value {
    let samples = analysis.samples.iter();
    json!({
        "samples": samples.map(|sample| sample_json(sample, catalog)).collect::<Vec<_>>(),
        "complete": analysis.errors().next().is_none(),
        "consumed": {"rcu": analysis.consumption.rcu, "requests": analysis.consumption.requests},
    })
}

fn sample_json(sample: &Sample, catalog: &Catalog) -> Value {
    let statistics = &catalog.statistics;
    let paths = paths(sample, catalog).into_iter().map(|path| {
        let volume = statistics.total(&path).map(|figure| figure.volume);
        json!({
            "table": path.table, "index": path.index,
            "items": volume.map(|volume| volume.items), "bytes": volume.map(|volume| volume.bytes),
            "partitions": statistics.partitions(&path), "mean_item": statistics.mean_item(&path),
        })
    });
    let known = statistics.table(sample.table.as_str());
    json!({
        "table": sample.table, "dataset": sample.dataset,
        "sampled": sample.sampled, "of": sample.of, "complete": sample.complete,
        "sampled_at": known.and_then(TableStatistics::sample).map(|sample| sample.at),
        "note": sample.note, "error": sample.error.as_ref().map(|error| &error.problem),
        "paths": paths.collect::<Vec<_>>(),
    })
}

fn text(analysis: &Analysis, catalog: &Catalog) -> String {
    let mut text = String::new();
    for sample in &analysis.samples {
        let _ = writeln!(text, "{sample}");
        if let Some(note) = &sample.note {
            let _ = writeln!(text, "    note: {note}");
        }
        if sample.error.is_none() {
            text.push_str(&table(&paths(sample, catalog), catalog));
        }
    }
    let used = &analysis.consumption;
    let _ = writeln!(
        text,
        "consumed {} RCU in {} requests",
        used.rcu.0, used.requests
    );
    text
}

/// A line for each path: name, items, bytes, mean item, partitions.
fn table(paths: &[PathName], catalog: &Catalog) -> String {
    let statistics = &catalog.statistics;
    let lines: Vec<[String; 5]> = paths
        .iter()
        .map(|path| {
            let volume = statistics.total(path).map(|figure| figure.volume);
            let name = match &path.index {
                None => path.table.to_string(),
                Some(index) => format!("{}.{index}", path.table),
            };
            let size = |spread| figure(spread, bytes);
            let count = |spread| figure(spread, |count| count.to_string());
            [
                name,
                count(volume.map(|volume| volume.items)),
                size(volume.map(|volume| volume.bytes)),
                size(statistics.mean_item(path)),
                count(statistics.partitions(path)),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].width());
        cells.max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3, 4].map(width);
    let pad = |line: &[String; 5], column: usize| " ".repeat(widths[column] - line[column].width());
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(
            text,
            "    {}{}  {}{} items  {}{}  {}{} each  {}{} partitions",
            line[0],
            pad(line, 0),
            pad(line, 1),
            line[1],
            pad(line, 2),
            line[2],
            pad(line, 3),
            line[3],
            pad(line, 4),
            line[4],
        );
        text
    })
}

/// A figure as exactly as it is known.
fn figure(spread: Option<Spread>, print: impl Fn(u64) -> String) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts and sizes, never below zero"
    )]
    let whole = |figure: f64| figure.round() as u64;
    match spread {
        None => "?".to_owned(),
        Some(Spread {
            low,
            expected,
            high,
        }) => {
            let sure = whole(low) == whole(high);
            format!("{}{}", if sure { "" } else { "≈ " }, print(whole(expected)))
        }
    }
}

/// Reports what could not be sampled; the rest was printed.
fn trouble(analysis: &Analysis, catalog: &Catalog, global: &Global) -> Exit {
    let unbound: Vec<Problem> = catalog
        .datasets
        .values()
        .filter_map(|dataset| dataset.as_ref().err().cloned())
        .collect();
    report(&unbound, global.quiet);
    let errors: Vec<&ReadError> = analysis.errors().collect();
    let problems: Vec<Problem> = errors.iter().map(|error| error.problem.clone()).collect();
    report(&problems, global.quiet);
    match errors.first() {
        Some(error) => exit_of(error.kind),
        None if unbound.is_empty() => Exit::Clean,
        None => Exit::Usage,
    }
}

//! What a check is about: the dataset, its copies, and whether it may cost that much.

use super::super::args::{CheckMode, DriftArgs, Global};
use super::super::exit::{Exit, Failure};
use super::super::output::{note, units};
use super::super::session::{Session, now};
use crate::domain::drift::SAMPLE;
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{CopyName, Range, Rcu};
use crate::domain::problem::{Problem, nearest};
use crate::engine::catalog::load_all;
use crate::engine::drift::{Sampling, Scope};
use crate::store::budget::Limits;
use std::hash::{BuildHasher, RandomState};

/// The dataset of that name, or the only one, bound to its tables.
pub(in crate::cli) async fn dataset(
    session: &Session,
    name: Option<&str>,
) -> Result<BoundDataset, Failure> {
    let name = named(session, name).map_err(Failure::usage)?;
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

fn named(session: &Session, name: Option<&str>) -> Result<String, Problem> {
    let datasets = session.files.iter().flat_map(|f| &f.datasets);
    let known: Vec<&str> = datasets.map(|d| d.name.as_str()).collect();
    match (name, known.as_slice()) {
        (Some(name), _) if known.contains(&name) => Ok(name.to_owned()),
        (Some(name), _) => {
            let hint = nearest(name, known.iter().copied()).map_or_else(
                || "name a dataset of the dataset file".to_owned(),
                |n| format!("`{n}`"),
            );
            Err(Problem::new(format!("there is no dataset `{name}`")).hint(hint))
        }
        (None, [only]) => Ok((*only).to_owned()),
        (None, []) => Err(Problem::new("there is no dataset to check")
            .because("no dataset file was found")
            .hint("`--dataset FILE`, or `--demo`")),
        (None, many) => Err(Problem::new("there are several datasets")
            .hint(format!("name one of {}", many.join(", ")))),
    }
}

/// The copies that are named, each of which must be there.
pub(super) fn copies(dataset: &BoundDataset, wanted: &[String]) -> Result<Vec<CopyName>, Failure> {
    wanted
        .iter()
        .map(|wanted| copy(dataset, wanted).map_err(Failure::usage))
        .collect()
}

fn copy(dataset: &BoundDataset, wanted: &str) -> Result<CopyName, Problem> {
    if let Some((_, problem)) = dataset.failed.iter().find(|(name, _)| *name == *wanted) {
        return Err(problem.clone());
    }
    let names: Vec<&str> = dataset
        .dataset
        .copies
        .keys()
        .map(CopyName::as_str)
        .collect();
    if names.contains(&wanted) {
        return Ok(wanted.into());
    }
    let hint = nearest(wanted, names.iter().copied())
        .map_or_else(|| names.join(", "), |name| format!("`{name}`"));
    let dataset = &dataset.dataset.name;
    Err(Problem::new(format!("the dataset `{dataset}` has no copy `{wanted}`")).hint(hint))
}

/// What of them is checked, when it is not a partition.
pub(super) fn scope(args: &DriftArgs) -> Result<Scope, Failure> {
    let part = args.mode != CheckMode::Full || args.partition.is_some();
    if args.checkpoint.is_some() && part {
        return Err(Failure::usage(
            Problem::new("`--checkpoint FILE` goes with a full check only")
                .because("a part is soon read anew")
                .hint("leave out one of the two"),
        ));
    }
    if args.partition.is_some() && args.mode == CheckMode::Sample {
        return Err(Failure::usage(
            Problem::new("`--partition` reads the whole partition")
                .hint("leave out `--mode sample`"),
        ));
    }
    match (args.mode, args.sample) {
        (CheckMode::Full, None) => Ok(Scope::Full),
        (CheckMode::Full, Some(_)) => Err(Failure::usage(
            Problem::new("`--sample N` goes with `--mode sample` only").hint("`--mode sample`"),
        )),
        (CheckMode::Sample, items) => Ok(Scope::Sample(Sampling {
            items: items.unwrap_or(SAMPLE),
            seed: seed(),
        })),
    }
}

/// Another number in every run.
fn seed() -> u64 {
    RandomState::new().hash_one(now())
}

/// Says what the check will read; above the asking limit it runs only with `--yes` or a budget.
pub(in crate::cli) fn ask(
    session: &Session,
    global: &Global,
    estimate: Option<Range<Rcu>>,
    limits: Limits,
) -> Result<(), Failure> {
    let Some(range) = estimate else {
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
    let limit = session.config.ask_rcu;
    Err(Failure::usage(
        Problem::new(what)
            .because(format!("the asking limit is {limit} RCU"))
            .hint("`--yes` to run it, `--max-rcu N` to bound it, or `--copy NAME` to check less"),
    ))
}

//! `recheck`: looks again at the findings of a file.

use super::args::{Format, Global, RecheckArgs};
use super::drift::{ask, attend, dataset, read_findings, tell_again};
use super::exit::{Exit, Failure};
use super::output::{Output, no_such_format, note, report};
use super::session::Session;
use crate::domain::drift::{Noted, Recurrence};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{CopyName, Range, Rcu};
use crate::domain::problem::{Place, Problem};
use crate::engine::drift::{DriftOptions, recheck};
use std::collections::BTreeSet;
use std::path::Path;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &RecheckArgs,
) -> Result<Exit, Failure> {
    if global.format == Format::Csv {
        return Err(no_such_format("recheck", "table, json, jsonl"));
    }
    let noted = read_findings(&args.file)?;
    let Some(name) = one_dataset(&args.file, &noted)? else {
        note(
            global.quiet,
            "nothing to look at: the file holds no finding",
        );
        return Ok(Exit::Clean);
    };
    let dataset = dataset(session, Some(name)).await?;
    let copies = there(&dataset, &args.file, &noted)?;
    for noted in noted
        .iter()
        .filter(|noted| copies.there.contains(&noted.copy))
    {
        noted
            .fits(&dataset)
            .map_err(|problem| Failure::usage(problem.at(place(&args.file, noted.line))))?;
    }
    let options = DriftOptions {
        copies: copies.there.iter().cloned().collect(),
        ..DriftOptions::of(&dataset)
    };
    let limits = global.limits().of_check(&dataset.dataset.check);
    ask(
        session,
        global,
        Some(estimate(&dataset, noted.len())),
        limits,
    )?;
    let out = Output::open(global)?;
    let mut outcome = attend(session, global, &dataset, |means| {
        recheck(means, &dataset, &options, &noted)
    })
    .await?;
    // What cannot be looked at is neither mended nor clean.
    outcome.summary.complete &= copies.gone.is_empty();
    let exit = tell_again(global, out, &dataset, &outcome)?;
    report(&copies.gone, global.quiet);
    Ok(exit)
}

/// The dataset that the findings are of.
fn one_dataset<'a>(file: &Path, noted: &'a [Noted]) -> Result<Option<&'a str>, Failure> {
    let Some(first) = noted.first() else {
        return Ok(None);
    };
    match noted.iter().find(|noted| noted.dataset != first.dataset) {
        None => Ok(Some(first.dataset.as_str())),
        Some(other) => Err(Failure::usage(
            Problem::new(format!(
                "the file holds findings of `{}` and of `{}`",
                first.dataset, other.dataset
            ))
            .hint("one dataset at a time: a file for each")
            .at(place(file, other.line)),
        )),
    }
}

/// The copies that findings speak of: those that are there, and why the others are not.
#[derive(Default)]
struct Copies {
    there: BTreeSet<CopyName>,
    gone: Vec<Problem>,
}

fn there(dataset: &BoundDataset, file: &Path, noted: &[Noted]) -> Result<Copies, Failure> {
    let mut copies = Copies::default();
    let mut known = BTreeSet::new();
    for noted in noted.iter().filter(|noted| known.insert(&noted.copy)) {
        let name = &noted.copy;
        if dataset.copy(name.as_str()).is_some() {
            copies.there.insert(name.clone());
            continue;
        }
        let failed = dataset.failed.iter().find(|(failed, _)| failed == name);
        copies.gone.push(failed.map_or_else(
            || {
                let dataset = &dataset.dataset.name;
                Problem::new(format!(
                    "the dataset `{dataset}` has no copy `{name}` any more"
                ))
                .at(place(file, noted.line))
            },
            |(_, problem)| problem.clone(),
        ));
    }
    if copies.there.is_empty() {
        return Err(Failure {
            exit: Exit::Usage,
            problems: copies.gone,
        });
    }
    Ok(copies)
}

fn place(file: &Path, line: usize) -> Place {
    Place {
        file: Some(file.display().to_string()),
        line,
        column: 1,
        length: 1,
    }
}

/// Looks at both sides, each a strong read of up to four kilobytes; one when it agrees by now.
fn estimate(dataset: &BoundDataset, findings: usize) -> Range<Rcu> {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let findings = findings as f64;
    let looks = f64::from(Recurrence::of(dataset).looks());
    Range::new(Rcu(2.0 * findings), Rcu(2.0 * looks * findings))
}

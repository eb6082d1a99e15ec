//! Files beside the result: findings, the baseline, the plan of repair.

use super::super::exit::Failure;
use super::super::output::{create, unwritable};
use crate::domain::drift::{Baseline, Finding, Noted, PlanForm, Unverified, parse_findings};
use crate::domain::lag::Stuck;
use crate::domain::mapping::BoundDataset;
use crate::domain::problem::Problem;
use crate::engine::drift::CheckOutcome;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Reads a file of findings.
pub(in crate::cli) fn read_findings(path: &Path) -> Result<Vec<Noted>, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(
            Problem::new(format!("`{name}` cannot be read"))
                .because(error.to_string())
                .hint("a file that `drift --findings FILE` wrote"),
        )
    })?;
    parse_findings(&name, &text).map_err(Failure::usage)
}

/// Files that are opened before the check, so that a wrong path costs no units.
#[derive(Debug, Default)]
pub(super) struct Files {
    findings: Option<BufWriter<File>>,
    plan: Option<(PlanForm, BufWriter<File>)>,
    pub(super) baseline: Option<Baseline>,
}

impl Files {
    /// Opens what is named.
    pub(super) fn open(
        findings: Option<&Path>,
        plan: Option<&Path>,
        baseline: Option<&Path>,
    ) -> Result<Self, Failure> {
        let open = |path| create(path).map(BufWriter::new);
        // The baseline may be the file that the findings are written to.
        let baseline = baseline.map(read_findings).transpose()?.map(Baseline::new);
        let plan = match plan {
            Some(path) => Some((form(path)?, open(path)?)),
            None => None,
        };
        Ok(Self {
            findings: findings.map(open).transpose()?,
            plan,
            baseline,
        })
    }

    /// Whether the finding was accepted before.
    pub(super) fn accepts(&self, finding: &Finding) -> bool {
        let baseline = self.baseline.as_ref();
        baseline.is_some_and(|baseline| baseline.accepts(finding))
    }

    /// Writes every finding, and what would mend those that were not accepted.
    pub(super) fn write(
        &mut self,
        dataset: &BoundDataset,
        outcome: &CheckOutcome,
    ) -> Result<(), Failure> {
        let failed = |what: &'static str| move |error| unwritable(what, &error);
        if let Some(file) = &mut self.findings {
            write_findings(file, outcome).map_err(failed("the findings cannot be written"))?;
        }
        let Some((form, mut file)) = self.plan.take() else {
            return Ok(());
        };
        let findings = outcome.findings.iter();
        let planned = findings.filter(|finding| !self.accepts(finding));
        let lines = planned.map(|finding| form.lines(dataset, finding));
        std::iter::once(form.head().to_owned())
            .chain(lines)
            .try_for_each(|text| file.write_all(text.as_bytes()))
            .and_then(|()| file.flush())
            .map_err(failed("the plan cannot be written"))
    }
}

fn write_findings(file: &mut impl Write, outcome: &CheckOutcome) -> io::Result<()> {
    let found = outcome.findings.iter().map(Finding::to_json);
    let open = outcome.unverified.iter().map(Unverified::to_json);
    let stuck = outcome.stuck.iter().map(Stuck::to_json);
    for line in found.chain(open).chain(stuck) {
        writeln!(file, "{line}")?;
    }
    file.flush()
}

/// How a plan is written, by the name of its file.
fn form(path: &Path) -> Result<PlanForm, Failure> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl" | "ndjson") => Ok(PlanForm::Jsonl),
        Some("sh") => Ok(PlanForm::Shell),
        _ => Err(Failure::usage(
            Problem::new(format!(
                "`{}` does not say how to write a plan",
                path.display()
            ))
            .hint(
                "a name that ends in `.jsonl` for requests, or `.sh` for `aws dynamodb` commands",
            ),
        )),
    }
}

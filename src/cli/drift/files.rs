//! Files beside the result: findings, the baseline, the plan of repair.

use super::super::args::DriftArgs;
use super::super::exit::Failure;
use super::super::output::{create, unwritable};
use crate::domain::drift::{Baseline, Finding, Noted, PlanForm, Unverified, parse_findings};
use crate::domain::lag::Stuck;
use crate::domain::mapping::BoundDataset;
use crate::domain::problem::Problem;
use crate::engine::drift::CheckOutcome;
use serde_json::Value as Json;
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
    pub(super) fn open(args: &DriftArgs) -> Result<Self, Failure> {
        let open = |path: &Path| create(path).map(BufWriter::new);
        // The baseline may be the file that the findings are written to.
        let baseline = args.baseline.as_deref().map(read_findings).transpose()?;
        let plan = match &args.plan {
            Some(path) => Some((form(path)?, open(path)?)),
            None => None,
        };
        let mut files = Self {
            findings: args.findings.as_deref().map(open).transpose()?,
            plan,
            baseline: baseline.map(Baseline::new),
        };
        if let Some((form, file)) = &mut files.plan {
            file.write_all(form.head().as_bytes())
                .map_err(|error| no_plan(&error))?;
        }
        Ok(files)
    }

    /// Whether the finding was accepted before.
    pub(super) fn accepts(&self, finding: &Finding) -> bool {
        let baseline = self.baseline.as_ref();
        baseline.is_some_and(|baseline| baseline.accepts(finding))
    }

    /// Writes everything that a check found, and what would mend it.
    pub(super) fn write(
        &mut self,
        dataset: &BoundDataset,
        outcome: &CheckOutcome,
    ) -> Result<(), Failure> {
        for finding in &outcome.findings {
            self.finding(dataset, finding)?;
        }
        self.rest(outcome)
    }

    /// Writes a finding, and what would mend it unless it was accepted.
    pub(super) fn finding(
        &mut self,
        dataset: &BoundDataset,
        finding: &Finding,
    ) -> Result<(), Failure> {
        self.line(&finding.to_json())?;
        let accepted = self.accepts(finding);
        match &mut self.plan {
            Some((form, file)) if !accepted => {
                let lines = form.lines(dataset, finding);
                file.write_all(lines.as_bytes())
                    .map_err(|error| no_plan(&error))
            }
            _ => Ok(()),
        }
    }

    /// Writes a line among the findings.
    pub(super) fn line(&mut self, line: &Json) -> Result<(), Failure> {
        match &mut self.findings {
            Some(file) => writeln!(file, "{line}").map_err(|error| no_findings(&error)),
            None => Ok(()),
        }
    }

    /// Writes what was left open, and that is all.
    pub(super) fn rest(&mut self, outcome: &CheckOutcome) -> Result<(), Failure> {
        let open = outcome.unverified.iter().map(Unverified::to_json);
        let stuck = outcome.stuck.iter().map(Stuck::to_json);
        for line in open.chain(stuck) {
            self.line(&line)?;
        }
        self.flush()
    }

    /// Hands everything to the disk.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if let Some(file) = &mut self.findings {
            file.flush().map_err(|error| no_findings(&error))?;
        }
        if let Some((_, file)) = &mut self.plan {
            file.flush().map_err(|error| no_plan(&error))?;
        }
        Ok(())
    }
}

fn no_findings(error: &io::Error) -> Failure {
    unwritable("the findings cannot be written", error)
}

fn no_plan(error: &io::Error) -> Failure {
    unwritable("the plan cannot be written", error)
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

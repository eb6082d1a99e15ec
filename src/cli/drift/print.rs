//! What a check found, as text and as JSON.

use super::super::args::{Format, Global};
use super::super::exit::Failure;
use super::super::output::{Output, note, units, written};
use crate::domain::drift::{Bound, Class, CopySummary, Finding, Sampled, Unverified};
use crate::domain::item::item_to_dynamo_json;
use crate::domain::value::Item;
use crate::engine::drift::CheckOutcome;
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Prints findings and what was left open.
pub(super) fn lines<'a>(
    global: &Global,
    out: &mut Output,
    findings: impl Iterator<Item = &'a Finding>,
    outcome: &CheckOutcome,
) -> Result<(), Failure> {
    for finding in findings {
        line(global, out, &finding.to_json(), &finding.to_string())?;
    }
    for open in &outcome.unverified {
        line(global, out, &open.to_json(), &unverified_text(open))?;
    }
    for stuck in &outcome.stuck {
        line(global, out, &stuck.to_json(), &stuck.to_string())?;
    }
    Ok(())
}

/// Prints a line, as the format has it.
pub(super) fn line(
    global: &Global,
    out: &mut Output,
    json: &Json,
    text: &str,
) -> Result<(), Failure> {
    match global.format {
        Format::Jsonl => written(writeln!(out.writer(), "{json}")),
        Format::Table => written(writeln!(out.writer(), "{text}")),
        Format::Json | Format::Csv => Ok(()),
    }
}

/// In one line: what a watch found is there no more.
pub(super) fn mended_text(finding: &Finding) -> String {
    let Finding {
        class,
        copy,
        base_key,
        ..
    } = finding;
    let key = key_text(base_key.as_ref());
    format!("{:<10} {copy}  {} no more: {key}", "mended", class.code())
}

/// Prints the summary: the result, or a note beside lines of JSON.
pub(super) fn summary(
    global: &Global,
    out: &mut Output,
    outcome: &CheckOutcome,
) -> Result<(), Failure> {
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
    let names = summary.copies.iter().map(|c| c.copy.as_str().len());
    let width = names.max().unwrap_or(0);
    for copy in &summary.copies {
        let (name, verdict) = (&copy.copy, verdict(copy, nothing));
        let _ = writeln!(
            text,
            "{name:width$}  {}{verdict}",
            extent(summary.mode, copy)
        );
        if let Some(bound) = &copy.bound {
            text.push_str(&bound_text(width, bound));
        }
    }
    let state = if summary.complete {
        "complete"
    } else {
        "INCOMPLETE"
    };
    let base = match summary.mode {
        "recheck" => String::new(),
        "watch" => format!(", {} changed items looked at", summary.base_items),
        _ => format!(", {} base items", summary.base_items),
    };
    let _ = write!(
        text,
        "{}: {state}{base}, {} RCU in {:.1} s",
        summary.dataset, summary.consumed.0, summary.seconds
    );
    if let Some(scan) = summary.scan.rcu {
        let _ = write!(text, " (scans alone: {})", units(scan));
    }
    text
}

/// How much of the copy was read.
fn extent(mode: &str, copy: &CopySummary) -> String {
    let (actual, expected) = (copy.actual, copy.expected);
    match mode {
        "recheck" => format!("{} looked at again, ", copy.candidates),
        "sample" | "watch" => String::new(),
        _ => format!("{actual} of {expected} items, "),
    }
}

/// What a sample says of each direction; of what it did not draw it says nothing but a rate.
fn bound_text(width: usize, bound: &Bound) -> String {
    let line = |direction: &str, sampled: &Sampled| {
        format!(
            "{:width$}  {direction}: {} of {} sampled drifted; the rate of drift in this direction is at most {:.3}% (95% sure), which is not \"no drift\"\n",
            "",
            sampled.drifted,
            sampled.sampled,
            sampled.rate_upper_95() * 100.0,
        )
    };
    line("base to copy", &bound.base_to_copy) + &line("copy to base", &bound.copy_to_base)
}

fn key_text(key: Option<&Item>) -> String {
    key.map_or_else(
        || "?".to_owned(),
        |key| item_to_dynamo_json(key).to_string(),
    )
}

/// In one line: what was left open.
pub(super) fn unverified_text(open: &Unverified) -> String {
    let key = key_text(open.base_key.as_ref());
    format!("{}: {} left open: {key}", open.copy, open.why.code())
}

fn verdict(copy: &CopySummary, nothing: &str) -> String {
    let of_class = |class: Class| (copy.findings.get(&class).copied(), class.code());
    let left = [
        (Some(copy.in_flight), "in flight"),
        (Some(copy.hot), "hot"),
        (Some(copy.pending), "pending"),
    ];
    let counts = Class::ALL.into_iter().map(of_class).chain(left);
    let parts: Vec<String> = counts
        .filter_map(|(count, word)| Some((count.filter(|n| *n > 0)?, word)))
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() {
        nothing.to_owned()
    } else {
        parts.join(", ")
    }
}

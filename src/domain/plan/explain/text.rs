//! A route as a tree for a terminal.

use super::facts::{explain_facts, extent, name, title};
use super::{figure, range};
use crate::domain::figures::bytes;
use crate::domain::names::{IndexName, TableName};
use crate::domain::plan::{Access, Estimate, Plan, Reads, Rejected, Route};
use indexmap::IndexMap;
use std::fmt::Write as _;

/// The route as a text tree.
#[must_use]
pub fn explain_text(route: &Route) -> String {
    let mut out = String::new();
    plan(&mut out, route);
    let rejections = rejections(route);
    if !rejections.is_empty() {
        line(&mut out, "rejected");
    }
    for (at, rejection) in rejections.iter().enumerate() {
        line(&mut out, &branch(at, rejections.len(), rejection));
    }
    let scan = route.scan.rcu.map_or_else(
        || "unknown: the table's size is not known yet".to_owned(),
        |rcu| {
            format!(
                "{} RCU{}",
                range(rcu),
                route.scan.usd.map_or_else(String::new, dollars)
            )
        },
    );
    line(&mut out, &format!("scan of {}  {scan}", route.scan_table));
    for note in &route.notes {
        line(&mut out, &format!("! {note}"));
    }
    out
}

/// The plan taken, and of a union every part.
fn plan(out: &mut String, route: &Route) {
    let plan = &route.plan;
    line(out, &heading(plan));
    let mut facts = Vec::new();
    if plan.reads != Reads::Nothing {
        facts.push(("expected", expected(&plan.estimate)));
    }
    facts.extend(explain_facts(plan, &route.order));
    if plan.parts.is_empty() {
        let mut refused = route.rejected.iter().filter(|r| r.plan.is_none());
        let refused = refused.find(|r| place(&r.access) == place(&plan.access));
        facts.extend(refused.map(|rejected| ("no query", rejected.detail.clone())));
    }
    let lines = facts.len() + plan.parts.len();
    for (at, part) in plan.parts.iter().enumerate() {
        line(out, &branch(at, lines, &heading(part)));
        let facts = explain_facts(part, &route.order);
        for (at, fact) in facts.iter().enumerate() {
            let fact = branch(at, facts.len(), &told(fact));
            line(out, &format!("│ {fact}"));
        }
    }
    for (at, fact) in facts.iter().enumerate() {
        line(out, &branch(plan.parts.len() + at, lines, &told(fact)));
    }
}

fn heading(plan: &Plan) -> String {
    format!("{}  {}", title(plan), cost(&plan.estimate))
}

fn told((word, fact): &(&'static str, String)) -> String {
    format!("{word:<11}{fact}")
}

fn branch(at: usize, of: usize, text: &str) -> String {
    let branch = if at + 1 == of { "└" } else { "├" };
    format!("{branch} {text}")
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

fn cost(estimate: &Estimate) -> String {
    let middle = |(low, high): (f64, Option<f64>)| high.map(|high| f64::midpoint(low, high));
    let usd = estimate
        .usd
        .and_then(middle)
        .map_or_else(String::new, dollars);
    let basis = estimate.basis.code();
    format!("{} RCU{usd} ({basis})", range(estimate.rcu))
}

/// `≈ 3 RCU in 3–4 requests, 8 kB–30 kB read`: what routes are ranked by, and what it comes to.
fn expected(estimate: &Estimate) -> String {
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let requests = match (estimate.requests.low, estimate.requests.high) {
        (low, Some(high)) if low == high => format!("{high} request{}", plural(high)),
        (low, Some(high)) => format!("{low}–{high} requests"),
        (low, None) => {
            let s = plural(low);
            return format!("{low} request{s} or more; sizes are unknown");
        }
    };
    let units = figure(estimate.shown());
    let low = bytes(estimate.bytes.low);
    let size = match estimate.bytes.high.map(bytes) {
        Some(high) if high != low && estimate.bytes.low == 0 => format!(", up to {high} read"),
        Some(high) if high != low => format!(", {low}–{high} read"),
        Some(high) => format!(", {high} read"),
        None => String::new(),
    };
    format!("≈ {units} RCU in {requests}{size}")
}

/// ` ≈ $0.0000016`: two significant digits.
fn dollars(usd: f64) -> String {
    if usd <= 0.0 {
        return " ≈ $0".to_owned();
    }
    let mut decimals = 2;
    let mut scaled = usd * 100.0;
    while scaled < 9.95 && decimals < 12 {
        scaled *= 10.0;
        decimals += 1;
    }
    format!(" ≈ ${usd:.decimals$}")
}

/// Where a rejected plan would have read; unions have no place of their own.
type Place<'a> = Option<(&'a TableName, Option<&'a IndexName>)>;

/// One line for each path but the one taken: the best it could do, and why it can do no better. One
/// for the best union, too.
fn rejections(route: &Route) -> Vec<String> {
    let mut paths: IndexMap<Place<'_>, Vec<&Rejected>> = IndexMap::new();
    for rejected in &route.rejected {
        let is_union = |plan: &Plan| !plan.parts.is_empty();
        let union = rejected.plan.as_deref().is_some_and(is_union);
        let place = (!union).then(|| place(&rejected.access));
        paths.entry(place).or_default().push(rejected);
    }
    let plan = &route.plan;
    let taken = plan.parts.is_empty().then(|| place(&plan.access));
    paths
        .iter()
        .filter(|(path, _)| **path != taken)
        .filter_map(|(_, of_path)| rejection(of_path))
        .collect()
}

fn place(access: &Access) -> (&TableName, Option<&IndexName>) {
    (&access.table, access.index.as_ref())
}

fn rejection(of_path: &[&Rejected]) -> Option<String> {
    let best = of_path.first()?;
    let name = match &best.plan {
        Some(plan) => title(plan),
        None => name(&best.access, best.operation),
    };
    let reason = best.reason.code().replace('_', " ");
    let mut text = format!("{name}  {reason}: {}", best.detail);
    if let Some(plan) = &best.plan {
        if let Some(extent) = extent(plan) {
            let _ = write!(text, " ({extent})");
        }
        if let Some(refused) = of_path.iter().find(|rejected| rejected.plan.is_none()) {
            let _ = write!(text, "; no query: {}", refused.detail);
        }
    }
    Some(text)
}

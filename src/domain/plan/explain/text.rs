//! A route as a tree for a terminal.

use super::json::key_of;
use super::range;
use crate::domain::expr::ValueExpr;
use crate::domain::names::{IndexName, TableName};
use crate::domain::plan::{Access, Estimate, OrderStrategy, Plan, Reads, Rejected, Route};
use crate::domain::query::Direction;
use indexmap::IndexMap;
use std::fmt::Write as _;

/// Partitions and keys that are named; of more only the number is told.
const NAMED: usize = 6;

/// The route as a text tree.
#[must_use]
pub fn explain_text(route: &Route) -> String {
    let plan = &route.plan;
    let mut out = String::new();
    line(&mut out, &head(plan));
    parts(&mut out, plan);
    let mut facts = facts(plan);
    let refused = |r: &&Rejected| r.plan.is_none() && place(&r.access) == place(&plan.access);
    let refused = route.rejected.iter().find(refused);
    facts.extend(refused.map(|rejected| ("no query", rejected.detail.clone())));
    for (at, (word, fact)) in facts.iter().enumerate() {
        let branch = if at + 1 == facts.len() { "└" } else { "├" };
        line(&mut out, &format!("{branch} {word:<11}{fact}"));
    }
    let rejections = rejections(route);
    if !rejections.is_empty() {
        line(&mut out, "rejected");
    }
    for (at, rejection) in rejections.iter().enumerate() {
        let branch = if at + 1 == rejections.len() {
            "└"
        } else {
            "├"
        };
        line(&mut out, &format!("{branch} {rejection}"));
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

/// What is read, and what it will consume.
fn head(plan: &Plan) -> String {
    let what = match plan.parts.len() {
        0 => name(&plan.access, plan.operation()),
        n => format!("union of {n} parts, each row once"),
    };
    format!("{what}  {}", cost(&plan.estimate))
}

/// The members of a union, each with what it reads.
fn parts(out: &mut String, plan: &Plan) {
    for part in &plan.parts {
        line(out, &format!("├ {}", head(part)));
        let facts = facts(part);
        for (at, (word, fact)) in facts.iter().enumerate() {
            let branch = if at + 1 == facts.len() { "└" } else { "├" };
            line(out, &format!("│ {branch} {word:<11}{fact}"));
        }
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

/// `query strikes_by_month (copy by_month)`.
fn name(access: &Access, operation: &str) -> String {
    let mut name = format!("{operation} {}", access.table);
    if let Some(index) = &access.index {
        let _ = write!(name, ".{index}");
    }
    if let Some(copy) = &access.copy {
        let _ = write!(name, " (copy {copy})");
    }
    name
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

/// What is read, and what becomes of it, word by word.
fn facts(plan: &Plan) -> Vec<(&'static str, String)> {
    // What a union reads is told part by part.
    if !plan.parts.is_empty() {
        return vec![("order", order(plan))];
    }
    let mut facts = Vec::new();
    match &plan.reads {
        Reads::Keys(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| key_of(key).to_string()).collect();
            facts.push(("keys", some_of(&keys)));
        }
        Reads::Partitions { conditions, .. } => {
            let partitions: Vec<String> =
                conditions.iter().map(|c| values(c.partition())).collect();
            facts.push(("partitions", some_of(&partitions)));
            facts.extend(conditions.first().map(|first| ("key", first.to_string())));
        }
        Reads::Scan => facts.push(("reads", "every item".to_owned())),
        Reads::Nothing => facts.push((
            "reads",
            "nothing: the conditions contradict each other".to_owned(),
        )),
    }
    facts.push(("order", order(plan)));
    facts.extend(
        plan.filter
            .as_ref()
            .map(|filter| ("filter", filter.to_string())),
    );
    if !plan.residual.is_true() && plan.filter.as_ref() != Some(&plan.residual) {
        facts.push(("verify", plan.residual.to_string()));
    }
    if let Some(fetch) = &plan.fetch {
        let what = fetch
            .projection
            .as_ref()
            .map_or_else(|| "everything".to_owned(), |names| names.join(", "));
        facts.push(("fetch", format!("{what} from {}", fetch.table)));
    }
    facts
}

fn values(partition: &[(String, crate::domain::value::Value)]) -> String {
    let texts: Vec<String> = partition
        .iter()
        .map(|(_, value)| ValueExpr::Literal(value.clone()).to_string())
        .collect();
    texts.join(" and ")
}

fn some_of(names: &[String]) -> String {
    match names.len().checked_sub(NAMED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{}, … {more} more", names[..NAMED].join(", ")),
    }
}

fn order(plan: &Plan) -> String {
    let strategy = plan.order.code();
    match (&plan.reads, plan.order) {
        (_, OrderStrategy::None | OrderStrategy::Sort) => strategy.to_owned(),
        (
            Reads::Partitions {
                direction: Direction::Descending,
                ..
            },
            _,
        ) => format!("{strategy}, descending"),
        _ => format!("{strategy}, ascending"),
    }
}

/// One line for each path but the one taken: the best it could do, and why it can do no better.
fn rejections(route: &Route) -> Vec<String> {
    let mut paths: IndexMap<_, Vec<&Rejected>> = IndexMap::new();
    for rejected in &route.rejected {
        paths
            .entry(place(&rejected.access))
            .or_default()
            .push(rejected);
    }
    let others = paths
        .iter()
        .filter(|(path, _)| **path != place(&route.plan.access));
    others
        .filter_map(|(_, of_path)| rejection(of_path))
        .collect()
}

fn place(access: &Access) -> (&TableName, Option<&IndexName>) {
    (&access.table, access.index.as_ref())
}

fn rejection(of_path: &[&Rejected]) -> Option<String> {
    let best = of_path.first()?;
    let name = name(&best.access, best.operation);
    let reason = best.reason.code().replace('_', " ");
    let mut text = format!("{name}  {reason}: {}", best.detail);
    let refused = of_path.iter().find(|rejected| rejected.plan.is_none());
    if let (Some(_), Some(refused)) = (&best.plan, refused) {
        let _ = write!(text, "; no query: {}", refused.detail);
    }
    Some(text)
}

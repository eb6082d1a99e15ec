//! A route as a tree for a terminal.

use super::cost::{dollars, price};
use super::facts::{Fact, facts, steps, title};
use super::rejected::{Possible, impossible, no_query, possible};
use crate::domain::figures::{middle, rcu_range, times};
use crate::domain::plan::{Plan, Reads, Route};
use std::fmt::Write as _;

/// The longest word of a fact.
const WORD: usize = 13;

/// The route as a text tree, a fact a line however long: whoever shows it wraps it.
#[must_use]
pub fn explain_text(route: &Route) -> String {
    let mut out = String::new();
    if route.plan.reads == Reads::Nothing {
        line(&mut out, "nothing is read  0 RCU");
    } else {
        line(&mut out, &heading(&route.plan));
        branches(&mut out, &taken(route));
        rejected(&mut out, route);
        scan(&mut out, route);
    }
    for note in &route.notes {
        line(&mut out, &format!("! {note}"));
    }
    out
}

/// `query strikes_by_month (copy by_month)  ≈ 2.5 (1.5–3) RCU ≈ $0.00000031`.
fn heading(plan: &Plan) -> String {
    format!("{}  {}", title(plan), price(&plan.estimate))
}

/// A branch of the tree: its text, and what stands below it.
struct Branch {
    text: String,
    below: Vec<String>,
}

/// The plan taken, and of a union every part.
fn taken(route: &Route) -> Vec<Branch> {
    let parts = route.plan.parts.iter().map(|part| {
        let facts = steps(part, route);
        let told = facts.iter().enumerate().map(|(at, fact)| {
            let branch = if at + 1 == facts.len() { "└" } else { "├" };
            format!("{branch} {}", told(fact))
        });
        Branch {
            text: heading(part),
            below: told.collect(),
        }
    });
    let mut facts = facts(route);
    facts.extend(no_query(route).map(|cause| ("no query", cause.to_owned())));
    parts
        .chain(facts.iter().map(|fact| Branch {
            text: told(fact),
            below: Vec::new(),
        }))
        .collect()
}

fn told((word, text): &Fact) -> String {
    format!("{word:<WORD$}  {text}")
}

/// What was not taken, and why.
fn rejected(out: &mut String, route: &Route) {
    let possible = possible(route);
    if !possible.is_empty() {
        line(out, "rejected, though they could answer");
        branches(out, &aligned(&possible));
    }
    let impossible = impossible(route);
    if !impossible.is_empty() {
        let alone = if route.plan.parts.is_empty() {
            ""
        } else {
            " alone"
        };
        line(out, &format!("rejected, as they cannot answer{alone}"));
        let branch = |text| Branch {
            text,
            below: Vec::new(),
        };
        branches(out, &impossible.into_iter().map(branch).collect::<Vec<_>>());
    }
}

/// Costs stand in a column.
fn aligned(paths: &[Possible]) -> Vec<Branch> {
    let widths = paths.iter().map(|path| path.title.chars().count());
    let width = widths.max().unwrap_or(0);
    paths
        .iter()
        .map(|path| Branch {
            text: format!("{:<width$}  {}", path.title, path.cost),
            below: path
                .detail
                .iter()
                .map(|detail| format!("  {detail}"))
                .collect(),
        })
        .collect()
}

/// What a Scan of the base would cost, unless that is what is done.
fn scan(out: &mut String, route: &Route) {
    let (plan, table) = (&route.plan, &route.scan_table);
    let is_base = plan.access.table == *table && plan.access.index.is_none();
    if plan.reads == Reads::Scan && is_base {
        return;
    }
    let cost = route.scan_cost();
    let Some(rcu) = cost.rcu else {
        line(
            out,
            &format!("scan of {table}  unknown: the table's size is not known yet"),
        );
        return;
    };
    let ratio = plan
        .estimate
        .rcu
        .high
        .and(times(middle(rcu), plan.estimate.shown()));
    let ratio = ratio.map_or_else(String::new, |times| format!(", {times} as much"));
    let usd = cost.usd.map_or_else(String::new, dollars);
    line(
        out,
        &format!("scan of {table}  {} RCU{usd}{ratio}", rcu_range(rcu)),
    );
}

fn branches(out: &mut String, branches: &[Branch]) {
    for (at, branch) in branches.iter().enumerate() {
        let is_last = at + 1 == branches.len();
        let (lead, below) = if is_last {
            ("└", " ")
        } else {
            ("├", "│")
        };
        line(out, &format!("{lead} {}", branch.text));
        for text in &branch.below {
            line(out, &format!("{below} {text}"));
        }
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

//! What a plan does, word by word: what the text tree, and whoever shows a route, print.

use super::json::key_of;
use crate::domain::expr::ValueExpr;
use crate::domain::plan::{Access, OrderStrategy, Plan, Reads};
use crate::domain::query::{Direction, OrderBy};
use crate::domain::read::KeyCondition;
use crate::domain::value::Value;
use std::fmt::Write as _;

/// Partitions and keys that are named; of more only the number is told.
const NAMED: usize = 6;

/// What is read and what becomes of it: words and facts, in order. `asked` is the ORDER BY. Of a union
/// only what holds for all its members; each of them has facts of its own.
#[must_use]
pub fn explain_facts(plan: &Plan, asked: &[OrderBy]) -> Vec<(&'static str, String)> {
    if !plan.parts.is_empty() {
        return vec![("order", order(plan, asked))];
    }
    let mut facts = Vec::new();
    match &plan.reads {
        Reads::Keys(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| key_of(key).to_string()).collect();
            facts.push(("keys", some_of(&keys)));
        }
        Reads::Partitions { conditions, .. } => {
            let mut partitions: Vec<String> =
                conditions.iter().map(|c| values(c.partition())).collect();
            partitions.dedup();
            facts.push(("partitions", some_of(&partitions)));
            facts.extend(key(conditions).map(|key| ("key", key)));
        }
        Reads::Scan => facts.push(("reads", "every item".to_owned())),
        Reads::Nothing => facts.push((
            "reads",
            "nothing: the conditions contradict each other".to_owned(),
        )),
    }
    facts.push(("order", order(plan, asked)));
    let filter = plan.filter.as_ref();
    facts.extend(filter.map(|filter| ("filter", filter.to_string())));
    if !plan.residual.is_true() && filter != Some(&plan.residual) {
        facts.push(("verify", plan.residual.to_string()));
    }
    if let Some(fetch) = &plan.fetch {
        let names = fetch.projection.as_ref().map(|names| names.join(", "));
        let what = names.unwrap_or_else(|| "everything".to_owned());
        facts.push(("fetch", format!("{what} from {}", fetch.table)));
    }
    facts
}

/// The key condition; of several partitions what is asked of each: `slot >= '1998-08-10' in each`.
fn key(conditions: &[KeyCondition]) -> Option<String> {
    let [first, rest @ ..] = conditions else {
        return None;
    };
    let sort = within(first);
    Some(match rest {
        [] => first.to_string(),
        _ if rest.iter().any(|other| within(other) != sort) => {
            format!("{first}, and {} more", rest.len())
        }
        _ if sort.equal.is_empty() && sort.range.is_none() => return None,
        _ => format!("{sort} in each"),
    })
}

/// What is asked of one partition.
fn within(condition: &KeyCondition) -> KeyCondition {
    KeyCondition {
        equal: condition.equal[condition.partition_len..].to_vec(),
        partition_len: 0,
        range: condition.range.clone(),
    }
}

/// `query strikes_by_month (copy by_month)`; `union of 2 parts, each row once`.
pub(super) fn title(plan: &Plan) -> String {
    match plan.parts.len() {
        0 => name(&plan.access, plan.operation()),
        parts => format!("union of {parts} parts, each row once"),
    }
}

/// `query strikes_by_month (copy by_month)`.
pub(super) fn name(access: &Access, operation: &str) -> String {
    let mut name = format!("{operation} {}", access.table);
    if let Some(index) = &access.index {
        let _ = write!(name, ".{index}");
    }
    if let Some(copy) = &access.copy {
        let _ = write!(name, " (copy {copy})");
    }
    name
}

/// The size of what is read in a few words: `3 queries, missing attributes fetched from strikes`; of one
/// partition or a Scan there is nothing to tell.
pub(super) fn extent(plan: &Plan) -> Option<String> {
    let paths = |plan: &Plan| name(&plan.access, plan.operation());
    let mut words = match &plan.reads {
        _ if !plan.parts.is_empty() => vec![
            plan.parts
                .iter()
                .map(paths)
                .collect::<Vec<_>>()
                .join(" and "),
        ],
        Reads::Partitions { conditions, .. } if conditions.len() > 1 => {
            vec![format!("{} queries", conditions.len())]
        }
        Reads::Keys(keys) if keys.len() > 1 => vec![format!("{} keys", keys.len())],
        _ => Vec::new(),
    };
    let fetch = plan.fetch.as_ref().filter(|_| plan.parts.is_empty());
    words.extend(fetch.map(|fetch| format!("missing attributes fetched from {}", fetch.table)));
    (!words.is_empty()).then(|| words.join(", "))
}

fn values(partition: &[(String, Value)]) -> String {
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

/// `concatenate, descending; equal struck_on sorted by cost_total`.
fn order(plan: &Plan, asked: &[OrderBy]) -> String {
    let strategy = match plan.order {
        OrderStrategy::None if asked.is_empty() => return "none asked".to_owned(),
        OrderStrategy::None => return "nothing to sort".to_owned(),
        OrderStrategy::Sort => return "sorted here, after all is read".to_owned(),
        read => read.code(),
    };
    let (given, rest) = asked.split_at(plan.ordered_by.min(asked.len()));
    let way = match given {
        [first, others @ ..] if others.iter().any(|by| by.direction != first.direction) => {
            format!(" by {}", terms(given))
        }
        [first, ..] if first.direction == Direction::Descending => ", descending".to_owned(),
        _ => ", ascending".to_owned(),
    };
    if rest.is_empty() {
        return format!("{strategy}{way}");
    }
    let equal: Vec<String> = given.iter().map(|by| by.path.to_string()).collect();
    let (equal, rest) = (equal.join(" and "), terms(rest));
    format!("{strategy}{way}; equal {equal} sorted by {rest}")
}

fn terms(order: &[OrderBy]) -> String {
    let term = |by: &OrderBy| match by.direction {
        Direction::Ascending => by.path.to_string(),
        Direction::Descending => format!("{} DESC", by.path),
    };
    order.iter().map(term).collect::<Vec<_>>().join(", ")
}

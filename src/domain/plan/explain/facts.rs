//! What a plan does, word by word: what the text tree, and whoever shows a route, print.

use super::client::client_filter;
use super::cost::{basis, volume};
use crate::domain::expr::ValueExpr;
use crate::domain::figures::{count, plural};
use crate::domain::plan::{Access, OrderStrategy, Plan, Reads, Route};
use crate::domain::query::{Direction, OrderBy};
use crate::domain::read::KeyCondition;
use crate::domain::value::{Item, Value};
use std::fmt::Write as _;

/// Partitions and keys that are named; of more only the first and the last.
const NAMED: usize = 6;

/// A word and what it says.
pub(super) type Fact = (&'static str, String);

/// What is read, what becomes of it, and what that takes, in order. Of a union only what holds for all
/// its members together; each of them has [`steps`] of its own.
pub(super) fn facts(route: &Route) -> Vec<Fact> {
    let plan = &route.plan;
    let mut facts = Vec::new();
    if plan.parts.is_empty() {
        facts.extend(steps(plan, route));
        let distinct = || ("distinct", "one row for each item of the base".to_owned());
        facts.extend(plan.distinct.as_ref().map(|_| distinct()));
    } else if !route.order.is_empty() {
        facts.push(("order", "rows of all parts sorted in the client".to_owned()));
    }
    facts.push(("reads", volume(plan)));
    facts.extend(basis(&plan.estimate).map(|basis| ("estimate", basis)));
    facts
}

/// Keys, partitions, filters, and order, as they take effect.
pub(super) fn steps(plan: &Plan, route: &Route) -> Vec<Fact> {
    let mut facts = Vec::new();
    match &plan.reads {
        Reads::Keys(keys) => {
            let conditions: Vec<KeyCondition> = keys.iter().map(key_of).collect();
            match &conditions[..] {
                [key] => facts.push(("key", key.to_string())),
                keys => facts.push(("keys", listed(keys, "key"))),
            }
        }
        Reads::Partitions { conditions, .. } => match &conditions[..] {
            [only] => facts.push(("key", only.to_string())),
            all => {
                facts.push(("partitions", listed(all, "partition")));
                facts.extend(within_each(all).map(|key| ("key", key)));
            }
        },
        Reads::Scan | Reads::Nothing => {}
    }
    let filter = plan.filter.as_ref();
    facts.extend(filter.map(|filter| ("filter", filter.to_string())));
    if let Some(fetch) = &plan.fetch {
        let names = fetch.projection.as_ref().map(|names| names.join(", "));
        let what = names.unwrap_or_else(|| "all attributes".to_owned());
        facts.push((
            "fetch",
            format!("{what} from {}, by BatchGetItem", fetch.table),
        ));
    }
    facts.extend(client_filter(plan).map(|filter| ("client filter", filter.to_string())));
    facts.extend(order(plan, &route.order));
    facts.extend(limit(plan, route));
    facts
}

/// What is asked of each of several partitions: `slot >= '1998-08-10' in each`.
fn within_each(conditions: &[KeyCondition]) -> Option<String> {
    let [first, rest @ ..] = conditions else {
        return None;
    };
    let sort = within(first);
    if rest.iter().any(|other| within(other) != sort) {
        return Some(format!("{first}, and {} more", count(rest.len() as u64)));
    }
    let is_asked = !sort.equal.is_empty() || sort.range.is_some();
    is_asked.then(|| format!("{sort} in each"))
}

/// What is asked of one partition.
fn within(condition: &KeyCondition) -> KeyCondition {
    KeyCondition {
        equal: condition.equal[condition.partition_len..].to_vec(),
        partition_len: 0,
        range: condition.range.clone(),
    }
}

/// A full key as a condition, for its text.
pub(super) fn key_of(key: &Item) -> KeyCondition {
    KeyCondition {
        equal: key.clone().into_iter().collect(),
        partition_len: key.len(),
        range: None,
    }
}

/// `month = '1998-10' … '1997-12' (11 partitions)`; `(id, at) = ('a', 1), ('a', 2)`.
fn listed(conditions: &[KeyCondition], noun: &str) -> String {
    let Some(first) = conditions.first() else {
        return String::new();
    };
    let names: Vec<&str> = first
        .partition()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let mut values: Vec<String> = conditions.iter().map(|c| values(c.partition())).collect();
    values.dedup();
    let values = match &values[..] {
        [first, .., last] if values.len() > NAMED => {
            let number = plural(values.len() as u64, noun);
            format!("{first} … {last} ({number})")
        }
        all => all.join(", "),
    };
    format!("{} = {values}", tuple(&names))
}

fn values(partition: &[(String, Value)]) -> String {
    let literal = |value: &Value| ValueExpr::Literal(value.clone()).to_string();
    let values: Vec<String> = partition.iter().map(|(_, value)| literal(value)).collect();
    tuple(&values)
}

fn tuple<T: AsRef<str>>(members: &[T]) -> String {
    match members {
        [only] => only.as_ref().to_owned(),
        all => {
            let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
            format!("({})", all.join(", "))
        }
    }
}

/// `query strikes_by_month (copy by_month)`; `union of 2 parts, each row once`.
pub(super) fn title(plan: &Plan) -> String {
    match plan.parts.len() {
        0 => format!("{} {}", plan.operation(), name(&plan.access)),
        parts => format!("union of {parts} parts, each row once"),
    }
}

/// `strikes.by_operator`; `strikes_by_month (copy by_month)`.
pub(super) fn name(access: &Access) -> String {
    let mut name = access.table.to_string();
    if let Some(index) = &access.index {
        let _ = write!(name, ".{index}");
    }
    if let Some(copy) = &access.copy {
        let _ = write!(name, " (copy {copy})");
    }
    name
}

/// `one partition after the other, descending; equal struck_on sorted by cost_total in the client`.
fn order(plan: &Plan, asked: &[OrderBy]) -> Option<Fact> {
    let strategy = match plan.order {
        OrderStrategy::None if asked.is_empty() => return None,
        OrderStrategy::None => "nothing to sort",
        OrderStrategy::Sort => "sorted in the client, after all is read",
        OrderStrategy::Native => "as the sort key gives it",
        OrderStrategy::Concatenate => "one partition after the other",
        OrderStrategy::Merge => "partitions merged",
    };
    let is_read = !matches!(plan.order, OrderStrategy::None | OrderStrategy::Sort);
    let (given, rest) = asked.split_at(plan.ordered_by.min(asked.len()));
    let way = match given {
        _ if !is_read => String::new(),
        [first, others @ ..] if others.iter().any(|by| by.direction != first.direction) => {
            format!(", by {}", terms(given))
        }
        [first, ..] if first.direction == Direction::Descending => ", descending".to_owned(),
        _ => ", ascending".to_owned(),
    };
    let mut order = format!("{strategy}{way}");
    if is_read && !rest.is_empty() {
        let equal: Vec<String> = given.iter().map(|by| by.path.to_string()).collect();
        let (equal, rest) = (equal.join(" and "), terms(rest));
        let _ = write!(order, "; equal {equal} sorted by {rest} in the client");
    }
    Some(("order", order))
}

fn terms(order: &[OrderBy]) -> String {
    let term = |by: &OrderBy| match by.direction {
        Direction::Ascending => by.path.to_string(),
        Direction::Descending => format!("{} DESC", by.path),
    };
    order.iter().map(term).collect::<Vec<_>>().join(", ")
}

/// Whether the LIMIT spares reads.
fn limit(plan: &Plan, route: &Route) -> Option<Fact> {
    let rows = count(route.limit?);
    let effect = if stops_at_limit(plan) {
        "reading stops when they are found"
    } else {
        "cut after the sort, so it spares no read"
    };
    Some(("limit", format!("{rows}: {effect}")))
}

/// Whether reading stops once a LIMIT is reached: not where rows are sorted after all is read.
pub(super) fn stops_at_limit(plan: &Plan) -> bool {
    plan.order != OrderStrategy::Sort
}

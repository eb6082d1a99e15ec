//! Which partitions of a path hold the answers, and which range of each.
//!
//! Partitions are bound by equality, by a list, by a closed range through a date function or a
//! prefix, by the shards of `% n`, or by a declared domain; never by samples.

mod each;
mod follow;
mod range;

use super::Reason;
use super::access::{AccessPath, Context, Source};
use super::constraint::Constraint;
use super::derive::{Facts, MOST_PARTITIONS};
use super::estimate::if_listed;
use super::explain::figure;
use super::refusal::Refusal;
use crate::domain::cost::scan_range;
use crate::domain::expr::{ValueExpr, paths_of_value};
use crate::domain::read::KeyCondition;
use crate::domain::schema::{KeyAttribute, KeySchema};
use crate::domain::value::{Item, Kind, Value};
pub(super) use each::Repeats;
pub(super) use range::Narrowing;

/// Keys that are got one by one rather than queried: what one `BatchGetItem` takes.
const MOST_KEYS: usize = 100;
/// The longest values of partition and sort keys, in bytes (developer guide, Constraints).
const PARTITION_KEY_BYTES: usize = 2_048;
const SORT_KEY_BYTES: usize = 1_024;

/// How a path is read for a request.
#[derive(Debug, Clone)]
pub(super) struct Binding<'a> {
    /// What is known of the items read.
    pub(super) facts: Facts<'a>,
    /// One key condition a partition, in ascending order of the partition key.
    pub(super) partitions: Vec<KeyCondition>,
    /// The keys themselves, where all are known and few.
    pub(super) keys: Option<Vec<Item>>,
    /// Whether a base item may be met more than once.
    pub(super) repeats: Repeats,
    /// How far the sort key narrows each partition.
    pub(super) narrowing: Narrowing,
    /// How many whole partitions that comes to, where a range of dates tells.
    pub(super) covered: Option<f64>,
    /// Base attributes whose conditions the keys follow.
    pub(super) followed: Vec<String>,
}

/// Binds the keys of `path`: the way with the fewest partitions.
pub(super) fn bind<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<Binding<'a>, Refusal> {
    let mut best: Option<Binding<'a>> = None;
    let mut refusal = None;
    for facts in each::options(context, path)? {
        match bind_with(context, path, facts) {
            Ok(binding) => {
                let fewer = |best: &Binding<'_>| binding.partitions.len() < best.partitions.len();
                if best.as_ref().is_none_or(fewer) {
                    best = Some(binding);
                }
            }
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    best.ok_or_else(|| {
        refusal.unwrap_or_else(|| Refusal::new(Reason::NoPartitionKey, "nothing binds its key"))
    })
}

fn bind_with<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
    facts: Facts<'a>,
) -> Result<Binding<'a>, Refusal> {
    let mut partitions = vec![Vec::new()];
    let declared = facts.clone().with_domain(context.domain());
    for key in &path.key().partition {
        let values = partition_values(context, path, &declared, key)?;
        if partitions.len().saturating_mul(values.len()) > MOST_PARTITIONS {
            return Err(too_many(key));
        }
        let extended = |equal: &Vec<(String, Value)>| {
            let equal = equal.clone();
            let name = key.name.clone();
            values.clone().into_iter().map(move |value| {
                let mut equal = equal.clone();
                equal.push((name.clone(), value));
                equal
            })
        };
        partitions = partitions.iter().flat_map(extended).collect();
    }
    let sort = range::of(path, &facts)?;
    let keys = keys(path, &partitions, &sort);
    let partition_len = path.key().partition.len();
    let condition = |mut equal: Vec<(String, Value)>| {
        equal.extend(sort.equal.iter().cloned());
        KeyCondition {
            equal,
            partition_len,
            range: sort.range.clone(),
        }
    };
    let (covered, followed) = follow::of(context, path, &sort);
    Ok(Binding {
        repeats: each::repeats(path, partitions.len()),
        covered,
        followed,
        partitions: partitions.into_iter().map(condition).collect(),
        keys,
        narrowing: sort.narrowing,
        facts,
    })
}

/// The values that a partition attribute may have.
fn partition_values(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    facts: &Facts<'_>,
    key: &KeyAttribute,
) -> Result<Vec<Value>, Refusal> {
    let known = known(path, facts, &key.name);
    match known {
        Some(Constraint::Values(values)) => storable(key, PARTITION_KEY_BYTES, values),
        known => Err(unbound(context, path, facts, key, known.as_ref())),
    }
}

/// What is known of an attribute of the path's items.
pub(super) fn known(
    path: &AccessPath<'_>,
    facts: &Facts<'_>,
    attribute: &str,
) -> Option<Constraint> {
    match path.source(attribute) {
        Source::Base(name) => facts.of_attribute(name),
        Source::Set(expr) => facts.of(expr),
        Source::Alias => facts.of_attribute(attribute),
        Source::Unknown => None,
    }
}

/// Values that can all be a key. An item whose key could not be stored is not on the path, but it
/// may be in the base: then the path does not answer.
fn storable(key: &KeyAttribute, longest: usize, values: Vec<Value>) -> Result<Vec<Value>, Refusal> {
    let kind = Kind::from(key.kind);
    let fits = |value: &Value| {
        let length = match value {
            Value::S(text) => text.len(),
            Value::B(bytes) => bytes.len(),
            _ => 1,
        };
        value.kind() == kind && (1..=longest).contains(&length)
    };
    match values.iter().find(|value| !fits(value)) {
        Some(value) => Err(other_type(key, value)),
        None => Ok(values),
    }
}

fn other_type(key: &KeyAttribute, value: &Value) -> Refusal {
    let kind = Kind::from(key.kind).code();
    let literal = ValueExpr::Literal(value.clone());
    let detail = format!(
        "`{}` is of type {kind} in its key, where {literal} cannot stand",
        key.name
    );
    Refusal::new(Reason::KeyType, detail)
}

fn too_many(key: &KeyAttribute) -> Refusal {
    let detail = format!("`{}` may have more than {MOST_PARTITIONS} values", key.name);
    Refusal::new(Reason::UnboundedPartitions, detail).or_ask("a narrower range")
}

/// Why the partitions cannot be listed, and what would help.
fn unbound(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    facts: &Facts<'_>,
    key: &KeyAttribute,
    known: Option<&Constraint>,
) -> Refusal {
    let name = &key.name;
    let (from, computed) = match path.source(name) {
        Source::Base(base) => (vec![base], false),
        Source::Set(expr) => {
            let paths = paths_of_value(expr).into_iter();
            (paths.filter_map(|path| path.as_top()).collect(), true)
        }
        Source::Alias | Source::Unknown => (Vec::new(), false),
    };
    let narrowing = range::of(path, facts).map_or(Narrowing::None, |sort| sort.narrowing);
    let mut conditioned = from
        .iter()
        .filter(|from| context.conditions.of(from).is_some());
    let Some(attribute) = conditioned.next() else {
        let detail = format!("no condition binds `{name}`");
        return match (from.first(), context.dataset) {
            (Some(base), Some(_)) if !computed && narrowing != Narrowing::None => {
                let refusal = Refusal::new(Reason::UnboundedPartitions, detail);
                declared(context, path, refusal, base, narrowing)
            }
            _ => Refusal::new(Reason::NoPartitionKey, detail),
        };
    };
    let detail = format!("the conditions on `{attribute}` leave `{name}` without a list of values");
    let refusal = Refusal::new(Reason::UnboundedPartitions, detail);
    match (computed, known, context.dataset) {
        (true, Some(_), _) => refusal.or_ask(format!("`{attribute} BETWEEN … AND …`, both ends")),
        (false, _, Some(_)) => declared(context, path, refusal, attribute, narrowing),
        _ => refusal.or_ask(format!("`{attribute} = …`")),
    }
}

/// The same refusal with the advice to declare all values of an attribute, and what that would save.
fn declared(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    refusal: Refusal,
    attribute: &str,
    narrowing: Narrowing,
) -> Refusal {
    let advice =
        format!("`domain = {{ {attribute} = [ … ] }}` in the dataset file, all its values");
    let listed = if_listed(context, path, narrowing);
    let scan = scan_range(context.base).map(|range| range.low);
    match listed.zip(scan).filter(|(listed, scan)| listed.0 < scan.0) {
        Some((listed, scan)) => {
            let (low, high) = (figure(listed), figure(scan));
            let saving = format!("{advice}: about {low} RCU instead of {high} for a scan");
            refusal.or_declare(saving, Some(listed))
        }
        None => refusal.or_declare(advice, None),
    }
}

/// The keys, when the sort key is known, too, and the path is a table: an index has no `GetItem`.
fn keys(
    path: &AccessPath<'_>,
    partitions: &[Vec<(String, Value)>],
    sort: &range::SortCondition,
) -> Option<Vec<Item>> {
    if path.index.is_some() {
        return None;
    }
    let KeySchema { sort: sorted, .. } = path.key();
    let rests: Vec<Option<(String, Value)>> = match sorted.first() {
        None => vec![None],
        Some(key) => {
            let values = sort.values.as_ref()?.iter();
            values
                .map(|value| Some((key.name.clone(), value.clone())))
                .collect()
        }
    };
    if partitions.len().saturating_mul(rests.len()) > MOST_KEYS {
        return None;
    }
    let key = |partition: &Vec<(String, Value)>, rest: &Option<(String, Value)>| {
        partition.iter().cloned().chain(rest.clone()).collect()
    };
    let keys = partitions
        .iter()
        .flat_map(|partition| rests.iter().map(move |rest| key(partition, rest)));
    Some(keys.collect())
}

#[cfg(test)]
mod tests;

//! Which partitions of a path hold the answers, and which range of each.
//!
//! Partitions are bound by equality, by a list, by a closed range through a date function or a
//! prefix, by the shards of `% n`, or by a declared domain; never by samples.

mod each;
mod follow;
mod range;
mod unbound;

use super::access::{AccessPath, Context, Source};
use super::constraint::Constraint;
use super::derive::{Facts, MOST_PARTITIONS};
use super::refusal::{Advice, Cause, Refusal};
use crate::domain::read::KeyCondition;
use crate::domain::schema::KeyAttribute;
use crate::domain::value::{Item, Kind, Value};
pub(super) use each::Repeats;
pub(super) use range::Narrowing;
use unbound::unbound;

/// The longest values of partition and sort keys, in bytes (developer guide, Constraints).
const PARTITION_KEY_BYTES: usize = 2_048;
const SORT_KEY_BYTES: usize = 1_024;

/// What the key conditions of a binding are, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lanes {
    /// Partitions.
    Partitions,
    /// Values of the sort key in one partition.
    Points,
}

/// A way to read a path for a request.
#[derive(Debug, Clone)]
pub(super) struct Binding<'a> {
    /// What is known of the items read.
    pub(super) facts: Facts<'a>,
    /// One key condition a partition, or a value of the sort key in one, in ascending order; none where
    /// keys are got one by one.
    pub(super) partitions: Vec<KeyCondition>,
    /// What each key condition is.
    pub(super) lanes: Lanes,
    /// The keys themselves, where they are to be got one by one.
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

/// Every way to bind the keys of `path`; at least one.
pub(super) fn bind<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<Vec<Binding<'a>>, Refusal<'a>> {
    let mut bindings = Vec::new();
    let mut first = None;
    for facts in each::options(context, path)? {
        match bind_with(context, path, facts) {
            Ok(bound) => bindings.extend(bound),
            Err(refusal) => {
                first.get_or_insert(refusal);
            }
        }
    }
    if bindings.is_empty() {
        return Err(first.unwrap_or(Cause::Unbound.into()));
    }
    Ok(bindings)
}

/// The ways to bind the keys with what is known: one key condition a partition, and where the values
/// of the sort key are listed, too, each of them by itself. Which is cheaper depends on how many
/// items lie between them.
fn bind_with<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
    facts: Facts<'a>,
) -> Result<Vec<Binding<'a>>, Refusal<'a>> {
    let key = path.key();
    let mut partitions = vec![Vec::new()];
    let declared = facts.clone().with_domain(context.domain());
    for key in &key.partition {
        let values = partition_values(context, path, &declared, key)?;
        if partitions.len().saturating_mul(values.len()) > MOST_PARTITIONS {
            let refusal = Refusal::from(Cause::TooMany(&key.name));
            return Err(refusal.or(Advice::Narrower));
        }
        partitions = each_with_each(&partitions, &key.name, &values);
    }
    let sort = range::of(path, &facts)?;
    let points = points(path, &partitions, &sort);
    let repeats = each::repeats(path, partitions.len());
    let (covered, followed) = follow::of(context, path, (&sort, &facts));
    let condition = |mut equal: Vec<(String, Value)>| {
        equal.extend_from_slice(&sort.equal);
        KeyCondition {
            equal,
            partition_len: key.partition.len(),
            range: sort.range.clone(),
        }
    };
    let whole = Binding {
        repeats,
        covered,
        followed,
        partitions: partitions.into_iter().map(condition).collect(),
        lanes: Lanes::Partitions,
        keys: None,
        narrowing: sort.narrowing,
        facts,
    };
    let Some(points) = points else {
        return Ok(vec![whole]);
    };
    let (keys, partitions, lanes) = match points {
        Points::Keys(keys) => (Some(keys), Vec::new(), Lanes::Partitions),
        Points::Conditions(conditions, lanes) => (None, conditions, lanes),
    };
    // Nothing is cheaper than the one key that can be.
    let is_only = keys.as_ref().is_some_and(|keys| keys.len() == 1);
    let points = Binding {
        facts: whole.facts.clone(),
        followed: whole.followed.clone(),
        repeats,
        covered: None,
        narrowing: Narrowing::Point,
        keys,
        partitions,
        lanes,
    };
    Ok(if is_only {
        vec![points]
    } else {
        vec![points, whole]
    })
}

/// Each of the lists with each of the values behind it.
fn each_with_each(
    lists: &[Vec<(String, Value)>],
    name: &str,
    values: &[Value],
) -> Vec<Vec<(String, Value)>> {
    let longer = |list: &Vec<(String, Value)>, value: &Value| {
        let mut longer = Vec::with_capacity(list.len() + 1);
        longer.extend_from_slice(list);
        longer.push((name.to_owned(), value.clone()));
        longer
    };
    let longer = &longer;
    let all = lists.iter();
    all.flat_map(|list| values.iter().map(move |value| longer(list, value)))
        .collect()
}

/// The values of the sort key that are read each by itself.
enum Points {
    /// As full keys of a table.
    Keys(Vec<Item>),
    /// As key conditions of an index, which has no `GetItem`.
    Conditions(Vec<KeyCondition>, Lanes),
}

/// Each listed value of the sort key by itself.
fn points(
    path: &AccessPath<'_>,
    partitions: &[Vec<(String, Value)>],
    sort: &range::SortCondition,
) -> Option<Points> {
    let sorted = path.key().sort.first();
    let values = match sorted {
        None => None,
        Some(_) => Some(sort.values.as_ref()?),
    };
    let count = values.map_or(1, Vec::len);
    let is_table = path.index.is_none();
    if partitions.len().saturating_mul(count) > MOST_PARTITIONS || (!is_table && count < 2) {
        return None;
    }
    let keys = match sorted.zip(values) {
        None => partitions.to_vec(),
        Some((key, values)) => each_with_each(partitions, &key.name, values),
    };
    if is_table {
        let items = keys.into_iter().map(|key| key.into_iter().collect());
        return Some(Points::Keys(items.collect()));
    }
    let point = |equal: Vec<(String, Value)>| KeyCondition {
        equal,
        partition_len: path.key().partition.len(),
        range: None,
    };
    let lanes = match partitions.len() {
        1 => Lanes::Points,
        _ => Lanes::Partitions,
    };
    Some(Points::Conditions(
        keys.into_iter().map(point).collect(),
        lanes,
    ))
}

/// The values that a partition attribute may have.
fn partition_values<'a>(
    context: &Context<'_>,
    path: &AccessPath<'a>,
    facts: &Facts<'_>,
    key: &'a KeyAttribute,
) -> Result<Vec<Value>, Refusal<'a>> {
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
fn storable(
    key: &KeyAttribute,
    longest: usize,
    values: Vec<Value>,
) -> Result<Vec<Value>, Refusal<'_>> {
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

fn other_type<'a>(key: &'a KeyAttribute, value: &Value) -> Refusal<'a> {
    Cause::Type(&key.name, key.kind, value.clone()).into()
}

/// Whether what is known of the keys of `path` can be in a key at all: an item of which it is true
/// but that could not be stored is not on the path, though it may be in the base.
pub(super) fn check_types<'a>(path: &AccessPath<'a>, facts: &Facts<'_>) -> Result<(), Refusal<'a>> {
    let keys = path.key().attributes().chain(path.table.key.attributes());
    for key in keys {
        // What a copy computes has the type of its key: it is total.
        if let Source::Base(name) = path.source(&key.name)
            && let Some(known) = facts.of_attribute(name)
        {
            range::of_key(key, known)?;
        }
    }
    Ok(())
}

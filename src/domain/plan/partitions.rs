//! Which partitions of a path hold the answers, and which range of each.
//!
//! Partitions are bound by equality, by a list, by a closed range through a date function or a
//! prefix, by the shards of `% n`, or by a declared domain; never by samples.

mod each;
mod follow;
mod range;
mod unbound;

use super::Reason;
use super::access::{AccessPath, Context, Source};
use super::constraint::Constraint;
use super::derive::{Facts, MOST_PARTITIONS};
use super::refusal::Refusal;
use crate::domain::expr::ValueExpr;
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
    /// One key condition a partition, or a value of the sort key in one, in ascending order.
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
) -> Result<Vec<Binding<'a>>, Refusal> {
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
    let nothing = || Refusal::new(Reason::NoPartitionKey, "nothing binds its key");
    if bindings.is_empty() {
        return Err(first.unwrap_or_else(nothing));
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
) -> Result<Vec<Binding<'a>>, Refusal> {
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
    let partition_len = path.key().partition.len();
    let condition = |equal: &Vec<(String, Value)>, sorted: &[(String, Value)]| KeyCondition {
        equal: equal.iter().chain(sorted).cloned().collect(),
        partition_len,
        range: sort.range.clone(),
    };
    let (covered, followed) = follow::of(context, path, &sort);
    let whole = Binding {
        repeats: each::repeats(path, partitions.len()),
        covered,
        followed,
        partitions: partitions
            .iter()
            .map(|equal| condition(equal, &sort.equal))
            .collect(),
        lanes: Lanes::Partitions,
        keys: None,
        narrowing: sort.narrowing,
        facts,
    };
    let points = points(path, &partitions, &sort, &whole);
    // Nothing is cheaper than the one key that can be.
    let only = |points: &Binding<'_>| points.keys.as_ref().is_some_and(|keys| keys.len() == 1);
    Ok(match points {
        Some(points) if only(&points) => vec![points],
        points => points.into_iter().chain([whole]).collect(),
    })
}

/// Each listed value of the sort key by itself: as full keys of a table, as key conditions of an index,
/// which has no `GetItem`.
fn points<'a>(
    path: &AccessPath<'_>,
    partitions: &[Vec<(String, Value)>],
    sort: &range::SortCondition,
    whole: &Binding<'a>,
) -> Option<Binding<'a>> {
    let sorted = path.key().sort.first();
    let values: Vec<Option<&Value>> = match sorted {
        None => vec![None],
        Some(_) => sort.values.as_ref()?.iter().map(Some).collect(),
    };
    let is_table = path.index.is_none();
    if partitions.len().saturating_mul(values.len()) > MOST_PARTITIONS
        || (!is_table && values.len() < 2)
    {
        return None;
    }
    let key = |equal: &Vec<(String, Value)>, value: Option<&Value>| {
        let rest = sorted.zip(value);
        let rest = rest.map(|(key, value)| (key.name.clone(), value.clone()));
        equal.iter().cloned().chain(rest).collect()
    };
    let keys = partitions
        .iter()
        .flat_map(|equal| values.iter().map(move |value| key(equal, *value)));
    let point = |equal: Vec<(String, Value)>| KeyCondition {
        equal,
        partition_len: path.key().partition.len(),
        range: None,
    };
    let keys: Vec<Vec<(String, Value)>> = keys.collect();
    let as_items = || keys.iter().map(|key| key.iter().cloned().collect());
    Some(Binding {
        keys: is_table.then(|| as_items().collect()),
        partitions: keys.iter().cloned().map(point).collect(),
        lanes: match partitions.len() {
            1 => Lanes::Points,
            _ => Lanes::Partitions,
        },
        narrowing: Narrowing::Point,
        covered: None,
        ..whole.clone()
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

/// Whether what is known of the keys of `path` can be in a key at all: an item of which it is true
/// but that could not be stored is not on the path, though it may be in the base.
pub(super) fn check_types(path: &AccessPath<'_>, facts: &Facts<'_>) -> Result<(), Refusal> {
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

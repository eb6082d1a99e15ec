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
use crate::domain::schema::{KeyAttribute, KeySchema};
use crate::domain::value::{Item, Kind, Value};
pub(super) use each::Repeats;
pub(super) use range::Narrowing;
use unbound::unbound;

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
    let mut refusals = Vec::new();
    let bound = each::options(context, path)?
        .into_iter()
        .filter_map(|facts| {
            let bound = bind_with(context, path, facts);
            bound.map_err(|refusal| refusals.push(refusal)).ok()
        })
        .min_by_key(|binding| binding.partitions.len());
    bound.ok_or_else(|| {
        let nothing = || Refusal::new(Reason::NoPartitionKey, "nothing binds its key");
        refusals.into_iter().next().unwrap_or_else(nothing)
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

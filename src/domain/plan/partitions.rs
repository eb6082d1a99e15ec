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
use range::SortCondition;
use std::borrow::Cow;
use std::rc::Rc;
use unbound::unbound;

/// The longest values of partition and sort keys, in bytes (developer guide, Constraints).
const PARTITION_KEY_BYTES: usize = 2_048;
const SORT_KEY_BYTES: usize = 1_024;

/// What the reads of a binding are, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lanes {
    /// Partitions, or what one range of the sort key holds of each.
    Partitions,
    /// Values of the sort key, each by itself.
    Points,
    /// Single items, by their keys.
    Keys,
}

/// A key attribute and what is known of it.
type Key<'a> = (&'a str, Cow<'a, Constraint>);

/// A way to read a path for a request. Which keys that are is told only of the ways that are worked out:
/// most are left for how many there would be.
#[derive(Debug, Clone)]
pub(super) struct Binding<'a> {
    /// What is known of the items read.
    pub(super) facts: Facts<'a>,
    /// What each read is of.
    pub(super) lanes: Lanes,
    /// Whether a base item may be met more than once.
    pub(super) repeats: Repeats,
    /// How far the sort key narrows each partition.
    pub(super) narrowing: Narrowing,
    /// How many whole partitions that comes to, where a range of dates tells.
    pub(super) covered: Option<f64>,
    /// Base attributes whose conditions the keys follow.
    pub(super) followed: Vec<&'a str>,
    /// The values of each partition attribute: every combination is a partition.
    partitions: Rc<[Key<'a>]>,
    /// What the sort attributes are bound to in each of them.
    sort: Rc<SortCondition<'a>>,
}

impl Binding<'_> {
    /// How many reads there are.
    pub(super) fn count(&self) -> usize {
        let partitions = count(&self.partitions);
        match self.lanes {
            Lanes::Partitions => partitions,
            Lanes::Points | Lanes::Keys => partitions * self.sort.points(),
        }
    }

    /// Whether the reads are in the order of the sort key: all are of one partition.
    pub(super) fn is_along_sort_key(&self) -> bool {
        self.lanes == Lanes::Points && count(&self.partitions) == 1
    }

    /// A key condition for each read, in ascending order.
    pub(super) fn conditions(&self) -> Vec<KeyCondition> {
        let (equal, range) = match self.lanes {
            Lanes::Partitions => (self.sort.equal(), self.sort.range()),
            Lanes::Points | Lanes::Keys => (Vec::new(), None),
        };
        let condition = |mut key: Vec<(String, Value)>| {
            key.extend_from_slice(&equal);
            KeyCondition {
                equal: key,
                partition_len: self.partitions.len(),
                range: range.clone(),
            }
        };
        self.combinations(equal.len()).map(condition).collect()
    }

    /// The keys of single items.
    pub(super) fn keys(&self) -> Vec<Item> {
        let keys = self.combinations(0);
        keys.map(|key| key.into_iter().collect()).collect()
    }

    /// Every combination of listed values, in ascending order, with room for `more`.
    fn combinations(&self, more: usize) -> impl Iterator<Item = Vec<(String, Value)>> {
        let point = match self.lanes {
            Lanes::Partitions => None,
            Lanes::Points | Lanes::Keys => self.sort.first(),
        };
        let lists = self.partitions.iter().chain(point);
        let lists: Vec<(&str, &[Value])> = lists
            .filter_map(|(name, known)| Some((*name, known.values()?)))
            .collect();
        let count = self.count();
        (0..count).map(move |at| {
            let mut key = Vec::with_capacity(lists.len() + more);
            let mut alike = count;
            for (name, values) in &lists {
                alike /= values.len();
                let value = &values[at / alike % values.len()];
                key.push(((*name).to_owned(), value.clone()));
            }
            key
        })
    }
}

/// How many combinations of listed values there are.
fn count(lists: &[Key<'_>]) -> usize {
    let lengths = lists
        .iter()
        .map(|(_, known)| known.values().map_or(0, <[_]>::len));
    lengths.product()
}

/// Every way to bind the keys of `path`; at least one.
pub(super) fn bind<'a>(
    context: &'a Context<'_>,
    path: &AccessPath<'a>,
) -> Result<Vec<Binding<'a>>, Refusal<'a>> {
    let facts = Facts::new(&context.conditions);
    let Some(each) = path.each() else {
        return bind_with(context, path, facts);
    };
    let mut bindings = Vec::new();
    let mut first = None;
    for facts in each::options(context, each, &facts)? {
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
    let partitions = partitions(context, path, &facts)?;
    let sort = range::of(path, &facts)?;
    let points = points(path, count(&partitions), &sort);
    let (covered, followed) = follow::of(context, path, (&sort, &facts));
    let listed = follow::sorted(path, &sort);
    let whole = Binding {
        repeats: each::repeats(path, count(&partitions)),
        covered,
        followed,
        lanes: Lanes::Partitions,
        narrowing: sort.narrowing,
        facts,
        partitions: partitions.into(),
        sort: Rc::new(sort),
    };
    let Some(lanes) = points else {
        return Ok(vec![whole]);
    };
    let followed = whole.followed.iter().copied().chain(listed);
    let points = Binding {
        covered: None,
        narrowing: Narrowing::Point,
        followed: followed.collect(),
        lanes,
        ..whole.clone()
    };
    // Nothing is cheaper than the one key that can be.
    Ok(if lanes == Lanes::Keys && points.count() == 1 {
        vec![points]
    } else {
        vec![points, whole]
    })
}

/// The partition attributes of `path`, each with a list of values.
fn partitions<'a>(
    context: &Context<'a>,
    path: &AccessPath<'a>,
    facts: &Facts<'a>,
) -> Result<Vec<Key<'a>>, Refusal<'a>> {
    let declared = facts.clone().with_domain(context.domain());
    let keys = &path.key().partition;
    // Most paths have no list for the first one already.
    let mut partitions: Vec<Key<'a>> = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        let known = known(path, &declared, &key.name);
        let Some(values) = known.as_deref().and_then(Constraint::values) else {
            return Err(unbound(context, path, &declared, key, known.as_deref()));
        };
        check_storable(key, PARTITION_KEY_BYTES, values)?;
        partitions.reserve_exact(keys.len() - at);
        partitions.extend(known.map(|known| (key.name.as_str(), known)));
        if count(&partitions) > MOST_PARTITIONS {
            let refusal = Refusal::from(Cause::TooMany(&key.name));
            return Err(refusal.or(Advice::Narrower));
        }
    }
    Ok(partitions)
}

/// Whether each listed value of the sort key can be read by itself: as the full key of an item of a
/// table, or as a key condition of an index, which has no `GetItem`.
fn points(path: &AccessPath<'_>, partitions: usize, sort: &SortCondition<'_>) -> Option<Lanes> {
    let is_listed = path.key().sort.is_empty() || sort.values().is_some();
    let count = partitions.saturating_mul(sort.points());
    if !is_listed || count > MOST_PARTITIONS {
        return None;
    }
    match path.index {
        None => Some(Lanes::Keys),
        Some(_) => (sort.points() > 1).then_some(Lanes::Points),
    }
}

/// What is known of an attribute of the path's items.
pub(super) fn known<'a>(
    path: &AccessPath<'_>,
    facts: &Facts<'a>,
    attribute: &str,
) -> Option<Cow<'a, Constraint>> {
    match path.source(attribute) {
        Source::Base(name) => facts.of_attribute(name),
        Source::Set(expr) => facts.of(expr),
        Source::Alias => facts.of_attribute(attribute),
        Source::Unknown => None,
    }
}

/// Whether all values can be a key. An item whose key could not be stored is not on the path, but it
/// may be in the base: then the path does not answer.
fn check_storable<'a>(
    key: &'a KeyAttribute,
    longest: usize,
    values: &[Value],
) -> Result<(), Refusal<'a>> {
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
        None => Ok(()),
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
            range::check(key, &known)?;
        }
    }
    Ok(())
}

//! Which examples lie in the same partition: found once for all paths that are partitioned alike.

use crate::domain::expr::{Path, Predicate, ValueExpr};
use crate::domain::plan::access::{AccessPath, Source};
use crate::domain::plan::memo::Memo;
use crate::domain::stats::Examples;
use std::collections::HashMap;

/// The number of its partition for each example; none where the path does not hold it, or more than once.
type Numbers = Vec<Option<usize>>;

/// How examples are partitioned by the keys of paths.
#[derive(Debug, Default)]
pub(in crate::domain::plan) struct Partitioned(Memo<By, Numbers>);

/// What decides on the partition of an item.
#[derive(Debug)]
struct By {
    /// What the items of a copy satisfy.
    filters: Vec<Predicate>,
    /// What each attribute of the key is; none where an item has several.
    key: Vec<Option<ValueExpr>>,
}

impl Partitioned {
    /// The partitions of base items in `path`.
    pub(super) fn of(&self, path: &AccessPath<'_>, examples: &Examples) -> &Numbers {
        self.0.find_or(
            |by| by.is_of(path),
            || {
                let by = By::of(path);
                let numbers = by.numbers(examples);
                (by, numbers)
            },
        )
    }
}

/// What a base item satisfies that a copy holds.
pub(super) fn filters<'p>(path: &AccessPath<'p>) -> impl Iterator<Item = &'p Predicate> {
    let copy = path.copy.into_iter();
    copy.flat_map(|(dataset, copy)| [&dataset.dataset.filter, &copy.mapping.filter])
        .filter(|filter| !filter.is_true())
}

impl By {
    fn of(path: &AccessPath<'_>) -> Self {
        let keys = path.key().partition.iter();
        let key = keys.map(|key| match path.source(&key.name) {
            Source::Base(name) => Some(ValueExpr::Path(Path::top(name))),
            Source::Set(expr) => Some(expr.clone()),
            Source::Alias | Source::Unknown => None,
        });
        Self {
            filters: filters(path).cloned().collect(),
            key: key.collect(),
        }
    }

    fn is_of(&self, path: &AccessPath<'_>) -> bool {
        let is = |of: &Option<ValueExpr>, name: &str| match (of, path.source(name)) {
            (Some(ValueExpr::Path(of)), Source::Base(name)) => of.as_top() == Some(name),
            (Some(of), Source::Set(expr)) => of == expr,
            (None, Source::Alias | Source::Unknown) => true,
            _ => false,
        };
        let keys = &path.key().partition;
        self.key.len() == keys.len()
            && self
                .key
                .iter()
                .zip(keys.iter())
                .all(|(of, key)| is(of, &key.name))
            && self.filters.iter().eq(filters(path))
    }

    fn numbers(&self, examples: &Examples) -> Numbers {
        let mut filters = self.filters.iter();
        let held = filters.try_fold(examples.all(), |held, filter| {
            Some(held.and(&examples.matches(filter)?))
        });
        let is_held = |at| held.as_ref().is_some_and(|held| held.contains(at));
        let items = 0..examples.len();
        let mut numbers: Numbers = items.map(|at| is_held(at).then_some(0)).collect();
        for of in &self.key {
            let values = of.as_ref().map(|expr| examples.numbers(expr));
            let values = values.unwrap_or_else(|| vec![None; examples.len()]);
            let mut known: HashMap<(usize, u32), usize> = HashMap::new();
            for (number, value) in numbers.iter_mut().zip(values) {
                *number = number.zip(value).map(|both| {
                    let next = known.len();
                    *known.entry(both).or_insert(next)
                });
            }
        }
        numbers
    }
}

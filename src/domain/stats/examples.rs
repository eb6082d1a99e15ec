//! A few whole items of a sample: they tell what no counts of single attributes do, such as which
//! values come together, and what a list contains.
//!
//! Chosen of base tables only; what a copy holds of them follows. What a Scan gives first is kept of every
//! path that has an order of its own. Values beyond a size are left out, so that statistics stay small
//! and free of long text, and conditions on such attributes are not told.

mod columns;

use super::sampler::{Random, Reservoir};
use super::spread::{Sampling, Spread, count, float};
use crate::domain::expr::{Predicate, ValueExpr, paths_of_predicate};
use crate::domain::schema::KeySchema;
use crate::domain::size::{item_size, value_size};
use crate::domain::value::{Item, Value};
use columns::Columns;
pub use columns::Row;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Items kept at most.
const MOST: u32 = 1_000;
/// Bytes of all of them at most.
const MOST_BYTES: usize = 320 * 1024;
/// Bytes of a value that is kept.
const LONGEST: usize = 128;

/// Items of a sample, a fair choice among them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Examples {
    items: Columns,
    /// Attributes of which a value was left out.
    left_out: BTreeSet<String>,
}

/// Which of the examples satisfy a predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches(Vec<u64>);

impl Examples {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items.
    pub fn items(&self) -> impl Iterator<Item = Row<'_>> {
        self.items.rows()
    }

    /// Whether all that the predicate reads was kept.
    #[must_use]
    pub fn tells(&self, predicate: &Predicate) -> bool {
        let mut paths = paths_of_predicate(predicate).into_iter();
        paths.all(|path| !self.left_out.contains(&path.root))
    }

    /// Which of them satisfy the predicate; `None` when it reads what was left out.
    #[must_use]
    pub fn matches(&self, predicate: &Predicate) -> Option<Matches> {
        if !self.tells(predicate) {
            return None;
        }
        let holding = self.items.holding(predicate);
        let words = holding.chunks(64).map(|items| {
            let bits = items.iter().enumerate();
            bits.fold(0, |word, (at, holds)| word | (u64::from(*holds) << at))
        });
        Some(Matches(words.collect()))
    }

    /// The value of an expression for each item, as a number: equal values have the same.
    #[must_use]
    pub fn numbers(&self, expr: &ValueExpr) -> Vec<Option<u32>> {
        self.items.numbers(expr)
    }

    /// The share of items that satisfy something when `with` of so many examples do, which are a fair
    /// choice of `all` items.
    #[must_use]
    pub fn share(&self, with: f64, of: f64, all: f64) -> Spread {
        let sampling = Sampling {
            fraction: float(count(self.items.len())) / all.max(1.0),
            clump: 1.0,
        };
        sampling.share(Spread::exact(with), of)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Matches {
        let mut words = vec![u64::MAX; self.len().div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), self.len() % 64) {
            *last >>= 64 - rest;
        }
        Matches(words)
    }
}

impl Matches {
    /// Those among both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
        self
    }

    /// Whether the item at this place is one.
    #[must_use]
    pub fn contains(&self, at: usize) -> bool {
        self.0
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// Draws examples from items as they come by.
#[derive(Debug)]
pub(super) struct ExampleSampler {
    items: Reservoir<Item>,
    left_out: BTreeSet<String>,
}

impl ExampleSampler {
    pub(super) const fn new() -> Self {
        Self {
            items: Reservoir::new(MOST as usize),
            left_out: BTreeSet::new(),
        }
    }

    pub(super) fn offer(&mut self, item: &Item, random: &mut Random) {
        let left_out = &mut self.left_out;
        self.items.offer(random, || shortened(item, left_out));
    }

    pub(super) fn finish(self) -> Examples {
        let items = self.items.into_kept();
        let bytes: usize = items.iter().map(item_size).sum();
        // Every n-th, should they be too large: the first ones are not as good as all.
        let step = bytes.div_ceil(MOST_BYTES).max(1);
        Examples {
            items: items.into_iter().step_by(step).collect(),
            left_out: self.left_out,
        }
    }
}

/// The items that a Scan gives first, in its order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct First {
    items: Examples,
    /// Bytes of each, with what was left out.
    sizes: Vec<u32>,
    /// How many partitions they are of, where these come in the order of their keys.
    ordered: Option<u32>,
}

impl First {
    /// The items, in their order.
    #[must_use]
    pub const fn items(&self) -> &Examples {
        &self.items
    }

    /// Bytes of each.
    #[must_use]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The odds that partitions come in the order of their keys by chance; none where they do not.
    pub(super) fn chance(&self) -> Option<f64> {
        let orders = (1..=self.ordered?).map(f64::from).product::<f64>();
        Some(orders.recip())
    }
}

/// Takes the items that a Scan gives first, in its order.
#[derive(Debug)]
pub struct Beginning {
    hash: Vec<String>,
    last: Option<Vec<Option<Value>>>,
    items: Vec<Item>,
    left_out: BTreeSet<String>,
    sizes: Vec<u32>,
    bytes: usize,
    /// How many partitions, where these come in the order of their keys.
    ordered: Option<u32>,
}

impl Beginning {
    /// Items that are taken at most.
    pub const MOST: u32 = MOST;

    /// Of a path with this key.
    #[must_use]
    pub fn new(key: &KeySchema) -> Self {
        let hash = key.partition.iter().map(|key| key.name.clone());
        Self {
            hash: hash.collect(),
            last: None,
            items: Vec::new(),
            left_out: BTreeSet::new(),
            sizes: Vec::new(),
            bytes: 0,
            ordered: Some(0),
        }
    }

    /// The next item; those beyond what is kept are passed over.
    pub fn add(&mut self, item: &Item) {
        if self.items.len() < MOST as usize && self.bytes < MOST_BYTES {
            let size = u32::try_from(item_size(item)).unwrap_or(u32::MAX);
            let item = shortened(item, &mut self.left_out);
            self.bytes += item_size(&item);
            self.items.push(item);
            self.sizes.push(size);
        }
        let partition = self.hash.iter().map(|name| item.get(name).cloned());
        let partition = Some(partition.collect::<Vec<_>>());
        if self.last == partition {
            return;
        }
        self.ordered = match self.ordered {
            Some(partitions) if self.last < partition => Some(partitions + 1),
            _ => None,
        };
        self.last = partition;
    }

    pub(super) fn finish(self) -> First {
        First {
            items: Examples {
                items: self.items.into_iter().collect(),
                left_out: self.left_out,
            },
            sizes: self.sizes,
            ordered: self.ordered,
        }
    }
}

/// The item without values that are too long, the names of which are noted.
fn shortened(item: &Item, left_out: &mut BTreeSet<String>) -> Item {
    let mut kept = item.clone();
    kept.retain(|name, value| {
        let is_short = value_size(value) <= LONGEST;
        if !is_short && !left_out.contains(name) {
            left_out.insert(name.clone());
        }
        is_short
    });
    kept
}

//! What is counted of one attribute while items come in.

use super::reservoir::{Random, Reservoir};
use crate::domain::stats::AttributeStatistics;
use crate::domain::stats::distinct::distinct;
use crate::domain::stats::key::{Key, is_countable};
use crate::domain::stats::sketch::Sketch;
use crate::domain::stats::spread::{Spread, count, float, rounded};
use crate::domain::value::{Kind, Value};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Distinct values counted at a time; when there are more, the rarer half is forgotten.
const MOST_COUNTED: usize = 4_096;
/// Values kept for a histogram.
const MOST_VALUES: usize = 4_096;
/// Marks in a histogram and frequent values named, of one attribute, and of all of a table.
const MOST_MARKS: usize = 65;
const MOST_MARKS_OF_A_TABLE: usize = 4_000;
/// The fraction that a sample of a table of unknown size is taken for.
const LEAST_FRACTION: f64 = 1e-9;
/// Parts of the values in which it is looked how many come in one go.
const PARTS: usize = 16;

/// One attribute.
#[derive(Debug)]
pub(super) struct AttributeSampler {
    kinds: BTreeMap<Kind, u64>,
    values: BTreeMap<Kind, Reservoir<(Key, u64)>>,
    counts: IndexMap<Value, u64>,
    /// How often a value may have occurred that was forgotten since.
    missed: u64,
    /// Values that are not counted: sets, documents, and long text.
    uncounted: u64,
}

impl AttributeSampler {
    pub(super) fn new() -> Self {
        Self {
            kinds: BTreeMap::new(),
            values: BTreeMap::new(),
            counts: IndexMap::new(),
            missed: 0,
            uncounted: 0,
        }
    }

    pub(super) fn add(&mut self, value: &Value, cluster: u64, random: &mut Random) {
        let kind = value.kind();
        *self.kinds.entry(kind).or_default() += 1;
        if !is_countable(value) {
            self.uncounted += 1;
            // A histogram without its long values would be wrong about all.
            self.values.remove(&kind);
            return;
        }
        if matches!(kind, Kind::S | Kind::N | Kind::B) {
            self.values
                .entry(kind)
                .or_insert_with(|| Reservoir::new(MOST_VALUES))
                .offer(random, || (Key(vec![value.clone()]), cluster));
        }
        if let Some(known) = self.counts.get_mut(value) {
            *known += 1;
        } else {
            self.counts.insert(value.clone(), 1);
        }
        if self.counts.len() > MOST_COUNTED {
            self.forget_rare();
        }
    }

    fn forget_rare(&mut self) {
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        let middle = counts.len() / 2;
        let (_, median, _) = counts.select_nth_unstable(middle);
        let median = *median;
        self.counts.retain(|_, items| *items > median);
        self.missed += median;
    }

    /// What it tells, of so many items of the table, which has so many attributes.
    pub(super) fn finish(
        mut self,
        of: u64,
        attributes: usize,
        fraction: Option<f64>,
    ) -> AttributeStatistics {
        let marks = MOST_MARKS.min(MOST_MARKS_OF_A_TABLE / attributes.max(1));
        let values = self.sorted_values();
        let present: u64 = self.kinds.values().sum();
        let distinct = self.distinct(
            &values,
            present,
            fraction.unwrap_or(0.0).max(LEAST_FRACTION),
        );
        let (top, next) = most_frequent(self.counts, marks);
        let histogram = |(kind, values): (&Kind, &Vec<(Key, u64)>)| {
            let values: Vec<(Key, u64)> = values.iter().map(|(key, _)| (key.clone(), 0)).collect();
            (kind.code().to_owned(), Sketch::new(&values, marks))
        };
        let kinds = self.kinds.iter();
        AttributeStatistics {
            of,
            kinds: kinds
                .map(|(kind, items)| (kind.code().to_owned(), *items))
                .collect(),
            ordered: values.iter().map(histogram).collect(),
            top,
            top_is_all: self.missed == 0 && next == 0 && self.uncounted == 0,
            others: self.missed + next,
            missed: self.missed,
            distinct: distinct.rounded(),
            clump: rounded(clump(values.values(), present)),
        }
    }

    /// The values kept of each ordered type.
    fn sorted_values(&mut self) -> BTreeMap<Kind, Vec<(Key, u64)>> {
        let values = std::mem::take(&mut self.values).into_iter();
        values
            // A histogram that began after a long value had come would lack what was before.
            .filter(|(kind, values)| self.kinds.get(kind) == Some(&values.seen()))
            .map(|(kind, values)| {
                let mut values = values.into_kept();
                values.sort_unstable();
                (kind, values)
            })
            .collect()
    }

    fn distinct(
        &self,
        values: &BTreeMap<Kind, Vec<(Key, u64)>>,
        present: u64,
        fraction: f64,
    ) -> Spread {
        if self.missed == 0 {
            let uncounted = Spread {
                low: 0.0,
                expected: float(self.uncounted),
                high: float(self.uncounted) / fraction,
            };
            return distinct(self.counts.values().copied(), fraction) + uncounted;
        }
        // Not all were counted: as the smaller sample tells.
        let kept: usize = values.values().map(Vec::len).sum();
        let kept = float(count(kept)) / float(present.max(1));
        let runs = values
            .values()
            .flat_map(|values| values.chunk_by(|a, b| a.0 == b.0))
            .map(|run| count(run.len()));
        let found = distinct(runs, (fraction * kept).max(LEAST_FRACTION));
        Spread {
            high: found.high.max(float(present)),
            ..found
        }
    }
}

/// The most frequent values, by value, and how often the next one occurs.
fn most_frequent(counts: IndexMap<Value, u64>, most: usize) -> (Vec<(Key, u64)>, u64) {
    let counts = counts.into_iter();
    let mut top: Vec<(Key, u64)> = counts
        .map(|(value, items)| (Key(vec![value]), items))
        .collect();
    top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let next = top.get(most).map_or(0, |(_, items)| *items);
    top.truncate(most);
    top.sort_by(|a, b| a.0.cmp(&b.0));
    (top, next)
}

/// How many items come in one go: of each part of the values, the squares of its counts by cluster.
fn clump<'a>(values: impl Iterator<Item = &'a Vec<(Key, u64)>> + Clone, present: u64) -> f64 {
    let kept: usize = values.clone().map(Vec::len).sum();
    let mut squares = 0.0;
    for part in values.flat_map(|values| values.chunks(values.len().div_ceil(PARTS).max(1))) {
        let mut clusters: Vec<u64> = part.iter().map(|(_, cluster)| *cluster).collect();
        clusters.sort_unstable();
        let runs = clusters.chunk_by(|a, b| a == b);
        squares += runs
            .map(|run| float(count(run.len() * run.len())))
            .sum::<f64>();
    }
    if kept == 0 {
        return 1.0;
    }
    // The kept values are a sample themselves: of pairs in one cluster it shows its square.
    let of_kept = squares / float(count(kept));
    1.0 + (of_kept - 1.0) * float(present) / float(count(kept))
}

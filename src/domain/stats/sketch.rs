//! A sketch of ordered keys: marks of equal depth, with what stands before each.
//!
//! Says how many entries lie between two cuts: exactly where a cut falls on marks, else somewhere within
//! the bucket it falls into.

mod cut;

pub(super) use cut::{Cut, Last};

use super::key::Key;
use super::spread::{Spread, Volume, count, float};
use serde::{Deserialize, Serialize};

/// A key with the entries before it and the entries of this very key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
struct Mark {
    key: Key,
    before: Entries,
    here: Entries,
}

/// A mark as it is written: without names, there are many of them.
type Row = (Key, Entries, Entries);

impl From<Row> for Mark {
    fn from((key, before, here): Row) -> Self {
        Self { key, before, here }
    }
}

impl From<Mark> for Row {
    fn from(mark: Mark) -> Self {
        (mark.key, mark.before, mark.here)
    }
}

/// Some entries and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub(super) struct Entries {
    /// How many.
    pub(super) items: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

impl From<(u64, u64)> for Entries {
    fn from((items, bytes): (u64, u64)) -> Self {
        Self { items, bytes }
    }
}

impl From<Entries> for (u64, u64) {
    fn from(entries: Entries) -> Self {
        (entries.items, entries.bytes)
    }
}

impl std::ops::Add for Entries {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// Marks over the entries it was made of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Sketch {
    of: Entries,
    marks: Vec<Mark>,
}

/// What stands before a cut.
struct Before {
    low: Entries,
    high: Entries,
    /// How far the cut is on the way from `low` to `high`.
    fraction: f64,
}

impl Sketch {
    /// A sketch of entries in order of key, with at most so many marks: none, or two and more. The first
    /// and the last key are among them.
    pub(super) fn new(sorted: &[(Key, u64)], most: usize) -> Self {
        let mut marks: Vec<Mark> = Vec::new();
        let mut before = Entries::default();
        let last = sorted.len().saturating_sub(1);
        let mut wanted = Ranks::new(last, most);
        let mut rank = 0;
        for run in sorted.chunk_by(|a, b| a.0 == b.0) {
            let here = Entries {
                items: count(run.len()),
                bytes: run.iter().map(|(_, bytes)| bytes).sum(),
            };
            rank += run.len();
            if most > 0 && wanted.is_reached_before(rank) && run[0].0.is_short() {
                let key = run[0].0.clone();
                marks.push(Mark { key, before, here });
            }
            before = before + here;
        }
        Self { of: before, marks }
    }

    /// The entries it was made of.
    pub(super) const fn entries(&self) -> Entries {
        self.of
    }

    /// The least and the greatest key.
    pub(super) fn ends(&self) -> Option<(&Key, &Key)> {
        Some((&self.marks.first()?.key, &self.marks.last()?.key))
    }

    /// Whether marks are in order: a corrupt file may say otherwise.
    pub(super) fn is_sound(&self) -> bool {
        let ordered = |a: &Mark, b: &Mark| {
            let after = a.before + a.here;
            a.key < b.key && after.items <= b.before.items && after.bytes <= b.before.bytes
        };
        let within = |mark: &Mark| (mark.before + mark.here).items <= self.of.items;
        self.marks.is_sorted_by(ordered) && self.marks.last().is_none_or(within)
    }

    /// The entries between two cuts.
    pub(super) fn between(&self, from: &Cut<'_>, to: &Cut<'_>) -> Volume {
        let start = self.marks.partition_point(|mark| from.is_after(&mark.key));
        let end = self.place(to, start);
        let (from, to) = (self.before(from, start), self.before(to, end));
        let part = |of: fn(&Entries) -> u64| {
            let expected = |before: &Before| {
                let (low, high) = (float(of(&before.low)), float(of(&before.high)));
                low + before.fraction * (high - low)
            };
            let low = float(of(&to.low).saturating_sub(of(&from.high)));
            let high = float(of(&to.high).saturating_sub(of(&from.low)));
            Spread {
                low,
                expected: (expected(&to) - expected(&from)).clamp(low, high),
                high,
            }
        };
        Volume {
            items: part(|entries| entries.items),
            bytes: part(|entries| entries.bytes),
        }
    }

    /// The first mark that is not before the cut: probably soon after `hint`.
    fn place(&self, cut: &Cut<'_>, hint: usize) -> usize {
        let is_before = |mark: &Mark| cut.is_after(&mark.key);
        let is_behind = self.marks[..hint].last().is_none_or(is_before);
        let (mut low, mut step) = (if is_behind { hint } else { 0 }, 1);
        // Steps that double come near it.
        while self.marks.get(low + step - 1).is_some_and(is_before) {
            low += step;
            step *= 2;
        }
        let high = self.marks.len().min(low + step - 1);
        low + self.marks[low..high].partition_point(is_before)
    }

    /// What stands before the cut, whose next mark is `at`.
    fn before(&self, cut: &Cut<'_>, at: usize) -> Before {
        let low = at.checked_sub(1).map(|previous| &self.marks[previous]);
        let next = self.marks.get(at);
        let fraction = match (low, next) {
            (Some(low), Some(next)) => cut.fraction(&low.key, &next.key),
            // Beyond the last mark there is nothing, unless keys too long for a mark are.
            _ => 0.5,
        };
        Before {
            low: low.map_or_else(Entries::default, |mark| mark.before + mark.here),
            high: next.map_or(self.of, |mark| mark.before),
            fraction,
        }
    }
}

/// Evenly spaced ranks from the first to the last.
struct Ranks {
    last: usize,
    steps: usize,
    step: usize,
}

impl Ranks {
    fn new(last: usize, most: usize) -> Self {
        let steps = last.min(most.max(2) - 1);
        Self {
            last,
            steps,
            step: 0,
        }
    }

    /// Whether the next wanted rank comes before `rank`; goes on to the first that does not.
    fn is_reached_before(&mut self, rank: usize) -> bool {
        let start = self.step;
        while self.step <= self.steps && self.step * self.last / self.steps.max(1) < rank {
            self.step += 1;
        }
        self.step > start
    }
}

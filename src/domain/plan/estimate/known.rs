//! What is known of a path: by statistics, by `DescribeTable`, or not at all.

use super::bill::Bill;
use super::volume::{self, Described};
use super::{CLOSED, HALF_OPEN, POINT, float};
use crate::domain::plan::Basis;
use crate::domain::plan::access::{AccessPath, Context, Source};
use crate::domain::plan::partitions::{Binding, Narrowing};
use crate::domain::read::{KeyCondition, KeyRange};
use crate::domain::stats::{Figure, Origin, PathName, Spread, TableStatistics, Volume};
use crate::domain::value::Value;

/// A partition may be this many times as large as guessed, and an item as the mean.
const SPREAD: f64 = 4.0;
/// Bytes charged are at least this part of those measured: the size of some numbers is a byte less by
/// other readings of the rule (developer guide, `CapacityUnitCalculations`: "approximately").
pub(super) const MEASURED: f64 = 0.995;
/// The largest item in bytes (developer guide, Constraints: 400 KB).
const LARGEST: f64 = 400.0 * 1024.0;

/// A path and what is known of it.
#[derive(Debug)]
pub(super) struct Known<'a> {
    context: &'a Context<'a>,
    path: AccessPath<'a>,
    name: PathName,
    described: Option<Described>,
}

impl<'a> Known<'a> {
    /// What is known of `path`.
    pub(super) fn of(context: &'a Context<'_>, path: &AccessPath<'a>) -> Self {
        Self {
            context,
            path: *path,
            name: PathName {
                table: path.table.name.clone(),
                index: path.index.map(|index| index.name.clone()),
            },
            described: Described::of(path),
        }
    }

    /// What is known of the base table.
    pub(super) fn of_base(context: &'a Context<'a>) -> Self {
        Self::of(context, &context.base_path())
    }

    /// Whether a sample tells of every partition and item of the path.
    pub(super) fn is_sampled(&self) -> bool {
        let (statistics, path) = (self.context.statistics, &self.name);
        let table = statistics.table(path.table.as_str());
        let sample = table.and_then(TableStatistics::sample);
        // What was sampled of a table of unknown size tells nothing of the rest.
        sample.is_some_and(|sample| sample.of.is_some())
            && statistics.partitions(path).is_some()
            && statistics
                .mean_item(path)
                .is_some_and(|item| item.expected > 0.0)
    }

    /// All that the path holds.
    pub(super) fn total(&self) -> Option<(Volume, Basis)> {
        let figure = self.context.statistics.total(&self.name);
        figure.map(known).or_else(|| {
            let described = self.described?;
            let all = Volume {
                items: Spread::exact(described.items),
                bytes: Spread::exact(described.bytes),
            };
            Some((all, Basis::Described))
        })
    }

    /// What each partition of `binding` gives to read, by the conditions on them.
    pub(super) fn partitions(
        &self,
        binding: &Binding<'_>,
        conditions: &[KeyCondition],
    ) -> Option<(Vec<Volume>, Basis)> {
        let mut basis = Basis::Exact;
        let mut guess = None;
        let mut volumes = Vec::with_capacity(conditions.len());
        let last = conditions.len().saturating_sub(1);
        for (at, condition) in conditions.iter().enumerate() {
            // Of the partitions that a range of dates covers those in the middle are read whole.
            let is_whole =
                binding.covered.is_some() && at > 0 && at < last && lies_within(condition);
            let whole = || KeyCondition {
                equal: condition.partition().to_vec(),
                partition_len: condition.partition_len,
                range: None,
            };
            let condition = if is_whole { &whole() } else { condition };
            let figure = self.context.statistics.selected(&self.name, condition);
            let (volume, of) = if let Some(figure) = figure {
                known(figure)
            } else {
                let guessed = guess.get_or_insert_with(|| self.guess(binding));
                ((*guessed)?, Basis::Described)
            };
            volumes.push(volume);
            basis = basis.max(of);
        }
        self.thin_out(conditions, &mut volumes);
        Some((volumes, basis))
    }

    /// Of partitions that nobody named, such as all days of a year, those that no sample showed need not be there:
    /// together they are no more than there are thought to be besides those it did show.
    fn thin_out(&self, conditions: &[KeyCondition], volumes: &mut [Volume]) {
        let statistics = self.context.statistics;
        let mut keys = self.path.key().partition.iter();
        let are_named = keys.all(|key| !matches!(self.path.source(&key.name), Source::Set(_)));
        let Some(others) = statistics.partitions_not_kept(&self.name) else {
            return;
        };
        if are_named || conditions.len() < 2 {
            return;
        }
        let lanes = conditions.iter().zip(volumes);
        let lanes = lanes.filter(|(condition, _)| !statistics.keeps(&self.name, condition));
        let mut unseen: Vec<&mut Volume> = lanes.map(|(_, volume)| volume).collect();
        let part = (others / float(unseen.len().max(1))).min(1.0);
        for volume in &mut unseen {
            volume.items.expected *= part;
            volume.bytes.expected *= part;
        }
    }

    /// What one partition gives to read, when all that is known is how much all of them hold.
    fn guess(&self, binding: &Binding<'_>) -> Option<Volume> {
        let described = self.described?;
        let count = float(binding.count().max(1));
        let factor = || factor(binding.narrowing);
        let each = binding
            .covered
            .map_or_else(factor, |covered| covered / count);
        let share = each * volume::share_of_partition(self.context, &self.path, &described);
        let items = described.items * share.min(1.0);
        let items = Spread {
            low: 0.0,
            expected: items,
            // All of them hold no more than there is.
            high: (items * SPREAD).min(described.items / count).max(items),
        };
        Some(Volume {
            items,
            bytes: items.times(described.mean()),
        })
    }

    /// Items of the partition that an item is in, on average.
    pub(super) fn neighbours(&self) -> Option<f64> {
        let known = self.context.statistics.neighbours(&self.name);
        known.or_else(|| {
            let described = self.described.as_ref()?;
            let share = volume::share_of_partition(self.context, &self.path, described);
            Some(described.items * share)
        })
    }

    /// How many partitions the path has.
    pub(super) fn count(&self) -> Option<f64> {
        let partitions = self.context.statistics.partitions(&self.name)?;
        Some(partitions.expected)
    }

    /// Bytes of one item, from the smallest to the largest.
    pub(super) fn item(&self) -> Option<(Spread, Basis)> {
        let sampled = self.context.statistics.bytes_of(&self.name, 1.0);
        let sampled = sampled.filter(|item| item.expected > 0.0);
        sampled.map(|item| (item, Basis::Analyzed)).or_else(|| {
            let described = self.described?;
            Some((around(described.mean()), Basis::Described))
        })
    }

    /// Reading `items` by their keys.
    pub(super) fn by_keys(&self, items: Spread) -> Option<(Bill, Basis)> {
        let (item, basis) = self.item()?;
        let units = |count| self.context.statistics.units_of(&self.name, count);
        let bill = Bill::of_items(items, item, self.context.consistency, units);
        Some((bill, basis))
    }

    /// As [`Self::item`], where nothing else is known as these volumes tell it.
    pub(super) fn item_of(&self, volumes: &[Volume]) -> Spread {
        self.item().map_or_else(
            || {
                let items: f64 = volumes.iter().map(|v| v.items.expected).sum();
                let bytes: f64 = volumes.iter().map(|v| v.bytes.expected).sum();
                around(bytes / items.max(1.0))
            },
            |(item, _)| item,
        )
    }
}

/// Whether the partition lies strictly between the bounds of the range inside it: the key of a date,
/// such as a month, begins every text of it, and a bound that begins so cuts the partition.
fn lies_within(condition: &KeyCondition) -> bool {
    let [(_, Value::S(partition))] = condition.partition() else {
        return false;
    };
    match &condition.range {
        Some((_, KeyRange::Between(Value::S(low), Value::S(high)))) => {
            let cuts = |bound: &String| bound.starts_with(partition.as_str());
            low < partition && partition < high && !cuts(low) && !cuts(high)
        }
        _ => false,
    }
}

/// Items of which only the mean is known.
fn around(mean: f64) -> Spread {
    Spread {
        low: mean / SPREAD,
        expected: mean,
        high: (mean * SPREAD).min(LARGEST).max(mean),
    }
}

/// A figure of the statistics. Bytes learned are bytes charged; those of a sample were measured here.
const fn known(figure: Figure) -> (Volume, Basis) {
    let Volume { items, mut bytes } = figure.volume;
    let basis = match figure.origin {
        Origin::Analyzed => {
            bytes.low *= MEASURED;
            Basis::Analyzed
        }
        Origin::Learned => Basis::Learned,
    };
    (Volume { items, bytes }, basis)
}

/// Of a partition, what a range of its sort key selects.
pub(super) const fn factor(narrowing: Narrowing) -> f64 {
    match narrowing {
        Narrowing::None => 1.0,
        Narrowing::HalfOpen => HALF_OPEN,
        Narrowing::Closed => CLOSED,
        Narrowing::Point => POINT,
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::plan::Plan;
    use crate::domain::plan::fixture::{catalog, path_of, plans, sampled, try_route};
    use crate::domain::query::Consistency;
    use crate::domain::stats::Scanned;
    use rstest::rstest;

    /// What is expected of a route that reads month by month, where a tenth of all strikes was sampled: all
    /// of the first ten months of 1998.
    fn by_month(filter: &str) -> f64 {
        let catalog = sampled(catalog(), "strikes", (1_000, Scanned::Part), |id| {
            [
                ("airport", format!("A{:02}", id % 37)),
                ("strike_id", format!("S{id:04}")),
                ("struck_on", format!("1998-{:02}-01", 1 + id % 10)),
            ]
        });
        let text = format!("SELECT airport, strike_id FROM strikes WHERE {filter} LIMIT 5");
        let route = try_route(&catalog, &text, Consistency::Eventual).unwrap();
        let mut plans = plans(route);
        let is_it =
            |plan: &Plan| path_of(&plan.access) == "by_month" && plan.operation() == "query";
        let plan = plans.find(is_it).unwrap();
        plan.estimate.expected.0
    }

    #[rstest]
    #[case::months_with_strikes("struck_on BETWEEN '1998-02-10' AND '1998-12-31'", 0.0..3.0)]
    // Five years of months, half a unit each.
    #[case::months_before("struck_on BETWEEN '1993-01-10' AND '1998-12-31'", 25.0..35.0)]
    fn months_that_no_sample_showed_are_read_in_vain(
        #[case] filter: &str,
        #[case] units: std::ops::Range<f64>,
    ) {
        let expected = by_month(filter);
        assert!(units.contains(&expected), "{expected}");
    }
}

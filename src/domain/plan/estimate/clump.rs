//! How many rows lie together in the order in which a path is read.
//!
//! Rows that follow from keys lie in whole partitions or in stretches of them, and so do rows that follow
//! from what goes with a key: of two items of a partition, both are rows more often than by chance. How
//! much more often examples show.

use super::known::Known;
use super::place::together;
use super::share::share;
use crate::domain::expr::{Predicate, paths_of_value};
use crate::domain::plan::access::{AccessPath, Context, Source, roots};
use crate::domain::schema::KeyAttribute;
use statrs::function::gamma::ln_gamma;

/// Standard deviations within which luck explains what was seen.
const DEVIATIONS: f64 = 2.0;

/// How rows lie in partitions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Clumps {
    /// Rows that lie together, on average; 1 where each lies by itself.
    pub(super) rows: f64,
    /// Of these such as follow from the sort key: where partitions are read side by side, it is nothing
    /// to a row that others of its partition are rows.
    pub(super) along: f64,
    /// The share of partitions that hold no row.
    pub(super) empty: f64,
    /// Items of a partition.
    pub(super) partition: f64,
}

impl Clumps {
    /// Rows lie anywhere.
    pub(super) const NONE: Self = Self {
        rows: 1.0,
        along: 1.0,
        empty: 0.0,
        partition: 1.0,
    };

    /// Of rows that satisfy `conjuncts` and are so large a `share` of what the path holds.
    pub(super) fn of(
        context: &Context<'_>,
        path: &AccessPath<'_>,
        conjuncts: &[&Predicate],
        share: f64,
    ) -> Self {
        let neighbours = Known::of(context, path).neighbours();
        let Some(partition) = neighbours.filter(|_| !conjuncts.is_empty()) else {
            return Self::NONE;
        };
        let alike = alike(context, path, conjuncts).unwrap_or_default();
        let empty = without_rows(share, alike, partition);
        let held = partition * share / (1.0 - empty);
        // As far as partitions are one or the other; where all hold rows, these lie anywhere.
        let all_or_none = (empty / (1.0 - share)).clamp(0.0, 1.0);
        let seen = 1.0 + (held - 1.0).max(0.0) * all_or_none;
        let (by_partition, along) = by_keys(context, path, conjuncts, partition);
        Self {
            rows: by_partition.max(along).max(seen),
            along,
            empty,
            partition,
        }
    }

    /// How many times the items that a share alone makes necessary are read for `limit` rows, of a path of so
    /// many `items`: those of partitions that hold none are read in vain.
    pub(super) fn search(&self, limit: f64, share: f64, items: f64) -> f64 {
        let holding = (1.0 - self.empty).max(f64::MIN_POSITIVE);
        let partitions = items / self.partition * holding;
        let needed = (limit * holding / (self.partition * share)).max(1.0);
        let in_vain = needed * items * self.empty / (partitions + 1.0);
        let read = in_vain + limit * holding / share;
        (read * share / limit).max(1.0)
    }
}

/// The share of partitions of so many `items` that hold no row, where partitions have shares of rows that
/// differ as a beta distribution of this mean and correlation does.
fn without_rows(share: f64, alike: f64, items: f64) -> f64 {
    if share <= 0.0 || share >= 1.0 {
        return 0.0;
    }
    if alike >= 1.0 {
        return 1.0 - share;
    }
    if alike <= 0.0 {
        return (1.0 - share).powf(items);
    }
    let both = 1.0 / alike - 1.0;
    let (rows, others) = (both * share, both * (1.0 - share));
    let ln = ln_gamma(others + items) + ln_gamma(rows + others)
        - ln_gamma(others)
        - ln_gamma(rows + others + items);
    ln.exp().clamp(0.0, 1.0 - share)
}

/// How much items of the same partition are alike in satisfying `conjuncts` or not: from 0, no more than any
/// two items, to 1, always. `None` where no examples tell.
fn alike(context: &Context<'_>, path: &AccessPath<'_>, conjuncts: &[&Predicate]) -> Option<f64> {
    let (examples, matches) = together(context, conjuncts)?;
    let partitions = context.partitioned.of(path, examples);
    let mut groups = vec![(0.0, 0.0); examples.len()];
    for (at, partition) in partitions.iter().enumerate() {
        if let Some((all, rows)) = partition.and_then(|number| groups.get_mut(number)) {
            *all += 1.0;
            *rows += f64::from(u8::from(matches.contains(at)));
        }
    }
    Some(correlation(&groups))
}

/// Of groups of so many items, so many of them rows.
fn correlation(groups: &[(f64, f64)]) -> f64 {
    let sum = |of: fn(f64, f64) -> f64| {
        let groups = groups.iter();
        groups.map(|(all, rows)| of(*all, *rows)).sum::<f64>()
    };
    let share = sum(|_, rows| rows) / sum(|all, _| all).max(1.0);
    let pairs = sum(|all, _| all * (all - 1.0) / 2.0);
    let both = sum(|_, rows| rows * (rows - 1.0) / 2.0);
    let spread = share * (1.0 - share);
    if pairs < 1.0 || spread <= 0.0 {
        return 0.0;
    }
    let found = (both / pairs - share * share) / spread;
    let doubt = DEVIATIONS * DEVIATIONS / pairs;
    if found <= 0.0 {
        return 0.0;
    }
    (found * (1.0 - doubt / (found * found))).clamp(0.0, 1.0)
}

/// Where a key decides, the rows of a partition that is one of them, and of a stretch of each.
fn by_keys(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    conjuncts: &[&Predicate],
    neighbours: f64,
) -> (f64, f64) {
    let key = path.key();
    let computed_from = |key: &KeyAttribute| match path.source(&key.name) {
        Source::Base(name) => vec![name.to_owned()],
        Source::Set(expr) => paths_of_value(expr)
            .into_iter()
            .map(|path| path.root.clone())
            .collect(),
        Source::Alias | Source::Unknown => Vec::new(),
    };
    let of =
        |keys: &[KeyAttribute]| -> Vec<String> { keys.iter().flat_map(computed_from).collect() };
    let (partition, sort) = (of(&key.partition), of(&key.sort));
    let reads = |conjunct: &Predicate, names: &[String]| {
        roots(conjunct).any(|root| names.iter().any(|name| name == root))
    };
    let (by_partition, within): (Vec<&Predicate>, Vec<&Predicate>) = conjuncts
        .iter()
        .partition(|conjunct| reads(conjunct, &partition));
    let is_partition = !by_partition.is_empty();
    let is_stretch = within.iter().any(|conjunct| reads(conjunct, &sort));
    if !is_partition && !is_stretch {
        return (1.0, 1.0);
    }
    let (share, _) = share(context, &context.base.name, within.into_iter());
    let together = (neighbours * share.expected).max(1.0);
    let of = |decides| if decides { together } else { 1.0 };
    (of(is_partition), of(is_stretch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::fixture::{catalog, path_of, plans, sampled, try_route};
    use crate::domain::query::Consistency;
    use crate::domain::stats::Scanned;
    use rstest::rstest;

    #[rstest]
    #[case::whole_partitions(&[(4, 4), (4, 0), (4, 4), (4, 0)], 20, 1.0)]
    #[case::half_of_each(&[(4, 2), (4, 2)], 20, 0.0)]
    #[case::less_than_by_chance(&[(2, 1), (2, 1)], 50, 0.0)]
    #[case::mostly_whole(&[(40, 36), (40, 4)], 5, 0.63)]
    #[case::none(&[(4, 0), (4, 0)], 20, 0.0)]
    #[case::each_by_itself(&[(1, 1), (1, 0)], 20, 0.0)]
    #[case::a_few_pairs_say_nothing(&[(2, 2), (2, 0)], 1, 0.0)]
    fn rows_lie_together_where_partitions_are_one_or_the_other(
        #[case] groups: &[(u32, u32)],
        #[case] times: usize,
        #[case] expected: f64,
    ) {
        let groups = groups.repeat(times);
        let groups = groups.into_iter();
        let groups: Vec<(f64, f64)> = groups
            .map(|(all, rows)| (f64::from(all), f64::from(rows)))
            .collect();
        let found = correlation(&groups);
        assert!((found - expected).abs() < 0.05, "{found}");
    }

    #[rstest]
    #[case::each_by_itself(0.3, 0.0, 2.0, 0.49)]
    #[case::none_of_many(0.3, 0.0, 100.0, 0.0)]
    #[case::one_or_the_other(0.3, 1.0, 100.0, 0.7)]
    #[case::nearly(0.3, 0.99, 100.0, 0.68)]
    #[case::somewhat(0.3, 0.02, 3_000.0, 0.0)]
    #[case::rare_ones(0.01, 0.02, 50.0, 0.70)]
    fn partitions_without_rows_are_those_that_are_unlike_others(
        #[case] share: f64,
        #[case] alike: f64,
        #[case] items: f64,
        #[case] expected: f64,
    ) {
        let found = without_rows(share, alike, items);
        assert!((found - expected).abs() < 0.02, "{found}");
    }

    #[rstest]
    #[case::each_by_itself((0.0, 100.0), 5.0, 0.5, 1.0)]
    #[case::more_than_a_partition_holds((0.5, 100.0), 500.0, 0.5, 0.92)]
    #[case::all_are_rows((0.0, 100.0), 5.0, 1.0, 1.0)]
    // In one of ten partitions: half of all on average, in place of fifty items.
    #[case::in_one_partition((0.9, 100.0), 5.0, 0.1, 9.1)]
    fn rows_that_lie_together_are_searched_for(
        #[case] (empty, partition): (f64, f64),
        #[case] limit: f64,
        #[case] share: f64,
        #[case] times: f64,
    ) {
        let clumps = Clumps {
            rows: 1.0,
            along: 1.0,
            empty,
            partition,
        };
        let found = clumps.search(limit, share, 1_000.0);
        assert!((found - times.max(1.0)).abs() < 0.1, "{found}");
    }

    /// A thousand strikes, the damage of which goes by the month and the species by nothing.
    fn expected(path: &str, filter: &str) -> f64 {
        let catalog = sampled(catalog(), "strikes", (1_000, Scanned::All), |id| {
            let month = 1 + id % 10;
            [
                ("airport", format!("A{:02}", id % 37)),
                ("strike_id", format!("S{id:04}")),
                ("struck_on", format!("1998-{month:02}-01")),
                ("operator", "B".to_owned()),
                (
                    "damage",
                    if month == 3 { "Minor" } else { "None" }.to_owned(),
                ),
                (
                    "species",
                    if id % 101 < 10 { "Gull" } else { "Dove" }.to_owned(),
                ),
            ]
        });
        let text = format!("SELECT airport, strike_id FROM strikes WHERE {filter} LIMIT 5");
        let route = try_route(&catalog, &text, Consistency::Eventual).unwrap();
        let mut plans = plans(route);
        let plan = plans.find(|plan| path_of(&plan.access) == path).unwrap();
        plan.estimate.expected.0
    }

    #[test]
    fn rows_of_one_month_are_half_a_scan_by_months_away() {
        let (together, apart) = (
            expected("by_month", "damage = 'Minor'"),
            expected("by_month", "species = 'Gull'"),
        );
        assert!(together > 2.5 * apart, "{together} and {apart}");
        let elsewhere = expected("strikes", "damage = 'Minor'");
        assert!(elsewhere < together / 2.0, "{together} and {elsewhere}");
    }
}

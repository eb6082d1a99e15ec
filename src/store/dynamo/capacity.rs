//! Consumed units as `ReturnConsumedCapacity=INDEXES` reports them.

use crate::domain::names::{IndexName, Rcu};
use crate::domain::read::Consumed;
use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};

/// The units of an answer: one report, or for `BatchGetItem` one for each table.
///
/// The table's own share may be missing or zero when an index paid; what no index paid is the
/// table's then.
pub(super) fn consumed<'a>(reports: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Consumed {
    reports
        .into_iter()
        .map(one)
        .fold(Consumed::default(), |mut sum, one| {
            sum.total += one.total;
            sum.table += one.table;
            sum.indexes.extend(one.indexes);
            sum
        })
}

fn one(report: &ConsumedCapacity) -> Consumed {
    let local = report.local_secondary_indexes().into_iter().flatten();
    let global = report.global_secondary_indexes().into_iter().flatten();
    let mut indexes: Vec<(IndexName, Rcu)> = local.chain(global).map(share).collect();
    indexes.sort_by(|a, b| a.0.cmp(&b.0));
    let of_indexes: Rcu = indexes.iter().map(|(_, units)| *units).sum();
    let of_table = report.table().and_then(Capacity::capacity_units).map(Rcu);
    let total = report
        .capacity_units()
        .map_or_else(|| of_table.unwrap_or_default() + of_indexes, Rcu);
    let table = of_table.unwrap_or_else(|| Rcu((total.0 - of_indexes.0).max(0.0)));
    Consumed {
        total,
        table,
        indexes,
    }
}

fn share((index, capacity): (&String, &Capacity)) -> (IndexName, Rcu) {
    let units = capacity.capacity_units().unwrap_or_default();
    (index.as_str().into(), Rcu(units))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(units: f64) -> Capacity {
        Capacity::builder().capacity_units(units).build()
    }

    #[test]
    fn the_table_and_each_index_have_their_share() {
        let report = ConsumedCapacity::builder()
            .capacity_units(3.5)
            .table(units(0.5))
            .local_secondary_indexes("by_date", units(1.0))
            .global_secondary_indexes("by_operator", units(2.0))
            .build();
        assert_eq!(
            consumed([&report]),
            Consumed {
                total: Rcu(3.5),
                table: Rcu(0.5),
                indexes: vec![
                    ("by_date".into(), Rcu(1.0)),
                    ("by_operator".into(), Rcu(2.0))
                ],
            }
        );
    }

    #[test]
    fn a_report_without_a_table_leaves_it_what_no_index_paid() {
        let index_only = ConsumedCapacity::builder()
            .capacity_units(2.0)
            .global_secondary_indexes("g", units(2.0))
            .build();
        assert_eq!(consumed([&index_only]).table, Rcu(0.0));
        let total_only = ConsumedCapacity::builder().capacity_units(2.0).build();
        assert_eq!(consumed([&total_only]).table, Rcu(2.0));
    }

    #[test]
    fn a_batch_sums_its_reports_and_no_report_is_nothing() {
        let report = ConsumedCapacity::builder()
            .capacity_units(1.5)
            .table(units(1.5))
            .build();
        assert_eq!(consumed([&report, &report]).total, Rcu(3.0));
        assert_eq!(consumed([]), Consumed::default());
    }
}

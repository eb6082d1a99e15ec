//! Read capacity units (developer guide: `ProvisionedThroughput`, `API_Query`, Scan).

use super::{Price, ScanCost};
use crate::domain::names::{Range, Rcu};
use crate::domain::query::Consistency;
use crate::domain::schema::{Billing, Table};

/// Bytes of one unit.
const UNIT: u64 = 4096;
/// Bytes after which a page of Query or Scan ends (developer guide, `API_Query`: 1 MB).
const PAGE: u64 = 1024 * 1024;
/// Bytes a partition holds at most (developer guide, Partitions: about 10 GB).
const PARTITION: u64 = 10 * 1024 * 1024 * 1024;
/// Partitions of a new on-demand table (developer guide, read/write capacity mode).
const ON_DEMAND_PARTITIONS: u64 = 4;

/// Whole 4 KB units of `bytes`, at least one.
#[must_use]
pub const fn units(bytes: u64) -> u64 {
    let units = bytes.div_ceil(UNIT);
    if units == 0 { 1 } else { units }
}

/// Units charged for each 4 KB: one when strong, half when eventual (developer guide,
/// `ProvisionedThroughput`).
#[must_use]
pub const fn unit_factor(consistency: Consistency) -> f64 {
    match consistency {
        Consistency::Eventual => 0.5,
        Consistency::Strong => 1.0,
    }
}

/// Units of one request that evaluated `bytes`: `GetItem`, or a page of Query. A request that finds
/// nothing is charged the minimum (developer guide, `API_Query`).
#[must_use]
pub fn read_units(bytes: u64, consistency: Consistency) -> Rcu {
    Rcu(float(units(bytes)) * unit_factor(consistency))
}

/// How many partitions a table has at least: a guess.
#[must_use]
pub fn partitions_of(table: &Table) -> f64 {
    let least = match table.billing {
        Billing::OnDemand => ON_DEMAND_PARTITIONS,
        Billing::Provisioned { .. } => 1,
    };
    float(table.bytes.div_ceil(PARTITION).max(least))
}

/// What a full eventual Scan of `table` consumes. `None`: size unknown.
///
/// The low end is its bytes in whole units; the high end adds what rounding up each page and the
/// minimum for every partition (developer guide, Scan) can add. How many partitions there are is a guess.
#[must_use]
pub fn scan_range(table: &Table) -> Option<Range<Rcu>> {
    if table.bytes == 0 {
        return None;
    }
    let pages = float(table.bytes.div_ceil(PAGE));
    let low = read_units(table.bytes, Consistency::Eventual);
    let more = (pages + partitions_of(table)) * unit_factor(Consistency::Eventual);
    Some(Range::new(low, low + Rcu(more)))
}

/// What a full eventual Scan of `table` consumes and costs.
#[must_use]
pub fn scan_cost(table: &Table, price: Option<Price>) -> ScanCost {
    let rcu = scan_range(table);
    let usd = price.zip(rcu).map(|(price, range)| {
        let high = range.high.unwrap_or(range.low);
        price.of(Rcu(f64::midpoint(range.low.0, high.0)))
    });
    ScanCost { rcu, usd }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "2^52 units are 16 exabytes read"
)]
const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture;
    use rstest::rstest;

    fn table(bytes: u64, billing: Billing) -> Table {
        Table {
            bytes,
            billing,
            ..fixture::table("t", "k")
        }
    }

    #[rstest]
    #[case::nothing_found(0, 0.5, 1.0)]
    #[case::one_unit(4_096, 0.5, 1.0)]
    #[case::a_byte_more(4_097, 1.0, 2.0)]
    #[case::a_megabyte_page_of_1042_bytes_an_item(1_007 * 1_042, 128.5, 257.0)]
    fn bytes_evaluated_are_charged_in_whole_units(
        #[case] bytes: u64,
        #[case] eventual: f64,
        #[case] strong: f64,
    ) {
        assert_eq!(read_units(bytes, Consistency::Eventual), Rcu(eventual));
        assert_eq!(read_units(bytes, Consistency::Strong), Rcu(strong));
    }

    #[rstest]
    #[case::the_demo(2_950_000, Billing::OnDemand, 360.5, 364.0)]
    #[case::five_pages(5_210_000, Billing::OnDemand, 636.0, 640.5)]
    #[case::provisioned(2_950_000, Billing::Provisioned { rcu: 5 }, 360.5, 362.5)]
    #[case::a_hundred_gigabytes(107_374_182_400, Billing::OnDemand, 13_107_200.0, 13_158_405.0)]
    fn a_scan_consumes_a_range_of_units(
        #[case] bytes: u64,
        #[case] billing: Billing,
        #[case] low: f64,
        #[case] high: f64,
    ) {
        let range = scan_range(&table(bytes, billing));
        assert_eq!(range, Some(Range::new(Rcu(low), Rcu(high))));
    }

    #[test]
    fn the_five_pages_that_were_measured_at_638_are_within_the_range() {
        let range = scan_range(&table(5_210_000, Billing::OnDemand)).unwrap();
        assert!(range.low.0 <= 638.0 && range.high.unwrap().0 >= 638.0);
    }

    #[test]
    fn zero_bytes_mean_that_the_size_is_unknown() {
        assert_eq!(scan_range(&table(0, Billing::OnDemand)), None);
        let cost = scan_cost(&table(0, Billing::OnDemand), None);
        assert_eq!((cost.rcu, cost.usd), (None, None));
    }

    #[test]
    fn a_gigabyte_scanned_costs_a_cent_and_a_half() {
        let price = Price {
            per_million: 0.125,
            equivalent: false,
        };
        let cost = scan_cost(&table(1 << 30, Billing::OnDemand), Some(price));
        assert!((cost.usd.unwrap() - 0.0164).abs() < 0.000_05);
    }
}

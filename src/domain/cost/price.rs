//! Dated list prices.

use crate::domain::names::Rcu;
use crate::domain::schema::{Billing, TableClass};
use std::collections::BTreeMap;

/// What reading a table costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// US dollars a million read units.
    pub per_million: f64,
    /// On a provisioned table a read has no marginal price: the figure is an equivalent only.
    pub equivalent: bool,
}

impl Price {
    /// US dollars for `rcu`.
    #[must_use]
    pub fn of(&self, rcu: Rcu) -> f64 {
        rcu.0 * self.per_million / 1e6
    }
}

/// US dollars a million on-demand read units, by region and class: the AWS Price List of
/// [`Prices::AS_OF`]. Only what was read there; regions that are missing have no price.
const READS: [(&str, TableClass, f64); 5] = [
    ("us-east-1", TableClass::Standard, 0.125),
    ("us-east-1", TableClass::InfrequentAccess, 0.155),
    ("us-east-2", TableClass::Standard, 0.125),
    ("eu-west-1", TableClass::Standard, 0.1415),
    ("eu-central-1", TableClass::Standard, 0.1525),
];

/// The region of the sandbox, and the one whose prices it shows.
const LOCAL: (&str, &str) = ("local", "us-east-1");

/// The embedded table of list prices, with the date it was read, and the user's own prices on top.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    own: BTreeMap<String, Vec<(TableClass, f64)>>,
}

impl Prices {
    /// The date of the embedded table.
    pub const AS_OF: &'static str = "2026-08-15";

    /// The same with a price of the user's own for reads in `region`: US dollars a million units.
    #[must_use]
    pub fn with(mut self, region: impl Into<String>, class: TableClass, per_million: f64) -> Self {
        let prices = self.own.entry(region.into()).or_default();
        prices.retain(|(of, _)| *of != class);
        prices.push((class, per_million));
        self
    }

    /// The price of reads in `region`, when known.
    #[must_use]
    pub fn read(&self, region: Option<&str>, billing: Billing, class: TableClass) -> Option<Price> {
        let per_million = self.per_million(region?, class)?;
        let equivalent = matches!(billing, Billing::Provisioned { .. });
        Some(Price {
            per_million,
            equivalent,
        })
    }

    fn per_million(&self, region: &str, class: TableClass) -> Option<f64> {
        let own = self.own.get(region).into_iter().flatten();
        if let Some((_, price)) = own.copied().find(|(of, _)| *of == class) {
            return Some(price);
        }
        let listed = if region == LOCAL.0 { LOCAL.1 } else { region };
        READS
            .iter()
            .find(|(name, of, _)| *name == listed && *of == class)
            .map(|(_, _, price)| *price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn price(prices: &Prices, region: &str, class: TableClass) -> Option<f64> {
        prices
            .read(Some(region), Billing::OnDemand, class)
            .map(|price| price.per_million)
    }

    #[rstest]
    #[case("us-east-1", TableClass::Standard, Some(0.125))]
    #[case("us-east-1", TableClass::InfrequentAccess, Some(0.155))]
    #[case("eu-west-1", TableClass::Standard, Some(0.1415))]
    #[case("eu-west-1", TableClass::InfrequentAccess, None)]
    #[case("local", TableClass::Standard, Some(0.125))]
    #[case("ap-south-1", TableClass::Standard, None)]
    fn a_price_is_known_by_region_and_class_or_not_at_all(
        #[case] region: &str,
        #[case] class: TableClass,
        #[case] expected: Option<f64>,
    ) {
        assert_eq!(price(&Prices::default(), region, class), expected);
    }

    #[test]
    fn without_a_region_there_is_no_price() {
        let price = Prices::default().read(None, Billing::OnDemand, TableClass::Standard);
        assert_eq!(price, None);
    }

    #[test]
    fn on_a_provisioned_table_the_price_is_an_equivalent() {
        let billing = Billing::Provisioned { rcu: 10 };
        let price = Prices::default().read(Some("us-east-1"), billing, TableClass::Standard);
        assert!(price.is_some_and(|price| price.equivalent));
    }

    #[test]
    fn a_price_of_ones_own_goes_before_the_list() {
        let prices = Prices::default()
            .with("us-east-1", TableClass::Standard, 0.5)
            .with("us-east-1", TableClass::Standard, 0.1);
        assert_eq!(price(&prices, "us-east-1", TableClass::Standard), Some(0.1));
        let infrequent = price(&prices, "us-east-1", TableClass::InfrequentAccess);
        assert_eq!(infrequent, Some(0.155));
    }
}

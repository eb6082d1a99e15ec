//! Dated list prices.

use crate::domain::names::Rcu;
use crate::domain::schema::{Billing, TableClass};

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
    pub fn of(&self, _rcu: Rcu) -> f64 {
        todo!()
    }
}

/// The embedded table of list prices, with the date it was read.
#[derive(Debug, Clone, Default)]
pub struct Prices {}

impl Prices {
    /// The date of the embedded table.
    pub const AS_OF: &'static str = "2026-08-15";

    /// The price of reads in `region`, when known.
    #[must_use]
    pub fn read(
        &self,
        _region: Option<&str>,
        _billing: Billing,
        _class: TableClass,
    ) -> Option<Price> {
        todo!()
    }
}

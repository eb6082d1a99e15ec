//! Capacity rules and prices. Every rule names its source.
//!
//! Owns what reads are charged and what that costs at list price. Knows no plan and no request:
//! those bring bytes, this gives units.

mod ask;
mod capacity;
mod pages;
mod price;

pub use ask::ask_limit;
pub use capacity::{partitions_of, read_units, scan_cost, scan_range, unit_factor, units};
pub use pages::{PAGE_BYTES, PageCost, page_units, read_to_end};
pub use price::{Price, Prices};

use crate::domain::names::{Range, Rcu};

/// What a Scan of a table would consume, and what that costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScanCost {
    /// Units, eventual; `None` when the table's size is unknown.
    pub rcu: Option<Range<Rcu>>,
    /// US dollars at the midpoint, where a price is known.
    pub usd: Option<f64>,
}

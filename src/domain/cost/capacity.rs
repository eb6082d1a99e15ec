//! Read capacity units (developer guide: `ProvisionedThroughput`, `API_Query`, Scan).

use crate::domain::names::{Range, Rcu};
use crate::domain::query::Consistency;
use crate::domain::schema::Table;

/// How a request is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadKind {
    /// Eventual: half.
    Eventual,
    /// Strong: one.
    Strong,
}

impl From<Consistency> for ReadKind {
    fn from(consistency: Consistency) -> Self {
        match consistency {
            Consistency::Eventual => Self::Eventual,
            Consistency::Strong => Self::Strong,
        }
    }
}

/// Whole 4 KB units of `bytes`, at least one.
#[must_use]
pub const fn units(bytes: u64) -> u64 {
    let units = bytes.div_ceil(4096);
    if units == 0 { 1 } else { units }
}

/// Units of one request that evaluated `bytes`.
#[must_use]
pub fn read_units(_bytes: u64, _consistency: Consistency) -> Rcu {
    todo!()
}

/// What a full eventual Scan of `table` consumes: cost.md's estimator as a range. `None`: size unknown.
#[must_use]
pub fn scan_range(_table: &Table) -> Option<Range<Rcu>> {
    todo!()
}

//! Runs plans and checks: concurrent, merged, cancellable. Names the port, never AWS.
//!
//! Everything here is driven by one loop per run that owns its state; only page reads are tasks of
//! their own. Dropping a run drops its reads, so cancelling stops requests, not just their display.

pub mod analyze;
mod beside;
pub mod catalog;
pub mod drift;
pub mod execute;
pub mod lag;
mod pages;
pub mod statistics;

pub use beside::beside;
pub use execute::{Answer, Bounds, Consumption, ReadEvent, execute};

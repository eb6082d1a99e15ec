//! Runs plans and checks: concurrent, merged, cancellable. Names the port, never AWS.

pub mod catalog;
pub mod drift;
pub mod execute;

pub use execute::{Answer, ReadEvent, execute};

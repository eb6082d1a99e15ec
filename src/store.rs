//! The only road to data: one port, its AWS adapter, and its decorators.

pub mod allow;
pub mod budget;
#[cfg(feature = "aws")]
pub mod dynamo;
pub mod ledger;
mod port;
pub mod throttle;

pub use port::{Identity, Names, Store, Streams};

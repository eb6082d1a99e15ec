//! The only road to data: one port, its AWS adapter, and its decorators.

pub mod allow;
#[cfg(feature = "aws")]
pub mod dynamo;
pub mod ledger;
mod port;

pub use port::{Identity, Names, Store};

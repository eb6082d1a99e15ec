//! A route as text and as the JSON contract.
//!
//! Owns the words of `explain` and the field names of the contract. Decides nothing.

mod client;
mod cost;
mod facts;
mod json;
mod rejected;
mod text;

pub use cost::{expected, expected_in_range};
pub use json::{plan_json, scan_json};
pub use rejected::cause;
pub use text::explain_text;

pub(super) use crate::domain::figures::rcu as figure;

#[cfg(test)]
mod tests;

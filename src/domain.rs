//! The pure heart: values, expressions, mappings, plans, drift.
//!
//! Owns every rule that can be stated without I/O. Never names tokio, a clock, the file system,
//! the environment, AWS, or a terminal, so that each rule is a table test.

pub mod cost;
pub mod drift;
pub mod expr;
pub mod figures;
pub mod item;
pub mod lag;
pub mod mapping;
pub mod names;
pub mod plan;
pub mod problem;
pub mod query;
pub mod read;
pub mod schema;
pub mod size;
pub mod stats;
pub mod value;

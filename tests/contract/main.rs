//! The contract suite: the same rows and findings whatever server holds the tables.
//!
//! Runs on the embedded sandbox; with `DRIFTSCOPE_TEST_ENDPOINT` on the DynamoDB named there, into
//! which the sandbox's tables are copied first.

#![cfg(all(feature = "aws", feature = "sandbox"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

mod bad_input;
mod brute;
mod dice;
mod drift;
mod fixture;
mod lag;
mod modes;
mod program;
mod recheck;
mod requests;
mod routes;
mod run;
mod shop;
mod watch;
mod writer;

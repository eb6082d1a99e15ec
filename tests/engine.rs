//! The engine against an embedded server over loopback, through the SDK.
#![cfg(all(feature = "aws", feature = "sandbox"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

#[path = "engine/analyze.rs"]
mod analyze;
#[path = "engine/bare.rs"]
mod bare;
#[path = "engine/beside.rs"]
mod beside;
#[path = "engine/catalog.rs"]
mod catalog;
#[path = "engine/demo.rs"]
mod demo;
#[path = "engine/drift.rs"]
mod drift;
#[path = "engine/expiry.rs"]
mod expiry;
#[path = "engine/groups.rs"]
mod groups;
#[path = "engine/lag.rs"]
mod lag;
#[path = "engine/modes.rs"]
mod modes;
#[path = "engine/observed.rs"]
mod observed;
#[path = "engine/outage.rs"]
mod outage;
#[path = "engine/plans.rs"]
mod plans;
#[path = "engine/read.rs"]
mod read;
#[path = "engine/stream.rs"]
mod stream;
#[path = "engine/support.rs"]
mod support;
#[path = "engine/unions.rs"]
mod unions;
#[path = "engine/watch.rs"]
mod watch;

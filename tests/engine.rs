//! The engine against an embedded server over loopback, through the SDK.
#![cfg(all(feature = "aws", feature = "sandbox"))]

#[path = "engine/catalog.rs"]
mod catalog;
#[path = "engine/drift.rs"]
mod drift;
#[path = "engine/read.rs"]
mod read;
#[path = "engine/support.rs"]
mod support;

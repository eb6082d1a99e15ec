//! driftscope: a read-only terminal explorer for datasets that live in several DynamoDB tables.
//!
//! Data flows one way, and each layer names only the layers left of it:
//!
//! ```text
//!  domain  ←  store  ←  engine  ←  app  ←  ui  ←  tui        cli, main: the composition root
//!  (pure)    (port+AWS) (runs plans) (pure state) (pure render) (terminal, loop)
//! ```
//!
//! Beside them stand `sandbox`, which serves the demo over the wire and knows only the domain, `theme`
//! (colors as data), `config`, and `telemetry`.
//!
//! A request travels: text → [`domain::query`] (parse, resolve) → [`domain::plan`] (candidates,
//! estimate, choice; every rejection keeps its reason) → [`engine`] (partition queries,
//! concurrent, merged, cancellable) → [`store`] (one read verb out, one page of items and its
//! consumed units back) → `app` (state) → `ui` (pixels) or `cli` (text, JSON). Drift takes the
//! same road: [`domain::mapping`] and [`domain::drift`] over pages from the engine.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod store;
pub mod telemetry;
pub mod theme;
#[cfg(feature = "tui")]
pub mod tui;
#[cfg(feature = "tui")]
pub mod ui;

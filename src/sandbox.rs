//! The embedded DynamoDB: real data, a replicator, live writes, faults, a small known drift.

/// What the sandbox does.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Seed of live writes and faults.
    pub seed: u64,
    /// Whether the demo starts with its known drift.
    pub drift: bool,
    /// Whether a trickle of writes revises strikes.
    pub live_writes: bool,
    /// Faults of the replicator.
    pub faults: Vec<Fault>,
    /// The port to serve on; 0 takes any.
    pub port: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 7,
            drift: true,
            live_writes: true,
            faults: Vec::new(),
            port: 0,
        }
    }
}

/// A fault of the replicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Some records are lost.
    Drop,
    /// Records wait.
    Delay,
    /// Records are applied twice.
    Duplicate,
    /// An older image overwrites a newer one.
    Resurrect,
    /// The replicator stops.
    Stop,
}

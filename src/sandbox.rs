//! The embedded `DynamoDB`: real strikes in a base table and four copies, kept by a replicator.
//!
//! It is the whole architecture that driftscope is made for, in miniature: a base table with a
//! stream, copies under other keys, a consumer of the stream that keeps them, writes that go on,
//! faults on request, and a small known drift. It owns all writing: through the embedded
//! database's own interface, never through an SDK client, on threads and a runtime of its own. The
//! rest of the product reaches it only over loopback, exactly as it reaches AWS.

mod convert;
mod data;
mod database;
mod drift;
mod error;
mod fault;
mod load;
mod replicator;
mod stop;
mod tables;
mod worker;
mod writer;

pub use drift::{SeededDrift, seeded_drift};
pub use error::SandboxError;
pub use fault::Fault;
pub use load::Progress;
pub use replicator::ReplicatorState;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use stop::StopHandle;
use tokio::sync::watch;
use worker::{Pace, Phase, Worker};

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

/// A running sandbox. It stops when it is dropped, and the drop waits until its threads have ended.
#[derive(Debug)]
pub struct Sandbox {
    endpoint: String,
    phase: watch::Receiver<Phase>,
    replicator: watch::Receiver<ReplicatorState>,
    losing: Arc<AtomicBool>,
    stop: Option<StopHandle>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts to listen and returns at once; loading goes on behind it. `progress` is called from
    /// the sandbox's thread after every chunk.
    ///
    /// # Errors
    /// When the port is taken or no thread can be started.
    pub fn start(
        options: Options,
        progress: impl Fn(Progress) + Send + 'static,
    ) -> Result<Self, SandboxError> {
        Self::start_at(options, Pace::default(), progress)
    }

    fn start_at(
        options: Options,
        pace: Pace,
        progress: impl Fn(Progress) + Send + 'static,
    ) -> Result<Self, SandboxError> {
        let port = options.port;
        let refused = |error: std::io::Error| SandboxError::Listen {
            port,
            reason: error.to_string(),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;

        let (stop, stopped) = stop::pair();
        let (phase, seen_phase) = watch::channel(Phase::Loading);
        let (replicator, seen_replicator) = watch::channel(ReplicatorState::default());
        let losing = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            options,
            pace,
            losing: Arc::clone(&losing),
            stop: stopped,
            phase,
            replicator,
            progress: Box::new(progress),
        };
        let thread = std::thread::Builder::new()
            .name("sandbox".into())
            .spawn(move || worker.run(listener))
            .map_err(|error| SandboxError::Start(error.to_string()))?;
        Ok(Self {
            endpoint: format!("http://{address}"),
            phase: seen_phase,
            replicator: seen_replicator,
            losing,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The URL it serves on.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Waits until everything is loaded, the known drift included, and the stream is enabled.
    ///
    /// # Errors
    /// When loading failed.
    pub async fn ready(&self) -> Result<(), SandboxError> {
        let mut phase = self.phase.clone();
        let reached = phase.wait_for(|phase| *phase != Phase::Loading).await;
        match reached.as_deref() {
            Ok(Phase::Failed(error)) => Err(error.clone()),
            Ok(_) => Ok(()),
            Err(_) => Err(SandboxError::Stopped),
        }
    }

    /// Writes a change that the replicator loses, as by the fault `drop`, and makes up for some time later.
    pub fn lose_change(&self) {
        self.losing.store(true, Ordering::Relaxed);
    }

    /// Where the replicator stands.
    #[must_use]
    pub fn replicator(&self) -> ReplicatorState {
        self.replicator.borrow().clone()
    }

    /// The dataset file of the demo.
    #[must_use]
    pub const fn dataset_text() -> &'static str {
        tables::DATASET_FILE
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sandbox's thread panicked");
        }
    }
}

#[cfg(test)]
mod tests;

//! The sandbox's thread: creates, serves, loads, seeds drift, then replicates and writes until it is stopped.

use super::database::{Cursor, Database};
use super::drift::{Plan, edit_base};
use super::load::load;
use super::replicator::Replicator;
use super::stop::Stop;
use super::writer::Writer;
use super::{Options, Progress, ReplicatorState, SandboxError, data, tables};
use crate::domain::mapping::BoundDataset;
use crate::domain::value::Item;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// How long requests that still run may hold up the end.
const FAREWELL: Duration = Duration::from_millis(500);

/// How fast things happen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How often the stream is looked at while something happens.
    pub(super) poll: Duration,
    /// How often while nothing does.
    pub(super) idle: Duration,
    /// The time between two live writes.
    pub(super) write_every: Duration,
    /// Live writes in all: the embedded database slows down as stream records pile up.
    pub(super) writes: usize,
    /// How long the fault `delay` holds a record.
    pub(super) delay: Duration,
    /// After how long the replicator makes up for a change that it was told to lose.
    pub(super) mend: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(50),
            idle: Duration::from_millis(200),
            write_every: Duration::from_millis(150),
            writes: 2_000,
            delay: Duration::from_secs(5),
            mend: Duration::from_secs(45),
        }
    }
}

/// How far the sandbox has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not everything is loaded.
    Loading,
    /// Everything is loaded; the stream is enabled.
    Ready,
    /// It went wrong; what is loaded is served on.
    Failed(SandboxError),
}

/// What runs on the sandbox's thread.
pub(super) struct Worker {
    pub(super) options: Options,
    pub(super) pace: Pace,
    /// Whether a change is to be lost.
    pub(super) losing: Arc<AtomicBool>,
    pub(super) stop: Stop,
    pub(super) phase: watch::Sender<Phase>,
    pub(super) replicator: watch::Sender<ReplicatorState>,
    pub(super) progress: Box<dyn Fn(Progress) + Send>,
}

/// What loading leaves for what follows.
struct Loaded {
    dataset: BoundDataset,
    base: Vec<Item>,
    plan: Plan,
    stream: Cursor,
}

impl Worker {
    /// Runs until it is stopped.
    pub(super) fn run(self, listener: TcpListener) {
        if let Err(error) = self.serve(listener) {
            self.fail(error);
        }
    }

    /// Serves on `listener` and works until it is stopped. Tables exist before the first answer,
    /// so nobody sees a part of them.
    fn serve(&self, listener: TcpListener) -> Result<(), SandboxError> {
        let database = Database::memory()?;
        for table in tables::all() {
            database.create(&table)?;
        }
        let start = |error: std::io::Error| SandboxError::Start(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox-server")
            .enable_all()
            .build()
            .map_err(start)?;
        let (leave, left) = oneshot::channel::<()>();
        let server = {
            let _inside = runtime.enter();
            let listener = tokio::net::TcpListener::from_std(listener).map_err(start)?;
            runtime.spawn(database.clone().serve(listener, async {
                let _ = left.await;
            }))
        };
        if let Err(error) = self.work(&database) {
            self.fail(error);
            self.stop.wait();
        }
        drop(leave);
        let _ = runtime.block_on(async { tokio::time::timeout(FAREWELL, server).await });
        runtime.shutdown_timeout(FAREWELL);
        Ok(())
    }

    fn fail(&self, error: SandboxError) {
        if error != SandboxError::Stopped {
            tracing::error!(%error, "the sandbox failed");
        }
        self.phase.send_replace(Phase::Failed(error));
    }

    fn work(&self, database: &Database) -> Result<(), SandboxError> {
        let loaded = self.load(database)?;
        self.phase.send_replace(Phase::Ready);
        self.follow(database, loaded)
    }

    /// Loads without stream records and enables the stream last.
    fn load(&self, database: &Database) -> Result<Loaded, SandboxError> {
        let dataset = tables::dataset()?;
        let mut base = data::strikes()?;
        if self.options.drift {
            edit_base(&mut base)?;
        }
        load(database, &dataset, &base, &self.stop, &self.progress)?;
        let plan = if self.options.drift {
            Plan::new(&dataset, &base)?
        } else {
            Plan::default()
        };
        plan.apply(database)?;
        let stream = database.enable_stream(tables::BASE)?;
        Ok(Loaded {
            dataset,
            base,
            plan,
            stream,
        })
    }

    fn follow(&self, database: &Database, loaded: Loaded) -> Result<(), SandboxError> {
        let Loaded {
            dataset,
            base,
            plan,
            stream,
        } = loaded;
        let Options { seed, faults, .. } = &self.options;
        let mut replicator =
            Replicator::new(database, &dataset, faults, *seed, self.pace.delay, stream);
        let count = if self.options.live_writes {
            self.pace.writes
        } else {
            0
        };
        let mut writer = Writer::new(database, &dataset, &base, &plan.carriers, *seed, count);
        drop(base);
        let mut pause = self.pace.poll;
        let mut next_write = Instant::now();
        loop {
            self.stop.sleep(pause)?;
            let now = Instant::now();
            let losing = self.losing.swap(false, Ordering::Relaxed);
            if losing {
                replicator.lose_next(self.pace.mend);
            }
            retry_later("replicate", replicator.step(now));
            self.publish(replicator.state());
            if losing || (!writer.is_done() && now >= next_write) {
                let time = chrono::Utc::now();
                let time = time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                retry_later("write", writer.write(&time));
                next_write = now + self.pace.write_every;
            }
            let busy = !writer.is_done() || replicator.state().waiting > 0;
            pause = if busy {
                self.pace.poll
            } else {
                (pause * 2).min(self.pace.idle)
            };
        }
    }

    fn publish(&self, state: &ReplicatorState) {
        self.replicator.send_if_modified(|seen| {
            let news = seen != state;
            if news {
                seen.clone_from(state);
            }
            news
        });
    }
}

fn retry_later(what: &str, outcome: Result<(), SandboxError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, what, "the sandbox tries again");
    }
}

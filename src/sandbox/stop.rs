//! How the sandbox's thread learns that it must end: its handle is dropped.

use super::SandboxError;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::Duration;

/// Dropping it stops the thread that holds the [`Stop`].
#[derive(Debug)]
pub(super) struct StopHandle {
    _sender: Sender<()>,
}

/// The thread's side.
#[derive(Debug)]
pub(super) struct Stop(Receiver<()>);

/// A handle and what it stops.
pub(super) fn pair() -> (StopHandle, Stop) {
    let (sender, receiver) = channel();
    (StopHandle { _sender: sender }, Stop(receiver))
}

impl Stop {
    /// An error as soon as the handle was dropped.
    pub(super) fn check(&self) -> Result<(), SandboxError> {
        match self.0.try_recv() {
            Ok(()) | Err(TryRecvError::Empty) => Ok(()),
            Err(TryRecvError::Disconnected) => Err(SandboxError::Stopped),
        }
    }

    /// Sleeps for `time`; wakes with an error as soon as the handle is dropped.
    pub(super) fn sleep(&self, time: Duration) -> Result<(), SandboxError> {
        match self.0.recv_timeout(time) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => Err(SandboxError::Stopped),
        }
    }

    /// Sleeps until the handle is dropped.
    pub(super) fn wait(&self) {
        while self.0.recv().is_ok() {}
    }
}

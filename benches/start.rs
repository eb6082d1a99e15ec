//! How long a start takes and what idling costs, in a pseudo-terminal, beside `true` in the same one.
//!
//! Prints medians over `RUNS` starts each; needs the release build, which `cargo bench` makes.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_stack_arrays,
    reason = "a bench prints, and fails where it stands"
)]

use driftscope::sandbox::{Options, Sandbox};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

const RUNS: usize = 21;
const PATIENCE: Duration = Duration::from_secs(20);

struct Started {
    begun: Instant,
    output: Receiver<(Instant, Vec<u8>)>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
}

fn start(program: &str, args: &[&str], home: &str) -> Started {
    let pair = native_pty_system()
        .openpty(PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })
        .expect("a pty");
    let mut command = CommandBuilder::new(program);
    command.args(args);
    command.env("TERM", "xterm-256color");
    command.env("HOME", home);
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            if sender.send((Instant::now(), buffer[..n].to_vec())).is_err() {
                return;
            }
        }
    });
    let writer = pair.master.take_writer().expect("a writer");
    let begun = Instant::now();
    let child = pair.slave.spawn_command(command).expect("a child");
    Started {
        begun,
        output,
        child,
        writer,
        _master: pair.master,
    }
}

impl Started {
    /// Milliseconds until a text was written to the terminal.
    fn until(&self, what: &str) -> f64 {
        let mut seen = Vec::new();
        loop {
            let (at, bytes) = self
                .output
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("never wrote {what:?}"));
            seen.extend(bytes);
            if seen.windows(what.len()).any(|w| w == what.as_bytes()) {
                return millis(at - self.begun);
            }
        }
    }

    /// Bytes written to the terminal within a while.
    fn bytes_within(&self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut sum = 0;
        loop {
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok((_, bytes)) => sum += bytes.len(),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return sum,
            }
        }
    }

    fn quit(mut self) {
        let _ = self.writer.write_all(b"\x03\x03q");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path().to_str().expect("a path");
    let program = env!("CARGO_BIN_EXE_driftscope");
    let sandbox = Sandbox::start(
        Options {
            live_writes: false,
            ..Options::default()
        },
        |_| {},
    )
    .expect("a sandbox");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(sandbox.ready()).expect("a loaded sandbox");
    let endpoint = ["--endpoint-url", sandbox.endpoint()];

    let (mut nothing, mut demo, mut remote, mut names) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut started = start("true", &[], home);
        started.child.wait().expect("an end");
        nothing.push(millis(started.begun.elapsed()));
        let started = start(program, &["--demo"], home);
        demo.push(started.until("driftscope"));
        started.quit();
        let started = start(program, &endpoint, home);
        remote.push(started.until("driftscope"));
        names.push(started.until("strikes_by_month"));
        started.quit();
    }
    let base = median(nothing);
    println!("`true` to its end                       {base:6.1} ms");
    for (what, figures) in [
        ("--demo to the first frame", demo),
        ("--endpoint-url to the first frame", remote),
        ("--endpoint-url to the table names", names),
    ] {
        let median = median(figures);
        println!(
            "{what:38} {median:6.1} ms, {:5.1} ms over `true`",
            median - base
        );
    }

    let started = start(program, &endpoint, home);
    started.until("strikes_by_month");
    started.bytes_within(Duration::from_secs(2));
    let bytes = started.bytes_within(Duration::from_secs(5));
    println!("bytes drawn in 5 idle seconds           {bytes:6}");
    started.quit();
}

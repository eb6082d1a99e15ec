//! The command line: the composition root of everything headless.
//!
//! Owns arguments, printing, and exit codes. stdout carries the result; stderr progress, summary, and
//! problems. Decides nothing about routes or drift.

mod analyze;
pub mod args;
mod drift;
mod exit;
mod explain;
#[cfg(feature = "tui")]
mod interactive;
mod lag;
mod output;
mod progress;
mod query;
mod recheck;
mod request;
#[cfg(feature = "sandbox")]
mod sandbox;
mod session;
mod tables;

pub use args::{Cli, Command};
pub use exit::{Exit, Failure};

use args::Global;
use clap::CommandFactory;
use output::Output;
use session::Session;
use std::sync::Arc;

/// Runs the program to its exit code.
#[must_use]
pub fn run(cli: Cli) -> Exit {
    let quiet = cli.global.quiet;
    match dispatch(cli) {
        Ok(exit) => exit,
        Err(failure) => {
            output::report(&failure.problems, quiet);
            failure.exit
        }
    }
}

fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    match command {
        None => interactive(&global),
        Some(Command::Completions { shell }) => {
            let mut out = Output::open(&global)?;
            // The generator panics when it cannot write: it gets memory.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "driftscope", &mut script);
            output::written(out.writer().write_all(&script))?;
            out.finish()
        }
        #[cfg(feature = "sandbox")]
        Some(Command::Sandbox(args)) => sandbox::serve(&global, &args),
        Some(Command::Tables) => headless(&global, async |session| {
            tables::run(&session, &global).await
        }),
        Some(Command::Query(args)) => headless(&global, async |session| {
            query::run(&session, &global, &args).await
        }),
        Some(Command::Explain(args)) => headless(&global, async |session| {
            explain::run(&session, &global, &args).await
        }),
        Some(Command::Analyze(args)) => headless(&global, async |session| {
            analyze::run(&session, &global, &args).await
        }),
        Some(Command::Lag(args)) => headless(&global, async |session| {
            lag::run(&session, &global, &args).await
        }),
        Some(Command::Drift(args)) => headless(&global, async |session| {
            drift::run(&session, &global, &args).await
        }),
        Some(Command::Recheck(args)) => headless(&global, async |session| {
            recheck::run(&session, &global, &args).await
        }),
    }
}

/// Connects, runs one command, and lets go of everything.
fn headless(
    global: &Global,
    command: impl AsyncFnOnce(Arc<Session>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    crate::telemetry::init(global.verbose);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| session::failed("the runtime did not start", &e))?;
    runtime.block_on(async {
        let session = Arc::new(Session::open(global).await?);
        command(session).await
    })
}

#[cfg(feature = "tui")]
fn interactive(global: &Global) -> Result<Exit, Failure> {
    crate::telemetry::init(global.verbose);
    interactive::run(global)
}

#[cfg(not(feature = "tui"))]
fn interactive(_global: &Global) -> Result<Exit, Failure> {
    use crate::domain::problem::Problem;
    Err(Failure::usage(
        Problem::new("no command was given")
            .because("this build has no terminal explorer")
            .hint("`driftscope --help`"),
    ))
}

//! The `driftscope` program.

use clap::Parser;
use driftscope::cli::{Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(Cli::parse()).into()
}

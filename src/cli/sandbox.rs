//! `sandbox`: serves the demo dataset on loopback; and the sandbox behind `--demo`.

use super::args::{Global, SandboxArgs};
use super::exit::{Exit, Failure};
use super::output::{Output, note, written};
use super::progress::Progress;
use super::session::failed;
use crate::sandbox::{Fault, Options, Sandbox};
use serde_json::json;

/// Starts a sandbox and waits until it is loaded.
pub(super) async fn start_ready(global: &Global, options: Options) -> Result<Sandbox, Failure> {
    let progress = Progress::new(global, "loading the sandbox");
    let bar = progress.clone();
    let sandbox = Sandbox::start(options, move |p| {
        bar.at(p.done as u64, Some(p.total as u64));
    })
    .map_err(|e| failed("the sandbox did not start", &e))?;
    sandbox
        .ready()
        .await
        .map_err(|e| failed("the sandbox could not be loaded", &e))?;
    progress.clear();
    Ok(sandbox)
}

/// Serves until interrupted; prints one JSON line with the URL.
pub(super) fn serve(global: &Global, args: &SandboxArgs) -> Result<Exit, Failure> {
    let faults = args
        .faults
        .iter()
        .map(|f| f.parse::<Fault>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::usage)?;
    let options = Options {
        drift: !args.no_drift,
        live_writes: !args.no_writes,
        faults,
        port: args.port,
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| failed("the runtime did not start", &e))?;
    runtime.block_on(async {
        let sandbox = start_ready(global, options).await?;
        let mut out = Output::open(global)?;
        written(writeln!(
            out.writer(),
            "{}",
            json!({"url": sandbox.endpoint()})
        ))?;
        written(out.writer().flush())?;
        note(global.quiet, "serving; ctrl-c ends");
        wait_for_end().await;
        Ok(Exit::Clean)
    })
}

async fn wait_for_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

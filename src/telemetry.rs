//! Logs go to a file, never to the screen, and never carry item values.

use crate::config;
use tracing_subscriber::EnvFilter;

/// Starts logging when `-v` or `DRIFTSCOPE_LOG` asks for it. A log that cannot be written is no reason not to run.
pub fn init(verbosity: u8) {
    let filter = match (verbosity, std::env::var("DRIFTSCOPE_LOG")) {
        (_, Ok(text)) if !text.is_empty() => EnvFilter::new(text),
        (0, _) => return,
        (1, _) => EnvFilter::new("driftscope=info"),
        (2, _) => EnvFilter::new("driftscope=debug"),
        _ => EnvFilter::new("driftscope=trace"),
    };
    let Some(directory) = config::state_directory() else {
        return;
    };
    if std::fs::create_dir_all(&directory).is_err() {
        return;
    }
    let Ok(appender) = tracing_appender::rolling::Builder::new()
        .filename_prefix("driftscope")
        .filename_suffix("log")
        .max_log_files(3)
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .build(directory)
    else {
        return;
    };
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(appender)
        .try_init();
}

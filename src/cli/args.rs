//! The command line, as data for clap. Stable: scripts depend on it.

use crate::domain::names::Rcu;
use crate::domain::query::Consistency;
use crate::store::budget::Limits;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// A read-only terminal explorer for datasets that live in several `DynamoDB` tables at once.
#[derive(Debug, Parser)]
#[command(name = "driftscope", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// Where to read, and how to print.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without a command the terminal explorer opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 clean and complete, 1 confirmed drift, 2 usage, query or dataset file,\n\
                          3 incomplete (budget, hot keys, interrupted), 4 access or service";

/// Flags every command understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Run on the embedded sandbox: no AWS, no network
    #[cfg(all(feature = "sandbox", feature = "aws"))]
    #[arg(long, global = true, conflicts_with_all = ["profile", "region", "endpoint_url"])]
    pub demo: bool,
    /// AWS profile
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// AWS region
    #[arg(long, global = true, value_name = "NAME")]
    pub region: Option<String>,
    /// Another endpoint than the region's own
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Dataset file; repeatable [default: ./driftscope.toml, then the config directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub dataset: Vec<PathBuf>,
    /// Hard stop after this many read capacity units
    #[arg(long, global = true, value_name = "N", value_parser = positive)]
    max_rcu: Option<f64>,
    /// Read at most this many units a second [default: a fifth of what provisioned tables have; a check 500]
    #[arg(long, global = true, value_name = "N", value_parser = positive)]
    rcu_per_second: Option<f64>,
    /// Run although the estimate is above the asking limit
    #[arg(long, global = true)]
    pub yes: bool,
    /// When to use color
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Theme of the terminal explorer
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Configuration file [default: config.toml in the config directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Format of the result
    #[arg(long, global = true, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub format: Format,
    /// Write the result to a file instead of stdout
    #[arg(long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// No progress and no summary on stderr
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Log more to the log file; repeat for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl Global {
    /// How much and how fast the command or session may read.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            max_rcu: self.max_rcu.map(Rcu),
            rcu_per_second: self.rcu_per_second.map(Rcu),
        }
    }

    /// Whether to run on the embedded sandbox.
    #[cfg(all(feature = "sandbox", feature = "aws"))]
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        self.demo
    }

    /// Whether to run on the embedded sandbox: this build has none.
    #[cfg(not(all(feature = "sandbox", feature = "aws")))]
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        false
    }
}

/// When to use color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// As the terminal and `NO_COLOR` say
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned text
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// List datasets, base tables, copies, and indexes with keys, sizes, and scan cost
    Tables,
    /// Run a request over the cheapest route
    Query(QueryArgs),
    /// Show the route of a request without reading a single item
    Explain(RequestArgs),
    /// Sample tables, so that estimates are right: statistics are kept for later runs
    Analyze(AnalyzeArgs),
    /// Check the copies of a dataset against its base table
    Drift(DriftArgs),
    /// Look again at the findings of a file
    Recheck(RecheckArgs),
    /// Follow changes from the stream of the base to its copies: how far are they behind?
    Lag(LagArgs),
    /// Serve the demo dataset on loopback for any `DynamoDB` client
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArgs),
    /// Print a completion script
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

/// `query`.
#[derive(Debug, Clone, Args)]
pub struct QueryArgs {
    /// What to read.
    #[command(flatten)]
    pub request: RequestArgs,
    /// At most this many items evaluated for each page
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub page_size: Option<u32>,
    /// How items are written as JSON
    #[arg(long, value_enum, default_value_t = ItemFormat::Plain, value_name = "FORM")]
    pub items: ItemFormat,
}

/// How items are written as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ItemFormat {
    /// Plain JSON; numbers keep all their digits
    Plain,
    /// Typed `DynamoDB` JSON
    Dynamodb,
}

/// What `query` runs and `explain` explains.
#[derive(Debug, Clone, Args)]
pub struct RequestArgs {
    /// The request, such as "SELECT * FROM strikes WHERE operator = 'UNITED AIRLINES' LIMIT 10"
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// Read strongly: twice the units, no copies, no global indexes
    #[arg(long)]
    consistent: bool,
}

impl RequestArgs {
    /// How reads see recent writes.
    #[must_use]
    pub const fn consistency(&self) -> Consistency {
        if self.consistent {
            Consistency::Strong
        } else {
            Consistency::Eventual
        }
    }
}

/// `analyze`.
#[derive(Debug, Clone, Args)]
pub struct AnalyzeArgs {
    /// The dataset, or a table [default: every dataset; every table where there is none]
    #[arg(id = "analyzed", value_name = "DATASET")]
    pub dataset: Option<String>,
}

/// `drift`.
#[derive(Debug, Clone, Args)]
pub struct DriftArgs {
    /// The dataset; may be left out when there is exactly one
    #[arg(id = "checked", value_name = "DATASET")]
    pub dataset: Option<String>,
    /// Only this copy; repeatable
    #[arg(long = "copy", value_name = "NAME")]
    pub copies: Vec<String>,
    /// Everything, or a sample that bounds the rate of drift
    #[arg(long, value_enum, default_value_t = CheckMode::Full, value_name = "MODE")]
    pub mode: CheckMode,
    /// Only this partition of the one copy, such as "month = '1998-08'"
    #[arg(long, value_name = "CONDITION")]
    pub partition: Option<String>,
    /// Items of each side to sample [default: 2995: none drifted means at most 0.1%, 95% sure]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sample: Option<u64>,
    /// How long a difference must last, such as 30s [default: the dataset file's]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub grace: Option<Duration>,
    /// Follow the stream and look at what changes, until ctrl-c
    #[arg(long, conflicts_with_all = ["mode", "partition", "sample", "checkpoint"])]
    pub watch: bool,
    /// Watch for so long, such as 10m: what changed by then is looked at to the end
    #[arg(long = "for", value_name = "DURATION", requires = "watch", value_parser = duration)]
    pub time: Option<Duration>,
    /// Write findings to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub findings: Option<PathBuf>,
    /// Keep there what was read, in FILE and FILE.d, and go on from it when the check was stopped
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Findings of an earlier check that are accepted: told, and no drift for the exit code
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write what would mend the copies, and run nothing of it: requests to a `.jsonl` file, or
    /// `aws dynamodb` commands to a `.sh` file
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

/// How much a check reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckMode {
    /// Every item of both sides
    Full,
    /// A sample of both sides
    Sample,
}

/// `recheck`.
#[derive(Debug, Clone, Args)]
pub struct RecheckArgs {
    /// What `drift --findings FILE` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `lag`.
#[derive(Debug, Clone, Args)]
pub struct LagArgs {
    /// The dataset; may be left out when there is exactly one
    #[arg(id = "followed", value_name = "DATASET")]
    pub dataset: Option<String>,
    /// Go on and tell every few seconds, until ctrl-c
    #[arg(long)]
    follow: bool,
}

/// When `lag` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When the state of each copy is known, or a few seconds are over.
    Known,
    /// When it is interrupted.
    Interrupted,
}

impl LagArgs {
    /// When to end.
    #[must_use]
    pub const fn until(&self) -> Until {
        if self.follow {
            Until::Interrupted
        } else {
            Until::Known
        }
    }
}

/// `sandbox`.
#[derive(Debug, Clone, Args)]
pub struct SandboxArgs {
    /// Port on loopback; 0 takes any
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub port: u16,
    /// Faults of the replicator: drop, delay, duplicate, resurrect, stop
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub faults: Vec<String>,
    /// Start without the known drift
    #[arg(long)]
    pub no_drift: bool,
    /// No live writes
    #[arg(long)]
    pub no_writes: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.replace('_', "").parse::<f64>() {
        Ok(n) if n > 0.0 && n.is_finite() => Ok(n),
        _ => Err("expected a number above 0".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    crate::domain::mapping::parse_duration(text)
        .ok_or_else(|| "expected a duration such as `500ms`, `30s`, or `2m`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent_in_itself() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_are_accepted_after_the_command() {
        let cli = Cli::parse_from([
            "driftscope",
            "tables",
            "--format",
            "json",
            "--region",
            "eu-west-1",
        ]);
        assert_eq!(cli.global.format, Format::Json);
        assert_eq!(cli.global.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_budget_must_be_above_zero() {
        assert!(Cli::try_parse_from(["driftscope", "--max-rcu", "0", "tables"]).is_err());
        assert!(Cli::try_parse_from(["driftscope", "--max-rcu", "1_000", "tables"]).is_ok());
    }

    #[test]
    fn budget_and_pace_are_limits_of_every_command() {
        let cli = Cli::parse_from([
            "driftscope",
            "drift",
            "--max-rcu",
            "1_000",
            "--rcu-per-second",
            "2.5",
        ]);
        let limits = Limits {
            max_rcu: Some(Rcu(1_000.0)),
            rcu_per_second: Some(Rcu(2.5)),
        };
        assert_eq!(cli.global.limits(), limits);
    }
}

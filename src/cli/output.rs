//! Where results go: stdout or a file; and how problems reach stderr.

use super::args::Global;
use super::exit::{Exit, Failure};
use crate::domain::names::{Range, Rcu};
use crate::domain::problem::Problem;
use crate::store::budget::Throttled;
use std::fs::File;
#[cfg(feature = "tui")]
use std::io::IsTerminal as _;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;
use tokio::sync::watch;

/// The destination of a result.
pub(super) struct Output {
    writer: BufWriter<Sink>,
}

/// A writer whose reader may go away (`| head`): that is remembered, and no failure.
struct Sink {
    inner: Box<dyn Write + Send>,
    closed: bool,
}

impl Sink {
    fn unless_closed<T>(&mut self, result: io::Result<T>, taken: T) -> io::Result<T> {
        match result {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(taken)
            }
            other => other,
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.write(bytes);
        self.unless_closed(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.flush();
        self.unless_closed(result, ())
    }
}

impl Output {
    /// Opens `--output`, or stdout.
    pub(super) fn open(global: &Global) -> Result<Self, Failure> {
        let inner: Box<dyn Write + Send> = match &global.output {
            Some(path) => Box::new(create(path)?),
            None => Box::new(io::stdout()),
        };
        Ok(Self {
            writer: BufWriter::new(Sink {
                inner,
                closed: false,
            }),
        })
    }

    /// The writer itself.
    pub(super) fn writer(&mut self) -> &mut (dyn Write + Send) {
        &mut self.writer
    }

    /// Whether whoever read the result went away: more of it is of no use.
    pub(super) fn is_closed(&self) -> bool {
        self.writer.get_ref().closed
    }

    /// Flushes.
    pub(super) fn finish(&mut self) -> Result<Exit, Failure> {
        written(self.writer.flush())?;
        Ok(Exit::Clean)
    }
}

/// Columns that a result may take: those of the terminal, or of `COLUMNS`; as many as it needs in a file or
/// a pipe.
pub(super) fn columns(global: &Global) -> usize {
    let asked = std::env::var("COLUMNS").ok();
    let asked = asked.and_then(|columns| columns.parse().ok());
    match &global.output {
        Some(_) => usize::MAX,
        None => asked.or_else(terminal_columns).unwrap_or(usize::MAX),
    }
}

#[cfg(feature = "tui")]
fn terminal_columns() -> Option<usize> {
    let (columns, _) = io::stdout()
        .is_terminal()
        .then(crossterm::terminal::size)?
        .ok()?;
    Some(usize::from(columns))
}

#[cfg(not(feature = "tui"))]
const fn terminal_columns() -> Option<usize> {
    None
}

/// Creates a file the user named.
pub(super) fn create(path: &Path) -> Result<File, Failure> {
    File::create(path)
        .map_err(|e| unwritable(&format!("`{}` cannot be written", path.display()), &e))
}

/// Turns an error of writing the result into a failure.
pub(super) fn written(result: io::Result<()>) -> Result<(), Failure> {
    result.map_err(|e| unwritable("the result cannot be written", &e))
}

/// What to say when a file or stdout takes nothing.
pub(super) fn unwritable(what: &str, error: &io::Error) -> Failure {
    let hint = if error.kind() == ErrorKind::StorageFull {
        "free some space, or write to another file"
    } else {
        "write to another file"
    };
    Failure {
        exit: Exit::Access,
        problems: vec![Problem::new(what).because(error.to_string()).hint(hint)],
    }
}

/// Writes a line to stderr, unless quiet. There is nowhere to report a failure of stderr itself.
pub(super) fn note(quiet: bool, text: &str) {
    if !quiet {
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// Says on stderr what was throttled last, and how fast is read since.
pub(super) fn tell(throttled: &mut watch::Receiver<Option<Throttled>>, quiet: bool) {
    if let Some(throttled) = throttled.borrow_and_update().as_ref() {
        note(quiet, &throttled.to_string());
    }
}

/// Writes problems to stderr: what, why, what to try.
pub(super) fn report(problems: &[Problem], quiet: bool) {
    let mut err = io::stderr().lock();
    for problem in problems {
        let _ = writeln!(err, "error: {}", headline(problem));
        if quiet {
            continue;
        }
        if let Some(why) = &problem.why {
            let _ = writeln!(err, "  why: {why}");
        }
        if let Some(hint) = &problem.hint {
            let _ = writeln!(err, "  try: {hint}");
        }
    }
}

fn headline(problem: &Problem) -> String {
    Problem {
        why: None,
        hint: None,
        ..problem.clone()
    }
    .to_string()
}

/// A range of units: `313 to 316.5 RCU`.
pub(super) fn units(range: Range<Rcu>) -> String {
    match range.high {
        Some(high) => format!("{} to {} RCU", range.low.0, high.0),
        None => format!("{} RCU or more", range.low.0),
    }
}

/// Bytes with a binary unit: `2.8 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// A format that makes no sense for a command.
pub(super) fn no_such_format(command: &str, formats: &str) -> Failure {
    Failure::usage(
        Problem::new(format!("`{command}` has no such format"))
            .hint(format!("`--format` with one of {formats}")),
    )
}

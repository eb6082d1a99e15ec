//! Where results go: stdout or a file; and how problems reach stderr.

use super::args::Global;
use super::exit::{Exit, Failure};
use super::session::failed;
use crate::domain::problem::Problem;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};

/// The destination of a result.
pub(super) struct Output {
    writer: Box<dyn Write + Send>,
}

impl Output {
    /// Opens `--output`, or stdout.
    pub(super) fn open(global: &Global) -> Result<Self, Failure> {
        let writer: Box<dyn Write + Send> =
            match &global.output {
                Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|e| {
                    failed(&format!("`{}` cannot be written", path.display()), &e)
                })?)),
                None => Box::new(BufWriter::new(io::stdout())),
            };
        Ok(Self { writer })
    }

    /// The writer itself.
    pub(super) fn writer(&mut self) -> &mut (dyn Write + Send) {
        &mut *self.writer
    }

    /// Flushes; a reader that went away (`| head`) is no failure.
    pub(super) fn finish(mut self) -> Result<Exit, Failure> {
        written(self.writer.flush())?;
        Ok(Exit::Clean)
    }
}

/// Turns a write error into a failure; a closed pipe ends the output quietly.
pub(super) fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            let hint = if e.kind() == ErrorKind::StorageFull {
                "free some space, or choose another `--output`"
            } else {
                "another `--output`"
            };
            Err(Failure {
                exit: Exit::Access,
                problems: vec![
                    Problem::new("the result cannot be written")
                        .because(e.to_string())
                        .hint(hint),
                ],
            })
        }
        _ => Ok(()),
    }
}

/// Writes a line to stderr, unless quiet. There is nowhere to report a failure of stderr itself.
pub(super) fn note(quiet: bool, text: &str) {
    if !quiet {
        let _ = writeln!(io::stderr(), "{text}");
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

/// A format that makes no sense for a command.
pub(super) fn no_such_format(command: &str, formats: &str) -> Failure {
    Failure::usage(
        Problem::new(format!("`{command}` has no such format"))
            .hint(format!("`--format` with one of {formats}")),
    )
}

//! Writing lines to a file that the user named: whole or not at all, and over nothing unasked.

use super::Runner;
use crate::app::Event;
use crate::app::export::{Existing, Written};
use crate::domain::problem::Problem;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

impl Runner {
    /// Writes behind the screen.
    pub(super) fn write(&self, path: String, lines: Vec<String>, existing: Existing) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let place = located(&path, std::env::var_os("HOME").map(PathBuf::from));
            let job = tokio::task::spawn_blocking(move || written(&place, &lines, existing));
            let written = job.await.unwrap_or_else(|error| failed(&error.to_string()));
            let _ = events.send(Event::Written(path, written)).await;
        });
    }
}

/// Where a name is: `~/` stands for the home directory, as in a shell.
fn located(path: &str, home: Option<PathBuf>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

fn failed(why: &str) -> Written {
    Written::Failed(
        Problem::new("the findings could not be written")
            .because(why)
            .hint("`w` asks for another name"),
    )
}

fn written(path: &Path, lines: &[String], existing: Existing) -> Written {
    // A device or a directory is no file to be replaced.
    let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    if special {
        return failed(&format!("`{}` is not a file", path.display()));
    }
    match put(path, lines, existing) {
        Ok(()) => Written::Whole(lines.len()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Written::Existed,
        Err(error) => failed(&error.to_string()),
    }
}

/// Writes beside the place and then into it. The file holds values of items: only its owner reads it.
fn put(path: &Path, lines: &[String], existing: Existing) -> io::Result<()> {
    let directory = path.parent().filter(|parent| *parent != Path::new(""));
    let mut file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    let mut out = io::BufWriter::new(&mut file);
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    drop(out);
    let kept = match existing {
        Existing::Stays => file.persist_noclobber(path),
        Existing::Goes => file.persist(path),
    };
    kept.map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_replaced_only_when_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("found.jsonl");
        let lines = |text: &str| vec![text.to_owned(); 2];
        assert_eq!(
            written(&path, &lines("one"), Existing::Stays),
            Written::Whole(2)
        );
        assert_eq!(
            written(&path, &lines("two"), Existing::Stays),
            Written::Existed
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\none\n");
        assert_eq!(
            written(&path, &lines("two"), Existing::Goes),
            Written::Whole(2)
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\ntwo\n");
        let files = fs::read_dir(directory.path()).unwrap();
        assert_eq!(files.count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_is_no_file_is_not_replaced_and_no_directory_is_made() {
        let directory = tempfile::tempdir().unwrap();
        for path in [
            directory.path().to_owned(),
            directory.path().join("none/found.jsonl"),
        ] {
            let written = written(&path, &["line".to_owned()], Existing::Goes);
            assert!(matches!(written, Written::Failed(_)), "{written:?}");
        }
    }

    #[test]
    fn a_tilde_is_the_home_directory() {
        let home = Some(PathBuf::from("/home/me"));
        assert_eq!(
            located("~/a.jsonl", home.clone()),
            Path::new("/home/me/a.jsonl")
        );
        assert_eq!(located("a~/b.jsonl", home), Path::new("a~/b.jsonl"));
    }
}

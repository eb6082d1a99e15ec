//! Where a checkpoint is: its file, its directory, and who may write there.

use super::journal::{Journal, JournalPage};
use super::manifest::{Manifest, Spec};
use crate::engine::drift::spill::Side;
use crate::engine::drift::standing::{Mark, Standing};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What the names of files in the directory begin with.
const JOURNAL: &str = "journal.";
const SIDE: &str = "side.";
/// The file that says who writes there.
const LOCK: &str = "lock";

/// A checkpoint that this program alone writes.
#[derive(Debug)]
pub(in crate::engine::drift) struct Saved {
    path: PathBuf,
    directory: PathBuf,
    /// Held while this one is in use.
    _lock: File,
    spec: Spec,
    generation: u64,
    journal: Option<Journal>,
}

impl Saved {
    /// Takes hold of the checkpoint at `path`, which may not be there yet.
    pub(super) fn lock(path: &Path, spec: Spec) -> io::Result<Self> {
        let directory = beside(path, ".d");
        match fs::create_dir(&directory) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => made?,
        }
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(directory.join(LOCK))?;
        lock.try_lock()?;
        Ok(Self {
            path: path.to_owned(),
            directory,
            _lock: lock,
            spec,
            generation: 0,
            journal: None,
        })
    }

    pub(super) const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Where files are kept.
    pub(in crate::engine::drift) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The file of a side's records.
    pub(super) fn side(&self, side: usize) -> PathBuf {
        self.directory.join(format!("{SIDE}{side}"))
    }

    fn journal_path(&self, generation: u64) -> PathBuf {
        self.directory.join(format!("{JOURNAL}{generation}"))
    }

    /// Writes a page down.
    pub(in crate::engine::drift) fn append(
        &mut self,
        mark: &Mark,
        records: &[Vec<u8>],
    ) -> io::Result<()> {
        match &mut self.journal {
            Some(journal) => journal.append(mark, records),
            None => Ok(()),
        }
    }

    /// Brings the checkpoint up to date with what the sides have on disk: the file is the one before or
    /// the one after, and each has its journal.
    pub(in crate::engine::drift) fn save(
        &mut self,
        standing: &Standing,
        sides: &[Side],
    ) -> io::Result<()> {
        for side in sides {
            side.sync()?;
        }
        let former = self.generation;
        let journal = Journal::create(&self.journal_path(former + 1))?;
        let manifest = Manifest {
            spec: self.spec.clone(),
            generation: former + 1,
            buckets: sides.first().map_or(1, |side| side.tallies().len()),
            standing: standing.clone(),
            sides: sides.iter().map(Side::told).collect(),
        };
        let new = beside(&self.path, ".new");
        let mut file = File::create(&new)?;
        file.write_all(&manifest.to_bytes()?)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        self.generation = former + 1;
        if self.journal.replace(journal).is_some() {
            fs::remove_file(self.journal_path(former))?;
        }
        Ok(())
    }

    /// The pages of the journal of that generation, which goes on; others are left from a moment when the
    /// program was killed.
    pub(super) fn resume(&mut self, generation: u64) -> io::Result<Vec<JournalPage>> {
        let (journal, pages) = Journal::open(&self.journal_path(generation))?;
        self.generation = generation;
        self.journal = Some(journal);
        for other in [generation.wrapping_sub(1), generation + 1] {
            let _absent = fs::remove_file(self.journal_path(other));
        }
        Ok(pages)
    }

    /// Removes what is left of a check whose checkpoint is gone.
    pub(super) fn clear(&self) -> io::Result<()> {
        clear(&self.directory)
    }
}

/// Removes the checkpoint at `path`. The file goes first: without it the rest is cleared when the next check
/// begins there, so what cannot be removed is nobody's trouble.
pub(super) fn remove(path: &Path) {
    let directory = beside(path, ".d");
    let gone = fs::remove_file(path)
        .and_then(|()| clear(&directory))
        .and_then(|()| fs::remove_file(directory.join(LOCK)))
        .and_then(|()| fs::remove_dir(&directory));
    if let Err(error) = gone {
        tracing::warn!("the checkpoint {} was not removed: {error}", path.display());
    }
}

fn clear(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(JOURNAL) || name.starts_with(SIDE) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// `path` with more at the end of its name.
fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    PathBuf::from(name)
}

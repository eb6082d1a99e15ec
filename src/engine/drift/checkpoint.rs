//! Checkpoints: a check that was stopped at any point, even by a loss of power, goes on where it was.
//!
//! `FILE` tells which check it is, where its scans stood, and how much of each file of records counts;
//! `FILE.d` holds those files and a journal of the pages read since. `FILE` is replaced as a whole when the
//! memory is written out, at most every few thousand pages; between that every page goes to the journal.
//! So what was read is read again only where a page was under way.
//!
//! Keys and digests are written, no items. Verification starts afresh: its verdicts rest on what both sides
//! hold now, not on what they held before. Whoever asked removes both once the answer is safe: a program
//! killed before that gives it again.

mod journal;
mod manifest;
mod saved;

pub(super) use saved::Saved;

use super::DriftOptions;
use super::kept::{Kept, buckets};
use super::spill::Side;
use super::standing::Standing;
use crate::domain::mapping::BoundDataset;
use crate::domain::names::Rcu;
use crate::domain::problem::Problem;
use manifest::{Manifest, Spec};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// A check that can be stopped and gone on with.
#[derive(Debug)]
pub struct Checkpoint {
    kept: Kept,
    resumed: Option<Resumed>,
}

/// What was read before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resumed {
    /// Items of all tables.
    pub items: u64,
    /// Units that were consumed for them.
    pub rcu: Rcu,
}

/// Why there is no going on from a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is another check's, or damaged, or in use.
    Refused(Problem),
    /// It cannot be read or written.
    Disk(Problem),
}

impl Checkpoint {
    /// The checkpoint of this check at `path`: what was read before, or nothing yet.
    ///
    /// # Errors
    /// When it is there but cannot be gone on with, or cannot be kept at all.
    pub fn open(
        path: &Path,
        dataset: &BoundDataset,
        options: &DriftOptions,
    ) -> Result<Self, Unusable> {
        let copies = options.chosen(dataset);
        let spec = Spec::new(dataset, &copies);
        let fresh = Standing::new(dataset, &copies, options.pace);
        // A file that is none of ours gets no directory beside it.
        manifest(path, &spec, &fresh)?;
        let mut saved = Saved::lock(path, spec).map_err(|error| unkept(path, &error))?;
        if let Some(manifest) = manifest(path, saved.spec(), &fresh)? {
            let resumed = resume(saved, manifest, options.memory);
            return resumed.map_err(|error| broken(path, &error));
        }
        let kept = begin(&mut saved, buckets(dataset, &copies), copies.len(), fresh);
        let (sides, standing) = kept.map_err(|error| unkept(path, &error))?;
        Ok(Self {
            kept: Kept::of(sides, standing, options.memory, Some(saved)),
            resumed: None,
        })
    }

    /// What was read before; `None` when it begins.
    #[must_use]
    pub const fn resumed(&self) -> Option<Resumed> {
        self.resumed
    }

    /// Removes the checkpoint at `path`: its check has its answer, and the answer has reached whoever wanted it.
    pub fn remove(path: &Path) {
        saved::remove(path);
    }

    /// What the check keeps from now on.
    pub(super) fn into_kept(self) -> Kept {
        self.kept
    }
}

/// The checkpoint at `path`, if there is one and it is of this check.
fn manifest(path: &Path, spec: &Spec, fresh: &Standing) -> Result<Option<Manifest>, Unusable> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unkept(path, &error)),
    };
    let same = |manifest: Manifest| {
        manifest.spec.is(spec)?;
        manifest.reads(fresh)?;
        Ok(manifest)
    };
    let manifest = Manifest::parse(&bytes).and_then(same);
    manifest
        .map(Some)
        .map_err(|(what, why)| refused(path, what, &why))
}

/// Makes the first checkpoint of a check, so that it is known before anything is read that it can be kept.
fn begin(
    saved: &mut Saved,
    buckets: usize,
    copies: usize,
    standing: Standing,
) -> io::Result<(Vec<Side>, Standing)> {
    saved.clear()?;
    let sides = (0..copies * 2).map(|side| Side::create(buckets, &saved.side(side)));
    let sides = sides.collect::<io::Result<Vec<_>>>()?;
    saved.save(&standing, &sides)?;
    Ok((sides, standing))
}

fn resume(mut saved: Saved, manifest: Manifest, memory: usize) -> io::Result<Checkpoint> {
    let sides = manifest.sides.iter().enumerate();
    let sides = sides
        .map(|(at, told)| Side::open(manifest.buckets, &saved.side(at), told))
        .collect::<io::Result<Vec<_>>>()?;
    let pages = saved.resume(manifest.generation)?;
    let mut kept = Kept::of(sides, manifest.standing, memory, Some(saved));
    for (mark, records) in pages {
        if !kept.take(mark, &records) {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    let read = kept.standing().consumed();
    Ok(Checkpoint {
        kept,
        resumed: Some(Resumed {
            items: read.items_read,
            rcu: read.rcu,
        }),
    })
}

fn refused(path: &Path, what: &str, why: &str) -> Unusable {
    let hint = format!(
        "`--checkpoint` with another file, or remove `{0}` and `{0}.d` to start again",
        path.display()
    );
    let what = format!("the checkpoint `{}` {what}", path.display());
    Unusable::Refused(Problem::new(what).because(why).hint(hint))
}

/// What the checkpoint names is not there, or not as it says.
fn broken(path: &Path, error: &io::Error) -> Unusable {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => refused(
            path,
            "is damaged",
            &format!("its records in `{}.d`: {error}", path.display()),
        ),
        _ => unkept(path, error),
    }
}

fn unkept(path: &Path, error: &io::Error) -> Unusable {
    if error.kind() == ErrorKind::WouldBlock {
        return refused(path, "is in use", "another check is writing it");
    }
    let what = format!("the checkpoint `{}` cannot be kept", path.display());
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free space there",
        _ => "`--checkpoint` with a file in another directory",
    };
    Unusable::Disk(Problem::new(what).because(error.to_string()).hint(hint))
}

#[cfg(test)]
mod tests;

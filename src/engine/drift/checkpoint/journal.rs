//! The journal of a checkpoint: the pages read since it was brought up to date.
//!
//! A frame is a length, a digest, and what they are of: the page's mark, then the records of each side that
//! has any. A frame that was cut by the end of the program, and what follows it, never was.

use crate::engine::drift::standing::Mark;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::xxh3_64;

/// How much a loss of power may cost; the end of the program costs nothing.
const SYNC: Duration = Duration::from_secs(5);
/// Bytes before what a frame holds.
const HEAD: usize = 4 + 8;

/// A page: how far it brings the scans, and its records by side.
pub(super) type JournalPage = (Mark, Vec<Vec<u8>>);

/// A journal that is written.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    end: u64,
    synced: Instant,
    frame: Vec<u8>,
}

impl Journal {
    /// An empty one.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self::at(File::create(path)?, 0))
    }

    /// The whole pages it holds; it goes on behind them.
    pub(super) fn open(path: &Path) -> io::Result<(Self, Vec<JournalPage>)> {
        let mut file = File::options().read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (mut pages, mut rest) = (Vec::new(), bytes.as_slice());
        while let Some(page) = take_page(&mut rest) {
            pages.push(page);
        }
        let end = (bytes.len() - rest.len()) as u64;
        file.set_len(end)?;
        Ok((Self::at(file, end), pages))
    }

    fn at(file: File, end: u64) -> Self {
        Self {
            file,
            end,
            synced: Instant::now(),
            frame: Vec::new(),
        }
    }

    /// Adds a page.
    pub(super) fn append(&mut self, mark: &Mark, records: &[Vec<u8>]) -> io::Result<()> {
        let frame = &mut self.frame;
        frame.clear();
        frame.resize(HEAD, 0);
        put(frame, &serde_json::to_vec(mark)?)?;
        for records in records {
            put(frame, records)?;
        }
        let (head, body) = frame.split_at_mut(HEAD);
        head[..4].copy_from_slice(&length(body)?);
        head[4..].copy_from_slice(&xxh3_64(body).to_le_bytes());
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(frame)?;
        self.end += frame.len() as u64;
        if self.synced.elapsed() >= SYNC {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }
}

fn put(frame: &mut Vec<u8>, part: &[u8]) -> io::Result<()> {
    frame.extend_from_slice(&length(part)?);
    frame.extend_from_slice(part);
    Ok(())
}

/// A page has a megabyte, and its records no more than that for each copy.
fn length(part: &[u8]) -> io::Result<[u8; 4]> {
    let length = u32::try_from(part.len()).map_err(io::Error::other)?;
    Ok(length.to_le_bytes())
}

/// Takes a whole frame off the front.
fn take_page(bytes: &mut &[u8]) -> Option<JournalPage> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let (mut body, rest) = rest.split_at_checked(read_length(head)?)?;
    let sum = u64::from_le_bytes(head[4..].try_into().ok()?);
    if xxh3_64(body) != sum {
        return None;
    }
    let mark = serde_json::from_slice(take_part(&mut body)?).ok()?;
    let mut records = Vec::new();
    while let Some(part) = take_part(&mut body) {
        records.push(part.to_vec());
    }
    *bytes = rest;
    body.is_empty().then_some((mark, records))
}

fn take_part<'a>(body: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (head, rest) = body.split_at_checked(4)?;
    let (part, rest) = rest.split_at_checked(read_length(head)?)?;
    *body = rest;
    Some(part)
}

fn read_length(head: &[u8]) -> Option<usize> {
    let bytes = head.get(..4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

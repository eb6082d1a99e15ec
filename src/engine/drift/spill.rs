//! Records on disk: one file for each side of a copy, in chunks of one bucket each.
//!
//! Owns how many buckets there are, what is still in memory, and where the rest is. A small check never
//! touches the disk. Files have no name, so that nothing is left of them however the program ends.

use crate::domain::drift::{Record, Tally};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Items of a bucket that are joined at once, about.
const PER_BUCKET: u64 = 10_000;

/// Buckets at most.
const MOST_BUCKETS: u64 = 1_024;

/// Bytes that the buffers of all sides may hold together.
const BUFFERS: usize = 32 * 1024 * 1024;

/// Bytes of a chunk at most: beyond that larger writes gain nothing.
const CHUNK: usize = 64 * 1024;

/// The buckets of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    buckets: usize,
    chunk: usize,
}

impl Layout {
    /// For a base of about `items` and so many copies.
    pub(super) fn new(items: u64, copies: usize) -> Self {
        let buckets = (items / PER_BUCKET).clamp(1, MOST_BUCKETS);
        // At most 1,024.
        let buckets = usize::try_from(buckets).unwrap_or(1).next_power_of_two();
        let chunk = BUFFERS / (buckets * copies.max(1) * 2);
        Self {
            buckets,
            chunk: chunk.min(CHUNK),
        }
    }

    /// The numbers of the buckets.
    pub(super) const fn buckets(self) -> std::ops::Range<usize> {
        0..self.buckets
    }
}

/// One side of one copy.
#[derive(Debug)]
pub(super) struct SideFile {
    layout: Layout,
    buffers: Vec<Vec<u8>>,
    tallies: Vec<Tally>,
    /// Where the chunks of each bucket are.
    chunks: Vec<Vec<(u64, u32)>>,
    file: Option<File>,
    written: u64,
    items: u64,
}

impl SideFile {
    pub(super) fn new(layout: Layout) -> Self {
        let all = layout.buckets;
        Self {
            layout,
            buffers: vec![Vec::new(); all],
            tallies: vec![Tally::default(); all],
            chunks: vec![Vec::new(); all],
            file: None,
            written: 0,
            items: 0,
        }
    }

    /// Keeps a record.
    pub(super) fn push(&mut self, record: &Record<'_>) -> io::Result<()> {
        let bucket = record.bucket(self.layout.buckets);
        self.items += u64::from(record.is_item());
        self.tallies[bucket].add(record);
        record.put(&mut self.buffers[bucket]);
        if self.buffers[bucket].len() >= self.layout.chunk {
            self.write_out(bucket)?;
        }
        Ok(())
    }

    /// How many items it stands for.
    pub(super) const fn items(&self) -> u64 {
        self.items
    }

    /// Count and sum of a bucket.
    pub(super) fn tally(&self, bucket: usize) -> Tally {
        self.tallies[bucket]
    }

    /// All records of a bucket.
    pub(super) fn read(&mut self, bucket: usize) -> io::Result<Vec<u8>> {
        let mut records = Vec::new();
        if let Some(file) = &mut self.file {
            for &(offset, length) in &self.chunks[bucket] {
                file.seek(SeekFrom::Start(offset))?;
                file.take(u64::from(length)).read_to_end(&mut records)?;
            }
        }
        records.extend_from_slice(&self.buffers[bucket]);
        Ok(records)
    }

    fn write_out(&mut self, bucket: usize) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let buffer = &mut self.buffers[bucket];
        file.seek(SeekFrom::Start(self.written))?;
        file.write_all(buffer)?;
        // A chunk is a little more than `CHUNK` at most.
        let length = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        self.chunks[bucket].push((self.written, length));
        self.written += u64::from(length);
        buffer.clear();
        Ok(())
    }
}

/// Why records could not be kept, for a person.
pub(super) fn failed(error: &io::Error) -> ReadError {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free space there, or name another directory in `TMPDIR`"
        }
        _ => "another directory in `TMPDIR`",
    };
    let directory = std::env::temp_dir();
    ReadError {
        kind: ReadErrorKind::Disk,
        problem: Problem::new(format!(
            "the records of the check could not be kept in `{}`",
            directory.display()
        ))
        .because(error.to_string())
        .hint(hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::{Recorder, differences};
    use crate::domain::item::BlockBuilder;
    use crate::domain::mapping::fixture::{copy, strike, strikes, with};
    use serde_json::json;

    const ITEMS: usize = 300;

    /// A side of `by_month` with the records of as many base items, in chunks of `chunk` bytes.
    fn filled(chunk: usize) -> SideFile {
        let layout = Layout { buckets: 4, chunk };
        let dataset = strikes();
        let mut recorder = Recorder::new(&dataset, [copy(&dataset, "by_month")]);
        let mut side = SideFile::new(layout);
        let mut builder = BlockBuilder::new();
        for n in 0..ITEMS {
            let id = json!({"strike_id": {"S": format!("S{n:05}")}});
            builder.push(&with(&strike(), &id));
        }
        for item in builder.finish().iter() {
            recorder.base_item(item, |_, record| side.push(&record).unwrap());
        }
        side
    }

    #[test]
    fn what_was_written_out_reads_as_what_stayed_in_memory() {
        let (mut spilled, mut kept) = (filled(500), filled(usize::MAX));
        assert!(spilled.file.is_some() && kept.file.is_none());
        assert_eq!(
            (spilled.items(), kept.items()),
            (ITEMS as u64, ITEMS as u64)
        );
        for bucket in kept.layout.buckets() {
            let (on_disk, in_memory) = (spilled.read(bucket).unwrap(), kept.read(bucket).unwrap());
            assert!(!in_memory.is_empty());
            assert_eq!(on_disk, in_memory);
            assert_eq!(spilled.tally(bucket), kept.tally(bucket));
        }
    }

    #[test]
    fn every_record_is_in_the_bucket_of_its_base_item_on_either_side() {
        let dataset = strikes();
        let by_month = copy(&dataset, "by_month");
        let mut side = filled(500);
        let counts = side.layout.buckets().map(|bucket| side.tally(bucket).count);
        assert_eq!(counts.sum::<u64>(), ITEMS as u64);
        let found: usize = (0..4)
            .map(|bucket| differences(&dataset, by_month, &side.read(bucket).unwrap(), &[]).len())
            .sum();
        assert_eq!(found, ITEMS, "each has its base key again");
    }

    #[test]
    fn buffers_of_all_sides_together_are_bounded_however_large_the_base_is() {
        for (items, copies) in [(0, 0), (10_000, 5), (10_000_000, 2), (u64::MAX, 40)] {
            let layout = Layout::new(items, copies);
            assert!(layout.buckets.is_power_of_two() && layout.buckets <= 1_024);
            assert!(
                layout.chunk * layout.buckets * copies * 2 <= BUFFERS,
                "{layout:?}"
            );
        }
    }
}

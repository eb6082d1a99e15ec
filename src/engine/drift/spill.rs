//! One side of one copy: its records by bucket, in memory and on disk.
//!
//! Owns the form of the file: runs, each a table of where its buckets begin and then the buckets in their
//! order. A run is what was in memory when all sides were written out, so that however many buckets there
//! are, writes are few and large. A file without a name leaves nothing behind however the program ends.

use crate::domain::drift::{Record, Tally};
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What a checkpoint keeps of a side beside its file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct SideTold {
    /// Bytes of the file that count.
    written: u64,
    items: u64,
    tallies: Vec<(u64, u128)>,
}

/// One side of one copy.
#[derive(Debug)]
pub(super) struct Side {
    /// Records of each bucket that are not on disk yet.
    buffers: Vec<Vec<u8>>,
    tallies: Vec<Tally>,
    items: u64,
    file: Option<File>,
    /// Where the runs are.
    runs: Vec<u64>,
    written: u64,
}

impl Side {
    /// An empty side; its file is made when it is needed, and has no name.
    pub(super) fn new(buckets: usize) -> Self {
        Self {
            buffers: vec![Vec::new(); buckets],
            tallies: vec![Tally::default(); buckets],
            items: 0,
            file: None,
            runs: Vec::new(),
            written: 0,
        }
    }

    /// An empty side with a file of that name.
    pub(super) fn create(buckets: usize, path: &Path) -> io::Result<Self> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        Ok(Self {
            file: Some(file),
            ..Self::new(buckets)
        })
    }

    /// The side as it was told: what was written after that is cut off.
    pub(super) fn open(buckets: usize, path: &Path, told: &SideTold) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        if file.metadata()?.len() < told.written || told.tallies.len() != buckets {
            return Err(damaged());
        }
        file.set_len(told.written)?;
        let tally = |&(count, sum)| Tally { count, sum };
        let mut side = Self {
            tallies: told.tallies.iter().map(tally).collect(),
            items: told.items,
            file: Some(file),
            ..Self::new(buckets)
        };
        while side.written < told.written {
            let start = side.written;
            let (_, end) = side.place(start, buckets - 1)?;
            side.runs.push(start);
            side.written = end;
        }
        if side.written == told.written {
            Ok(side)
        } else {
            Err(damaged())
        }
    }

    /// What to open it with again, once it is written out.
    pub(super) fn told(&self) -> SideTold {
        SideTold {
            written: self.written,
            items: self.items,
            tallies: self.tallies.iter().map(|t| (t.count, t.sum)).collect(),
        }
    }

    /// Keeps records in memory.
    pub(super) fn keep(&mut self, mut records: &[u8]) {
        while let Some(record) = Record::take(&mut records) {
            let bucket = record.bucket(self.buffers.len());
            self.items += u64::from(record.is_item());
            self.tallies[bucket].add(&record);
            record.put(&mut self.buffers[bucket]);
        }
    }

    /// How many items it stands for.
    pub(super) const fn items(&self) -> u64 {
        self.items
    }

    /// Count and sum of each bucket.
    pub(super) fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// All records of a bucket.
    pub(super) fn read(&mut self, bucket: usize) -> io::Result<Vec<u8>> {
        let mut records = Vec::new();
        for run in 0..self.runs.len() {
            let (from, to) = self.place(self.runs[run], bucket)?;
            self.read_at(from, to - from, &mut records)?;
        }
        records.extend_from_slice(&self.buffers[bucket]);
        let (mut left, mut tally) = (records.as_slice(), Tally::default());
        while let Some(record) = Record::take(&mut left) {
            tally.add(&record);
        }
        if left.is_empty() && tally == self.tallies[bucket] {
            Ok(records)
        } else {
            Err(damaged())
        }
    }

    /// Writes what is in memory to the file, as one run.
    pub(super) fn write_out(&mut self) -> io::Result<()> {
        if self.buffers.iter().all(Vec::is_empty) {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(self.written))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut end = 0;
        for bucket in &self.buffers {
            end += bucket.len() as u64;
            out.write_all(&end.to_le_bytes())?;
        }
        for bucket in &self.buffers {
            out.write_all(bucket)?;
        }
        out.flush()?;
        drop(out);
        for bucket in &mut self.buffers {
            bucket.clear();
        }
        self.runs.push(self.written);
        self.written += table_length(self.buffers.len()) + end;
        Ok(())
    }

    /// Waits until what was written would outlast a loss of power.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }

    /// Where in the file a bucket of the run at `run` begins and ends.
    fn place(&mut self, run: u64, bucket: usize) -> io::Result<(u64, u64)> {
        let data = run + table_length(self.buffers.len());
        let before = bucket.saturating_sub(1);
        let mut ends = Vec::new();
        let entries = (bucket - before + 1) as u64;
        self.read_at(run + table_length(before), entries * ENTRY, &mut ends)?;
        let mut ends = ends.chunks_exact(8).map(|end| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(end);
            u64::from_le_bytes(bytes)
        });
        let from = if bucket == 0 { Some(0) } else { ends.next() };
        let (Some(from), Some(to)) = (from, ends.next()) else {
            return Err(damaged());
        };
        match (data.checked_add(from), data.checked_add(to)) {
            (Some(from), Some(to)) if from <= to => Ok((from, to)),
            _ => Err(damaged()),
        }
    }

    fn read_at(&mut self, from: u64, length: u64, to: &mut Vec<u8>) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Err(damaged());
        };
        file.seek(SeekFrom::Start(from))?;
        if file.take(length).read_to_end(to)? as u64 == length {
            Ok(())
        } else {
            Err(damaged())
        }
    }
}

/// Bytes of where a bucket ends.
const ENTRY: u64 = 8;

/// Bytes of the table at the head of a run, or of its first entries.
const fn table_length(buckets: usize) -> u64 {
    buckets as u64 * ENTRY
}

fn damaged() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the records are damaged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::{Gathered, Recorder};
    use crate::domain::item::BlockBuilder;
    use crate::domain::mapping::fixture::{copy, strike, strikes, with};
    use serde_json::json;
    use tempfile::tempdir;

    const ITEMS: usize = 300;
    const BUCKETS: usize = 4;

    /// The records of as many base items of `by_month`, page by page.
    fn pages() -> Vec<Vec<u8>> {
        let dataset = strikes();
        let mut recorder = Recorder::new(&dataset, [copy(&dataset, "by_month")]);
        let mut builder = BlockBuilder::new();
        for n in 0..ITEMS {
            let id = json!({"strike_id": {"S": format!("S{n:05}")}});
            builder.push(&with(&strike(), &id));
        }
        let block = builder.finish();
        let items: Vec<_> = block.iter().collect();
        items
            .chunks(30)
            .map(|page| {
                let mut records = Vec::new();
                for item in page {
                    recorder.base_item(*item, |_, record| record.put(&mut records));
                }
                records
            })
            .collect()
    }

    fn in_memory() -> Side {
        let mut side = Side::new(BUCKETS);
        for page in pages() {
            side.keep(&page);
        }
        side
    }

    /// All but the last page are on disk.
    fn on_disk(mut side: Side) -> Side {
        for page in pages() {
            side.write_out().unwrap();
            side.keep(&page);
        }
        side
    }

    fn assert_same(one: &mut Side, other: &mut Side) {
        assert_eq!(one.items(), other.items());
        for bucket in 0..BUCKETS {
            let (left, right) = (one.read(bucket).unwrap(), other.read(bucket).unwrap());
            assert!(!left.is_empty());
            assert_eq!(left, right);
            assert_eq!(one.tallies()[bucket], other.tallies()[bucket]);
        }
    }

    #[test]
    fn what_was_written_out_reads_as_what_stayed_in_memory() {
        let (mut spilled, mut kept) = (on_disk(Side::new(BUCKETS)), in_memory());
        assert!(spilled.file.is_some() && kept.file.is_none());
        assert_eq!(spilled.items(), ITEMS as u64);
        assert_same(&mut spilled, &mut kept);
    }

    #[test]
    fn every_record_is_in_the_bucket_of_its_base_item_on_either_side() {
        let dataset = strikes();
        let by_month = copy(&dataset, "by_month");
        let mut side = on_disk(Side::new(BUCKETS));
        let mut gathered = Gathered::new(&dataset, by_month, usize::MAX);
        for bucket in 0..BUCKETS {
            gathered.take(&side.read(bucket).unwrap(), &[]);
        }
        assert_eq!(gathered.finish().0.len(), ITEMS, "each once");
    }

    #[test]
    fn a_side_opens_as_it_was_told_and_forgets_what_was_written_later() {
        let (directory, mut kept) = (tempdir().unwrap(), in_memory());
        let path = directory.path().join("side");
        let mut side = on_disk(Side::create(BUCKETS, &path).unwrap());
        side.write_out().unwrap();
        let told = side.told();
        side.keep(&pages()[0]);
        side.write_out().unwrap();
        drop(side);
        let mut again = Side::open(BUCKETS, &path, &told).unwrap();
        assert_same(&mut again, &mut kept);
        assert_eq!(again.told(), told);
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_noticed() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("side");
        let mut side = on_disk(Side::create(BUCKETS, &path).unwrap());
        side.write_out().unwrap();
        let told = side.told();
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        for byte in &mut bytes[last - 60..] {
            *byte ^= 1;
        }
        std::fs::write(&path, &bytes).unwrap();
        let mut changed = Side::open(BUCKETS, &path, &told).unwrap();
        assert!(changed.read(BUCKETS - 1).is_err());
        std::fs::write(&path, &bytes[..last]).unwrap();
        assert!(Side::open(BUCKETS, &path, &told).is_err());
    }
}

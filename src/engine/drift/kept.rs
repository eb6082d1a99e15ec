//! All that a check keeps of what it read: the records of both sides of every copy, and where its scans stand.
//!
//! Owns when records leave the memory, and that records and standing always tell of the same pages: a page
//! is taken whole or not at all. With a checkpoint every page is written to its journal first, and
//! whenever the memory is written out the checkpoint is brought up to date.

use super::DriftOptions;
use super::checkpoint::Saved;
use super::spill::Side;
use super::standing::{Mark, Standing};
use crate::domain::drift::Record;
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use std::io;

/// Items of a bucket that are joined at once, about.
const PER_BUCKET: u64 = 10_000;
/// Buckets at least, at most, and when nothing tells how many items there are.
const FEWEST: u64 = 16;
const MOST: u64 = 4_096;
const UNKNOWN: u64 = 1_024;

/// The side of a copy that the base gives.
pub(super) const fn expected(copy: usize) -> usize {
    copy * 2
}

/// The side of a copy that its table gives.
pub(super) const fn actual(copy: usize) -> usize {
    copy * 2 + 1
}

/// The records of one page, by side.
#[derive(Debug, Default)]
pub(super) struct PageRecords(Vec<Vec<u8>>);

impl PageRecords {
    /// Adds a record to a side.
    pub(super) fn put(&mut self, side: usize, record: &Record<'_>) {
        if let Some(records) = self.0.get_mut(side) {
            record.put(records);
        }
    }

    /// By side.
    pub(super) fn sides(&self) -> &[Vec<u8>] {
        &self.0
    }
}

/// What a check keeps.
#[derive(Debug)]
pub(super) struct Kept {
    /// Bytes of records in memory at most, but for those of one page.
    memory: usize,
    in_memory: usize,
    sides: Vec<Side>,
    standing: Standing,
    saved: Option<Saved>,
    page: PageRecords,
}

impl Kept {
    /// Nothing yet of a check of these copies; nothing outlasts the program.
    pub(super) fn new(
        dataset: &BoundDataset,
        copies: &[&BoundCopy],
        options: &DriftOptions,
    ) -> Self {
        let buckets = buckets(dataset, copies);
        let sides = (0..copies.len() * 2).map(|_| Side::new(buckets)).collect();
        let standing = Standing::new(dataset, copies, options.pace);
        Self::of(sides, standing, options.memory, None)
    }

    /// What a checkpoint holds, or will.
    pub(super) fn of(
        sides: Vec<Side>,
        standing: Standing,
        memory: usize,
        saved: Option<Saved>,
    ) -> Self {
        Self {
            memory,
            in_memory: 0,
            page: PageRecords(vec![Vec::new(); sides.len()]),
            sides,
            standing,
            saved,
        }
    }

    /// Where the scans stand.
    pub(super) const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Room for the records of the next page.
    pub(super) fn page(&mut self) -> PageRecords {
        let mut page = std::mem::take(&mut self.page);
        page.0.iter_mut().for_each(Vec::clear);
        page
    }

    /// Keeps a page.
    pub(super) fn keep(&mut self, mark: Mark, page: PageRecords) -> Result<(), ReadError> {
        self.try_keep(mark, page)
            .map_err(|error| self.failed(&error))
    }

    fn try_keep(&mut self, mark: Mark, page: PageRecords) -> io::Result<()> {
        if let Some(saved) = &mut self.saved {
            saved.append(&mark, page.sides())?;
        }
        self.take(mark, &page.0);
        self.page = page;
        if self.in_memory >= self.memory {
            self.write_out()?;
        }
        Ok(())
    }

    /// Takes in a page that needs no writing down; false when the check has no such segment.
    pub(super) fn take(&mut self, mark: Mark, records: &[Vec<u8>]) -> bool {
        for (side, records) in self.sides.iter_mut().zip(records) {
            side.keep(records);
            self.in_memory += records.len();
        }
        self.standing.take(mark)
    }

    /// Brings everything to disk, and the checkpoint up to date.
    pub(super) fn write_out(&mut self) -> io::Result<()> {
        for side in &mut self.sides {
            side.write_out()?;
        }
        self.in_memory = 0;
        if let Some(saved) = &mut self.saved {
            saved.save(&self.standing, &self.sides)?;
        }
        Ok(())
    }

    /// A side.
    pub(super) fn side(&self, side: usize) -> &Side {
        &self.sides[side]
    }

    /// The buckets of a copy whose sides do not agree.
    pub(super) fn unlike(&self, copy: usize) -> Vec<usize> {
        let (left, right) = (self.side(expected(copy)), self.side(actual(copy)));
        let pairs = left.tallies().iter().zip(right.tallies()).enumerate();
        pairs
            .filter(|(_, (left, right))| left != right)
            .map(|(bucket, _)| bucket)
            .collect()
    }

    /// The records of a bucket of either side of a copy.
    pub(super) fn read(&mut self, copy: usize, bucket: usize) -> Result<[Vec<u8>; 2], ReadError> {
        let mut read = |side: usize| self.sides[side].read(bucket);
        let both = read(expected(copy)).and_then(|left| Ok([left, read(actual(copy))?]));
        both.map_err(|error| self.failed(&error))
    }

    /// Why records could not be kept, for a person.
    fn failed(&self, error: &io::Error) -> ReadError {
        let (place, elsewhere) = match &self.saved {
            Some(saved) => (saved.directory().to_owned(), "`--checkpoint`"),
            None => (std::env::temp_dir(), "`TMPDIR`"),
        };
        let hint = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => match self.saved {
                Some(_) => {
                    "free space there and run it again: it goes on where it stopped".to_owned()
                }
                None => format!("free space there, or name another directory in {elsewhere}"),
            },
            io::ErrorKind::InvalidData => "start again: the records cannot be trusted".to_owned(),
            _ => format!("another directory in {elsewhere}"),
        };
        let what = format!(
            "the records of the check could not be kept in `{}`",
            place.display()
        );
        ReadError {
            kind: ReadErrorKind::Disk,
            problem: Problem::new(what).because(error.to_string()).hint(hint),
        }
    }
}

/// Buckets of each side, so that one pair of them fits into memory whatever the size of the tables.
pub(super) fn buckets(dataset: &BoundDataset, copies: &[&BoundCopy]) -> usize {
    let tables = copies.iter().map(|copy| &copy.table);
    let worth = tables
        .chain([&dataset.base])
        .map(|table| match table.items {
            0 => UNKNOWN,
            items => items / PER_BUCKET,
        });
    let buckets = worth.max().unwrap_or(UNKNOWN).clamp(FEWEST, MOST);
    // At most 4,096.
    usize::try_from(buckets).unwrap_or(1).next_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::{copy, strikes};
    use crate::domain::read::ReadPage;
    use crate::domain::schema::Table;
    use rstest::rstest;

    #[rstest]
    #[case::an_unknown_number(0, 50_000, 1_024)]
    #[case::a_small_table(10_000, 10_000, 16)]
    #[case::ten_million(10_000_000, 9_000_000, 1_024)]
    #[case::of_the_larger_side(10_000, 10_000_000, 1_024)]
    #[case::a_billion(1_000_000_000, 1_000_000_000, 4_096)]
    fn there_are_as_many_buckets_as_the_larger_side_is_worth(
        #[case] base: u64,
        #[case] held: u64,
        #[case] expected: usize,
    ) {
        let mut dataset = strikes();
        dataset.base.items = base;
        let mut month = copy(&dataset, "by_month").clone();
        month.table = Table {
            items: held,
            ..month.table
        };
        assert_eq!(buckets(&dataset, &[&month]), expected);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_says_where_and_what_to_do() {
        use crate::domain::drift::Recorder;
        use crate::domain::item::BlockBuilder;
        use crate::domain::mapping::fixture::strike;
        let dataset = strikes();
        let copies = [copy(&dataset, "by_month")];
        let full = Side::create(16, std::path::Path::new("/dev/full")).unwrap();
        let sides = vec![full, Side::new(16)];
        let standing = Standing::new(&dataset, &copies, None);
        let mut kept = Kept::of(sides, standing, 1, None);
        let (mut builder, mut records) = (BlockBuilder::new(), kept.page());
        builder.push(&strike());
        for item in builder.finish().iter() {
            Recorder::new(&dataset, copies).base_item(item, |at, record| {
                records.put(expected(at), &record);
            });
        }
        let error = kept
            .keep(Mark::new(0, 0, &ReadPage::default()), records)
            .unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Disk);
        let hint = error.problem.hint.unwrap_or_default();
        assert!(
            hint.contains("free space") && hint.contains("`TMPDIR`"),
            "{hint}"
        );
        assert!(error.problem.why.is_some());
    }
}

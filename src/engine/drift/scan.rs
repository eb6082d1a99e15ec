//! Reading both sides once: the base, then every table that holds copies.

use super::Phase;
use super::check::Check;
use super::kept::{actual, expected};
use super::standing::{Mark, Position, TableStanding};
use crate::domain::drift::Membership;
use crate::domain::plan::pace::{CONCURRENCY, scan_page_items};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind, ReadPage};
use crate::domain::schema::Table;
use crate::engine::pages::{Cursor, Stop, Sweep};

/// Which table is the base.
const BASE: usize = 0;

/// A parallel Scan of a table, from where it stands.
#[derive(Debug)]
struct TableScan {
    sweep: Sweep,
    /// The segment of each sequence of pages.
    segments: Vec<usize>,
    page_items: u32,
}

impl TableScan {
    fn new(table: &Table, standing: &TableStanding) -> Self {
        // At most 64.
        let total = u32::try_from(standing.segments.len()).unwrap_or(1);
        let left = || {
            let segments = (0..total).zip(&standing.segments);
            segments.filter(|(_, at)| **at != Position::Read)
        };
        let cursor = |(number, at): (u32, &Position)| {
            Cursor::scan((&table.name, None), Some((number, total)), at.start())
        };
        Self {
            sweep: Sweep::new(left().map(cursor).collect()),
            segments: left().map(|(number, _)| number as usize).collect(),
            page_items: scan_page_items(table.mean_item()),
        }
    }

    /// The next page and its segment; `None` at the end.
    async fn next(&mut self, check: &mut Check<'_>) -> Result<Option<(usize, ReadPage)>, Stop> {
        let (width, items) = (CONCURRENCY, Some(self.page_items));
        let page = self.sweep.next_of(&mut check.reader, width, items).await?;
        Ok(page.map(|(sequence, page)| (self.segments[sequence], page)))
    }
}

impl Check<'_> {
    /// Reads the base: what every copy should hold.
    pub(super) async fn scan_base(&mut self) -> Result<(), Stop> {
        let table = &self.dataset.base;
        let mut scan = TableScan::new(table, &self.kept.standing().tables[BASE]);
        while let Some((segment, page)) = scan.next(self).await? {
            self.keep_base_page(segment, &page)?;
            let read = self.kept.standing().tables[BASE].items;
            self.progress(Phase::Base, read, known(table.items)).await?;
        }
        Ok(())
    }

    /// Reads the copies: what they do hold. A table that cannot be read leaves out its copies.
    pub(super) async fn scan_copies(&mut self) -> Result<(), Stop> {
        let tables = self.tables();
        let copies = tables.iter().skip(1);
        let all = known(copies.map(|(table, _)| table.items).sum());
        for (at, (table, copies)) in tables.into_iter().enumerate().skip(1) {
            if let Err(stop) = self.scan_copy(at, table, &copies, all).await {
                self.survive(stop)?;
            }
        }
        Ok(())
    }

    async fn scan_copy(
        &mut self,
        at: usize,
        table: &Table,
        copies: &[usize],
        all: Option<u64>,
    ) -> Result<(), Stop> {
        let mut scan = TableScan::new(table, &self.kept.standing().tables[at]);
        while let Some((segment, page)) = scan.next(self).await? {
            self.keep_copy_page(Mark::new(at, segment, &page), &page, copies)?;
            let read = self.kept.standing().copy_items();
            self.progress(Phase::Copies, read, all).await?;
        }
        for &copy in copies {
            self.copies[copy].scanned = true;
        }
        Ok(())
    }

    fn keep_base_page(&mut self, segment: usize, page: &ReadPage) -> Result<(), ReadError> {
        let (mut records, mut members) = (self.kept.page(), 0);
        for item in page.items.iter() {
            let membership = self.recorder.base_item(item, |copy, record| {
                records.put(expected(copy), &record);
            });
            members += u64::from(membership == Membership::Member);
        }
        let mark = Mark::new(BASE, segment, page).with_base_items(members);
        self.kept.keep(mark, records)
    }

    fn keep_copy_page(
        &mut self,
        mark: Mark,
        page: &ReadPage,
        copies: &[usize],
    ) -> Result<(), ReadError> {
        let mut records = self.kept.page();
        for item in page.items.iter() {
            for &copy in copies {
                self.recorder
                    .copy_item(copy, item, |record| records.put(actual(copy), &record));
            }
        }
        self.kept.keep(mark, records)
    }

    /// Whether the tables are still those that were read: of one that was deleted or recreated meanwhile
    /// nothing can be said.
    ///
    /// # Errors
    /// When the base is not.
    pub(super) async fn confirm_tables(&mut self) -> Result<(), Stop> {
        for (at, (table, copies)) in self.tables().into_iter().enumerate() {
            let gone = match self.reader.describe(&table.name).await {
                Ok(now) if now.id == table.id => continue,
                Ok(_) => "was deleted and created again",
                Err(error) if error.kind == ReadErrorKind::NotFound => "was deleted",
                // It cannot be asked: then reads of it tell.
                Err(_) => continue,
            };
            let error = ReadError {
                kind: ReadErrorKind::NotFound,
                problem: Problem::new(format!(
                    "the table `{}` {gone} while it was checked",
                    table.name
                ))
                .hint("check again when the table is there to stay"),
            };
            if at == BASE {
                return Err(error.into());
            }
            for copy in copies {
                self.copies[copy].scanned = false;
            }
            self.survive(error.into())?;
        }
        Ok(())
    }
}

/// A table's item count, which is up to six hours old; 0 says nothing.
fn known(items: u64) -> Option<u64> {
    (items > 0).then_some(items)
}

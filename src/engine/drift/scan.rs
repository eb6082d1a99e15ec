//! Reading both sides once: the base, then every table that holds copies.

use super::Phase;
use super::check::Check;
use super::spill::failed;
use crate::domain::drift::Membership;
use crate::domain::plan::pace::scan_page_items;
use crate::domain::query::Consistency;
use crate::domain::read::{ReadPage, ReadRequest, Scan};
use crate::domain::schema::Table;
use crate::engine::pages::{Cursor, Stop, Sweep};

/// Bytes of a table that are worth a segment of a parallel Scan.
const SEGMENT: u64 = 8 * 1024 * 1024;
/// Segments at most: faster, but still modest beside the table's own traffic.
const SEGMENTS: u64 = 4;

/// A parallel Scan of a table.
#[derive(Debug)]
struct TableScan {
    sweep: Sweep,
    page_items: u32,
}

impl TableScan {
    fn new(table: &Table) -> Self {
        // At most `SEGMENTS`.
        let total = u32::try_from((table.bytes / SEGMENT).clamp(1, SEGMENTS)).unwrap_or(1);
        let segment = |number| {
            Cursor::new(ReadRequest::Scan(Scan {
                table: table.name.clone(),
                index: None,
                filter: None,
                projection: None,
                limit: None,
                start: None,
                segment: (total > 1).then_some((number, total)),
                consistency: Consistency::Eventual,
            }))
        };
        Self {
            sweep: Sweep::new((0..total).map(segment).collect()),
            page_items: scan_page_items(table.mean_item()),
        }
    }

    /// The next page; `None` at the end.
    async fn next(&mut self, check: &mut Check<'_>) -> Result<Option<ReadPage>, Stop> {
        let (width, items) = (self.sweep.len(), Some(self.page_items));
        self.sweep.next(&mut check.reader, width, items).await
    }
}

impl Check<'_> {
    /// Reads the base: what every copy should hold.
    pub(super) async fn scan_base(&mut self) -> Result<(), Stop> {
        let dataset = self.dataset;
        let mut scan = TableScan::new(&dataset.base);
        let mut read = 0;
        while let Some(page) = scan.next(self).await? {
            self.take_base_items(&page)?;
            read += page.items.len() as u64;
            self.progress(Phase::Base, read, known(dataset.base.items))
                .await?;
        }
        Ok(())
    }

    /// Reads the copies: what they do hold. A table that cannot be read leaves out its copies.
    pub(super) async fn scan_copies(&mut self) -> Result<(), Stop> {
        let tables = self.copy_tables();
        let all = known(tables.iter().map(|(table, _)| table.items).sum());
        let mut read = 0;
        for (table, copies) in tables {
            if let Err(stop) = self.scan_table(table, &copies, &mut read, all).await {
                self.survive(stop)?;
            }
        }
        Ok(())
    }

    async fn scan_table(
        &mut self,
        table: &Table,
        copies: &[usize],
        read: &mut u64,
        all: Option<u64>,
    ) -> Result<(), Stop> {
        let mut scan = TableScan::new(table);
        while let Some(page) = scan.next(self).await? {
            self.take_copy_items(&page, copies)?;
            *read += page.items.len() as u64;
            self.progress(Phase::Copies, *read, all).await?;
        }
        for &index in copies {
            self.copies[index].scanned = true;
        }
        Ok(())
    }

    fn take_base_items(&mut self, page: &ReadPage) -> Result<(), Stop> {
        let Self {
            recorder, copies, ..
        } = self;
        let mut kept = Ok(());
        for item in page.items.iter() {
            let membership = recorder.base_item(item, |at, record| {
                if kept.is_ok() {
                    kept = copies[at].expected.push(&record);
                }
            });
            self.base_items += u64::from(membership == Membership::Member);
        }
        kept.map_err(|error| Stop::Failed(failed(&error)))
    }

    fn take_copy_items(&mut self, page: &ReadPage, of: &[usize]) -> Result<(), Stop> {
        let Self {
            recorder, copies, ..
        } = self;
        let mut kept = Ok(());
        for item in page.items.iter() {
            for &at in of {
                copies[at].read += 1;
                recorder.copy_item(at, item, |record| {
                    if kept.is_ok() {
                        kept = copies[at].actual.push(&record);
                    }
                });
            }
        }
        kept.map_err(|error| Stop::Failed(failed(&error)))
    }
}

/// A table's item count, which is up to six hours old; 0 says nothing.
fn known(items: u64) -> Option<u64> {
    (items > 0).then_some(items)
}

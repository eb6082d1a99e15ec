//! The sample of one table: all of it when the budget pays for that, else segments of it.

use super::beginning::beginnings;
use super::draw::{Draw, UNIT, page_of};
use super::{AnalyzeProgress, Known, Sample, Share};
use crate::domain::cost::scan_range;
use crate::domain::names::Rcu;
use crate::domain::read::{ReadErrorKind, ReadPage};
use crate::domain::schema::Table;
use crate::domain::stats::{Beginning, PathName, Sampler, Scanned, Statistics};
use crate::domain::value::Item;
use crate::engine::pages::{Cursor, Pool, Reader, Stop};
use xxhash_rust::xxh3::xxh3_64;

/// Reads under way at once: modest beside the table's own traffic.
const WIDTH: usize = 4;
/// Units of a page where no segments are drawn: an eighth of the share, within these.
const PAGE: (f64, f64) = (1.0, 64.0);
/// A table that costs at most so many times its share is sampled in whole segments. In larger ones
/// many first pages say more; here they would leave out the ends of large partitions only, such as
/// their latest items.
const NEARLY_ALL: f64 = 2.0;
/// The part of a share that it may cost to see where Scans begin.
const BEGINNINGS: f64 = 0.25;
/// What is thought to be left over of a share is so to this part.
const SURE: f64 = 0.9;
/// Items of the first page of a table whose items nobody has seen.
const FIRST: u32 = 100;

/// A sample being taken.
pub(super) struct Sampling<'r, 'a> {
    reader: &'r mut Reader<AnalyzeProgress>,
    subject: Known<'a>,
    share: Share,
    sampler: Sampler,
    /// What a Scan of the table gives first, where it is read in that order.
    first: Option<Beginning>,
    /// What Scans of others give first, and of the table where it is not.
    others: Vec<(PathName, Beginning)>,
    sampled: u64,
    /// Units of what was sampled.
    units: f64,
    /// Sequences of pages of which the first was read, and more may follow.
    begun: Vec<Begun>,
    /// Segments that hold anything.
    filled: usize,
    /// Whether every part of the table was begun.
    exhausted: bool,
    /// Whether each segment is read to its end before the next ones are.
    to_end: bool,
}

/// A sequence of pages, and where the last one read ended.
struct Begun {
    cursor: Cursor,
    next: Option<Item>,
}

impl<'r, 'a> Sampling<'r, 'a> {
    /// Nothing read yet.
    pub(super) fn new(
        reader: &'r mut Reader<AnalyzeProgress>,
        subject: Known<'a>,
        share: Share,
    ) -> Self {
        Self {
            reader,
            subject,
            share,
            sampler: subject.sampler(),
            first: None,
            others: Vec::new(),
            sampled: 0,
            units: 0.0,
            begun: Vec::new(),
            filled: 0,
            exhausted: false,
            to_end: false,
        }
    }

    /// Reads until the table or its share of the budget ends.
    pub(super) async fn run(&mut self) -> Result<(), Stop> {
        match self.read().await {
            // The end of the budget is the end that every sample is meant to have.
            Err(Stop::Failed(error)) if error.kind == ReadErrorKind::Budget => Ok(()),
            ended => ended,
        }
    }

    async fn read(&mut self) -> Result<(), Stop> {
        let table = self.subject.table();
        let whole = scan_range(table).and_then(|range| range.high);
        // Of what it costs and holds, in case it costs more than there is.
        let too_large = |share: f64| {
            let Rcu(whole) = whole.filter(|Rcu(whole)| *whole > share)?;
            Some((whole, table.mean_item()?))
        };
        let share = self.left();
        let over = match whole {
            // Never what it takes to read all; and a page may come dearer than thought.
            Some(Rcu(whole)) if whole <= share => (share - whole) * SURE,
            _ => share,
        };
        let units = over.min(share * BEGINNINGS);
        let in_parts = too_large(share).is_some();
        self.others = beginnings(self.reader, self.subject, in_parts, units).await?;
        let share = self.left();
        match too_large(share) {
            Some((whole, mean)) => {
                self.to_end = whole <= share * NEARLY_ALL;
                self.segments(mean, Rcu(share)).await
            }
            None => self.all(share).await,
        }
    }

    /// Units of the share that are left.
    fn left(&self) -> f64 {
        self.share.until.0 - self.reader.used.rcu.0
    }

    /// Sums up; what was read of a sample that was stopped is one, too.
    pub(super) fn finish(mut self, ended: Result<(), Stop>) -> (Sample, Statistics) {
        let table = self.subject.table();
        let complete = self.is_complete();
        let sample = Sample {
            table: table.name.clone(),
            dataset: self.subject.dataset(),
            sampled: self.sampled,
            of: known(table.items),
            complete,
            note: self.note(),
            error: ended.err().map(Stop::into_error),
        };
        for next in self.begun.iter().filter_map(|begun| begun.next.as_ref()) {
            self.sampler.cut(next);
        }
        if self.sampled == 0 && !complete {
            return (sample, Statistics::default());
        }
        let scanned = if complete {
            Scanned::All
        } else {
            Scanned::Part
        };
        let mut statistics = self.sampler.finish(scanned, self.share.now);
        let base = PathName {
            table: table.name.clone(),
            index: None,
        };
        let own = self.first.map(|first| (base, first));
        for (path, first) in self.others.into_iter().chain(own) {
            statistics.begin(&path, first);
        }
        (sample, statistics)
    }

    fn is_complete(&self) -> bool {
        let ended = self.begun.iter().all(|begun| begun.cursor.ended());
        self.exhausted && ended && !self.sampler.is_full()
    }

    /// What to keep in mind of a sample that is not complete.
    fn note(&self) -> Option<String> {
        let table = self.subject.table();
        let name = &table.name;
        if self.sampled == 0 || self.is_complete() {
            return None;
        }
        if table.bytes == 0 {
            return Some(format!(
                "the size of `{name}` is not known yet: the sample is its first items"
            ));
        }
        // Of few partitions a segment holds none or a large one.
        let cut = self.begun.iter().filter(|begun| !begun.cursor.ended());
        (cut.count() * 4 > self.filled).then(|| {
            format!("the partitions of `{name}` are large: the sample holds their first items")
        })
    }

    /// Reads all of it, page by page.
    async fn all(&mut self, share: f64) -> Result<(), Stop> {
        self.exhausted = true;
        self.first = Some(Beginning::new(&self.subject.table().key));
        self.begun.push(Begun {
            cursor: self.cursor(None),
            next: None,
        });
        let page = (share / 8.0).clamp(PAGE.0, PAGE.1);
        self.read_on(0, |sampling| match sampling.mean_item() {
            Some(mean) => page_of(page, mean),
            None => FIRST,
        })
        .await
    }

    /// Reads a page of each segment drawn; when all were drawn, the rest of those that go on.
    async fn segments(&mut self, mean: f64, share: Rcu) -> Result<(), Stop> {
        let table = self.subject.table();
        let mut draw = Draw::new(table.bytes, mean, share, seed(table));
        loop {
            self.draw(&mut draw).await?;
            if let Some(wider) = draw.wider() {
                // The wider segments hold what the narrow ones held.
                self.forget();
                draw = wider;
                continue;
            }
            self.exhausted = draw.is_exhausted();
            if self.exhausted {
                self.read_begun(draw.items()).await?;
            }
            return Ok(());
        }
    }

    /// Reads a page of each segment until all were drawn, the share is spent, or they prove too narrow.
    async fn draw(&mut self, draw: &mut Draw) -> Result<(), Stop> {
        while draw.wider().is_none() && !self.is_spent() && !draw.is_exhausted() {
            let width = draw.pages(self.left()).clamp(1, WIDTH);
            self.wave(draw, width).await?;
            if self.to_end {
                self.read_begun(draw.items()).await?;
            }
        }
        Ok(())
    }

    /// Reads the rest of what was begun.
    async fn read_begun(&mut self, items: u32) -> Result<(), Stop> {
        for at in 0..self.begun.len() {
            self.read_on(at, |_| items).await?;
        }
        Ok(())
    }

    /// Reads a page of each of so many segments at once, and takes them in the order they were drawn:
    /// so the same table gives the same sample.
    async fn wave(&mut self, draw: &mut Draw, width: usize) -> Result<(), Stop> {
        let items = Some(draw.items());
        let mut pool = Pool::default();
        let mut reading = Vec::new();
        for segment in std::iter::from_fn(|| draw.next()).take(width) {
            let cursor = self.cursor(Some(segment));
            self.reader
                .start(&mut pool, width, reading.len(), &cursor, items);
            reading.push((cursor, None));
        }
        let ended = loop {
            match self.reader.next(&mut pool).await {
                Ok(Some((at, page))) => reading[at].1 = Some(page),
                Ok(None) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        for (mut cursor, page) in reading {
            let Some(page) = page else { continue };
            draw.saw(page.scanned);
            self.filled += usize::from(page.scanned > 0);
            cursor.advance(&page)?;
            let next = page.next.clone();
            let goes_on = !cursor.ended();
            self.begun.extend(goes_on.then_some(Begun { cursor, next }));
            self.take(&page).await?;
        }
        ended
    }

    /// Reads the rest of what was begun, page by page of so many items.
    async fn read_on(&mut self, at: usize, items: impl Fn(&Self) -> u32) -> Result<(), Stop> {
        let mut pool = Pool::default();
        while !self.begun[at].cursor.ended() && !self.is_spent() {
            let items = Some(items(self));
            let cursor = &self.begun[at].cursor;
            self.reader.start(&mut pool, 1, at, cursor, items);
            let Some((_, page)) = self.reader.next(&mut pool).await? else {
                return Ok(());
            };
            let begun = &mut self.begun[at];
            begun.cursor.advance(&page)?;
            begun.next.clone_from(&page.next);
            self.take(&page).await?;
        }
        Ok(())
    }

    async fn take(&mut self, page: &ReadPage) -> Result<(), Stop> {
        for item in page.items.iter() {
            let item = item.to_item();
            if let Some(first) = &mut self.first {
                first.add(&item);
            }
            self.sampler.add(&item);
        }
        self.sampled += page.scanned;
        let Rcu(units) = page.consumed.total;
        self.units += units;
        let table = self.subject.table();
        let progress = AnalyzeProgress {
            table: table.name.clone(),
            sampled: self.sampled,
            of: known(table.items),
            rcu: self.reader.used.rcu,
            budget: self.share.budget,
        };
        self.reader.emit(progress).await
    }

    /// Begins anew.
    fn forget(&mut self) {
        self.sampler = self.subject.sampler();
        self.begun.clear();
        (self.sampled, self.units, self.filled) = (0, 0.0, 0);
    }

    /// The mean item as described, or as read so far.
    fn mean_item(&self) -> Option<f64> {
        let so_far = || {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a mean of what a budget pays for"
            )]
            let items = self.sampled as f64;
            (self.sampled > 0).then(|| self.units * UNIT / items)
        };
        self.subject.table().mean_item().or_else(so_far)
    }

    fn is_spent(&self) -> bool {
        self.left() <= 0.0 || self.sampler.is_full()
    }

    fn cursor(&self, segment: Option<(u32, u32)>) -> Cursor {
        Cursor::scan((&self.subject.table().name, None), segment, None)
    }
}

/// A table's item count, which is up to six hours old; 0 says nothing.
fn known(items: u64) -> Option<u64> {
    (items > 0).then_some(items)
}

/// Where drawing begins: elsewhere in every table, the same each time.
fn seed(table: &Table) -> u64 {
    xxh3_64(table.name.as_str().as_bytes())
}

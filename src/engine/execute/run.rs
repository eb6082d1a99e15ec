//! One run: the stages a page passes on its way to rows, and how the run ends.

use super::cursors::cursors;
use super::distinct::Distinct;
use super::fetch::fetch_base;
use super::groups::Groups;
use super::in_order::in_order;
use super::merge::merge;
use super::observe::Observer;
use super::output::Output;
use super::part::Part;
use super::rows::{Row, matching};
use super::sort::KeyMaker;
use super::union::Union;
use super::unordered::unordered;
use super::{Answer, Bounds, ReadEvent};
use crate::domain::item::Block;
use crate::domain::plan::pace::{FETCH, Pace, scan_page_items};
use crate::domain::plan::{OrderStrategy, Plan, Reads};
use crate::domain::query::{Request, Select};
use crate::domain::read::ReadPage;
use crate::engine::pages::{Cursor, Pool, Reader, Stop, Sweep};
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// A plan being run.
#[derive(Debug)]
pub(super) struct Run<'a> {
    reader: Reader<ReadEvent>,
    observer: Arc<Observer>,
    request: &'a Request,
    bounds: Bounds,
    /// The plans to be read one after the other: the members of a union, or the plan alone.
    parts: &'a [Plan],
    /// The one of them that is being read.
    part: Part<'a>,
    distinct: Distinct,
    /// Where the members of a union give their rows to when an order is asked.
    union: Option<Union<'a>>,
    output: Output,
}

impl<'a> Run<'a> {
    /// A run that has read nothing yet.
    pub(super) fn new(
        store: Arc<dyn Store>,
        request: &'a Request,
        plan: &'a Plan,
        bounds: Bounds,
        events: Sender<ReadEvent>,
        cancel: CancellationToken,
    ) -> Self {
        let is_count = request.select == Select::Count;
        let is_ordered = !is_count && !request.order.is_empty();
        let is_union = !plan.parts.is_empty();
        let observer = Arc::new(Observer::new(store));
        Self {
            reader: Reader::new(observer.clone(), events, cancel),
            observer,
            request,
            bounds,
            parts: if is_union {
                &plan.parts
            } else {
                std::slice::from_ref(plan)
            },
            part: Part::alone(request, plan),
            distinct: Distinct::default(),
            union: (is_union && is_ordered).then(|| Union::new(&request.order, request.limit)),
            output: if is_count {
                Output::count(request.limit)
            } else {
                Output::rows(request.limit)
            },
        }
    }

    /// Reads everything the plan says, unless stopped.
    pub(super) async fn drive(&mut self) -> Result<(), Stop> {
        for plan in self.parts {
            if self.output.missing() == Some(0) {
                break;
            }
            self.begin(plan);
            self.read_part().await?;
        }
        self.unite().await?;
        match self.output.rest() {
            Some(block) => self.send(block).await,
            None => Ok(()),
        }
    }

    fn begin(&mut self, plan: &'a Plan) {
        self.part = if self.parts.len() > 1 {
            Part::member(self.request, plan)
        } else {
            Part::alone(self.request, plan)
        };
        if let Some(union) = &mut self.union {
            union.next_member();
        }
    }

    async fn read_part(&mut self) -> Result<(), Stop> {
        let plan = self.part.plan;
        let cursors = cursors(plan);
        match (&plan.reads, plan.order) {
            (Reads::Partitions { .. }, OrderStrategy::Native | OrderStrategy::Concatenate) => {
                Box::pin(in_order(self, cursors)).await?;
            }
            (Reads::Partitions { .. }, OrderStrategy::Merge) => {
                Box::pin(merge(self, cursors)).await?;
            }
            _ => Box::pin(unordered(self, cursors)).await?,
        }
        let rows = self.collected();
        self.complete(rows).await
    }

    /// Rows that were collected to be ordered on this side, in their order.
    fn collected(&mut self) -> Vec<Row> {
        match (self.part.sorter.take(), self.part.groups.take()) {
            (Some(sorter), _) => sorter.finish(),
            (None, Some(mut groups)) => groups.finish(),
            (None, None) => Vec::new(),
        }
    }

    /// Gives out the rows of a union in the order asked.
    async fn unite(&mut self) -> Result<(), Stop> {
        match self.union.take() {
            Some(union) => self.give_out(&union.finish(), &[]).await,
            None => Ok(()),
        }
    }

    /// Gives out what is left of a run that stopped, and sums up.
    pub(super) async fn finish(mut self, ended: Result<(), Stop>) -> Answer {
        let error = match ended {
            Ok(()) => None,
            Err(stop) => {
                if matches!(stop, Stop::Failed(_)) {
                    // A listener that is gone needs no rows.
                    let _closed = self.save_collected().await;
                }
                if let Some(block) = self.output.rest() {
                    let rows = block.len();
                    if self.reader.offer(ReadEvent::Rows(block)) {
                        self.output.received(rows);
                    }
                }
                Some(stop.into_error())
            }
        };
        Answer {
            count: self.output.delivered(),
            complete: error.is_none(),
            consumption: self.reader.used,
            error,
            observed: self.observer.observed(),
        }
    }

    /// What was collected before a read failed is an answer, too, if an incomplete one: but for
    /// rows that still lack attributes.
    async fn save_collected(&mut self) -> Result<(), Stop> {
        if self.part.late.is_none() {
            let rows = self.collected();
            self.complete(rows).await?;
        }
        self.unite().await
    }

    /// The plan being read.
    pub(super) const fn plan(&self) -> &'a Plan {
        self.part.plan
    }

    /// Makes keys of what the reads order rows by.
    pub(super) fn sort_keys(&self) -> KeyMaker<'a> {
        let order = &self.request.order;
        KeyMaker::new(&order[..order.len().min(self.part.plan.ordered_by)])
    }

    /// Rows missing to the LIMIT, when reaching it ends the reads: not while all must be sorted. To
    /// see the end of a group takes more rows, guessed at as many as it has already.
    pub(super) fn missing(&self) -> Option<u64> {
        if self.part.sorter.is_some() {
            return None;
        }
        let grouped = self.part.groups.as_ref().map_or(0, Groups::seen);
        match self.left() {
            None | Some(0) => self.left(),
            Some(left) => Some(left.max(grouped)),
        }
    }

    /// Rows that the part being read may still give.
    fn left(&self) -> Option<u64> {
        match self.union {
            Some(_) => self.part.missing,
            None => self.output.missing(),
        }
    }

    /// Whether the LIMIT is reached.
    pub(super) fn is_full(&self) -> bool {
        self.missing() == Some(0)
    }

    /// How many items the next page should evaluate, when it should not be a full one.
    pub(super) fn page_items(&self) -> Option<u32> {
        let plan = self.part.plan;
        let wanted = self.pace().map(|pace| match (&plan.reads, plan.order) {
            (Reads::Partitions { conditions, .. }, OrderStrategy::Merge) => {
                pace.lane_items(plan.filtered, conditions.len())
            }
            _ => pace.page_items(plan.filtered),
        });
        let scan =
            matches!(plan.reads, Reads::Scan).then(|| scan_page_items(self.bounds.mean_item));
        [wanted, scan, self.bounds.page_items]
            .into_iter()
            .flatten()
            .min()
    }

    /// How many pages may be under way.
    pub(super) fn width(&self) -> usize {
        let most = self.bounds.concurrency.max(1);
        match self.pace() {
            Some(pace) if self.part.plan.order != OrderStrategy::Merge => pace.pages_at_once(most),
            _ => most,
        }
    }

    /// Starts reading the next page of `cursor`; false when enough is under way.
    pub(super) fn start(
        &self,
        pool: &mut Pool,
        id: usize,
        cursor: &Cursor,
        items: Option<u32>,
    ) -> bool {
        self.reader.start(pool, self.width(), id, cursor, items)
    }

    /// The next page of a sweep over the plan's path.
    pub(super) async fn next_of(&mut self, sweep: &mut Sweep) -> Result<Option<ReadPage>, Stop> {
        let (width, items) = (self.width(), self.page_items());
        sweep.next(&mut self.reader, width, items).await
    }

    /// The next page of a sweep over base items.
    pub(super) async fn next_fetched(
        &mut self,
        sweep: &mut Sweep,
    ) -> Result<Option<ReadPage>, Stop> {
        let width = self.bounds.concurrency.max(1);
        sweep.next(&mut self.reader, width, None).await
    }

    /// The next page to arrive.
    pub(super) async fn next_page(
        &mut self,
        pool: &mut Pool,
    ) -> Result<Option<(usize, ReadPage)>, Stop> {
        self.reader.next(pool).await
    }

    /// Tells how far the run is.
    pub(super) async fn progress(&self) -> Result<(), Stop> {
        let used = self.reader.used.clone();
        self.reader.emit(ReadEvent::Progress(used)).await
    }

    /// The rows of a page, verified on this side, each base item's once where that is asked.
    pub(super) async fn matching(&mut self, page: ReadPage) -> Result<Vec<Row>, Stop> {
        let part = &mut self.part;
        let mut rows = matching(&page.items, &part.plan.residual);
        if let Some(key) = &part.key {
            rows.retain(|row| self.distinct.is_first(row, key));
        }
        let matched = rows.len() as u64;
        part.pages += 1;
        part.read += page.scanned;
        part.matched += matched;
        self.reader.used.matched += matched;
        self.progress().await?;
        Ok(rows)
    }

    /// Takes in a page: its rows are sorted later, or given out now.
    pub(super) async fn accept(&mut self, page: ReadPage) -> Result<(), Stop> {
        let rows = self.matching(page).await?;
        if self.part.sorter.is_none() {
            return self.deliver(rows).await;
        }
        let rows = self.fetch_early(rows).await?;
        if let Some(sorter) = &mut self.part.sorter {
            sorter.add(rows);
        }
        Ok(())
    }

    /// Takes rows in the order of the reads: groups of equal ones are sorted before they go on.
    pub(super) async fn deliver(&mut self, rows: Vec<Row>) -> Result<(), Stop> {
        if self.part.groups.is_none() {
            return self.complete(rows).await;
        }
        let rows = self.fetch_early(rows).await?;
        // With a fetch to come any row may still drop out.
        let most = self.left().filter(|_| self.part.late.is_none());
        let most = most.and_then(|most| usize::try_from(most).ok());
        let ready = match &mut self.part.groups {
            Some(groups) => groups.add(rows, most),
            None => rows,
        };
        self.complete(ready).await
    }

    async fn fetch_early(&mut self, rows: Vec<Row>) -> Result<Vec<Row>, Stop> {
        match self.part.early {
            Some(fetch) => fetch_base(self, fetch, &rows).await,
            None => Ok(rows),
        }
    }

    /// Gives out rows that are in final order, fetched from the base where the path lacks attributes.
    async fn complete(&mut self, rows: Vec<Row>) -> Result<(), Stop> {
        let hidden = self.part.hidden;
        let Some(fetch) = self.part.late else {
            return self.give_out(&rows, hidden).await;
        };
        let mut rest = rows.as_slice();
        while !rest.is_empty() && !self.is_full() {
            let most = FETCH * self.bounds.concurrency.max(1);
            let missing = self.left().and_then(|m| usize::try_from(m).ok());
            let wave = rest.len().min(most).min(missing.unwrap_or(most));
            let (now, later) = rest.split_at(wave);
            let whole = fetch_base(self, fetch, now).await?;
            self.give_out(&whole, hidden).await?;
            rest = later;
        }
        Ok(())
    }

    async fn give_out(&mut self, rows: &[Row], hidden: &[String]) -> Result<(), Stop> {
        if let Some(union) = &mut self.union {
            self.part.give(union, rows);
            return Ok(());
        }
        for row in rows {
            if let Some(block) = self.output.push(row, hidden) {
                self.send(block).await?;
            }
        }
        match self.output.ripe() {
            Some(block) => self.send(block).await,
            None => Ok(()),
        }
    }

    async fn send(&mut self, block: Block) -> Result<(), Stop> {
        let rows = block.len();
        self.reader.emit(ReadEvent::Rows(block)).await?;
        self.output.received(rows);
        Ok(())
    }

    fn pace(&self) -> Option<Pace> {
        self.missing().map(|missing| Pace {
            missing,
            read: self.part.read,
            matched: self.part.matched,
            pages: self.part.pages,
        })
    }
}

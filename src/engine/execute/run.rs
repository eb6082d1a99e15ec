//! One run: the stages a page passes on its way to rows, and how the run ends.

use super::distinct::Distinct;
use super::fetch::fetch_base;
use super::in_order::in_order;
use super::merge::merge;
use super::output::Output;
use super::rows::{Row, matching};
use super::sort::{KeyMaker, Sorter};
use super::unordered::unordered;
use super::{Answer, Bounds, ReadEvent};
use crate::domain::item::Block;
use crate::domain::plan::pace::{FETCH, Filtered, Pace, scan_page_items};
use crate::domain::plan::{BaseFetch, OrderStrategy, Plan, Reads};
use crate::domain::query::{Request, Select};
use crate::domain::read::{Query, ReadPage, ReadRequest, Scan};
use crate::engine::pages::{Cursor, Pool, Reader, Stop, Sweep};
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

/// A plan being run.
#[derive(Debug)]
pub(super) struct Run<'a> {
    reader: Reader<ReadEvent>,
    request: &'a Request,
    plan: &'a Plan,
    bounds: Bounds,
    distinct: Option<Distinct<'a>>,
    sorter: Option<Sorter<'a>>,
    output: Output<'a>,
    /// Pages of the path so far.
    pages: u64,
    /// Items of the path evaluated so far.
    read: u64,
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
        let output = match (&request.select, &plan.fetch) {
            (Select::Count, _) => Output::count(request.limit),
            (_, Some(_)) => Output::rows(&[], request.limit),
            (_, None) => Output::rows(&plan.hidden, request.limit),
        };
        let sorter = (plan.order == OrderStrategy::Sort).then(|| {
            // With a fetch behind the sort any row may still drop out, so all are kept.
            let keep = request
                .limit
                .filter(|_| fetch_behind_sort(request, plan).is_none());
            let keep = keep.and_then(|limit| usize::try_from(limit).ok());
            Sorter::new(&request.order, keep)
        });
        Self {
            reader: Reader::new(store, events, cancel),
            request,
            plan,
            bounds,
            distinct: plan.distinct.as_deref().map(Distinct::by),
            sorter,
            output,
            pages: 0,
            read: 0,
        }
    }

    /// Reads everything the plan says, unless stopped.
    pub(super) async fn drive(&mut self) -> Result<(), Stop> {
        let cursors = self.cursors();
        match (&self.plan.reads, self.plan.order) {
            (Reads::Partitions { .. }, OrderStrategy::Native | OrderStrategy::Concatenate) => {
                Box::pin(in_order(self, cursors)).await?;
            }
            (Reads::Partitions { .. }, OrderStrategy::Merge) => {
                Box::pin(merge(self, cursors)).await?;
            }
            _ => Box::pin(unordered(self, cursors)).await?,
        }
        if let Some(sorter) = self.sorter.take() {
            self.deliver(sorter.finish()).await?;
        }
        match self.output.rest() {
            Some(block) => self.send(block).await,
            None => Ok(()),
        }
    }

    /// Gives out what is left of a run that stopped, and sums up.
    pub(super) async fn finish(mut self, ended: Result<(), Stop>) -> Answer {
        let error = match ended {
            Ok(()) => None,
            Err(stop) => {
                if matches!(stop, Stop::Failed(_)) {
                    self.save_sorted().await;
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
            observed: Vec::new(),
        }
    }

    /// What was collected for sorting before a read failed is an answer, too, if an incomplete one.
    async fn save_sorted(&mut self) {
        let Some(sorter) = self.sorter.take() else {
            return;
        };
        if fetch_behind_sort(self.request, self.plan).is_none() {
            // A listener that is gone needs no rows.
            let _closed = self.give_out(&sorter.finish()).await;
        }
    }

    /// The plan.
    pub(super) const fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// Makes keys of the ORDER BY.
    pub(super) fn sort_keys(&self) -> KeyMaker<'a> {
        KeyMaker::new(&self.request.order)
    }

    /// Rows missing to the LIMIT, when reaching it ends the run: not while all must be sorted.
    pub(super) const fn missing(&self) -> Option<u64> {
        match self.sorter {
            Some(_) => None,
            None => self.output.missing(),
        }
    }

    /// Whether the LIMIT is reached.
    pub(super) fn is_full(&self) -> bool {
        self.missing() == Some(0)
    }

    /// How many items the next page should evaluate, when it should not be a full one.
    pub(super) fn page_items(&self) -> Option<u32> {
        let wanted = self
            .pace()
            .map(|pace| match (&self.plan.reads, self.plan.order) {
                (Reads::Partitions { conditions, .. }, OrderStrategy::Merge) => {
                    pace.lane_items(self.filtered(), conditions.len())
                }
                _ => pace.page_items(self.filtered()),
            });
        let scan =
            matches!(self.plan.reads, Reads::Scan).then(|| scan_page_items(self.bounds.mean_item));
        [wanted, scan, self.bounds.page_items]
            .into_iter()
            .flatten()
            .min()
    }

    /// How many pages may be under way.
    pub(super) fn width(&self) -> usize {
        let most = self.bounds.concurrency.max(1);
        match self.pace() {
            Some(pace) if self.plan.order != OrderStrategy::Merge => pace.pages_at_once(most),
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
        let mut rows = matching(&page.items, &self.plan.residual);
        if let Some(distinct) = &mut self.distinct {
            rows.retain(|row| distinct.is_first(row));
        }
        self.pages += 1;
        self.read += page.scanned;
        self.reader.used.matched += rows.len() as u64;
        self.progress().await?;
        Ok(rows)
    }

    /// Takes in a page: its rows are sorted later, or given out now.
    pub(super) async fn accept(&mut self, page: ReadPage) -> Result<(), Stop> {
        let mut rows = self.matching(page).await?;
        if self.sorter.is_none() {
            return self.deliver(rows).await;
        }
        if let (Some(fetch), None) = (&self.plan.fetch, fetch_behind_sort(self.request, self.plan))
        {
            rows = fetch_base(self, fetch, &rows).await?;
        }
        if let Some(sorter) = &mut self.sorter {
            sorter.add(rows);
        }
        Ok(())
    }

    /// Gives out rows that are in final order, fetched from the base where the path lacks attributes.
    pub(super) async fn deliver(&mut self, rows: Vec<Row>) -> Result<(), Stop> {
        let Some(fetch) = self.fetch_at_the_end() else {
            return self.give_out(&rows).await;
        };
        let mut rest = rows.as_slice();
        while !rest.is_empty() && !self.is_full() {
            let most = FETCH * self.bounds.concurrency.max(1);
            let missing = self.output.missing().and_then(|m| usize::try_from(m).ok());
            let wave = rest.len().min(most).min(missing.unwrap_or(most));
            let (now, later) = rest.split_at(wave);
            let whole = fetch_base(self, fetch, now).await?;
            self.give_out(&whole).await?;
            rest = later;
        }
        Ok(())
    }

    /// The fetch that rows in final order still need.
    fn fetch_at_the_end(&self) -> Option<&'a BaseFetch> {
        match self.plan.order {
            OrderStrategy::Sort => fetch_behind_sort(self.request, self.plan),
            _ => self.plan.fetch.as_ref(),
        }
    }

    async fn give_out(&mut self, rows: &[Row]) -> Result<(), Stop> {
        for row in rows {
            if let Some(block) = self.output.push(row) {
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
            read: self.read,
            matched: self.reader.used.matched,
            pages: self.pages,
        })
    }

    fn filtered(&self) -> Filtered {
        let plan = self.plan;
        if plan.filter.is_none() && plan.residual.is_true() && plan.distinct.is_none() {
            Filtered::No
        } else {
            Filtered::Maybe
        }
    }

    fn cursors(&self) -> Vec<Cursor> {
        let plan = self.plan;
        let access = &plan.access;
        match &plan.reads {
            Reads::Nothing => Vec::new(),
            Reads::Keys(keys) => {
                let projection = plan.projection.as_deref();
                Cursor::keys(&access.table, keys, plan.consistency, projection)
            }
            Reads::Partitions {
                conditions,
                direction,
            } => conditions
                .iter()
                .map(|key| {
                    Cursor::new(ReadRequest::Query(Query {
                        table: access.table.clone(),
                        index: access.index.clone(),
                        key: key.clone(),
                        direction: *direction,
                        filter: plan.filter.clone(),
                        projection: plan.projection.clone(),
                        limit: None,
                        start: None,
                        consistency: plan.consistency,
                    }))
                })
                .collect(),
            Reads::Scan => vec![Cursor::new(ReadRequest::Scan(Scan {
                table: access.table.clone(),
                index: access.index.clone(),
                filter: plan.filter.clone(),
                projection: plan.projection.clone(),
                limit: None,
                start: None,
                segment: None,
                consistency: plan.consistency,
            }))],
        }
    }
}

/// The fetch of a plan that sorts, when it can wait until the rows are sorted: the path itself
/// holds everything they are ordered by.
fn fetch_behind_sort<'a>(request: &Request, plan: &'a Plan) -> Option<&'a BaseFetch> {
    let asked = plan.projection.as_ref()?;
    let mut roots = request.order.iter().map(|by| &by.path.root);
    plan.fetch
        .as_ref()
        .filter(|_| roots.all(|root| asked.contains(root)))
}

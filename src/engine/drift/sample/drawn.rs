//! Drawing items of a table: by segments of a parallel Scan, or out of all of them.

use super::super::check::Check;
use super::{Cluster, Random, Sampling};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::Rcu;
use crate::domain::plan::pace::scan_page_items;
use crate::domain::schema::Table;
use crate::domain::value::Item;
use crate::engine::analyze::draw::Draw;
use crate::engine::pages::{Cursor, Stop, Sweep};
use std::collections::BTreeMap;

/// Segments read at once.
const WIDTH: usize = 4;
/// The budget for which segments are of one unit each: the smallest, so that clusters are.
const SMALL: Rcu = Rcu(24.0);
/// A segment with the items of so many others, and so large a part of the sample, is a large partition:
/// whole clusters of that size say hardly more than one item.
const LARGE: u64 = 8;

/// Which items are to be drawn at all.
pub(super) type Wanted<'a> = dyn Fn(&BoundDataset, &Item) -> bool + Send + Sync + 'a;

impl Check<'_> {
    /// Reads small segments, each to its end, until they hold the sample. `None` when the table proves to
    /// have few partition keys: then nearly all segments are empty, and one holds a large part.
    pub(super) async fn draw_segments(
        &mut self,
        table: &Table,
        sampling: Sampling,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Vec<Cluster>>, Stop> {
        let mean = table.mean_item().unwrap_or(1.0);
        let mut draw = Draw::new(table.bytes, mean, SMALL, sampling.seed);
        let large = (sampling.items / LARGE).max(u64::from(draw.items()) * LARGE);
        let (mut clusters, mut drawn) = (Vec::new(), 0);
        while drawn < sampling.items {
            let segments: Vec<_> = std::iter::from_fn(|| draw.next()).take(WIDTH).collect();
            if segments.is_empty() {
                break;
            }
            let items = Some(draw.items());
            for segment in segments {
                let cursor = Cursor::scan((&table.name, None), Some(segment), None);
                let mut sweep = Sweep::new(vec![cursor]);
                let (mut cluster, mut seen) = (Cluster::new(), 0);
                while let Some(page) = sweep.next(&mut self.reader, WIDTH, items).await? {
                    let read = page.items.iter().map(|item| item.to_item());
                    cluster.extend(read.filter(|item| wanted(self.dataset, item)));
                    seen += page.scanned;
                    if seen > large && segment.1 > 1 {
                        return Ok(None);
                    }
                }
                draw.saw(seen);
                drawn += cluster.len() as u64;
                clusters.push(cluster);
            }
            if draw.wider().is_some() {
                return Ok(None);
            }
        }
        clusters.retain(|cluster| !cluster.is_empty());
        Ok(Some(clusters))
    }

    /// Reads the whole table and draws the sample out of it, every item by itself.
    pub(super) async fn draw_of_all(
        &mut self,
        table: &Table,
        sampling: Sampling,
        random: &mut Random,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<Cluster>, Stop> {
        let most = usize::try_from(sampling.items).unwrap_or(usize::MAX);
        let items = Some(scan_page_items(table.mean_item()));
        let mut sweep = Sweep::new(vec![Cursor::scan((&table.name, None), None, None)]);
        // Those with the smallest of numbers that chance gives; the second number tells equal ones apart.
        let mut kept: BTreeMap<(u64, u64), Item> = BTreeMap::new();
        let mut read = 0;
        while let Some(page) = sweep.next(&mut self.reader, WIDTH, items).await? {
            for item in page.items.iter() {
                read += 1;
                let number = (random.next(), read);
                let last = kept.last_key_value().map(|(last, _)| *last);
                if kept.len() >= most && last.is_some_and(|last| last < number) {
                    continue;
                }
                let item = item.to_item();
                if wanted(self.dataset, &item) {
                    kept.insert(number, item);
                }
                if kept.len() > most {
                    kept.pop_last();
                }
            }
        }
        Ok(kept.into_values().map(|item| vec![item]).collect())
    }
}

//! Where the Scans of indexes and copies begin: the first page of each.
//!
//! How many items there are, and of what kind, follows from the base; in which order a Scan meets them
//! follows from nothing, and decides what it costs to find the first few.

use super::draw::page_of;
use super::{AnalyzeProgress, Known};
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::schema::{Index, IndexKind, KeySchema};
use crate::domain::stats::{Beginning, PathName};
use crate::engine::pages::{Cursor, Pool, Reader, Stop};
use std::collections::BTreeSet;

/// Reads under way at once, as of the sample itself.
const WIDTH: usize = 4;
/// Units at which a page is worth its while.
const LEAST: f64 = 1.0;

/// Bytes taken for those of an item where nothing is known.
const ITEM: f64 = 1024.0;

/// A path that is scanned in an order of its own.
struct Path<'a> {
    name: PathName,
    key: &'a KeySchema,
    /// Bytes of the mean item of its table; those of an index are no larger.
    item: f64,
}

/// Reads the first page of every path that has an order of its own, for so many units in all; `with_base`
/// of the base, too. A local index has the partitions of its table. What cannot be read is left out.
pub(super) async fn beginnings(
    reader: &mut Reader<AnalyzeProgress>,
    known: Known<'_>,
    with_base: bool,
    units: f64,
) -> Result<Vec<(PathName, Beginning)>, Stop> {
    let paths = paths(known, with_base);
    #[expect(clippy::cast_precision_loss, reason = "some dozens")]
    let units = units / paths.len().max(1) as f64;
    let mut found = Vec::new();
    if units < LEAST {
        return Ok(found);
    }
    for paths in paths.chunks(WIDTH) {
        let mut pool = Pool::default();
        for (id, path) in paths.iter().enumerate() {
            let items = page_of(units, path.item).min(Beginning::MOST);
            let PathName { table, index } = &path.name;
            let cursor = Cursor::scan((table, index.as_ref()), None, None);
            reader.start(&mut pool, WIDTH, id, &cursor, Some(items));
        }
        loop {
            match reader.next(&mut pool).await {
                Ok(None) => break,
                Ok(Some((id, page))) => {
                    let mut beginning = Beginning::new(paths[id].key);
                    let items = page.items.iter();
                    items.for_each(|item| beginning.add(&item.to_item()));
                    found.push((paths[id].name.clone(), beginning));
                }
                Err(Stop::Failed(error)) if concerns_one_path(&error) => {}
                Err(stop) => return Err(stop),
            }
        }
    }
    Ok(found)
}

/// Whether the others may still be read.
fn concerns_one_path(error: &ReadError) -> bool {
    error.kind != ReadErrorKind::Budget
}

fn paths<'a>(known: Known<'a>, with_base: bool) -> Vec<Path<'a>> {
    let base = known.table();
    let copies = match known {
        Known::Dataset(dataset) => dataset.copies.as_slice(),
        Known::Table(_) => &[],
    };
    let mut seen = BTreeSet::new();
    let mut paths = Vec::new();
    for table in std::iter::once(base).chain(copies.iter().map(|copy| &copy.table)) {
        if !seen.insert(&table.name) {
            continue;
        }
        let path = |index: Option<&'a Index>| Path {
            name: PathName {
                table: table.name.clone(),
                index: index.map(|index| index.name.clone()),
            },
            key: index.map_or(&table.key, |index| &index.key),
            item: table.mean_item().unwrap_or(ITEM),
        };
        let has_own_order = |index: &&Index| index.kind == IndexKind::Global && index.active;
        let global = table.indexes.iter().filter(has_own_order);
        paths.extend((with_base || table.name != base.name).then(|| path(None)));
        paths.extend(global.map(|index| path(Some(index))));
    }
    paths
}

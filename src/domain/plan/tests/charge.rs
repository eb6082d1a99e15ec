//! What reads of tables in memory are charged: every item by its size, every page rounded up. Knows
//! nothing of estimates.

use super::memory::{Memory, Seen, keep_first, verified};
use crate::domain::cost::{PAGE_BYTES, unit_factor};
use crate::domain::plan::{Plan, Reads};
use crate::domain::size::item_size;
use crate::domain::value::Item;

/// Where a page ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageEnd {
    /// With the item that crosses 1 MB, as the service does.
    Behind,
    /// With the item before, as some local servers do.
    Before,
}

impl Memory<'_> {
    /// Units of a plan without LIMIT: of a union those of every member.
    pub(super) fn charge(&self, plan: &Plan, ends: PageEnd) -> f64 {
        let mut seen = Seen::new();
        if plan.parts.is_empty() {
            return self.charge_one(plan, ends, &mut seen);
        }
        let parts = plan.parts.iter();
        parts
            .map(|part| self.charge_one(part, ends, &mut seen))
            .sum()
    }

    fn charge_one(&self, plan: &Plan, ends: PageEnd, seen: &mut Seen) -> f64 {
        let lanes = self.whole_lanes(plan);
        let k = unit_factor(plan.consistency);
        let read: f64 = match &plan.reads {
            Reads::Keys(keys) => {
                let found: usize = lanes.iter().map(Vec::len).sum();
                let missing = k * float(keys.len() - found);
                let items = lanes.iter().flatten();
                missing + items.map(|item| units(item_size(item), k)).sum::<f64>()
            }
            _ => lanes.iter().map(|lane| pages(lane, ends, k)).sum(),
        };
        read + self.fetch_charge(plan, &lanes, seen)
    }

    /// Every row that matched is fetched, each base item once a page; no page here holds one twice.
    fn fetch_charge(&self, plan: &Plan, lanes: &[Vec<Item>], seen: &mut Seen) -> f64 {
        let mut rows = verified(plan, lanes.concat());
        if let Some(names) = &plan.distinct {
            keep_first(names, &mut rows, seen);
        }
        let Some(fetch) = &plan.fetch else {
            return 0.0;
        };
        let k = unit_factor(plan.consistency);
        let base = |row: &Item| {
            let same = |base: &&Item| {
                let mut keys = fetch.key_names.iter();
                keys.all(|(own, here)| base.get(own) == row.get(here))
            };
            self.base().iter().find(same).map_or(0, item_size)
        };
        rows.iter().map(|row| units(base(row), k)).sum()
    }
}

/// Units of a query or scan of `items`.
fn pages(items: &[Item], ends: PageEnd, k: f64) -> f64 {
    let (mut charged, mut page) = (0.0, 0);
    for item in items {
        let size = item_size(item);
        if ends == PageEnd::Before && page > 0 && float(page + size) > PAGE_BYTES {
            charged += units(page, k);
            page = 0;
        }
        page += size;
        if ends == PageEnd::Behind && float(page) > PAGE_BYTES {
            charged += units(page, k);
            page = 0;
        }
    }
    // After a page that ended with the last item an empty one tells so.
    charged + units(page, k)
}

fn units(bytes: usize, k: f64) -> f64 {
    k * float(bytes.div_ceil(4_096).max(1))
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a test")]
const fn float(count: usize) -> f64 {
    count as f64
}

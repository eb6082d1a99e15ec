//! Tables and indexes as far as their pace goes: the line of each, its provisioned units, and how
//! large its items are.
//!
//! Learns from every description and every page that goes by. A local index has the line of its
//! table, which pays for it; a global one has its own.

use super::lane::Lane;
use crate::domain::names::{IndexName, TableName};
use crate::domain::read::ReadPage;
use crate::domain::schema::{Billing, Index, IndexKind, Table};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of a strong unit (developer guide, `CapacityUnitCalculations`).
const UNIT: f64 = 4096.0;

/// A table or an index.
pub(super) type PlaceName = (TableName, Option<IndexName>);

/// What is known of one.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) lane: Arc<Lane>,
    /// Its provisioned units a second.
    pub(super) provisioned: Option<f64>,
    /// Strong units an item, by its description.
    described: Option<f64>,
    /// Strong units of the pages read, and the items evaluated for them.
    read: (f64, u64),
}

/// All that are known.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<PlaceName, Place>);

impl Places {
    /// A place, known from now on.
    pub(super) fn at(&mut self, name: &PlaceName) -> &mut Place {
        self.0.entry(name.clone()).or_default()
    }

    /// A place, if it is known.
    pub(super) fn get(&self, name: &PlaceName) -> Option<&Place> {
        self.0.get(name)
    }

    /// Learns from a description. Provisioned places are read at `share` of their units, if there is one.
    pub(super) fn describe(&mut self, table: &Table, share: Option<f64>) {
        let units = match table.billing {
            Billing::OnDemand => None,
            Billing::Provisioned { rcu } => Some(count(rcu)),
        };
        let of_table = self.at(&(table.name.clone(), None));
        of_table.described = table.mean_item().map(|bytes| bytes / UNIT);
        of_table.provision(units, share);
        let lane = Arc::clone(&of_table.lane);
        for index in &table.indexes {
            let place = self.at(&(table.name.clone(), Some(index.name.clone())));
            place.described = mean_entry(index).map(|bytes| bytes / UNIT);
            match index.kind {
                IndexKind::Local => {
                    place.lane = Arc::clone(&lane);
                    place.provisioned = units;
                }
                IndexKind::Global => place.provision(index.provisioned_rcu.map(count), share),
            }
        }
    }

    /// Reads a table at `share` of the units that it is warm for, if that is told.
    pub(super) fn warm(&mut self, table: &Table, share: f64) {
        let rate = table.warm_rcu.map(|units| count(units) * share);
        if rate.is_some() {
            let place = self.at(&(table.name.clone(), None));
            place.lane.set_rate(rate);
        }
    }
}

impl Place {
    fn provision(&mut self, units: Option<f64>, share: Option<f64>) {
        self.provisioned = units.filter(|units| *units > 0.0);
        if let Some(share) = share {
            self.lane
                .set_rate(self.provisioned.map(|units| units * share));
        }
    }

    /// Strong units an item in the mean: of what was read, else as described.
    pub(super) fn each(&self) -> Option<f64> {
        match self.read {
            (units, items) if items > 0 => Some(units / count(items)),
            _ => self.described,
        }
    }

    /// Learns from a page that was read at `factor` of strong units.
    pub(super) fn learn(&mut self, page: &ReadPage, factor: f64) {
        // An empty page is charged its minimum, which says nothing of items.
        if page.scanned > 0 {
            self.read.0 += page.consumed.total.0 / factor;
            self.read.1 += page.scanned;
        }
    }
}

fn mean_entry(index: &Index) -> Option<f64> {
    (index.items > 0 && index.bytes > 0).then(|| count(index.bytes) / count(index.items))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "means and shares need no more than 52 bits"
)]
fn count(n: u64) -> f64 {
    n as f64
}

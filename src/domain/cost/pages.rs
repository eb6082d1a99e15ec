//! Pages of Query and Scan: where they end, and what rounding each of them up adds.
//!
//! A page ends with the item that crosses 1 MB (measured; the developer guide, `API_Query`, says "if
//! the size exceeds 1 MB"); some local servers end it with the item before. Ranges hold for both.

use super::unit_factor;
use crate::domain::query::Consistency;
use crate::domain::stats::{Spread, Volume};

/// Where around the expected figure a rounded one is looked at: rounding the middle alone would be
/// off by up to half a unit, always the same way.
const POINTS: [f64; 5] = [-0.8, -0.4, 0.0, 0.4, 0.8];
/// Bytes of a unit.
const UNIT_BYTES: f64 = 4096.0;
/// Bytes after which a page ends.
pub const PAGE_BYTES: f64 = 1024.0 * 1024.0;

/// What reading a Query or Scan to its end takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageCost {
    /// Units.
    pub units: Spread,
    /// Pages.
    pub pages: Spread,
}

/// Units of one page that evaluates so many bytes, or of one item of so many bytes (developer guide,
/// `ProvisionedThroughput`: rounded up, and nothing found is charged the minimum).
#[must_use]
pub fn page_units(bytes: Spread, consistency: Consistency) -> Spread {
    let k = unit_factor(consistency);
    Spread {
        low: k * units_of(bytes.low),
        expected: k * around(bytes, units_of),
        high: k * units_of(bytes.high),
    }
}

/// Units and pages of a Query or Scan that is read to its end. `item` is the size of one item, from
/// the smallest to the largest; `limit` the most items that a page is asked to evaluate.
#[must_use]
pub fn read_to_end(
    volume: Volume,
    item: Spread,
    limit: Option<u32>,
    consistency: Consistency,
) -> PageCost {
    let Volume { items, bytes } = volume;
    let limit = limit.map_or(f64::INFINITY, f64::from);
    let mean = if items.expected > 0.0 {
        bytes.expected / items.expected
    } else {
        item.expected
    };
    let page = (limit * mean).min(PAGE_BYTES + mean / 2.0);
    let pages = pages(volume, item, limit, page);
    let units = |bytes: f64| {
        let full = (bytes / page).floor();
        let rest = bytes - full * page;
        let last = if full == 0.0 || rest > 0.0 {
            units_of(rest)
        } else {
            0.0
        };
        full * units_of(page) + last
    };
    let low = units_of(bytes.low).max(pages.low);
    // Of each page at most a byte less than a unit is rounded up.
    let high = (units_of(bytes.high) + pages.high - 1.0).max(low);
    let units = Spread {
        low,
        expected: around(bytes, units),
        high,
    };
    PageCost {
        units: units.clamp(low, high).times(unit_factor(consistency)),
        pages,
    }
}

/// Pages until the end, of about `page` bytes.
fn pages(volume: Volume, item: Spread, limit: f64, page: f64) -> Spread {
    let Volume { items, bytes } = volume;
    let by_size = |bytes: f64| {
        if bytes > PAGE_BYTES {
            (bytes / (PAGE_BYTES - item.high).max(UNIT_BYTES)).floor()
        } else {
            0.0
        }
    };
    // A page that reaches its limit tells of a next one, even when that is empty (`API_Query`: a
    // `LastEvaluatedKey` "does not necessarily mean that there is more data").
    let by_limit = |items: f64| {
        if page < PAGE_BYTES {
            (items / limit).floor()
        } else {
            0.0
        }
    };
    let low = (bytes.low / (PAGE_BYTES + item.high)).ceil();
    let low = low.max(by_limit(items.low)).max(1.0);
    let high = (1.0 + by_size(bytes.high) + by_limit(items.high)).max(low);
    let expected = (bytes.expected / (PAGE_BYTES + item.expected / 2.0)).ceil();
    Spread {
        low,
        expected: expected.max(by_limit(items.expected) + 1.0),
        high,
    }
    .clamp(low, high)
}

/// The mean of what `units` gives near the expected figure.
fn around(bytes: Spread, units: impl Fn(f64) -> f64) -> f64 {
    let width = (bytes.expected - bytes.low).min(bytes.high - bytes.expected);
    let at = |point: &f64| units(bytes.expected + width.max(0.0) * point);
    POINTS.iter().map(at).sum::<f64>() / 5.0
}

fn units_of(bytes: f64) -> f64 {
    (bytes / UNIT_BYTES).ceil().max(1.0)
}

#[cfg(test)]
mod tests;

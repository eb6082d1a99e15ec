//! What a plan reads, as sequences of pages.

use crate::domain::plan::{Plan, Reads};
use crate::domain::read::{Query, ReadRequest, Scan};
use crate::engine::pages::Cursor;

/// A sequence for each partition, for up to a hundred keys, or for the whole path.
pub(super) fn cursors(plan: &Plan) -> Vec<Cursor> {
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
                    filter: plan.filter.as_deref().cloned(),
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
            filter: plan.filter.as_deref().cloned(),
            projection: plan.projection.clone(),
            limit: None,
            start: None,
            segment: None,
            consistency: plan.consistency,
        }))],
    }
}

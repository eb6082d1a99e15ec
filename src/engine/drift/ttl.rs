//! Time to live: asked for once, because descriptions of tables do not tell it.

use super::{DriftOptions, Means};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::TableName;
use crate::domain::problem::Problem;
use crate::domain::read::ReadErrorKind;
use std::collections::BTreeMap;

/// The dataset with the time to live of its base and of the copies under check, and a note for each table that
/// does not tell it: what has expired there is taken for drift.
pub(super) async fn asked(
    means: &Means,
    dataset: &BoundDataset,
    options: &DriftOptions,
) -> (BoundDataset, Vec<Problem>) {
    let mut dataset = dataset.clone();
    let mut known: BTreeMap<TableName, Option<String>> = BTreeMap::new();
    let mut notes = Vec::new();
    let copies = dataset.copies.iter_mut();
    let copies = copies.filter(|copy| options.covers(&copy.mapping.name));
    for table in std::iter::once(&mut dataset.base).chain(copies.map(|copy| &mut copy.table)) {
        if let Some(ttl) = known.get(&table.name) {
            table.ttl.clone_from(ttl);
            continue;
        }
        let answer = tokio::select! {
            biased;
            () = means.cancel.cancelled() => break,
            answer = means.store.time_to_live(&table.name) => answer,
        };
        match answer {
            Ok(ttl) => table.ttl = ttl,
            // What fails for another reason fails the scan as well, and is told there.
            Err(error) if error.kind == ReadErrorKind::Denied => {
                let what = format!("the time to live of `{}` is not known", table.name);
                let note = Problem::new(what)
                    .because(error.problem.what)
                    .hint("the permission `dynamodb:DescribeTimeToLive`; items that expired count as drift");
                notes.push(note);
            }
            Err(_) => {}
        }
        known.insert(table.name.clone(), table.ttl.clone());
    }
    (dataset, notes)
}

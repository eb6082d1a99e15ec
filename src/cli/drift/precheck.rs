//! Before the check: what counts say, and whether the mapping makes sense for a few base items.

use super::super::args::Global;
use super::super::exit::{Exit, Failure};
use super::super::output::note;
use super::super::session::Session;
use crate::domain::drift::{Doubt, TRIED, Weight, counts, doubts};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::query::Consistency;
use crate::domain::read::{ReadRequest, Scan};
use crate::domain::value::Item;
use crate::engine::drift::DriftOptions;
use crate::store::Store as _;

/// Tells both; a mapping that is most likely wrong is checked only with `--yes`.
pub(super) async fn precheck(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
    options: &DriftOptions,
) -> Result<(), Failure> {
    let copies: Vec<&BoundCopy> = options.chosen(dataset);
    if let Some(text) = counts(dataset, &copies) {
        note(global.quiet, &text);
    }
    if global.limits().max_rcu.is_some() {
        // Who gives the check a budget has it spent on the check, to the unit.
        return Ok(());
    }
    let items = few(session, dataset).await;
    let doubts = copies.iter().flat_map(|copy| doubts(dataset, copy, &items));
    let (stops, notes): (Vec<Doubt>, Vec<Doubt>) =
        doubts.partition(|doubt| doubt.weight == Weight::Stop && !global.yes);
    for doubt in notes {
        note(global.quiet, &format!("note: {}", doubt.problem));
    }
    if stops.is_empty() {
        return Ok(());
    }
    Err(Failure {
        exit: Exit::Usage,
        problems: stops.into_iter().map(|doubt| doubt.problem).collect(),
    })
}

/// The first base items; none when they cannot be read, which the check will tell.
async fn few(session: &Session, dataset: &BoundDataset) -> Vec<Item> {
    let scan = Scan {
        table: dataset.base.name.clone(),
        index: None,
        filter: None,
        projection: None,
        limit: Some(TRIED),
        start: None,
        segment: None,
        consistency: Consistency::Eventual,
    };
    let page = session.store.read(ReadRequest::Scan(scan)).await;
    page.map(|page| page.items.iter().map(|item| item.to_item()).collect())
        .unwrap_or_default()
}

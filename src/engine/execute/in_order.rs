//! Partitions one after the other, the first pages of later ones read ahead.

use super::run::Run;
use crate::domain::read::ReadPage;
use crate::engine::pages::{Cursor, Pool, Stop};
use std::collections::{BTreeMap, BTreeSet};

/// Reads the cursors in order. Of those behind the front at most one page each is read ahead, and
/// under a LIMIT only as many as it will need by what a page gave so far.
pub(super) async fn in_order(run: &mut Run<'_>, mut cursors: Vec<Cursor>) -> Result<(), Stop> {
    let mut pool = Pool::default();
    let mut held: BTreeMap<usize, ReadPage> = BTreeMap::new();
    let mut flying: BTreeSet<usize> = BTreeSet::new();
    let (mut front, mut begun) = (0, 0);
    while front < cursors.len() && !run.is_full() {
        if let Some(page) = held.remove(&front) {
            cursors[front].advance(&page)?;
            if cursors[front].ended() {
                front += 1;
            }
            run.accept(page).await?;
            continue;
        }
        let items = run.page_items();
        let behind_front = begun > front;
        if behind_front
            && !flying.contains(&front)
            && run.start(&mut pool, front, &cursors[front], items)
        {
            flying.insert(front);
        }
        while begun < cursors.len()
            && begun - front < run.width()
            && run.start(&mut pool, begun, &cursors[begun], items)
        {
            flying.insert(begun);
            begun += 1;
        }
        let Some((id, page)) = run.next_page(&mut pool).await? else {
            break;
        };
        flying.remove(&id);
        held.insert(id, page);
    }
    Ok(())
}

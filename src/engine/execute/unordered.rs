//! Partitions, keys, or a Scan, several at once, rows as they come.

use super::run::Run;
use crate::engine::pages::{Cursor, Pool, Stop};
use std::collections::VecDeque;

/// Reads every cursor to its end, or until the LIMIT is reached.
pub(super) async fn unordered(run: &mut Run<'_>, mut cursors: Vec<Cursor>) -> Result<(), Stop> {
    let mut pool = Pool::default();
    let mut waiting: VecDeque<usize> = (0..cursors.len()).collect();
    while !run.is_full() {
        while let Some(&id) = waiting.front() {
            let items = run.page_items();
            if !run.start(&mut pool, id, &cursors[id], items)? {
                break;
            }
            waiting.pop_front();
        }
        let Some((id, page)) = run.next_page(&mut pool).await? else {
            break;
        };
        cursors[id].advance(&page)?;
        if !cursors[id].ended() {
            waiting.push_front(id);
        }
        run.accept(page).await?;
    }
    Ok(())
}

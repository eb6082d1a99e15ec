//! Partitions, keys, or a Scan, several at once, rows as they come.

use super::run::Run;
use crate::engine::pages::{Cursor, Stop, Sweep};

/// Reads every cursor to its end, or until the LIMIT is reached.
pub(super) async fn unordered(run: &mut Run<'_>, cursors: Vec<Cursor>) -> Result<(), Stop> {
    let mut sweep = Sweep::new(cursors);
    while !run.is_full() {
        let Some(page) = run.next_of(&mut sweep).await? else {
            break;
        };
        run.accept(page).await?;
    }
    Ok(())
}

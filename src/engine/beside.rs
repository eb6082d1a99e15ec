//! Looking at one base item and its items in every copy, strongly, once.

use super::pages::{Reader, Stop};
use crate::domain::drift::{Beside, Sighting, Sought};
use crate::domain::mapping::BoundDataset;
use crate::domain::query::Consistency;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Calls under way at once.
const WIDTH: usize = 4;

/// Reads the base item, then what the mapping gives for it in every copy. A copy that cannot be read
/// hides none of the others.
///
/// # Errors
/// When the base item cannot be read, the budget is used up, or the look was cancelled.
pub async fn beside(
    store: Arc<dyn Store>,
    dataset: &BoundDataset,
    sought: &Sought,
    cancel: CancellationToken,
) -> Result<Beside, ReadError> {
    // It tells nothing on the way; while the listener lives, reads go on.
    let (events, _listener) = mpsc::channel::<()>(1);
    let mut reader = Reader::new(store, events, cancel);
    let base = match &sought.base_key {
        Some(key) => reader
            .items(&dataset.base, [key], Consistency::Strong, WIDTH)
            .await
            .map_err(Stop::into_error)?
            .remove(key),
        None => None,
    };
    let (mut copies, mut notes) = (Vec::new(), Vec::new());
    for copy in &dataset.copies {
        let wanted = match Beside::wanted(dataset, copy, base.as_ref(), sought) {
            Ok(wanted) => wanted,
            Err(why) => {
                notes.push((copy.mapping.name.clone(), why));
                continue;
            }
        };
        let keys = wanted.iter().map(|(key, _)| key);
        let mut items = match reader
            .items(&copy.table, keys, Consistency::Strong, WIDTH)
            .await
            .map_err(Stop::into_error)
        {
            Ok(items) => Ok(items),
            Err(error) if stops(&error) => return Err(error),
            Err(error) => Err(error.problem),
        };
        for (key, expected) in wanted {
            let item = match &mut items {
                Ok(items) => Ok(items.remove(&key)),
                Err(problem) => Err(problem.clone()),
            };
            copies.push(Sighting::new(dataset, copy, (key, expected), item));
        }
    }
    notes.extend(
        dataset
            .failed
            .iter()
            .map(|(name, problem)| (name.clone(), problem.what.clone())),
    );
    Ok(Beside {
        base,
        copies,
        notes,
    })
}

/// Whether nothing more can be read after this.
const fn stops(error: &ReadError) -> bool {
    matches!(error.kind, ReadErrorKind::Budget | ReadErrorKind::Cancelled)
}

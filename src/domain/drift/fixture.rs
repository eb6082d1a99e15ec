//! A comparison in one bucket, for tests.

use super::{Candidate, Record, Recorder, differences};
use crate::domain::item::BlockBuilder;
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;

/// The records of both sides.
pub(super) fn sides(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    base: &[Item],
    found: &[Item],
) -> (Vec<u8>, Vec<u8>) {
    let mut recorder = Recorder::new(dataset, [copy]);
    let (mut expected, mut actual) = (Vec::new(), Vec::new());
    let block = |items: &[Item]| {
        let mut builder = BlockBuilder::new();
        for item in items {
            builder.push(item);
        }
        builder.finish()
    };
    let put = |record: Record<'_>, to: &mut Vec<u8>| record.put(to);
    for item in block(base).iter() {
        recorder.base_item(item, |_, record| put(record, &mut expected));
    }
    for item in block(found).iter() {
        recorder.copy_item(0, item, |record| put(record, &mut actual));
    }
    (expected, actual)
}

/// What comparing a copy with these items on either side finds, once it is known whose the copy items are.
pub(super) fn candidates(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    base: &[Item],
    found: &[Item],
) -> Vec<Candidate> {
    let (expected, actual) = sides(dataset, copy, base, found);
    let owner = |key: &Item| {
        let mut items = found.iter();
        let item = items.find(|item| copy.table.key.of(item) == *key)?;
        dataset.base_key_of(copy, item)
    };
    let mut found_out = super::candidates(differences(dataset, copy, &expected, &actual));
    for candidate in &mut found_out {
        if candidate.base_key.is_none() {
            candidate.base_key = candidate.copy_keys.iter().find_map(owner);
        }
    }
    found_out
}

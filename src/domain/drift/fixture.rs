//! A comparison in one bucket, and looks at tables that stand still, for tests.

use super::{
    Candidate, Finding, Gathered, Look, Packed, Record, Recorder, Times, classify, copy_keys,
    owner_keys,
};
use crate::domain::item::BlockBuilder;
use crate::domain::mapping::fixture::{copy, strikes};
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
    let mut gathered = Gathered::new(dataset, copy, usize::MAX);
    gathered.take(&expected, &actual);
    gathered.take_known(&expected, &actual);
    let (packed, _) = gathered.finish();
    let unpack = |packed: Packed| packed.unpack(&dataset.base.key, &copy.table.key);
    let mut found_out: Vec<Candidate> = packed.into_iter().map(unpack).collect();
    for candidate in &mut found_out {
        if candidate.base_key.is_none() {
            candidate.base_key = candidate.copy_keys.iter().find_map(owner);
        }
    }
    found_out
}

/// The tables as they are at one instant: a base and one copy.
pub(super) struct World {
    pub(super) dataset: BoundDataset,
    pub(super) name: &'static str,
    pub(super) base: Vec<Item>,
    pub(super) copy: Vec<Item>,
    /// Older images of every base item.
    pub(super) older: Vec<Item>,
}

impl World {
    pub(super) fn of(name: &'static str, base: &[Item], copy: &[Item]) -> Self {
        Self {
            dataset: strikes(),
            name,
            base: base.to_vec(),
            copy: copy.to_vec(),
            older: Vec::new(),
        }
    }

    fn copy(&self) -> &BoundCopy {
        copy(&self.dataset, self.name)
    }

    fn get_base(&self, key: &Item) -> Option<Item> {
        let mut base = self.base.iter();
        base.find(|item| self.dataset.base.key.of(item) == *key)
            .cloned()
    }

    fn get_copy(&self, key: &Item) -> Option<Item> {
        let mut copy = self.copy.iter();
        copy.find(|item| self.copy().table.key.of(item) == *key)
            .cloned()
    }

    /// What the full comparison finds.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        candidates(&self.dataset, self.copy(), &self.base, &self.copy)
    }

    /// Looks as the engine does.
    pub(super) fn look(&self, candidate: &Candidate) -> Look {
        let base = candidate
            .base_key
            .as_ref()
            .and_then(|key| self.get_base(key));
        let copy: Vec<_> = copy_keys(&self.dataset, self.copy(), candidate, base.as_ref())
            .into_iter()
            .map(|key| (key.clone(), self.get_copy(&key)))
            .collect();
        let owners = owner_keys(&self.dataset, self.copy(), base.as_ref(), &copy)
            .into_iter()
            .map(|key| (key.clone(), self.get_base(&key)))
            .collect();
        Look {
            base,
            copy,
            owners,
            older: self.older.clone(),
        }
    }

    /// Everything found while nothing moves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let candidates = self.candidates();
        let found = candidates.iter().map(|candidate| {
            let findings = self.classify(candidate, &self.look(candidate));
            assert!(!findings.is_empty(), "{candidate:?}");
            findings
        });
        found.flatten().collect()
    }

    pub(super) fn classify(&self, candidate: &Candidate, look: &Look) -> Vec<Finding> {
        let times = Times {
            seen_at: "then".into(),
            confirmed_at: "now".into(),
            now: NOW,
        };
        classify(&self.dataset, self.copy(), candidate, look, &times)
    }
}

/// What time it is in the world, in seconds since 1970.
pub(super) const NOW: i64 = 1_700_000_000;

//! Following changes to one copy: looking for each with growing pauses until it is there.
//!
//! Bounded: few changes are followed at a time, so looking costs a few units a second at most.

use crate::domain::lag::{Gauge, Trace};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::read::StreamRecord;
use crate::domain::value::Item;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// Items followed at a time.
const AT_ONCE: usize = 16;
/// Changes of an item kept apart: of more, those in between.
const VERSIONS: usize = 4;
/// The first pause between two looks, and the longest, in milliseconds.
const PAUSE: i64 = 250;
const LONGEST: i64 = 4_000;
/// Looks after which a change that was overtaken by a later one is given up.
const LOOKS: u32 = 8;

/// The changes followed to one copy.
#[derive(Debug, Default)]
pub(super) struct Pursuit {
    pub(super) gauge: Gauge,
    /// By base key.
    quarry: IndexMap<Item, Quarry>,
}

/// A base item whose changes are looked for.
#[derive(Debug)]
struct Quarry {
    shard: String,
    /// When each was made, and what it leaves; oldest first.
    versions: Vec<(i64, Trace)>,
    due: i64,
    pause: i64,
    looks: u32,
}

impl Pursuit {
    /// Follows a change, if there is room or its item is followed already.
    pub(super) fn take(
        &mut self,
        dataset: &BoundDataset,
        copy: &BoundCopy,
        shard: &str,
        record: &StreamRecord,
        now: i64,
    ) {
        let known = self.quarry.contains_key(&record.key);
        if !known && self.quarry.len() >= AT_ONCE {
            return;
        }
        let (old, new) = (record.old.as_ref(), record.new.as_ref());
        let Some(trace) = Trace::of(dataset, copy, old, new) else {
            return;
        };
        self.gauge.sampled += 1;
        let quarry = self.quarry.entry(record.key.clone()).or_insert(Quarry {
            shard: shard.to_owned(),
            versions: Vec::new(),
            due: now,
            pause: PAUSE,
            looks: 0,
        });
        quarry.versions.push((record.at * 1000, trace));
        if quarry.versions.len() > VERSIONS {
            let (made, _) = quarry.versions.remove(1);
            self.gauge.gave_up(&quarry.shard, made);
            self.gauge.sampled -= 1;
        }
    }

    /// Whether changes of this item are looked for.
    pub(super) fn follows(&self, key: &Item) -> bool {
        self.quarry.contains_key(key)
    }

    /// The copy items to look at now.
    pub(super) fn due(&self, now: i64) -> BTreeSet<Item> {
        let due = self.quarry.values().filter(|quarry| quarry.due <= now);
        due.flat_map(|quarry| quarry.versions.iter().flat_map(|(_, trace)| trace.keys()))
            .cloned()
            .collect()
    }

    /// What was due at `asked` was looked at: `found` is what is there.
    pub(super) fn looked(
        &mut self,
        dataset: &BoundDataset,
        copy: &BoundCopy,
        found: &BTreeMap<Item, Item>,
        asked: i64,
        now: i64,
    ) {
        let gauge = &mut self.gauge;
        self.quarry.retain(|key, quarry| {
            if quarry.due > asked {
                return true;
            }
            quarry.looks += 1;
            quarry.due = now + quarry.pause;
            quarry.pause = (quarry.pause * 2).min(LONGEST);
            // A later change stands for those before it.
            let seen = quarry
                .versions
                .iter()
                .rposition(|(_, trace)| trace.is_seen(dataset, copy, key, found));
            for (made, _) in quarry.versions.drain(..seen.map_or(0, |newest| newest + 1)) {
                gauge.arrived(&quarry.shard, made, now);
            }
            for (made, _) in &quarry.versions {
                gauge.missed(&quarry.shard, *made, asked);
            }
            let lost = quarry.looks >= LOOKS
                && quarry
                    .versions
                    .iter()
                    .all(|(made, _)| gauge.is_overtaken(&quarry.shard, *made));
            if lost {
                for (made, _) in &quarry.versions {
                    gauge.gave_up(&quarry.shard, *made);
                }
            }
            !lost && !quarry.versions.is_empty()
        });
    }
}

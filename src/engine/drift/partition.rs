//! One partition of a copy held against the base, and the base items that should have something there
//! held against it.

use super::Phase;
use super::check::Check;
use super::suspects::{Held, Suspects};
use crate::domain::item::item_to_dynamo_json;
use crate::domain::plan::Plan;
use crate::domain::query::{Consistency, Direction, Request};
use crate::domain::read::{KeyCondition, Query, ReadRequest};
use crate::domain::value::Item;
use crate::engine::execute::{Bounds, ReadEvent, execute};
use crate::engine::pages::{Cursor, Stop, Sweep};
use std::collections::{BTreeSet, HashSet};
use tokio::sync::mpsc::channel;
use xxhash_rust::xxh3::xxh3_128;

/// Keys looked up together.
const BATCH: usize = 100;

/// A partition of a copy, and how to find the base items that belong there.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionScope {
    /// Its key attributes.
    pub partition: Item,
    /// Asks for the keys of the base items that can give items there, by a route that does not read
    /// the copy itself.
    pub request: Request,
    /// That route.
    pub plan: Plan,
    /// How it is read.
    pub bounds: Bounds,
}

impl Check<'_> {
    /// Checks a partition of the only copy.
    pub(super) async fn partition(&mut self, scope: &PartitionScope) -> Result<(), Stop> {
        let mut suspects = Suspects::default();
        let agreed = self.hold_partition(scope, &mut suspects).await?;
        let open = Box::pin(self.enumerate(scope, &agreed)).await?;
        let keys: Vec<Item> = open.into_iter().collect();
        let base = &self.dataset.base;
        for keys in keys.chunks(BATCH) {
            let keys = keys.iter().cloned().collect();
            let found = self.read_keys(base, keys, Consistency::Eventual).await?;
            let items: Vec<Item> = found.into_values().collect();
            self.hold_against_copy(0, &items, &mut suspects).await?;
        }
        self.submit_all(suspects);
        self.copies[0].scanned = true;
        self.verify().await?;
        self.confirm_tables().await
    }

    /// Holds every item of the partition against its base item; digests of the base keys of those that agree.
    async fn hold_partition(
        &mut self,
        scope: &PartitionScope,
        suspects: &mut Suspects,
    ) -> Result<HashSet<u128>, Stop> {
        let copy = self.copies[0].copy;
        let query = Query {
            table: copy.table.name.clone(),
            index: None,
            key: KeyCondition {
                equal: scope.partition.clone().into_iter().collect(),
                partition_len: scope.partition.len(),
                range: None,
            },
            direction: Direction::Ascending,
            filter: None,
            projection: None,
            limit: None,
            start: None,
            consistency: Consistency::Eventual,
        };
        let mut sweep = Sweep::new(vec![Cursor::new(ReadRequest::Query(query))]);
        let mut agreed = HashSet::new();
        while let Some(page) = sweep.next(&mut self.reader, 1, None).await? {
            let items: Vec<Item> = page.items.iter().map(|item| item.to_item()).collect();
            for items in items.chunks(BATCH) {
                let held = self.hold_against_base(0, items, suspects).await?;
                let there = held.iter().filter(|held| **held != Held::Foreign);
                self.copies[0].summary.actual += there.count() as u64;
                let agree = items
                    .iter()
                    .zip(held)
                    .filter(|(_, held)| *held == Held::Agrees);
                let bases = agree.filter_map(|(item, _)| self.dataset.base_key_of(copy, item));
                agreed.extend(bases.map(|key| digest(&key)));
            }
            let read = self.copies[0].summary.actual;
            self.progress(Phase::Copies, read, None).await?;
        }
        Ok(agreed)
    }

    /// The keys of base items that can give items in the partition, but for those known to agree. With
    /// `each` a base item may give several there, so that all of them are looked at.
    async fn enumerate(
        &mut self,
        scope: &PartitionScope,
        agreed: &HashSet<u128>,
    ) -> Result<BTreeSet<Item>, Stop> {
        let (events, mut arriving) = channel(4);
        let running = execute(
            self.reader.store(),
            &scope.request,
            &scope.plan,
            scope.bounds,
            events,
            self.reader.cancel(),
        );
        let key = &self.dataset.base.key;
        let several = self.copies[0].copy.mapping.each.is_some();
        let collecting = async {
            let (mut open, mut all) = (BTreeSet::new(), 0);
            while let Some(event) = arriving.recv().await {
                let ReadEvent::Rows(rows) = event else {
                    continue;
                };
                for row in rows.iter() {
                    all += 1;
                    let key = key.of(&row.to_item());
                    if several || !agreed.contains(&digest(&key)) {
                        open.insert(key);
                    }
                }
            }
            (open, all)
        };
        let (answer, (open, all)) = tokio::join!(Box::pin(running), collecting);
        self.reader.used.rcu += answer.consumption.rcu;
        self.reader.used.items_read += answer.consumption.items_read;
        self.base_items = all;
        // What agrees is not looked at again, so that it is counted here.
        self.copies[0].summary.expected += all.saturating_sub(open.len() as u64);
        if let Some(error) = answer.error {
            return Err(error.into());
        }
        self.progress(Phase::Base, all, None).await?;
        Ok(open)
    }
}

/// Of a key; two keys that share it would leave one of them unchecked, so it is as wide as that of records.
fn digest(key: &Item) -> u128 {
    xxh3_128(item_to_dynamo_json(key).to_string().as_bytes())
}

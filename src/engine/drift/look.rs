//! Looking at candidates: strong reads of base items, copy items, and owners, in batches.

use super::check::Check;
use super::verify::Case;
use crate::domain::drift::{Look, copy_keys, owner_keys};
use crate::domain::query::Consistency;
use crate::domain::schema::Table;
use crate::domain::value::Item;
use crate::engine::pages::{Found, Stop};
use std::collections::BTreeSet;

/// Calls under way at once.
const WIDTH: usize = 4;

impl Check<'_> {
    /// Finds out to which base items the copy items belong that no base item was met for: together
    /// with their base item they are one case.
    async fn find_owners(&mut self, cases: &mut [Case]) -> Result<(), Stop> {
        cases.sort_by_key(|case| !case.lacks_owner());
        let strays = cases.partition_point(Case::lacks_owner);
        let strays = &mut cases[..strays];
        let mut looks: Vec<Look> = strays.iter().map(|_| Look::default()).collect();
        self.look_at_copies(strays, &mut looks).await?;
        for (case, look) in strays.iter_mut().zip(&looks) {
            let copy = self.copies[case.copy].copy;
            let mut found = look.copy.iter().filter_map(|(_, item)| item.as_ref());
            case.candidate.base_key = found.find_map(|item| self.dataset.base_key_of(copy, item));
        }
        Ok(())
    }

    /// One look at each of `cases`, in the order they have afterwards: base items first, then copy items,
    /// then the base items to which copy items found there belong.
    pub(super) async fn look(&mut self, cases: &mut [Case]) -> Result<Vec<Look>, Stop> {
        self.find_owners(cases).await?;
        let (dataset, cases) = (self.dataset, &*cases);
        let base_keys = cases
            .iter()
            .filter_map(|case| case.candidate.base_key.clone());
        let bases = self
            .read_strongly(&dataset.base, base_keys.collect())
            .await?;
        let mut looks: Vec<Look> = cases
            .iter()
            .map(|case| {
                let key = case.candidate.base_key.as_ref();
                Look {
                    base: key.and_then(|key| bases.get(key)).cloned(),
                    older: key.map_or_else(Vec::new, |key| self.images.older(key)),
                    ..Look::default()
                }
            })
            .collect();
        self.look_at_copies(cases, &mut looks).await?;
        let owners: Vec<Vec<Item>> = cases
            .iter()
            .zip(&looks)
            .map(|(case, look)| {
                let copy = self.copies[case.copy].copy;
                owner_keys(dataset, copy, look.base.as_ref(), &look.copy)
            })
            .collect();
        let owner_keys = owners.iter().flatten().cloned().collect();
        let owner_items = self.read_strongly(&dataset.base, owner_keys).await?;
        for (look, owners) in looks.iter_mut().zip(owners) {
            look.owners = with_items(owners, &owner_items);
        }
        Ok(looks)
    }

    async fn look_at_copies(&mut self, cases: &[Case], looks: &mut [Look]) -> Result<(), Stop> {
        for (table, copies) in self.tables().into_iter().skip(1) {
            let mut asked: Vec<(&mut Look, Vec<Item>)> = cases
                .iter()
                .zip(looks.iter_mut())
                .filter(|(case, _)| copies.contains(&case.copy))
                .map(|(case, look)| {
                    let copy = self.copies[case.copy].copy;
                    let base = look.base.as_ref();
                    let keys = copy_keys(self.dataset, copy, &case.candidate, base);
                    (look, keys)
                })
                .collect();
            let keys = asked.iter().flat_map(|(_, keys)| keys).cloned().collect();
            let found = self.read_strongly(table, keys).await?;
            for (look, keys) in &mut asked {
                look.copy = with_items(std::mem::take(keys), &found);
            }
        }
        Ok(())
    }

    /// The items of a table under `keys`, read strongly.
    async fn read_strongly(&mut self, table: &Table, keys: BTreeSet<Item>) -> Result<Found, Stop> {
        self.read_keys(table, keys, Consistency::Strong).await
    }

    /// The items of a table under `keys`.
    pub(super) async fn read_keys(
        &mut self,
        table: &Table,
        keys: BTreeSet<Item>,
        consistency: Consistency,
    ) -> Result<Found, Stop> {
        self.reader.items(table, &keys, consistency, WIDTH).await
    }
}

fn with_items(keys: Vec<Item>, found: &Found) -> Vec<(Item, Option<Item>)> {
    keys.into_iter()
        .map(|key| {
            let item = found.get(&key).cloned();
            (key, item)
        })
        .collect()
}

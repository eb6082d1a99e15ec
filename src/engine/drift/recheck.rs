//! Looking again at what an earlier check found or left open, by the same looks and the same grace.

use super::check::Check;
use super::{CheckOutcome, DriftOptions, Means, Scope};
use crate::domain::drift::Noted;
use crate::domain::mapping::BoundDataset;
use crate::domain::read::ReadError;
use crate::domain::value::Item;
use crate::engine::pages::Stop;
use std::collections::{BTreeMap, BTreeSet};

/// The keys to look at: copy and base key → keys of copy items.
type Subjects = BTreeMap<(usize, Option<Item>), BTreeSet<Item>>;

/// Looks again at everything that `noted` names of copies of the dataset; the rest is passed over.
///
/// # Errors
/// When nothing could be read at all.
pub async fn recheck(
    means: Means,
    dataset: &BoundDataset,
    options: &DriftOptions,
    noted: &[Noted],
) -> Result<CheckOutcome, ReadError> {
    let options = DriftOptions {
        scope: Scope::Recheck,
        ..options.clone()
    };
    let mut check = Check::new(means, dataset, &options);
    let ended = Box::pin(check.look_again(noted)).await;
    check.finish(ended)
}

impl Check<'_> {
    async fn look_again(&mut self, noted: &[Noted]) -> Result<(), Stop> {
        self.take(self.subjects(noted));
        self.verify().await?;
        self.confirm_tables().await
    }

    /// Findings of one base item are one case; a copy item that nobody knows the base item of is one by
    /// itself.
    fn subjects(&self, noted: &[Noted]) -> Subjects {
        let mut subjects = Subjects::new();
        for noted in noted {
            let named =
                |checked: &super::check::Checked<'_>| checked.copy.mapping.name == noted.copy;
            let Some(copy) = self.copies.iter().position(named) else {
                continue;
            };
            let keys = noted.copy_keys.iter().cloned();
            subjects
                .entry((copy, noted.base_key.clone()))
                .or_default()
                .extend(keys);
        }
        subjects
    }

    fn take(&mut self, subjects: Subjects) {
        for ((copy, base_key), keys) in subjects {
            let all: Vec<Item> = keys.into_iter().collect();
            let cases = if base_key.is_some() {
                vec![all]
            } else {
                all.into_iter().map(|key| vec![key]).collect()
            };
            for copy_keys in cases {
                self.submit(copy, base_key.clone(), copy_keys);
            }
        }
        for checked in &mut self.copies {
            checked.scanned = true;
        }
    }
}

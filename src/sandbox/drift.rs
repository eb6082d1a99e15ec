//! The small known drift of the demo.
//!
//! Each seed is a strike and what went wrong with it, written as the same seed tells it: a copy
//! item lost, or a copy item made from another version of the strike. The list of what a correct
//! check must report follows from the seeds by E(b), so the two cannot disagree.

use super::SandboxError;
use super::data::{strike_id, strikes};
use super::database::Database;
use super::load::copy_items;
use super::tables::{dataset, key_of};
use crate::domain::drift::Class;
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::names::{CopyName, TableName};
use crate::domain::value::{Item, Value};
use std::collections::BTreeSet;

/// One thing that a correct check of the demo reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeededDrift {
    /// The copy.
    pub copy: CopyName,
    /// The class.
    pub class: Class,
    /// The base item's key; of an orphan the key that it claims.
    pub base_key: Item,
    /// The copy item's key; none when E(b) is undefined.
    pub copy_key: Option<Item>,
}

/// What went wrong in a copy with the strike of a row.
struct Seed {
    copy: &'static str,
    class: Class,
    row: usize,
    /// How the version that the copy item stems from differs from the strike.
    version: &'static [(&'static str, &'static str)],
}

const fn seed(
    copy: &'static str,
    class: Class,
    row: usize,
    version: &'static [(&'static str, &'static str)],
) -> Seed {
    Seed {
        copy,
        class,
        row,
        version,
    }
}

/// Missing: the first copy item is deleted. The others: one made from another version is written.
const SEEDS: [Seed; 12] = [
    seed("by_month", Class::Missing, 420, &[]),
    seed("by_month", Class::Missing, 7120, &[]),
    seed(
        "by_month",
        Class::Misplaced,
        7120,
        &[("struck_on", "1999-10-11")],
    ),
    seed(
        "by_month",
        Class::Different,
        4711,
        &[("species", "Unknown bird")],
    ),
    seed(
        "by_state",
        Class::Orphaned,
        6500,
        &[("strike_id", "S90001")],
    ),
    seed(
        "by_state",
        Class::Different,
        8080,
        &[("species", "House sparrow")],
    ),
    seed("damaged", Class::Missing, 3100, &[]),
    seed("damaged", Class::Misplaced, 9001, &[("damage", "Minor")]),
    seed("by_party", Class::Missing, 1234, &[]),
    seed(
        "by_party",
        Class::Orphaned,
        9500,
        &[("strike_id", "S90002")],
    ),
    seed("by_party", Class::Different, 5150, &[("aircraft", "B-737")]),
    seed(
        "by_party",
        Class::Different,
        8888,
        &[("time_of_day", "Noon")],
    ),
];

/// The row of a strike whose state was lost in the base: unmappable where the state is a key.
const STATELESS: (&str, usize) = ("by_state", 2500);

/// Two rows of one day, alike in nothing else that a copy's key holds. The later one carries the
/// number of the earlier one, so they claim one key where the day and the number are all of it.
const TWINS: (&str, usize, usize) = ("by_month", 5371, 5372);

/// The drift to seed.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What a correct check reports.
    pub(super) drift: Vec<SeededDrift>,
    /// Base items that carry it: nothing may write to them.
    pub(super) carriers: BTreeSet<Item>,
    edits: Vec<(TableName, Edit)>,
}

#[derive(Debug)]
enum Edit {
    Put(Item),
    Delete(Item),
}

/// What a correct check of the demo reports: no more and no less.
///
/// # Errors
/// When the embedded data or dataset file cannot be read.
pub fn seeded_drift() -> Result<Vec<SeededDrift>, SandboxError> {
    let mut base = strikes()?;
    edit_base(&mut base)?;
    Ok(Plan::new(&dataset()?, &base)?.drift)
}

/// Makes the edits that drift needs in the base, before it is loaded.
pub(super) fn edit_base(base: &mut [Item]) -> Result<(), SandboxError> {
    row(base, STATELESS.1)?.remove("state");
    let (_, first, second) = TWINS;
    row(base, second)?.insert("strike_id".into(), Value::s(strike_id(first)));
    Ok(())
}

impl Plan {
    /// The drift of `base`, which [`edit_base`] has edited.
    pub(super) fn new(dataset: &BoundDataset, base: &[Item]) -> Result<Self, SandboxError> {
        let mut plan = Self::default();
        for seed in &SEEDS {
            plan.sow(dataset, base, seed)?;
        }
        let (name, number) = STATELESS;
        plan.note(
            dataset,
            copy(dataset, name)?,
            Class::Unmappable,
            strike(base, number)?,
            None,
        );
        let (name, loser, winner) = TWINS;
        let copy = copy(dataset, name)?;
        let loser = strike(base, loser)?;
        let lost = first_item(dataset, copy, loser)?;
        plan.note(dataset, copy, Class::Duplicate, loser, Some(&lost));
        plan.carriers
            .insert(key_of(&dataset.base, strike(base, winner)?));
        Ok(plan)
    }

    /// Writes it into the loaded copies.
    pub(super) fn apply(&self, database: &Database) -> Result<(), SandboxError> {
        for (table, edit) in &self.edits {
            match edit {
                Edit::Put(item) => database.put(table.as_str(), item)?,
                Edit::Delete(key) => database.delete(table.as_str(), key)?,
            }
        }
        Ok(())
    }

    fn sow(
        &mut self,
        dataset: &BoundDataset,
        base: &[Item],
        seed: &Seed,
    ) -> Result<(), SandboxError> {
        let copy = copy(dataset, seed.copy)?;
        let strike = strike(base, seed.row)?;
        let mut version = strike.clone();
        for (name, value) in seed.version {
            version.insert((*name).into(), Value::s(*value));
        }
        let item = first_item(dataset, copy, &version)?;
        self.carriers.insert(key_of(&dataset.base, strike));
        self.note(dataset, copy, seed.class, &version, Some(&item));
        let edit = match seed.class {
            Class::Missing => Edit::Delete(key_of(&copy.table, &item)),
            _ => Edit::Put(item),
        };
        self.edits.push((copy.table.name.clone(), edit));
        Ok(())
    }

    fn note(
        &mut self,
        dataset: &BoundDataset,
        copy: &BoundCopy,
        class: Class,
        base: &Item,
        copy_item: Option<&Item>,
    ) {
        let base_key = key_of(&dataset.base, base);
        self.carriers.insert(base_key.clone());
        self.drift.push(SeededDrift {
            copy: copy.mapping.name.clone(),
            class,
            base_key,
            copy_key: copy_item.map(|item| key_of(&copy.table, item)),
        });
    }
}

fn row(base: &mut [Item], number: usize) -> Result<&mut Item, SandboxError> {
    number
        .checked_sub(1)
        .and_then(|index| base.get_mut(index))
        .ok_or_else(|| no_row(number))
}

fn strike(base: &[Item], number: usize) -> Result<&Item, SandboxError> {
    number
        .checked_sub(1)
        .and_then(|index| base.get(index))
        .ok_or_else(|| no_row(number))
}

fn no_row(number: usize) -> SandboxError {
    SandboxError::Data(format!("row {number} carries drift and does not exist"))
}

fn copy<'a>(dataset: &'a BoundDataset, name: &str) -> Result<&'a BoundCopy, SandboxError> {
    dataset.copy(name).ok_or_else(|| {
        SandboxError::Data(format!("copy `{name}` carries drift and does not exist"))
    })
}

fn first_item(dataset: &BoundDataset, copy: &BoundCopy, base: &Item) -> Result<Item, SandboxError> {
    let items = copy_items(dataset, copy, base);
    items.into_iter().next().ok_or_else(|| {
        SandboxError::Data(format!(
            "a seed of `{}` gives no copy item",
            copy.mapping.name
        ))
    })
}

//! One base item beside its items in every copy: what each should hold, what it holds, what differs.
//!
//! A single look, for people: nothing here is a verdict. Differences may still be in flight.

use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::names::CopyName;
use crate::domain::problem::Problem;
use crate::domain::value::{Item, Value};
use std::collections::BTreeSet;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The key of the base item, when it is known.
    pub base_key: Option<Item>,
    /// A copy item to look at besides, wherever the mapping would have it.
    pub stray: Option<(CopyName, Item)>,
}

/// A base item with its items in every copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// The base item; none when it does not exist or nobody knows its key.
    pub base: Option<Item>,
    /// Items of copies, in the order of the dataset file.
    pub copies: Vec<Sighting>,
    /// Copies of which there is nothing to show, and why.
    pub notes: Vec<(CopyName, String)>,
}

/// An item of a copy, as it should be and as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// The copy.
    pub copy: CopyName,
    /// Its key.
    pub key: Item,
    /// What the mapping gives under that key.
    pub expected: Option<Item>,
    /// What is there.
    pub found: Result<Option<Item>, Problem>,
    /// Attributes of either that are compared; those of an item apart are not.
    compared: BTreeSet<String>,
}

/// How an attribute of a copy stands to what the mapping gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it should be.
    Agrees,
    /// Not as it should be: another value, none, or one too many.
    Differs,
    /// Not compared: the copy does not keep it, or it is the copy's own.
    Apart,
}

/// How a copy item stands to what the mapping gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// As it should be.
    Agrees,
    /// So many attributes differ.
    Differs(usize),
    /// It is not there.
    Missing,
    /// It is there, and should not be.
    Unexpected,
    /// It is not there, and should not be.
    Absent,
    /// It could not be read.
    Unread,
}

impl Beside {
    /// Which items of a copy to look at, with what the mapping gives; or why there is nothing to look at.
    ///
    /// # Errors
    /// A sentence when the mapping gives no item for the base item and no other is looked for.
    pub fn wanted(
        dataset: &BoundDataset,
        copy: &BoundCopy,
        base: Option<&Item>,
        sought: &Sought,
    ) -> Result<Vec<(Item, Option<Item>)>, String> {
        let (items, why) = match base.map(|base| dataset.expected(copy, base)) {
            None => (Vec::new(), "there is no base item".to_owned()),
            Some(Expectation::Items(items)) => (items, "the mapping gives no item".to_owned()),
            Some(Expectation::Unmappable(unmappable)) => (Vec::new(), unmappable.detail),
        };
        let keyed = items
            .into_iter()
            .map(|item| (copy.table.key.of(&item), Some(item)));
        let mut wanted: Vec<(Item, Option<Item>)> = keyed.collect();
        if let Some((name, key)) = &sought.stray
            && *name == copy.mapping.name
            && wanted.iter().all(|(known, _)| known != key)
        {
            wanted.push((key.clone(), None));
        }
        if wanted.is_empty() {
            Err(why)
        } else {
            Ok(wanted)
        }
    }

    /// Every attribute of any of the items: keys of the base first.
    #[must_use]
    pub fn attributes(&self, keys: &[String]) -> Vec<String> {
        let copies = self.copies.iter().flat_map(|sighting| {
            let found = sighting.found.iter().flatten();
            sighting.expected.iter().chain(found)
        });
        let items = self.base.iter().chain(copies);
        let names: BTreeSet<&String> = items.flat_map(|item| item.keys()).collect();
        let (first, rest): (Vec<&String>, Vec<&String>) =
            names.into_iter().partition(|name| keys.contains(name));
        first.into_iter().chain(rest).cloned().collect()
    }
}

impl Sighting {
    /// What was seen of a copy item.
    #[must_use]
    pub fn new(
        dataset: &BoundDataset,
        copy: &BoundCopy,
        (key, expected): (Item, Option<Item>),
        found: Result<Option<Item>, Problem>,
    ) -> Self {
        let items = expected.iter().chain(found.iter().flatten());
        let names = items.flat_map(|item| item.keys());
        let compared = names.filter(|name| dataset.compares(copy, name)).cloned();
        Self {
            copy: copy.mapping.name.clone(),
            key,
            compared: compared.collect(),
            expected,
            found,
        }
    }

    /// The value of an attribute, and how it stands.
    #[must_use]
    pub fn attribute(&self, name: &str) -> (Option<&Value>, Standing) {
        let value = |item: &Option<Item>| item.as_ref().and_then(|item| item.get(name)).cloned();
        let found = self.found.iter().flatten().next();
        let shown = found.and_then(|item| item.get(name));
        let standing = if !self.compared.contains(name) || self.found.is_err() {
            Standing::Apart
        } else if value(&self.expected).as_ref() == shown {
            Standing::Agrees
        } else {
            Standing::Differs
        };
        (shown, standing)
    }

    /// How the item stands as a whole.
    #[must_use]
    pub fn presence(&self) -> Presence {
        match (&self.expected, &self.found) {
            (_, Err(_)) => Presence::Unread,
            (None, Ok(None)) => Presence::Absent,
            (None, Ok(Some(_))) => Presence::Unexpected,
            (Some(_), Ok(None)) => Presence::Missing,
            (Some(_), Ok(Some(_))) => {
                let differs = |name: &&String| self.attribute(name).1 == Standing::Differs;
                match self.compared.iter().filter(differs).count() {
                    0 => Presence::Agrees,
                    n => Presence::Differs(n),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

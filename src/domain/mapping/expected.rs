//! E(b): what the mapping gives for a base item.
//!
//! The rules are numbered as in the description of the product; each is tested by its number.

use super::{BoundCopy, BoundDataset, Keep, Mapping, Nulls};
use crate::domain::expr::{Bound, Each, EachSource, Lookup, Operand, Step, below, holds, operand};
use crate::domain::schema::{KeyAttribute, KeySchema};
use crate::domain::value::{Item, Kind, Value};
use indexmap::IndexSet;
use std::collections::HashSet;
use std::fmt;

/// The longest values of partition and sort keys, in bytes (developer guide, Constraints).
const PARTITION_KEY_LIMIT: usize = 2048;
const SORT_KEY_LIMIT: usize = 1024;

/// Attributes that global tables of version 2017 add on their own.
const REPLICATION_PREFIX: &str = "aws:rep:";

/// What a copy should hold for one base item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// These items; none when the base item is not of the dataset or the copy's `where` is false.
    Items(Vec<Item>),
    /// Undefined.
    Unmappable(Unmappable),
}

/// Why E(b) is undefined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmappable {
    /// In a sentence.
    pub detail: String,
}

impl Unmappable {
    fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
        }
    }
}

/// One copy item that the mapping gives, not put together yet: what it takes over stays in the base item.
#[derive(Clone)]
pub struct Derived<'a> {
    dataset: &'a BoundDataset,
    copy: &'a BoundCopy,
    base: &'a dyn Lookup,
    /// What the item has of its own: renamed attributes of the base key, the alias, `set`. An attribute
    /// without a value is not there.
    own: Vec<(&'a str, Option<Operand<'a>>)>,
}

impl BoundDataset {
    /// E(b) for one copy. Items for which the copy's `only` is false are not of the copy, so they are left out.
    #[must_use]
    pub fn expected(&self, copy: &BoundCopy, base: &Item) -> Expectation {
        match self.derive(copy, base) {
            Ok(items) => Expectation::Items(items.iter().map(|item| item.to_item(base)).collect()),
            Err(unmappable) => Expectation::Unmappable(unmappable),
        }
    }

    /// E(b) for one copy without putting the items together.
    ///
    /// # Errors
    /// When E(b) is undefined.
    pub fn derive<'a>(
        &'a self,
        copy: &'a BoundCopy,
        base: &'a dyn Lookup,
    ) -> Result<Vec<Derived<'a>>, Unmappable> {
        let mapping = &copy.mapping;
        // Rules 1 and 2.
        if !self.is_member(base) || !holds(&mapping.filter, base) {
            return Ok(Vec::new());
        }
        let mut items: Vec<Derived<'a>> = Vec::new();
        match &mapping.each {
            None => items.push(self.item(copy, base, None)),
            Some(each) => {
                for element in &elements(each, base)? {
                    items.push(self.item(copy, base, Some((each.alias.as_str(), element))));
                }
            }
        }
        check_keys(&copy.table.key, &items)?;
        items.retain(|item| self.belongs(copy, item));
        Ok(items)
    }

    /// Rules 4 and 5: keep(base) ∪ alias ∪ set, later wins.
    fn item<'a>(
        &'a self,
        copy: &'a BoundCopy,
        base: &'a dyn Lookup,
        element: Option<(&'a str, &Operand<'a>)>,
    ) -> Derived<'a> {
        let mapping = &copy.mapping;
        let mut item = Derived {
            dataset: self,
            copy,
            base,
            own: Vec::with_capacity(mapping.set.len() + 1),
        };
        for (attribute, name) in &mapping.base_key {
            item.set(name, base.attribute(attribute));
        }
        if let Some((alias, value)) = element {
            item.set(alias, Some(value.clone()));
        }
        for (attribute, expr) in &mapping.set {
            let value = match element {
                None => operand(expr, base),
                Some((alias, value)) => {
                    let bound = Bound {
                        item: base,
                        alias,
                        value,
                    };
                    operand(expr, &bound).map(|value| value.into_value().into())
                }
            };
            item.set(attribute, value);
        }
        item
    }

    /// Whether a base item is one of the dataset (its `where`).
    #[must_use]
    pub fn is_member(&self, base: &dyn Lookup) -> bool {
        holds(&self.dataset.filter, base)
    }

    /// Whether an item of the copy's table belongs to the copy (its `only`).
    #[must_use]
    pub fn belongs(&self, copy: &BoundCopy, copy_item: &dyn Lookup) -> bool {
        holds(&copy.mapping.only, copy_item)
    }

    /// The key of the base item that a copy item stems from (through `base_key`), when it has one.
    #[must_use]
    pub fn base_key_of(&self, copy: &BoundCopy, copy_item: &dyn Lookup) -> Option<Item> {
        self.base
            .key
            .attributes()
            .map(|key| {
                let value = copy.mapping.base_key_value(copy_item, key)?;
                Some((key.name.clone(), value.into_value()))
            })
            .collect()
    }

    /// The part of a copy item, expected or found, that is compared.
    #[must_use]
    pub fn compared(&self, copy: &BoundCopy, item: &Item) -> Item {
        let nulls = self.dataset.check.nulls;
        let compared = item.iter().filter(|(name, _)| self.compares(copy, name));
        nulls.apply(compared)
    }

    /// Whether an attribute of a copy item, expected or found, is compared (rule 7): not `ignore`, what
    /// `keep` excepts, and the attributes of replication; with a `keep` list, only that list, keys, and
    /// what is computed.
    #[must_use]
    pub fn compares(&self, copy: &BoundCopy, name: &str) -> bool {
        let mapping = &copy.mapping;
        if copy.table.key.contains(name) {
            return true;
        }
        if name.starts_with(REPLICATION_PREFIX) || mapping.ignore.iter().any(|i| i == name) {
            return false;
        }
        let given = || {
            let mut keys = self.base.key.attributes();
            mapping.computed().any(|computed| computed == name)
                || keys.any(|key| mapping.name_of_base_key(&key.name) == name)
        };
        match mapping.keep {
            Keep::All => true,
            Keep::Except(_) => mapping.keeps(name) || given(),
            // A renamed base key attribute is not kept under its own name.
            Keep::List(_) => {
                (mapping.keeps(name) && !mapping.base_key.contains_key(name)) || given()
            }
        }
    }
}

impl<'a> Derived<'a> {
    fn set(&mut self, name: &'a str, value: Option<Operand<'a>>) {
        match self.own.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.own.push((name, value)),
        }
    }

    /// Its key in the copy's table, in the order of the schema.
    fn key(&self) -> Vec<Option<Operand<'_>>> {
        let key = self.copy.table.key.attributes();
        key.map(|key| self.attribute(&key.name)).collect()
    }

    /// What it does not take over as it is: name and value.
    pub fn own(&self) -> impl Iterator<Item = (&'a str, &Operand<'a>)> {
        let own = self.own.iter();
        own.filter_map(|(name, value)| Some((*name, value.as_ref()?)))
    }

    /// Whether it takes the attribute over from the base item.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let mapping = &self.copy.mapping;
        let belongs = mapping.keeps(name)
            || self.copy.table.key.contains(name)
            || self.dataset.base.key.contains(name);
        belongs
            && !mapping.base_key.contains_key(name)
            && self.own.iter().all(|(own, _)| *own != name)
    }

    /// The item, put together with what it takes over from `base`.
    fn to_item(&self, base: &Item) -> Item {
        let taken = base.iter().filter(|(name, _)| self.takes(name));
        let taken = taken.map(|(name, value)| (name.clone(), value.clone()));
        let own = self.own();
        taken
            .chain(own.map(|(name, value)| (name.to_owned(), value.clone().into_value())))
            .collect()
    }
}

impl Lookup for Derived<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        match self.own.iter().find(|(own, _)| *own == root) {
            Some((_, value)) => below(value.as_ref()?, steps),
            None if self.takes(root) => self.base.reach(root, steps),
            None => None,
        }
    }
}

impl fmt::Debug for Derived<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.own()).finish()
    }
}

impl Nulls {
    /// Whether a value counts as missing.
    #[must_use]
    pub(crate) fn hides(self, kind: Kind) -> bool {
        self == Self::Missing && kind == Kind::Null
    }

    /// The members of an item or map that count, each with what counts of it.
    pub(crate) fn apply<'i>(self, members: impl Iterator<Item = (&'i String, &'i Value)>) -> Item {
        members
            .filter(|(_, value)| !self.hides(value.kind()))
            .map(|(name, value)| (name.clone(), self.apply_to(value)))
            .collect()
    }

    fn apply_to(self, value: &Value) -> Value {
        match value {
            Value::M(map) => Value::M(self.apply(map.iter())),
            Value::L(list) => Value::L(list.iter().map(|value| self.apply_to(value)).collect()),
            other => other.clone(),
        }
    }
}

impl Mapping {
    /// The copy's name for a base key attribute.
    #[must_use]
    pub fn name_of_base_key<'a>(&'a self, attribute: &'a str) -> &'a str {
        self.base_key
            .get(attribute)
            .map_or(attribute, String::as_str)
    }

    /// The value of an attribute of the base key in a copy item. One of another type or empty can be in the
    /// key of no base item.
    pub(crate) fn base_key_value<'i>(
        &self,
        copy_item: &'i dyn Lookup,
        key: &KeyAttribute,
    ) -> Option<Operand<'i>> {
        let value = copy_item.attribute(self.name_of_base_key(&key.name))?;
        (value.kind() == key.kind.into() && length(&value) > 0).then_some(value)
    }

    /// Names of the computed attributes: the alias of `each`, then `set`.
    pub(super) fn computed(&self) -> impl Iterator<Item = &str> {
        let alias = self.each.iter().map(|each| each.alias.as_str());
        alias.chain(self.set.keys().map(String::as_str))
    }

    /// Whether `keep` covers the base attribute.
    pub(super) fn keeps(&self, attribute: &str) -> bool {
        match &self.keep {
            Keep::All => true,
            Keep::Except(names) => names.iter().all(|name| name != attribute),
            Keep::List(names) => names.iter().any(|name| name == attribute),
        }
    }
}

/// Rule 3: what the alias of `each` is bound to, one after the other; equal elements once.
fn elements<'a>(each: &'a Each, base: &'a dyn Lookup) -> Result<IndexSet<Operand<'a>>, Unmappable> {
    let path = match &each.source {
        EachSource::List(values) => {
            return Ok(values.iter().filter_map(|v| operand(v, base)).collect());
        }
        EachSource::Path(path) => path,
    };
    Ok(match base.lookup(path) {
        None => IndexSet::new(),
        Some(Value::L(values)) => values.into_iter().map(Operand::from).collect(),
        Some(Value::Ss(texts)) => texts.into_iter().map(|t| Value::S(t).into()).collect(),
        Some(Value::Ns(numbers)) => numbers.into_iter().map(Operand::N).collect(),
        Some(Value::Bs(bytes)) => bytes.into_iter().map(|b| Value::B(b).into()).collect(),
        Some(other) => {
            let kind = other.kind().code();
            return Err(Unmappable::new(format!(
                "`each` walks `{path}`, which is of type {kind}, neither a list nor a set"
            )));
        }
    })
}

/// Rule 6, for all items of one base item: each can be stored, and no two of them under one key.
fn check_keys(key: &KeySchema, items: &[Derived<'_>]) -> Result<(), Unmappable> {
    let mut keys = HashSet::new();
    for item in items {
        for attribute in key.partition.iter() {
            check_key_attribute(attribute, item, PARTITION_KEY_LIMIT)?;
        }
        for attribute in key.sort.iter() {
            check_key_attribute(attribute, item, SORT_KEY_LIMIT)?;
        }
        if items.len() > 1 && !keys.insert(item.key()) {
            return Err(Unmappable::new("two elements of `each` give one key"));
        }
    }
    Ok(())
}

/// Whether the item can be stored under its key: `DynamoDB` refuses keys that lack a value, have another
/// type, are empty, or too long (`API_PutItem`; developer guide, Constraints).
fn check_key_attribute(
    key: &KeyAttribute,
    item: &Derived<'_>,
    limit: usize,
) -> Result<(), Unmappable> {
    let wanted = Kind::from(key.kind);
    let name = &key.name;
    let Some(value) = item.attribute(name) else {
        return Err(Unmappable::new(format!(
            "key attribute `{name}` has no value"
        )));
    };
    let found = value.kind();
    let why = if found != wanted {
        format!("is of type {}, not {}", found.code(), wanted.code())
    } else if length(&value) == 0 {
        "is empty".to_owned()
    } else if length(&value) > limit {
        format!("is longer than {limit} bytes")
    } else {
        return Ok(());
    };
    Err(Unmappable::new(format!("key attribute `{name}` {why}")))
}

/// How many bytes the value of a key has; what has no length is not empty.
fn length(value: &Operand<'_>) -> usize {
    match value {
        Operand::S(text) => text.len(),
        Operand::B(bytes) => bytes.len(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests;

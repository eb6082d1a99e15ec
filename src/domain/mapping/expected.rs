//! E(b): what the mapping gives for a base item.
//!
//! The rules are numbered as in the description of the product; each is tested by its number.

use super::{BoundCopy, BoundDataset, Keep, Mapping};
use crate::domain::expr::{Bound, Each, EachSource, Lookup, Path, descend, evaluate, holds};
use crate::domain::schema::{KeyAttribute, KeySchema};
use crate::domain::value::{Item, Kind, Value};
use std::borrow::Cow;
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
    copy: &'a BoundCopy,
    base: &'a dyn Lookup,
    /// What the item has of its own: the base key under the copy's names, the alias, `set`. An
    /// attribute without a value is not there.
    own: Vec<(&'a str, Option<Value>)>,
    key: Item,
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
        for at in 0..items.len() {
            // Rule 6.
            let (former, rest) = items.split_at(at);
            let item = &rest[0];
            check_key(&copy.table.key, &item.key)?;
            if former.iter().any(|other| other.key == item.key) {
                return Err(Unmappable::new("two elements of `each` give one key"));
            }
        }
        items.retain(|item| self.belongs(copy, item));
        Ok(items)
    }

    /// Rules 4 and 5: keep(base) ∪ alias ∪ set, later wins.
    fn item<'a>(
        &'a self,
        copy: &'a BoundCopy,
        base: &'a dyn Lookup,
        element: Option<(&'a str, &Value)>,
    ) -> Derived<'a> {
        let mapping = &copy.mapping;
        let mut item = Derived {
            copy,
            base,
            own: Vec::new(),
            key: Item::new(),
        };
        for key in self.base.key.attributes() {
            let value = base.lookup(&Path::top(key.name.as_str()));
            item.set(mapping.name_of_base_key(&key.name), value);
        }
        if let Some((alias, value)) = element {
            item.set(alias, Some(value.clone()));
        }
        let bound = element.map(|(alias, value)| Bound {
            item: base,
            alias,
            value,
        });
        let seen: &dyn Lookup = match &bound {
            Some(bound) => bound,
            None => base,
        };
        for (attribute, expr) in &mapping.set {
            item.set(attribute, evaluate(expr, seen));
        }
        let keys = copy.table.key.attributes();
        let key = keys.filter_map(|key| {
            let value = item.lookup(&Path::top(key.name.as_str()))?;
            Some((key.name.clone(), value))
        });
        item.key = key.collect();
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
                let name = copy.mapping.name_of_base_key(&key.name);
                let value = copy_item.lookup(&Path::top(name))?;
                // With another type or empty it can be the key of no base item.
                (value.kind() == key.kind.into() && !is_empty(&value))
                    .then(|| (key.name.clone(), value))
            })
            .collect()
    }

    /// The part of a copy item, expected or found, that is compared.
    #[must_use]
    pub fn compared(&self, copy: &BoundCopy, item: &Item) -> Item {
        item.iter()
            .filter(|(name, _)| self.compares(copy, name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
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
    fn set(&mut self, name: &'a str, value: Option<Value>) {
        match self.own.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.own.push((name, value)),
        }
    }

    /// Its key in the copy's table.
    #[must_use]
    pub const fn key(&self) -> &Item {
        &self.key
    }

    /// What it does not take over as it is: name and value.
    pub fn own(&self) -> impl Iterator<Item = (&'a str, &Value)> {
        let own = self.own.iter();
        own.filter_map(|(name, value)| Some((*name, value.as_ref()?)))
    }

    /// Whether it takes the attribute over from the base item.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let mapping = &self.copy.mapping;
        !mapping.base_key.contains_key(name)
            && (mapping.keeps(name) || self.copy.table.key.contains(name))
            && self.own.iter().all(|(own, _)| *own != name)
    }

    /// The item, put together with what it takes over from `base`.
    fn to_item(&self, base: &Item) -> Item {
        let taken = base.iter().filter(|(name, _)| self.takes(name));
        let own = self.own().map(|(name, value)| (name.to_owned(), value));
        taken
            .map(|(name, value)| (name.clone(), value))
            .chain(own)
            .map(|(name, value)| (name, value.clone()))
            .collect()
    }
}

impl Lookup for Derived<'_> {
    fn find(&self, path: &Path) -> Option<Cow<'_, Value>> {
        match self.own.iter().find(|(own, _)| *own == path.root) {
            Some((_, value)) => descend(value.as_ref()?, &path.steps).map(Cow::Borrowed),
            None if self.takes(&path.root) => self.base.find(path),
            None => None,
        }
    }
}

impl fmt::Debug for Derived<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.own()).finish()
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

/// Rule 3: what the alias of `each` is bound to, one after the other.
fn elements(each: &Each, base: &dyn Lookup) -> Result<Vec<Value>, Unmappable> {
    let all: Vec<Value> = match &each.source {
        EachSource::List(values) => values.iter().filter_map(|v| evaluate(v, base)).collect(),
        EachSource::Path(path) => match base.lookup(path) {
            None => Vec::new(),
            Some(Value::L(values)) => values,
            Some(Value::Ss(texts)) => texts.into_iter().map(Value::S).collect(),
            Some(Value::Ns(numbers)) => numbers.into_iter().map(Value::N).collect(),
            Some(Value::Bs(bytes)) => bytes.into_iter().map(Value::B).collect(),
            Some(other) => {
                let kind = other.kind().code();
                return Err(Unmappable::new(format!(
                    "`each` walks `{path}`, which is of type {kind}, neither a list nor a set"
                )));
            }
        },
    };
    let mut once: Vec<Value> = Vec::with_capacity(all.len());
    for value in all {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    Ok(once)
}

/// Whether the item can be stored under its key: `DynamoDB` refuses keys that lack a value, have another
/// type, are empty, or too long (`API_PutItem`; developer guide, Constraints).
fn check_key(key: &KeySchema, item: &Item) -> Result<(), Unmappable> {
    for attribute in &key.partition {
        check_key_attribute(attribute, item, PARTITION_KEY_LIMIT)?;
    }
    for attribute in &key.sort {
        check_key_attribute(attribute, item, SORT_KEY_LIMIT)?;
    }
    Ok(())
}

fn check_key_attribute(key: &KeyAttribute, item: &Item, limit: usize) -> Result<(), Unmappable> {
    let wanted = Kind::from(key.kind);
    let name = &key.name;
    let Some(value) = item.get(name) else {
        return Err(Unmappable::new(format!(
            "key attribute `{name}` has no value"
        )));
    };
    let found = value.kind();
    let why = if found != wanted {
        format!("is of type {}, not {}", found.code(), wanted.code())
    } else if is_empty(value) {
        "is empty".to_owned()
    } else if length(value) > limit {
        format!("is longer than {limit} bytes")
    } else {
        return Ok(());
    };
    Err(Unmappable::new(format!("key attribute `{name}` {why}")))
}

fn length(value: &Value) -> usize {
    match value {
        Value::S(text) => text.len(),
        Value::B(bytes) => bytes.len(),
        _ => 1,
    }
}

fn is_empty(value: &Value) -> bool {
    length(value) == 0
}

#[cfg(test)]
mod tests;

//! E(b): what the mapping gives for a base item.
//!
//! The rules are numbered as in the description of the product; each is tested by its number.

use super::{BoundCopy, BoundDataset, Keep, Mapping};
use crate::domain::expr::{Bound, Each, EachSource, Lookup, evaluate, holds};
use crate::domain::schema::{KeyAttribute, KeySchema};
use crate::domain::value::{Item, Kind, Value};

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

impl BoundDataset {
    /// E(b) for one copy. Items for which the copy's `only` is false are not of the copy, so they are left out.
    #[must_use]
    pub fn expected(&self, copy: &BoundCopy, base: &Item) -> Expectation {
        let mapping = &copy.mapping;
        // Rules 1 and 2.
        if !self.is_member(base) || !holds(&mapping.filter, base) {
            return Expectation::Items(Vec::new());
        }
        self.map(copy, base)
            .map_or_else(Expectation::Unmappable, Expectation::Items)
    }

    fn map(&self, copy: &BoundCopy, base: &Item) -> Result<Vec<Item>, Unmappable> {
        let key = &copy.table.key;
        let mut items: Vec<Item> = Vec::new();
        match &copy.mapping.each {
            None => items.push(self.item(copy, base, None)),
            Some(each) => {
                for element in &elements(each, base)? {
                    items.push(self.item(copy, base, Some((each.alias.as_str(), element))));
                }
            }
        }
        let mut keys: Vec<Item> = Vec::new();
        for item in &items {
            // Rule 6.
            check_key(key, item)?;
            let key = key.of(item);
            if keys.contains(&key) {
                return Err(Unmappable::new("two elements of `each` give one key"));
            }
            keys.push(key);
        }
        items.retain(|item| self.belongs(copy, item));
        Ok(items)
    }

    /// Rules 4 and 5: keep(base) ∪ alias ∪ set, later wins.
    fn item(&self, copy: &BoundCopy, base: &Item, element: Option<(&str, &Value)>) -> Item {
        let mut item = self.kept(copy, base);
        let bound = element.map(|(alias, value)| Bound {
            item: base,
            alias,
            value,
        });
        let seen: &dyn Lookup = match &bound {
            Some(bound) => bound,
            None => base,
        };
        if let Some((alias, value)) = element {
            item.insert(alias.to_owned(), value.clone());
        }
        for (attribute, expr) in &copy.mapping.set {
            match evaluate(expr, seen) {
                Some(value) => item.insert(attribute.clone(), value),
                None => item.remove(attribute),
            };
        }
        item
    }

    /// What is kept of the base item; its key and the copy's keys always are.
    fn kept(&self, copy: &BoundCopy, base: &Item) -> Item {
        let mapping = &copy.mapping;
        let renamed = |name: &str| mapping.base_key.contains_key(name);
        let mut item: Item = base
            .iter()
            .filter(|(name, _)| !renamed(name))
            .filter(|(name, _)| mapping.keeps(name) || copy.table.key.contains(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for key in self.base.key.attributes() {
            if let Some(value) = base.get(&key.name) {
                let name = mapping.name_of_base_key(&key.name);
                item.insert(name.to_owned(), value.clone());
            }
        }
        item
    }

    /// Whether a base item is one of the dataset (its `where`).
    #[must_use]
    pub fn is_member(&self, base: &Item) -> bool {
        holds(&self.dataset.filter, base)
    }

    /// Whether an item of the copy's table belongs to the copy (its `only`).
    #[must_use]
    pub fn belongs(&self, copy: &BoundCopy, copy_item: &Item) -> bool {
        holds(&copy.mapping.only, copy_item)
    }

    /// The key of the base item that a copy item stems from (through `base_key`), when it has one.
    #[must_use]
    pub fn base_key_of(&self, copy: &BoundCopy, copy_item: &Item) -> Option<Item> {
        self.base
            .key
            .attributes()
            .map(|key| {
                let value = copy_item.get(copy.mapping.name_of_base_key(&key.name))?;
                // With another type or empty it can be the key of no base item.
                (value.kind() == key.kind.into() && !is_empty(value))
                    .then(|| (key.name.clone(), value.clone()))
            })
            .collect()
    }

    /// The part of a copy item, expected or found, that is compared (rule 7): without `ignore`, what
    /// `keep` excepts, and the attributes of replication; with a `keep` list, only that list, keys, and
    /// what is computed.
    #[must_use]
    pub fn compared(&self, copy: &BoundCopy, item: &Item) -> Item {
        let mapping = &copy.mapping;
        let given = |name: &str| {
            let mut keys = self.base.key.attributes();
            mapping.computed().any(|computed| computed == name)
                || keys.any(|key| mapping.name_of_base_key(&key.name) == name)
        };
        let compares = |name: &str| {
            if copy.table.key.contains(name) {
                return true;
            }
            if name.starts_with(REPLICATION_PREFIX) || mapping.ignore.iter().any(|i| i == name) {
                return false;
            }
            // A renamed base key attribute is not kept under its own name.
            let listed = matches!(mapping.keep, Keep::List(_))
                && mapping.keeps(name)
                && !mapping.base_key.contains_key(name);
            match mapping.keep {
                Keep::All => true,
                Keep::Except(_) => mapping.keeps(name) || given(name),
                Keep::List(_) => listed || given(name),
            }
        };
        item.iter()
            .filter(|(name, _)| compares(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
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
fn elements(each: &Each, base: &Item) -> Result<Vec<Value>, Unmappable> {
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

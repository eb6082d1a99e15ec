//! Where the attributes of an expression come from.

use crate::domain::expr::{Path, Step};
use crate::domain::item::ItemRef;
use crate::domain::value::{Item, Value};
use std::borrow::Cow;

/// Where attribute values come from.
pub trait Lookup {
    /// The value at `path`, if the attribute exists: borrowed where that is possible.
    fn find(&self, path: &Path) -> Option<Cow<'_, Value>>;

    /// The value at `path`, owned.
    fn lookup(&self, path: &Path) -> Option<Value> {
        self.find(path).map(Cow::into_owned)
    }
}

impl Lookup for Item {
    fn find(&self, path: &Path) -> Option<Cow<'_, Value>> {
        descend(self.get(&path.root)?, &path.steps).map(Cow::Borrowed)
    }
}

impl Lookup for ItemRef<'_> {
    fn find(&self, path: &Path) -> Option<Cow<'_, Value>> {
        self.at(path).map(|value| Cow::Owned(value.to_value()))
    }
}

/// An item with one more attribute, which hides one of the same name: the alias of `each`.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// The item.
    pub item: &'a dyn Lookup,
    /// The name of the other attribute.
    pub alias: &'a str,
    /// Its value.
    pub value: &'a Value,
}

impl Lookup for Bound<'_> {
    fn find(&self, path: &Path) -> Option<Cow<'_, Value>> {
        if path.root == self.alias {
            descend(self.value, &path.steps).map(Cow::Borrowed)
        } else {
            self.item.find(path)
        }
    }
}

/// The value below `value` at the end of `steps`.
pub(crate) fn descend<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |at, step| match (step, at) {
        (Step::Field(name), Value::M(map)) => map.get(name),
        (Step::Index(index), Value::L(list)) => list.get(*index),
        _ => None,
    })
}

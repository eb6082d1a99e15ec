//! Where the attributes of an expression come from.

use super::Operand;
use crate::domain::expr::{Path, Step};
use crate::domain::item::ItemRef;
use crate::domain::value::{Item, Value};

/// Where attribute values come from.
pub trait Lookup {
    /// The value at the end of `steps` from the attribute `root`, if there is one: borrowed where that
    /// is possible.
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>>;

    /// The value at `path`, if there is one.
    fn find(&self, path: &Path) -> Option<Operand<'_>> {
        self.reach(&path.root, &path.steps)
    }

    /// The top-level attribute of that name, if there is one.
    fn attribute(&self, name: &str) -> Option<Operand<'_>> {
        self.reach(name, &[])
    }

    /// The value at `path`, owned.
    fn lookup(&self, path: &Path) -> Option<Value> {
        self.find(path).map(Operand::into_value)
    }
}

impl Lookup for Item {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        value_below(self.get(root)?, steps).map(Operand::from)
    }
}

impl Lookup for ItemRef<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        self.reach(root, steps).map(Operand::from)
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
    pub value: &'a Operand<'a>,
}

impl Lookup for Bound<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        if root == self.alias {
            below(self.value, steps)
        } else {
            self.item.reach(root, steps)
        }
    }
}

/// The value below an operand at the end of `steps`.
pub(crate) fn below<'v>(operand: &'v Operand<'_>, steps: &[Step]) -> Option<Operand<'v>> {
    match operand {
        Operand::Other(value) => value_below(value, steps).map(Operand::from),
        _ if !steps.is_empty() => None,
        Operand::S(text) => Some(Operand::S((&**text).into())),
        Operand::N(number) => Some(Operand::N(*number)),
        Operand::B(bytes) => Some(Operand::B((&**bytes).into())),
    }
}

/// The value below `value` at the end of `steps`.
pub(crate) fn value_below<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |at, step| match (step, at) {
        (Step::Field(name), Value::M(map)) => map.get(name),
        (Step::Index(index), Value::L(list)) => list.get(*index),
        _ => None,
    })
}

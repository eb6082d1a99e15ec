//! Evaluation with two-valued semantics.

use super::{Path, Predicate, ValueExpr};
use crate::domain::item::ItemRef;
use crate::domain::value::{Item, Value};

/// Where attribute values come from.
pub trait Lookup {
    /// The value at `path`, if the attribute exists.
    fn lookup(&self, path: &Path) -> Option<Value>;
}

impl Lookup for Item {
    fn lookup(&self, _path: &Path) -> Option<Value> {
        todo!()
    }
}

impl Lookup for ItemRef<'_> {
    fn lookup(&self, _path: &Path) -> Option<Value> {
        todo!()
    }
}

/// The value of `expr`, or `None` for *no value*.
#[must_use]
pub fn evaluate(_expr: &ValueExpr, _item: &dyn Lookup) -> Option<Value> {
    todo!()
}

/// Whether `predicate` holds for the item.
#[must_use]
pub fn holds(_predicate: &Predicate, _item: &dyn Lookup) -> bool {
    todo!()
}

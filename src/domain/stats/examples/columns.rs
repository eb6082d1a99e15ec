//! Items by attribute: a condition is held against all of them and reads few attributes of each.

use crate::domain::expr::{Lookup, Operand, Step, value_below};
use crate::domain::value::{Item, Value};
use std::collections::BTreeMap;

/// The values of an attribute, item by item; what is missing at the end none of the last items has.
type Column = Vec<Option<Value>>;

/// Items, attribute by attribute.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Columns {
    by_name: BTreeMap<String, Column>,
    items: usize,
}

/// One of the items.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    columns: &'a Columns,
    at: usize,
}

/// One of the items, of which only some attributes are asked for.
#[derive(Debug)]
pub(super) struct Narrow<'a> {
    columns: Vec<(&'a str, &'a [Option<Value>])>,
    /// Which one.
    pub(super) at: usize,
}

impl Columns {
    pub(super) const fn len(&self) -> usize {
        self.items
    }

    pub(super) fn push(&mut self, item: Item) {
        for (name, value) in item {
            let column = self.by_name.entry(name).or_default();
            column.resize(self.items, None);
            column.push(Some(value));
        }
        self.items += 1;
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.items).map(|at| Row { columns: self, at })
    }

    /// The first item, as far as these attributes go.
    pub(super) fn narrowed<'a>(&'a self, names: impl Iterator<Item = &'a str>) -> Narrow<'a> {
        let column = |name: &'a str| Some((name, self.by_name.get(name)?.as_slice()));
        Narrow {
            columns: names.filter_map(column).collect(),
            at: 0,
        }
    }
}

impl FromIterator<Item> for Columns {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        let mut columns = Self::default();
        items.into_iter().for_each(|item| columns.push(item));
        columns
    }
}

impl<'a> Row<'a> {
    /// The attribute of that name.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a Value> {
        self.columns.by_name.get(name)?.get(self.at)?.as_ref()
    }

    /// All of it.
    #[must_use]
    pub fn to_item(self) -> Item {
        let names = self.columns.by_name.keys();
        let attributes = names.filter_map(|name| Some((name.clone(), self.get(name)?.clone())));
        attributes.collect()
    }
}

impl Lookup for Row<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        value_below(self.get(root)?, steps).map(Operand::from)
    }
}

impl Lookup for Narrow<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        let mut columns = self.columns.iter();
        let (_, values) = columns.find(|(name, _)| *name == root)?;
        value_below(values.get(self.at)?.as_ref()?, steps).map(Operand::from)
    }
}

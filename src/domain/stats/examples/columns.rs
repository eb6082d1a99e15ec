//! Items by attribute, each value once: what is asked of one attribute is asked of its values, not of
//! every item.

use crate::domain::expr::{
    Lookup, Operand, Path, Predicate, Step, ValueExpr, evaluate, holds, paths_of_predicate,
    paths_of_value, value_below,
};
use crate::domain::item::{item_from_dynamo_json, item_to_dynamo_json};
use crate::domain::value::{Item, Value};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};

/// An attribute of all items.
#[derive(Debug, Clone, PartialEq, Default)]
struct Column {
    /// Its values, each once.
    values: Vec<Value>,
    /// Which of them each item has, counted from 1: 0 is none, and so is what is missing at the end.
    of: Vec<u32>,
}

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

/// An item of one attribute.
struct Single<'a> {
    name: &'a str,
    value: Option<&'a Value>,
}

impl Column {
    fn get(&self, at: usize) -> Option<&Value> {
        let number = usize::try_from(*self.of.get(at)?).ok()?;
        self.values.get(number.checked_sub(1)?)
    }

    /// What is found for each item where `find` is asked once for every value, and for none.
    fn each<T: Copy>(&self, items: usize, mut find: impl FnMut(Option<&Value>) -> T) -> Vec<T> {
        let none = find(None);
        let found: Vec<T> = self.values.iter().map(|value| find(Some(value))).collect();
        let of = |number: &u32| {
            let at = usize::try_from(*number).ok()?.checked_sub(1)?;
            found.get(at).copied()
        };
        let all = (0..items).map(|at| self.of.get(at).and_then(of).unwrap_or(none));
        all.collect()
    }

    fn is_sound(&self, items: usize) -> bool {
        let values = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.of.len() <= items && self.of.iter().all(|number| *number <= values)
    }
}

impl Columns {
    pub(super) const fn len(&self) -> usize {
        self.items
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.items).map(|at| Row { columns: self, at })
    }

    /// Whether each satisfies the predicate.
    pub(super) fn holding(&self, predicate: &Predicate) -> Vec<bool> {
        match self.only(&paths_of_predicate(predicate)) {
            Some((name, column)) => column.each(self.items, |value| {
                holds(predicate, &Single { name, value })
            }),
            None => self.rows().map(|item| holds(predicate, &item)).collect(),
        }
    }

    /// The value of an expression for each, as a number: equal values have the same.
    pub(super) fn numbers(&self, expr: &ValueExpr) -> Vec<Option<u32>> {
        let mut known = HashMap::new();
        let mut number = |value: Value| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(value).or_insert(next)
        };
        if let Some((name, column)) = self.only(&paths_of_value(expr)) {
            return column.each(self.items, |value| {
                evaluate(expr, &Single { name, value }).map(&mut number)
            });
        }
        let values = self.rows().map(|item| evaluate(expr, &item));
        values.map(|value| value.map(&mut number)).collect()
    }

    /// The one attribute that all these paths begin at.
    fn only<'a>(&'a self, paths: &[&'a Path]) -> Option<(&'a str, &'a Column)> {
        let (first, others) = paths.split_first()?;
        let is_one = others.iter().all(|path| path.root == first.root);
        let column = self.by_name.get(&first.root).filter(|_| is_one);
        Some((first.root.as_str(), column?))
    }
}

impl FromIterator<Item> for Columns {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        let mut columns = Self::default();
        let mut known: HashMap<(String, Value), u32> = HashMap::new();
        for item in items {
            for (name, value) in item {
                let column = columns.by_name.entry(name.clone()).or_default();
                let next = u32::try_from(column.values.len() + 1).unwrap_or(0);
                let number = *known.entry((name, value.clone())).or_insert(next);
                if number == next {
                    column.values.push(value);
                }
                column.of.resize(columns.items, 0);
                column.of.push(number);
            }
            columns.items += 1;
        }
        columns
    }
}

impl<'a> Row<'a> {
    /// The attribute of that name.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a Value> {
        self.columns.by_name.get(name)?.get(self.at)
    }

    /// All of it.
    #[must_use]
    pub fn to_item(self) -> Item {
        let columns = self.columns.by_name.iter();
        let of =
            |(name, column): (&String, &Column)| Some((name.clone(), column.get(self.at)?.clone()));
        columns.filter_map(of).collect()
    }
}

impl Lookup for Row<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        value_below(self.get(root)?, steps).map(Operand::from)
    }
}

impl Lookup for Single<'_> {
    fn reach(&self, root: &str, steps: &[Step]) -> Option<Operand<'_>> {
        let value = self.value.filter(|_| root == self.name)?;
        value_below(value, steps).map(Operand::from)
    }
}

/// As written: the values of each attribute as a list of typed JSON, and which of them each item has.
#[derive(Serialize, Deserialize)]
struct Written {
    items: usize,
    values: serde_json::Value,
    of: BTreeMap<String, Vec<u32>>,
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let columns = || self.by_name.iter();
        let list = |column: &Column| Value::L(column.values.clone());
        let values = columns().map(|(name, column)| (name.clone(), list(column)));
        let of = columns().map(|(name, column)| (name.clone(), column.of.clone()));
        let written = Written {
            items: self.items,
            values: item_to_dynamo_json(&values.collect()),
            of: of.collect(),
        };
        written.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Written {
            items,
            values,
            mut of,
        } = Written::deserialize(from)?;
        let values = item_from_dynamo_json(&values).map_err(D::Error::custom)?;
        let column = |(name, values): (String, Value)| {
            let of = of.remove(&name).unwrap_or_default();
            let values = match values {
                Value::L(values) => values,
                _ => Vec::new(),
            };
            (name, Column { values, of })
        };
        let by_name: BTreeMap<String, Column> = values.into_iter().map(column).collect();
        if items > super::MOST as usize {
            return Err(D::Error::custom("there are more examples than are kept"));
        }
        if !by_name.values().all(|column| column.is_sound(items)) {
            return Err(D::Error::custom("an example has a value that is not there"));
        }
        Ok(Self { by_name, items })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expr::{self, parse_predicate, parse_value};
    use rstest::rstest;

    fn items() -> Vec<Item> {
        let of = |attributes: &[(&str, Value)]| {
            let attributes = attributes.iter().cloned();
            attributes
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
        };
        vec![
            of(&[("day", Value::s("2026-01-03")), ("size", Value::s("S"))]),
            of(&[("size", Value::s("L"))]),
            of(&[("day", Value::s("2026-02-03"))]),
            of(&[]),
            of(&[("day", Value::s("2026-01-07")), ("size", Value::s("S"))]),
        ]
    }

    #[test]
    fn items_are_what_they_were() {
        let columns: Columns = items().into_iter().collect();
        let rows: Vec<Item> = columns.rows().map(Row::to_item).collect();
        assert_eq!(rows, items());
        let text = serde_json::to_string(&columns).unwrap();
        assert_eq!(serde_json::from_str::<Columns>(&text).unwrap(), columns);
    }

    #[rstest]
    #[case::of_one_attribute("size = 'S'")]
    #[case::of_both_ends_of_one("day > '2026-01-05' AND day < '2026-03'")]
    #[case::of_what_is_missing("attribute_not_exists(day)")]
    #[case::of_an_attribute_that_none_has("attribute_not_exists(color)")]
    #[case::of_two_attributes("size = 'S' AND day < '2026-01-05'")]
    #[case::of_none("TRUE")]
    fn a_condition_holds_for_those_it_holds_for(#[case] text: &str) {
        let columns: Columns = items().into_iter().collect();
        let predicate = match text {
            "TRUE" => Predicate::TRUE,
            text => parse_predicate(text, &expr::Context::default()).unwrap(),
        };
        let expected: Vec<bool> = items().iter().map(|item| holds(&predicate, item)).collect();
        assert_eq!(columns.holding(&predicate), expected);
    }

    #[rstest]
    #[case::of_an_attribute("size", [Some(0), Some(1), None, None, Some(0)])]
    #[case::of_what_is_computed("month(day)", [Some(0), None, Some(1), None, Some(0)])]
    #[case::of_two_attributes("size || day", [Some(0), None, None, None, Some(1)])]
    fn equal_values_have_the_same_number(#[case] text: &str, #[case] expected: [Option<u32>; 5]) {
        let columns: Columns = items().into_iter().collect();
        let expr = parse_value(text, &expr::Context::default()).unwrap();
        assert_eq!(columns.numbers(&expr), expected);
    }

    #[rstest]
    #[case::a_value_that_is_not_there(
        r#"{"items":1,"values":{"a":{"L":[{"S":"x"}]}},"of":{"a":[2]}}"#
    )]
    #[case::more_than_there_are(r#"{"items":1,"values":{"a":{"L":[{"S":"x"}]}},"of":{"a":[1,1]}}"#)]
    #[case::more_than_are_kept(r#"{"items":1000000000000,"values":{},"of":{}}"#)]
    fn what_cannot_be_is_not_read(#[case] text: &str) {
        assert!(serde_json::from_str::<Columns>(text).is_err());
    }
}

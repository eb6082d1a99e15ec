//! A value as one cell: short, on one line, safe to show.

use crate::app::text::sanitise;
use crate::domain::item::{ListRef, ValueRef};
use std::fmt::Write as _;

/// What kind of thing a cell shows, so that it can be aligned and coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true`, `false`, `null`.
    Word,
    /// Binary: its size.
    Binary,
    /// A set, list, or map in short.
    Nested,
    /// The item does not have it.
    Absent,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it shows: sanitised, at most about as long as asked.
    pub text: String,
    /// What kind of thing that is.
    pub kind: CellKind,
}

/// A value as a cell of about `width` characters; what is beyond is not even looked at.
#[must_use]
pub fn cell(value: Option<ValueRef<'_>>, width: usize) -> Cell {
    let Some(value) = value else {
        return Cell {
            text: "–".to_owned(),
            kind: CellKind::Absent,
        };
    };
    let kind = match value {
        ValueRef::S(_) => CellKind::Text,
        ValueRef::N(_) => CellKind::Number,
        ValueRef::Bool(_) | ValueRef::Null => CellKind::Word,
        ValueRef::B(_) => CellKind::Binary,
        _ => CellKind::Nested,
    };
    let mut text = String::new();
    write_value(&mut text, value, width + 1);
    Cell { text, kind }
}

/// Appends a value in short until about `width` characters stand.
fn write_value(out: &mut String, value: ValueRef<'_>, width: usize) {
    match value {
        ValueRef::S(text) | ValueRef::N(text) => {
            let end = text
                .char_indices()
                .nth(width)
                .map_or(text.len(), |(i, _)| i);
            out.push_str(&sanitise(&text[..end]));
        }
        ValueRef::B(bytes) => {
            let _ = write!(out, "<{} bytes>", bytes.len());
        }
        ValueRef::Bool(true) => out.push_str("true"),
        ValueRef::Bool(false) => out.push_str("false"),
        ValueRef::Null => out.push_str("null"),
        ValueRef::Ss(list) | ValueRef::Ns(list) | ValueRef::Bs(list) => {
            write_list(out, list, ["{", "}"], width);
        }
        ValueRef::L(list) => write_list(out, list, ["[", "]"], width),
        ValueRef::M(map) => {
            out.push('{');
            for (n, (name, member)) in map.iter().enumerate() {
                if out.len() > width {
                    break;
                }
                let _ = write!(out, "{}{}: ", if n > 0 { ", " } else { "" }, sanitise(name));
                write_value(out, member, width);
            }
            out.push('}');
        }
    }
}

fn write_list(out: &mut String, list: ListRef<'_>, [open, close]: [&str; 2], width: usize) {
    out.push_str(open);
    for (n, element) in list.iter().enumerate() {
        if out.len() > width {
            break;
        }
        if n > 0 {
            out.push_str(", ");
        }
        write_value(out, element, width);
    }
    out.push_str(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::block;
    use crate::domain::expr::{Path, Step};
    use crate::domain::value::{Item, Value};
    use rstest::rstest;
    use std::collections::BTreeMap;

    fn map() -> Value {
        let inner = Value::L(vec![Value::Bool(true), Value::Null]);
        Value::M(BTreeMap::from([("a".to_owned(), inner)]))
    }

    #[rstest]
    #[case(Value::s("plain"), "plain", CellKind::Text)]
    #[case(Value::s("a\tb"), "a␉b", CellKind::Text)]
    #[case(Value::N("12.5".parse().unwrap()), "12.5", CellKind::Number)]
    #[case(Value::Bool(false), "false", CellKind::Word)]
    #[case(Value::Null, "null", CellKind::Word)]
    #[case(Value::B(vec![1, 2, 3]), "<3 bytes>", CellKind::Binary)]
    #[case(Value::Ss(["x".to_owned(), "y".to_owned()].into()), "{x, y}", CellKind::Nested)]
    #[case(map(), "{a: [true, null]}", CellKind::Nested)]
    fn a_value_is_short_and_safe(#[case] value: Value, #[case] text: &str, #[case] kind: CellKind) {
        let block = block([Item::from([("v".to_owned(), value)])]);
        let shown = cell(block.get(0).unwrap().get("v"), 40);
        assert_eq!((shown.text.as_str(), shown.kind), (text, kind));
    }

    #[test]
    fn of_a_long_value_only_the_beginning_is_looked_at() {
        let list = Value::L(vec![Value::s("x".repeat(1000)); 1000]);
        let block = block([Item::from([("v".to_owned(), list)])]);
        let shown = cell(block.get(0).unwrap().get("v"), 40);
        assert!(shown.text.len() < 100);
    }

    #[test]
    fn a_path_goes_down_maps_and_lists_and_a_wrong_one_finds_nothing() {
        let block = block([Item::from([("v".to_owned(), map())])]);
        let item = block.get(0).unwrap();
        let path = |steps: Vec<Step>| Path {
            root: "v".to_owned(),
            steps,
        };
        let a = Step::Field("a".to_owned());
        let found = item.at(&path(vec![a.clone(), Step::Index(0)]));
        assert_eq!(cell(found, 9).text, "true");
        let absent = item.at(&path(vec![Step::Index(0), a]));
        assert_eq!(cell(absent, 9).kind, CellKind::Absent);
    }
}

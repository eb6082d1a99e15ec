//! One item: a typed tree that folds, or its raw DynamoDB JSON.

use super::scroll::{Motion, Scroll};
use super::text::sanitise;
use super::tree::Fold;
use crate::domain::expr::{Path, Step};
use crate::domain::item::item_to_dynamo_json;
use crate::domain::value::{Item, Kind, Value};
use std::collections::BTreeSet;

/// How the item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Names, types, values; nested ones fold.
    #[default]
    Tree,
    /// Typed DynamoDB JSON.
    Json,
}

/// A line of the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// How deep it lies.
    pub depth: usize,
    /// The attribute, member, or index; empty for elements of sets and lines of JSON.
    pub name: String,
    /// Its type; none for lines of JSON.
    pub kind: Option<Kind>,
    /// Its value, or how many members it has.
    pub text: String,
    /// Whether something lies below.
    pub fold: Fold,
    /// Where in the item it stands; elements of sets have no path.
    pub path: Option<Path>,
}

/// The item screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ItemView {
    /// The item.
    pub item: Item,
    /// Its row among the results.
    pub row: usize,
    /// How it is shown.
    pub shape: Shape,
    /// Its lines.
    pub lines: Vec<ItemLine>,
    /// Cursor and first line shown.
    pub scroll: Scroll,
    keys: Vec<String>,
    closed: BTreeSet<Path>,
}

/// Longest text of a value kept for a line; copying takes all of it.
const LINE: usize = 2000;

impl ItemView {
    /// Shows an item; `keys` come first.
    #[must_use]
    pub fn new(item: Item, row: usize, keys: Vec<String>) -> Self {
        let mut view = Self {
            item,
            row,
            keys,
            ..Self::default()
        };
        view.rebuild();
        view
    }

    /// Shows another item in the same way.
    pub fn replace(&mut self, item: Item, row: usize, height: usize) {
        self.item = item;
        self.row = row;
        self.rebuild();
        self.scroll.settle(self.lines.len(), height);
    }

    /// The line under the cursor.
    #[must_use]
    pub fn line(&self) -> Option<&ItemLine> {
        self.lines.get(self.scroll.cursor)
    }

    /// Moves the cursor.
    pub fn step(&mut self, motion: Motion, height: usize) {
        self.scroll.step(motion, self.lines.len(), height);
    }

    /// Opens or closes what is under the cursor.
    pub fn toggle(&mut self, height: usize) {
        let Some(path) = self.line().filter(|l| l.fold != Fold::Leaf) else {
            return;
        };
        if let Some(path) = path.path.clone()
            && !self.closed.remove(&path)
        {
            self.closed.insert(path);
        }
        self.rebuild();
        self.scroll.settle(self.lines.len(), height);
    }

    /// Opens what is under the cursor.
    pub fn open(&mut self, height: usize) {
        if self.line().is_some_and(|line| line.fold == Fold::Closed) {
            self.toggle(height);
        }
    }

    /// Closes what is under the cursor, or goes to the line above that holds it.
    pub fn close(&mut self, height: usize) {
        let Some(line) = self.line() else {
            return;
        };
        let (cursor, depth) = (self.scroll.cursor, line.depth);
        if line.fold == Fold::Open {
            self.toggle(height);
        } else if let Some(parent) = self.lines[..cursor].iter().rposition(|l| l.depth < depth) {
            self.scroll.put(parent, self.lines.len(), height);
        }
    }

    /// Changes between tree and JSON.
    pub fn reshape(&mut self, height: usize) {
        self.shape = match self.shape {
            Shape::Tree => Shape::Json,
            Shape::Json => Shape::Tree,
        };
        self.scroll = Scroll::default();
        self.rebuild();
        self.scroll.settle(self.lines.len(), height);
    }

    /// The value under the cursor.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        let path = self.line()?.path.as_ref()?;
        let root = self.item.get(&path.root)?;
        path.steps.iter().try_fold(root, step_into)
    }

    fn rebuild(&mut self) {
        self.lines = match self.shape {
            Shape::Json => json_lines(&self.item),
            Shape::Tree => {
                let mut walk = Walk {
                    closed: &self.closed,
                    lines: Vec::new(),
                };
                let (keys, rest): (Vec<_>, Vec<_>) =
                    self.item.iter().partition(|(n, _)| self.keys.contains(n));
                for (name, value) in keys.into_iter().chain(rest) {
                    walk.value(name, value, Some(Path::top(name.clone())), 0);
                }
                walk.lines
            }
        };
    }
}

fn step_into<'a>(value: &'a Value, step: &Step) -> Option<&'a Value> {
    match (value, step) {
        (Value::M(map), Step::Field(name)) => map.get(name),
        (Value::L(list), Step::Index(index)) => list.get(*index),
        _ => None,
    }
}

fn json_lines(item: &Item) -> Vec<ItemLine> {
    let json = serde_json::to_string_pretty(&item_to_dynamo_json(item)).unwrap_or_default();
    json.lines()
        .map(|line| ItemLine {
            depth: 0,
            name: String::new(),
            kind: None,
            text: short(line),
            fold: Fold::Leaf,
            path: None,
        })
        .collect()
}

/// Walks an item into lines.
struct Walk<'a> {
    closed: &'a BTreeSet<Path>,
    lines: Vec<ItemLine>,
}

impl Walk<'_> {
    fn value(&mut self, name: &str, value: &Value, path: Option<Path>, depth: usize) {
        let nested = members(value);
        let fold = match (&nested, &path) {
            (Some(n), Some(path)) if *n > 0 => {
                if self.closed.contains(path) {
                    Fold::Closed
                } else {
                    Fold::Open
                }
            }
            _ => Fold::Leaf,
        };
        self.lines.push(ItemLine {
            depth,
            name: sanitise(name).into_owned(),
            kind: Some(value.kind()),
            text: nested.map_or_else(|| short(&scalar_text(value)), |n| format!("{n} inside")),
            fold,
            path: path.clone(),
        });
        if let (Fold::Open, Some(path)) = (fold, path) {
            self.inside(value, &path, depth + 1);
        }
    }

    fn inside(&mut self, value: &Value, path: &Path, depth: usize) {
        let below = |step: Step| {
            let mut path = path.clone();
            path.steps.push(step);
            Some(path)
        };
        match value {
            Value::M(map) => {
                for (name, member) in map {
                    self.value(name, member, below(Step::Field(name.clone())), depth);
                }
            }
            Value::L(list) => {
                for (n, element) in list.iter().enumerate() {
                    self.value(&format!("[{n}]"), element, below(Step::Index(n)), depth);
                }
            }
            Value::Ss(set) => self.elements(set.iter().cloned().map(Value::S), depth),
            Value::Ns(set) => self.elements(set.iter().copied().map(Value::N), depth),
            Value::Bs(set) => self.elements(set.iter().cloned().map(Value::B), depth),
            _ => {}
        }
    }

    fn elements(&mut self, elements: impl Iterator<Item = Value>, depth: usize) {
        for element in elements {
            self.value("", &element, None, depth);
        }
    }
}

/// How many members a set, list, or map has.
fn members(value: &Value) -> Option<usize> {
    match value {
        Value::Ss(set) => Some(set.len()),
        Value::Ns(set) => Some(set.len()),
        Value::Bs(set) => Some(set.len()),
        Value::L(list) => Some(list.len()),
        Value::M(map) => Some(map.len()),
        _ => None,
    }
}

/// A scalar as text; binary as base64.
#[must_use]
pub fn scalar_text(value: &Value) -> String {
    use base64::Engine as _;
    match value {
        Value::S(text) => text.clone(),
        Value::N(number) => number.to_string(),
        Value::B(bytes) => base64::engine::general_purpose::STANDARD.encode(bytes),
        Value::Bool(b) => b.to_string(),
        Value::Null => "null".to_owned(),
        nested => {
            let item = Item::from([(String::new(), nested.clone())]);
            let json = item_to_dynamo_json(&item);
            json.get("").map(ToString::to_string).unwrap_or_default()
        }
    }
}

/// The beginning of a text, safe to show.
fn short(text: &str) -> String {
    let end = text.char_indices().nth(LINE).map_or(text.len(), |(i, _)| i);
    let more = if end < text.len() { "…" } else { "" };
    format!("{}{more}", sanitise(&text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn nested() -> ItemView {
        let engines = Value::L(vec![Value::s("left"), Value::s("right")]);
        let aircraft = BTreeMap::from([("engines".to_owned(), engines)]);
        let tags = Value::Ss(["b".to_owned(), "a".to_owned()].into());
        let item = Item::from([
            ("aircraft".to_owned(), Value::M(aircraft)),
            ("id".to_owned(), Value::s("S1")),
            ("tags".to_owned(), tags),
        ]);
        ItemView::new(item, 0, vec!["id".to_owned()])
    }

    fn shown(view: &ItemView) -> Vec<String> {
        let lines = view.lines.iter();
        lines
            .map(|line| format!("{}{}={}", "  ".repeat(line.depth), line.name, line.text))
            .collect()
    }

    #[test]
    fn keys_come_first_and_what_is_nested_lies_below() {
        assert_eq!(
            shown(&nested()),
            [
                "id=S1",
                "aircraft=1 inside",
                "  engines=2 inside",
                "    [0]=left",
                "    [1]=right",
                "tags=2 inside",
                "  =a",
                "  =b",
            ]
        );
    }

    #[test]
    fn closing_goes_to_what_holds_the_line_and_then_closes_it() {
        let mut view = nested();
        view.step(Motion::Down(3), 20);
        view.close(20);
        assert_eq!(view.line().unwrap().name, "engines");
        view.close(20);
        assert_eq!(view.lines.len(), 6);
        view.open(20);
        assert_eq!(view.lines.len(), 8);
    }

    #[test]
    fn a_line_knows_its_value_and_elements_of_sets_have_none() {
        let mut view = nested();
        view.step(Motion::Down(4), 20);
        assert_eq!(view.value(), Some(&Value::s("right")));
        view.step(Motion::Bottom, 20);
        assert_eq!(view.value(), None);
    }

    #[test]
    fn json_is_what_dynamodb_sends() {
        let mut view = nested();
        view.reshape(20);
        let text: String = view.lines.iter().map(|line| line.text.trim()).collect();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["tags"]["SS"][0], "a");
    }
}

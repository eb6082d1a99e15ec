//! The dataset that is simulated, and its mapping once more, written by hand: what the product derives from
//! the dataset file is checked against it.

use crate::dice::Dice;
use driftscope::domain::mapping::{BoundDataset, bind, parse_dataset_file};
use driftscope::domain::schema::{KeyAttribute, KeyKind, KeySchema, Table};
use driftscope::domain::value::{Item, Value};
use std::collections::BTreeSet;

const FILE: &str = r#"version = 1
[dataset.orders]
base = "orders"
where = "kind = 'order'"
always = ["state"]
[dataset.orders.copy.by_state]
table = "by_state"
set = { slot = "placed || '#' || id" }
[dataset.orders.copy.open]
table = "open"
where = "state <> 'closed'"
keep = ["state", "total", "version"]
[dataset.orders.copy.by_ticket]
table = "by_ticket"
[dataset.orders.copy.by_tag]
table = "by_tag"
each = "tags as tag"
ignore = ["copied_at"]
"#;

/// The names of the tables, the base first, and their keys.
pub(crate) const TABLES: [(&str, &[&str]); 5] = [
    ("orders", &["id"]),
    ("by_state", &["state", "slot"]),
    ("open", &["id"]),
    ("by_ticket", &["ticket"]),
    ("by_tag", &["tag", "id"]),
];
pub(crate) const BASE: usize = 0;
pub(crate) const BY_STATE: usize = 1;
pub(crate) const OPEN: usize = 2;
pub(crate) const BY_TICKET: usize = 3;
pub(crate) const BY_TAG: usize = 4;

pub(crate) const STATES: [&str; 3] = ["open", "paid", "closed"];
const TAGS: [&str; 4] = ["gift", "fragile", "export", "late"];

/// The dataset; `versioned`: with `version_by`.
pub(crate) fn dataset(versioned: bool) -> BoundDataset {
    let mut text = FILE.to_owned();
    if versioned {
        text = text.replace("base =", "version_by = \"version\"\nbase =");
    }
    let file = parse_dataset_file("orders.toml", &text).unwrap();
    let table = |name: &str| {
        let (name, keys) = TABLES.iter().find(|(known, _)| *known == name).unwrap();
        let mut keys = keys.iter().map(|name| KeyAttribute {
            name: (*name).to_owned(),
            kind: KeyKind::S,
        });
        let key = KeySchema {
            partition: keys.next().into_iter().collect(),
            sort: keys.collect(),
        };
        Ok(Table::new(*name, key))
    };
    let bound = bind(&file.datasets[0], &file.path, &file.text, &table).unwrap();
    assert!(bound.failed.is_empty(), "{:?}", bound.failed);
    bound
}

pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    match item.get(name) {
        Some(Value::S(text)) => text,
        _ => "",
    }
}

pub(crate) fn set(item: &mut Item, name: &str, value: impl Into<String>) {
    item.insert(name.to_owned(), Value::S(value.into()));
}

pub(crate) fn set_number(item: &mut Item, name: &str, number: i64) {
    item.insert(name.to_owned(), Value::N(number.into()));
}

pub(crate) fn key_of(table: usize, item: &Item) -> Item {
    let keys = TABLES[table].1.iter();
    keys.map(|name| ((*name).to_owned(), item[*name].clone()))
        .collect()
}

pub(crate) fn order(id: &str, dice: &mut Dice) -> Item {
    let mut item = Item::new();
    set(&mut item, "id", id);
    set(
        &mut item,
        "kind",
        if dice.percent(5) { "note" } else { "order" },
    );
    set(&mut item, "state", *dice.pick(&STATES));
    set(
        &mut item,
        "placed",
        format!("1998-08-{:02}", 1 + dice.below(28)),
    );
    set(&mut item, "ticket", format!("t-{id}"));
    set_number(
        &mut item,
        "total",
        i64::try_from(dice.below(1_000)).unwrap(),
    );
    set_tags(&mut item, dice);
    item
}

/// Some of the tags, or none at all.
pub(crate) fn set_tags(item: &mut Item, dice: &mut Dice) {
    let tags: BTreeSet<String> = TAGS
        .iter()
        .filter(|_| dice.percent(40))
        .map(|tag| (*tag).to_owned())
        .collect();
    item.remove("tags");
    if !tags.is_empty() {
        item.insert("tags".to_owned(), Value::Ss(tags));
    }
}

/// What a copy should hold of a base item.
pub(crate) fn expected(table: usize, base: &Item) -> Vec<Item> {
    if text(base, "kind") != "order" {
        return Vec::new();
    }
    match table {
        BY_STATE => {
            let mut item = base.clone();
            set(
                &mut item,
                "slot",
                format!("{}#{}", text(base, "placed"), text(base, "id")),
            );
            vec![item]
        }
        OPEN if text(base, "state") != "closed" => {
            let mut item = base.clone();
            let kept = ["id", "state", "total", "version"];
            item.retain(|name, _| kept.contains(&name.as_str()));
            vec![item]
        }
        BY_TICKET if base.contains_key("ticket") => vec![base.clone()],
        BY_TAG => {
            let Some(Value::Ss(tags)) = base.get("tags") else {
                return Vec::new();
            };
            let with_tag = |tag: &String| {
                let mut item = base.clone();
                set(&mut item, "tag", tag);
                set(&mut item, "copied_at", "lately");
                item
            };
            tags.iter().map(with_tag).collect()
        }
        _ => Vec::new(),
    }
}

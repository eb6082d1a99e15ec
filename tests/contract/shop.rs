//! A shop's orders: a second dataset, unlike the sandbox's in keys, indexes, copies, sizes, and skew.

use crate::dice::Dice;
use driftscope::domain::mapping::{BoundDataset, Expectation, bind, parse_dataset_file};
use driftscope::domain::names::TableName;
use driftscope::domain::problem::Problem;
use driftscope::domain::schema::{
    Index, IndexKind, KeyAttribute, KeyKind, KeySchema, Projection, Table,
};
use driftscope::domain::value::{Item, Value};
use std::collections::BTreeMap;

/// Its dataset file.
pub(crate) const DATASET_FILE: &str = include_str!("shop.toml");
/// The base table.
pub(crate) const BASE: &str = "orders";

const ORDERS: usize = 5_000;
const CUSTOMERS: usize = 400;
const ARTICLES: usize = 250;
const DAYS: usize = 60;
const COUNTRIES: [&str; 6] = ["DE", "FR", "NL", "AT", "PL", "DK"];
const WAREHOUSES: [&str; 3] = ["north", "south", "harbour"];

/// Whether the server knows indexes whose keys repeat HASH and RANGE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeysOfMany {
    Known,
    Unknown,
}

/// All tables, the base first.
pub(crate) fn tables(keys_of_many: KeysOfMany) -> Vec<Table> {
    let mut base = table(BASE, "customer_id", "order_id");
    let (local, global) = (IndexKind::Local, IndexKind::Global);
    let total = || Projection::Include(vec!["total".to_owned()]);
    base.indexes = vec![
        index("by_placed", local, "customer_id", "placed_at", total()),
        index("by_status", global, "status", "placed_at", total()),
        index(
            "by_channel",
            global,
            "channel",
            "placed_at",
            Projection::Keys,
        ),
    ];
    if keys_of_many == KeysOfMany::Known {
        base.indexes.push(index(
            "by_place",
            global,
            "country warehouse",
            "priority placed_at",
            total(),
        ));
    }
    vec![
        base,
        table("orders_by_day", "day", "slot"),
        table("orders_pending", "status", "slot"),
        table("orders_by_sku", "sku", "slot"),
        table("orders_by_shard", "shard", "order_id"),
    ]
}

/// What each table holds: the base what was drawn, a copy what E(b) gives.
pub(crate) fn items(tables: &[Table]) -> BTreeMap<TableName, Vec<Item>> {
    let dataset = bound(DATASET_FILE, tables);
    let base = orders();
    let mut all: BTreeMap<TableName, Vec<Item>> = dataset
        .copies
        .iter()
        .map(|copy| {
            let expected = base
                .iter()
                .flat_map(|item| match dataset.expected(copy, item) {
                    Expectation::Items(items) => items,
                    Expectation::Unmappable(why) => panic!("{item:?}: {why:?}"),
                });
            (copy.table.name.clone(), expected.collect())
        })
        .collect();
    all.insert(BASE.into(), base);
    all
}

/// Every order.
pub(crate) fn orders() -> Vec<Item> {
    let mut dice = Dice(0x2026_1124_5EED_0003);
    (0..ORDERS).map(|n| order(&mut dice, n)).collect()
}

/// The first dataset of a file, bound to its tables.
pub(crate) fn bound(text: &str, tables: &[Table]) -> BoundDataset {
    let path = "shop.toml";
    let file = parse_dataset_file(path, text).unwrap();
    let bound = bind(&file.datasets[0], path, text, &|name| {
        let found = tables.iter().find(|table| table.name == *name);
        found
            .cloned()
            .ok_or_else(|| Problem::new(format!("no table `{name}`")))
    })
    .unwrap();
    assert!(bound.failed.is_empty(), "{:?}", bound.failed);
    bound
}

/// Few customers order much, most orders are delivered, a few carry a long note, and most attributes
/// are missing now and then.
fn order(dice: &mut Dice, number: usize) -> Item {
    let day = dice.below(DAYS);
    let (status, channel) = (status(dice), channel(dice));
    let skus = (0..=dice.skewed(6)).map(|_| Value::s(format!("K{:03}", dice.skewed(ARTICLES))));
    let mut skus: Vec<Value> = skus.collect();
    skus.sort();
    skus.dedup();
    let placed_at = format!(
        "2026-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        3 + day / 30,
        1 + day % 30,
        dice.below(24),
        dice.below(60),
        dice.below(60)
    );
    let mut order = Item::from([
        (
            "customer_id".into(),
            Value::s(format!("C{:04}", dice.skewed(CUSTOMERS))),
        ),
        ("order_id".into(), Value::s(format!("O{:06}", number * 7))),
        ("placed_at".into(), Value::s(placed_at)),
        ("status".into(), Value::s(status)),
        ("channel".into(), Value::s(channel)),
        (
            "country".into(),
            Value::s(COUNTRIES[dice.skewed(COUNTRIES.len())]),
        ),
        ("priority".into(), whole(1 + dice.skewed(5))),
        ("skus".into(), Value::L(skus)),
        ("revision".into(), whole(1 + dice.skewed(9))),
    ]);
    add_sometimes(dice, &mut order);
    order
}

fn status(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..4 => "open",
        4..6 => "held",
        6..16 => "paid",
        16..35 => "shipped",
        35..92 => "delivered",
        _ => "cancelled",
    }
}

fn channel(dice: &mut Dice) -> &'static str {
    match dice.below(20) {
        0..13 => "web",
        13..19 => "app",
        _ => "phone",
    }
}

/// Attributes that some orders lack.
fn add_sometimes(dice: &mut Dice, order: &mut Item) {
    let mut sometimes = |dice: &mut Dice, name: &str, of_20: usize, value: Value| {
        if dice.below(20) < of_20 {
            order.insert(name.into(), value);
        }
    };
    let total = 200 + 3 * dice.skewed(90_000);
    sometimes(dice, "total", 18, whole(total));
    let warehouse = *dice.pick(&WAREHOUSES);
    sometimes(dice, "warehouse", 17, Value::s(warehouse));
    let coupon = format!("SAVE{}", 5 * dice.skewed(6));
    sometimes(dice, "coupon", 4, Value::s(coupon));
    sometimes(dice, "gift", 2, Value::Bool(true));
    let note = match dice.below(200) {
        0 => 8_000 + dice.below(12_000),
        1..8 => 1_500 + dice.below(4_000),
        _ => 10 + dice.skewed(300),
    };
    sometimes(
        dice,
        "note",
        15,
        Value::s("leave it at the door; ".repeat(note / 22 + 1)),
    );
}

fn whole(number: usize) -> Value {
    Value::N(i64::try_from(number).unwrap().into())
}

/// A table whose key is these attributes.
pub(crate) fn table(name: &str, partition: &str, sort: &str) -> Table {
    Table::new(name, key(partition, sort))
}

/// An index; several key attributes are separated by spaces.
pub(crate) fn index(
    name: &str,
    kind: IndexKind,
    partition: &str,
    sort: &str,
    projection: Projection,
) -> Index {
    Index {
        name: name.into(),
        kind,
        key: key(partition, sort),
        projection,
        items: 0,
        bytes: 0,
        active: true,
        provisioned_rcu: None,
    }
}

/// Attributes separated by spaces; priorities and shards are numbers.
fn key(partition: &str, sort: &str) -> KeySchema {
    let attributes = |names: &str| {
        names
            .split(' ')
            .map(|name| KeyAttribute {
                name: name.to_owned(),
                kind: match name {
                    "priority" | "shard" => KeyKind::N,
                    _ => KeyKind::S,
                },
            })
            .collect()
    };
    KeySchema {
        partition: attributes(partition),
        sort: attributes(sort),
    }
}

//! A small world of orders: its tables, its items, what its paths hold, and samples of it.

use super::super::*;
use crate::domain::expr::{Context, holds, parse_predicate};
use crate::domain::mapping::fixture::{key, table};
use crate::domain::mapping::{BoundDataset, Expectation, bind, parse_dataset_file};
use crate::domain::problem::Problem;
use crate::domain::read::KeyRange;
use crate::domain::schema::{Index, IndexKind, Projection, Table};
use crate::domain::size::item_size;
use crate::domain::value::{Item, Number};

pub(super) const DATASET: &str = r#"version = 1
[dataset.orders]
base  = "orders"
where = "kind = 'order'"
[dataset.orders.copy.by_month]
table = "orders_by_month"
set   = { month = "month(placed_on)", slot = "placed_on || '#' || order_id" }
[dataset.orders.copy.dear]
table = "orders_dear"
where = "total > 900"
set   = { slot = "lpad(total, 6, '0') || '#' || order_id" }
keep  = ["total"]
"#;

/// Numbers that look random and are the same each time.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

pub(super) fn index(name: &str, kind: IndexKind, parts: &str, projection: Projection) -> Index {
    Index {
        name: name.into(),
        kind,
        key: key(parts),
        projection,
        items: 0,
        bytes: 0,
        active: true,
        provisioned_rcu: None,
    }
}

pub(super) fn tables(name: &str) -> Result<Table, Problem> {
    let mut found = match name {
        "orders" => table("orders", "customer order_id"),
        "orders_by_month" => table("orders_by_month", "month slot"),
        "orders_dear" => table("orders_dear", "status slot"),
        _ => return Err(Problem::new("no such table")),
    };
    found.id = Some(format!("id of {name}"));
    if name == "orders" {
        found.indexes = vec![
            index(
                "by_status",
                IndexKind::Global,
                "status placed_on",
                Projection::Keys,
            ),
            index(
                "by_date",
                IndexKind::Local,
                "customer placed_on",
                Projection::Include(vec!["total".into()]),
            ),
        ];
    }
    if name == "orders_by_month" {
        found.indexes = vec![index(
            "by_total",
            IndexKind::Global,
            "month total:N",
            Projection::All,
        )];
    }
    Ok(found)
}

pub(super) fn dataset() -> BoundDataset {
    let file = parse_dataset_file("d.toml", DATASET).unwrap();
    let bound = bind(&file.datasets[0], &file.path, &file.text, &tables).unwrap();
    assert!(bound.failed.is_empty(), "{:?}", bound.failed);
    bound
}

/// Orders by partition of the base, as a scan gives them: few customers have many, many have few.
pub(super) fn orders(seed: u64, count: u64) -> Vec<Item> {
    let mut numbers = Numbers(seed);
    let mut items: Vec<Item> = (0..count)
        .map(|id| {
            let r = numbers.below(100);
            let customer = numbers.below(100) * numbers.below(100) / 50;
            let status = ["open", "paid", "sent", "sent", "sent", "lost"][usize::try_from(
                numbers.below(if customer.is_multiple_of(3) { 2 } else { 6 }),
            )
            .unwrap()];
            let (month, day) = (1 + numbers.below(12), 1 + numbers.below(28));
            let mut item = Item::from([
                ("customer".into(), Value::S(format!("C{customer:03}"))),
                ("order_id".into(), Value::S(format!("O{id:05}"))),
                (
                    "kind".into(),
                    Value::s(if r < 90 { "order" } else { "draft" }),
                ),
                (
                    "placed_on".into(),
                    Value::S(format!("1998-{month:02}-{day:02}")),
                ),
                ("status".into(), Value::s(status)),
                ("total".into(), number(numbers.below(1_000))),
            ]);
            if r.is_multiple_of(3) {
                let length = usize::try_from(numbers.below(200)).unwrap();
                item.insert("note".into(), Value::S("x".repeat(length)));
            }
            if r.is_multiple_of(10) {
                item.remove("status");
            }
            item
        })
        .collect();
    // By hash of the partition, then by sort key.
    let place = |item: &Item| {
        let Value::S(customer) = &item["customer"] else {
            panic!()
        };
        (
            crc32fast::hash(customer.as_bytes()),
            item["order_id"].clone(),
        )
    };
    items.sort_by_key(place);
    items
}

pub(super) fn number(number: u64) -> Value {
    Value::N(Number::from(i64::try_from(number).unwrap()))
}

pub(super) fn path(table: &str, index: Option<&str>) -> PathName {
    PathName {
        table: table.into(),
        index: index.map(Into::into),
    }
}

pub(super) const PATHS: [(&str, Option<&str>); 6] = [
    ("orders", None),
    ("orders", Some("by_status")),
    ("orders", Some("by_date")),
    ("orders_by_month", None),
    ("orders_by_month", Some("by_total")),
    ("orders_dear", None),
];

/// The entries of a path, and its keys.
pub(super) fn entries(dataset: &BoundDataset, items: &[Item], path: &PathName) -> Vec<Item> {
    let copy = dataset
        .copies
        .iter()
        .find(|copy| copy.table.name == path.table);
    let own: Vec<Item> = match copy {
        None => items.to_vec(),
        Some(copy) => items
            .iter()
            .flat_map(|item| match dataset.expected(copy, item) {
                Expectation::Items(items) => items,
                Expectation::Unmappable(_) => Vec::new(),
            })
            .collect(),
    };
    let table = tables(path.table.as_str()).unwrap();
    let Some(index) = path
        .index
        .as_ref()
        .and_then(|name| table.index(name.as_str()))
    else {
        return own;
    };
    let shown = |item: &Item| -> Option<Item> {
        let mut keys = index.key.attributes();
        keys.all(|key| item.contains_key(&key.name)).then(|| {
            let mut item = item.clone();
            item.retain(|name, _| {
                index.key.contains(name)
                    || table.key.contains(name)
                    || match &index.projection {
                        Projection::All => true,
                        Projection::Keys => false,
                        Projection::Include(names) => names.contains(name),
                    }
            });
            item
        })
    };
    own.iter().filter_map(shown).collect()
}

/// A key condition on a partition that is there, drawn by `numbers`.
pub(super) fn condition(path: &PathName, entries: &[Item], numbers: &mut Numbers) -> KeyCondition {
    let table = tables(path.table.as_str()).unwrap();
    let index = path
        .index
        .as_ref()
        .and_then(|name| table.index(name.as_str()));
    let key = index.map_or(&table.key, |index| &index.key);
    let mut pick = || &entries[usize::try_from(numbers.below(entries.len() as u64)).unwrap()];
    let (one, low, high) = (pick(), pick(), pick());
    let of = |item: &Item, name: &str| item[name].clone();
    let hash = &key.partition[0].name;
    let sort = &key.sort[0].name;
    let mut ends = [of(low, sort), of(high, sort)];
    ends.sort();
    let [low, high] = ends;
    let prefix = match &low {
        Value::S(text) => KeyRange::BeginsWith(Value::s(&text[..text.len() - 3])),
        _ => KeyRange::Gt(low.clone()),
    };
    let mut equal = vec![(hash.clone(), of(one, hash))];
    let range = match numbers.below(7) {
        0 => None,
        1 => Some(KeyRange::Lt(high)),
        2 => Some(KeyRange::Ge(low)),
        3 => Some(prefix),
        4 => {
            equal.push((sort.clone(), of(one, sort)));
            None
        }
        _ => Some(KeyRange::Between(low, high)),
    };
    KeyCondition {
        equal,
        partition_len: 1,
        range: range.map(|range| (sort.clone(), range)),
    }
}

pub(super) fn counted(entries: &[Item], condition: &KeyCondition) -> (f64, f64) {
    let wanted = condition.predicate();
    let found: Vec<&Item> = entries
        .iter()
        .filter(|item| holds(&wanted, *item))
        .collect();
    let bytes: usize = found.iter().map(|item| item_size(item)).sum();
    (
        spread::float(found.len() as u64),
        spread::float(bytes as u64),
    )
}

pub(super) fn holds_truth(spread: Spread, truth: f64) -> bool {
    spread.low <= truth + 0.001 && truth <= spread.high + 0.001
}

pub(super) fn complete(dataset: &BoundDataset, items: &[Item]) -> Statistics {
    let mut sampler = Sampler::new(&dataset.base, Some(dataset));
    add_all(&mut sampler, items);
    sampler.finish(Scanned::All, 1_000)
}

pub(super) fn add_all(sampler: &mut Sampler, items: &[Item]) {
    for item in items {
        sampler.add(item);
    }
}

/// Pages of a scan: of each of `segments` the first `run` items.
pub(super) fn partial(
    dataset: &BoundDataset,
    items: &[Item],
    segments: usize,
    run: usize,
) -> Statistics {
    let mut dataset = dataset.clone();
    dataset.base.items = items.len() as u64;
    let mut sampler = Sampler::new(&dataset.base, Some(&dataset));
    let place = |item: &Item| {
        let Value::S(customer) = &item["customer"] else {
            panic!()
        };
        usize::try_from(crc32fast::hash(customer.as_bytes())).unwrap()
    };
    let width = usize::try_from(u32::MAX).unwrap() / segments + 1;
    for segment in items.chunk_by(|a, b| place(a) / width == place(b) / width) {
        let read = &segment[..run.min(segment.len())];
        add_all(&mut sampler, read);
        if read.len() < segment.len() {
            sampler.cut(&dataset.base.key.of(&read[read.len() - 1]));
        }
    }
    sampler.finish(Scanned::Part, 1_000)
}

pub(super) fn predicate(text: &str) -> Predicate {
    parse_predicate(text, &Context::default()).unwrap()
}

pub(super) fn share_of(items: &[Item], predicate: &Predicate) -> f64 {
    let found = items.iter().filter(|item| holds(predicate, *item)).count();
    spread::float(found as u64) / spread::float(items.len() as u64)
}

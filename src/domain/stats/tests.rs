//! Statistics against counting: a small world of orders, its paths, and what they hold.

use super::*;
use crate::domain::expr::{Context, holds, parse_predicate};
use crate::domain::mapping::fixture::{key, table};
use crate::domain::mapping::{BoundDataset, Expectation, bind, parse_dataset_file};
use crate::domain::problem::Problem;
use crate::domain::read::KeyRange;
use crate::domain::schema::{Catalog, Index, IndexKind, Projection, Table, TableState};
use crate::domain::size::item_size;
use crate::domain::value::{Item, Kind, Number};
use proptest::prelude::*;
use rstest::rstest;

const DATASET: &str = r#"version = 1
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
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn index(name: &str, kind: IndexKind, parts: &str, projection: Projection) -> Index {
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

fn tables(name: &str) -> Result<Table, Problem> {
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

fn dataset() -> BoundDataset {
    let file = parse_dataset_file("d.toml", DATASET).unwrap();
    let bound = bind(&file.datasets[0], &file.path, &file.text, &tables).unwrap();
    assert!(bound.failed.is_empty(), "{:?}", bound.failed);
    bound
}

/// Orders by partition of the base, as a scan gives them: few customers have many, many have few.
fn orders(seed: u64, count: u64) -> Vec<Item> {
    let mut numbers = Numbers(seed);
    let mut items: Vec<Item> = (0..count)
        .map(|id| {
            let r = numbers.below(100);
            let customer = numbers.below(1 + numbers.0 % 60 * r / 30);
            let status = ["open", "paid", "sent", "sent", "sent", "lost"]
                [usize::try_from(numbers.below(6)).unwrap()];
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
            if r % 3 == 0 {
                let length = usize::try_from(numbers.below(200)).unwrap();
                item.insert("note".into(), Value::S("x".repeat(length)));
            }
            if r % 10 == 0 {
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

fn number(number: u64) -> Value {
    Value::N(Number::from(i64::try_from(number).unwrap()))
}

fn path(table: &str, index: Option<&str>) -> PathName {
    PathName {
        table: table.into(),
        index: index.map(Into::into),
    }
}

const PATHS: [(&str, Option<&str>); 6] = [
    ("orders", None),
    ("orders", Some("by_status")),
    ("orders", Some("by_date")),
    ("orders_by_month", None),
    ("orders_by_month", Some("by_total")),
    ("orders_dear", None),
];

/// The entries of a path, and its keys.
fn entries(dataset: &BoundDataset, items: &[Item], path: &PathName) -> Vec<Item> {
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
fn condition(path: &PathName, entries: &[Item], numbers: &mut Numbers) -> KeyCondition {
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

fn counted(entries: &[Item], condition: &KeyCondition) -> (f64, f64) {
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

fn holds_truth(spread: Spread, truth: f64) -> bool {
    spread.low <= truth + 0.001 && truth <= spread.high + 0.001
}

fn complete(dataset: &BoundDataset, items: &[Item]) -> Statistics {
    let mut sampler = Sampler::new(&dataset.base, Some(dataset));
    items.iter().for_each(|item| sampler.add(item));
    sampler.finish(Scanned::All, 1_000)
}

/// Pages of a scan: of each of `segments` the first `run` items.
fn partial(dataset: &BoundDataset, items: &[Item], segments: usize, run: usize) -> Statistics {
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
        read.iter().for_each(|item| sampler.add(item));
        if read.len() < segment.len() {
            sampler.cut(&dataset.base.key.of(&read[read.len() - 1]));
        }
    }
    sampler.finish(Scanned::Part, 1_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn after_a_whole_scan_a_range_holds_what_counting_gives(seed in any::<u64>(), count in 1_u64..1_500) {
        let dataset = dataset();
        let items = orders(seed, count);
        let statistics = complete(&dataset, &items);
        let mut numbers = Numbers(seed ^ 1);
        for (table, index) in PATHS {
            let path = path(table, index);
            let entries = entries(&dataset, &items, &path);
            if entries.is_empty() {
                continue;
            }
            let bytes: usize = entries.iter().map(item_size).sum();
            let total = statistics.total(&path).unwrap().volume;
            prop_assert_eq!(total.items, Spread::exact(spread::float(entries.len() as u64)));
            prop_assert!((total.bytes.expected - spread::float(bytes as u64)).abs() < 0.01);
            for _ in 0..12 {
                let condition = condition(&path, &entries, &mut numbers);
                let (items, bytes) = counted(&entries, &condition);
                let found = statistics.selected(&path, &condition).unwrap().volume;
                prop_assert!(holds_truth(found.items, items), "{path:?} {condition}: {items} in {found:?}");
                prop_assert!(holds_truth(found.bytes, bytes), "{path:?} {condition}: {bytes} in {found:?}");
                let whole = KeyCondition { equal: condition.equal[..1].to_vec(), range: None, partition_len: 1 };
                let (partition, _) = counted(&entries, &whole);
                // A bucket on either side.
                let width = found.items.high - found.items.low;
                prop_assert!(width <= 2.0 * (partition / 20.0 + 1.0), "{path:?} {condition}: {found:?} of {partition}");
            }
        }
    }
}

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
            let customer = numbers.below(100) * numbers.below(100) / 50;
            let status = ["open", "paid", "sent", "sent", "sent", "lost"]
                [usize::try_from(numbers.below(if customer % 3 == 0 { 2 } else { 6 })).unwrap()];
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
    fn after_a_whole_scan_a_range_holds_what_counting_gives(seed in any::<u64>(), count in 1_u64..800) {
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

const PREDICATES: [&str; 24] = [
    "status = 'sent'",
    "status <> 'sent'",
    "status IN ('open', 'paid', 'nowhere')",
    "NOT status IN ('open', 'paid')",
    "status = 'open' OR status = 'paid' OR total < 100",
    "total < 250",
    "total >= 250 AND total < 300",
    "total BETWEEN 40 AND 45",
    "NOT total > 900",
    "250 <= total",
    "total = 77",
    "total = 'x'",
    "begins_with(placed_on, '1998-0')",
    "begins_with(order_id, 'O0001')",
    "attribute_exists(note)",
    "attribute_not_exists(note) AND status = 'lost'",
    "attribute_exists(nothing)",
    "nothing <> 5",
    "attribute_type(total, 'N')",
    "kind = 'draft' AND total > 500",
    "placed_on > '1998-06-15' AND placed_on <= '1998-07-01' AND kind = 'order'",
    "note = 'xxx'",
    "size(note) > 100",
    "contains(status, 'e')",
];

fn predicate(text: &str) -> Predicate {
    parse_predicate(text, &Context::default()).unwrap()
}

fn share_of(items: &[Item], predicate: &Predicate) -> f64 {
    let found = items.iter().filter(|item| holds(predicate, *item)).count();
    spread::float(found as u64) / spread::float(items.len() as u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn after_a_whole_scan_a_share_holds_what_counting_gives(seed in any::<u64>(), count in 1_u64..800) {
        let dataset = dataset();
        let items = orders(seed, count);
        let statistics = complete(&dataset, &items);
        for text in PREDICATES {
            let predicate = predicate(text);
            let share = statistics.share(&"orders".into(), &predicate).unwrap();
            let truth = share_of(&items, &predicate);
            prop_assert!(holds_truth(share, truth), "{text}: {truth} in {share:?}");
            prop_assert!(share.low <= share.expected && share.expected <= share.high, "{text}: {share:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back_equal(seed in any::<u64>(), count in 0_u64..400, run in 1_usize..40) {
        let dataset = dataset();
        let items = orders(seed, count);
        for statistics in [complete(&dataset, &items), partial(&dataset, &items, 8, run)] {
            for (name, table) in statistics.tables() {
                let read = TableStatistics::from_json(&table.to_json());
                prop_assert_eq!(read.as_ref(), Ok(table), "{}", name);
            }
        }
    }
}

/// Of so many questions how many were answered by a range that holds the truth, and the sum of what was
/// expected over the sum of what is true.
#[derive(Default)]
struct Score {
    asked: f64,
    right: f64,
    expected: f64,
    truth: f64,
}

impl Score {
    fn add(&mut self, spread: Spread, truth: f64) {
        self.asked += 1.0;
        self.right += f64::from(u8::from(holds_truth(spread, truth)));
        self.expected += spread.expected;
        self.truth += truth;
    }
}

#[test]
fn after_some_pages_a_range_holds_the_truth_in_99_of_100_cases() {
    let dataset = dataset();
    let mut scores: BTreeMap<(PathName, &str), Score> = BTreeMap::new();
    for seed in 0..16 {
        let items = orders(seed * 7_919, 1_200);
        let statistics = partial(&dataset, &items, 16, 20);
        let mut numbers = Numbers(seed);
        for (table, index) in PATHS {
            let path = path(table, index);
            let entries = entries(&dataset, &items, &path);
            let mut score = |what, spread, truth| {
                scores
                    .entry((path.clone(), what))
                    .or_default()
                    .add(spread, truth);
            };
            let total = statistics.total(&path).unwrap().volume;
            score("total", total.items, spread::float(entries.len() as u64));
            let bytes: usize = entries.iter().map(item_size).sum();
            score("bytes", total.bytes, spread::float(bytes as u64));
            for _ in 0..10 {
                let condition = condition(&path, &entries, &mut numbers);
                let (items, bytes) = counted(&entries, &condition);
                let found = statistics.selected(&path, &condition).unwrap().volume;
                score("selected", found.items, items);
                score("selected bytes", found.bytes, bytes);
            }
        }
        for text in PREDICATES {
            let predicate = predicate(text);
            let share = statistics.share(&"orders".into(), &predicate).unwrap();
            let orders = path("orders", None);
            let score = scores.entry((orders, "share")).or_default();
            score.add(share, share_of(&items, &predicate));
        }
    }
    for ((path, what), score) in &scores {
        assert!(
            score.right >= 0.99 * score.asked,
            "{path:?} {what}: {} of {}",
            score.right,
            score.asked
        );
        // Partitions of the base that no page showed are taken for middling ones; these are not, large ones
        // being asked for more often.
        let base =
            path.table == "orders" && path.index.as_ref().is_none_or(|name| *name == "by_date");
        let bias = score.expected / score.truth;
        let least = if base { 0.4 } else { 0.85 };
        assert!((least..1.15).contains(&bias), "{path:?} {what}: {bias}");
    }
}

fn query(equal: &[(&str, Value)], range: Option<(&str, KeyRange)>) -> KeyCondition {
    KeyCondition {
        equal: equal
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        partition_len: 1,
        range: range.map(|(name, range)| (name.to_owned(), range)),
    }
}

fn august() -> KeyCondition {
    query(&[("month", Value::s("1998-08"))], None)
}

fn saw(key: &str, items: u64, bytes: (u64, u64)) -> Observation {
    Observation {
        path: path("orders_by_month", None),
        seen: Seen::Partition {
            key: vec![("month".to_owned(), Value::s(key))],
            items,
            bytes: Range::new(bytes.0, bytes.1),
        },
    }
}

fn catalog() -> Catalog {
    let names = ["orders", "orders_by_month", "orders_dear"];
    let tables = names.map(|name| (name.into(), TableState::Ready(tables(name).unwrap())));
    Catalog {
        tables: tables.into_iter().collect(),
        ..Catalog::default()
    }
}

#[test]
fn the_months_of_a_copy_come_out_of_a_sample_of_its_base() {
    let dataset = dataset();
    let items = orders(3, 1_200);
    let statistics = complete(&dataset, &items);
    let by_month = path("orders_by_month", None);
    assert_eq!(statistics.partitions(&by_month), Some(Spread::exact(12.0)));
    let entries = entries(&dataset, &items, &by_month);
    let (count, bytes) = counted(&entries, &august());
    let found = statistics.selected(&by_month, &august()).unwrap();
    assert_eq!(found.origin, Origin::Analyzed);
    assert_eq!(found.volume.items, Spread::exact(count));
    assert_eq!(found.volume.bytes, Spread::exact(bytes));
}

#[test]
fn a_partition_that_a_whole_scan_never_saw_holds_nothing() {
    let statistics = complete(&dataset(), &orders(3, 500));
    let never = query(&[("month", Value::s("1999-01"))], None);
    let found = statistics
        .selected(&path("orders_by_month", None), &never)
        .unwrap();
    assert_eq!(found.volume, Volume::ZERO);
}

#[test]
fn a_partition_that_some_pages_never_showed_may_hold_a_little() {
    let dataset = dataset();
    let items = orders(3, 2_000);
    let statistics = partial(&dataset, &items, 16, 30);
    let never = query(&[("month", Value::s("1999-01"))], None);
    let found = statistics
        .selected(&path("orders_by_month", None), &never)
        .unwrap()
        .volume;
    assert_eq!(found.items.low, 0.0);
    assert!(
        found.items.high > 5.0 && found.items.high < 200.0,
        "{found:?}"
    );
}

#[test]
fn an_empty_table_holds_nothing_anywhere() {
    let statistics = complete(&dataset(), &[]);
    for (table, index) in PATHS {
        let path = path(table, index);
        assert_eq!(
            statistics.total(&path).unwrap().volume,
            Volume::ZERO,
            "{path:?}"
        );
        assert_eq!(statistics.partitions(&path), Some(Spread::ZERO), "{path:?}");
    }
}

#[test]
fn without_a_count_some_pages_tell_shares_and_sizes_but_no_totals() {
    let dataset = dataset();
    let mut sampler = Sampler::new(&dataset.base, Some(&dataset));
    orders(5, 300).iter().for_each(|item| sampler.add(item));
    let statistics = sampler.finish(Scanned::Part, 1_000);
    let by_month = path("orders_by_month", None);
    assert_eq!(statistics.total(&by_month), None);
    assert_eq!(statistics.selected(&by_month, &august()), None);
    let mean = statistics.mean_item(&by_month).unwrap();
    assert!(mean.low > 0.0 && mean.low <= mean.expected && mean.expected <= mean.high);
    let sent = statistics
        .share(&"orders".into(), &predicate("status = 'sent'"))
        .unwrap();
    assert!(sent.low > 0.0 && sent.high < 1.0, "{sent:?}");
}

#[test]
fn some_items_weigh_between_the_smallest_and_the_largest() {
    let dataset = dataset();
    let items = orders(9, 1_000);
    let statistics = complete(&dataset, &items);
    let orders = path("orders", None);
    let mut sizes: Vec<usize> = items.iter().map(item_size).collect();
    sizes.sort_unstable();
    for taken in [1, 10, 300, 1_000] {
        let found = statistics
            .bytes_of(&orders, spread::float(taken as u64))
            .unwrap();
        let least: usize = sizes[..taken].iter().sum();
        let most: usize = sizes[sizes.len() - taken..].iter().sum();
        let (least, most) = (spread::float(least as u64), spread::float(most as u64));
        assert!(
            found.low <= least + 0.001 && most <= found.high + 0.001,
            "{taken}: {found:?}"
        );
        assert!(
            found.low > 0.7 * least && found.high < 1.3 * most,
            "{taken}: {found:?}"
        );
    }
}

#[test]
fn a_partition_read_whole_overrides_what_was_sampled() {
    let mut statistics = complete(&dataset(), &orders(3, 1_200));
    let by_month = path("orders_by_month", None);
    statistics.learn(&catalog(), &saw("1998-08", 7, (400, 900)), 2_000);
    let found = statistics.selected(&by_month, &august()).unwrap();
    assert_eq!(found.origin, Origin::Learned);
    assert_eq!(found.volume.items, Spread::exact(7.0));
    assert_eq!(
        (found.volume.bytes.low, found.volume.bytes.high),
        (400.0, 900.0)
    );
    // A range of it is the sampled share of what was learned.
    let half = query(
        &[("month", Value::s("1998-08"))],
        Some(("slot", KeyRange::Lt(Value::s("1998-08-15")))),
    );
    let found = statistics.selected(&by_month, &half).unwrap().volume;
    assert!(found.items.low > 2.0 && found.items.high < 5.0, "{found:?}");
}

#[test]
fn a_table_never_sampled_is_known_as_far_as_it_was_read() {
    let mut statistics = Statistics::default();
    let by_month = path("orders_by_month", None);
    statistics.learn(&catalog(), &saw("1998-08", 7, (700, 700)), 2_000);
    assert_eq!(
        statistics
            .selected(&by_month, &august())
            .unwrap()
            .volume
            .items,
        Spread::exact(7.0)
    );
    let other = query(&[("month", Value::s("1998-09"))], None);
    assert_eq!(statistics.selected(&by_month, &other), None);
    assert_eq!(statistics.total(&by_month), None);
    let seen = Seen::Some {
        items: 10,
        bytes: Range::new(900, 1_100),
    };
    statistics.learn(
        &catalog(),
        &Observation {
            path: by_month.clone(),
            seen,
        },
        2_001,
    );
    let mean = Spread {
        low: 90.0,
        expected: 100.0,
        high: 110.0,
    };
    assert_eq!(statistics.mean_item(&by_month), Some(mean));
    let seen = Seen::All {
        items: 50,
        bytes: Range::new(5_000, 5_000),
    };
    statistics.learn(
        &catalog(),
        &Observation {
            path: by_month.clone(),
            seen,
        },
        2_002,
    );
    let total = statistics.total(&by_month).unwrap();
    assert_eq!(total.volume.items, Spread::exact(50.0));
    assert_eq!(total.origin, Origin::Learned);
    assert_eq!(
        statistics.table("orders_by_month").unwrap().age(2_010),
        Some(8)
    );
}

#[rstest]
#[case::a_later_sample(3_000, Origin::Analyzed)]
#[case::an_earlier_sample(1_500, Origin::Learned)]
fn a_sample_makes_void_what_was_learned_before_it(#[case] at: u64, #[case] origin: Origin) {
    let mut statistics = Statistics::default();
    statistics.learn(&catalog(), &saw("1998-08", 7, (700, 700)), 2_000);
    let dataset = dataset();
    let mut sampler = Sampler::new(&dataset.base, Some(&dataset));
    orders(3, 1_200).iter().for_each(|item| sampler.add(item));
    statistics.merge(sampler.finish(Scanned::All, at));
    let found = statistics
        .selected(&path("orders_by_month", None), &august())
        .unwrap();
    assert_eq!(found.origin, origin);
}

#[test]
fn statistics_of_a_table_that_was_recreated_or_is_gone_are_dropped() {
    let mut statistics = complete(&dataset(), &orders(3, 100));
    let mut catalog = catalog();
    assert_eq!(
        statistics.forget_recreated(&catalog),
        Vec::<TableName>::new()
    );
    let mut other = tables("orders_by_month").unwrap();
    other.id = Some("another".to_owned());
    catalog
        .tables
        .insert("orders_by_month".into(), TableState::Ready(other));
    catalog
        .tables
        .insert("orders_dear".into(), TableState::Listed);
    assert_eq!(statistics.forget_recreated(&catalog), ["orders_by_month"]);
    catalog.tables.shift_remove("orders");
    assert_eq!(statistics.forget_recreated(&catalog), ["orders"]);
    assert!(statistics.table("orders_dear").is_some());
}

#[test]
fn what_is_learned_of_a_recreated_table_starts_anew() {
    let mut statistics = complete(&dataset(), &orders(3, 100));
    let mut catalog = catalog();
    let mut other = tables("orders_by_month").unwrap();
    other.id = Some("another".to_owned());
    catalog
        .tables
        .insert("orders_by_month".into(), TableState::Ready(other));
    statistics.learn(&catalog, &saw("1998-08", 7, (700, 700)), 2_000);
    assert_eq!(
        statistics.table("orders_by_month").unwrap().id(),
        Some("another")
    );
    assert_eq!(statistics.total(&path("orders_by_month", None)), None);
}

#[rstest]
#[case::another_version(r#"{"version":99,"whatever":[]}"#, "version 99")]
#[case::half_a_file(r#"{"version":1,"id":"x","sam"#, "cannot be read")]
#[case::no_statistics("[]", "cannot be read")]
#[case::not_even_text("", "cannot be read")]
#[case::out_of_order(
    r#"{"version":1,"id":null,"sample":null,"learned_at":null,"indexes":{},"attributes":{},
    "table":{"partitions":[{"key":[{"S":"b"}]},{"key":[{"S":"a"}]}]}}"#,
    "cannot be read"
)]
fn text_that_is_no_statistics_is_refused(#[case] text: &str, #[case] what: &str) {
    let problem = TableStatistics::from_json(text).unwrap_err();
    assert!(problem.what.contains(what), "{problem}");
    assert!(problem.hint.is_some());
}

#[test]
fn numbers_keep_all_their_digits_on_disk() {
    let digits = "12345678901234567890123456789012345678";
    let base = table("t", "id:N");
    let mut sampler = Sampler::new(&base, None);
    sampler.add(&Item::from([(
        "id".into(),
        Value::N(digits.parse().unwrap()),
    )]));
    let statistics = sampler.finish(Scanned::All, 1);
    let text = statistics.table("t").unwrap().to_json();
    assert!(text.contains(&format!(r#"{{"N":"{digits}"}}"#)));
    let read = TableStatistics::from_json(&text).unwrap();
    let ends = read.attribute("id").unwrap().ends(Kind::N).unwrap();
    assert_eq!(ends.0, &Value::N(digits.parse().unwrap()));
}

#[test]
fn a_large_sample_of_a_table_of_many_indexes_stays_near_a_megabyte() {
    let mut base = table("t", "a b");
    for name in ["c", "d", "e", "f", "g", "h"] {
        let parts = format!("{name} b");
        base.indexes
            .push(index(name, IndexKind::Global, &parts, Projection::All));
    }
    let mut sampler = Sampler::new(&base, None);
    let mut numbers = Numbers(1);
    for id in 0..6_000 {
        let mut item = Item::from([("b".into(), Value::S(format!("item number {id:08}")))]);
        for (name, width) in ["a", "c", "d", "e", "f", "g", "h"].into_iter().zip(1_u32..) {
            let value = numbers.below(10_u64.pow(width));
            item.insert(name.into(), Value::S(format!("some value {value:012}")));
        }
        sampler.add(&item);
    }
    let text = sampler
        .finish(Scanned::All, 1)
        .table("t")
        .unwrap()
        .to_json();
    assert!(text.len() < 1_200_000, "{} bytes", text.len());
    assert!(text.len() > 200_000, "{} bytes", text.len());
}

//! What statistics say, learn, forget, and write, each by an example.

mod counting;
mod examples;
mod world;

use super::*;
use crate::domain::expr::holds;
use crate::domain::mapping::fixture::table;
use crate::domain::read::KeyRange;
use crate::domain::schema::{Catalog, IndexKind, Projection, TableState};
use crate::domain::size::item_size;
use crate::domain::value::{Item, Kind};
use rstest::rstest;
use world::*;

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
    assert!(found.items.low <= 0.0, "{found:?}");
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
    add_all(&mut sampler, &orders(5, 300));
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
    add_all(&mut sampler, &orders(3, 1_200));
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
#[case::half_a_file(r#"{"version":4,"id":"x","sam"#, "cannot be read")]
#[case::no_statistics("[]", "cannot be read")]
#[case::not_even_text("", "cannot be read")]
#[case::out_of_order(
    r#"{"version":4,"id":null,"sample":null,"learned_at":null,"attributes":{},
    "examples":{"items":{"items":0,"values":{},"of":{}},"left_out":[]},"first":{"indexes":{}},
    "paths":{"indexes":{},"table":{"partitions":[{"key":[{"S":"b"}]},{"key":[{"S":"a"}]}]}}}"#,
    "out of order"
)]
fn text_that_is_no_statistics_is_refused(#[case] text: &str, #[case] what: &str) {
    let problem = TableStatistics::from_json(text).unwrap_err();
    assert!(problem.to_string().contains(what), "{problem}");
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

/// More items in one partition, and more values of one attribute, than are kept.
#[test]
fn what_is_too_large_to_be_kept_is_sampled_and_its_ranges_are_wider() {
    let base = table("t", "all id");
    let mut sampler = Sampler::new(&base, None);
    let mut numbers = Numbers(7);
    let items: Vec<Item> = (0..12_000)
        .map(|id| {
            let rank = numbers.below(10_000);
            Item::from([
                ("all".into(), Value::s("one")),
                ("id".into(), Value::S(format!("{:06}", id * 7 % 12_000))),
                ("rank".into(), number(rank * rank / 10_000)),
            ])
        })
        .collect();
    add_all(&mut sampler, &items);
    let statistics = sampler.finish(Scanned::All, 1);
    let orders = path("t", None);
    for _ in 0..40 {
        let mut ends = [numbers.below(12_000), numbers.below(12_000)];
        ends.sort_unstable();
        let [low, high] = ends.map(|end| Value::S(format!("{end:06}")));
        let condition = query(
            &[("all", Value::s("one"))],
            Some(("id", KeyRange::Between(low, high))),
        );
        let (count, bytes) = counted(&items, &condition);
        let found = statistics.selected(&orders, &condition).unwrap().volume;
        assert!(
            holds_truth(found.items, count),
            "{condition}: {count} in {found:?}"
        );
        assert!(
            holds_truth(found.bytes, bytes),
            "{condition}: {bytes} in {found:?}"
        );
        assert!(
            (found.items.expected - count).abs() < 300.0,
            "{condition}: {count} in {found:?}"
        );
    }
    for text in [
        "rank = 0",
        "rank = 4",
        "rank = 5001",
        "rank < 100",
        "rank BETWEEN 2000 AND 3000",
        "rank <> 1",
    ] {
        let predicate = predicate(text);
        let share = statistics.share(&"t".into(), &predicate).unwrap();
        let truth = share_of(&items, &predicate);
        assert!(holds_truth(share, truth), "{text}: {truth} in {share:?}");
        assert!(
            (share.expected - truth).abs() < 0.03,
            "{text}: {truth} in {share:?}"
        );
    }
}

//! Whole items of a sample.

use super::*;

fn matching(statistics: &Statistics, text: &str) -> Option<u32> {
    let (examples, _) = statistics.examples(&"orders".into()).unwrap();
    Some(examples.matches(&predicate(text))?.count())
}

#[test]
fn of_a_small_table_every_item_is_an_example() {
    let items = orders(3, 200);
    let statistics = complete(&dataset(), &items);
    for text in ["status = 'sent' AND total < 300", "NOT total < 300"] {
        let counted = items.iter().filter(|item| holds(&predicate(text), *item));
        let counted = u32::try_from(counted.count()).unwrap();
        assert_eq!(matching(&statistics, text), Some(counted), "{text}");
    }
    let (_, all) = statistics.examples(&"orders".into()).unwrap();
    assert!((all - 200.0).abs() < f64::EPSILON);
}

#[test]
fn of_a_large_table_they_are_a_fair_choice() {
    let items = orders(3, 5_000);
    let statistics = complete(&dataset(), &items);
    let (examples, all) = statistics.examples(&"orders".into()).unwrap();
    assert_eq!((examples.len(), examples.all().count()), (1_000, 1_000));
    for text in ["status = 'sent' AND total < 300", "kind = 'order'"] {
        let with = f64::from(matching(&statistics, text).unwrap());
        let share = examples.share(with, 1_000.0, all);
        let truth = share_of(&items, &predicate(text));
        assert!(holds_truth(share, truth), "{text}: {truth} in {share:?}");
    }
}

#[test]
fn both_is_what_each_is() {
    let statistics = complete(&dataset(), &orders(3, 5_000));
    let (examples, _) = statistics.examples(&"orders".into()).unwrap();
    let of = |text: &str| examples.matches(&predicate(text)).unwrap();
    let both = of("status = 'sent'").and(&of("total < 300"));
    assert_eq!(both, of("status = 'sent' AND total < 300"));
    assert!(both.count() > 0 && both.count() < of("total < 300").count());
}

#[test]
fn of_an_attribute_with_long_values_nothing_is_told() {
    let statistics = complete(&dataset(), &orders(3, 2_000));
    assert_eq!(matching(&statistics, "note = 'x'"), None);
    assert!(matching(&statistics, "total < 300").is_some());
    let (examples, _) = statistics.examples(&"orders".into()).unwrap();
    let text = serde_json::to_string(examples).unwrap();
    assert!(!text.contains(&"x".repeat(129)) && text.contains(&"x".repeat(100)));
}

#[test]
fn a_copy_has_no_examples_of_its_own() {
    let statistics = complete(&dataset(), &orders(3, 200));
    assert_eq!(statistics.examples(&"orders_by_month".into()), None);
}

#[test]
fn large_items_are_fewer_examples() {
    let mut sampler = Sampler::new(&table("t", "id"), None);
    for id in 0..400 {
        let parts = (0..20).map(|part| (format!("part{part:02}"), Value::S("y".repeat(100))));
        let mut item: Item = parts.collect();
        item.insert("id".into(), Value::S(format!("{id}")));
        sampler.add(&item);
    }
    let statistics = sampler.finish(Scanned::All, 1);
    let (examples, _) = statistics.examples(&"t".into()).unwrap();
    let text = statistics.table("t").unwrap().to_json();
    assert!((120..150).contains(&examples.len()), "{}", examples.len());
    assert!(text.len() < 500_000, "{} bytes", text.len());
}

#[test]
fn a_narrow_range_is_thought_to_hold_what_is_asked() {
    let mut sampler = Sampler::new(&table("t", "all id"), None);
    for id in 0..2_000 {
        sampler.add(&Item::from([
            ("all".into(), Value::s("a")),
            ("id".into(), Value::S(format!("{:06}", id * 7))),
        ]));
    }
    let statistics = sampler.finish(Scanned::All, 1);
    let ends = ["000100", "000101"].map(Value::s);
    let [low, high] = ends;
    let narrow = query(
        &[("all", Value::s("a"))],
        Some(("id", KeyRange::Between(low, high))),
    );
    let found = statistics.selected(&path("t", None), &narrow).unwrap();
    let items = found.volume.items;
    assert!(
        (items.expected - 1.0).abs() < f64::EPSILON && items.low < 1.0,
        "{items:?}"
    );
}

#[test]
fn the_first_items_of_a_scan_are_kept_in_its_order() {
    let items = orders(3, 800);
    let mut statistics = complete(&dataset(), &items);
    for (index, from) in [(None, 0), (Some("by_day"), 100)] {
        let mut beginning = Beginning::new(&dataset().base.key);
        items[from..500].iter().for_each(|item| beginning.add(item));
        statistics.begin(&path("orders", index), beginning);
    }
    let text = statistics.table("orders").unwrap().to_json();
    let read = TableStatistics::from_json(&text).unwrap();
    assert_eq!(Some(&read), statistics.table("orders"));
    let id = |item: &Item| item["order_id"].clone();
    for (index, from) in [(None, 0), (Some("by_day"), 100)] {
        let first = statistics.first(&path("orders", index)).unwrap();
        let kept = first.items().items().map(|item| id(&item.to_item()));
        assert!(kept.eq(items[from..500].iter().map(id)), "{index:?}");
    }
    assert_eq!(statistics.first(&path("orders", Some("by_total"))), None);
}

#[test]
fn most_items_lie_in_large_partitions() {
    let mut sampler = Sampler::new(&table("t", "all id"), None);
    for (partition, items) in [("a", 90), ("b", 5), ("c", 5)] {
        for id in 0..items {
            sampler.add(&Item::from([
                ("all".into(), Value::s(partition)),
                ("id".into(), Value::S(format!("{id:03}"))),
            ]));
        }
    }
    let statistics = sampler.finish(Scanned::All, 1);
    let neighbours = statistics.neighbours(&path("t", None)).unwrap();
    assert!((neighbours - 81.5).abs() < 0.01, "{neighbours}");
}

#[rstest]
#[case::in_order("AABBCDEE", true)]
#[case::too_few_to_tell("AABBCD", false)]
#[case::by_hash("AACCBDEEFGHIJ", false)]
#[case::back_to_one_that_ended("ABCDEA", false)]
fn a_scan_shows_whether_it_follows_the_keys(#[case] partitions: &str, #[case] follows: bool) {
    let table = table("t", "a id");
    let mut sampler = Sampler::new(&table, None);
    let mut beginning = Beginning::new(&table.key);
    for (id, name) in partitions.chars().enumerate() {
        let item = Item::from([
            ("a".to_owned(), Value::S(name.into())),
            ("id".to_owned(), Value::S(format!("{id:03}"))),
        ]);
        beginning.add(&item);
        sampler.add(&item);
    }
    let mut statistics = sampler.finish(Scanned::All, 1);
    assert!(!statistics.scans_follow_keys(), "nothing was seen");
    statistics.begin(&path("t", None), beginning);
    assert_eq!(statistics.scans_follow_keys(), follows);
}

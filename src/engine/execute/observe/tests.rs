use super::*;
use crate::domain::item::BlockBuilder;
use crate::domain::names::Rcu;
use crate::domain::query::Direction;
use crate::domain::read::{Consumed, KeyCondition, Scan};
use crate::domain::value::Item;
use rstest::rstest;

/// A page that evaluated `scanned` items for `units`, and gave one item of 1,002 bytes if any.
fn page(scanned: u64, units: f64, next: Option<&str>) -> ReadPage {
    let mut items = BlockBuilder::new();
    if scanned > 0 {
        items.push(&Item::from([(
            "id".to_owned(),
            Value::s("x".repeat(1_000)),
        )]));
    }
    ReadPage {
        items: items.finish(),
        next: next.map(|at| Item::from([("id".to_owned(), Value::s(at))])),
        scanned,
        consumed: Consumed {
            total: Rcu(units),
            ..Consumed::default()
        },
        unprocessed: Vec::new(),
    }
}

fn query(month: &str, start: Option<&str>, consistency: Consistency) -> ReadRequest {
    ReadRequest::Query(Query {
        table: "t".into(),
        index: None,
        key: KeyCondition {
            equal: vec![("month".to_owned(), Value::s(month))],
            partition_len: 1,
            range: None,
        },
        direction: Direction::Ascending,
        filter: None,
        projection: Some(vec!["id".to_owned()]),
        limit: None,
        start: start.map(|at| Item::from([("id".to_owned(), Value::s(at))])),
        consistency,
    })
}

fn eventual(month: &str, start: Option<&str>) -> ReadRequest {
    query(month, start, Consistency::Eventual)
}

fn scan(projection: Option<Vec<String>>) -> ReadRequest {
    ReadRequest::Scan(Scan {
        table: "t".into(),
        index: None,
        filter: None,
        projection,
        limit: None,
        start: None,
        segment: None,
        consistency: Consistency::Eventual,
    })
}

fn get(projection: Option<Vec<String>>) -> ReadRequest {
    ReadRequest::Get(Get {
        table: "t".into(),
        key: Item::new(),
        consistency: Consistency::Eventual,
        projection,
    })
}

fn read(pages: &[(ReadRequest, ReadPage)]) -> Vec<Seen> {
    let mut book = Book::default();
    for (request, page) in pages {
        if let Some(tally) = Tally::of(request, page) {
            book.note(request, page, tally);
        }
    }
    book.observed().into_iter().map(|o| o.seen).collect()
}

fn partition(month: &str, items: u64, low: u64, high: u64) -> Seen {
    Seen::Partition {
        key: vec![("month".to_owned(), Value::s(month))],
        items,
        bytes: Range::new(low, high),
    }
}

#[rstest]
#[case::half_a_unit(Consistency::Eventual, 0.5, 1, 4_096)]
#[case::a_unit_and_a_half(Consistency::Eventual, 1.5, 8_193, 12_288)]
#[case::one_strong_unit(Consistency::Strong, 1.0, 1, 4_096)]
#[case::three_strong_units(Consistency::Strong, 3.0, 8_193, 12_288)]
fn units_of_a_query_tell_its_bytes_to_within_one(
    #[case] consistency: Consistency,
    #[case] units: f64,
    #[case] low: u64,
    #[case] high: u64,
) {
    let seen = read(&[(query("1998-08", None, consistency), page(9, units, None))]);
    assert_eq!(seen, [partition("1998-08", 9, low, high)]);
}

#[test]
fn pages_add_up_and_an_empty_one_adds_nothing() {
    let seen = read(&[
        (eventual("1998-08", None), page(9, 1.5, Some("i"))),
        (eventual("1998-09", None), page(0, 0.5, None)),
        (eventual("1998-08", Some("i")), page(3, 0.5, Some("l"))),
        (eventual("1998-08", Some("l")), page(0, 0.5, None)),
    ]);
    assert_eq!(
        seen,
        [
            partition("1998-08", 12, 8_194, 16_384),
            partition("1998-09", 0, 0, 0),
        ]
    );
}

#[test]
fn a_partition_that_was_left_is_some_items() {
    let bytes = Range::new(2, 8_192);
    let seen = read(&[
        (eventual("1998-08", None), page(9, 0.5, Some("i"))),
        (eventual("1998-09", None), page(7, 0.5, Some("g"))),
    ]);
    assert_eq!(seen, [Seen::Some { items: 16, bytes }]);
}

#[test]
fn a_range_of_a_partition_is_some_items() {
    let mut request = eventual("1998-08", None);
    if let ReadRequest::Query(query) = &mut request {
        let slot = ("slot".to_owned(), Value::s("1998-08-01"));
        query.key.equal.push(slot);
    }
    let bytes = Range::new(1, 4_096);
    let seen = read(&[(request, page(1, 0.5, None))]);
    assert_eq!(seen, [Seen::Some { items: 1, bytes }]);
}

#[test]
fn a_scan_is_charged_for_empty_partitions_so_its_items_bound_it_from_below() {
    let projection = Some(vec!["id".to_owned()]);
    let bytes = Range::new(1_002, 16_384);
    let seen = read(&[(scan(projection), page(1, 2.0, None))]);
    assert_eq!(seen, [Seen::All { items: 1, bytes }]);
}

#[test]
fn items_that_come_back_whole_are_counted() {
    let bytes = Range::new(1_002, 1_002);
    let seen = read(&[(scan(None), page(1, 2.0, None))]);
    assert_eq!(seen, [Seen::All { items: 1, bytes }]);
    let seen = read(&[(get(None), page(1, 0.5, None))]);
    assert_eq!(seen, [Seen::Some { items: 1, bytes }]);
}

#[test]
fn an_item_fetched_in_part_tells_nothing() {
    let request = get(Some(vec!["id".to_owned()]));
    assert_eq!(read(&[(request, page(1, 0.5, None))]), []);
}

#[test]
fn units_that_are_not_told_leave_bytes_unbounded() {
    let seen = read(&[(eventual("1998-08", None), page(1, 0.0, None))]);
    let [Seen::Partition { bytes, .. }] = seen.as_slice() else {
        panic!("{seen:?}");
    };
    assert_eq!(*bytes, Range::at_least(1));
}

#[test]
fn of_many_partitions_a_thousand_observations_are_kept() {
    let pages: Vec<_> = (0..1_200)
        .map(|n| (eventual(&n.to_string(), None), page(2, 0.5, None)))
        .collect();
    let seen = read(&pages);
    assert_eq!(seen.len(), MOST);
    let some = Range::new(200, 200 * 4_096);
    assert_eq!(
        seen[0],
        Seen::Some {
            items: 400,
            bytes: some
        }
    );
}

//! What a run tells of sizes.

use crate::plans::{
    EACH, MONTHS, any_order, fetched, months, only, request, run, scan, server, small_pages,
};
use driftscope::domain::plan::OrderStrategy;
use driftscope::domain::query::Direction;
use driftscope::domain::size::item_size;
use driftscope::domain::stats::{Observation, Seen};
use driftscope::domain::value::{Item, Value};
use driftscope::engine::Bounds;

/// Table, month when a partition, items, bytes at least and at most.
fn told(observed: &[Observation]) -> Vec<(String, String, u64, u64, u64)> {
    let told = observed.iter().map(|Observation { path, seen }| {
        let (what, items, bytes) = match seen {
            Seen::Partition { key, items, bytes } => {
                let [(name, Value::S(month))] = key.as_slice() else {
                    panic!("{key:?}");
                };
                assert_eq!(name, "month");
                (month.clone(), items, bytes)
            }
            Seen::All { items, bytes } => ("all".to_owned(), items, bytes),
            Seen::Some { items, bytes } => ("some".to_owned(), items, bytes),
        };
        let table = path.table.to_string();
        (table, what, *items, bytes.low, bytes.high.unwrap())
    });
    told.collect()
}

fn bytes(rows: &[Item]) -> u64 {
    rows.iter().map(|row| item_size(row) as u64).sum()
}

#[tokio::test]
async fn partitions_read_to_their_end_are_known_however_many_pages_that_took() {
    let server = server().await;
    let plan = months(OrderStrategy::Concatenate, Direction::Ascending);
    let request = request("slot", Direction::Ascending, None);
    let (answer, rows) = run(server.store, &request, &plan, small_pages()).await;
    let told = told(&answer.observed);
    assert_eq!(told.len(), 3);
    for (m, (table, month, items, low, high)) in told.into_iter().enumerate() {
        assert_eq!(
            (table.as_str(), month.as_str(), items),
            ("by_month", MONTHS[m], EACH as u64)
        );
        let truth = bytes(&rows[m * EACH..][..EACH]);
        assert!(low <= truth && truth <= high, "{low} {truth} {high}");
    }
}

#[tokio::test]
async fn filtered_partitions_are_known_as_far_as_units_tell() {
    let server = server().await;
    let plan = only(
        months(OrderStrategy::None, Direction::Ascending),
        "colour = 'none'",
    );
    let (answer, rows) = run(server.store, &any_order(None), &plan, Bounds::default()).await;
    assert!(rows.is_empty());
    for (_, month, items, low, high) in told(&answer.observed) {
        assert!(MONTHS.contains(&month.as_str()));
        // Half a unit each.
        assert_eq!((items, low, high), (EACH as u64, 1, 4_096));
    }
}

#[tokio::test]
async fn a_partition_cut_short_by_a_limit_tells_of_some_items_only() {
    let server = server().await;
    let plan = months(OrderStrategy::Concatenate, Direction::Ascending);
    let request = request("slot", Direction::Ascending, Some(25));
    let bounds = Bounds {
        concurrency: 1,
        page_items: Some(8),
        ..Bounds::default()
    };
    let (answer, rows) = run(server.store, &request, &plan, bounds).await;
    let told = told(&answer.observed);
    let (august, september) = (bytes(&rows[..EACH]), bytes(&rows[EACH..]));
    assert_eq!(
        told,
        [
            ("by_month".into(), "some".into(), 5, september, september),
            ("by_month".into(), MONTHS[0].into(), 20, august, august),
        ]
    );
}

#[tokio::test]
async fn a_scan_to_the_end_knows_all_of_a_table() {
    let server = server().await;
    let (answer, rows) = run(server.store, &any_order(None), &scan(), small_pages()).await;
    let all = bytes(&rows);
    assert_eq!(
        told(&answer.observed),
        [("things".into(), "all".into(), 60, all, all)]
    );
}

#[tokio::test]
async fn fetched_base_items_tell_of_some_of_the_base() {
    let server = server().await;
    let plan = fetched(months(OrderStrategy::None, Direction::Ascending));
    let (answer, rows) = run(server.store, &any_order(None), &plan, Bounds::default()).await;
    let all = bytes(&rows);
    let told = told(&answer.observed);
    assert!(told.contains(&("things".into(), "some".into(), 60, all, all)));
    assert_eq!(told.len(), 4, "and three months");
}

//! Running plans.

use crate::plans::{
    EACH, MONTHS, any_order, fetched, months, only, plan, predicate, ranks, request, run, scan,
    server, small_pages, texts,
};
use crate::support::{Do, Watched, item};
use driftscope::domain::names::Rcu;
use driftscope::domain::plan::{OrderStrategy, Plan, Reads};
use driftscope::domain::query::{Consistency, Direction, Request, Select};
use driftscope::domain::read::{ReadErrorKind, ReadRequest};
use driftscope::domain::value::Item;
use driftscope::engine::{Bounds, ReadEvent, execute};
use driftscope::store::Store;
use driftscope::store::budget::{Budget, Limits};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn all_pages_of_all_partitions_are_followed() {
    let server = server().await;
    let plan = months(OrderStrategy::None, Direction::Ascending);
    let (answer, rows) = run(server.store, &any_order(None), &plan, small_pages()).await;
    assert!(answer.complete, "{:?}", answer.error);
    let mut ids = texts(&rows, "id");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3 * EACH);
    assert!(answer.consumption.requests >= 21);
    assert_eq!(answer.consumption.items_read, 60);
}

#[tokio::test]
async fn all_pages_of_a_scan_are_followed() {
    let server = server().await;
    let (answer, rows) = run(server.store, &any_order(None), &scan(), small_pages()).await;
    assert!(answer.complete);
    assert_eq!(rows.len(), 3 * EACH);
    let by = &answer.consumption.by;
    assert_eq!(by.len(), 1);
    assert_eq!(
        (by[0].0.as_str(), &by[0].1, by[0].2),
        ("things", &None, answer.consumption.rcu)
    );
}

#[tokio::test]
async fn partitions_one_after_the_other_keep_the_order_whichever_page_arrives_first() {
    for direction in [Direction::Ascending, Direction::Descending] {
        let server = server().await;
        let plan = months(OrderStrategy::Concatenate, direction);
        let request = request("slot", direction, None);
        let (answer, rows) = run(server.store, &request, &plan, small_pages()).await;
        assert!(answer.complete);
        let mut sorted = texts(&rows, "slot");
        sorted.sort();
        if direction == Direction::Descending {
            sorted.reverse();
        }
        assert_eq!(texts(&rows, "slot"), sorted);
        assert_eq!(rows.len(), 3 * EACH);
    }
}

#[tokio::test]
async fn a_limit_stops_at_the_first_partition_that_fills_it() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let plan = months(OrderStrategy::Concatenate, Direction::Descending);
    let request = request("slot", Direction::Descending, Some(5));
    let (answer, rows) = run(store.store(), &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(texts(&rows, "slot")[0], "1998-10-20");
    assert_eq!(rows.len(), 5);
    assert_eq!(store.reads().len(), 1);
    assert_eq!(answer.consumption.items_read, 5);
}

#[tokio::test]
async fn a_limit_goes_on_to_the_next_partition_when_the_first_has_too_few() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let plan = only(
        months(OrderStrategy::Concatenate, Direction::Ascending),
        "colour = 'red'",
    );
    let request = request("slot", Direction::Ascending, Some(7));
    let (answer, rows) = run(store.store(), &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    let mut expected: Vec<String> = Vec::new();
    for month in &MONTHS[..2] {
        expected.extend(["01", "05", "09", "13", "17"].map(|day| format!("{month}-{day}")));
    }
    assert_eq!(texts(&rows, "slot"), expected[..7]);
    assert_eq!(store.reads().len(), 2, "the third month is not read");
}

#[tokio::test]
async fn ordered_partitions_merge_into_one_order() {
    for direction in [Direction::Ascending, Direction::Descending] {
        let server = server().await;
        let plan = months(OrderStrategy::Merge, direction);
        let request = request("rank", direction, None);
        let (answer, rows) = run(server.store, &request, &plan, small_pages()).await;
        assert!(answer.complete);
        let mut expected: Vec<usize> = (0..3 * EACH).collect();
        if direction == Direction::Descending {
            expected.reverse();
        }
        assert_eq!(ranks(&rows), expected);
    }
}

#[tokio::test]
async fn a_merge_with_a_limit_reads_a_share_of_each_partition() {
    let server = server().await;
    let plan = months(OrderStrategy::Merge, Direction::Ascending);
    let request = request("rank", Direction::Ascending, Some(6));
    let (answer, rows) = run(server.store, &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(ranks(&rows), [0, 1, 2, 3, 4, 5]);
    assert_eq!(answer.consumption.items_read, 18, "six of each at most");
}

#[tokio::test]
async fn a_scan_is_sorted_on_this_side_and_only_then_limited() {
    let server = server().await;
    let plan = Plan {
        order: OrderStrategy::Sort,
        ..scan()
    };
    let request = request("rank", Direction::Descending, Some(4));
    let (answer, rows) = run(server.store, &request, &plan, small_pages()).await;
    assert!(answer.complete);
    assert_eq!(ranks(&rows), [59, 58, 57, 56]);
    assert_eq!(answer.consumption.items_read, 60);
}

#[tokio::test]
async fn many_keys_are_read_in_batches_and_missing_ones_left_out() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let keys: Vec<Item> = (0..150)
        .map(|n| item(&json!({"id": {"S": format!("{}-{:02}", n / 50, n % 50)}})))
        .collect();
    let plan = plan("things", &["id"], Reads::Keys(keys), OrderStrategy::None);
    let (answer, rows) = run(store.store(), &any_order(None), &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(rows.len(), 3 * EACH);
    assert_eq!(store.reads().len(), 2);
}

#[tokio::test]
async fn keys_left_unprocessed_are_asked_for_again() {
    let server = server().await;
    let store = Watched::with(&server.store, |number, _| {
        if number == 1 {
            Do::Withhold(4)
        } else {
            Do::Read
        }
    });
    let keys: Vec<Item> = (0..10)
        .map(|n| item(&json!({"id": {"S": format!("0-{n:02}")}})))
        .collect();
    let plan = plan("things", &["id"], Reads::Keys(keys), OrderStrategy::None);
    let (answer, rows) = run(store.store(), &any_order(None), &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(rows.len(), 10);
    assert_eq!(store.reads().len(), 2);
}

#[tokio::test]
async fn base_items_are_fetched_in_the_order_of_the_path() {
    let server = server().await;
    let plan = fetched(months(OrderStrategy::Concatenate, Direction::Descending));
    let request = request("slot", Direction::Descending, None);
    let (answer, rows) = run(server.store, &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    let slots = texts(&rows, "slot");
    assert_eq!(slots.len(), 3 * EACH);
    assert!(slots.is_sorted_by(|a, b| a > b));
    assert_eq!(texts(&rows, "note")[0], "note of 2-19");
    let tables: Vec<&str> = answer
        .consumption
        .by
        .iter()
        .map(|(t, ..)| t.as_str())
        .collect();
    assert_eq!(tables, ["by_month", "things"]);
}

#[tokio::test]
async fn a_limit_counts_what_is_left_after_the_fetch() {
    let server = server().await;
    // Gone from the base, still in the copy; and one that no longer satisfies the filter.
    server.db.delete("things", &json!({"id": {"S": "0-00"}}));
    server.db.put(
        "things",
        &json!({"id": {"S": "0-01"}, "slot": {"S": "1998-08-02"}, "colour": {"S": "grey"}}),
    );
    let mut plan = fetched(months(OrderStrategy::Concatenate, Direction::Ascending));
    if let Some(fetch) = &mut plan.fetch {
        fetch.residual = predicate("colour <> 'grey'").into();
    }
    let request = request("slot", Direction::Ascending, Some(3));
    let (answer, rows) = run(server.store, &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(texts(&rows, "id"), ["0-02", "0-03", "0-04"]);
}

#[tokio::test]
async fn sorting_by_what_the_path_holds_comes_before_the_fetch() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let plan = fetched(months(OrderStrategy::Sort, Direction::Ascending));
    let request = request("rank", Direction::Descending, Some(2));
    let (answer, rows) = run(store.store(), &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(texts(&rows, "note"), ["note of 2-19", "note of 1-19"]);
    let batches = store.reads();
    let ReadRequest::BatchGet(batch) = &batches[batches.len() - 1] else {
        panic!("the fetch comes last");
    };
    assert_eq!(batch.keys.len(), 2, "only what the limit lets through");
}

#[tokio::test]
async fn sorting_by_what_only_the_base_holds_comes_after_the_fetch() {
    let server = server().await;
    let plan = fetched(months(OrderStrategy::Sort, Direction::Ascending));
    let request = request("note", Direction::Descending, Some(2));
    let (answer, rows) = run(server.store, &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(texts(&rows, "note"), ["note of 2-19", "note of 2-18"]);
}

#[tokio::test]
async fn a_base_item_with_several_items_in_a_copy_gives_one_row() {
    for order in [OrderStrategy::Concatenate, OrderStrategy::Merge] {
        let server = server().await;
        for n in 0..5 {
            let again = json!({
                "id": {"S": format!("0-{n:02}")}, "month": {"S": MONTHS[1]},
                "slot": {"S": format!("1998-08-{:02}", n + 1)},
                "rank": {"N": (n * 3).to_string()},
            });
            server.db.put("by_month", &again);
        }
        let plan = Plan {
            distinct: Some(vec!["id".to_owned()]),
            ..months(order, Direction::Ascending)
        };
        let request = request("rank", Direction::Ascending, None);
        let (answer, rows) = run(server.store, &request, &plan, small_pages()).await;
        assert!(answer.complete);
        let mut ids = texts(&rows, "id");
        ids.sort();
        ids.dedup();
        assert_eq!((rows.len(), ids.len()), (3 * EACH, 3 * EACH));
    }
}

#[tokio::test]
async fn attributes_of_the_copy_alone_are_not_shown() {
    let server = server().await;
    let plan = Plan {
        hidden: vec!["month".to_owned(), "slot".to_owned()],
        ..months(OrderStrategy::None, Direction::Ascending)
    };
    let (_, rows) = run(server.store, &any_order(Some(1)), &plan, Bounds::default()).await;
    let names: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    assert_eq!(names, ["colour", "id", "rank"]);
}

#[tokio::test]
async fn count_gives_a_number_and_no_rows() {
    let server = server().await;
    let request = Request {
        select: Select::Count,
        ..any_order(None)
    };
    let plan = only(scan(), "colour = 'red'");
    let (events, mut arriving) = channel(100);
    let cancel = CancellationToken::new();
    let answer = execute(
        server.store,
        &request,
        &plan,
        Bounds::default(),
        events,
        cancel,
    )
    .await;
    assert_eq!((answer.count, answer.complete), (15, true));
    while let Some(event) = arriving.recv().await {
        assert!(matches!(event, ReadEvent::Progress(_)));
    }
}

#[tokio::test]
async fn contradictory_conditions_read_nothing() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let plan = plan("things", &["id"], Reads::Nothing, OrderStrategy::None);
    let (answer, rows) = run(store.store(), &any_order(None), &plan, Bounds::default()).await;
    assert!(answer.complete && rows.is_empty() && store.reads().is_empty());
}

#[tokio::test]
async fn progress_grows_with_every_page_and_ends_at_the_figures_of_the_answer() {
    let server = server().await;
    let plan = only(scan(), "colour = 'red'");
    let (events, mut arriving) = channel(1_000);
    let cancel = CancellationToken::new();
    let request = any_order(None);
    let answer = execute(server.store, &request, &plan, small_pages(), events, cancel).await;
    let mut figures = Vec::new();
    while let Some(event) = arriving.recv().await {
        if let ReadEvent::Progress(used) = event {
            figures.push(used);
        }
    }
    assert!(figures.is_sorted_by(|a, b| a.items_read <= b.items_read && a.requests < b.requests));
    assert_eq!(figures.last(), Some(&answer.consumption));
    assert_eq!(answer.consumption.matched, 15);
}

#[tokio::test]
async fn cancelling_drops_the_request_under_way() {
    let server = server().await;
    let store = Watched::with(
        &server.store,
        |number, _| {
            if number == 3 { Do::Hang } else { Do::Read }
        },
    );
    let (events, mut arriving) = channel(1_000);
    let cancel = CancellationToken::new();
    let (request, plan) = (any_order(None), scan());
    let watch = async {
        let mut rows = 0;
        while let Some(event) = arriving.recv().await {
            if let ReadEvent::Rows(block) = event {
                rows += block.len() as u64;
                if rows == 6 {
                    cancel.cancel();
                }
            }
        }
        rows
    };
    let run = execute(
        store.store(),
        &request,
        &plan,
        small_pages(),
        events,
        cancel.clone(),
    );
    let (answer, rows) = tokio::join!(run, watch);
    assert_eq!((answer.count, answer.complete), (rows, false));
    assert_eq!(answer.error.map(|e| e.kind), Some(ReadErrorKind::Cancelled));
    tokio::task::yield_now().await;
    assert_eq!((store.reads().len(), store.given_up()), (3, 1));
}

#[tokio::test]
async fn a_listener_that_left_ends_the_run() {
    let server = server().await;
    let store = Watched::with(
        &server.store,
        |number, _| {
            if number == 2 { Do::Hang } else { Do::Read }
        },
    );
    let (events, mut arriving) = channel(1_000);
    let (request, plan) = (any_order(None), scan());
    let cancel = CancellationToken::new();
    let run = execute(
        store.store(),
        &request,
        &plan,
        small_pages(),
        events,
        cancel,
    );
    let leave = async {
        arriving.recv().await;
        drop(arriving);
    };
    let (answer, ()) = tokio::join!(run, leave);
    assert!(!answer.complete);
    assert!(store.reads().len() <= 2);
}

fn within(store: Arc<dyn Store>, rcu: f64) -> Arc<dyn Store> {
    let limits = Limits {
        max_rcu: Some(Rcu(rcu)),
        ..Limits::default()
    };
    Arc::new(Budget::new(store, limits))
}

#[tokio::test]
async fn a_budget_stops_the_run_and_keeps_the_rows_so_far() {
    let server = server().await;
    let plan = months(OrderStrategy::None, Direction::Ascending);
    let store = within(server.store, 2.0);
    let (answer, rows) = run(store, &any_order(None), &plan, small_pages()).await;
    assert!(!answer.complete);
    assert_eq!(answer.error.map(|e| e.kind), Some(ReadErrorKind::Budget));
    assert_eq!(
        answer.consumption.rcu,
        Rcu(2.0),
        "half a unit a page, one page at a time"
    );
    assert_eq!(rows.len(), 12);
}

#[tokio::test]
async fn a_budget_that_suffices_to_the_last_page_does_not_make_the_answer_incomplete() {
    let server = server().await;
    let plan = months(OrderStrategy::None, Direction::Ascending);
    let store = within(server.store, 1.5);
    let (answer, rows) = run(store, &any_order(None), &plan, Bounds::default()).await;
    assert!(answer.complete, "{:?}", answer.error);
    assert_eq!(rows.len(), 3 * EACH);
}

#[tokio::test]
async fn a_page_that_fails_keeps_the_rows_before_it() {
    for order in [OrderStrategy::Concatenate, OrderStrategy::Sort] {
        let server = server().await;
        let store = Watched::with(&server.store, |number, _| match number {
            1 => Do::Read,
            _ => Do::Fail(ReadErrorKind::Denied),
        });
        let bounds = Bounds {
            concurrency: 1,
            ..small_pages()
        };
        let plan = months(order, Direction::Ascending);
        let request = request("slot", Direction::Ascending, None);
        let (answer, rows) = run(store.store(), &request, &plan, bounds).await;
        assert!(!answer.complete);
        assert_eq!(answer.error.map(|e| e.kind), Some(ReadErrorKind::Denied));
        assert_eq!(
            texts(&rows, "slot"),
            ["1998-08-01", "1998-08-02", "1998-08-03"]
        );
    }
}

#[tokio::test]
async fn strong_reads_stay_strong_on_every_page_and_in_the_fetch() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let plan = Plan {
        consistency: Consistency::Strong,
        ..fetched(months(OrderStrategy::Native, Direction::Ascending))
    };
    run(store.store(), &any_order(None), &plan, small_pages()).await;
    for read in store.reads() {
        let consistency = match read {
            ReadRequest::Get(get) => get.consistency,
            ReadRequest::BatchGet(batch) => batch.consistency,
            ReadRequest::Query(query) => query.consistency,
            ReadRequest::Scan(scan) => scan.consistency,
        };
        assert_eq!(consistency, Consistency::Strong);
    }
}

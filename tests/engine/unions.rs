//! Running unions: members one after the other, each row once.

use crate::plans::{
    MONTHS, any_order, fetched, key, months, only, plan, predicate, ranks, request, run, scan,
    server, small_pages, texts,
};
use crate::support::{Server, Watched};
use driftscope::domain::plan::{BaseFetch, OrderStrategy, Plan, Reads};
use driftscope::domain::query::{Direction, Request, Select};
use driftscope::domain::read::{KeyCondition, ReadErrorKind, ReadRequest};
use driftscope::domain::value::Value;
use driftscope::engine::{Bounds, ReadEvent, execute};
use serde_json::json;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

/// Twenty items, of ranks 0, 3, 6, … 57.
fn august(order: OrderStrategy, direction: Direction) -> Plan {
    month(0, order, direction)
}

fn month(m: usize, order: OrderStrategy, direction: Direction) -> Plan {
    let condition = KeyCondition {
        equal: vec![("month".to_owned(), Value::s(MONTHS[m]))],
        partition_len: 1,
        range: None,
    };
    Plan {
        reads: Reads::Partitions {
            conditions: vec![condition],
            direction,
        },
        distinct: Some(vec!["id".to_owned()]),
        hidden: vec!["month".to_owned(), "slot".to_owned()],
        ..months(order, direction)
    }
}

/// The ten items of the least ranks, four of them of August.
fn least(order: OrderStrategy) -> Plan {
    Plan {
        order,
        distinct: Some(vec!["id".to_owned()]),
        ..only(scan(), "rank < 10")
    }
}

fn union(parts: Vec<Plan>) -> Plan {
    Plan {
        parts,
        ..plan("things", &["id"], Reads::Nothing, OrderStrategy::None)
    }
}

/// A copy of `things` by colour that calls the base key `thing`.
fn by_colour(server: &Server) -> Plan {
    server.db.create("by_colour", &["shade", "place"]);
    for n in 0..20 {
        if n % 4 == 0 {
            server.db.put(
                "by_colour",
                &json!({
                    "shade": {"S": "red"}, "place": {"S": format!("{n:02}")},
                    "thing": {"S": format!("0-{n:02}")},
                }),
            );
        }
    }
    let red = KeyCondition {
        equal: vec![("shade".to_owned(), Value::s("red"))],
        partition_len: 1,
        range: None,
    };
    let reads = Reads::Partitions {
        conditions: vec![red],
        direction: Direction::Ascending,
    };
    Plan {
        fetch: Some(BaseFetch {
            table: "things".into(),
            key: key(&["id"]),
            key_names: vec![("id".to_owned(), "thing".to_owned())],
            projection: None,
            residual: predicate("colour = 'red'").into(),
        }),
        distinct: Some(vec!["thing".to_owned()]),
        ..plan("by_colour", &["shade", "place"], reads, OrderStrategy::None)
    }
}

fn sorted(mut ranks: Vec<usize>) -> Vec<usize> {
    ranks.sort_unstable();
    ranks
}

#[tokio::test]
async fn what_two_members_find_is_given_once() {
    let server = server().await;
    let parts = vec![
        august(OrderStrategy::None, Direction::Ascending),
        least(OrderStrategy::None),
    ];
    let (answer, rows) = run(server.store, &any_order(None), &union(parts), small_pages()).await;
    assert!(answer.complete, "{:?}", answer.error);
    let mut expected: Vec<usize> = (0..10).chain((10..60).filter(|n| n % 3 == 0)).collect();
    expected.sort_unstable();
    assert_eq!(sorted(ranks(&rows)), expected);
    assert_eq!(answer.consumption.items_read, 20 + 60);
    assert_eq!(answer.consumption.matched, 26);
    assert_eq!(answer.consumption.by.len(), 2);
}

#[tokio::test]
async fn a_base_item_is_known_by_its_key_whatever_a_copy_calls_it() {
    let server = server().await;
    let parts = vec![
        by_colour(&server),
        august(OrderStrategy::None, Direction::Ascending),
    ];
    for parts in [parts.clone(), parts.into_iter().rev().collect()] {
        let store = server.store.clone();
        let (answer, rows) = run(store, &any_order(None), &union(parts), Bounds::default()).await;
        assert!(answer.complete);
        let mut ids = texts(&rows, "id");
        ids.sort();
        let expected: Vec<String> = (0..20).map(|n| format!("0-{n:02}")).collect();
        assert_eq!(ids, expected);
    }
}

#[tokio::test]
async fn a_member_after_the_limit_is_not_read() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let parts = vec![
        august(OrderStrategy::None, Direction::Ascending),
        least(OrderStrategy::None),
    ];
    let request = any_order(Some(5));
    let (answer, rows) = run(store.store(), &request, &union(parts), Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(rows.len(), 5);
    assert_eq!(store.reads().len(), 1);
}

#[tokio::test]
async fn a_limit_counts_the_rows_of_all_members() {
    let server = server().await;
    let parts = vec![
        august(OrderStrategy::None, Direction::Ascending),
        least(OrderStrategy::None),
    ];
    let request = any_order(Some(23));
    let (answer, rows) = run(server.store, &request, &union(parts), Bounds::default()).await;
    assert!(answer.complete);
    let mut distinct = ranks(&rows);
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!((rows.len(), distinct.len()), (23, 23));
}

#[tokio::test]
async fn members_come_in_one_order_and_only_then_under_the_limit() {
    for limit in [None, Some(7_u32)] {
        let server = server().await;
        let parts = vec![
            august(OrderStrategy::Native, Direction::Ascending),
            least(OrderStrategy::Sort),
        ];
        let request = request("rank", Direction::Ascending, limit.map(u64::from));
        let (answer, rows) = run(server.store, &request, &union(parts), small_pages()).await;
        assert!(answer.complete);
        let expected = (0..10).chain((10..60).filter(|n| n % 3 == 0));
        let expected: Vec<usize> = expected.take(limit.unwrap_or(60) as usize).collect();
        assert_eq!(ranks(&rows), expected);
    }
}

#[tokio::test]
async fn a_member_stops_once_its_rows_sort_behind_those_of_others_under_the_limit() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let down = Direction::Descending;
    let parts = vec![
        month(2, OrderStrategy::Native, down),
        august(OrderStrategy::Native, down),
    ];
    // The later month alone has all that are asked.
    let request = request("slot", down, Some(8));
    let mut plan = union(parts);
    plan.parts.iter_mut().for_each(|part| part.hidden.clear());
    let (answer, rows) = run(store.store(), &request, &plan, small_pages()).await;
    assert!(answer.complete);
    let expected: Vec<String> = (13..=20).rev().map(|n| format!("1998-10-{n}")).collect();
    assert_eq!(texts(&rows, "slot"), expected);
    assert_eq!(
        store.reads().len(),
        3 + 1,
        "three pages of the one, one of the other"
    );
}

#[tokio::test]
async fn rows_of_each_member_hide_what_is_its_own() {
    for order in ["rank", ""] {
        let server = server().await;
        let strategy = if order.is_empty() {
            OrderStrategy::None
        } else {
            OrderStrategy::Sort
        };
        let parts = vec![
            august(strategy, Direction::Ascending),
            only(
                Plan {
                    distinct: Some(vec!["id".to_owned()]),
                    order: strategy,
                    ..scan()
                },
                "rank < 2",
            ),
        ];
        let request = if order.is_empty() {
            any_order(None)
        } else {
            request(order, Direction::Ascending, None)
        };
        let (_, rows) = run(server.store, &request, &union(parts), Bounds::default()).await;
        let shows_month: Vec<usize> = rows
            .iter()
            .filter(|row| row.contains_key("month"))
            .flat_map(|row| ranks(std::slice::from_ref(row)))
            .collect();
        assert_eq!(shows_month, [1], "only the one that the base gave");
        assert_eq!(rows.len(), 21);
    }
}

#[tokio::test]
async fn count_counts_each_row_once() {
    let server = server().await;
    let request = Request {
        select: Select::Count,
        ..request("rank", Direction::Ascending, None)
    };
    let parts = vec![
        august(OrderStrategy::None, Direction::Ascending),
        least(OrderStrategy::None),
    ];
    let (events, mut arriving) = channel(100);
    let plan = union(parts);
    let answer = execute(
        server.store,
        &request,
        &plan,
        Bounds::default(),
        events,
        CancellationToken::new(),
    )
    .await;
    assert_eq!((answer.count, answer.complete), (26, true));
    while let Some(event) = arriving.recv().await {
        assert!(matches!(event, ReadEvent::Progress(_)));
    }
}

#[tokio::test]
async fn a_row_that_the_fetch_drops_in_one_member_does_not_come_back_in_another() {
    let server = server().await;
    // Changed in the base; the copy lags.
    server.db.put(
        "things",
        &json!({"id": {"S": "0-00"}, "colour": {"S": "grey"}, "rank": {"N": "0"}}),
    );
    let mut first = fetched(august(OrderStrategy::None, Direction::Ascending));
    if let Some(fetch) = &mut first.fetch {
        fetch.residual = predicate("colour <> 'grey'").into();
    }
    let second = august(OrderStrategy::None, Direction::Ascending);
    let plan = union(vec![first, second]);
    let (answer, rows) = run(server.store, &any_order(None), &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(rows.len(), 19);
    assert!(!texts(&rows, "id").contains(&"0-00".to_owned()));
}

#[tokio::test]
async fn a_member_that_fails_keeps_the_rows_of_those_before_it_in_order() {
    let server = server().await;
    let store = Watched::with(&server.store, |_, request| match request {
        ReadRequest::Scan(_) => crate::support::Do::Fail(ReadErrorKind::Denied),
        _ => crate::support::Do::Read,
    });
    let parts = vec![
        august(OrderStrategy::Sort, Direction::Ascending),
        least(OrderStrategy::Sort),
    ];
    let request = request("rank", Direction::Descending, None);
    let (answer, rows) = run(store.store(), &request, &union(parts), Bounds::default()).await;
    assert_eq!(answer.error.map(|e| e.kind), Some(ReadErrorKind::Denied));
    let expected: Vec<usize> = (0..20).rev().map(|n| n * 3).collect();
    assert_eq!(ranks(&rows), expected);
}

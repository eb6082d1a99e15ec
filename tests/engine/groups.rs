//! Running plans whose reads give the leading terms of the order only.

use crate::plans::{any_order, key, plan, predicate, run, small_pages, texts};
use crate::support::{Server, Watched};
use driftscope::domain::expr::Path;
use driftscope::domain::plan::{BaseFetch, OrderStrategy, Plan, Reads};
use driftscope::domain::query::{Direction, OrderBy, Request};
use driftscope::domain::read::{KeyCondition, ReadRequest};
use driftscope::domain::value::{Item, Value};
use driftscope::engine::Bounds;
use serde_json::json;

const SHARDS: usize = 3;
const DAYS: usize = 5;
/// Items of one day in one shard.
const EACH: usize = 4;

/// `costs` (shard, slot), and `things` (id): days ascend with `slot`, costs are all over the place.
async fn server() -> Server {
    let server = Server::start().await;
    server.db.create("costs", &["shard", "slot"]);
    server.db.create("things", &["id"]);
    for n in 0..SHARDS * DAYS * EACH {
        let (shard, day) = (n % SHARDS, n / SHARDS % DAYS);
        let id = format!("{n:02}");
        let path = json!({
            "shard": {"S": shard.to_string()}, "slot": {"S": format!("day {day}#{id}")},
            "id": {"S": id}, "day": {"S": format!("day {day}")},
            "cost": {"N": (n * 7 % 61).to_string()},
        });
        server.db.put("costs", &path);
        server.db.put("things", &path);
    }
    server
}

/// `ORDER BY day DESC, cost`.
fn by_day_and_cost(limit: Option<u64>) -> Request {
    let by = |name: &str, direction| OrderBy {
        path: Path::top(name),
        direction,
    };
    Request {
        order: vec![
            by("day", Direction::Descending),
            by("cost", Direction::Ascending),
        ],
        ..any_order(limit)
    }
}

fn shards(count: usize, order: OrderStrategy) -> Plan {
    let conditions = (0..count).map(|shard| KeyCondition {
        equal: vec![("shard".to_owned(), Value::s(shard.to_string()))],
        partition_len: 1,
        range: None,
    });
    let reads = Reads::Partitions {
        conditions: conditions.collect(),
        direction: Direction::Descending,
    };
    plan("costs", &["shard", "slot"], reads, order)
}

fn fetched(plan: Plan, shown: &[&str]) -> Plan {
    Plan {
        projection: Some(shown.iter().map(|name| (*name).to_owned()).collect()),
        fetch: Some(BaseFetch {
            table: "things".into(),
            key: key(&["id"]),
            key_names: vec![("id".to_owned(), "id".to_owned())],
            projection: None,
            residual: predicate("cost > 9").into(),
        }),
        ..plan
    }
}

/// Day and cost of rows.
fn figures(rows: &[Item]) -> Vec<(String, u64)> {
    let costs = texts(rows, "cost");
    let costs = costs.iter().map(|cost| cost.parse().unwrap());
    texts(rows, "day").into_iter().zip(costs).collect()
}

/// What the first `limit` are among the items of the first shards that cost more than `least`.
fn expected(shards: usize, least: u64, limit: usize) -> Vec<(String, u64)> {
    let all = (0..SHARDS * DAYS * EACH).filter(|n| n % SHARDS < shards);
    let mut all: Vec<_> = all
        .map(|n| (format!("day {}", n / SHARDS % DAYS), (n * 7 % 61) as u64))
        .filter(|(_, cost)| *cost >= least)
        .collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    all.truncate(limit);
    all
}

#[tokio::test]
async fn rows_of_equal_days_are_sorted_by_cost() {
    for (count, order) in [(1, OrderStrategy::Native), (3, OrderStrategy::Merge)] {
        let server = server().await;
        let plan = shards(count, order);
        let (answer, rows) = run(server.store, &by_day_and_cost(None), &plan, small_pages()).await;
        assert!(answer.complete, "{:?}", answer.error);
        assert_eq!(figures(&rows), expected(count, 0, 60));
    }
}

#[tokio::test]
async fn a_limit_inside_a_group_takes_the_cheapest_of_it_and_reads_no_further_group() {
    for (count, order, limit) in [(1, OrderStrategy::Native, 6), (3, OrderStrategy::Merge, 14)] {
        let server = server().await;
        let store = Watched::new(&server.store);
        let plan = shards(count, order);
        let request = by_day_and_cost(Some(limit as u64));
        let (answer, rows) = run(store.store(), &request, &plan, small_pages()).await;
        assert!(answer.complete);
        assert_eq!(figures(&rows), expected(count, 0, limit));
        // Two days of five, and a page at most to see the end of the second.
        let most = count * (2 * EACH + 3);
        assert!(answer.consumption.items_read <= most as u64);
    }
}

#[tokio::test]
async fn a_group_is_sorted_before_the_fetch_where_the_path_shows_the_order() {
    let server = server().await;
    let store = Watched::new(&server.store);
    let plan = fetched(shards(3, OrderStrategy::Merge), &["id", "day", "cost"]);
    let request = by_day_and_cost(Some(5));
    let (answer, rows) = run(store.store(), &request, &plan, Bounds::default()).await;
    assert!(answer.complete);
    assert_eq!(figures(&rows), expected(3, 10, 5));
    let fetched: usize = store
        .reads()
        .iter()
        .map(|read| match read {
            ReadRequest::BatchGet(batch) => batch.keys.len(),
            ReadRequest::Get(_) => 1,
            _ => 0,
        })
        .sum();
    assert!(fetched < 12, "not the whole group: {fetched}");
}

#[tokio::test]
async fn a_group_is_sorted_after_the_fetch_where_only_the_base_shows_the_order() {
    let server = server().await;
    let plan = fetched(shards(3, OrderStrategy::Merge), &["id", "day"]);
    let request = by_day_and_cost(Some(13));
    let (answer, rows) = run(server.store, &request, &plan, small_pages()).await;
    assert!(answer.complete);
    assert_eq!(figures(&rows), expected(3, 10, 13));
}

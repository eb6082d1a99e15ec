//! Plans over tables of things, and running them.

use crate::bare::bare;
use crate::support::Server;
use driftscope::domain::expr::{Context, Path, Predicate, parse_predicate};
use driftscope::domain::plan::pace::Filtered;
use driftscope::domain::plan::{BaseFetch, OrderStrategy, Plan, Reads};
use driftscope::domain::query::{Direction, OrderBy, Request, Select};
use driftscope::domain::read::KeyCondition;
use driftscope::domain::schema::{KeyAttribute, KeyKind, KeySchema};
use driftscope::domain::value::{Item, Value};
use driftscope::engine::{Answer, Bounds, ReadEvent, execute};
use driftscope::store::Store;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

pub(crate) const MONTHS: [&str; 3] = ["1998-08", "1998-09", "1998-10"];
pub(crate) const EACH: usize = 20;

/// `things` (id) and `by_month` (month, slot): 20 items in each of three months, one in four red.
pub(crate) async fn server() -> Server {
    let server = Server::start().await;
    server.db.create("things", &["id"]);
    server.db.create("by_month", &["month", "slot"]);
    for (m, month) in MONTHS.iter().enumerate() {
        for n in 0..EACH {
            // Months interleave by `rank`; days ascend with `slot`.
            let colour = if n % 4 == 0 { "red" } else { "blue" };
            let copy = json!({
                "id": {"S": format!("{m}-{n:02}")}, "month": {"S": month},
                "slot": {"S": format!("{month}-{:02}", n + 1)},
                "rank": {"N": (n * 3 + m).to_string()}, "colour": {"S": colour},
            });
            let mut base = copy.clone();
            base["note"] = json!({"S": format!("note of {m}-{n:02}")});
            server.db.put("by_month", &copy);
            server.db.put("things", &base);
        }
    }
    server
}

pub(crate) fn key(names: &[&str]) -> KeySchema {
    let attribute = |name: &&str| KeyAttribute {
        name: (*name).to_owned(),
        kind: KeyKind::S,
    };
    KeySchema {
        partition: names[..1].iter().map(attribute).collect(),
        sort: names[1..].iter().map(attribute).collect(),
    }
}

/// A plan whose reads give one term of the order, or none.
pub(crate) fn plan(table: &str, keys: &[&str], reads: Reads, order: OrderStrategy) -> Plan {
    bare(table, key(keys), reads, order)
}

/// The three months, in the order of `direction`.
pub(crate) fn months(order: OrderStrategy, direction: Direction) -> Plan {
    let mut conditions: Vec<KeyCondition> = MONTHS
        .iter()
        .map(|month| KeyCondition {
            equal: vec![("month".to_owned(), Value::s(*month))],
            partition_len: 1,
            range: None,
        })
        .collect();
    if direction == Direction::Descending {
        conditions.reverse();
    }
    let reads = Reads::Partitions {
        conditions,
        direction,
    };
    plan("by_month", &["month", "slot"], reads, order)
}

pub(crate) fn scan() -> Plan {
    plan("things", &["id"], Reads::Scan, OrderStrategy::None)
}

pub(crate) fn predicate(text: &str) -> Predicate {
    parse_predicate(text, &Context::default()).unwrap()
}

/// Only what satisfies `text`, filtered by the service and verified on this side.
pub(crate) fn only(plan: Plan, text: &str) -> Plan {
    Plan {
        filter: Some(predicate(text).into()),
        residual: predicate(text).into(),
        filtered: Filtered::Maybe,
        ..plan
    }
}

/// Rows of `things` for rows of `by_month`.
pub(crate) fn fetched(plan: Plan) -> Plan {
    Plan {
        projection: Some(vec!["id".to_owned(), "slot".to_owned(), "rank".to_owned()]),
        fetch: Some(BaseFetch {
            table: "things".into(),
            key: key(&["id"]),
            key_names: vec![("id".to_owned(), "id".to_owned())],
            projection: None,
            residual: Predicate::TRUE.into(),
        }),
        ..plan
    }
}

pub(crate) fn request(order: &str, direction: Direction, limit: Option<u64>) -> Request {
    let by = OrderBy {
        path: Path::top(order),
        direction,
    };
    Request {
        select: Select::All,
        from: vec!["things".to_owned()],
        filter: Predicate::TRUE,
        order: vec![by],
        limit,
    }
}

pub(crate) fn any_order(limit: Option<u64>) -> Request {
    Request {
        order: Vec::new(),
        ..request("id", Direction::Ascending, limit)
    }
}

/// Three items a page.
pub(crate) fn small_pages() -> Bounds {
    Bounds {
        page_items: Some(3),
        ..Bounds::default()
    }
}

pub(crate) async fn run(
    store: Arc<dyn Store>,
    request: &Request,
    plan: &Plan,
    bounds: Bounds,
) -> (Answer, Vec<Item>) {
    let (events, mut arriving) = channel(4);
    let rows = async {
        let mut rows = Vec::new();
        while let Some(event) = arriving.recv().await {
            if let ReadEvent::Rows(block) = event {
                rows.extend(block.iter().map(|item| item.to_item()));
            }
        }
        rows
    };
    let cancel = CancellationToken::new();
    let (answer, rows) = tokio::join!(execute(store, request, plan, bounds, events, cancel), rows);
    assert_eq!(answer.count, rows.len() as u64, "rows are those counted");
    (answer, rows)
}

pub(crate) fn texts(rows: &[Item], name: &str) -> Vec<String> {
    rows.iter()
        .map(|row| match &row[name] {
            Value::S(text) => text.clone(),
            Value::N(number) => number.to_string(),
            other => panic!("{name} is {other:?}"),
        })
        .collect()
}

pub(crate) fn ranks(rows: &[Item]) -> Vec<usize> {
    let texts = texts(rows, "rank");
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

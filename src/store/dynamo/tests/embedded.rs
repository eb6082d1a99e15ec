//! Every verb against a server that is not the SDK's double.

use crate::domain::names::{Rcu, TableName};
use crate::domain::query::{Consistency, Direction};
use crate::domain::read::{
    BatchGet, Get, KeyCondition, KeyRange, Query, ReadErrorKind, ReadPage, ReadRequest, Scan,
};
use crate::domain::schema::{Billing, IndexKind, Projection, TableClass};
use crate::domain::value::{Item, Value};
use crate::store::Store;
use crate::store::dynamo::Dynamo;
use dynoxide::Database;
use serde_json::json;
use std::collections::BTreeSet;

/// A server that ends with the test, holding what `items` says.
async fn serve(items: serde_json::Value) -> Dynamo {
    let database = Database::memory().unwrap();
    let table = json!({
        "TableName": "strikes", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "airport", "KeyType": "HASH"},
                      {"AttributeName": "strike_id", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": "airport", "AttributeType": "S"},
                                 {"AttributeName": "strike_id", "AttributeType": "S"},
                                 {"AttributeName": "cost", "AttributeType": "N"},
                                 {"AttributeName": "operator", "AttributeType": "S"}],
        "LocalSecondaryIndexes": [{"IndexName": "by_cost",
            "KeySchema": [{"AttributeName": "airport", "KeyType": "HASH"},
                          {"AttributeName": "cost", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}],
        "GlobalSecondaryIndexes": [{"IndexName": "by_operator",
            "KeySchema": [{"AttributeName": "operator", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["cost"]}}],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}});
    database
        .create_table(serde_json::from_value(table).unwrap())
        .unwrap();
    let items = serde_json::from_value(items).unwrap();
    database
        .import_items("strikes", items, dynoxide::ImportOptions::default())
        .unwrap();
    let ttl = json!({"TableName": "strikes",
        "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires"}});
    database
        .update_time_to_live(serde_json::from_value(ttl).unwrap())
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    Dynamo::local(&endpoint)
}

/// `count` strikes at one airport, `S000` and on.
fn strikes(count: usize) -> serde_json::Value {
    (0..count)
        .map(|n| {
            json!({"airport": {"S": "DENVER"}, "strike_id": {"S": format!("S{n:03}")},
                   "cost": {"N": n.to_string()}, "operator": {"S": "UNITED"}})
        })
        .collect()
}

fn strike(id: &str) -> Item {
    [
        ("airport".to_owned(), Value::s("DENVER")),
        ("strike_id".to_owned(), Value::s(id)),
    ]
    .into()
}

fn scan(limit: Option<u32>, start: Option<Item>) -> ReadRequest {
    ReadRequest::Scan(Scan {
        table: "strikes".into(),
        index: None,
        filter: None,
        projection: None,
        limit,
        start,
        segment: None,
        consistency: Consistency::Eventual,
    })
}

fn at_denver(range: Option<KeyRange>, limit: Option<u32>, start: Option<Item>) -> ReadRequest {
    ReadRequest::Query(Query {
        table: "strikes".into(),
        index: None,
        key: KeyCondition {
            equal: vec![("airport".to_owned(), Value::s("DENVER"))],
            partition_len: 1,
            range: range.map(|range| ("strike_id".to_owned(), range)),
        },
        direction: Direction::Descending,
        filter: None,
        projection: None,
        limit,
        start,
        consistency: Consistency::Strong,
    })
}

fn ids(page: &ReadPage) -> Vec<String> {
    page.items
        .iter()
        .map(|item| match item.to_item().remove("strike_id") {
            Some(Value::S(id)) => id,
            other => panic!("no id but {other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn tables_are_listed_and_described_with_indexes_stream_and_ttl() {
    let dynamo = serve(strikes(3)).await;
    let names = dynamo.list_tables(None).await.unwrap();
    assert_eq!(names.names, [TableName::from("strikes")]);
    assert_eq!(names.next, None);

    let table = dynamo.describe_table(&"strikes".into()).await.unwrap();
    assert_eq!(table.key.partition[0].name, "airport");
    assert_eq!(table.key.sort[0].name, "strike_id");
    assert_eq!(table.items, 3);
    assert_eq!(table.billing, Billing::OnDemand);
    assert_eq!(table.class, TableClass::Standard);
    assert_eq!(table.stream.as_ref().unwrap().view, "NEW_AND_OLD_IMAGES");
    let by_cost = table.index("by_cost").unwrap();
    assert_eq!(
        (by_cost.kind, &by_cost.projection),
        (IndexKind::Local, &Projection::Keys)
    );
    let by_operator = table.index("by_operator").unwrap();
    assert!(by_operator.active);
    assert_eq!(
        by_operator.projection,
        Projection::Include(vec!["cost".to_owned()])
    );

    let ttl = dynamo.time_to_live(&"strikes".into()).await.unwrap();
    assert_eq!(ttl.as_deref(), Some("expires"));
}

#[tokio::test]
async fn one_item_is_got_by_its_key_and_its_units_are_known() {
    let dynamo = serve(strikes(3)).await;
    let get = |id: &str| {
        ReadRequest::Get(Get {
            table: "strikes".into(),
            key: strike(id),
            consistency: Consistency::Strong,
            projection: None,
        })
    };
    let page = dynamo.read(get("S001")).await.unwrap();
    assert_eq!(ids(&page), ["S001"]);
    assert_eq!(page.scanned, 1);
    assert_eq!(page.consumed.total, Rcu(1.0));
    let nothing = dynamo.read(get("S999")).await.unwrap();
    assert!(nothing.items.is_empty());
}

#[tokio::test]
async fn a_batch_gives_the_items_that_exist() {
    let dynamo = serve(strikes(5)).await;
    let batch = BatchGet {
        table: "strikes".into(),
        keys: vec![strike("S000"), strike("S004"), strike("S999")],
        consistency: Consistency::Eventual,
        projection: None,
    };
    let page = dynamo.read(ReadRequest::BatchGet(batch)).await.unwrap();
    let found: BTreeSet<String> = ids(&page).into_iter().collect();
    assert_eq!(found, ["S000".to_owned(), "S004".to_owned()].into());
    assert!(page.unprocessed.is_empty());
    assert!(page.consumed.total > Rcu(0.0));
}

#[tokio::test]
async fn pages_of_a_scan_give_every_item_once() {
    let dynamo = serve(strikes(25)).await;
    let (mut found, mut start, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = dynamo.read(scan(Some(10), start)).await.unwrap();
        found.extend(ids(&page));
        pages += 1;
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    assert_eq!(pages, 3);
    found.sort();
    let all: Vec<String> = (0..25).map(|n| format!("S{n:03}")).collect();
    assert_eq!(found, all);
}

#[tokio::test]
async fn a_query_pages_backwards_through_a_range() {
    let dynamo = serve(strikes(10)).await;
    let range = || Some(KeyRange::Between(Value::s("S002"), Value::s("S006")));
    let first = dynamo
        .read(at_denver(range(), Some(3), None))
        .await
        .unwrap();
    assert_eq!(ids(&first), ["S006", "S005", "S004"]);
    assert_eq!(first.next, Some(strike("S004")));
    let second = dynamo
        .read(at_denver(range(), Some(3), first.next))
        .await
        .unwrap();
    assert_eq!(ids(&second), ["S003", "S002"]);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn large_deep_and_hostile_items_pass_unchanged() {
    let mut deep = json!({"S": "bottom"});
    for _ in 0..31 {
        deep = json!({"M": {"x": deep}});
    }
    let hostile = "\u{0}\u{7}\u{1b}[31m\u{202e}\u{200b}\"\\/\u{7f}é😀]}";
    let item = json!({"airport": {"S": "DENVER"}, "strike_id": {"S": "S000"},
        "cost": {"N": "-1234567890123456789.0123456789012345678"},
        "large": {"S": "x".repeat(390_000)}, "deep": deep,
        "hostile": {"S": hostile}, "bytes": {"B": "AP8="}, "none": {"NULL": true}});
    let dynamo = serve(json!([item])).await;
    let page = dynamo.read(scan(None, None)).await.unwrap();
    let read = page.items.get(0).unwrap().to_item();
    let expected = crate::domain::item::item_from_dynamo_json(&item).unwrap();
    assert_eq!(read, expected);
    assert_eq!(read["hostile"], Value::s(hostile));
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_named_in_the_error() {
    let dynamo = serve(json!([])).await;
    let error = dynamo.describe_table(&"nowhere".into()).await.unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::NotFound);
    assert!(error.problem.what.contains("`nowhere`"), "{error}");
}

//! Items come off the wire once, whole, and only from good answers.

use super::{answers, batch_get, event, get, key, query, scan, through};
use crate::domain::names::Rcu;
use crate::domain::read::{ReadErrorKind, ReadPage};
use crate::domain::value::Value;
use crate::store::Store;
use aws_smithy_http_client::test_util::StaticReplayClient;

const PAGE: &str = r#"{"Count":2,"ScannedCount":9,
    "Items":[{"id":{"S":"a"},"n":{"N":"1.50"}},{"id":{"S":"b"},"l":{"L":[{"NULL":true}]}}],
    "LastEvaluatedKey":{"id":{"S":"b"}},
    "ConsumedCapacity":{"TableName":"orders","CapacityUnits":2.5,"Table":{"CapacityUnits":0.5},
        "GlobalSecondaryIndexes":{"by_day":{"CapacityUnits":2.0}}}}"#;

fn ids(page: &ReadPage) -> Vec<Value> {
    let items = page.items.iter();
    items
        .filter_map(|item| item.to_item().remove("id"))
        .collect()
}

#[tokio::test]
async fn a_page_has_items_from_the_tap_and_the_rest_from_the_sdk() {
    let http = answers([(200, PAGE)]);
    let page = through(http).read(scan()).await.unwrap();
    assert_eq!(ids(&page), [Value::s("a"), Value::s("b")]);
    assert_eq!(page.scanned, 9);
    assert_eq!(page.next, Some(key("b")));
    assert_eq!(page.consumed.total, Rcu(2.5));
    assert_eq!(page.consumed.table, Rcu(0.5));
    assert_eq!(page.consumed.indexes, [("by_day".into(), Rcu(2.0))]);
}

#[tokio::test]
async fn a_query_and_a_get_are_tapped_as_a_scan_is() {
    let item = r#"{"Item":{"id":{"S":"a"}},"ConsumedCapacity":{"CapacityUnits":1.0}}"#;
    let http = answers([(200, PAGE), (200, item)]);
    let dynamo = through(http);
    let page = dynamo.read(query()).await.unwrap();
    assert_eq!(ids(&page), [Value::s("a"), Value::s("b")]);
    let page = dynamo.read(get()).await.unwrap();
    assert_eq!(ids(&page), [Value::s("a")]);
    assert_eq!((page.scanned, page.consumed.total), (1, Rcu(1.0)));
}

#[tokio::test]
async fn a_batch_tells_what_it_did_not_get_to() {
    let body = r#"{"Responses":{"orders":[{"id":{"S":"a"}}]},
        "UnprocessedKeys":{"orders":{"Keys":[{"id":{"S":"b"}}]}},
        "ConsumedCapacity":[{"TableName":"orders","CapacityUnits":0.5}]}"#;
    let http = answers([(200, body)]);
    let page = through(http).read(batch_get()).await.unwrap();
    assert_eq!(ids(&page), [Value::s("a")]);
    assert_eq!(page.unprocessed, [key("b")]);
    assert_eq!(page.consumed.total, Rcu(0.5));
}

#[tokio::test]
async fn an_answer_that_does_not_match_its_checksum_is_asked_for_again() {
    let right = crc32fast::hash(PAGE.as_bytes());
    let events = vec![
        event(200, PAGE, Some(right ^ 1)),
        event(200, PAGE, Some(right)),
    ];
    let http = StaticReplayClient::new(events);
    let page = through(http.clone()).read(scan()).await.unwrap();
    assert_eq!(http.actual_requests().count(), 2);
    assert_eq!(page.items.len(), 2);
}

#[tokio::test]
async fn an_answer_that_never_matches_its_checksum_is_an_error() {
    let events = (0..3).map(|_| event(200, PAGE, Some(1))).collect();
    let http = StaticReplayClient::new(events);
    let error = through(http).read(scan()).await.unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Connection);
    assert!(error.problem.why.unwrap().contains("checksum"));
}

#[tokio::test]
async fn items_of_a_failed_attempt_are_not_doubled_by_the_next() {
    let failure = r#"{"__type":"InternalServerError","message":"try again"}"#;
    let http = answers([(500, failure), (200, PAGE)]);
    let page = through(http.clone()).read(scan()).await.unwrap();
    assert_eq!(http.actual_requests().count(), 2);
    assert_eq!(page.items.len(), 2);
}

#[tokio::test]
async fn an_empty_last_key_ends_the_pages() {
    let http = answers([(200, r#"{"Items":[],"LastEvaluatedKey":{}}"#)]);
    let page = through(http).read(scan()).await.unwrap();
    assert_eq!(page.next, None);
}

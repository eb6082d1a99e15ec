//! Reads pass the guard, writes never leave. Either alone would prove nothing.

use super::{answers, batch_get, get, orders, query, scan, sent, targets, through};
use crate::store::Store;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::error::display::DisplayErrorContext;
use serde_json::json;

#[tokio::test]
async fn each_read_is_sent_under_its_own_name() {
    let description = r#"{"Table":{"TableName":"orders",
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}}"#;
    let bodies = ["{}", description, "{}", "{}", "{}", "{}", "{}"];
    let http = answers(bodies.map(|body| (200, body)));
    let dynamo = through(http.clone());
    dynamo.list_tables(None).await.unwrap();
    dynamo.describe_table(&orders()).await.unwrap();
    dynamo.time_to_live(&orders()).await.unwrap();
    for read in [get(), batch_get(), query(), scan()] {
        dynamo.read(read).await.unwrap();
    }
    assert_eq!(
        targets(&http),
        [
            "ListTables",
            "DescribeTable",
            "DescribeTimeToLive",
            "GetItem",
            "BatchGetItem",
            "Query",
            "Scan"
        ]
    );
}

#[tokio::test]
async fn every_read_of_items_asks_for_its_units_by_index() {
    let http = answers(["{}"; 4].map(|body| (200, body)));
    let dynamo = through(http.clone());
    for read in [get(), batch_get(), query(), scan()] {
        dynamo.read(read).await.unwrap();
    }
    let sent = sent(&http);
    assert_eq!(sent.len(), 4);
    for body in sent {
        assert_eq!(body["ReturnConsumedCapacity"], "INDEXES", "{body}");
    }
}

#[tokio::test]
async fn a_request_is_sent_with_all_its_parts() {
    let http = answers([(200, "{}"), (200, "{}"), (200, "{}")]);
    let dynamo = through(http.clone());
    for read in [get(), batch_get(), scan()] {
        dynamo.read(read).await.unwrap();
    }
    assert_eq!(
        sent(&http),
        [
            json!({"TableName": "orders", "Key": {"id": {"S": "a"}}, "ConsistentRead": true,
                   "ReturnConsumedCapacity": "INDEXES"}),
            json!({"RequestItems": {"orders": {
                       "Keys": [{"id": {"S": "a"}}, {"id": {"S": "b"}}], "ConsistentRead": false}},
                   "ReturnConsumedCapacity": "INDEXES"}),
            json!({"TableName": "orders", "Limit": 2500, "Segment": 1, "TotalSegments": 4,
                   "ConsistentRead": false, "ReturnConsumedCapacity": "INDEXES"}),
        ]
    );
}

#[tokio::test]
async fn a_query_is_sent_with_its_key_condition_direction_and_place() {
    let http = answers([(200, "{}")]);
    through(http.clone()).read(query()).await.unwrap();
    let body = sent(&http).remove(0);
    assert_eq!(body["IndexName"], "by_day");
    assert_eq!(body["ScanIndexForward"], false);
    assert_eq!(body["Limit"], 7);
    assert_eq!(body["ExclusiveStartKey"], json!({"id": {"S": "z"}}));
    let values = body["ExpressionAttributeValues"].as_object().unwrap();
    assert_eq!(
        values.values().collect::<Vec<_>>(),
        [&json!({"S": "monday"})]
    );
    assert!(body["KeyConditionExpression"].is_string());
    assert!(body["ProjectionExpression"].is_string());
    assert!(body.get("FilterExpression").is_none());
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the writes whose refusal is tested"
)]
async fn writes_never_leave() {
    let http = answers(["{}"; 6].map(|body| (200, body)));
    let dynamo = through(http.clone());
    let value = || AttributeValue::S("a".to_owned());
    let put = dynamo.client.put_item().table_name("orders");
    let refused = put.item("id", value()).send().await.unwrap_err();
    let text = DisplayErrorContext(&refused).to_string();
    assert!(text.contains("`PutItem` is not a read"), "{text}");
    let delete = dynamo.client.delete_item().table_name("orders");
    assert!(delete.key("id", value()).send().await.is_err());
    let drop = dynamo.client.delete_table().table_name("orders");
    assert!(drop.send().await.is_err());
    let partiql = dynamo.client.execute_statement();
    let partiql = partiql.statement("DELETE FROM orders WHERE id = 'a'");
    assert!(partiql.send().await.is_err());
    let put = aws_sdk_dynamodb::operation::put_item::PutItemInput::builder().table_name("orders");
    assert!(put.send_with(&dynamo.client).await.is_err());
    assert_eq!(http.actual_requests().count(), 0);
}

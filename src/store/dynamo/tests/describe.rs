//! Descriptions as AWS words them.

use super::{answers, orders, through};
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::schema::{
    Billing, IndexKind, KeyAttribute, KeyKind, Projection, StreamInfo, Table, TableClass,
};
use crate::store::Store;
use rstest::rstest;
use serde_json::{Value, json};

async fn described(members: Value) -> Result<Table, ReadError> {
    let mut table = json!({"TableName": "orders", "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "N"},
            {"AttributeName": "hash", "AttributeType": "B"}]});
    for (name, value) in members.as_object().unwrap() {
        table[name] = value.clone();
    }
    let body = json!({ "Table": table }).to_string();
    let http = answers([(200, body.as_str())]);
    through(http).describe_table(&orders()).await
}

fn global(name: &str, status: &str, keys: &Value) -> Value {
    json!({"IndexName": name, "IndexStatus": status, "KeySchema": keys,
           "Projection": {"ProjectionType": "ALL"}, "IndexSizeBytes": 10, "ItemCount": 2,
           "ProvisionedThroughput": {"ReadCapacityUnits": 25, "WriteCapacityUnits": 5}})
}

#[tokio::test]
async fn a_table_is_described_with_id_arn_sizes_class_and_stream() {
    let table = described(json!({
        "TableId": "1-2", "TableArn": "arn:aws:dynamodb:eu-west-1:123:table/orders",
        "TableSizeBytes": 2_950_000, "ItemCount": 10_000,
        "TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
        "LatestStreamArn": "arn:stream"}))
    .await
    .unwrap();
    assert_eq!(table.id.as_deref(), Some("1-2"));
    assert_eq!(
        table.arn.as_deref(),
        Some("arn:aws:dynamodb:eu-west-1:123:table/orders")
    );
    assert_eq!((table.items, table.bytes), (10_000, 2_950_000));
    assert_eq!(table.class, TableClass::InfrequentAccess);
    let stream = StreamInfo {
        view: "NEW_IMAGE".to_owned(),
        arn: Some("arn:stream".to_owned()),
    };
    assert_eq!(table.stream, Some(stream));
}

#[tokio::test]
async fn keys_of_several_attributes_keep_their_order_and_types() {
    let keys = json!([{"AttributeName": "hash", "KeyType": "HASH"},
                      {"AttributeName": "day", "KeyType": "RANGE"},
                      {"AttributeName": "id", "KeyType": "HASH"}]);
    let table = described(json!({"GlobalSecondaryIndexes": [global("g", "ACTIVE", &keys)]}))
        .await
        .unwrap();
    let attribute = |name: &str, kind| KeyAttribute {
        name: name.to_owned(),
        kind,
    };
    let index = table.index("g").unwrap();
    assert_eq!(
        *index.key.partition,
        [attribute("hash", KeyKind::B), attribute("id", KeyKind::S)]
    );
    assert_eq!(*index.key.sort, [attribute("day", KeyKind::N)]);
    assert_eq!(index.provisioned_rcu, Some(25));
    assert_eq!((index.items, index.bytes), (2, 10));
}

#[rstest]
#[case("ACTIVE", true)]
#[case("UPDATING", true)]
#[case("CREATING", false)]
#[case("DELETING", false)]
#[case("A_LATER_STATUS", false)]
#[tokio::test]
async fn an_index_is_read_when_its_status_says_so(#[case] status: &str, #[case] active: bool) {
    let keys = json!([{"AttributeName": "day", "KeyType": "HASH"}]);
    let table = described(json!({"GlobalSecondaryIndexes": [global("g", status, &keys)]}))
        .await
        .unwrap();
    assert_eq!(table.index("g").unwrap().active, active);
}

#[rstest]
#[case::on_demand(json!({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}}), Billing::OnDemand)]
#[case::never_on_demand(
    json!({"ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": 5}}),
    Billing::Provisioned { rcu: 100 })]
#[case::switched_back(json!({"BillingModeSummary": {"BillingMode": "PROVISIONED"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 5}}),
    Billing::Provisioned { rcu: 7 })]
#[case::nothing_told(json!({}), Billing::OnDemand)]
#[tokio::test]
async fn billing_is_told_by_summary_or_throughput(
    #[case] members: Value,
    #[case] expected: Billing,
) {
    assert_eq!(described(members).await.unwrap().billing, expected);
}

#[tokio::test]
async fn what_this_version_does_not_know_is_left_out() {
    let keys = json!([{"AttributeName": "day", "KeyType": "HASH"}]);
    let mut odd = global("odd", "ACTIVE", &keys);
    odd["Projection"] = json!({"ProjectionType": "SOMETIMES"});
    let table = described(json!({
        "VectorIndexes": [{"IndexName": "v", "IndexStatus": "ACTIVE"}],
        "AMemberOfTomorrow": {"x": [1]},
        "LocalSecondaryIndexes": [{"IndexName": "l",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"},
                          {"AttributeName": "day", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["hash"]}}],
        "GlobalSecondaryIndexes": [odd]}))
    .await
    .unwrap();
    assert_eq!(table.indexes.len(), 1);
    assert_eq!(table.indexes[0].kind, IndexKind::Local);
    assert_eq!(
        table.indexes[0].projection,
        Projection::Include(vec!["hash".to_owned()])
    );
}

#[tokio::test]
async fn a_key_without_a_type_is_an_error_that_names_the_table() {
    let error = described(json!({"AttributeDefinitions": []}))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Service);
    assert!(error.problem.what.contains("`orders`"));
}

#[rstest]
#[case("ENABLED", Some("expires"))]
#[case("DISABLED", None)]
#[case("ENABLING", None)]
#[tokio::test]
async fn the_time_to_live_counts_when_it_is_enabled(
    #[case] status: &str,
    #[case] expected: Option<&str>,
) {
    let body = json!({"TimeToLiveDescription":
        {"TimeToLiveStatus": status, "AttributeName": "expires"}})
    .to_string();
    let http = answers([(200, body.as_str())]);
    let ttl = through(http).time_to_live(&orders()).await.unwrap();
    assert_eq!(ttl.as_deref(), expected);
}

#[tokio::test]
async fn table_names_come_in_pages() {
    let http = answers([
        (
            200,
            r#"{"TableNames":["a","b"],"LastEvaluatedTableName":"b"}"#,
        ),
        (200, r#"{"TableNames":["c"]}"#),
    ]);
    let dynamo = through(http.clone());
    let first = dynamo.list_tables(None).await.unwrap();
    assert_eq!(first.names.len(), 2);
    let second = dynamo.list_tables(first.next).await.unwrap();
    assert_eq!(second.next, None);
    assert_eq!(super::sent(&http)[1]["ExclusiveStartTableName"], json!("b"));
}

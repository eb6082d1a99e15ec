//! Reading streams: what is sent, what comes back, which failures have a class of their own.

use super::{answers, sent, through};
use crate::domain::read::{ChangeKind, Lapse, ReadErrorKind, Shard, ShardPosition};
use crate::domain::value::Value;
use crate::store::Streams;
use aws_smithy_http_client::test_util::StaticReplayClient;
use rstest::rstest;
use serde_json::json;

const ARN: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01";

fn targets(http: &StaticReplayClient) -> Vec<String> {
    let targets = http
        .actual_requests()
        .filter_map(|request| request.headers().get("x-amz-target"));
    targets.map(str::to_owned).collect()
}

#[tokio::test]
async fn each_read_of_a_stream_is_sent_under_its_own_name() {
    let bodies = ["{}", r#"{"ShardIterator":"x"}"#, "{}"];
    let http = answers(bodies.map(|body| (200, body)));
    let dynamo = through(http.clone());
    dynamo.shards(ARN).await.unwrap();
    let after = ShardPosition::After("100000000000000000001".to_owned());
    dynamo.iterator(ARN, "shard-1", &after).await.unwrap();
    dynamo.records("x").await.unwrap();
    assert_eq!(
        targets(&http),
        [
            "DynamoDBStreams_20120810.DescribeStream",
            "DynamoDBStreams_20120810.GetShardIterator",
            "DynamoDBStreams_20120810.GetRecords"
        ]
    );
    assert_eq!(
        sent(&http),
        [
            json!({"StreamArn": ARN}),
            json!({"StreamArn": ARN, "ShardId": "shard-1",
                   "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                   "SequenceNumber": "100000000000000000001"}),
            json!({"ShardIterator": "x"}),
        ]
    );
}

#[tokio::test]
async fn what_is_no_read_of_a_stream_never_leaves() {
    let http = answers([(200, "{}")]);
    let dynamo = through(http.clone());
    assert!(dynamo.streams.list_streams().send().await.is_err());
    assert_eq!(http.actual_requests().count(), 0);
}

#[tokio::test]
async fn shards_are_read_page_by_page_and_only_what_is_followed_has_closed() {
    let range = json!({"StartingSequenceNumber": "1", "EndingSequenceNumber": "9"});
    let page = |shards: serde_json::Value, next: Option<&str>| {
        json!({"StreamDescription": {"StreamStatus": "ENABLED", "Shards": shards,
               "LastEvaluatedShardId": next}})
        .to_string()
    };
    let first = page(
        json!([{"ShardId": "a", "SequenceNumberRange": range}]),
        Some("a"),
    );
    let second = page(
        json!([{"ShardId": "b", "ParentShardId": "a", "SequenceNumberRange": range}]),
        None,
    );
    let http = answers([(200, first.as_str()), (200, second.as_str())]);
    let shard = |id: &str, parent: Option<&str>, closed| Shard {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        closed,
    };
    assert_eq!(
        through(http.clone()).shards(ARN).await.unwrap(),
        [shard("a", None, true), shard("b", Some("a"), false)]
    );
    assert_eq!(sent(&http)[1]["ExclusiveStartShardId"], "a");
}

#[tokio::test]
async fn a_stream_that_is_disabled_is_said_to_be() {
    let body = json!({"StreamDescription": {"StreamStatus": "DISABLED", "Shards": []}});
    let http = answers([(200, body.to_string().as_str())]);
    let error = through(http).shards(ARN).await.unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::NotFound);
    assert!(error.problem.to_string().contains("is disabled"), "{error}");
}

#[tokio::test]
async fn a_record_comes_with_its_images_its_time_and_the_clock_of_the_service() {
    let body = json!({"NextShardIterator": "y", "Records": [{"eventName": "MODIFY", "dynamodb": {
        "ApproximateCreationDateTime": 1_700_000_000, "SequenceNumber": "7",
        "Keys": {"id": {"S": "a"}}, "OldImage": {"id": {"S": "a"}, "n": {"N": "1"}},
        "NewImage": {"id": {"S": "a"}, "n": {"N": "2"}}}}]});
    let http = answers([(200, body.to_string().as_str())]);
    let page = through(http).records("x").await.unwrap();
    assert_eq!(page.next.as_deref(), Some("y"));
    let record = &page.records[0];
    assert_eq!(
        (record.kind, record.at, record.sequence.as_str()),
        (ChangeKind::Modify, 1_700_000_000, "7")
    );
    assert_eq!(record.key["id"], Value::s("a"));
    assert_eq!(record.old.as_ref().unwrap()["n"], Value::N(1.into()));
    assert_eq!(record.new.as_ref().unwrap()["n"], Value::N(2.into()));
}

#[rstest]
#[case("ExpiredIteratorException", ReadErrorKind::Lapsed(Lapse::Iterator), "")]
#[case(
    "TrimmedDataAccessException",
    ReadErrorKind::Lapsed(Lapse::Trimmed),
    ""
)]
#[case(
    "AccessDeniedException",
    ReadErrorKind::Denied,
    "grant `dynamodb:GetRecords` on the streams of table `orders`"
)]
#[tokio::test]
async fn a_failure_has_a_class_to_act_on(
    #[case] code: &str,
    #[case] kind: ReadErrorKind,
    #[case] words: &str,
) {
    let body = json!({"__type": code, "message": "no"}).to_string();
    let http = answers([(400, body.as_str())]);
    let iterator = format!("{ARN}|1|AAAA");
    let error = through(http).records(&iterator).await.unwrap_err();
    assert_eq!(error.kind, kind);
    assert!(error.problem.to_string().contains(words), "{error}");
}

//! A throttled attempt is reported with its reason and its place, whatever becomes of the call.

use super::{answers, query, scan, through};
use crate::store::Store;
use crate::store::dynamo::Dynamo;
use crate::store::throttle::{Reason, Throttle};
use aws_smithy_http_client::test_util::StaticReplayClient;
use rstest::rstest;
use serde_json::json;
use std::sync::{Arc, Mutex};

/// A store, and what it reports.
fn listened_to(http: StaticReplayClient) -> (Dynamo, Arc<Mutex<Vec<Throttle>>>) {
    let dynamo = through(http);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    dynamo
        .throttles()
        .listen(move |throttle| ears.lock().unwrap().push(throttle.clone()));
    (dynamo, heard)
}

fn throttle(index: Option<&str>, reason: Reason) -> Throttle {
    Throttle {
        table: "orders".into(),
        index: index.map(Into::into),
        reason,
    }
}

#[tokio::test]
async fn each_throttled_attempt_is_reported_with_the_reason_and_the_resource_it_came_with() {
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
    let body = |reason: &str, resource: &str| {
        let reasons = json!([{"reason": reason, "resource": resource}]);
        json!({"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
               "message": "slower", "throttlingReasons": reasons})
        .to_string()
    };
    let hot = body("TableReadKeyRangeThroughputExceeded", arn);
    let full = body(
        "IndexReadAccountLimitExceeded",
        &format!("{arn}/index/by_day"),
    );
    let http = answers([(400, hot.as_str()), (400, full.as_str()), (200, "{}")]);
    let (dynamo, heard) = listened_to(http.clone());
    dynamo.read(query()).await.unwrap();
    assert_eq!(http.actual_requests().count(), 3);
    assert_eq!(
        *heard.lock().unwrap(),
        [
            throttle(None, Reason::KeyRange),
            throttle(Some("by_day"), Reason::Account)
        ]
    );
}

#[rstest]
#[case("ProvisionedThroughputExceededException", Reason::Provisioned)]
#[case("RequestLimitExceeded", Reason::Account)]
#[case("ThrottlingException", Reason::Unnamed)]
#[tokio::test]
async fn without_reasons_the_error_stands_for_one_and_the_request_for_the_place(
    #[case] code: &str,
    #[case] reason: Reason,
) {
    let body = json!({"__type": code, "message": "slower"}).to_string();
    let http = answers([(400, body.as_str()), (200, "{}")]);
    let (dynamo, heard) = listened_to(http);
    dynamo.read(query()).await.unwrap();
    assert_eq!(*heard.lock().unwrap(), [throttle(Some("by_day"), reason)]);
}

#[tokio::test]
async fn other_failures_and_good_answers_are_no_throttles() {
    let failure = r#"{"__type":"InternalServerError","message":"try again"}"#;
    let (dynamo, heard) = listened_to(answers([(500, failure), (200, "{}")]));
    dynamo.read(scan()).await.unwrap();
    assert!(heard.lock().unwrap().is_empty());
}

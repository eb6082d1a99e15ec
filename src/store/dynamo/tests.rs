//! What goes over the wire, and what comes back.

mod describe;
#[cfg(feature = "sandbox")]
mod embedded;
mod errors;
mod guard;
mod streams;
mod tap;
mod throttle;

use super::Dynamo;
use super::connect::Distance;
use crate::domain::names::TableName;
use crate::domain::query::{Consistency, Direction};
use crate::domain::read::{BatchGet, Get, KeyCondition, Query, ReadRequest, Scan};
use crate::domain::value::{Item, Value};
use crate::store::Identity;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, HttpClient, ProvideCredentials, Region,
    SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_types::body::SdkBody;

/// A store whose requests go to `http`.
fn through(http: impl HttpClient + 'static) -> Dynamo {
    let keys = Credentials::new("test", "test", None, None, "test");
    with_credentials(http, keys, None)
}

fn with_credentials(
    http: impl HttpClient + 'static,
    credentials: impl ProvideCredentials + 'static,
    profile: Option<&str>,
) -> Dynamo {
    let sdk = aws_config::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    let identity = Identity {
        profile: profile.map(str::to_owned),
        region: Some("eu-west-1".to_owned()),
        endpoint: None,
    };
    let http = SharedHttpClient::new(http);
    Dynamo::new(&sdk, Distance::Loopback, http, identity)
}

/// A server that gives these answers, in this order.
fn answers<'a>(answers: impl IntoIterator<Item = (u16, &'a str)>) -> StaticReplayClient {
    let events = answers
        .into_iter()
        .map(|(status, body)| event(status, body, None));
    StaticReplayClient::new(events.collect())
}

fn event(status: u16, body: &str, crc: Option<u32>) -> ReplayEvent {
    let request = http::Request::builder()
        .uri("https://dynamodb.eu-west-1.amazonaws.com/")
        .body(SdkBody::empty())
        .unwrap();
    let mut response = http::Response::builder()
        .status(status)
        .header("content-length", body.len());
    if let Some(crc) = crc {
        response = response.header("x-amz-crc32", crc);
    }
    ReplayEvent::new(request, response.body(SdkBody::from(body)).unwrap())
}

/// The bodies that were sent.
fn sent(http: &StaticReplayClient) -> Vec<serde_json::Value> {
    http.actual_requests()
        .map(|request| serde_json::from_slice(request.body().bytes().unwrap()).unwrap())
        .collect()
}

/// The operations that were sent.
fn targets(http: &StaticReplayClient) -> Vec<String> {
    http.actual_requests()
        .filter_map(|request| request.headers().get("x-amz-target"))
        .filter_map(|target| target.strip_prefix("DynamoDB_20120810."))
        .map(str::to_owned)
        .collect()
}

fn orders() -> TableName {
    "orders".into()
}

fn key(id: &str) -> Item {
    [("id".to_owned(), Value::s(id))].into()
}

fn get() -> ReadRequest {
    ReadRequest::Get(Get {
        table: orders(),
        key: key("a"),
        consistency: Consistency::Strong,
        projection: None,
    })
}

fn batch_get() -> ReadRequest {
    ReadRequest::BatchGet(BatchGet {
        table: orders(),
        keys: vec![key("a"), key("b")],
        consistency: Consistency::Eventual,
        projection: None,
    })
}

fn query() -> ReadRequest {
    ReadRequest::Query(Query {
        table: orders(),
        index: Some("by_day".into()),
        key: KeyCondition {
            equal: vec![("day".to_owned(), Value::s("monday"))],
            partition_len: 1,
            range: None,
        },
        direction: Direction::Descending,
        filter: None,
        projection: Some(vec!["id".to_owned()]),
        limit: Some(7),
        start: Some(key("z")),
        consistency: Consistency::Eventual,
    })
}

fn scan() -> ReadRequest {
    ReadRequest::Scan(Scan {
        table: orders(),
        index: None,
        filter: None,
        projection: None,
        limit: Some(2500),
        start: None,
        segment: Some((1, 4)),
        consistency: Consistency::Eventual,
    })
}

//! Each failure has its class, says what failed, and what to try.

use super::{answers, orders, scan, through, with_credentials};
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::store::Store;
use crate::store::dynamo::Dynamo;
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use rstest::rstest;
use serde_json::json;
use std::io;

fn text(error: &ReadError) -> String {
    error.problem.to_string()
}

#[rstest]
#[case(
    "ResourceNotFoundException",
    ReadErrorKind::NotFound,
    "no table `orders`"
)]
#[case(
    "AccessDeniedException",
    ReadErrorKind::Denied,
    "grant `dynamodb:Scan` on table `orders`"
)]
#[case("ExpiredTokenException", ReadErrorKind::Credentials, "`aws sso login`")]
#[case(
    "UnrecognizedClientException",
    ReadErrorKind::Credentials,
    "not accepted"
)]
#[case(
    "InvalidSignatureException",
    ReadErrorKind::Credentials,
    "not accepted"
)]
#[case(
    "MissingAuthenticationTokenException",
    ReadErrorKind::Credentials,
    "not accepted"
)]
#[case(
    "ValidationException",
    ReadErrorKind::Invalid,
    "`Scan` of `orders` is not valid"
)]
#[case(
    "SomethingElseException",
    ReadErrorKind::Service,
    "`SomethingElseException`"
)]
#[tokio::test]
async fn an_error_answer_is_told_by_its_code(
    #[case] code: &str,
    #[case] kind: ReadErrorKind,
    #[case] says: &str,
) {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
                      "message": "the service's own words."})
    .to_string();
    let http = answers([(400, body.as_str())]);
    let error = through(http).read(scan()).await.unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
    assert!(text(&error).contains(says), "{error}");
    assert_eq!(
        error.problem.why.as_deref(),
        Some("the service's own words")
    );
}

#[rstest]
#[case("ProvisionedThroughputExceededException")]
#[case("ThrottlingException")]
#[case("RequestLimitExceeded")]
#[tokio::test]
async fn a_throttle_is_told_after_the_retries(#[case] code: &str) {
    let body = json!({"__type": code, "message": "slower"}).to_string();
    let http = answers([(400, body.as_str()); 3]);
    let error = through(http.clone()).read(scan()).await.unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Throttled);
    assert_eq!(http.actual_requests().count(), 3);
    assert!(text(&error).contains("`--rcu-per-second`"), "{error}");
}

#[tokio::test]
async fn an_index_that_does_not_exist_is_not_found() {
    let body = r#"{"__type":"ValidationException",
        "message":"The table does not have the specified index: by_day"}"#;
    let error = through(answers([(400, body)]))
        .read(scan())
        .await
        .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::NotFound);
    assert!(text(&error).contains("no such index"), "{error}");
}

#[tokio::test]
async fn a_denied_list_names_the_action() {
    let body = r#"{"__type":"AccessDeniedException","Message":"no"}"#;
    let error = through(answers([(400, body)]))
        .list_tables(None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Denied);
    assert!(text(&error).contains("`dynamodb:ListTables`"), "{error}");
}

#[rstest]
#[case(404, "<html>not here</html>")]
#[case(200, "<html>welcome</html>")]
#[tokio::test]
async fn a_server_that_is_not_dynamodb_is_told_as_such(#[case] status: u16, #[case] page: &str) {
    let dynamo = through(answers([(status, page), (status, page)]));
    let errors = [
        dynamo.read(scan()).await.unwrap_err(),
        dynamo.describe_table(&orders()).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, ReadErrorKind::Service);
        assert!(
            text(&error).contains("does not answer as DynamoDB"),
            "{error}"
        );
        assert!(text(&error).contains("`--endpoint-url`"), "{error}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = Dynamo::local(&endpoint)
        .list_tables(None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Connection);
    let says = format!("nothing listens at `{endpoint}`");
    assert_eq!(error.problem.what, says);
}

/// A network that fails in one way.
#[derive(Debug, Clone)]
struct Broken(fn() -> ConnectorError);

impl HttpClient for Broken {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Broken {
    fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(self.0()))
    }
}

/// As hyper words it.
#[derive(Debug, thiserror::Error)]
#[error("dns error")]
struct Dns(#[source] io::Error);

#[rstest]
#[case::no_address(
    Broken(|| ConnectorError::io(Dns(io::Error::other("failed to lookup")).into())),
    ReadErrorKind::Region,
    "check `--region`"
)]
#[case::cut(
    Broken(|| ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionReset).into())),
    ReadErrorKind::Connection,
    "connection reset"
)]
#[case::late(
    Broken(|| ConnectorError::timeout("too late".into())),
    ReadErrorKind::Timeout,
    "in time"
)]
#[tokio::test]
async fn a_broken_network_is_told_by_how_it_broke(
    #[case] network: Broken,
    #[case] kind: ReadErrorKind,
    #[case] says: &str,
) {
    let error = through(network).read(scan()).await.unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
    assert!(text(&error).contains(says), "{error}");
}

#[tokio::test]
async fn credentials_that_do_not_load_are_told_with_the_profile_to_renew() {
    let none = provide_credentials_fn(|| async {
        Err(CredentialsError::not_loaded("nothing configured"))
    });
    let error = with_credentials(answers([]), none, None)
        .list_tables(None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Credentials);
    assert_eq!(error.problem.what, "no credentials");

    let expired = provide_credentials_fn(|| async {
        Err(CredentialsError::provider_error(
            "the SSO session has expired",
        ))
    });
    let error = with_credentials(answers([]), expired, Some("prod"))
        .list_tables(None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Credentials);
    assert!(
        text(&error).contains("the SSO session has expired"),
        "{error}"
    );
    assert!(
        text(&error).contains("`aws sso login --profile prod`"),
        "{error}"
    );
}

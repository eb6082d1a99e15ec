//! How the client comes to be: endpoint, region, credentials, timeouts.
//!
//! Owns the order in which each is looked for. Nothing here sends a request: credentials are
//! resolved by the first read, instance metadata last and with one short attempt.

use super::guard::Guard;
use super::tap::Tap;
use super::{Dynamo, Identity, error};
use crate::domain::read::ReadError;
use crate::store::throttle::Throttles;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::imds;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    Builder, Credentials, Region, SharedCredentialsProvider, SharedHttpClient,
};
use aws_sdk_dynamodbstreams as streams;
use aws_smithy_http_client as http;
use std::net::IpAddr;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const READ_TIMEOUT: Duration = Duration::from_secs(10);
const OPERATION_TIMEOUT: Duration = Duration::from_mins(1);
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);

/// The region of a loopback endpoint for which none is configured.
const LOCAL_REGION: &str = "us-east-1";

/// How to reach `DynamoDB`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connect {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--endpoint-url`.
    pub endpoint: Option<String>,
}

/// Where the endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Distance {
    /// On this machine: an emulator, which takes any credentials.
    Loopback,
    /// Anywhere else.
    Remote,
}

impl Dynamo {
    /// Resolves region, endpoint, and the source of credentials as the AWS CLI does.
    ///
    /// # Errors
    /// No region, or an endpoint that is no URL.
    pub async fn connect(connect: Connect) -> Result<Self, ReadError> {
        let configured = configured_region(&connect).await;
        let sdk = shared_config(&connect, configured.as_ref()).await;
        let endpoint = sdk.endpoint_url();
        if let Some(endpoint) = endpoint.filter(|url| host(url).is_none()) {
            return Err(error::no_endpoint(endpoint));
        }
        let distance = endpoint.map_or(Distance::Remote, distance);
        let region = region(configured, distance)?;
        let profile = connect.profile.as_deref();
        let identity = Identity {
            profile: connect
                .profile
                .clone()
                .or_else(|| std::env::var("AWS_PROFILE").ok()),
            region: Some(region.to_string()),
            endpoint: endpoint.map(str::to_owned),
        };
        let http = match endpoint {
            Some(endpoint) if endpoint.starts_with("http://") => plain_http(),
            _ => https(),
        };
        let credentials = credentials(profile, &region, distance).await;
        let sdk = sdk
            .into_builder()
            .credentials_provider(credentials)
            .region(region)
            .build();
        Ok(Self::new(&sdk, distance, http, identity))
    }

    /// A loopback endpoint with placeholder credentials: no aws-config, no TLS roots.
    #[must_use]
    pub fn local(endpoint: &str) -> Self {
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(LOCAL_REGION))
            .endpoint_url(endpoint)
            .credentials_provider(SharedCredentialsProvider::new(placeholder()))
            .build();
        let identity = Identity {
            profile: None,
            region: Some(LOCAL_REGION.to_owned()),
            endpoint: Some(endpoint.to_owned()),
        };
        Self::new(&sdk, Distance::Loopback, plain_http(), identity)
    }

    /// Both clients, alike in all but their service.
    pub(super) fn new(
        sdk: &SdkConfig,
        distance: Distance,
        http: SharedHttpClient,
        identity: Identity,
    ) -> Self {
        let mut streams = streams::config::Builder::from(sdk);
        streams.set_endpoint_url(streams_endpoint(sdk.endpoint_url()));
        let streams = streams
            .http_client(http.clone())
            .interceptor(Guard)
            .timeout_config(timeouts())
            .retry_config(retries(distance))
            .build();
        let items = Builder::from(sdk)
            .http_client(Tap(http))
            .interceptor(Guard)
            .timeout_config(timeouts())
            .retry_config(retries(distance))
            .build();
        Self {
            client: Client::from_conf(items),
            streams: streams::Client::from_conf(streams),
            identity,
            throttles: Throttles::default(),
        }
    }
}

/// Where streams are read: what the variable of the service says, or the endpoint of tables, whose
/// streams AWS serves under a name of their own (general reference, "Amazon `DynamoDB` endpoints").
fn streams_endpoint(tables: Option<&str>) -> Option<String> {
    let of_service = std::env::var("AWS_ENDPOINT_URL_DYNAMODB_STREAMS").ok();
    of_service.or_else(|| tables.map(beside_tables))
}

fn beside_tables(endpoint: &str) -> String {
    match host(endpoint) {
        Some(host) if host.starts_with("dynamodb.") && host.contains(".amazonaws.com") => {
            endpoint.replacen("dynamodb.", "streams.dynamodb.", 1)
        }
        _ => endpoint.to_owned(),
    }
}

/// The SDK has no read timeout of its own.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// An emulator that does not answer will not in a second either.
fn retries(distance: Distance) -> RetryConfig {
    match distance {
        Distance::Remote => RetryConfig::standard().with_max_attempts(5),
        Distance::Loopback => RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(50)),
    }
}

/// Flag, environment, profile. The default chain would go on to ask instance metadata, for seconds
/// where there is none.
async fn configured_region(connect: &Connect) -> Option<Region> {
    let mut of_profile = ProfileFileRegionProvider::builder();
    if let Some(profile) = &connect.profile {
        of_profile = of_profile.profile_name(profile);
    }
    RegionProviderChain::first_try(connect.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(of_profile.build())
        .region()
        .await
        .filter(|region| !region.as_ref().is_empty())
}

/// Everything of environment and profile but region and credentials.
async fn shared_config(connect: &Connect, region: Option<&Region>) -> SdkConfig {
    // Without any region the loader would look for one itself, in instance metadata too.
    let any = Region::from_static(LOCAL_REGION);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .no_credentials()
        .region(region.cloned().unwrap_or(any));
    if let Some(profile) = &connect.profile {
        loader = loader.profile_name(profile);
    }
    // The loader does not know the variable of one service, and its own is the wider one.
    let of_service = || std::env::var("AWS_ENDPOINT_URL_DYNAMODB").ok();
    if let Some(endpoint) = connect.endpoint.clone().or_else(of_service) {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

fn region(configured: Option<Region>, distance: Distance) -> Result<Region, ReadError> {
    let is_label = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match (configured, distance) {
        (Some(region), _) if is_label(region.as_ref()) => Ok(region),
        (Some(region), _) => Err(error::bad_region(region.as_ref())),
        (None, Distance::Loopback) => Ok(Region::from_static(LOCAL_REGION)),
        (None, Distance::Remote) => Err(error::no_region()),
    }
}

/// A profile named by flag comes before the environment, as in the AWS CLI.
async fn credentials(
    profile: Option<&str>,
    region: &Region,
    distance: Distance,
) -> SharedCredentialsProvider {
    let config = ProviderConfig::without_region().with_region(Some(region.clone()));
    let mut of_profile = ProfileFileCredentialsProvider::builder().configure(&config);
    if let Some(profile) = profile {
        of_profile = of_profile.profile_name(profile);
    }
    match (profile, distance) {
        (Some(_), Distance::Remote) => SharedCredentialsProvider::new(
            CredentialsProviderChain::first_try("Profile", of_profile.build()).or_else(
                "Ec2InstanceMetadata",
                imds::credentials::ImdsCredentialsProvider::builder()
                    .imds_client(metadata(&config))
                    .build(),
            ),
        ),
        (Some(_), Distance::Loopback) => SharedCredentialsProvider::new(
            CredentialsProviderChain::first_try("Profile", of_profile.build())
                .or_else("Placeholder", placeholder()),
        ),
        (None, Distance::Loopback) => SharedCredentialsProvider::new(
            CredentialsProviderChain::first_try(
                "Environment",
                EnvironmentVariableCredentialsProvider::new(),
            )
            .or_else("Profile", of_profile.build())
            .or_else("Placeholder", placeholder()),
        ),
        (None, Distance::Remote) => SharedCredentialsProvider::new(
            DefaultCredentialsChain::builder()
                .imds_client(metadata(&config))
                .configure(config)
                .region(region.clone())
                .build()
                .await,
        ),
    }
}

/// Instance metadata with one short attempt: off EC2 nothing answers.
fn metadata(config: &ProviderConfig) -> imds::Client {
    imds::Client::builder()
        .configure(config)
        .max_attempts(1)
        .connect_timeout(METADATA_TIMEOUT)
        .read_timeout(METADATA_TIMEOUT)
        .operation_timeout(METADATA_TIMEOUT)
        .operation_attempt_timeout(METADATA_TIMEOUT)
        .build()
}

/// What emulators take; letters and digits only, which some insist on.
fn placeholder() -> Credentials {
    Credentials::new("driftscope", "driftscope", None, None, "placeholder")
}

fn plain_http() -> SharedHttpClient {
    http::Builder::new().build_http()
}

/// As the SDK's own default, proxies of the environment included.
fn https() -> SharedHttpClient {
    use http::tls::{Provider, rustls_provider::CryptoMode};
    http::Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector =
            http::ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.set_proxy_config(Some(http::proxy::ProxyConfig::from_env()));
        connector.build()
    })
}

/// The host of an `http` or `https` URL.
fn host(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit('@').next()?;
    let host = match place.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => place.split(':').next()?,
    };
    (!host.is_empty() && !host.contains(char::is_whitespace)).then_some(host)
}

fn distance(url: &str) -> Distance {
    let is_loopback = |host: &str| match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    if host(url).is_some_and(is_loopback) {
        Distance::Loopback
    } else {
        Distance::Remote
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("http://localhost:8000", Distance::Loopback)]
    #[case("http://127.0.0.1:4567/", Distance::Loopback)]
    #[case("https://[::1]:8000/path", Distance::Loopback)]
    #[case("http://dynamo.localhost", Distance::Loopback)]
    #[case("http://user@127.0.0.2:1?x", Distance::Loopback)]
    #[case("http://10.0.0.1:8000", Distance::Remote)]
    #[case("https://localhost.example.com", Distance::Remote)]
    #[case("https://dynamodb.eu-west-1.amazonaws.com", Distance::Remote)]
    fn a_loopback_endpoint_is_told_from_a_remote_one(
        #[case] url: &str,
        #[case] expected: Distance,
    ) {
        assert_eq!(distance(url), expected);
    }

    #[rstest]
    #[case("http://127.0.0.1:8000", "http://127.0.0.1:8000")]
    #[case(
        "https://dynamodb.eu-west-1.amazonaws.com",
        "https://streams.dynamodb.eu-west-1.amazonaws.com"
    )]
    #[case("https://dynamodb.example.com", "https://dynamodb.example.com")]
    fn streams_are_read_where_tables_are_but_for_the_name_aws_gives_them(
        #[case] tables: &str,
        #[case] streams: &str,
    ) {
        assert_eq!(beside_tables(tables), streams);
    }

    #[test]
    fn only_a_loopback_endpoint_needs_no_region() {
        let local = region(None, Distance::Loopback).unwrap();
        assert_eq!(local.as_ref(), LOCAL_REGION);
        let error = region(None, Distance::Remote).unwrap_err();
        assert!(error.problem.hint.unwrap().contains("`--region"));
        let told = region(Some(Region::new("eu-west-1")), Distance::Loopback).unwrap();
        assert_eq!(told.as_ref(), "eu-west-1");
    }

    #[test]
    fn what_is_no_name_of_a_region_is_refused() {
        let odd = Some(Region::new("eu west"));
        let error = region(odd, Distance::Remote).unwrap_err();
        assert_eq!(error.problem.what, "`eu west` is not a region");
    }

    #[tokio::test]
    async fn connecting_sends_nothing_and_knows_where_it_will_read() {
        let connect = Connect {
            profile: None,
            region: Some("eu-west-1".to_owned()),
            endpoint: Some("http://127.0.0.1:1".to_owned()),
        };
        let dynamo = Dynamo::connect(connect.clone()).await.unwrap();
        assert_eq!(dynamo.identity.region, connect.region);
        assert_eq!(dynamo.identity.endpoint, connect.endpoint);
    }

    #[tokio::test]
    async fn an_endpoint_that_is_no_url_is_refused_with_an_example() {
        let connect = Connect {
            endpoint: Some("localhost:8000".to_owned()),
            ..Connect::default()
        };
        let error = Dynamo::connect(connect).await.unwrap_err();
        assert!(error.problem.what.contains("`localhost:8000`"));
        assert!(error.problem.hint.unwrap().contains("http://localhost"));
    }

    #[rstest]
    #[case("localhost:8000")]
    #[case("http://")]
    #[case("ftp://localhost")]
    #[case("http://a b")]
    fn what_is_no_url_has_no_host(#[case] url: &str) {
        assert_eq!(host(url), None);
    }
}

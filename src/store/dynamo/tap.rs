//! The tap: takes items off the wire before the SDK decodes them.
//!
//! Wraps the HTTP client. For a request that carries a [`Sink`] it collects the body, checks its
//! checksum, decodes the items into a block, and hands the SDK what is left: counts, last key,
//! consumed units. Everything else passes untouched, errors included. An interceptor could not do
//! this: interceptors are synchronous and see a body that has not arrived.

use super::span;
use crate::domain::item::Block;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, HttpClient, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where the tap leaves the items of one call. Every attempt starts it afresh.
#[derive(Debug, Clone, Default)]
pub(super) struct Sink(Arc<Mutex<Block>>);

impl Sink {
    /// What the last attempt left.
    pub(super) fn take(&self) -> Block {
        self.put(Block::default())
    }

    fn put(&self, block: Block) -> Block {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, block)
    }
}

/// Attaches a sink to every attempt of a call.
#[derive(Debug)]
pub(super) struct Fill(pub(super) Sink);

#[dyn_dispatch_hint]
impl Intercept for Fill {
    fn name(&self) -> &'static str {
        "Tap"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().add_extension(self.0.clone());
        Ok(())
    }
}

/// An HTTP client that fills sinks.
#[derive(Debug)]
pub(super) struct Tap(pub(super) SharedHttpClient);

impl HttpClient for Tap {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: self.0.http_connector(settings, components),
            patience: settings.read_timeout(),
        })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    /// How long the next part of a body may take: the connector below times the first byte only.
    patience: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(sink) = request.extension::<Sink>().cloned() else {
            return self.inner.call(request);
        };
        sink.put(Block::default());
        let (answer, patience) = (self.inner.call(request), self.patience);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            if answer.status().is_success() {
                divert(answer, &sink, patience).await
            } else {
                Ok(answer)
            }
        })
    }
}

/// Moves the items of an answer into the sink.
async fn divert(
    mut answer: HttpResponse,
    sink: &Sink,
    patience: Option<Duration>,
) -> Result<HttpResponse, ConnectorError> {
    let body = collect(answer.take_body(), patience).await?;
    // Developer guide, Programming.LowLevelAPI: CRC32 of the body as it was sent.
    let promised = answer.headers().get("x-amz-crc32");
    if promised.is_some_and(|crc| crc.parse() != Ok(crc32fast::hash(&body))) {
        return Err(ConnectorError::io(
            "the answer does not match its checksum".into(),
        ));
    }
    let (items, rest) =
        span::take_items(body).map_err(|error| ConnectorError::other(error.into(), None))?;
    sink.put(items);
    let length = rest.len().to_string();
    *answer.body_mut() = SdkBody::from(rest);
    answer.headers_mut().insert("content-length", length);
    Ok(answer)
}

/// The whole of a body, each part of it within `patience`.
async fn collect(mut body: SdkBody, patience: Option<Duration>) -> Result<Vec<u8>, ConnectorError> {
    let mut bytes = Vec::new();
    loop {
        let next = body.frame();
        let frame = match patience {
            Some(patience) => tokio::time::timeout(patience, next)
                .await
                .map_err(|late| ConnectorError::timeout(late.into()))?,
            None => next.await,
        };
        let Some(frame) = frame else {
            return Ok(bytes);
        };
        if let Ok(data) = frame.map_err(ConnectorError::io)?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};

    fn answer(status: u16, body: &'static str) -> ReplayEvent {
        ReplayEvent::new(
            http::Request::builder().body(SdkBody::empty()).unwrap(),
            http::Response::builder()
                .status(status)
                .header("content-length", body.len())
                .body(SdkBody::from(body))
                .unwrap(),
        )
    }

    /// A request to `connector` that fills `sink`.
    async fn call(connector: &Connector, sink: Option<&Sink>) -> HttpResponse {
        let mut request = HttpRequest::new(SdkBody::empty());
        if let Some(sink) = sink {
            request.add_extension(sink.clone());
        }
        connector.call(request).await.unwrap()
    }

    fn connector(answers: Vec<ReplayEvent>) -> Connector {
        Connector {
            inner: SharedHttpConnector::new(StaticReplayClient::new(answers)),
            patience: Some(Duration::from_secs(1)),
        }
    }

    #[tokio::test]
    async fn every_attempt_starts_with_an_empty_sink() {
        let page = answer(200, r#"{"Items":[{"a":{"S":"x"}}]}"#);
        let connector = connector(vec![page, answer(500, "{}")]);
        let sink = Sink::default();
        call(&connector, Some(&sink)).await;
        assert_eq!(sink.0.lock().unwrap().len(), 1);
        call(&connector, Some(&sink)).await;
        assert!(sink.take().is_empty());
    }

    #[tokio::test]
    async fn what_is_left_is_as_long_as_its_header_says() {
        let connector = connector(vec![answer(200, r#"{"Items":[{"a":{"S":"x"}}]}"#)]);
        let answer = call(&connector, Some(&Sink::default())).await;
        assert_eq!(answer.body().bytes(), Some(&br#"{"Items":[]}"#[..]));
        assert_eq!(answer.headers().get("content-length"), Some("12"));
    }

    #[tokio::test]
    async fn errors_and_calls_without_a_sink_pass_untouched() {
        let (failure, names) = (r#"{ "__type" : "X" }"#, r#"{ "Items" : [] }"#);
        let connector = connector(vec![answer(400, failure), answer(200, names)]);
        let refused = call(&connector, Some(&Sink::default())).await;
        assert_eq!(refused.body().bytes(), Some(failure.as_bytes()));
        let plain = call(&connector, None).await;
        assert_eq!(plain.body().bytes(), Some(names.as_bytes()));
    }
}

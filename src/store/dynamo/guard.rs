//! The guard: an interceptor that lets listed operations pass and stops everything else before a
//! request is even serialized.
//!
//! Earlier, in `read_before_execution`, no operation has a name yet.

use crate::store::allow;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::Metadata;

/// Refuses what is not on the list of reads.
#[derive(Debug)]
pub(super) struct Guard;

/// An operation that is not on the list of reads.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a read and was not sent")]
pub(super) struct Refused(String);

#[dyn_dispatch_hint]
impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "Guard"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match config.load::<Metadata>() {
            Some(call) if allow::allows(call.service(), call.name()) => Ok(()),
            Some(call) => Err(Refused(call.name().to_owned()).into()),
            None => Err(Refused("an operation without a name".to_owned()).into()),
        }
    }
}

//! Reports throttled attempts: an interceptor of every read of items.
//!
//! Only listens. The SDK retries as ever; each attempt that was throttled is reported as it fails,
//! so that others slow down while this one waits.

use crate::domain::names::{IndexName, TableName};
use crate::domain::read::ReadRequest;
use crate::store::throttle::{Reason, Throttle, Throttles};
use aws_sdk_dynamodb::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemError;
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::operation::scan::ScanError;
use aws_sdk_dynamodb::types::ThrottlingReason;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Error;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;

/// Reports the throttled attempts of one call.
#[derive(Debug)]
pub(super) struct Report {
    throttles: Throttles,
    table: TableName,
    index: Option<IndexName>,
}

impl Report {
    /// Of a call for `request`.
    pub(super) fn of(request: &ReadRequest, throttles: &Throttles) -> Self {
        Self {
            throttles: throttles.clone(),
            table: request.table().clone(),
            index: request.index().cloned(),
        }
    }

    /// A reason of the service, or the one that the error itself stands for.
    fn throttle(&self, told: Option<&ThrottlingReason>, otherwise: Reason) -> Throttle {
        let named = told.and_then(|told| told.reason.as_deref());
        let place = told.and_then(|told| place(told.resource.as_deref()?));
        let (table, index) = place.unwrap_or_else(|| (self.table.clone(), self.index.clone()));
        Throttle {
            table,
            index,
            reason: named.map_or(otherwise, Reason::named),
        }
    }
}

#[dyn_dispatch_hint]
impl Intercept for Report {
    fn name(&self) -> &'static str {
        "Report"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let failed = context.output_or_error().and_then(Result::err);
        let error = failed.and_then(|failed| failed.as_operation_error());
        let Some((reason, told)) = error.and_then(throttled) else {
            return Ok(());
        };
        if told.is_empty() {
            self.throttles.report(&self.throttle(None, reason));
        }
        for told in told {
            self.throttles.report(&self.throttle(Some(told), reason));
        }
        Ok(())
    }
}

/// What an error says of throttling: each operation has a type of its own for the same three.
fn throttled(error: &Error) -> Option<(Reason, &[ThrottlingReason])> {
    macro_rules! of {
        ($($operation:ident),+) => {
            $(if let Some(error) = error.downcast_ref::<$operation>() {
                return match error {
                    $operation::ProvisionedThroughputExceededException(told) => {
                        Some((Reason::Provisioned, told.throttling_reasons()))
                    }
                    $operation::RequestLimitExceeded(told) => {
                        Some((Reason::Account, told.throttling_reasons()))
                    }
                    $operation::ThrottlingException(told) => {
                        Some((Reason::Unnamed, told.throttling_reasons()))
                    }
                    _ => None,
                };
            })+
        };
    }
    of!(GetItemError, BatchGetItemError, QueryError, ScanError);
    None
}

/// Table and index of an ARN: `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/index/NAME`
/// (service authorization reference, `DynamoDB`, resource types).
pub(super) fn place(arn: &str) -> Option<(TableName, Option<IndexName>)> {
    let mut parts = arn.split_once(":table/")?.1.split('/');
    let table = parts.next()?.into();
    let index = match (parts.next(), parts.next()) {
        (Some("index"), Some(index)) => Some(index.into()),
        _ => None,
    };
    Some((table, index))
}

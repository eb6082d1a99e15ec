//! Errors of the SDK in words: what failed, why, what to try.
//!
//! Owns the classes that code acts on. Matches error codes, not types: each operation has an error
//! type of its own, and the codes that matter most (`AccessDeniedException`,
//! `ExpiredTokenException`, `ValidationException`) are modelled by none of them.

mod service;
mod wire;

use super::Dynamo;
use crate::domain::names::TableName;
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::store::Identity;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::error::Error;
use std::io;

/// What was tried, for the words.
#[derive(Debug, Clone, Copy)]
struct Attempt<'a> {
    operation: &'static str,
    table: Option<&'a TableName>,
    identity: &'a Identity,
}

impl Attempt<'_> {
    /// "`Scan` of `orders`"
    fn what(&self) -> String {
        match self.table {
            Some(table) => format!("`{}` of `{table}`", self.operation),
            None => format!("`{}`", self.operation),
        }
    }

    /// The endpoint, or the service in its region.
    fn place(&self) -> String {
        match (&self.identity.endpoint, &self.identity.region) {
            (Some(endpoint), _) => format!("`{endpoint}`"),
            (None, Some(region)) => format!("DynamoDB in `{region}`"),
            (None, None) => "DynamoDB".to_owned(),
        }
    }
}

impl Dynamo {
    /// What a person and the code need to know of a failed call.
    pub(super) fn failed<E>(
        &self,
        operation: &'static str,
        table: Option<&TableName>,
        error: &SdkError<E, HttpResponse>,
    ) -> ReadError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let attempt = self.attempt(operation, table);
        let (kind, problem) = match error {
            SdkError::ServiceError(told) => {
                service::told(&attempt, error.meta(), told.raw().status().as_u16())
            }
            SdkError::ResponseError(told) => {
                wire::foreign(&attempt, Some(told.raw().status().as_u16()))
            }
            SdkError::TimeoutError(_) => wire::late(&attempt),
            _ => wire::failed(&attempt, error),
        };
        ReadError { kind, problem }
    }

    /// An answer, or a request, that makes no sense.
    pub(super) fn not_understood(
        &self,
        operation: &'static str,
        table: Option<&TableName>,
        why: &dyn Error,
    ) -> ReadError {
        let attempt = self.attempt(operation, table);
        let what = format!("{} gave what is not understood", attempt.what());
        ReadError {
            kind: ReadErrorKind::Service,
            problem: Problem::new(what).because(why.to_string()),
        }
    }

    const fn attempt<'a>(
        &'a self,
        operation: &'static str,
        table: Option<&'a TableName>,
    ) -> Attempt<'a> {
        Attempt {
            operation,
            table,
            identity: &self.identity,
        }
    }
}

/// No region was found.
pub(super) fn no_region() -> ReadError {
    ReadError {
        kind: ReadErrorKind::Region,
        problem: Problem::new("no region")
            .because("neither `AWS_REGION` nor the profile names one")
            .hint("`--region eu-west-1`, or `--demo` to look around without AWS"),
    }
}

/// The region cannot be one.
pub(super) fn bad_region(region: &str) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Region,
        problem: Problem::new(format!("`{region}` is not a region")).hint("`--region eu-west-1`"),
    }
}

/// The endpoint is not a URL.
pub(super) fn no_endpoint(endpoint: &str) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Invalid,
        problem: Problem::new(format!("`{endpoint}` is not an endpoint"))
            .because("it is no `http://` or `https://` URL with a host")
            .hint("`--endpoint-url http://localhost:8000`"),
    }
}

/// The error and what it stems from, outermost first. An I/O error names its payload's source as
/// its own, which would skip the payload.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

/// The first error of a type in the chain.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The innermost cause in its own words.
fn cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

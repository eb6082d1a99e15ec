//! What the service answered, by its error codes (API reference, "Common errors"; developer guide,
//! "Error handling with `DynamoDB`").

use super::Attempt;
use super::wire::{foreign, renew};
use crate::domain::problem::Problem;
use crate::domain::read::{Lapse, ReadErrorKind};
use crate::store::allow;
use aws_sdk_dynamodb::error::ErrorMetadata;

/// The class and the words of an error answer.
pub(super) fn told(
    attempt: &Attempt<'_>,
    meta: &ErrorMetadata,
    status: u16,
) -> (ReadErrorKind, Problem) {
    let Some(code) = meta.code() else {
        return foreign(attempt, Some(status));
    };
    let message = meta.message().unwrap_or(code);
    let kind = class(code, message);
    let problem = match kind {
        ReadErrorKind::NotFound => absent(attempt, message),
        ReadErrorKind::Denied => denied(attempt),
        ReadErrorKind::Credentials => Problem::new("the credentials are not accepted")
            .hint(renew(attempt.identity.profile.as_deref())),
        ReadErrorKind::Throttled => Problem::new(format!("{} was throttled", attempt.what()))
            .hint("wait, or read slower with `--rcu-per-second`"),
        ReadErrorKind::Invalid => Problem::new(format!("{} is not valid", attempt.what())),
        _ => Problem::new(format!("{} failed with `{code}`", attempt.what())),
    };
    (kind, problem.because(message.trim_end_matches('.')))
}

fn class(code: &str, message: &str) -> ReadErrorKind {
    match code {
        "ResourceNotFoundException" | "TableNotFoundException" | "IndexNotFoundException" => {
            ReadErrorKind::NotFound
        }
        // An index that does not exist has no code of its own.
        "ValidationException" if message.contains("does not have the specified index") => {
            ReadErrorKind::NotFound
        }
        "ValidationException" | "SerializationException" | "ValidationError" => {
            ReadErrorKind::Invalid
        }
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => {
            ReadErrorKind::Denied
        }
        "ExpiredTokenException"
        | "ExpiredToken"
        | "RequestExpired"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "OptInRequired" => ReadErrorKind::Credentials,
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "Throttling"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "TooManyRequestsException" => ReadErrorKind::Throttled,
        "ExpiredIteratorException" => ReadErrorKind::Lapsed(Lapse::Iterator),
        "TrimmedDataAccessException" => ReadErrorKind::Lapsed(Lapse::Trimmed),
        _ => ReadErrorKind::Service,
    }
}

fn absent(attempt: &Attempt<'_>, message: &str) -> Problem {
    let what = match attempt.table {
        Some(table) if message.contains("specified index") => {
            format!("`{table}` has no such index")
        }
        Some(table) => format!("no table `{table}` at {}", attempt.place()),
        None => format!("{} found nothing", attempt.what()),
    };
    Problem::new(what)
        .hint("`driftscope tables` lists what is there; check `--region` and `--profile`")
}

/// Names the table and the action that the identity lacks.
fn denied(attempt: &Attempt<'_>) -> Problem {
    let action = format!("dynamodb:{}", attempt.operation);
    let hint = match attempt.table {
        Some(table) if allow::allows("DynamoDB Streams", attempt.operation) => {
            format!("grant `{action}` on the streams of table `{table}`")
        }
        Some(table) => format!("grant `{action}` on table `{table}`"),
        None => format!("grant `{action}`"),
    };
    Problem::new(format!("{} is not allowed", attempt.what())).hint(hint)
}

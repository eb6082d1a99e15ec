//! What happened on the way: no credentials, no address, no connection, no answer in time, or an
//! answer of something that is not `DynamoDB`.

use super::{Attempt, cause, chain, find};
use crate::domain::item::DecodeError;
use crate::domain::problem::Problem;
use crate::domain::read::ReadErrorKind;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use std::error::Error;
use std::io;

/// The class and the words of a call that got no answer.
pub(super) fn failed(
    attempt: &Attempt<'_>,
    error: &(dyn Error + 'static),
) -> (ReadErrorKind, Problem) {
    if let Some(error) = find::<CredentialsError>(error) {
        return credentials(attempt, error);
    }
    if find::<DecodeError>(error).is_some() {
        return foreign(attempt, None);
    }
    if chain(error).any(|error| error.to_string() == "dns error") {
        return no_address(attempt);
    }
    let is_refused = |io: &io::Error| io.kind() == io::ErrorKind::ConnectionRefused;
    if chain(error).any(|error| error.downcast_ref().is_some_and(is_refused)) {
        let what = format!("nothing listens at {}", attempt.place());
        let problem = Problem::new(what).hint("start the server, or check `--endpoint-url`");
        return (ReadErrorKind::Connection, problem);
    }
    match find::<ConnectorError>(error) {
        Some(connector) if connector.is_timeout() => late(attempt),
        Some(_) => {
            let what = format!("no connection to {}", attempt.place());
            let problem = Problem::new(what)
                .because(cause(error))
                .hint("check the network, proxies, and `--endpoint-url`");
            (ReadErrorKind::Connection, problem)
        }
        None => {
            let what = format!("{} was not sent", attempt.what());
            (
                ReadErrorKind::Invalid,
                Problem::new(what).because(cause(error)),
            )
        }
    }
}

/// No answer in time.
pub(super) fn late(attempt: &Attempt<'_>) -> (ReadErrorKind, Problem) {
    let what = format!("{} got no answer in time", attempt.what());
    let problem = Problem::new(what)
        .because(format!("{} is slow or out of reach", attempt.place()))
        .hint("try again; check the network, `--region`, and `--endpoint-url`");
    (ReadErrorKind::Timeout, problem)
}

/// Something answered that does not speak `DynamoDB`.
pub(super) fn foreign(attempt: &Attempt<'_>, status: Option<u16>) -> (ReadErrorKind, Problem) {
    let what = format!("{} does not answer as DynamoDB does", attempt.place());
    let why = match status {
        Some(status) => format!("status {status} without a DynamoDB answer"),
        None => "the answer is not DynamoDB JSON".to_owned(),
    };
    let problem = Problem::new(what)
        .because(why)
        .hint("check `--endpoint-url`");
    (ReadErrorKind::Service, problem)
}

fn credentials(attempt: &Attempt<'_>, error: &CredentialsError) -> (ReadErrorKind, Problem) {
    let profile = attempt.identity.profile.as_deref();
    let whose = profile.map_or_else(String::new, |profile| format!(" of profile `{profile}`"));
    let problem = if let CredentialsError::CredentialsNotLoaded(_) = error {
        Problem::new(format!("no credentials{whose}"))
            .because("neither environment, profile, container, nor instance has any")
    } else {
        Problem::new(format!("the credentials{whose} could not be loaded")).because(cause(error))
    };
    (ReadErrorKind::Credentials, problem.hint(renew(profile)))
}

/// How credentials are renewed.
pub(super) fn renew(profile: Option<&str>) -> String {
    match profile {
        Some(profile) => format!("`aws sso login --profile {profile}`, or another `--profile`"),
        None => "`aws sso login`, `--profile NAME`, or `AWS_ACCESS_KEY_ID`".to_owned(),
    }
}

fn no_address(attempt: &Attempt<'_>) -> (ReadErrorKind, Problem) {
    let what = format!("no address is known for {}", attempt.place());
    if attempt.identity.endpoint.is_some() {
        let problem = Problem::new(what).hint("check `--endpoint-url` and the network");
        return (ReadErrorKind::Connection, problem);
    }
    let problem = Problem::new(what)
        .because("the region does not exist, or there is no network")
        .hint("check `--region`");
    (ReadErrorKind::Region, problem)
}

//! What a check tells besides drift: what has expired, and what it could not know.

use crate::support::{Server, Watched, bound, outcome, soon};
use driftscope::domain::drift::Class;
use driftscope::engine::drift::CheckOutcome;
use driftscope::store::Store;
use serde_json::{Value as Json, json};
use std::sync::{Arc, LazyLock};

/// An hour before the tests began: read once, for a session written twice must be the same both times.
static ENDED: LazyLock<i64> = LazyLock::new(|| chrono::Utc::now().timestamp() - 3_600);

const FILE: &str = r#"
version = 1
[dataset.sessions]
base = "sessions"
always = ["user", "device"]
[dataset.sessions.copy.by_user]
table = "by_user"
[dataset.sessions.copy.by_device]
table = "by_device"
"#;

/// Five sessions that ended an hour ago, of which the copies have lost the first.
async fn server() -> Server {
    let server = Server::start().await;
    server.db.create("sessions", &["id"]);
    server.db.create("by_user", &["user", "id"]);
    server.db.create("by_device", &["device", "id"]);
    for n in 1..=5 {
        let session = session(n);
        server.db.put("sessions", &session);
        if n > 1 {
            server.db.put("by_user", &session);
            server.db.put("by_device", &session);
        }
    }
    server
}

fn session(n: usize) -> Json {
    json!({
        "id": {"S": format!("s{n}")}, "user": {"S": "ada"}, "device": {"S": "phone"},
        "ends": {"N": ENDED.to_string()},
    })
}

async fn checked(server: &Server, store: &Arc<dyn Store>) -> CheckOutcome {
    let dataset = bound(&server.store, FILE).await;
    outcome(store, &dataset, &soon(&dataset), None).await
}

fn told(outcome: &CheckOutcome) -> Vec<(&str, Class)> {
    let findings = outcome.findings.iter();
    findings
        .map(|finding| (finding.copy.as_str(), finding.class))
        .collect()
}

#[tokio::test]
async fn what_has_expired_in_a_table_with_a_time_to_live_is_told_and_is_no_drift() {
    let server = server().await;
    server.db.expire("by_user", "ends");
    let outcome = checked(&server, &server.store).await;
    let wanted = [("by_user", Class::Expired), ("by_device", Class::Missing)];
    assert_eq!(told(&outcome), wanted);
    assert_eq!(outcome.summary.copies[0].findings[&Class::Expired], 1);
    assert!(!outcome.summary.copies[0].has_drift() && outcome.summary.has_drift());
}

#[tokio::test]
async fn a_table_that_does_not_tell_its_time_to_live_is_noted_once_and_checked() {
    let server = server().await;
    server.db.expire("by_user", "ends");
    let store = Watched::new(&server.store).denying("by_user").store();
    let outcome = checked(&server, &store).await;
    let wanted = [("by_user", Class::Missing), ("by_device", Class::Missing)];
    assert_eq!(told(&outcome), wanted);
    assert!(outcome.summary.complete);
    let notes: Vec<&str> = outcome.notes.iter().map(|note| &*note.what).collect();
    let unknown = "the time to live of `by_user` is not known";
    assert_eq!(
        notes.iter().filter(|note| **note == unknown).count(),
        1,
        "{notes:?}"
    );
}

#[tokio::test]
async fn base_items_that_lack_an_attribute_of_always_are_noted_with_three_of_them() {
    let server = server().await;
    for n in 1..=4 {
        let mut session = session(n);
        session.as_object_mut().unwrap().remove("device");
        server.db.put("sessions", &session);
    }
    let outcome = checked(&server, &server.store).await;
    let lacking = outcome
        .notes
        .iter()
        .find(|note| note.what.starts_with("`always`"));
    let lacking = lacking.unwrap();
    assert_eq!(
        lacking.what,
        "`always` names `device`, which 4 base items lack"
    );
    assert_eq!(lacking.why.as_deref().unwrap().matches("id=").count(), 3);
}

#[tokio::test]
async fn drift_that_was_confirmed_without_knowing_the_lag_says_so_once() {
    let server = server().await;
    let outcome = checked(&server, &server.store).await;
    assert_eq!(told(&outcome).len(), 2);
    let notes: Vec<&str> = outcome.notes.iter().map(|note| &*note.what).collect();
    assert_eq!(
        notes,
        ["the lag of `by_user`, `by_device` was not measured"]
    );
    server.db.put("by_user", &session(1));
    server.db.put("by_device", &session(1));
    let outcome = checked(&server, &server.store).await;
    assert_eq!((outcome.findings, outcome.notes), (vec![], vec![]));
}

//! One base item beside its items in every copy.

use crate::drift::{dataset, day_key, order, server};
use crate::support::{Do, Server, Watched, item, with_slot};
use driftscope::domain::drift::{Beside, Presence, Sought};
use driftscope::domain::query::Consistency;
use driftscope::domain::read::{ReadError, ReadErrorKind, ReadRequest};
use driftscope::engine::beside;
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Order 7 as it is in the base.
fn seventh() -> Sought {
    Sought {
        base_key: Some(item(&json!({"id": {"S": "o07"}}))),
        stray: None,
    }
}

async fn look(server: &Server, watched: &Watched, sought: &Sought) -> Result<Beside, ReadError> {
    let dataset = dataset(&server.store).await;
    beside(watched.store(), &dataset, sought, CancellationToken::new()).await
}

/// Copy and presence of everything seen.
fn seen(beside: &Beside) -> Vec<(&str, Presence)> {
    let copies = beside.copies.iter();
    copies.map(|s| (s.copy.as_str(), s.presence())).collect()
}

#[tokio::test]
async fn an_item_is_read_strongly_in_the_base_and_where_the_mapping_has_it_in_every_copy() {
    let server = server().await;
    server.db.delete("by_day", &day_key(&order(7)));
    let mut different = order(7);
    different["total"] = json!({"N": "700"});
    server.db.put("by_ticket", &different);
    let watched = Watched::new(&server.store);
    let beside = look(&server, &watched, &seventh()).await.unwrap();
    assert_eq!(beside.base, Some(item(&order(7))));
    assert_eq!(
        seen(&beside),
        [
            ("by_state", Presence::Agrees),
            ("by_day", Presence::Missing),
            ("by_ticket", Presence::Differs(1)),
        ]
    );
    let reads = watched.reads();
    let strong = |read: &ReadRequest| matches!(read, ReadRequest::Get(get) if get.consistency == Consistency::Strong);
    assert_eq!(reads.len(), 4);
    assert!(reads.iter().all(strong), "{reads:?}");
}

#[tokio::test]
async fn a_copy_that_cannot_be_read_hides_none_of_the_others() {
    let server = server().await;
    let watched = Watched::with(&server.store, |_, request| {
        if *request.table() == "by_state" {
            Do::Fail(ReadErrorKind::Denied)
        } else {
            Do::Read
        }
    });
    let beside = look(&server, &watched, &seventh()).await.unwrap();
    assert_eq!(
        seen(&beside),
        [
            ("by_state", Presence::Unread),
            ("by_day", Presence::Agrees),
            ("by_ticket", Presence::Agrees),
        ]
    );
}

#[tokio::test]
async fn a_copy_item_without_a_base_item_is_seen_alone_and_the_others_say_why_they_are_not() {
    let server = server().await;
    let orphan = with_slot(&order(70));
    server.db.put("by_state", &orphan);
    let key = item(&json!({"state": orphan["state"], "slot": orphan["slot"]}));
    let sought = Sought {
        base_key: Some(item(&json!({"id": {"S": "o70"}}))),
        stray: Some(("by_state".into(), key)),
    };
    let beside = look(&server, &Watched::new(&server.store), &sought)
        .await
        .unwrap();
    assert_eq!(beside.base, None);
    assert_eq!(seen(&beside), [("by_state", Presence::Unexpected)]);
    let noted: Vec<&str> = beside.notes.iter().map(|(copy, _)| copy.as_str()).collect();
    assert_eq!(noted, ["by_day", "by_ticket"]);
}

#[tokio::test]
async fn without_its_base_item_or_units_there_is_nothing_to_see() {
    let server = server().await;
    for (table, kind) in [
        ("orders", ReadErrorKind::Denied),
        ("by_day", ReadErrorKind::Budget),
    ] {
        let watched = Watched::with(&server.store, move |_, request| {
            if *request.table() == table {
                Do::Fail(kind)
            } else {
                Do::Read
            }
        });
        let error = look(&server, &watched, &seventh()).await.unwrap_err();
        assert_eq!(error.kind, kind);
    }
}

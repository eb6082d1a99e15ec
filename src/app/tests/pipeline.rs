use super::*;
use crate::app::fixture::lags;
use crate::app::overlay::{Overlay, Question};
use crate::app::pipeline::Following;
use crate::domain::lag::Flow;
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use std::time::Duration;

impl Script {
    /// The pipeline that is followed tells something.
    fn lag(&mut self, event: LagEvent) {
        let ticket = self.ticket(Slot::Lag);
        self.event(Event::Lag(ticket, event));
    }

    fn lag_of(&self, copy: &str) -> Option<(Flow, u64)> {
        let (dataset, copy) = (DatasetName::from("strikes"), CopyName::from(copy));
        self.state.pipeline.lag(&dataset, &copy, self.now)
    }
}

/// Not on the sandbox: there somebody reads the stream already.
fn elsewhere() -> Script {
    let mut script = Script::described();
    script.state.identity.profile = Some("work".to_owned());
    script
}

#[test]
fn on_the_sandbox_the_pipeline_is_followed_at_once_and_left_with_the_screen() {
    let mut script = Script::described();
    script.keys("P");
    assert!(
        matches!(&script.taken()[..], [Effect::Follow { dataset, .. }] if dataset == "strikes")
    );
    assert!(!script.state.is_busy(), "nobody waits for its end");
    script.keys("q");
    assert_eq!(script.taken(), [Effect::Cancel(Slot::Lag)]);
    assert_eq!(script.state.screen, Screen::Explore);
}

#[test]
fn elsewhere_it_asks_once_before_it_takes_a_reader_slot() {
    let mut script = elsewhere();
    script.keys("P");
    assert_eq!(script.taken(), []);
    assert!(matches!(
        script.state.overlay,
        Some(Overlay::Question(Question::Follow { .. }))
    ));
    script.keys("n");
    assert_eq!(
        (script.taken(), &script.state.pipeline.following),
        (Vec::new(), &Following::No)
    );
    script.keys("r y");
    assert!(matches!(&script.taken()[..], [Effect::Follow { .. }]));
    script.keys("esc P");
    assert!(matches!(
        &script.taken()[..],
        [Effect::Cancel(_), Effect::Follow { .. }]
    ));
}

#[test]
fn a_base_without_a_stream_says_that_nothing_can_be_followed() {
    let mut script = Script::described();
    let table = crate::domain::schema::Table {
        stream: None,
        ..crate::app::fixture::table("strikes")
    };
    let ready = Box::new(crate::domain::schema::TableState::Ready(table));
    script.event(Event::Catalog(CatalogEvent::Table("strikes".into(), ready)));
    script.taken();
    script.keys("P");
    assert_eq!(script.taken(), []);
    assert!(
        matches!(&script.state.pipeline.following, Following::Failed(problem) if problem.what.contains("no stream"))
    );
}

#[test]
fn what_was_seen_is_known_of_its_copies_with_its_age() {
    let mut script = Script::described();
    script.keys("P");
    assert_eq!(script.lag_of("by_month"), None);
    script.lag(LagEvent::Report(Box::new(lags())));
    script.keys("q");
    script.now += 90_000;
    let flowing = Flow::Flowing {
        lag: Duration::from_secs(2),
    };
    assert_eq!(script.lag_of("by_month"), Some((flowing, 90_000)));
    let ticket = script.ticket(Slot::Lag);
    script.event(Event::Lag(ticket, LagEvent::Report(Box::default())));
    assert_eq!(
        script.lag_of("by_month").unwrap().0,
        flowing,
        "a late report is dropped"
    );
}

#[test]
fn following_that_ends_says_why() {
    let mut script = Script::described();
    script.keys("P");
    script.lag(LagEvent::Ended);
    assert_eq!(script.state.pipeline.following, Following::Ended);
    script.keys("r");
    let mut report = lags();
    report.error = Some(ReadError {
        kind: ReadErrorKind::Denied,
        problem: Problem::new("may not read the stream"),
    });
    script.lag(LagEvent::Report(Box::new(report)));
    script.lag(LagEvent::Ended);
    assert!(
        matches!(&script.state.pipeline.following, Following::Failed(problem) if problem.what.contains("may not"))
    );
    assert!(!script.state.runs(Slot::Lag));
}

#[test]
fn enter_on_a_copy_shows_what_was_found_of_it_and_d_checks_it() {
    let mut script = Script::described();
    script.keys("P j enter");
    assert_eq!(script.state.screen, Screen::Drift);
    assert_eq!(script.state.drift.copy(), Some(&CopyName::from("by_state")));
    assert_eq!(
        script.effects.last(),
        Some(&Effect::Cancel(Slot::Lag)),
        "it is shown no longer"
    );
    let mut script = Script::described();
    script.keys("P d");
    let one = |effect: &Effect| matches!(effect, Effect::Check { copies, .. } if copies.len() == 1);
    assert!(script.effects.iter().any(one));
}

#[test]
fn only_the_demo_can_be_told_to_lose_a_change() {
    let mut script = Script::described();
    script.keys("D F");
    assert_eq!(script.taken(), [Effect::LoseChange]);
    let mut script = elsewhere();
    script.keys("D F");
    assert_eq!(script.taken(), []);
    assert!(script.notice().contains("only the replicator of the demo"));
}

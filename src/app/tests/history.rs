use super::*;
use crate::app::fixture::{answer, block, strikes};
use crate::app::results::{Phase, Source};
use crate::domain::names::Rcu;
use crate::domain::query::Consistency;
use crate::domain::value::{Item, Value};
use crate::engine::execute::ReadEvent;
use crate::store::Identity;

const FIRST: &str = "SELECT * FROM strikes LIMIT 5";
const SECOND: &str = "SELECT * FROM audit_log LIMIT 7";

impl Script {
    /// A request is written, run, and answered with `n` rows.
    fn asks(&mut self, text: &str, n: usize) {
        self.request(text).keys("enter");
        self.run(RunEvent::Read(ReadEvent::Rows(strikes(0..n))));
        self.run(RunEvent::Done(answer(n as u64)));
    }

    fn shows(&self) -> (&str, usize) {
        (self.state.request.text(), self.state.results.rows.len())
    }
}

fn two() -> Script {
    let mut script = Script::described();
    script.asks(FIRST, 5);
    script.now += 60_000;
    script.asks(SECOND, 7);
    script.now += 120_000;
    script.taken();
    script
}

#[test]
fn stepping_back_shows_the_answer_of_before_with_its_age_and_reads_nothing() {
    let mut script = two();
    script.keys("[");
    assert_eq!(script.shows(), (FIRST, 5));
    assert_eq!(script.state.results.age(script.now), Some(180_000));
    assert!(script.state.results_are_current());
    assert_eq!(script.taken(), []);
    script.keys("]");
    assert_eq!(script.shows(), (SECOND, 7));
    assert_eq!(script.taken(), []);
}

#[test]
fn the_ends_of_the_history_say_so_and_change_nothing() {
    let mut script = two();
    script.keys("[ [");
    assert_eq!(script.shows(), (FIRST, 5));
    assert_eq!(script.notice(), "no earlier request in this session");
    script.keys("] ]");
    assert_eq!(script.shows(), (SECOND, 7));
    assert_eq!(script.notice(), "no later request");
}

#[test]
fn r_reads_again_and_its_answer_takes_the_place_of_the_one_kept() {
    let mut script = two();
    script.keys("[ r");
    assert!(script.last_run().is_some());
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..4))));
    script.run(RunEvent::Done(answer(4)));
    assert_eq!(script.state.results.source, Source::Read);
    assert_eq!(script.state.history.place(), Some((1, 2)));
    script.keys("] [");
    assert_eq!(script.shows(), (FIRST, 4));
}

#[test]
fn a_request_that_is_run_again_from_elsewhere_is_the_last_one_and_there_once() {
    let mut script = two();
    script.asks(FIRST, 3);
    assert_eq!(script.state.history.place(), Some((2, 2)));
    script.keys("[");
    assert_eq!(script.shows(), (SECOND, 7));
    script.keys("]");
    assert_eq!(script.shows(), (FIRST, 3));
}

#[test]
fn strong_and_eventual_are_two_requests() {
    let mut script = two();
    script.keys("c r");
    script.run(RunEvent::Done(answer(0)));
    script.keys("[");
    assert_eq!(script.state.request.consistency, Consistency::Eventual);
    assert_eq!(script.shows(), (SECOND, 7));
    script.keys("]");
    assert_eq!(script.state.request.consistency, Consistency::Strong);
}

#[test]
fn what_was_being_written_is_found_again_at_the_end() {
    let mut script = two();
    script.request("SELECT airport FR").keys("esc [");
    assert_eq!(script.shows(), (SECOND, 7), "back is what the rows are of");
    script.keys("[");
    assert_eq!(script.shows(), (FIRST, 5));
    script.keys("] ]");
    assert_eq!(script.state.request.text(), "SELECT airport FR");
    assert_eq!(script.state.results.rows.len(), 7);
}

#[test]
fn units_are_saved_once_however_often_an_answer_is_looked_at() {
    let mut script = two();
    script.keys("[ ] [ ] [");
    let tally = script.state.ledger.tally;
    assert_eq!((tally.again, tally.saved), (2, Rcu(7.0)));
}

#[test]
fn nobody_steps_away_from_a_request_that_runs() {
    let mut script = two();
    script.keys("r [");
    assert_eq!(script.state.request.text(), SECOND);
    assert_eq!(script.state.results.phase, Phase::Running);
    assert!(script.notice().contains("still runs"));
}

#[test]
fn what_another_run_stopped_is_kept_as_far_as_it_was_read() {
    let mut script = two();
    script
        .request("SELECT * FROM strikes_by_state")
        .keys("enter");
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..2))));
    script.asks("SELECT * FROM strikes_by_party", 1);
    script.keys("[");
    assert_eq!(script.shows(), ("SELECT * FROM strikes_by_state", 2));
    assert!(matches!(&script.state.results.phase, Phase::Ended(a) if !a.complete));
}

#[test]
fn the_oldest_answers_are_dropped_first_and_step_back_to_the_request_alone() {
    let mut script = Script::described();
    let large = |n: usize| {
        let text = Value::s("x".repeat(300 * 1024));
        block((0..n).map(|_| Item::from([("text".to_owned(), text.clone())])))
    };
    for n in 0..4 {
        script
            .request(&format!("SELECT * FROM strikes LIMIT {}", 100 + n))
            .keys("enter");
        script.run(RunEvent::Read(ReadEvent::Rows(large(100))));
        script.now += 1_000;
        script.run(RunEvent::Done(answer(100)));
    }
    script.taken();
    let mut kept = Vec::new();
    for _ in 0..3 {
        script.keys("[");
        kept.push(script.state.results.rows.len());
        assert_eq!(script.taken(), []);
    }
    assert_eq!(kept, [100, 100, 0], "30 MB each, two of them wait");
    assert_eq!(script.state.results.phase, Phase::Dropped);
    assert_eq!(
        script.state.request.text(),
        "SELECT * FROM strikes LIMIT 100"
    );
    assert_eq!(script.state.ledger.tally.again, 2);
    script.keys("r");
    assert!(script.last_run().is_some());
}

#[test]
fn answers_of_another_account_are_not_shown() {
    let mut script = two();
    script.event(Event::Identity(Identity {
        profile: Some("other".to_owned()),
        ..Identity::default()
    }));
    assert!(script.state.results.rows.is_empty());
    script.keys("[");
    assert_eq!(script.shows(), (FIRST, 0));
    assert_eq!(script.state.results.phase, Phase::Dropped);
}

#[test]
fn the_cursor_is_where_it_was() {
    let mut script = two();
    script.keys("[ j j l");
    let before = (script.state.results.scroll, script.state.results.column);
    script.keys("] [");
    assert_eq!(
        before,
        (script.state.results.scroll, script.state.results.column)
    );
    assert_eq!(before.0.cursor, 2);
}

use super::*;
use crate::app::fixture::{answer, book};
use crate::domain::names::Rcu;
use crate::engine::execute::Answer;

fn looks(script: &mut Script) -> usize {
    let taken = script.taken();
    taken.iter().filter(|e| **e == Effect::Ledger).count()
}

fn consumed(script: &mut Script, rcu: f64) {
    script.event(Event::Session(Session {
        rcu: Rcu(rcu),
        requests: 1,
    }));
}

#[test]
fn the_book_is_opened_with_the_screen_and_again_when_something_was_read() {
    let mut script = Script::described();
    consumed(&mut script, 1.0);
    assert_eq!(looks(&mut script), 0, "nobody looks");
    script.keys("L");
    assert_eq!(looks(&mut script), 1);
    script.keys("j k");
    assert_eq!(looks(&mut script), 0);
    consumed(&mut script, 2.0);
    assert_eq!(looks(&mut script), 1);
}

#[test]
fn while_something_runs_it_is_opened_twice_a_second_and_at_the_end() {
    let mut script = Script::described();
    script.keys("enter L");
    let ticket = script.ticket(Slot::Run);
    looks(&mut script);
    for n in 0..10 {
        script.now += 100;
        consumed(&mut script, f64::from(n));
    }
    assert_eq!(looks(&mut script), 2);
    consumed(&mut script, 11.0);
    script.event(Event::Run(ticket, RunEvent::Done(answer(0))));
    assert_eq!(looks(&mut script), 1);
}

#[test]
fn complete_answers_are_compared_with_a_scan_and_others_are_not() {
    let mut script = Script::described();
    script.keys("enter");
    script.run(RunEvent::Done(answer(3)));
    let scan = script.state.results.planned.as_ref().unwrap().scan();
    let middle = crate::app::format::middle(scan.unwrap());
    let tally = script.state.ledger.tally;
    assert_eq!((tally.answers, tally.consumed), (1, Rcu(3.5)));
    assert_eq!(tally.scan, middle);
    script.keys("r");
    script.run(RunEvent::Done(Answer {
        complete: false,
        ..answer(3)
    }));
    assert_eq!(script.state.ledger.tally, tally);
}

#[test]
fn the_newest_request_is_first_and_the_one_under_the_cursor_stays_there() {
    let mut script = Script::described();
    script.keys("L");
    script.event(Event::Ledger(book(5)));
    assert!(script.state.ledger.entry().unwrap().failed);
    script.keys("j j");
    let under = script.state.ledger.entry().cloned();
    let mut grown = book(5);
    let newest = grown.entries[0].clone();
    grown.entries.extend([newest.clone(), newest]);
    script.event(Event::Ledger(grown));
    assert_eq!(script.state.ledger.entry().cloned(), under);
}

#[test]
fn the_dearest_path_is_first() {
    let mut script = Script::described();
    script.keys("L tab");
    script.event(Event::Ledger(book(2)));
    let share = script.state.ledger.share().unwrap();
    assert_eq!(share.table.as_str(), "strikes_by_month");
}

#[test]
fn leaving_the_ledger_cancels_nothing() {
    let mut script = Script::described();
    script.keys("enter L");
    script.taken();
    script.keys("esc");
    assert_eq!(script.state.screen, Screen::Explore);
    assert_eq!(script.taken(), []);
    assert!(script.state.runs(Slot::Run));
    script.keys("L L");
    assert_eq!(script.state.screen, Screen::Explore);
}

use super::*;
use crate::app::fixture::{answer, consumption, strikes, table};
use crate::app::overlay::{Overlay, Question};
use crate::app::results::Phase;
use crate::domain::names::Rcu;
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::schema::{Billing, TableState};
use crate::engine::catalog::CatalogEvent;
use crate::engine::execute::{Answer, ReadEvent};

/// A request of the base alone, whose cost is known.
fn running() -> Script {
    let mut script = Script::described();
    script.keys("enter");
    script
}

fn question(script: &Script) -> Option<&Question> {
    match &script.state.overlay {
        Some(Overlay::Question(question)) => Some(question),
        _ => None,
    }
}

#[test]
fn rows_and_figures_grow_while_it_runs() {
    let mut script = running();
    script.run(RunEvent::Read(ReadEvent::Progress(consumption(
        1.0, 500, 0,
    ))));
    assert_eq!(script.state.results.phase, Phase::Running);
    assert_eq!(script.state.results.consumption.items_read, 500);
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..2))));
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(2..5))));
    assert_eq!(script.state.results.rows.len(), 5);
    let id = |n: usize| {
        let row = script.state.results.rows.get(n).unwrap();
        row.to_item()["strike_id"].clone()
    };
    assert_eq!(id(4), crate::domain::value::Value::s("S00004"));
    assert!(script.state.results.rows.get(5).is_none());
}

#[test]
fn columns_are_keys_first_then_what_the_request_speaks_of() {
    let mut script = Script::described();
    script
        .request("SELECT * FROM strikes WHERE species = 'Herring gull' ORDER BY struck_on LIMIT 9");
    script.keys("enter");
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..1))));
    let columns = script.state.results.columns.list();
    let titles: Vec<&str> = columns.iter().map(|column| column.title.as_str()).collect();
    assert_eq!(
        titles[..4],
        ["airport", "strike_id", "struck_on", "species"]
    );
    assert_eq!(titles.len(), 7);
}

#[test]
fn a_new_run_cancels_the_former_and_drops_what_it_still_says() {
    let mut script = running();
    let former = script.ticket(Slot::Run);
    script.keys("r");
    let cancel = script
        .effects
        .iter()
        .position(|e| *e == Effect::Cancel(Slot::Run));
    let second = script
        .effects
        .iter()
        .rposition(|e| matches!(e, Effect::Run { .. }));
    assert!(cancel.unwrap() < second.unwrap());
    let late = RunEvent::Read(ReadEvent::Rows(strikes(0..9)));
    let effects = script.event(Event::Run(former, late));
    assert!(script.state.results.rows.is_empty());
    assert!(!effects.wants_redraw());
}

#[test]
fn esc_cancels_and_what_was_read_stays() {
    let mut script = running();
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..2))));
    script.keys("esc");
    assert_eq!(script.state.results.phase, Phase::Cancelling);
    assert!(script.effects.contains(&Effect::Cancel(Slot::Run)));
    script.run(RunEvent::Done(Answer {
        complete: false,
        ..answer(2)
    }));
    assert_eq!(script.state.results.rows.len(), 2);
    assert!(!script.state.runs(Slot::Run));
    assert!(!script.state.is_moving());
}

#[test]
fn a_dear_request_asks_first_and_only_yes_runs_it() {
    let mut script = Script::described();
    script.state.settings.ask_rcu = Rcu(100.0);
    script.request("SELECT * FROM audit_log").keys("enter");
    assert!(matches!(question(&script), Some(Question::Cost { .. })));
    assert!(script.last_run().is_none());
    script.keys("n");
    assert!(script.last_run().is_none() && question(&script).is_none());
    script.keys("r enter");
    assert!(matches!(question(&script), Some(Question::Cost { .. })));
    script.keys("y");
    assert!(script.last_run().is_some());
    script.run(RunEvent::Read(ReadEvent::Progress(consumption(
        500.0, 9, 0,
    ))));
    assert!(question(&script).is_none(), "it was agreed to");
}

#[test]
fn a_run_that_reaches_the_limit_waits_for_an_answer() {
    let mut script = running();
    let past = RunEvent::Read(ReadEvent::Progress(consumption(10_000.0, 9, 0)));
    script.run(past.clone());
    assert!(script.effects.contains(&Effect::Pause(Slot::Run)));
    assert_eq!(script.state.results.phase, Phase::Paused);
    script.keys("y");
    assert!(script.effects.contains(&Effect::Resume(Slot::Run)));
    assert_eq!(script.state.results.phase, Phase::Running);
    script.run(past);
    assert!(question(&script).is_none(), "it is asked once");
}

#[test]
fn no_at_the_limit_cancels() {
    let mut script = running();
    script.run(RunEvent::Read(ReadEvent::Progress(consumption(
        10_000.0, 9, 0,
    ))));
    script.keys("n");
    assert!(script.effects.contains(&Effect::Cancel(Slot::Run)));
}

#[test]
fn a_run_that_ends_takes_its_question_back() {
    let mut script = running();
    script.run(RunEvent::Read(ReadEvent::Progress(consumption(
        10_000.0, 9, 0,
    ))));
    script.run(RunEvent::Done(answer(0)));
    assert!(question(&script).is_none());
}

#[test]
fn a_provisioned_table_asks_above_ten_seconds_of_its_units() {
    let mut script = Script::described();
    let mut provisioned = table("audit_log");
    provisioned.billing = Billing::Provisioned { rcu: 5 };
    script.event(Event::Catalog(CatalogEvent::Table(
        provisioned.name.clone(),
        Box::new(TableState::Ready(provisioned)),
    )));
    script.request("SELECT * FROM audit_log").keys("enter");
    let Some(Question::Cost { limit, .. }) = question(&script) else {
        panic!("a question");
    };
    assert_eq!(*limit, Rcu(50.0));
}

#[test]
fn a_run_that_broke_says_so_and_another_can_start() {
    let mut script = running();
    let ticket = script.ticket(Slot::Run);
    script.event(Event::Failed(ticket, Problem::new("it panicked")));
    assert!(matches!(script.state.results.phase, Phase::Failed(_)));
    script.keys("r");
    assert_eq!(script.state.results.phase, Phase::Running);
}

#[test]
fn an_answer_with_an_error_keeps_its_rows() {
    let mut script = running();
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..2))));
    script.run(RunEvent::Done(Answer {
        complete: false,
        error: Some(ReadError {
            kind: ReadErrorKind::Throttled,
            problem: Problem::new("throttled"),
        }),
        ..answer(2)
    }));
    assert_eq!(script.state.results.rows.len(), 2);
}

#[test]
fn ticks_are_wanted_only_while_something_runs() {
    let mut script = running();
    assert!(script.state.is_moving());
    assert!(script.event(Event::Tick).wants_redraw());
    script.run(RunEvent::Done(answer(0)));
    assert!(!script.state.is_moving());
    assert!(!script.event(Event::Tick).wants_redraw());
}

#[test]
fn the_cursor_stays_in_its_column_when_rows_come_anew() {
    let mut script = Script::answered(30);
    script.keys("tab tab tab l l l l");
    let title = |script: &Script| script.state.results.column().map(|c| c.title.clone());
    let before = title(&script).unwrap();
    script.keys("s r");
    assert!(script.state.results.rows.is_empty());
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..3))));
    assert_eq!(title(&script), Some(before));
    assert!(
        script.state.results.column < 4,
        "it was sorted by, so it moved ahead"
    );
}

#[test]
fn the_pace_is_kept_for_the_screen_and_drawn_when_it_changes() {
    let mut state = State::default();
    let pace = Pace {
        rate: Some(Rcu(20.0)),
        share: Some(0.2),
        throttle: None,
    };
    let mut tell = || {
        let fx = update(
            &mut state,
            Event::Pace(pace.clone()),
            &Env { now_millis: 1 },
        );
        fx.wants_redraw()
    };
    assert!(tell());
    assert!(!tell(), "nothing new");
    assert_eq!(state.pace, pace);
}

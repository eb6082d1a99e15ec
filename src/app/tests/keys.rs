use super::*;
use crate::app::fixture::random::any_steps;
use crate::app::overlay::{Overlay, Question};
use crate::app::request::Mode;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case("Z")]
#[case("alt-q")]
#[case("f9")]
#[case("ctrl-t")]
#[case("backspace")]
fn an_unknown_key_does_nothing(#[case] key: &str) {
    let mut script = Script::answered(3);
    let before = format!("{:?}", script.state);
    script.taken();
    let effects = script.event(Event::Key(Key::parse(key).unwrap()));
    assert_eq!(format!("{:?}", script.state), before);
    assert!(!effects.wants_redraw());
    assert_eq!(script.taken(), []);
}

#[test]
fn tab_goes_round_the_panes() {
    let mut script = Script::described();
    let mut panes = Vec::new();
    for _ in 0..4 {
        panes.push(script.state.pane());
        script.keys("tab");
    }
    assert_eq!(panes, Screen::Explore.panes());
    assert_eq!(script.state.pane(), Pane::Tree);
}

#[test]
fn letters_are_text_while_the_request_is_edited() {
    let mut script = Script::described();
    script.request("qdtx");
    assert_eq!(script.state.request.text(), "qdtx");
    assert_eq!(script.effects, []);
    script.keys("tab");
    assert_eq!(script.state.request.mode, Mode::View);
}

#[test]
fn suspending_works_even_while_editing() {
    let mut script = Script::described();
    script.keys("e ctrl-z");
    assert_eq!(script.effects, [Effect::Suspend]);
}

#[test]
fn q_leaves_at_once_when_nothing_runs_and_asks_when_something_does() {
    let mut script = Script::described();
    script.keys("q");
    assert_eq!(script.taken(), [Effect::Quit]);
    script.keys("enter q");
    assert!(matches!(
        script.state.overlay,
        Some(Overlay::Question(Question::Quit))
    ));
    script.keys("y");
    assert_eq!(script.effects.last(), Some(&Effect::Quit));
}

#[test]
fn ctrl_c_first_cancels_then_leaves() {
    let mut script = Script::described();
    script.keys("enter ctrl-c");
    assert_eq!(script.effects.last(), Some(&Effect::Cancel(Slot::Run)));
    script.run(RunEvent::Done(crate::app::fixture::answer(0)));
    script.keys("ctrl-c");
    assert_eq!(script.effects.last(), Some(&Effect::Quit));
}

#[test]
fn the_palette_finds_a_command_by_a_few_letters_and_runs_it() {
    let mut script = Script::described();
    script.keys(":").text("nxtthm").keys("enter");
    assert_eq!(script.effects, [Effect::SetTheme("light".to_owned())]);
    assert!(script.state.overlay.is_none());
}

#[test]
fn themes_go_round() {
    let mut script = Script::described();
    script.keys("t t");
    let names = ["light", "dark"].map(|name| Effect::SetTheme(name.to_owned()));
    assert_eq!(script.effects, names);
}

#[test]
fn a_notice_goes_with_the_next_key() {
    let mut script = Script::described();
    script.keys("t");
    assert_eq!(script.notice(), "theme: light");
    script.keys("j");
    assert_eq!(script.notice(), "");
}

fn placed(script: &mut Script) {
    let mut ports = Viewports::default();
    let area = |x, y, width, height| Area {
        x,
        y,
        width,
        height,
    };
    let body = area(31, 12, 88, 20);
    let placed = Placed {
        frame: area(30, 10, 90, 23),
        body,
        lines: 0,
    };
    ports.place(Pane::Results, placed);
    for (index, x) in [(0, 31), (1, 55)] {
        ports.columns.push(ColumnSpan {
            index,
            x,
            width: 20,
        });
    }
    script.event(Event::Viewports(ports));
}

#[test]
fn a_click_puts_focus_row_and_column() {
    let mut script = Script::answered(30);
    script.keys("tab");
    placed(&mut script);
    script.event(Event::Mouse(Mouse {
        action: MouseAction::Press,
        column: 60,
        row: 16,
    }));
    assert_eq!(script.state.pane(), Pane::Results);
    assert_eq!(script.state.results.scroll.cursor, 4);
    assert_eq!(script.state.results.column, 1);
}

#[test]
fn the_wheel_moves_what_is_under_it() {
    let mut script = Script::answered(30);
    placed(&mut script);
    script.event(Event::Mouse(Mouse {
        action: MouseAction::ScrollDown,
        column: 60,
        row: 16,
    }));
    assert_eq!(script.state.results.scroll.cursor, 3);
}

#[test]
fn a_paste_goes_into_the_text_being_edited() {
    let mut script = Script::described();
    script.request("");
    script.event(Event::Paste("SELECT *\nFROM strikes".to_owned()));
    assert_eq!(script.state.request.text(), "SELECT * FROM strikes");
}

#[test]
fn a_paste_becomes_the_request_and_waits_for_enter() {
    let mut script = Script::described();
    script.event(Event::Paste("q".to_owned()));
    assert_eq!(script.effects, []);
    assert_eq!(script.state.request.text(), "q");
    assert_eq!(script.state.request.mode, Mode::Edit);
    script.keys("esc");
    script.event(Event::Paste("SELECT".to_owned()));
    assert_eq!(script.state.request.text(), "SELECT");
    script.keys("up");
    assert_eq!(script.state.request.text(), "q");
}

#[test]
fn a_paste_answers_no_question() {
    let mut script = Script::described();
    script.state.overlay = Some(Overlay::Question(Question::Quit));
    script.event(Event::Paste("y".to_owned()));
    assert_eq!(script.effects, []);
    assert!(script.state.overlay.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_script_of_events_is_fine(steps in any_steps()) {
        let mut script = Script::described();
        for step in steps {
            script.step(step);
            prop_assert!(script.cursors_are_in_range());
        }
    }
}

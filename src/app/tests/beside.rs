use super::*;
use crate::app::beside::Looked;
use crate::app::fixture::{beside, finding};
use crate::domain::drift::{Class, Sought, Standing};
use crate::domain::problem::Problem;
use crate::domain::read::{ReadError, ReadErrorKind};

/// A finding is shown in every copy.
fn opened() -> Script {
    let mut script = Script::described();
    script.keys("d");
    let found = finding(Class::Different, "by_month", "S00001");
    script.check(CheckEvent::Drift(DriftEvent::Finding(Box::new(found))));
    script.taken();
    script.keys("enter");
    script
}

fn sought(script: &Script) -> Sought {
    match script.effects.last() {
        Some(Effect::Beside { sought, .. }) => (**sought).clone(),
        other => panic!("a look at the item: {other:?}"),
    }
}

#[test]
fn enter_on_a_finding_looks_at_its_base_item_and_at_its_copy_item() {
    let script = opened();
    let found = finding(Class::Different, "by_month", "S00001");
    let sought = sought(&script);
    assert_eq!(sought.base_key, found.base_key);
    assert_eq!(sought.stray, found.copy_key.map(|key| (found.copy, key)));
    assert_eq!(script.state.screen, Screen::Beside);
}

#[test]
fn the_item_screen_and_the_results_look_at_their_item() {
    let mut script = Script::answered(3);
    script.keys("j =");
    let second = sought(&script).base_key.unwrap();
    assert_eq!(
        second["strike_id"],
        crate::domain::value::Value::s("S00001")
    );
    script.keys("esc");
    assert_eq!(script.state.screen, Screen::Explore);
    script.keys("enter =");
    assert_eq!(sought(&script).base_key.unwrap(), second);
    script.keys("q");
    assert_eq!(script.state.screen, Screen::Item);
}

#[test]
fn an_item_of_no_dataset_has_no_copies() {
    let mut script = Script::answered(3);
    if let Some(planned) = &mut script.state.results.planned {
        planned.target = crate::domain::query::Target::Table {
            table: "audit_log".into(),
            index: None,
        };
    }
    script.taken();
    script.keys("=");
    assert_eq!(script.taken(), []);
    assert!(script.notice().contains("no item of a dataset"));
}

#[test]
fn columns_are_gone_through_and_values_copied() {
    let mut script = opened();
    script.beside(Ok(beside()));
    let view = &script.state.beside;
    assert_eq!(view.names[..2], ["airport", "strike_id"]);
    script.keys("h y");
    assert_eq!(
        script.effects.last(),
        Some(&Effect::Copy("DALLAS/FORT WORTH INTL".to_owned()))
    );
    script.keys("l l l l l l l l");
    assert_eq!(
        script.state.beside.column,
        script.state.beside.seen().unwrap().copies.len()
    );
    let differing = |column| {
        let view = &script.state.beside;
        let names = view.names.iter();
        names
            .filter(|name| view.cell(name, column).1 == Standing::Differs)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(differing(0), Vec::<String>::new());
    assert_eq!(differing(1), ["species"]);
}

#[test]
fn leaving_while_it_is_read_cancels_and_an_old_answer_is_dropped() {
    let mut script = opened();
    let old = script.ticket(Slot::Beside);
    script.keys("esc");
    assert_eq!(script.effects.last(), Some(&Effect::Cancel(Slot::Beside)));
    assert_eq!(script.state.screen, Screen::Drift);
    script.keys("enter");
    script.event(Event::Beside(old, Box::new(Ok(beside()))));
    assert_eq!(script.state.beside.looked, Looked::Waiting);
    script.beside(Err(ReadError {
        kind: ReadErrorKind::Denied,
        problem: Problem::new("denied"),
    }));
    assert!(matches!(script.state.beside.looked, Looked::Failed(_)));
    script.taken();
    script.keys("r");
    assert!(matches!(script.effects.last(), Some(Effect::Beside { .. })));
}

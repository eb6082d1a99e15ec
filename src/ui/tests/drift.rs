//! The drift screen.

use super::*;
use crate::app::export::Written;
use crate::domain::drift::AttributeDiff;
use std::time::Duration;

#[test]
fn drift_before_any_check() {
    let mut script = Script::described();
    script.keys("D");
    approve("drift_unchecked", &mut script);
}

#[test]
fn drift_while_it_is_checked() {
    let mut script = Script::described();
    script.keys("d");
    script.now += 3_100;
    script.check(CheckEvent::Drift(DriftEvent::Progress(DriftProgress {
        items: 11_500,
        of: Some(40_000),
        rcu: Rcu(640.5),
        rate: Some(206.6),
        pace: Some(Rcu(500.0)),
        budget: Some(Rcu(5_000.0)),
        eta: Some(Duration::from_secs(40)),
        candidates: 9,
        copies: vec![CopyProgress {
            copy: CopyName::from("by_month"),
            expected: 10_000,
            read: 4_100,
        }],
        ..DriftProgress::new(CheckStep::Copies)
    })));
    let missing = finding(Class::Missing, "by_month", "S04711");
    script.check(CheckEvent::Drift(DriftEvent::Finding(Box::new(missing))));
    approve_at("drift_running", &mut script, ALL_SIZES);
    script.keys("space");
    approve("drift_paused", &mut script);
}

#[test]
fn drift_with_findings() {
    let mut script = found();
    script.keys("j");
    approve_at("drift_found", &mut script, ALL_SIZES);
    script.keys("w");
    approve("drift_write", &mut script);
    script.event(Event::Written("x.jsonl".to_owned(), Written::Existed));
    script.keys("enter");
    script.event(Event::Written("x.jsonl".to_owned(), Written::Existed));
    approve("drift_overwrite", &mut script);
}

#[test]
fn long_values_are_shown_where_they_differ() {
    let mut script = Script::described();
    script.keys("d");
    let remark = "the bird was seen from the tower and hit the ";
    let mut differs = finding(Class::Different, "by_month", "S00815");
    differs.attributes = vec![AttributeDiff {
        path: "remarks".to_owned(),
        base: Some(Value::s(format!("{remark}left engine"))),
        copy: Some(Value::s(format!("{remark}right engine"))),
    }];
    script.check(CheckEvent::Drift(DriftEvent::Finding(Box::new(differs))));
    let shown = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    assert!(
        shown.contains("hit the left engine") && shown.contains("hit the right engine"),
        "{shown}"
    );
}

#[test]
fn drift_when_findings_were_looked_at_again() {
    let mut script = found();
    script.keys("r");
    script.now += 2_100;
    let still = vec![finding(Class::Orphaned, "by_state", "S09999")];
    let copies = [("by_month", 0), ("by_state", 1), ("damaged", 0)];
    let outcome = outcome(&copies, still);
    script.check(CheckEvent::Done(Box::new(Ok(outcome))));
    approve("drift_looked_again", &mut script);
}

#[test]
fn drift_while_changes_are_watched() {
    let mut script = found();
    script.keys("W");
    script.now += 6_200;
    script.check(CheckEvent::Drift(DriftEvent::Progress(DriftProgress {
        items: 46,
        of: Some(50),
        rcu: Rcu(46.0),
        ..DriftProgress::new(CheckStep::Watch)
    })));
    let lost = finding(Class::Missing, "by_party", "S00042");
    script.check(CheckEvent::Drift(DriftEvent::Finding(Box::new(lost))));
    let mended = finding(Class::Different, "by_month", "S00815");
    script.check(CheckEvent::Drift(DriftEvent::Mended(Box::new(mended))));
    approve("drift_watching", &mut script);
}

#[test]
fn what_a_check_left_out_is_said_where_its_figures_stand() {
    let mut script = Script::described();
    script.keys("d");
    script.now += 61_000;
    let mut outcome = outcome(&[("by_month", 9_000)], Vec::new());
    outcome.summary.complete = false;
    outcome.summary.copies[0].pending = 2_500;
    let what = "2500 differences more in `by_month` are counted as pending and not listed";
    outcome.notes = vec![Problem::new(what).because("of one copy 100000 are verified at most")];
    script.check(CheckEvent::Done(Box::new(Ok(outcome))));
    approve("drift_left_out", &mut script);
}

#[test]
fn keys_that_do_something_now_are_offered() {
    let hints = |script: &mut Script| {
        let shown = text(&drawn(script, 200, 60, ColorLevel::TrueColor));
        shown.lines().last().unwrap_or_default().to_owned()
    };
    let mut script = Script::described();
    script.keys("D");
    let idle = hints(&mut script);
    assert!(
        idle.contains("d check") && idle.contains("W watch"),
        "{idle}"
    );
    assert!(!idle.contains("space pause"), "{idle}");
    script.keys("d");
    let busy = hints(&mut script);
    assert!(
        busy.contains("space pause") && !busy.contains("d check"),
        "{busy}"
    );
}

#[test]
fn drift_when_the_check_failed() {
    let mut script = Script::described();
    script.keys("d");
    script.event(Event::Failed(script.ticket(Slot::Check), denied()));
    approve("drift_failed", &mut script);
}

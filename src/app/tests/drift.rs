use super::*;
use crate::app::drift::Badge;
use crate::app::fixture::{finding, outcome};
use crate::app::overlay::{Overlay, Question};
use crate::domain::drift::{Class, Finding};
use crate::domain::names::{CopyName, DatasetName, Rcu};
use crate::domain::problem::Problem;
use crate::engine::drift::{CheckOutcome, DriftEvent, DriftProgress, Phase};

fn progress(items: u64) -> CheckEvent {
    CheckEvent::Drift(DriftEvent::Progress(DriftProgress {
        items,
        of: Some(1000),
        rcu: Rcu(12.5),
        candidates: 1,
        ..DriftProgress::new(Phase::Copies)
    }))
}

fn found(finding: Finding) -> CheckEvent {
    CheckEvent::Drift(DriftEvent::Finding(Box::new(finding)))
}

fn done(outcome: CheckOutcome) -> CheckEvent {
    CheckEvent::Done(Box::new(Ok(outcome)))
}

/// A check of the whole dataset runs.
fn checking() -> Script {
    let mut script = Script::described();
    script.keys("d");
    script
}

fn badge(script: &Script, copy: &str) -> Badge {
    let dataset = DatasetName::from("strikes");
    let now = script.now;
    script
        .state
        .drift
        .badge(&dataset, &CopyName::from(copy), now)
}

#[test]
fn d_checks_the_dataset_and_shows_it() {
    let script = checking();
    let [
        Effect::Check {
            dataset, copies, ..
        },
    ] = &script.effects[..]
    else {
        panic!("one check");
    };
    assert_eq!((dataset.as_str(), copies.len()), ("strikes", 0));
    assert_eq!(script.state.screen, Screen::Drift);
}

#[test]
fn d_on_a_copy_checks_that_copy_alone() {
    let mut script = Script::described();
    script.keys("j j j j d");
    let Some(Effect::Check { copies, .. }) = script.effects.last() else {
        panic!("a check");
    };
    assert_eq!(copies, &[CopyName::from("by_month")]);
    assert_eq!(badge(&script, "by_state"), Badge::Unchecked);
}

#[test]
fn a_dataset_that_is_not_described_cannot_be_checked() {
    let mut script = Script::new();
    script.keys("d");
    assert_eq!(script.effects, []);
    assert!(script.notice().contains("not described yet"));
}

#[test]
fn badges_go_from_unchecked_over_percent_to_the_verdict_and_its_age() {
    let mut script = Script::described();
    assert_eq!(badge(&script, "by_month"), Badge::Unchecked);
    script.keys("d");
    assert_eq!(badge(&script, "by_month"), Badge::Running(None));
    script.check(progress(11_500));
    assert_eq!(badge(&script, "by_month"), Badge::Running(Some(43)));
    let copies = [("by_month", 12), ("damaged", 0)];
    script.check(done(outcome(&copies, Vec::new())));
    assert_eq!(badge(&script, "by_month"), Badge::Drift(12));
    script.now += 120_000;
    assert_eq!(badge(&script, "damaged"), Badge::Clean(120_000));
    assert_eq!(badge(&script, "by_state"), Badge::Unchecked);
}

#[test]
fn a_check_that_was_stopped_is_incomplete_never_clean() {
    let mut script = checking();
    script.keys("esc");
    assert!(script.effects.contains(&Effect::Cancel(Slot::Check)));
    let mut part = outcome(&[("by_month", 0)], Vec::new());
    part.summary.complete = false;
    script.check(done(part));
    assert_eq!(badge(&script, "by_month"), Badge::Incomplete);
}

#[test]
fn findings_are_listed_as_they_come_by_copy_and_by_text() {
    let mut script = checking();
    script.check(found(finding(Class::Missing, "by_month", "S00001")));
    script.check(found(finding(Class::Different, "by_state", "S00002")));
    script.check(found(finding(Class::Orphaned, "by_month", "S00003")));
    assert_eq!(script.state.drift.listed, [0, 1, 2]);
    script.keys("shift-tab j");
    assert_eq!(script.state.drift.copy(), Some(&CopyName::from("by_month")));
    assert_eq!(script.state.drift.listed, [0, 2]);
    script.keys("/").text("orphan").keys("enter");
    assert_eq!(script.state.drift.listed, [2]);
    assert_eq!(script.state.drift.finding().unwrap().class, Class::Orphaned);
}

#[test]
fn a_second_check_of_one_copy_keeps_the_findings_of_the_others() {
    let mut script = checking();
    let findings = vec![
        finding(Class::Missing, "by_month", "S00001"),
        finding(Class::Missing, "by_state", "S00002"),
    ];
    let copies = [("by_month", 1), ("by_state", 1)];
    script.check(found(findings[0].clone()));
    script.check(done(outcome(&copies, findings)));
    assert_eq!(script.state.drift.check().unwrap().findings.len(), 2);
    script.keys("shift-tab j d");
    let findings = &script.state.drift.check().unwrap().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].copy, "by_state");
    assert_eq!(badge(&script, "by_state"), Badge::Drift(1));
}

#[test]
fn a_check_that_broke_fails_for_its_copies() {
    let mut script = checking();
    let ticket = script.ticket(Slot::Check);
    script.event(Event::Failed(ticket, Problem::new("it panicked")));
    assert_eq!(badge(&script, "by_month"), Badge::Failed);
    assert!(!script.state.is_moving());
}

#[test]
fn a_dear_check_asks_first() {
    let mut script = Script::described();
    script.state.settings.ask_rcu = Rcu(10.0);
    script.keys("d");
    assert_eq!(script.effects, []);
    assert!(matches!(
        script.state.overlay,
        Some(Overlay::Question(Question::CheckCost { .. }))
    ));
    script.keys("y");
    assert!(matches!(script.effects[..], [Effect::Check { .. }]));
}

#[test]
fn a_check_and_a_request_run_beside_each_other() {
    let mut script = Script::described();
    script.keys("enter shift-tab shift-tab shift-tab d");
    assert!(script.state.runs(Slot::Run) && script.state.runs(Slot::Check));
    script.keys("q d");
    assert_eq!(script.state.screen, Screen::Drift);
    let checks = script
        .effects
        .iter()
        .filter(|e| matches!(e, Effect::Check { .. }));
    assert_eq!(checks.count(), 1, "a second d shows the running check");
}

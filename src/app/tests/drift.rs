use super::*;
use crate::app::drift::{Badge, Reading};
use crate::app::export::{Existing, Written};
use crate::app::fixture::{finding, outcome};
use crate::app::overlay::{Overlay, Question};
use crate::domain::drift::{Class, Finding, LeftOpen, Unverified};
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

#[test]
fn space_holds_a_check_and_lets_it_go_on() {
    let mut script = checking();
    script.taken();
    script.keys("space");
    assert_eq!(script.taken(), [Effect::Pause(Slot::Check)]);
    assert!(script.state.drift.check().unwrap().is_open());
    script.keys("space");
    assert_eq!(script.taken(), [Effect::Resume(Slot::Check)]);
    script.keys("space esc");
    let effects = [Effect::Pause(Slot::Check), Effect::Cancel(Slot::Check)];
    assert_eq!(script.taken(), effects);
    script.keys("space");
    assert_eq!(script.taken(), []);
}

#[test]
fn a_held_check_is_not_asked_about_and_one_asked_about_goes_on_by_either_key() {
    let mut script = checking();
    script.state.settings.ask_rcu = Rcu(10.0);
    script.keys("space");
    script.check(progress(10));
    assert!(script.state.overlay.is_none());
    script.keys("space");
    script.check(progress(11));
    assert!(matches!(
        script.state.overlay,
        Some(Overlay::Question(Question::Reached { .. }))
    ));
    script.keys("y");
    assert_eq!(script.effects.last(), Some(&Effect::Resume(Slot::Check)));
    script.check(progress(12));
    assert!(script.state.overlay.is_none(), "asked once");
}

/// A check that found three things in two copies.
fn three_found() -> Script {
    let mut script = checking();
    script.check(found(finding(Class::Missing, "by_month", "S00001")));
    script.check(found(finding(Class::Different, "by_state", "S00002")));
    script.check(found(finding(Class::Orphaned, "by_month", "S00003")));
    script
}

#[test]
fn c_goes_through_the_classes_there_are_and_back_to_all() {
    let mut script = three_found();
    for listed in [&[0][..], &[2], &[1], &[0, 1, 2], &[0]] {
        script.keys("c");
        assert_eq!(script.state.drift.listed, listed);
    }
    script.keys("esc");
    assert!(
        script.state.runs(Slot::Check),
        "what runs is cancelled first"
    );
}

#[test]
fn a_class_of_which_nothing_is_left_narrows_nothing() {
    let mut script = three_found();
    script.keys("c");
    let rest = vec![finding(Class::Different, "by_state", "S00002")];
    script.check(done(outcome(&[("by_state", 1)], rest)));
    assert_eq!(script.state.drift.listed, [0]);
}

#[test]
fn w_asks_where_writes_what_is_listed_and_replaces_nothing_unasked() {
    let mut script = three_found();
    script.keys("c w ctrl-u").text("out.jsonl").keys("enter");
    let Some(Effect::Write {
        path,
        lines,
        existing: Existing::Stays,
    }) = script.taken().pop()
    else {
        panic!("it is written");
    };
    assert_eq!((path.as_str(), lines.len()), ("out.jsonl", 1));
    assert!(lines[0].contains(r#""class":"missing""#), "{}", lines[0]);
    script.event(Event::Written(path.clone(), Written::Existed));
    script.keys("n");
    assert_eq!(script.taken(), []);
    script.event(Event::Written(path.clone(), Written::Existed));
    script.keys("y");
    let replaced = script.taken().pop();
    assert!(matches!(
        replaced,
        Some(Effect::Write {
            existing: Existing::Goes,
            ..
        })
    ));
    script.event(Event::Written(path, Written::Whole(1)));
    assert_eq!(script.notice(), "wrote 1 line to `out.jsonl`");
}

#[test]
fn without_a_name_or_findings_nothing_is_written() {
    let mut script = three_found();
    script.keys("w ctrl-u enter");
    assert!(script.notice().contains("empty"));
    script.keys("w esc");
    let mut script = checking();
    script.keys("w");
    assert!(script.state.overlay.is_none() && script.notice().contains("nothing to write"));
}

/// Three findings, confirmed by a check that ended.
fn three_confirmed() -> Script {
    let mut script = checking();
    let findings = vec![
        finding(Class::Missing, "by_month", "S00001"),
        finding(Class::Orphaned, "by_month", "S00003"),
        finding(Class::Different, "by_state", "S00002"),
    ];
    let copies = [("by_month", 2), ("by_state", 1)];
    script.check(done(outcome(&copies, findings)));
    script
}

#[test]
fn r_looks_again_at_what_is_listed_and_what_was_mended_goes() {
    let mut script = three_confirmed();
    script.taken();
    script.keys("shift-tab j r");
    let Some(Effect::Recheck { noted, .. }) = script.effects.last() else {
        panic!("a look at the findings");
    };
    assert_eq!(noted.len(), 2, "those of the selected copy");
    assert_eq!(script.state.drift.listed.len(), 2, "they stay meanwhile");
    let still = vec![finding(Class::Orphaned, "by_month", "S00003")];
    script.check(found(still[0].clone()));
    script.check(done(outcome(&[("by_month", 1)], still)));
    let check = script.state.drift.check().unwrap();
    let classes: Vec<Class> = check.findings.iter().map(|f| f.class).collect();
    assert_eq!(classes, [Class::Different, Class::Orphaned]);
    assert!(matches!(check.reading, Reading::Again { cleared: 1, .. }));
    assert_eq!(badge(&script, "by_month"), Badge::Drift(1));
    assert_eq!(badge(&script, "by_state"), Badge::Drift(1));
}

#[test]
fn a_copy_whose_findings_were_all_mended_is_clean_as_of_its_check() {
    let mut script = three_confirmed();
    script.now += 60_000;
    script.keys("r");
    script.check(done(outcome(
        &[("by_month", 0), ("by_state", 0)],
        Vec::new(),
    )));
    assert!(script.state.drift.listed.is_empty());
    assert_eq!(badge(&script, "by_month"), Badge::Clean(60_000));
}

#[test]
fn what_a_second_look_leaves_open_or_cannot_reach_stays_as_it_was_found() {
    let mut script = three_confirmed();
    script.keys("r");
    let mut part = outcome(&[("by_month", 0)], Vec::new());
    part.summary.complete = false;
    let first = finding(Class::Missing, "by_month", "S00001");
    part.unverified = vec![Unverified {
        dataset: first.dataset,
        copy: first.copy,
        why: LeftOpen::Pending,
        base_key: first.base_key,
        copy_keys: Vec::new(),
    }];
    script.check(done(part));
    let check = script.state.drift.check().unwrap();
    assert_eq!(check.findings.len(), 1);
    assert_eq!(badge(&script, "by_month"), Badge::Drift(1));
    assert_eq!(badge(&script, "by_state"), Badge::Incomplete);
    script.keys("r");
    let ticket = script.ticket(Slot::Check);
    script.event(Event::Failed(ticket, Problem::new("it panicked")));
    assert_eq!(script.state.drift.check().unwrap().findings.len(), 1);
    assert_eq!(badge(&script, "by_month"), Badge::Drift(1));
}

#[test]
fn without_findings_or_while_a_check_runs_nothing_is_looked_at_again() {
    let mut script = three_found();
    script.taken();
    script.keys("r");
    assert_eq!(
        (script.taken(), script.notice()),
        (Vec::new(), "a check runs: it looks at everything anyway")
    );
    let mut script = Script::described();
    script.keys("D r");
    assert!(script.notice().contains("nothing to look at again"));
}

#[test]
fn what_a_watch_finds_is_listed_and_goes_when_it_is_mended() {
    let mut script = Script::described();
    script.keys("D");
    script.effects.clear();
    script.keys("W");
    assert!(matches!(
        &script.effects[..],
        [Effect::Watch { dataset, copies, .. }] if dataset == "strikes" && copies.is_empty()
    ));
    let drifted = finding(Class::Missing, "by_month", "S1");
    script.check(found(drifted.clone()));
    script.check(found(drifted.clone()));
    assert_eq!(script.state.drift.listed.len(), 1);
    assert_eq!(badge(&script, "by_month"), Badge::Drift(1));
    let mended = DriftEvent::Mended(Box::new(drifted));
    script.check(CheckEvent::Drift(mended));
    assert_eq!(script.state.drift.listed, Vec::<usize>::new());
    assert_eq!(
        badge(&script, "by_month"),
        Badge::Unchecked,
        "that nothing is found is no verdict"
    );
}

#[test]
fn nothing_is_watched_before_the_stream_may_be_read() {
    let mut script = Script::described();
    script.state.identity.profile = Some("work".to_owned());
    script.keys("D");
    script.effects.clear();
    script.keys("W");
    assert!(script.effects.is_empty());
}

//! The drift screen.

use super::*;

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
        candidates: 9,
        copies: vec![CopyProgress {
            copy: CopyName::from("by_month"),
            expected: 10_000,
            read: 4_100,
        }],
        ..DriftProgress::new(CheckStep::Copies)
    })));
    approve("drift_running", &mut script);
}

#[test]
fn drift_with_findings() {
    let mut script = found();
    script.keys("j");
    approve("drift_found", &mut script);
}

#[test]
fn drift_when_the_check_failed() {
    let mut script = Script::described();
    script.keys("d");
    script.event(Event::Failed(script.ticket(Slot::Check), denied()));
    approve("drift_failed", &mut script);
}

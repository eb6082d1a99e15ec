//! The pipeline screen, and what other screens say of lag.

use super::*;
use crate::app::LagEvent;
use crate::app::fixture::lags;
use crate::domain::lag::Flow;
use std::time::Duration;

/// A pipeline that was followed for a while.
fn followed(script: &mut Script) {
    script.keys("P");
    let ticket = script.ticket(Slot::Lag);
    for n in 0..30 {
        script.now += 1_000;
        let mut report = lags();
        report.copies[0].flow = Flow::Flowing {
            lag: Duration::from_secs(n % 7),
        };
        script.event(Event::Lag(ticket, LagEvent::Report(Box::new(report))));
    }
}

#[test]
fn a_pipeline_that_is_followed() {
    let mut script = Script::described();
    followed(&mut script);
    script.now += 400;
    script.keys("j");
    approve_at("pipeline", &mut script, ALL_SIZES);
}

#[test]
fn a_pipeline_before_it_may_be_followed() {
    let mut script = Script::described();
    script.state.identity.profile = Some("work".to_owned());
    script.keys("P");
    approve("pipeline_asks", &mut script);
}

#[test]
fn a_route_over_a_copy_tells_its_lag_and_how_old_that_is() {
    let mut script = found();
    script.keys("q");
    followed(&mut script);
    script.keys("q").reroute();
    let shown = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    assert!(shown.contains("a copy, lag ≤ 2 s, ✗ 2 drift"), "{shown}");
    script.now += 180_000;
    let shown = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    assert!(
        shown.contains("a copy, lag ≤ 2 s 3 min ago, ✗ 2 drift"),
        "{shown}"
    );
}

//! The drift check finds exactly the drift there is.

use crate::fixture::{clean, drifted};
use crate::program::driftscope;
use driftscope::sandbox::seeded_drift;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn a_dataset_without_drift_is_clean_and_complete() {
    let output = driftscope(clean())
        .args(["drift", "--grace", "100ms", "--format", "json"])
        .args(["--rcu-per-second", "1000000"])
        .output()
        .unwrap();
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{summary}");
    assert_eq!(
        (summary["complete"].clone(), summary["base_items"].clone()),
        (true.into(), clean().items_of("strikes").len().into())
    );
}

#[test]
fn exactly_the_seeded_drift_is_found() {
    let fixture = drifted();
    let directory = tempfile::tempdir().unwrap();
    let findings = directory.path().join("findings.ndjson");
    let output = driftscope(fixture)
        .args([
            "drift",
            "--grace",
            "100ms",
            "--format",
            "json",
            "--rcu-per-second",
            "1000000",
            "--findings",
        ])
        .arg(&findings)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: BTreeSet<(String, String, String)> = std::fs::read_to_string(findings)
        .unwrap()
        .lines()
        .map(|line| {
            let finding: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| finding[name].as_str().unwrap().to_owned();
            (
                text("copy"),
                text("class"),
                format!("{} {}", finding["base_key"], finding["copy_key"]),
            )
        })
        .collect();
    let key = |key: Option<&driftscope::domain::value::Item>| {
        key.map_or(Value::Null, driftscope::domain::item::item_to_dynamo_json)
    };
    let seeded: BTreeSet<(String, String, String)> = seeded_drift()
        .unwrap()
        .iter()
        .map(|d| {
            (
                d.copy.to_string(),
                d.class.code().to_owned(),
                format!("{} {}", key(Some(&d.base_key)), key(d.copy_key.as_ref())),
            )
        })
        .collect();
    assert_eq!(found, seeded);
}

/// The summary of a check of the clean dataset with more arguments, and with which code it ended.
fn summary(more: &[&str]) -> (Value, Option<i32>) {
    let output = driftscope(clean())
        .args([
            "drift",
            "--grace",
            "100ms",
            "--format",
            "json",
            "--rcu-per-second",
            "1000000",
        ])
        .args(more)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = serde_json::from_slice(&output.stdout);
    (
        summary.unwrap_or_else(|e| panic!("{e}: {told}")),
        output.status.code(),
    )
}

fn consumed(summary: &Value) -> f64 {
    summary["consumed"]["rcu"].as_f64().unwrap()
}

#[test]
fn a_full_check_of_static_tables_consumes_what_was_estimated_within_a_twentieth() {
    let (summary, _) = summary(&[]);
    let range = &summary["scan"]["rcu"];
    let (Some(low), Some(high)) = (range["low"].as_f64(), range["high"].as_f64()) else {
        println!("not compared: this server does not tell the sizes of tables");
        return;
    };
    let (estimate, actual) = (f64::midpoint(low, high), consumed(&summary));
    println!("estimate {estimate} RCU, actual {actual} RCU");
    assert!(
        (actual / estimate - 1.0).abs() <= 0.05,
        "{estimate} estimated, {actual} consumed"
    );
}

#[test]
fn a_check_overspends_its_budget_by_a_page_at_most() {
    for budget in [20, 500] {
        let (summary, code) = summary(&["--max-rcu", &budget.to_string()]);
        assert_eq!((summary["complete"].clone(), code), (false.into(), Some(3)));
        let over = consumed(&summary) - f64::from(budget);
        assert!((0.0..=128.5).contains(&over), "{over} beyond {budget}");
    }
}

#[test]
fn a_check_that_ran_out_of_its_budget_goes_on_from_its_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("check");
    let whole = summary(&[]).0;
    let mut read = 0.0;
    for run in 1.. {
        let (part, code) = summary(&["--max-rcu", "700", "--checkpoint", path.to_str().unwrap()]);
        let before = std::mem::replace(&mut read, consumed(&part));
        assert!(read > before, "run {run} goes on");
        if code == Some(0) {
            for figure in ["base_items", "copies", "consumed"] {
                assert_eq!(part[figure], whole[figure], "as in one go");
            }
            assert!(run > 1);
            break;
        }
        assert_eq!((code, path.exists()), (Some(3), true));
    }
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        0,
        "nothing is left"
    );
}

#[test]
fn a_checkpoint_that_cannot_be_kept_is_told_before_anything_is_read() {
    let output = driftscope(clean())
        .args(["drift", "--checkpoint", "/nowhere/at/all/check"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(
        told.contains("/nowhere/at/all/check") && output.stdout.is_empty(),
        "{told}"
    );
}

//! The drift check finds exactly the drift there is.

use crate::fixture::{clean, drifted};
use crate::program::drift;
use driftscope::sandbox::seeded_drift;
use serde_json::Value;
use std::collections::BTreeSet;

/// As fast as the tables can be read.
const AT_ONCE: [&str; 2] = ["--rcu-per-second", "1000000"];

#[test]
fn a_dataset_without_drift_is_clean_and_complete() {
    let (summary, code) = summary(&[]);
    assert_eq!(code, Some(0), "{summary}");
    assert_eq!(
        (summary["complete"].clone(), summary["base_items"].clone()),
        (true.into(), clean().items_of("strikes").len().into())
    );
}

#[test]
fn exactly_the_seeded_drift_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let findings = directory.path().join("findings.ndjson");
    let file = ["--findings", findings.to_str().unwrap()];
    let ran = drift(drifted(), &[AT_ONCE, file].concat());
    assert_eq!(ran.code, Some(1), "{}", ran.told);
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
    let ran = drift(
        clean(),
        &[&AT_ONCE, &["--format", "json"][..], more].concat(),
    );
    (ran.summary(), ran.code)
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
    let ran = drift(clean(), &["--checkpoint", "/nowhere/at/all/check"]);
    assert_eq!(ran.code, Some(3), "{}", ran.told);
    assert!(
        ran.told.contains("/nowhere/at/all/check") && ran.out.is_empty(),
        "{}",
        ran.told
    );
}

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

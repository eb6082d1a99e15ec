//! What is done with findings: accepted as a baseline, looked at again, mended by a plan.

use crate::fixture::{Fixture, clean, drifted};
use crate::program::{Ran, driftscope, ran};
use rstest::rstest;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The findings of the drifted tables, checked once.
fn findings() -> &'static str {
    static FINDINGS: OnceLock<String> = OnceLock::new();
    FINDINGS.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("findings.ndjson");
        let ran = run(
            drifted(),
            &["drift", "--grace", "50ms", "--findings"],
            Some(&file),
        );
        assert_eq!(ran.code, Some(1), "{}", ran.told);
        std::fs::read_to_string(file).unwrap()
    })
}

fn run(fixture: &Fixture, args: &[&str], file: Option<&Path>) -> Ran {
    ran(driftscope(fixture).args(args).args(file))
}

/// A file with that text, as long as the directory lives.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("findings.ndjson");
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn looked_at_again_nothing_has_changed_so_the_same_is_found() {
    let (_directory, path) = file(findings());
    let ran = run(drifted(), &["recheck", "--format", "jsonl"], Some(&path));
    assert_eq!(ran.code, Some(1), "{}", ran.told);
    let identity = |line: &Value| {
        ["copy", "class", "base_key", "copy_key", "attributes"].map(|name| line[name].to_string())
    };
    let known: Vec<_> = lines(findings()).iter().map(identity).collect();
    let again: Vec<_> = lines(&ran.out).iter().map(identity).collect();
    assert_eq!(again, known);
}

#[test]
fn what_agrees_by_now_is_clean_when_looked_at_again() {
    let copies = ["\"by_month\"", "\"by_state\""];
    let of_copies = findings()
        .lines()
        .filter(|line| copies.iter().any(|copy| line.contains(copy)));
    // The clean tables have the same keys without the drift, but for base items that only the drift has.
    let missing: Vec<&str> = of_copies
        .filter(|line| line.contains("\"missing\""))
        .collect();
    assert!(!missing.is_empty());
    let (_directory, path) = file(&missing.join("\n"));
    let ran = run(clean(), &["recheck", "--format", "json"], Some(&path));
    assert_eq!(ran.code, Some(0), "{}", ran.told);
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&summary["mode"], &summary["complete"]),
        (&"recheck".into(), &true.into())
    );
}

#[rstest]
#[case::cut_off(|text: &str| text[..text.len() - 20].to_owned(), "cut off")]
#[case::foreign(|text: &str| format!("{text}{{\"rows\":[]}}\n"), "no finding")]
#[case::a_key_of_another_type(|text: &str| text.replace("\"base_key\":{\"airport\":{\"S\"", "\"base_key\":{\"airport\":{\"B\""), "key")]
#[case::no_dataset(|text: &str| text.replace("\"dataset\":\"strikes\"", "\"dataset\":\"strokes\""), "no dataset `strokes`")]
#[case::no_copy(|text: &str| text.replace("\"copy\":\"", "\"copy\":\"former_"), "no copy `former_")]
fn a_file_that_cannot_be_looked_at_says_what_is_wrong(
    #[case] spoil: fn(&str) -> String,
    #[case] what: &str,
) {
    let (_directory, path) = file(&spoil(findings()));
    let ran = run(drifted(), &["recheck"], Some(&path));
    assert_eq!(ran.code, Some(2), "{}", ran.told);
    assert!(ran.told.contains(what), "{}", ran.told);
}

#[test]
fn a_line_that_is_wrong_is_named_by_its_number() {
    let first = findings().lines().next().unwrap();
    let (_directory, path) = file(&format!("{first}\n\n{}", &first[..40]));
    let ran = run(drifted(), &["recheck"], Some(&path));
    assert!(ran.told.contains("findings.ndjson:3:1: "), "{}", ran.told);
}

#[test]
fn findings_of_a_copy_that_is_gone_leave_the_others_looked_at_and_the_run_incomplete() {
    let first = findings()
        .lines()
        .find(|line| line.contains("\"missing\""))
        .unwrap();
    let gone = first.replace("\"copy\":\"", "\"copy\":\"former_");
    let (_directory, path) = file(&format!("{first}\n{gone}\n"));
    let ran = run(clean(), &["recheck", "--format", "json"], Some(&path));
    assert_eq!(ran.code, Some(3), "{}", ran.told);
    assert!(ran.told.contains("has no copy `former_"), "{}", ran.told);
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["complete"], false);
}

#[test]
fn a_file_that_is_not_there_and_one_that_is_empty_are_told_apart() {
    let (_directory, path) = file("");
    let ran = run(clean(), &["recheck"], Some(&path));
    assert_eq!(ran.code, Some(0), "{}", ran.told);
    assert!(ran.told.contains("no finding"), "{}", ran.told);
    let ran = run(clean(), &["recheck", "/nowhere/findings.ndjson"], None);
    assert_eq!(ran.code, Some(2), "{}", ran.told);
}

/// A check of the drifted tables against accepted findings.
fn against_baseline(accepted: &str) -> Ran {
    let (_directory, path) = file(accepted);
    let args = [
        "drift",
        "--grace",
        "50ms",
        "--format",
        "jsonl",
        "--baseline",
    ];
    run(drifted(), &args, Some(&path))
}

#[test]
fn drift_that_was_accepted_is_told_and_ends_clean() {
    let ran = against_baseline(findings());
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.told);
    let count = findings().lines().count();
    assert!(
        ran.told.contains(&format!("{count} accepted, 0 not")),
        "{}",
        ran.told
    );
}

#[test]
fn drift_beyond_the_baseline_is_drift_and_entries_without_drift_are_told() {
    let (known, rest) = findings().split_once('\n').unwrap();
    let changed = known.replace("\"S\":\"", "\"S\":\"former ");
    let ran = against_baseline(&format!("{changed}\n{rest}"));
    assert_eq!(ran.code, Some(1), "{}", ran.told);
    assert_eq!(ran.out.lines().count(), 1);
    assert!(
        ran.told.contains("1 entries are not found any more"),
        "{}",
        ran.told
    );
}

#[rstest]
#[case(".sh", &["#!/bin/sh", "aws dynamodb put-item --table-name '", "aws dynamodb delete-item --table-name '", "# nothing planned: "])]
#[case(".jsonl", &["\"PutRequest\":{\"Item\":{", "\"DeleteRequest\":{\"Key\":{", "\"ConditionExpression\":", "\"skipped\":\"duplicate\""])]
fn a_plan_has_a_write_for_what_a_write_mends(#[case] suffix: &str, #[case] holds: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("plan{suffix}"));
    let args = [
        "drift", "--grace", "50ms", "--quiet", "--format", "json", "--plan",
    ];
    let ran = run(drifted(), &args, Some(&path));
    assert_eq!(ran.code, Some(1), "{}", ran.told);
    let plan = std::fs::read_to_string(path).unwrap();
    for part in holds {
        assert!(plan.contains(part), "{part} in {plan}");
    }
}

#[test]
fn a_plan_under_another_name_is_refused_before_anything_is_read() {
    let ran = run(drifted(), &["drift", "--plan", "plan.txt"], None);
    assert_eq!(ran.code, Some(2), "{}", ran.told);
    assert!(ran.told.contains("`.jsonl`"), "{}", ran.told);
}

//! `drift` of a part: samples and partitions, as scripts see them.

use crate::fixture::{clean, drifted};
use crate::program::{Ran, drift, ran};
use rstest::rstest;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn a_sample_says_how_much_drift_there_may_be_and_never_that_there_is_none() {
    let args = ["--mode", "sample", "--copy", "by_month"];
    let ran = drift(clean(), &[&args[..], &["--format", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.told);
    let summary = ran.summary();
    assert_eq!(
        (&summary["mode"], &summary["complete"]),
        (&"sample".into(), &true.into())
    );
    for direction in ["base_to_copy", "copy_to_base"] {
        let bound = &summary["copies"][0]["bound"][direction];
        assert_eq!(bound["sampled"], 2_995, "{summary}");
        assert_eq!(
            (&bound["drifted"], &bound["rate_upper_95"]),
            (&0.into(), &0.001.into())
        );
    }
    let ran = drift(clean(), &[&args[..], &["--sample", "100"]].concat());
    assert!(ran.out.contains("not \"no drift\""), "{}", ran.out);
}

/// Said of a server that does not tell how large its tables are.
const NO_SIZE: &str = "a table has not reported its size yet";

#[test]
fn a_sample_as_large_as_the_table_finds_what_a_full_check_finds() {
    let args = ["--format", "json", "--copy", "by_month"];
    let full = drift(drifted(), &args).summary();
    let sample = drift(
        drifted(),
        &[
            &args[..],
            &["--mode", "sample", "--sample", "20000", "--yes"],
        ]
        .concat(),
    );
    assert_eq!(sample.code, Some(1), "{}", sample.told);
    // Which of them reads less is known where the server tells how large its tables are.
    assert_ne!(
        sample.told.contains("a full check reads less"),
        sample.told.contains(NO_SIZE),
        "{}",
        sample.told
    );
    assert_eq!(
        sample.summary()["copies"][0]["findings"],
        full["copies"][0]["findings"]
    );
}

#[rstest]
#[case::a_size_without_the_mode(&["--sample", "10"], "`--mode sample`")]
#[case::no_items(&["--mode", "sample", "--sample", "0"], "--sample")]
#[case::another_mode(&["--mode", "half"], "half")]
fn bad_flags_are_usage(#[case] args: &[&str], #[case] what: &str) {
    let ran = drift(clean(), args);
    assert_eq!(ran.code, Some(2), "{}", ran.told);
    assert!(ran.told.contains(what), "{}", ran.told);
}

/// Lines of findings of a copy, as text.
fn findings(copy: &str, more: &[&str]) -> Vec<Value> {
    let args = ["--format", "jsonl", "--quiet", "--copy", copy];
    let ran = drift(drifted(), &[&args[..], more].concat());
    let lines = ran.out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn identity(finding: &Value) -> String {
    ["class", "base_key", "copy_key", "attributes"]
        .map(|name| finding[name].to_string())
        .concat()
}

#[rstest]
#[case::computed("by_month", "month")]
#[case::kept("by_state", "state")]
#[case::one_to_many("by_party", "party")]
fn a_partition_holds_the_findings_that_a_full_check_has_there(
    #[case] copy: &str,
    #[case] key: &str,
) {
    let full = findings(copy, &[]);
    let drifted: BTreeSet<&str> = full
        .iter()
        .filter_map(|f| f["copy_key"][key]["S"].as_str())
        .collect();
    assert!(!drifted.is_empty());
    for partition in drifted {
        let there = full.iter().filter(|f| f["copy_key"][key]["S"] == partition);
        let condition = format!("{key} = '{}'", partition.replace('\'', "''"));
        let found = findings(copy, &["--partition", &condition]);
        let found: BTreeSet<String> = found
            .iter()
            .filter(|f| f["copy_key"][key]["S"] == partition)
            .map(identity)
            .collect();
        assert_eq!(found, there.map(identity).collect(), "{condition}");
    }
}

#[test]
fn a_clean_partition_is_counted_and_says_how_its_base_items_were_found() {
    let args = [
        "--copy",
        "by_month",
        "--partition",
        "month = '1998-08'",
        "--format",
        "json",
    ];
    let ran = drift(clean(), &args);
    assert_eq!(ran.code, Some(0), "{}", ran.told);
    assert!(
        ran.told.contains("base items of the partition are found"),
        "{}",
        ran.told
    );
    let summary = ran.summary();
    let month = |item: &&driftscope::domain::value::Item| {
        format!("{:?}", item["month"]).contains("1998-08")
    };
    let there = clean()
        .items_of("strikes_by_month")
        .iter()
        .filter(month)
        .count();
    assert_eq!(
        (&summary["mode"], &summary["complete"]),
        (&"partition".into(), &true.into())
    );
    let copy = &summary["copies"][0];
    assert_eq!(
        (&copy["expected"], &copy["actual"]),
        (&there.into(), &there.into())
    );
}

#[rstest]
#[case::no_copy(&["--partition", "month = '1998-08'"], "exactly one `--copy`")]
#[case::two_copies(&["--copy", "by_month", "--copy", "by_state", "--partition", "month = 'x'"], "exactly one `--copy`")]
#[case::another_attribute(&["--copy", "by_month", "--partition", "slot = 'x'"], "month = …")]
#[case::a_range(&["--copy", "by_month", "--partition", "month > '1998'"], "names no partition")]
#[case::more_than_the_key(&["--copy", "by_month", "--partition", "month = 'x' AND slot = 'y'"], "names no partition")]
#[case::another_type(&["--copy", "by_month", "--partition", "month = 8"], "type S")]
#[case::no_condition(&["--copy", "by_month", "--partition", "month ="], "")]
#[case::with_a_sample(&["--copy", "by_month", "--mode", "sample", "--partition", "month = 'x'"], "--mode sample")]
#[case::with_a_checkpoint(&["--copy", "by_month", "--checkpoint", "/nowhere/c", "--partition", "month = 'x'"], "full check")]
fn a_partition_that_is_none_is_usage(#[case] args: &[&str], #[case] what: &str) {
    let ran = drift(clean(), args);
    assert_eq!(ran.code, Some(2), "{}", ran.told);
    assert!(ran.told.contains(what), "{}", ran.told);
}

/// The clean tables with another mapping of months.
fn with_mapping(from: &str, to: &str, args: &[&str]) -> Ran {
    let fixture = clean();
    let text = std::fs::read_to_string(&fixture.dataset_path).unwrap();
    assert!(text.contains(from), "{text}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.toml");
    std::fs::write(&path, text.replace(from, to)).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("driftscope").unwrap();
    command
        .env("HOME", directory.path())
        .env_remove("AWS_PROFILE")
        .args(["--endpoint-url", &fixture.endpoint, "--dataset"])
        .arg(path)
        .args(["drift", "--grace", "50ms", "--copy", "by_month"])
        .args(args);
    ran(&mut command)
}

#[rstest]
#[case::nothing(
    "month(struck_on)",
    "month(stricken_on)",
    "gives no item for any of 100 base items"
)]
fn a_mapping_that_is_wrong_for_all_is_told_before_the_scan_and_stops_it(
    #[case] from: &str,
    #[case] to: &str,
    #[case] what: &str,
) {
    let ran = with_mapping(from, to, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.told);
    assert!(ran.told.contains(what), "{}", ran.told);
    assert_eq!(ran.told.matches("strike_id=").count(), 3, "{}", ran.told);
    let ran = with_mapping(from, to, &["--yes", "--format", "json"]);
    assert!(ran.told.contains(what), "{}", ran.told);
    assert!(!ran.out.is_empty(), "{}", ran.told);
}

#[test]
fn described_counts_are_told_first_and_called_no_verdict() {
    let ran = drift(clean(), &["--copy", "by_month", "--max-rcu", "5"]);
    assert_ne!(
        ran.told.contains("`by_month` 10000 (+0)") && ran.told.contains("no verdict"),
        ran.told.contains(NO_SIZE),
        "{}",
        ran.told
    );
}

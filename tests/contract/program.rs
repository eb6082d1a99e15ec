//! The program against the tables under test: `tables`, `query`, `explain` as scripts see them.

use crate::brute::truth;
use crate::fixture::{Fixture, clean};
use assert_cmd::Command;
use driftscope::domain::query::parse_request;
use driftscope::sandbox::Sandbox;
use serde_json::Value;
use std::process::Output;

/// Where nothing can be kept: what one run learns shall not change another one's route.
const NOWHERE: &str = "/dev/null";

pub(crate) fn driftscope(fixture: &Fixture) -> Command {
    let mut command = Command::cargo_bin("driftscope").unwrap();
    command
        .env_remove("AWS_PROFILE")
        .env("HOME", fixture.dataset_path.parent().unwrap())
        .env("XDG_CACHE_HOME", NOWHERE);
    command
        .args(["--endpoint-url", &fixture.endpoint, "--dataset"])
        .arg(&fixture.dataset_path);
    command
}

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            out: text(output.stdout),
            told: text(output.stderr),
        }
    }

    /// What was printed, as one JSON value.
    pub(crate) fn summary(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.told))
    }
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    Ran::of(command.output().unwrap())
}

/// Runs a drift check.
pub(crate) fn drift(fixture: &Fixture, args: &[&str]) -> Ran {
    ran(driftscope(fixture)
        .args(["drift", "--grace", "50ms"])
        .args(args))
}

pub(crate) fn json(command: &mut Command) -> Value {
    let output = command.args(["--format", "json"]).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

const ACCEPTANCE: &str = "SELECT * FROM strikes WHERE struck_on BETWEEN '1998-08-10' AND '1998-10-02' ORDER BY struck_on DESC LIMIT 50";

/// The program on a sandbox of its own, with its home in the directory.
pub(crate) fn of_sandbox(
    sandbox: &Sandbox,
    directory: &tempfile::TempDir,
) -> std::process::Command {
    let dataset = directory.path().join("driftscope.toml");
    std::fs::write(&dataset, Sandbox::dataset_text()).unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("driftscope"));
    command
        .env("HOME", directory.path())
        .args(["--endpoint-url", sandbox.endpoint(), "--dataset"])
        .arg(dataset);
    command
}

#[test]
fn tables_come_by_dataset_base_first_then_copies_as_the_file_has_them() {
    let fixture = clean();
    let told = json(driftscope(fixture).arg("tables"));
    let names: Vec<&str> = told["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["name"].as_str().unwrap())
        .collect();
    let dataset = fixture.catalog.dataset("strikes").unwrap();
    let parts: Vec<&str> = std::iter::once(dataset.dataset.base.as_str())
        .chain(
            dataset
                .dataset
                .copies
                .values()
                .map(|copy| copy.table.as_str()),
        )
        .collect();
    let (first, others) = names.split_at(parts.len());
    assert_eq!(first, parts);
    assert!(others.is_sorted(), "{others:?}");
}

#[test]
fn tables_tells_base_copies_and_indexes() {
    let fixture = clean();
    let all = json(driftscope(fixture).arg("tables"));
    let of = |name: &str| {
        all["tables"]
            .as_array()
            .unwrap()
            .iter()
            .find(|t| t["name"] == name)
            .unwrap_or_else(|| panic!("{name} in {all}"))
            .clone()
    };
    let base = of("strikes");
    assert_eq!(
        (&base["role"], &base["dataset"]),
        (&"base".into(), &"strikes".into())
    );
    assert_eq!(
        base["keys"],
        serde_json::json!({"partition": ["airport"], "sort": ["strike_id"]})
    );
    let mut indexes: Vec<&str> = base["indexes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|i| i["kind"].as_str())
        .collect();
    indexes.sort_unstable();
    assert_eq!(indexes, ["global", "local"]);
    assert_eq!(
        (
            of("strikes_by_month")["role"].clone(),
            of("strikes_by_month")["copy"].clone()
        ),
        ("copy".into(), "by_month".into())
    );
}

#[test]
fn a_range_of_dates_in_date_order_goes_through_the_months_newest_first() {
    let fixture = clean();
    let explained = json(driftscope(fixture).args(["explain", ACCEPTANCE]));
    let plan = &explained["plan"];
    assert_eq!(plan["copy"], "by_month");
    assert_eq!(
        plan["partitions"],
        serde_json::json!([{"month": "1998-10"}, {"month": "1998-09"}, {"month": "1998-08"}])
    );
    assert_eq!(plan["order"], "concatenate");
}

#[test]
fn the_rows_of_a_query_are_the_rows_of_the_base_in_order() {
    let fixture = clean();
    let answer = json(driftscope(fixture).args(["query", ACCEPTANCE]));
    let truth = truth(
        &parse_request(ACCEPTANCE).unwrap(),
        fixture.items_of("strikes"),
    );
    let days: Vec<&str> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["struck_on"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = truth
        .sequence
        .iter()
        .map(|v| format!("{:?}", v[0].clone().unwrap()))
        .collect();
    assert_eq!(
        days.iter().map(|d| format!("S({d:?})")).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        (answer["count"].clone(), answer["complete"].clone()),
        (50.into(), true.into())
    );
}

#[test]
fn the_routed_query_consumes_at_most_a_twentieth_of_a_scan_of_the_base() {
    let fixture = clean();
    let routed = json(driftscope(fixture).args(["query", ACCEPTANCE]));
    let scanned = json(driftscope(fixture).args([
        "query",
        "SELECT COUNT(*) FROM strikes.strikes WHERE size(species) > 0",
        "--yes",
    ]));
    let rcu = |answer: &Value| answer["consumed"]["rcu"].as_f64().unwrap();
    assert_eq!(scanned["plan"]["operation"], "scan");
    assert!(
        rcu(&routed) * 20.0 <= rcu(&scanned),
        "{} against {}",
        rcu(&routed),
        rcu(&scanned)
    );
}

#[test]
fn rows_have_the_base_shape_whatever_the_route() {
    let fixture = clean();
    let answer = json(driftscope(fixture).args(["query", ACCEPTANCE]));
    let row = answer["rows"][0].as_object().unwrap();
    assert!(
        row.contains_key("airport") && !row.contains_key("slot") && !row.contains_key("month"),
        "{row:?}"
    );
}

#[test]
fn count_agrees_with_the_rows() {
    let fixture = clean();
    let counted = json(driftscope(fixture).args([
        "query",
        "SELECT COUNT(*) FROM strikes WHERE damage = 'Substantial'",
    ]));
    let listed = json(driftscope(fixture).args([
        "query",
        "SELECT strike_id FROM strikes WHERE damage = 'Substantial'",
    ]));
    assert_eq!(
        counted["count"].as_u64().unwrap(),
        listed["rows"].as_array().unwrap().len() as u64
    );
    assert_eq!(counted["rows"], serde_json::json!([]));
}

#[test]
fn what_analyze_keeps_makes_the_estimate_of_a_later_run_an_analyzed_one() {
    let fixture = clean();
    let cache = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        json(
            driftscope(fixture)
                .env("XDG_CACHE_HOME", cache.path())
                .args(args),
        )
    };
    let analyzed = run(&["analyze", "strikes", "--max-rcu", "1000"]);
    let sample = &analyzed["samples"][0];
    assert_eq!(
        (&sample["sampled"], &sample["complete"]),
        (&10_000.into(), &true.into()),
        "{analyzed}"
    );
    let month = format!("{}strikes_by_month", fixture.prefix);
    let paths = sample["paths"].as_array().unwrap();
    let path = paths.iter().find(|path| path["table"] == month.as_str());
    assert_eq!(path.unwrap()["items"]["expected"], 10_000.0);
    let explained = run(&["explain", ACCEPTANCE]);
    assert_eq!(
        explained["plan"]["estimate"]["basis"], "analyzed",
        "{explained}"
    );
}

#[test]
fn a_dataset_that_there_is_not_cannot_be_analyzed() {
    let output = driftscope(clean())
        .args(["analyze", "strike"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("`strikes`"), "{told}");
}

#[test]
fn what_cannot_be_kept_is_a_note_and_no_failure() {
    let mut command = driftscope(clean());
    let output = command
        .args(["analyze", "--max-rcu", "5"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("statistics cannot be kept"), "{told}");
}

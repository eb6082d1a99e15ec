//! `lag`, as scripts see it.

use crate::fixture::{faulty, shop};
use crate::program::{driftscope, of_sandbox};
use driftscope::sandbox::{Fault, Sandbox};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// `lag --follow` of the sandbox's dataset up to the line that is so; with which code ctrl-c then ends it.
fn followed(sandbox: &Sandbox, is_so: impl Fn(&Value) -> bool) -> (Value, Option<i32>) {
    let directory = tempfile::tempdir().unwrap();
    let mut running = of_sandbox(sandbox, &directory)
        .args(["lag", "--follow", "--yes", "--format", "jsonl"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut told = lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap());
    let line: Value = told.find(&is_so).unwrap();
    let pid = running.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    (line, running.wait().unwrap().code())
}

fn all(told: &Value, state: &str) -> bool {
    let copies = told["copies"].as_array().unwrap();
    copies.len() == 4 && copies.iter().all(|copy| copy["state"] == state)
}

#[test]
fn lag_is_told_as_a_range_of_what_is_known() {
    let Some(sandbox) = faulty(&[]) else { return };
    let (told, code) = followed(&sandbox, |told| all(told, "flowing"));
    assert_eq!(code, Some(0));
    assert_eq!(told["dataset"], "strikes");
    assert_eq!(told["stream"]["view"], "NEW_AND_OLD_IMAGES");
    assert_eq!(told["stream"]["open_shards"], 1);
    for copy in told["copies"].as_array().unwrap() {
        let lag = &copy["lag_seconds"];
        assert_eq!(lag["low"], 0.0, "{copy}");
        assert!(lag["high"].as_f64().unwrap() >= 1.0, "{copy}");
        assert!(
            copy["arrived"].as_u64() <= copy["sampled"].as_u64(),
            "{copy}"
        );
    }
    assert!(told["consumed"]["rcu"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_pipeline_that_stands_is_told_with_how_long_at_least() {
    let Some(sandbox) = faulty(&[Fault::Stop]) else {
        return;
    };
    let (told, code) = followed(&sandbox, |told| all(told, "stopped"));
    assert_eq!(code, Some(0), "that it stands is known");
    for copy in told["copies"].as_array().unwrap() {
        let lag = &copy["lag_seconds"];
        assert!(
            lag["low"].as_f64().unwrap() > 0.0 && lag["high"].is_null(),
            "{copy}"
        );
    }
}

#[test]
fn without_a_stream_nothing_is_known_and_it_is_said_why() {
    let output = driftscope(shop()).args(["lag"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(
        told.contains("has no stream") && told.contains("try:"),
        "{told}"
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("no stream"));
}

#[test]
fn a_format_that_makes_no_sense_is_refused() {
    let output = driftscope(shop())
        .args(["lag", "--format", "csv"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

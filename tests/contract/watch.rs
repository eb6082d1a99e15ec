//! `drift --watch` against the sandbox, whose replicator may lose changes.

use crate::fixture::{faulty, shop};
use crate::program::{driftscope, of_sandbox};
use driftscope::sandbox::{Fault, Sandbox};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A watch of the sandbox's dataset.
fn watch(sandbox: &Sandbox, directory: &tempfile::TempDir) -> Command {
    let mut command = of_sandbox(sandbox, directory);
    command
        .args(["drift", "--watch", "--yes", "--format", "jsonl"])
        .args(["--rcu-per-second", "1000000"]);
    command
}

#[test]
fn a_change_that_the_replicator_loses_is_told_as_it_is_found_and_ctrl_c_ends_the_watch() {
    let Some(sandbox) = faulty(&[Fault::Drop]) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let findings = directory.path().join("findings.ndjson");
    let mut running = watch(&sandbox, &directory)
        .arg("--findings")
        .arg(&findings)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let first = lines.next().expect("a line of its findings").unwrap();
    let finding: Value = serde_json::from_str(&first).unwrap();
    assert!(finding["class"].is_string(), "{finding}");
    // It is on disk as well while the watch goes on.
    let kept = std::fs::read_to_string(&findings).unwrap();
    assert_eq!(kept.lines().next(), Some(&*first));
    let pid = running.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    drop(lines);
    let output = running.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("changed items looked at"), "{told}");
}

#[test]
fn a_replicator_that_loses_nothing_gives_nothing_to_tell() {
    let Some(sandbox) = faulty(&[Fault::Duplicate]) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let output = watch(&sandbox, &directory)
        .args(["--for", "4s"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        (output.status.code(), output.stdout.len()),
        (Some(0), 0),
        "{told}"
    );
    assert!(told.contains("strikes: complete"), "{told}");
}

#[test]
fn without_a_stream_nothing_can_be_watched() {
    let output = driftscope(shop())
        .args(["drift", "--watch", "--yes"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(
        told.contains("has no stream") && told.contains("try:"),
        "{told}"
    );
}

#[test]
fn the_stream_is_not_read_unless_that_is_agreed_to() {
    let Some(sandbox) = faulty(&[]) else { return };
    let directory = tempfile::tempdir().unwrap();
    let command = watch(&sandbox, &directory);
    let args: Vec<_> = command
        .get_args()
        .filter(|arg| *arg != "--yes")
        .map(ToOwned::to_owned)
        .collect();
    let output = Command::new(command.get_program())
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("reader slots"), "{told}");
}

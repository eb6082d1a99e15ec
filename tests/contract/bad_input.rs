//! Bad input gets what, why, what to try, and the right exit code.

use crate::fixture::clean;
use crate::program::{Ran, driftscope, ran};
use assert_cmd::Command;
use rstest::rstest;
use std::ffi::OsStr;
use std::process;

const PROGRAM: &str = env!("CARGO_BIN_EXE_driftscope");

fn run(command: &mut Command) -> (i32, String) {
    let ran = ran(command);
    (ran.code.unwrap(), ran.told)
}

/// Arguments before the command, for those who start the program by themselves.
fn over_clean_tables() -> [&'static OsStr; 4] {
    let fixture = clean();
    let endpoint = fixture.endpoint.as_ref();
    let dataset = fixture.dataset_path.as_ref();
    [
        "--endpoint-url".as_ref(),
        endpoint,
        "--dataset".as_ref(),
        dataset,
    ]
}

#[rstest]
#[case::unknown_dataset("SELECT * FROM strike", "`strikes`")]
#[case::unknown_part("SELECT * FROM strikes.by_mont", "`by_month`")]
#[case::unknown_function("SELECT * FROM strikes WHERE begin_with(operator, 'U')", "begins_with")]
#[case::sql_null("SELECT * FROM strikes WHERE speed IS NULL", "attribute_not_exists")]
#[case::like("SELECT * FROM strikes WHERE operator LIKE 'U%'", "begins_with")]
#[case::write("DELETE FROM strikes", "read")]
#[case::empty("", "SELECT")]
fn a_request_that_is_not_understood_says_what_to_try(#[case] text: &str, #[case] hint: &str) {
    let (code, stderr) = run(driftscope(clean()).args(["query", text]));
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("error: ") && stderr.contains(hint),
        "{stderr}"
    );
}

#[test]
fn an_endpoint_that_is_down_is_an_access_error_that_names_it() {
    let (code, stderr) = run(Command::cargo_bin("driftscope").unwrap().args([
        "--endpoint-url",
        "http://127.0.0.1:9",
        "tables",
    ]));
    assert_eq!(code, 4, "{stderr}");
    assert!(
        stderr.contains("127.0.0.1:9") && stderr.contains("try:"),
        "{stderr}"
    );
}

#[test]
fn a_table_that_does_not_exist_is_named_with_the_nearest_that_does() {
    let fixture = clean();
    let text = format!("SELECT * FROM {}strikes_by_mont", fixture.prefix);
    let (code, stderr) = run(driftscope(fixture).args(["query", &text]));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("strikes_by_month"), "{stderr}");
}

#[test]
fn a_mapping_whose_key_nothing_gives_is_named_and_the_rest_keeps_working() {
    let fixture = clean();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broken.toml");
    let text = std::fs::read_to_string(&fixture.dataset_path)
        .unwrap()
        .replacen("month = ", "moth = ", 1);
    std::fs::write(&path, text).unwrap();
    let mut command = Command::cargo_bin("driftscope").unwrap();
    command
        .args(["--endpoint-url", &fixture.endpoint, "--dataset"])
        .arg(&path);
    let (code, stderr) = run(command.arg("tables"));
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("broken.toml:") && stderr.contains("month"),
        "{stderr}"
    );
    let (code, stderr) = run(driftscope(fixture).args([
        "query",
        "SELECT * FROM strikes WHERE state = 'Texas' LIMIT 3",
    ]));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn every_error_of_a_dataset_file_is_reported_with_line_and_column() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bad.toml");
    std::fs::write(
        &path,
        "version = 1\n[dataset.d]\nbase = \"t\"\nwere = \"a = 1\"\nalways = 5\n",
    )
    .unwrap();
    let (code, stderr) = run(Command::cargo_bin("driftscope")
        .unwrap()
        .args(["tables", "--dataset"])
        .arg(&path));
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("bad.toml:4:1")
            && stderr.contains("`where`")
            && stderr.contains("bad.toml:5:"),
        "{stderr}"
    );
}

#[test]
fn a_request_dearer_than_the_asking_limit_is_not_run_without_yes() {
    let fixture = clean();
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("config.toml");
    std::fs::write(&config, "ask_rcu = 2\n").unwrap();
    let text = "SELECT COUNT(*) FROM strikes WHERE size(species) > 3";
    let (code, stderr) = run(driftscope(fixture)
        .args(["query", text, "--config"])
        .arg(&config));
    let unknown_size = fixture
        .catalog
        .table(&format!("{}strikes", fixture.prefix))
        .is_some_and(|t| t.bytes == 0);
    // Where the server knows no sizes the cost is unknown: it runs up to the limit and says that it is incomplete.
    assert_eq!(code, if unknown_size { 3 } else { 2 }, "{stderr}");
    assert!(stderr.contains("RCU"), "{stderr}");
    let (code, stderr) = run(driftscope(fixture)
        .args(["query", text, "--yes", "--config"])
        .arg(&config));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_budget_stops_a_query_and_says_that_it_is_incomplete() {
    let (code, stderr) = run(driftscope(clean()).args([
        "query",
        "SELECT COUNT(*) FROM strikes WHERE size(species) > 3",
        "--max-rcu",
        "1",
    ]));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("INCOMPLETE"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[rstest]
#[case::tables(&["tables"])]
#[case::rows(&["query", "SELECT * FROM strikes LIMIT 3"])]
fn a_disk_that_is_full_is_said_and_not_ignored(#[case] args: &[&str]) {
    let (code, stderr) = run(driftscope(clean())
        .args(args)
        .args(["--output", "/dev/full"]));
    assert_eq!(code, 4, "{stderr}");
    assert!(
        stderr.contains("cannot be written") && stderr.contains("free some space"),
        "{stderr}"
    );
}

/// The disk is as good as full: no file may grow beyond a few pages.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_ends_a_check_that_goes_on_when_there_is_space_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("check");
    let full = "trap '' XFSZ; ulimit -f 64; exec \"$@\"";
    let check = |launcher: &[&str]| {
        let words = [launcher, &[PROGRAM]].concat();
        let output = process::Command::new(words[0])
            .args(&words[1..])
            .args(over_clean_tables())
            .args(["drift", "--copy", "by_month", "--grace", "50ms"])
            .args([
                "--rcu-per-second",
                "1000000",
                "--format",
                "json",
                "--checkpoint",
            ])
            .arg(&path)
            .output();
        Ran::of(output.unwrap())
    };
    let stopped = check(&["sh", "-c", full, "sh"]);
    assert_eq!(stopped.code, Some(3), "{}", stopped.told);
    assert_eq!(stopped.summary()["complete"], false);
    let where_and_what = format!("could not be kept in `{}.d`", path.display());
    assert!(
        stopped.told.contains(&where_and_what) && stopped.told.contains("try: "),
        "{}",
        stopped.told
    );
    let gone_on = check(&[]);
    assert_eq!(gone_on.code, Some(0), "{}", gone_on.told);
    let items = clean().items_of("strikes").len();
    assert_eq!(gone_on.summary()["base_items"], items);
}

#[rstest]
#[case::rows(&["query", "SELECT * FROM strikes WHERE size(species) > 3", "--yes", "--format", "jsonl"])]
#[case::a_script(&["completions", "bash"])]
fn a_reader_that_goes_away_ends_the_program_quietly(#[case] args: &[&str]) {
    let mut child = process::Command::new(PROGRAM)
        .args(over_clean_tables())
        .args(args)
        .stdout(process::Stdio::piped())
        .stderr(process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(
        !stderr.contains("error") && !stderr.contains("panicked"),
        "{stderr}"
    );
}

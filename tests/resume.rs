//! A check that is killed (`kill -9`) at any point goes on from its checkpoint, finds the same, and reads at
//! most one page of each segment again.
//!
//! An ordinary run kills five times; `DRIFTSCOPE_KILLS=50 cargo test --test resume -- --nocapture` fifty times.
#![cfg(all(feature = "aws", feature = "sandbox", unix))]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "resume/child.rs"]
mod child;
#[path = "engine/support.rs"]
#[expect(dead_code, reason = "what other tests need of it")]
mod support;

use child::Job;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};
use support::{Server, Writer};
use tempfile::tempdir;

/// Kills of an ordinary run.
const KILLS: usize = 5;
/// Base items.
const ORDERS: usize = 600;

fn order(n: usize) -> Json {
    json!({
        "id": {"S": format!("o{n:04}")}, "state": {"S": format!("state {}", n % 7)},
        "day": {"S": format!("1998-08-{:02}", n % 28 + 1)}, "total": {"N": n.to_string()},
    })
}

/// Orders and two copies, with some of each kind of drift.
fn fill(db: &Writer) {
    db.create("orders", &["id"]);
    db.create("by_state", &["state", "id"]);
    db.create("by_day", &["day", "id"]);
    for n in 0..ORDERS {
        let mut order = order(n);
        if n % 101 != 7 {
            db.put("orders", &order);
        }
        if n % 67 == 3 {
            order["total"] = json!({"N": "1000000"});
        }
        db.put("by_state", &order);
        if n % 53 != 5 {
            db.put("by_day", &order);
        }
    }
}

/// A number below `end`, another one each time: where a kill falls needs no more than that.
fn dice(end: u64) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = now.unwrap().as_nanos().to_le_bytes();
    xxhash_rust::xxh3::xxh3_64(&seed) % end.max(1)
}

/// Waits for the end, or kills first; whether it ended by itself.
fn kill_after(mut child: Child, time: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < time {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// The pages that a run asked for: table, segment, where it starts.
fn pages(job: &Job, run: usize) -> Vec<(String, String)> {
    let log = fs::read_to_string(job.log(run)).unwrap_or_default();
    // A line that was cut by the kill was no request yet.
    let lines = log
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    lines
        .map(|line| {
            let (segment, start) = line.trim_end().split_once(" after ").unwrap();
            (segment.to_owned(), start.to_owned())
        })
        .collect()
}

/// Checks once, killed whenever `until` says so; how often it was killed.
fn check(job: &Job, mut until: impl FnMut() -> Option<Duration>) -> usize {
    let mut seen = BTreeSet::new();
    for run in 0.. {
        if job.is_done() {
            // Killed after its last word.
            return run;
        }
        let time = until();
        let child = job.start(run);
        let ended = kill_after(child, time.unwrap_or(Duration::from_mins(10)));
        let mut again: BTreeMap<String, usize> = BTreeMap::new();
        let asked = pages(job, run);
        for (segment, start) in &asked {
            if seen.contains(&(segment.clone(), start.clone())) {
                *again.entry(segment.clone()).or_default() += 1;
            }
        }
        assert!(again.values().all(|n| *n <= 1), "run {run}: {again:?}");
        seen.extend(asked);
        if let Some(status) = ended {
            assert!(status.success(), "{status}");
            return run;
        }
    }
    0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_killed_at_any_point_goes_on_and_finds_the_same() {
    let server = Server::start().await;
    fill(&server.db);
    let place = tempdir().unwrap();
    let wanted = std::env::var("DRIFTSCOPE_KILLS").map_or(KILLS, |n| n.parse().unwrap());
    let endpoint = server.store.identity().endpoint.unwrap();
    let mut job = Job::new(&endpoint, place.path(), 0);
    let start = Instant::now();
    assert_eq!(check(&job, || None), 0);
    let whole = u64::try_from(start.elapsed().as_millis()).unwrap();
    let uncut = job.findings();
    assert!(uncut.lines().count() > 20, "{uncut}");
    let (mut kills, mut checks) = (0, 0);
    while kills < wanted {
        checks += 1;
        job = Job::new(&endpoint, place.path(), checks);
        let mut left = wanted - kills;
        kills += check(&job, || {
            let more = left.checked_sub(1)?;
            left = more;
            Some(Duration::from_millis(dice(whole)))
        });
        assert_eq!(job.findings(), uncut);
        assert!(
            !job.checkpoint().exists(),
            "removed when the check has its answer"
        );
    }
    println!("{kills} kills in {checks} checks of {whole} ms: identical findings each time");
}

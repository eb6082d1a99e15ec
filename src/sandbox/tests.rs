use super::data::strikes;
use super::database::{Change, Database};
use super::drift::{Plan, edit_base};
use super::load::load;
use super::replicator::Replicator;
use super::tables::{BASE, all, dataset, key_of};
use super::writer::Writer;
use super::*;
use crate::domain::drift::Class;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::value::{Item, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What every base item and every copy item say of each other: drift found without any shortcut.
fn compare(database: &Database, dataset: &BoundDataset) -> Vec<SeededDrift> {
    let base = database.all(BASE);
    let mut found: Vec<_> = dataset
        .copies
        .iter()
        .flat_map(|copy| compare_copy(database, dataset, copy, &base))
        .collect();
    found.sort();
    found
}

fn compare_copy(
    database: &Database,
    dataset: &BoundDataset,
    copy: &BoundCopy,
    base: &[Item],
) -> Vec<SeededDrift> {
    let finding = |class, base_key: &Item, copy_key: Option<&Item>| SeededDrift {
        copy: copy.mapping.name.clone(),
        class,
        base_key: base_key.clone(),
        copy_key: copy_key.cloned(),
    };
    let items = database.all(copy.table.name.as_str());
    let actual: BTreeMap<Item, Item> = items
        .into_iter()
        .map(|item| (key_of(&copy.table, &item), item))
        .collect();
    let mut found = Vec::new();
    let mut mapped = BTreeSet::new();
    let mut unmappable = BTreeSet::new();
    let mut expected = BTreeSet::new();
    for item in base {
        let base_key = key_of(&dataset.base, item);
        mapped.insert(base_key.clone());
        let Expectation::Items(items) = dataset.expected(copy, item) else {
            found.push(finding(Class::Unmappable, &base_key, None));
            unmappable.insert(base_key);
            continue;
        };
        for item in items {
            let key = key_of(&copy.table, &item);
            let class = match actual.get(&key) {
                None => Some(Class::Missing),
                Some(there) if dataset.base_key_of(copy, there).as_ref() != Some(&base_key) => {
                    Some(Class::Duplicate)
                }
                Some(there) => {
                    let same = dataset.compared(copy, there) == dataset.compared(copy, &item);
                    (!same).then_some(Class::Different)
                }
            };
            found.extend(class.map(|class| finding(class, &base_key, Some(&key))));
            expected.insert(key);
        }
    }
    for (key, item) in &actual {
        let base_key = dataset.base_key_of(copy, item).unwrap();
        if expected.contains(key) || unmappable.contains(&base_key) {
            continue;
        }
        let class = if mapped.contains(&base_key) {
            Class::Misplaced
        } else {
            Class::Orphaned
        };
        found.push(finding(class, &base_key, Some(key)));
    }
    found
}

/// A small sandbox without threads.
struct Small {
    database: Database,
    dataset: BoundDataset,
    base: Vec<Item>,
    stream: super::database::Cursor,
}

impl Small {
    fn new() -> Self {
        Self::of(strikes().unwrap().split_off(9_700), &Plan::default())
    }

    fn of(base: Vec<Item>, plan: &Plan) -> Self {
        let database = Database::memory().unwrap();
        for table in all() {
            database.create(&table).unwrap();
        }
        let dataset = dataset().unwrap();
        let (_handle, stop) = stop::pair();
        load(&database, &dataset, &base, &stop, &|_| ()).unwrap();
        plan.apply(&database).unwrap();
        let stream = database.enable_stream(BASE).unwrap();
        Self {
            database,
            dataset,
            base,
            stream,
        }
    }

    fn replicator<'a>(&'a self, faults: &'a [Fault]) -> Replicator<'a> {
        let delay = Duration::from_secs(5);
        let Self {
            database, dataset, ..
        } = self;
        Replicator::new(database, dataset, faults, 3, delay, self.stream.clone())
    }

    fn write(&self, spared: &BTreeSet<Item>, count: usize) {
        let mut writer = Writer::new(&self.database, &self.dataset, &self.base, spared, 3, count);
        while !writer.is_done() {
            writer.write("2003-02-01T00:00:00.000Z").unwrap();
        }
    }

    fn changes(&self) -> Vec<Change> {
        self.database.changes(&self.stream, 1_000).unwrap().0
    }

    fn drift(&self) -> Vec<SeededDrift> {
        compare(&self.database, &self.dataset)
    }
}

#[test]
fn every_copy_is_loaded_as_its_mapping_says() {
    let small = Small::new();
    assert_eq!(small.drift(), []);
    let count = |table| small.database.all(table).len();
    let damaged = small
        .base
        .iter()
        .filter(|b| b["damage"] != Value::s("None"));
    assert_eq!(count("strikes"), 300);
    assert_eq!(count("strikes_by_month"), 300);
    assert_eq!(count("strikes_by_state"), 300);
    assert_eq!(count("strikes_damaged"), damaged.count());
    assert_eq!(count("strikes_by_party"), 600);
}

/// The edited base and the drift of it.
fn drifted() -> (Vec<Item>, Plan) {
    let mut base = strikes().unwrap();
    edit_base(&mut base).unwrap();
    let plan = Plan::new(&dataset().unwrap(), &base).unwrap();
    (base, plan)
}

fn known_drift() -> Vec<SeededDrift> {
    let mut known = seeded_drift().unwrap();
    known.sort();
    known
}

#[test]
fn exactly_the_known_drift_is_in_the_demo() {
    let (base, plan) = drifted();
    assert_eq!(Small::of(base, &plan).drift(), known_drift());
}

#[test]
fn live_writes_leave_the_known_drift_alone() {
    let (mut base, plan) = drifted();
    let base_table = dataset().unwrap().base;
    let mut row = 0;
    base.retain(|item| {
        row += 1;
        row % 50 == 0 || plan.carriers.contains(&key_of(&base_table, item))
    });
    let demo = Small::of(base, &plan);
    demo.write(&plan.carriers, 500);
    demo.replicator(&[]).step(Instant::now()).unwrap();
    assert_eq!(demo.changes().len(), 500);
    assert_eq!(demo.drift(), known_drift());
}

#[test]
fn the_known_drift_has_every_class_that_a_first_check_can_tell() {
    let known = seeded_drift().unwrap();
    let classes: BTreeSet<Class> = known.iter().map(|drift| drift.class).collect();
    let all = [
        Class::Missing,
        Class::Orphaned,
        Class::Misplaced,
        Class::Different,
        Class::Duplicate,
        Class::Unmappable,
    ];
    assert!(classes.into_iter().eq(all));
    let copies: BTreeSet<_> = known.iter().map(|drift| drift.copy.as_str()).collect();
    assert!(
        copies
            .into_iter()
            .eq(["by_month", "by_party", "by_state", "damaged"])
    );
}

#[test]
fn a_revised_strike_reaches_every_copy_under_its_new_keys() {
    let small = Small::new();
    let mut strike = small.base[0].clone();
    strike.insert("struck_on".into(), Value::s("2002-12-31"));
    strike.insert("damage".into(), Value::s("Substantial"));
    small.database.put(BASE, &strike).unwrap();
    assert!(!small.drift().is_empty());

    let mut replicator = small.replicator(&[]);
    replicator.step(Instant::now()).unwrap();
    assert_eq!(small.drift(), []);
    assert_eq!(replicator.state().applied, 1);
    assert_eq!(replicator.state().waiting, 0);
    let last = small.changes().pop().map(|change| change.sequence);
    assert_eq!(replicator.state().last_sequence, last);
}

#[test]
fn a_removed_strike_leaves_every_copy_and_a_new_one_enters() {
    let small = Small::new();
    let mut strike = small.base[0].clone();
    let key = key_of(&small.dataset.base, &strike);
    small.database.delete(BASE, &key).unwrap();
    strike.insert("strike_id".into(), Value::s("S20000"));
    small.database.put(BASE, &strike).unwrap();
    small.replicator(&[]).step(Instant::now()).unwrap();
    assert_eq!(small.drift(), []);
    assert_eq!(small.database.all("strikes_by_month").len(), 300);
}

#[test]
fn dropped_records_are_few_and_leave_drift() {
    let small = Small::new();
    small.write(&BTreeSet::new(), 200);
    let mut replicator = small.replicator(&[Fault::Drop]);
    replicator.step(Instant::now()).unwrap();
    let state = replicator.state();
    assert_eq!(state.applied + state.lost, 200);
    assert!((1..40).contains(&state.lost));
    assert!(!small.drift().is_empty());
}

#[test]
fn delayed_records_wait_their_time_and_are_applied_then() {
    let small = Small::new();
    small.write(&BTreeSet::new(), 5);
    let mut replicator = small.replicator(&[Fault::Delay]);
    let start = Instant::now();
    let late = start + Duration::from_secs(4);
    replicator.step(start).unwrap();
    replicator.step(late).unwrap();
    assert_eq!(replicator.state().applied, 0);
    assert_eq!(replicator.state().waiting, 5);
    assert_eq!(replicator.state().lag, Duration::from_secs(4));
    replicator.step(start + Duration::from_secs(5)).unwrap();
    assert_eq!(replicator.state().applied, 5);
    assert_eq!(small.drift(), []);
}

#[test]
fn duplicated_records_are_applied_twice_and_do_no_harm() {
    let small = Small::new();
    small.write(&BTreeSet::new(), 20);
    let mut replicator = small.replicator(&[Fault::Duplicate]);
    replicator.step(Instant::now()).unwrap();
    assert_eq!(replicator.state().applied, 40);
    assert_eq!(small.drift(), []);
}

#[test]
fn a_resurrected_image_leaves_older_items_in_copies() {
    let small = Small::new();
    small.write(&BTreeSet::new(), 100);
    let mut replicator = small.replicator(&[Fault::Resurrect]);
    replicator.step(Instant::now()).unwrap();
    assert_eq!(replicator.state().applied, 100);
    let drift = small.drift();
    assert!(drift.iter().any(|d| d.class == Class::Different));
    assert!(drift.iter().all(|d| d.class != Class::Missing));
}

#[test]
fn a_stopped_replicator_applies_nothing_and_falls_behind() {
    let small = Small::new();
    small.write(&BTreeSet::new(), 5);
    let mut replicator = small.replicator(&[Fault::Stop]);
    let start = Instant::now();
    replicator.step(start).unwrap();
    replicator.step(start + Duration::from_mins(1)).unwrap();
    assert_eq!(replicator.state().applied, 0);
    assert_eq!(replicator.state().waiting, 5);
    assert_eq!(replicator.state().lag, Duration::from_mins(1));
}

#[test]
fn a_record_that_fails_is_tried_again_before_the_next() {
    let small = Small::new();
    small.write(&BTreeSet::new(), 5);
    small.database.remove_table("strikes_damaged");
    let mut replicator = small.replicator(&[]);
    for strike in small
        .base
        .iter()
        .filter(|b| b["damage"] != Value::s("None"))
        .take(1)
    {
        small.database.put(BASE, strike).unwrap();
    }
    assert!(replicator.step(Instant::now()).is_err());
    let waiting = replicator.state().waiting;
    assert!(waiting > 0);
    let damaged = all()
        .into_iter()
        .find(|t| t.name == "strikes_damaged")
        .unwrap();
    small.database.create(&damaged).unwrap();
    replicator.step(Instant::now()).unwrap();
    assert_eq!(replicator.state().applied, 6);
    assert_eq!(replicator.state().waiting, 0);
}

fn quiet() -> Options {
    Options {
        live_writes: false,
        ..Options::default()
    }
}

/// What the server at `endpoint` answers to an operation.
fn ask(endpoint: &str, operation: &str, body: &str) -> String {
    let address = endpoint.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    write!(
        connection,
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-amz-json-1.0\r\nx-amz-target: DynamoDB_20120810.{operation}\r\n\
         x-amz-date: 20030101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=k/20030101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_serves_all_tables_while_it_loads_and_stops_when_dropped() {
    let (open, gate) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    // The first report blocks, so loading cannot have ended.
    let sandbox = Sandbox::start(quiet(), move |progress| {
        let _ = tell.send(progress);
        let _ = gate.recv();
    })
    .unwrap();
    let first = told.recv().unwrap();
    assert_eq!(
        (first.table.as_str(), first.done, first.total),
        ("strikes", 500, 50_000)
    );
    assert_eq!(*sandbox.phase.borrow(), Phase::Loading);
    let tables = ask(sandbox.endpoint(), "ListTables", "{}");
    for table in all() {
        assert!(tables.contains(&format!("\"{}\"", table.name)), "{tables}");
    }
    let base = ask(
        sandbox.endpoint(),
        "DescribeTable",
        r#"{"TableName":"strikes"}"#,
    );
    assert!(base.contains(r#""ItemCount":500"#), "{base}");

    let endpoint = sandbox.endpoint().to_owned();
    drop(open);
    drop(sandbox);
    assert!(TcpStream::connect(endpoint.strip_prefix("http://").unwrap()).is_err());
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let options = Options { port, ..quiet() };
    let error = Sandbox::start(options, |_| ()).unwrap_err();
    assert!(matches!(error, SandboxError::Listen { port: named, .. } if named == port));
}

#[tokio::test]
async fn live_writes_begin_after_loading_and_end_by_count() {
    let pace = Pace {
        poll: Duration::from_millis(1),
        idle: Duration::from_millis(1),
        write_every: Duration::ZERO,
        writes: 25,
        ..Pace::default()
    };
    let sandbox = Sandbox::start_at(Options::default(), pace, |_| ()).unwrap();
    assert_eq!(sandbox.replicator(), ReplicatorState::default());
    sandbox.ready().await.unwrap();
    let mut state = sandbox.replicator.clone();
    state.wait_for(|state| state.applied == 25).await.unwrap();
    let base = ask(
        sandbox.endpoint(),
        "DescribeTable",
        r#"{"TableName":"strikes"}"#,
    );
    assert!(base.contains(r#""ItemCount":10000"#), "{base}");
    assert!(base.contains("NEW_AND_OLD_IMAGES"), "{base}");
}

#[test]
fn a_change_that_is_lost_on_purpose_is_drift_until_the_replicator_makes_up_for_it() {
    let small = Small::new();
    let mut replicator = small.replicator(&[]);
    let (start, mend) = (Instant::now(), Duration::from_secs(45));
    replicator.lose_next(mend);
    small.write(&BTreeSet::new(), 1);
    replicator.step(start).unwrap();
    assert_eq!(replicator.state().lost, 1);
    assert!(!small.drift().is_empty());
    replicator.step(start + mend / 2).unwrap();
    assert!(!small.drift().is_empty());
    replicator.step(start + mend).unwrap();
    assert_eq!(small.drift(), []);
}

#[test]
fn making_up_for_a_change_undoes_no_later_one() {
    let small = Small::new();
    let mut replicator = small.replicator(&[]);
    let start = Instant::now();
    replicator.lose_next(Duration::from_secs(45));
    small.write(&BTreeSet::new(), 1);
    replicator.step(start).unwrap();
    // The same strike, by the same seed, and then others.
    small.write(&BTreeSet::new(), 40);
    for seconds in [1, 60] {
        replicator
            .step(start + Duration::from_secs(seconds))
            .unwrap();
    }
    assert_eq!(small.drift(), []);
}

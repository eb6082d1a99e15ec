//! Rows of twelve partitions, when every response takes 20 ms, beside rows of one of them.
//!
//! Partitions are held in memory, so that the figures are those of how reads are put side by side.
//! Prints medians over `RUNS` runs each as a share of one partition; then criterion times whole runs.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints, and fails where it stands"
)]

#[path = "../tests/engine/bare.rs"]
mod bare;

use async_trait::async_trait;
use bare::bare;
use criterion::{Criterion, criterion_group, criterion_main};
use driftscope::domain::expr::{Path, Predicate};
use driftscope::domain::item::BlockBuilder;
use driftscope::domain::names::{Rcu, TableName};
use driftscope::domain::plan::{OrderStrategy, Plan, Reads};
use driftscope::domain::query::{Direction, OrderBy, Request, Select};
use driftscope::domain::read::{Consumed, KeyCondition, ReadError, ReadPage, ReadRequest};
use driftscope::domain::schema::{KeyAttribute, KeyKind, KeySchema, Table};
use driftscope::domain::value::{Item, Value};
use driftscope::engine::{Bounds, ReadEvent, execute};
use driftscope::store::{Identity, Names, Store};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::channel;
use tokio_util::sync::CancellationToken;

const RUNS: usize = 15;
const PARTITIONS: usize = 12;
/// Items of a page.
const ITEMS: usize = 200;
const RESPONSE: Duration = Duration::from_millis(20);

/// Twelve partitions in memory, a while away.
#[derive(Debug)]
struct Distant {
    partitions: Vec<Vec<ReadPage>>,
}

impl Distant {
    /// `rank` ascends within a partition and interleaves between them.
    fn new(pages: usize) -> Self {
        let page = |partition: usize, page: usize| {
            let mut block = BlockBuilder::new();
            for n in 0..ITEMS {
                let rank = (page * ITEMS + n) * PARTITIONS + partition;
                let rank = i64::try_from(rank).expect("a small number");
                block.push(&Item::from([
                    ("month".to_owned(), Value::N(partition_number(partition))),
                    ("rank".to_owned(), Value::N(rank.into())),
                    ("species".to_owned(), Value::s("Mourning dove")),
                    ("operator".to_owned(), Value::s("SOUTHWEST AIRLINES")),
                ]));
            }
            ReadPage {
                items: block.finish(),
                next: (page + 1 < pages).then(|| position(page + 1)),
                scanned: ITEMS as u64,
                consumed: Consumed {
                    total: Rcu(2.5),
                    table: Rcu(2.5),
                    indexes: Vec::new(),
                },
                unprocessed: Vec::new(),
            }
        };
        let partition = |p| (0..pages).map(|n| page(p, n)).collect();
        Self {
            partitions: (0..PARTITIONS).map(partition).collect(),
        }
    }
}

fn partition_number(partition: usize) -> driftscope::domain::value::Number {
    i64::try_from(partition).expect("a small number").into()
}

fn position(page: usize) -> Item {
    Item::from([("page".to_owned(), Value::N(partition_number(page)))])
}

fn index_of(value: &Value) -> usize {
    let Value::N(number) = value else {
        panic!("a number");
    };
    let number = number.to_i64().expect("a small number");
    usize::try_from(number).expect("a small number")
}

#[async_trait]
impl Store for Distant {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let ReadRequest::Query(query) = request else {
            panic!("only queries are made");
        };
        tokio::time::sleep(RESPONSE).await;
        let partition = index_of(&query.key.equal[0].1);
        let page = query.start.map_or(0, |start| index_of(&start["page"]));
        Ok(self.partitions[partition][page].clone())
    }
    async fn list_tables(&self, _start: Option<TableName>) -> Result<Names, ReadError> {
        panic!("never asked");
    }
    async fn describe_table(&self, _table: &TableName) -> Result<Table, ReadError> {
        panic!("never asked");
    }
    async fn time_to_live(&self, _table: &TableName) -> Result<Option<String>, ReadError> {
        panic!("never asked");
    }
    fn identity(&self) -> Identity {
        Identity::default()
    }
}

fn plan(partitions: usize, order: OrderStrategy) -> Plan {
    let attribute = |name: &str| KeyAttribute {
        name: name.to_owned(),
        kind: KeyKind::N,
    };
    let key = KeySchema {
        partition: [attribute("month")].into(),
        sort: [attribute("rank")].into(),
    };
    let conditions = (0..partitions).map(|partition| KeyCondition {
        equal: vec![("month".to_owned(), Value::N(partition_number(partition)))],
        partition_len: 1,
        range: None,
    });
    let reads = Reads::Partitions {
        conditions: conditions.collect(),
        direction: Direction::Ascending,
    };
    bare("strikes_by_month", key, reads, order)
}

/// `ORDER BY month` where partitions follow each other, `ORDER BY rank` where they are merged.
fn request(order: OrderStrategy) -> Request {
    let by = |name| OrderBy {
        path: Path::top(name),
        direction: Direction::Ascending,
    };
    Request {
        select: Select::All,
        from: vec!["strikes".to_owned()],
        filter: Predicate::TRUE,
        order: match order {
            OrderStrategy::None => Vec::new(),
            OrderStrategy::Merge => vec![by("rank")],
            _ => vec![by("month")],
        },
        limit: None,
    }
}

/// How long until the first row and the last.
async fn time(store: &Arc<Distant>, plan: &Plan, pages: usize) -> (Duration, Duration) {
    let request = request(plan.order);
    let (events, mut arriving) = channel(16);
    let begun = Instant::now();
    let store: Arc<dyn Store> = Arc::clone(store) as _;
    let listen = async {
        let (mut first, mut rows) = (None, 0);
        while let Some(event) = arriving.recv().await {
            if let ReadEvent::Rows(block) = event {
                first.get_or_insert_with(|| begun.elapsed());
                rows += block.len();
            }
        }
        (first.expect("rows"), begun.elapsed(), rows)
    };
    let cancel = CancellationToken::new();
    let run = execute(store, &request, plan, Bounds::default(), events, cancel);
    let (answer, (first, last, rows)) = tokio::join!(run, listen);
    assert!(answer.complete, "{:?}", answer.error);
    let Reads::Partitions { conditions, .. } = &plan.reads else {
        panic!("partitions");
    };
    assert_eq!(rows, conditions.len() * pages * ITEMS);
    (first, last)
}

/// Medians in milliseconds until the first row and the last.
fn medians(runtime: &Runtime, store: &Arc<Distant>, plan: &Plan, pages: usize) -> (f64, f64) {
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1_000.0
    };
    let runs = (0..RUNS).map(|_| runtime.block_on(time(store, plan, pages)));
    let (first, last) = runs.unzip();
    (median(first), median(last))
}

fn fan_out(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    for pages in [1, 3] {
        let store = Arc::new(Distant::new(pages));
        let one = plan(1, OrderStrategy::None);
        let (first_of_one, last_of_one) = medians(&runtime, &store, &one, pages);
        println!(
            "{pages} pages a partition; one partition: first row {first_of_one:.1} ms, \
             last row {last_of_one:.1} ms"
        );
        for order in [
            OrderStrategy::None,
            OrderStrategy::Concatenate,
            OrderStrategy::Merge,
        ] {
            let all = plan(PARTITIONS, order);
            let (first, last) = medians(&runtime, &store, &all, pages);
            println!(
                "  {PARTITIONS} partitions, order {:<12} first row {first:5.1} ms = {:.2} x, \
                 last row {last:5.1} ms = {:.2} x",
                order.code(),
                first / first_of_one,
                last / last_of_one
            );
            if pages == 1 {
                c.bench_function(&format!("fan out/{}", order.code()), |b| {
                    b.iter(|| runtime.block_on(time(&store, &all, pages)));
                });
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = fan_out
}
criterion_main!(benches);

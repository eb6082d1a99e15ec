//! How long planning takes where there is much to choose from: one dataset of fifty tables (a base and
//! 49 copies of seven shapes) with five global indexes each, so three hundred paths, all of which are
//! analyzed. Each request below is planned anew: `plan` chooses, `explain` works out every path that loses,
//! too, with its estimate and its reason. Criterion prints the figure of each; on a machine that is shared,
//! the lower end tells most. Asked: at most a millisecond.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench fails where it stands"
)]

#[path = "../tests/contract/dice.rs"]
mod dice;
#[path = "../tests/contract/shop.rs"]
#[expect(dead_code, reason = "shared with tests, which use more of it")]
mod shop;

use criterion::{Criterion, criterion_group, criterion_main};
use driftscope::domain::cost::Prices;
use driftscope::domain::plan::{Planner, choose, route};
use driftscope::domain::query::{Consistency, parse_request, resolve};
use driftscope::domain::schema::{Catalog, IndexKind, Projection, Table, TableState};
use driftscope::domain::stats::{Sampler, Scanned};
use shop::{bound, index, orders, table};
use std::fmt::Write as _;
use std::hint::black_box;

const COPIES: usize = 49;
const REQUESTS: [(&str, &str); 4] = [
    (
        "range",
        "SELECT * FROM orders WHERE placed_at BETWEEN '2026-03-03' AND '2026-03-09' ORDER BY placed_at DESC LIMIT 50",
    ),
    (
        "equal",
        "SELECT * FROM orders WHERE country = 'FR' AND status = 'open' AND total > 500",
    ),
    (
        "in",
        "SELECT order_id FROM orders WHERE status IN ('open', 'held', 'paid') AND priority = 1",
    ),
    (
        "or",
        "SELECT * FROM orders WHERE (status = 'held' OR contains(skus, 'K007')) AND placed_at > '2026-04-10'",
    ),
];

/// A copy in one of seven shapes.
fn copy(number: usize) -> (String, &'static str) {
    let slot = "slot = \"placed_at || '#' || order_id\"";
    let (rest, partition) = match number % 7 {
        0 => (
            format!("set = {{ day = \"day(placed_at)\", {slot} }}"),
            "day",
        ),
        1 => (
            format!("set = {{ month = \"month(placed_at)\", {slot} }}"),
            "month",
        ),
        2 => (
            format!("where = \"status IN ('open', 'held')\"\nset = {{ {slot} }}"),
            "status",
        ),
        3 => (format!("each = \"skus as sku\"\nset = {{ {slot} }}"), "sku"),
        4 => (
            format!(
                "set = {{ shard = \"crc32(order_id) % {}\", {slot} }}",
                2 + number
            ),
            "shard",
        ),
        5 => (
            format!("where = \"total > {number}\"\nset = {{ {slot} }}"),
            "channel",
        ),
        _ => (
            format!("keep = {{ except = [\"note\"] }}\nset = {{ {slot} }}"),
            "country",
        ),
    };
    let section =
        format!("[dataset.orders.copy.copy_{number}]\ntable = \"copy_{number}\"\n{rest}\n");
    (section, partition)
}

fn with_indexes(mut table: Table) -> Table {
    let keys = [
        ("status", "placed_at"),
        ("channel", "placed_at"),
        ("customer_id", "placed_at"),
        ("country warehouse", "priority placed_at"),
        ("order_id", "revised_at"),
    ];
    let indexes = keys.iter().enumerate().map(|(number, (partition, sort))| {
        let projection = match number % 3 {
            0 => Projection::Keys,
            1 => Projection::Include(vec!["total".to_owned(), "priority".to_owned()]),
            _ => Projection::All,
        };
        let name = format!("index_{number}");
        index(&name, IndexKind::Global, partition, sort, projection)
    });
    table.indexes = indexes.collect();
    table
}

fn catalog() -> Catalog {
    let mut text = "version = 1\n[dataset.orders]\nbase = \"orders\"\nalways = [\"placed_at\", \"status\", \"channel\"]\n".to_owned();
    let mut tables = vec![with_indexes(table("orders", "customer_id", "order_id"))];
    for number in 0..COPIES {
        let (section, partition) = copy(number);
        let _ = write!(text, "\n{section}");
        tables.push(with_indexes(table(
            &format!("copy_{number}"),
            partition,
            "slot",
        )));
    }
    let dataset = bound(&text, &tables);
    let mut sampler = Sampler::new(&tables[0], Some(&dataset));
    for order in &orders() {
        sampler.add(order);
    }
    let tables = tables.into_iter();
    Catalog {
        tables: tables
            .map(|table| (table.name.clone(), TableState::Ready(table)))
            .collect(),
        datasets: [("orders".into(), Ok(dataset))].into_iter().collect(),
        statistics: sampler.finish(Scanned::All, 1_800_000_000),
        ..Catalog::default()
    }
}

fn plan(c: &mut Criterion) {
    let catalog = catalog();
    let planner = Planner {
        catalog: &catalog,
        prices: &Prices::default(),
        region: None,
    };
    for (name, text) in REQUESTS {
        let request = parse_request(text).unwrap();
        let target = resolve(&request, &catalog).unwrap();
        let asked = (&request, &target, Consistency::Eventual);
        c.bench_function(&format!("plan/{name}"), |b| {
            b.iter(|| {
                let (request, target, consistency) = black_box(asked);
                choose(planner, request, target, consistency).unwrap()
            });
        });
        c.bench_function(&format!("explain/{name}"), |b| {
            b.iter(|| {
                let (request, target, consistency) = black_box(asked);
                route(planner, request, target, consistency).unwrap()
            });
        });
    }
}

criterion_group!(benches, plan);
criterion_main!(benches);

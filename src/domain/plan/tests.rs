//! Every plan of every request, run over tables in memory, gives what brute force gives.

mod charge;
mod floor;
mod memory;
mod request;

use super::fixture::{catalog_of, path_of, try_route};
use super::{Plan, Route};
use crate::domain::expr::holds;
use crate::domain::query::{
    Consistency, OrderBy, Request, Select, compare_sort_values, parse_request,
};
use crate::domain::schema::Catalog;
use crate::domain::stats::{Sampler, Scanned};
use crate::domain::value::{Item, Value};
use charge::PageEnd;
use memory::Memory;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::cmp::Ordering;

/// What a request should give: all that match, in the order asked.
fn brute_force(memory: &Memory, request: &Request) -> Vec<Item> {
    let mut rows: Vec<Item> = memory
        .base()
        .iter()
        .filter(|item| memory.dataset().is_member(*item) && holds(&request.filter, *item))
        .cloned()
        .collect();
    rows.sort_by(|a, b| compare(&request.order, a, b));
    rows
}

fn compare(order: &[OrderBy], a: &Item, b: &Item) -> Ordering {
    order
        .iter()
        .map(|by| {
            let of = |item: &Item| item.get(&by.path.root).cloned();
            compare_sort_values(of(a).as_ref(), of(b).as_ref(), by.direction)
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The attributes asked of a row.
fn selected(request: &Request, row: &Item) -> Item {
    match &request.select {
        Select::All => row.clone(),
        Select::Count => Item::new(),
        Select::Paths(paths) => paths
            .iter()
            .filter_map(|path| row.get_key_value(&path.root))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    }
}

fn sort_values(request: &Request, rows: &[Item]) -> Vec<Vec<Option<Value>>> {
    let of = |row: &Item| {
        let order = request.order.iter();
        order.map(|by| row.get(&by.path.root).cloned()).collect()
    };
    rows.iter().map(of).collect()
}

/// Checks one plan; rows as whole base items are compared by what is asked.
fn check(memory: &Memory, request: &Request, plan: &Plan) {
    let wanted = brute_force(memory, request);
    let rows = memory.run(request, plan);
    let name = format!("{} by {}:\n{plan:#?}", request, path_of(&plan.access));
    let mut found: Vec<Item> = rows.iter().map(|row| selected(request, row)).collect();
    let mut expected: Vec<Item> = wanted.iter().map(|row| selected(request, row)).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{name}");
    // Rows of several members of a union are compared, whatever is asked of them.
    let shows_order = !plan.parts.is_empty() && request.select != Select::Count;
    if request.select == Select::All || shows_order {
        let (found, expected) = (sort_values(request, &rows), sort_values(request, &wanted));
        assert_eq!(found, expected, "{name}");
    }
}

/// Every plan that a route carries.
fn plans(route: &Route) -> Vec<&Plan> {
    let rejected = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    std::iter::once(&route.plan).chain(rejected).collect()
}

fn check_all(catalog: &Catalog, memory: &Memory, text: &str) {
    let request = parse_request(text).unwrap();
    for consistency in [Consistency::Eventual, Consistency::Strong] {
        let route = try_route(catalog, text, consistency).unwrap();
        for plan in plans(&route) {
            check(memory, &request, plan);
        }
    }
}

fn strikes() -> Catalog {
    catalog_of(memory::DATASET, &memory::tables())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_candidate_gives_the_rows_of_brute_force(
        items in proptest::collection::vec(memory::strike(), 0..40),
        texts in proptest::collection::vec(request::text(), 8)
    ) {
        let catalog = strikes();
        let memory = Memory::new(catalog.dataset("strikes").unwrap(), items);
        for text in texts {
            check_all(&catalog, &memory, &text);
        }
    }
}

/// Items of up to 60 KB, so that some partitions take several pages.
fn large_strike() -> impl Strategy<Value = Item> {
    let size = prop_oneof![3 => 0_usize..300, 2 => 300_usize..9_000, 1 => 9_000_usize..60_000];
    (memory::strike(), size).prop_map(|(mut item, size)| {
        item.insert("remarks".to_owned(), Value::S("x".repeat(size)));
        item
    })
}

/// The same catalog, the base of which was sampled with all that memory holds.
fn sampled(mut catalog: Catalog, memory: &Memory, scanned: Scanned) -> Catalog {
    let dataset = memory.dataset();
    let mut sampler = Sampler::new(&dataset.base, Some(dataset));
    let mut items: Vec<&Item> = memory.base().iter().collect();
    items.sort();
    for item in items {
        sampler.add(item);
    }
    catalog.statistics = sampler.finish(scanned, 0);
    catalog
}

/// How often an estimate was right.
#[derive(Debug, Default)]
struct Tally {
    of: u32,
    within: u32,
    /// Of those that fetch nothing: how many base items answer is known less well.
    plain: u32,
    near: u32,
}

impl Tally {
    fn count(&mut self, plan: &Plan, charged: f64) {
        let rcu = plan.estimate.rcu;
        let (low, high) = (rcu.low.0, rcu.high.unwrap().0);
        self.of += 1;
        self.within += u32::from((low..=high).contains(&charged));
        if plan.fetch.is_none() {
            let off = (f64::midpoint(low, high) - charged).abs();
            self.plain += 1;
            self.near += u32::from(off <= 1.0 || off <= charged / 10.0);
        }
    }
}

#[test]
fn with_complete_statistics_the_range_holds_what_any_pager_is_charged() {
    let mut runner = TestRunner::deterministic();
    let items = proptest::collection::vec(large_strike(), 0..150);
    let texts = proptest::collection::vec(request::text(), 20);
    let mut tally = Tally::default();
    for _ in 0..12 {
        let items = items.new_tree(&mut runner).unwrap().current();
        let plain = strikes();
        let memory = Memory::new(plain.dataset("strikes").unwrap(), items);
        let catalog = sampled(strikes(), &memory, Scanned::All);
        for text in texts.new_tree(&mut runner).unwrap().current() {
            let route = try_route(&catalog, &text, Consistency::Eventual).unwrap();
            for plan in plans(&route) {
                for end in [PageEnd::Behind, PageEnd::Before] {
                    tally.count(plan, memory.charge(plan, end));
                }
            }
        }
    }
    let share = |part, of| f64::from(part) / f64::from(of);
    assert!(share(tally.within, tally.of) >= 0.99, "{tally:?}");
    assert!(share(tally.near, tally.plain) >= 0.95, "{tally:?}");
}

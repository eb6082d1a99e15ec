//! Every plan of every request, run over tables in memory, gives what brute force gives.

mod memory;
mod request;

use super::fixture::{catalog_of, path_of, try_route};
use super::{Plan, Route};
use crate::domain::expr::holds;
use crate::domain::query::{
    Consistency, OrderBy, Request, Select, compare_sort_values, parse_request,
};
use crate::domain::schema::Catalog;
use crate::domain::value::{Item, Value};
use memory::Memory;
use proptest::prelude::*;
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

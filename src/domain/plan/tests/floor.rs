//! What is left unlooked at cannot win: whatever the request and however much is known of sizes.

use super::memory::Memory;
use super::{request, sampled, strikes};
use crate::domain::cost::Prices;
use crate::domain::plan::Planner;
use crate::domain::plan::access::Context;
use crate::domain::plan::candidate::{complete, ways, whole};
use crate::domain::plan::choose::{paths, scope, units};
use crate::domain::plan::completeness::held;
use crate::domain::plan::fixture::try_route;
use crate::domain::query::{Consistency, parse_request, resolve};
use crate::domain::schema::{Catalog, TableState};
use crate::domain::stats::Scanned;
use proptest::prelude::*;

/// How much is known of tables.
#[derive(Debug, Clone)]
enum Told {
    Nothing,
    /// Items and bytes of the base, as `DescribeTable` tells them.
    OfBase(u64, u64),
    /// Of all tables.
    OfAll(u64, u64),
    Sampled(Scanned, u64),
}

fn told() -> impl Strategy<Value = Told> {
    let size = || (1_u64..200_000, 20_u64..2_000).prop_map(|(items, each)| (items, items * each));
    prop_oneof![
        1 => Just(Told::Nothing),
        1 => size().prop_map(|(items, bytes)| Told::OfBase(items, bytes)),
        2 => size().prop_map(|(items, bytes)| Told::OfAll(items, bytes)),
        2 => Just(Told::Sampled(Scanned::All, 0)),
        2 => (0_u64..100_000).prop_map(|more| Told::Sampled(Scanned::Part, more)),
    ]
}

fn catalog(told: &Told, memory: &Memory) -> Catalog {
    let mut catalog = strikes();
    let (most, size) = match *told {
        Told::Nothing => return catalog,
        Told::OfBase(items, bytes) => (1, (items, bytes)),
        Told::OfAll(items, bytes) => (usize::MAX, (items, bytes)),
        Told::Sampled(Scanned::All, _) => return sampled(catalog, memory, Scanned::All),
        Told::Sampled(Scanned::Part, more) => {
            let items = memory.base().len() as u64 + more;
            (1, (items, items * 100))
        }
    };
    let dataset = catalog.datasets.values_mut().find_map(|d| d.as_mut().ok());
    let dataset = dataset.unwrap();
    let copies = dataset.copies.iter_mut().map(|copy| &mut copy.table);
    for table in std::iter::once(&mut dataset.base).chain(copies).take(most) {
        (table.items, table.bytes) = size;
        let known = catalog.tables.get_mut(&table.name).unwrap();
        *known = TableState::Ready(table.clone());
    }
    match told {
        Told::Sampled(scanned, _) => sampled(catalog, memory, *scanned),
        _ => catalog,
    }
}

/// Checks every way to read every path. How many of them have a floor above nothing.
fn check(catalog: &Catalog, text: &str, consistency: Consistency) -> usize {
    let request = parse_request(text).unwrap();
    let target = resolve(&request, catalog).unwrap();
    let planner = Planner {
        catalog,
        prices: &Prices::default(),
        region: None,
    };
    let scope = scope(catalog, &target).unwrap();
    let context = Context::new(planner, &request, &scope, consistency);
    let mut floors = 0;
    for path in paths(&context, &scope) {
        let held = held(&context, &path);
        let ways = ways(&context, &path, held).unwrap_or_default();
        for way in ways.into_iter().chain(whole(&context, &path, held)) {
            let (name, floor) = (format!("{way:?}"), way.floor(&context, &path));
            let Ok(plan) = complete(&context, &path, way) else {
                continue;
            };
            let (Some(floor), estimate) = (floor, plan.estimate) else {
                continue;
            };
            let told = format!("{text} by {name}: {floor:?} of {estimate:?}");
            assert!(estimate.rcu.high.is_some(), "{told}");
            assert!(floor.0 <= estimate.expected.0, "{told}");
            assert!(floor.0 <= units(&estimate), "{told}");
            floors += usize::from(floor.0 > 0.0);
        }
    }
    floors
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_estimate_is_below_its_floor_and_the_choice_is_that_of_the_route(
        items in proptest::collection::vec(super::large_strike(), 0..60),
        told in told(),
        texts in proptest::collection::vec((request::text(), proptest::option::of(1_u64..300)), 12),
    ) {
        let plain = strikes();
        let memory = Memory::new(plain.dataset("strikes").unwrap(), items);
        let catalog = catalog(&told, &memory);
        let mut floors = 0;
        for (text, limit) in texts {
            let text = limit.map_or(text.clone(), |limit| format!("{text} LIMIT {limit}"));
            for consistency in [Consistency::Eventual, Consistency::Strong] {
                try_route(&catalog, &text, consistency).unwrap();
                floors += check(&catalog, &text, consistency);
            }
        }
        prop_assert!(floors > 0 || matches!(told, Told::Nothing | Told::OfBase(..)));
    }
}

//! The strikes dataset as the sandbox describes it, for tests of the planner.

use super::{Plan, Planner, Rejected, Route, choose, route};
use crate::domain::cost::Prices;
use crate::domain::mapping::fixture::{key, table};
use crate::domain::mapping::{BoundDataset, bind, parse_dataset_file};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, parse_request, resolve};
use crate::domain::schema::{Catalog, Index, IndexKind, Projection, Table, TableState};
use crate::domain::stats::{Sampler, Scanned, Statistics};
use crate::domain::value::{Item, Value};

/// The dataset file of the demo.
pub(super) const DEMO: &str = include_str!("../../../data/driftscope.toml");

fn sized(name: &str, keys: &str, items: u64, bytes: u64) -> Table {
    Table {
        items,
        bytes,
        ..table(name, keys)
    }
}

/// An index of the size of a table of `items`.
pub(super) fn index(
    name: &str,
    kind: IndexKind,
    keys: &str,
    projection: Projection,
    (items, bytes): (u64, u64),
) -> Index {
    Index {
        name: name.into(),
        kind,
        key: key(keys),
        projection,
        items,
        bytes,
        active: true,
        provisioned_rcu: None,
    }
}

/// The tables of the sandbox.
pub(super) fn tables() -> Vec<Table> {
    let mut base = sized("strikes", "airport strike_id", 10_000, 2_950_000);
    let included = ["damage", "species", "cost_total"]
        .map(str::to_owned)
        .to_vec();
    base.indexes = vec![
        index(
            "by_date",
            IndexKind::Local,
            "airport struck_on",
            Projection::Keys,
            (10_000, 900_000),
        ),
        index(
            "by_operator",
            IndexKind::Global,
            "operator struck_on",
            Projection::Include(included),
            (10_000, 1_800_000),
        ),
    ];
    vec![
        base,
        sized("strikes_by_month", "month slot", 10_000, 3_300_000),
        sized("strikes_by_state", "state slot", 10_000, 3_100_000),
        sized("strikes_damaged", "damage slot", 1_200, 360_000),
        sized("strikes_by_party", "party slot", 20_000, 6_500_000),
    ]
}

/// A catalog of `tables` with the datasets of `file`.
pub(super) fn catalog_of(file: &str, tables: &[Table]) -> Catalog {
    let file = parse_dataset_file("driftscope.toml", file).unwrap();
    let find = |name: &str| {
        let found = tables.iter().find(|table| table.name == *name);
        found
            .cloned()
            .ok_or_else(|| Problem::new(format!("no table `{name}`")))
    };
    let bound = |dataset: &_| -> Result<BoundDataset, Problem> {
        bind(dataset, &file.path, &file.text, &find)
    };
    let datasets = file
        .datasets
        .iter()
        .map(|dataset| (dataset.name.clone(), bound(dataset)))
        .collect();
    let ready = |table: &Table| (table.name.clone(), TableState::Ready(table.clone()));
    Catalog {
        tables: tables.iter().map(ready).collect(),
        datasets,
        files: vec![file],
        statistics: Statistics::default(),
    }
}

/// The catalog of the sandbox.
pub(super) fn catalog() -> Catalog {
    catalog_of(DEMO, &tables())
}

/// The route of a request text: the plan is the same whether or not anything is told of the others.
pub(super) fn try_route(
    catalog: &Catalog,
    text: &str,
    consistency: Consistency,
) -> Result<Route, Problem> {
    let request = parse_request(text)?;
    let target = resolve(&request, catalog)?;
    let planner = Planner {
        catalog,
        prices: &Prices::default(),
        region: Some("local"),
    };
    let route = route(planner, &request, &target, consistency);
    let choice = choose(planner, &request, &target, consistency);
    if let (Ok(choice), Ok(route)) = (&choice, &route) {
        let is_told = |rejected: &Rejected| route.rejected.contains(rejected);
        assert!(choice.rejected.iter().all(is_told), "{text}");
    }
    let alone = |route: Route| Route {
        rejected: Vec::new(),
        ..route
    };
    assert_eq!(choice.map(alone), route.clone().map(alone), "{text}");
    route
}

/// The eventual route of a request on the sandbox.
pub(super) fn routed(text: &str) -> Route {
    try_route(&catalog(), text, Consistency::Eventual).unwrap()
}

/// The same catalog, once a sample of `dataset` was taken: so many items of these attributes.
pub(super) fn sampled<const N: usize>(
    mut catalog: Catalog,
    dataset: &str,
    (items, scanned): (usize, Scanned),
    attributes: impl Fn(usize) -> [(&'static str, String); N],
) -> Catalog {
    let dataset = catalog.dataset(dataset).cloned().unwrap();
    let mut sampler = Sampler::new(&dataset.base, Some(&dataset));
    for id in 0..items {
        let attributes = attributes(id).map(|(name, value)| (name.to_owned(), Value::S(value)));
        sampler.add(&Item::from(attributes));
    }
    catalog.statistics = sampler.finish(scanned, 1);
    catalog
}

/// The plan of a route, then every other that could answer.
pub(super) fn plans(route: Route) -> impl Iterator<Item = Plan> {
    let others = route.rejected.into_iter();
    let others = others.filter_map(|rejected| rejected.plan.map(|plan| *plan));
    std::iter::once(route.plan).chain(others)
}

/// `copy`, `table`, or `table.index`, as a path is spoken of.
pub(super) fn path_of(access: &super::Access) -> String {
    match (&access.copy, &access.index) {
        (None, None) => access.table.to_string(),
        (Some(copy), None) => copy.to_string(),
        (_, Some(index)) => index.to_string(),
    }
}

/// Why the path of that name is not queried, or else not scanned.
pub(super) fn rejection<'a>(route: &'a Route, name: &str) -> &'a Rejected {
    let of_path = || {
        let rejected = route.rejected.iter();
        rejected.filter(|rejected| path_of(&rejected.access) == name)
    };
    let query = of_path().find(|rejected| rejected.operation != "scan");
    query.or_else(|| of_path().next()).unwrap()
}

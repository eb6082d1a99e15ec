//! Which keys are bound, and how they are read.

use super::*;
use crate::domain::schema::KeySchema;

#[test]
fn an_index_of_several_hash_and_range_attributes_needs_each_hash_and_a_prefix_of_the_ranges() {
    let catalog = with_tables(|tables| {
        let mut wide = index(
            "wide",
            IndexKind::Global,
            "operator damage struck_on cost_total:N",
            Projection::All,
            (10_000, 2_950_000),
        );
        let (second, sort) = wide.key.sort.split_first().unwrap();
        let partition = wide.key.partition.iter().chain([second]);
        wide.key = KeySchema {
            partition: partition.cloned().collect(),
            sort: sort.into(),
        };
        tables[0].indexes.push(wide);
    });
    let plan = |filter: &str| {
        let route = eventually(
            &catalog,
            &format!("SELECT * FROM strikes.wide WHERE {filter}"),
        );
        (route.plan.operation(), route.plan)
    };
    let (_, bound) =
        plan("operator = 'A' AND damage IN ('B', 'C') AND struck_on = '1998' AND cost_total > 5");
    assert_eq!(
        key_conditions(&bound),
        ["B", "C"].map(|damage| format!(
            "operator = 'A' AND damage = '{damage}' AND struck_on = '1998' AND cost_total > 5"
        ))
    );
    let (_, gap) = plan("operator = 'A' AND damage = 'B' AND cost_total > 5");
    assert_eq!(key_conditions(&gap), ["operator = 'A' AND damage = 'B'"]);
    let (operation, _) = plan("damage = 'B' AND struck_on > '1998'");
    assert_eq!(operation, "scan");
}

#[test]
fn a_list_attribute_is_walked_to_what_it_contains() {
    let file = DEMO.replace("[operator, airport] as party", "tags as party");
    let catalog = catalog_of(&file, &tables());
    let text = "SELECT * FROM strikes WHERE contains(tags, 'x') AND cost_total > 5";
    let plan = eventually(&catalog, text).plan;
    assert_eq!(path_of(&plan.access), "by_party");
    assert_eq!(key_conditions(&plan), ["party = 'x'"]);
    assert_eq!(
        plan.distinct, None,
        "in one partition a base item stands once"
    );
    let text = "SELECT * FROM strikes WHERE NOT contains(tags, 'x')";
    let route = eventually(&catalog, text);
    assert_eq!(rejection(&route, "by_party").reason, Reason::NoPartitionKey);
}

#[test]
fn a_copys_index_without_the_base_key_answers_where_nothing_is_fetched() {
    let file = DEMO.replace(
        "set   = { month = ",
        "base_key = { strike_id = \"id\" }\nset   = { month = ",
    );
    let catalog = {
        let mut tables = tables();
        let by_damage = index(
            "by_damage",
            IndexKind::Global,
            "damage slot",
            Projection::Include(vec!["cost_total".to_owned()]),
            (10_000, 900_000),
        );
        tables[1].indexes.push(by_damage);
        catalog_of(&file, &tables)
    };
    let of = |select: &str| {
        let text = format!("SELECT {select} FROM strikes WHERE damage = 'B' AND {RANGE}");
        let route = eventually(&catalog, &text);
        let plans = route.rejected.iter().filter_map(|r| r.plan.as_deref());
        let mut all = std::iter::once(&route.plan).chain(plans);
        all.any(|plan| path_of(&plan.access) == "by_damage" && plan.operation() == "query")
    };
    let text = "SELECT COUNT(*) FROM strikes WHERE damage = 'B' AND cost_total > 5";
    let route = eventually(&catalog, text);
    assert_eq!(plan_of(&route, "by_damage").fetch, None);
    assert!(!of("*"), "what it lacks cannot be fetched");
}

#[test]
fn many_keys_are_got_or_queried_whichever_is_cheaper() {
    let ids: Vec<String> = (0..250).map(|n| format!("'S{n}'")).collect();
    let route = select(&format!(
        "airport = 'A' AND strike_id IN ({})",
        ids.join(", ")
    ));
    let plans = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    let operations: Vec<&str> = std::iter::once(&route.plan)
        .chain(plans)
        .filter(|plan| path_of(&plan.access) == "strikes")
        .map(Plan::operation)
        .collect();
    assert_eq!(operations, ["query", "batch_get", "scan"]);
}

#[test]
fn a_list_beyond_the_bound_is_scanned_and_the_bound_is_named() {
    let airports: Vec<String> = (0..1_500).map(|n| format!("'{n}'")).collect();
    let route = select(&format!("airport IN ({})", airports.join(", ")));
    assert_eq!(route.plan.reads, Reads::Scan);
    let rejected = rejection(&route, "by_date");
    assert!(
        rejected.detail.contains("more than 1000 values"),
        "{}",
        rejected.detail
    );
}

#[test]
fn values_of_a_sort_key_are_queried_one_by_one_in_order() {
    let text =
        "operator = 'A' AND struck_on IN ('1998-01-01', '1999-01-01') ORDER BY struck_on DESC";
    let route = select(text);
    let plans = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    let points = std::iter::once(&route.plan).chain(plans).find(|plan| {
        let of_index = path_of(&plan.access) == "by_operator";
        of_index && plan.order == OrderStrategy::Concatenate
    });
    assert_eq!(
        key_conditions(points.unwrap()),
        ["1999-01-01", "1998-01-01"].map(|day| format!("operator = 'A' AND struck_on = '{day}'"))
    );
}

#[test]
fn a_consistent_read_says_what_it_excludes() {
    let text = "SELECT * FROM strikes WHERE state = 'Ohio'";
    let route = try_route(&catalog(), text, Consistency::Strong).unwrap();
    let note = "consistent reads exclude 4 copies and 1 global index";
    assert!(route.notes.iter().any(|n| n == note), "{:?}", route.notes);
}

mod keys;

use crate::domain::plan::fixture::{
    DEMO, catalog, catalog_of, index, path_of, rejection, routed, tables, try_route,
};
use crate::domain::plan::{Basis, OrderStrategy, Plan, Reads, Reason, Rejected, Route};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Direction};
use crate::domain::schema::{Billing, Catalog, IndexKind, Projection, Table, TableState};
use rstest::rstest;

const RANGE: &str = "struck_on BETWEEN '1998-08-10' AND '1998-10-02'";

fn select(rest: &str) -> Route {
    routed(&format!("SELECT * FROM strikes WHERE {rest}"))
}

fn strongly(text: &str) -> Result<Route, Problem> {
    try_route(&catalog(), text, Consistency::Strong)
}

fn with_tables(change: impl FnOnce(&mut Vec<Table>)) -> Catalog {
    let mut tables = tables();
    change(&mut tables);
    catalog_of(DEMO, &tables)
}

fn eventually(catalog: &Catalog, text: &str) -> Route {
    try_route(catalog, text, Consistency::Eventual).unwrap()
}

fn key_conditions(plan: &Plan) -> Vec<String> {
    match &plan.reads {
        Reads::Partitions { conditions, .. } => {
            conditions.iter().map(ToString::to_string).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The plan of a path, chosen or not.
fn plan_of<'a>(route: &'a Route, path: &str) -> &'a Plan {
    let rejected = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    std::iter::once(&route.plan)
        .chain(rejected)
        .find(|plan| path_of(&plan.access) == path)
        .unwrap()
}

#[test]
fn a_closed_range_of_dates_is_read_month_by_month_newest_first() {
    let route = select(&format!("{RANGE} ORDER BY struck_on DESC LIMIT 50"));
    assert_eq!(path_of(&route.plan.access), "by_month");
    assert_eq!(route.plan.order, OrderStrategy::Concatenate);
    let Reads::Partitions { direction, .. } = route.plan.reads else {
        panic!("{:?}", route.plan.reads);
    };
    assert_eq!(direction, Direction::Descending);
    let range = "slot BETWEEN '1998-08-10' AND '1998-10-02$'";
    assert_eq!(
        key_conditions(&route.plan),
        ["1998-10", "1998-09", "1998-08"].map(|month| format!("month = '{month}' AND {range}"))
    );
    assert_eq!(route.plan.fetch, None);
}

#[rstest]
#[case::a_full_key("airport = 'A' AND strike_id = 'S1'", "strikes", "get")]
#[case::several_full_keys("airport = 'A' AND strike_id IN ('S1', 'S2')", "strikes", "batch_get")]
#[case::a_key_that_follows("struck_on = '1998-08-10' AND strike_id = 'S1'", "by_month", "get")]
#[case::an_airport("airport = 'A'", "strikes", "query")]
#[case::a_copy_that_spares_a_fetch(
    "operator = 'A' ORDER BY struck_on LIMIT 5",
    "by_party",
    "query"
)]
#[case::either_party("operator = 'A'", "by_party", "query")]
#[case::a_state("state = 'Ohio'", "by_state", "query")]
#[case::one_kind_of_damage("damage = 'B' AND cost_total > 5", "damaged", "query")]
#[case::nothing_that_binds("species = 'Gull'", "strikes", "scan")]
#[case::half_a_range("struck_on >= '1998-08-10'", "strikes", "scan")]
#[case::a_hundred_years_are_too_many_months(
    "struck_on BETWEEN '1900' AND '1999'",
    "strikes",
    "scan"
)]
#[case::a_disjunction_of_ranges("species = 'A' OR operator = 'B'", "strikes", "scan")]
fn the_cheapest_path_is_taken(#[case] filter: &str, #[case] path: &str, #[case] operation: &str) {
    let plan = select(filter).plan;
    assert_eq!(
        (path_of(&plan.access).as_str(), plan.operation()),
        (path, operation)
    );
}

#[rstest]
#[case::nothing_binds_it("species = 'Gull'", "by_operator", Reason::NoPartitionKey)]
#[case::a_domain_would_help(RANGE, "by_operator", Reason::UnboundedPartitions)]
#[case::half_a_range("struck_on > '1998'", "by_month", Reason::UnboundedPartitions)]
#[case::no_element("struck_on > '1998'", "by_party", Reason::NoPartitionKey)]
#[case::damage_may_be_none("struck_on > '1998'", "damaged", Reason::WhereNotImplied)]
#[case::another_type("operator = 5", "by_operator", Reason::KeyType)]
#[case::another_type_of_sort_key(
    "operator = 'A' AND struck_on > 5",
    "by_operator",
    Reason::KeyType
)]
#[case::a_text_that_is_no_date("struck_on = 'x'", "by_month", Reason::UnboundedPartitions)]
#[case::the_scan_costs_more("airport = 'A'", "strikes", Reason::CostsMore)]
fn every_other_path_has_its_reason(
    #[case] filter: &str,
    #[case] path: &str,
    #[case] reason: Reason,
) {
    let route = select(filter);
    let rejected = rejection(&route, path);
    assert_eq!(rejected.reason, reason, "{}", rejected.detail);
}

#[test]
fn an_index_is_taken_only_when_every_item_surely_has_its_keys() {
    let file = DEMO.replace("\"struck_on\", ", "");
    let catalog = catalog_of(&file, &tables());
    let of = |filter: &str| {
        eventually(
            &catalog,
            &format!("SELECT * FROM strikes WHERE operator = 'A'{filter}"),
        )
    };
    let route = of("");
    let rejected = rejection(&route, "by_operator");
    assert_eq!(rejected.reason, Reason::MayLackItems);
    assert!(
        rejected.detail.contains("`struck_on`"),
        "{}",
        rejected.detail
    );
    for filter in [" AND struck_on <> 'x'", " AND attribute_exists(struck_on)"] {
        let route = of(filter);
        assert_eq!(
            rejection(&route, "by_operator").reason,
            Reason::MayLackItems
        );
    }
    let route = of(" AND struck_on > '1998' LIMIT 1");
    let rejected = route
        .rejected
        .iter()
        .find(|r| path_of(&r.access) == "by_operator");
    assert!(rejected.is_none_or(|rejected| rejected.plan.is_some()));
}

#[test]
fn a_sparse_copy_answers_what_its_where_follows_from() {
    let route = routed("SELECT COUNT(*) FROM strikes WHERE damage <> 'None'");
    assert_eq!(path_of(&route.plan.access), "damaged");
    let damages = key_conditions(&route.plan);
    assert_eq!(
        damages.len(),
        5,
        "of the six declared all but None: {damages:?}"
    );
    let route = select("damage IN ('B', 'None')");
    assert_eq!(rejection(&route, "damaged").reason, Reason::WhereNotImplied);
}

#[test]
fn conditions_that_contradict_each_other_read_nothing() {
    for filter in [
        "airport = 5",
        "airport = ''",
        "species = 'a' AND species = 'b'",
    ] {
        let route = select(filter);
        assert_eq!(route.plan.reads, Reads::Nothing, "{filter}");
        assert_eq!(route.plan.estimate.basis, Basis::Exact);
        assert_eq!(route.notes.len(), 1, "{:?}", route.notes);
    }
}

#[test]
fn strong_reads_leave_out_copies_and_global_indexes_and_cost_twice_as_much() {
    let text = "SELECT * FROM strikes WHERE operator = 'A' AND airport = 'A'";
    let strong = strongly(text).unwrap();
    for path in ["by_operator", "by_party", "by_month"] {
        assert_eq!(rejection(&strong, path).reason, Reason::NotConsistent);
    }
    let route = routed(text);
    let low = |route: &Route| {
        let of_base = |r: &&Rejected| r.operation == "scan" && path_of(&r.access) == "strikes";
        let plans = route.rejected.iter().filter(of_base);
        plans.map(|r| r.estimate.unwrap().rcu.low.0).sum::<f64>()
    };
    assert!((low(&strong) - 2.0 * low(&route)).abs() < f64::EPSILON);
}

#[test]
fn a_strong_read_of_a_copy_is_a_problem_that_says_so() {
    let problem = strongly("SELECT * FROM strikes.by_month").unwrap_err();
    assert!(
        problem.to_string().contains("cannot be read strongly"),
        "{problem}"
    );
}

#[test]
fn a_pinned_path_is_taken_whatever_it_costs_and_what_it_may_lack_is_said() {
    let text = format!("SELECT * FROM strikes.damaged WHERE {RANGE}");
    let route = routed(&text);
    assert_eq!(path_of(&route.plan.access), "damaged");
    assert!(
        route.notes[0].contains("may lack answers"),
        "{:?}",
        route.notes
    );
    let cheaper = rejection(&route, "by_month");
    assert!(matches!(cheaper.reason, Reason::Pinned | Reason::CostsMore));
    assert!(cheaper.plan.is_some());
    let base = routed("SELECT * FROM strikes.strikes WHERE operator = 'A'");
    assert_eq!(base.plan.reads, Reads::Scan);
    assert_eq!(rejection(&base, "by_party").reason, Reason::Pinned);
}

#[test]
fn a_pinned_copy_of_several_items_a_base_item_gives_each_once() {
    let route = routed("SELECT * FROM strikes.by_party");
    assert_eq!(route.plan.reads, Reads::Scan);
    let keys = ["airport", "strike_id"].map(str::to_owned).to_vec();
    assert_eq!(route.plan.distinct, Some(keys));
}

#[test]
fn a_table_asked_by_its_own_name_shows_its_own_items() {
    let route = routed("SELECT * FROM strikes_by_month WHERE month = '1998-08' ORDER BY slot DESC");
    let plan = &route.plan;
    assert_eq!(
        (plan.access.copy.as_ref(), plan.order),
        (None, OrderStrategy::Native)
    );
    assert!(plan.hidden.is_empty());
    assert_eq!(key_conditions(plan), ["month = '1998-08'"]);
}

#[test]
fn what_a_path_lacks_is_fetched_after_everything_else_is_decided() {
    let route = select("operator = 'A' AND state = 'Ohio' ORDER BY struck_on LIMIT 5");
    let plan = plan_of(&route, "by_operator");
    let fetch = plan.fetch.as_ref().unwrap();
    assert_eq!(plan.residual.to_string(), "operator = 'A'");
    assert_eq!(
        fetch.residual.to_string(),
        "operator = 'A' AND state = 'Ohio'"
    );
    assert_eq!(
        plan.projection.as_ref().unwrap(),
        &["airport", "operator", "strike_id", "struck_on"]
    );
}

#[test]
fn only_what_is_selected_filtered_and_sorted_is_asked_for() {
    let route = routed(&format!(
        "SELECT species FROM strikes WHERE {RANGE} ORDER BY damage"
    ));
    let asked = route.plan.projection.unwrap();
    assert_eq!(asked, ["damage", "month", "slot", "species", "struck_on"]);
    assert_eq!(route.plan.order, OrderStrategy::Sort);
}

#[rstest]
#[case::its_own_sort_key(
    "operator = 'A' ORDER BY struck_on",
    "by_operator",
    OrderStrategy::Native
)]
#[case::a_date_in_front_of_the_key(
    "state = 'Ohio' ORDER BY struck_on",
    "by_state",
    OrderStrategy::Native
)]
#[case::a_padded_number("damage = 'B' ORDER BY cost_total", "damaged", OrderStrategy::Native)]
#[case::several_partitions(
    "state IN ('Ohio', 'Texas') ORDER BY struck_on",
    "by_state",
    OrderStrategy::Merge
)]
#[case::partitions_in_order(
    "state IN ('Ohio', 'Texas') ORDER BY state",
    "by_state",
    OrderStrategy::Concatenate
)]
#[case::partitions_and_keys_in_order(
    "state IN ('Ohio', 'Texas') ORDER BY state, struck_on",
    "by_state",
    OrderStrategy::Concatenate
)]
#[case::two_directions(
    "state IN ('Ohio', 'Texas') ORDER BY state, struck_on DESC",
    "by_state",
    OrderStrategy::Concatenate
)]
#[case::the_same_for_every_row("state = 'Ohio' ORDER BY state", "by_state", OrderStrategy::None)]
#[case::no_key("state = 'Ohio' ORDER BY species", "by_state", OrderStrategy::Sort)]
#[case::what_follows_in_the_key(
    "state = 'Ohio' ORDER BY struck_on, species",
    "by_state",
    OrderStrategy::Native
)]
#[case::bounds_of_two_shapes(
    "struck_on BETWEEN '1998-08' AND '1998-10-02' ORDER BY struck_on",
    "by_month",
    OrderStrategy::Sort
)]
#[case::bounds_with_offsets(
    "struck_on BETWEEN '1998-08-10T00:00+02:00' AND '1998-08-12T00:00+02:00' ORDER BY struck_on",
    "by_month",
    OrderStrategy::Sort
)]
#[case::numbers_said_to_be_text(
    "damage = 'B' AND cost_total > '5' ORDER BY cost_total",
    "damaged",
    OrderStrategy::Sort
)]
fn rows_come_into_order_the_cheapest_way(
    #[case] filter: &str,
    #[case] path: &str,
    #[case] order: OrderStrategy,
) {
    let route = select(filter);
    assert_eq!(plan_of(&route, path).order, order);
}

#[test]
fn an_index_being_built_is_not_read() {
    let catalog = with_tables(|tables| tables[0].indexes[1].active = false);
    let route = eventually(&catalog, "SELECT * FROM strikes WHERE operator = 'A'");
    assert_eq!(
        rejection(&route, "by_operator").reason,
        Reason::IndexNotActive
    );
}

#[test]
fn a_copy_that_may_not_be_described_is_rejected_with_the_words_of_the_problem() {
    let catalog = with_tables(|tables| {
        tables.retain(|table| table.name != *"strikes_by_month");
    });
    let route = eventually(&catalog, "SELECT * FROM strikes");
    let rejected = rejection(&route, "by_month");
    assert_eq!(rejected.reason, Reason::Denied);
    assert!(
        rejected.detail.contains("no table `strikes_by_month`"),
        "{}",
        rejected.detail
    );
}

#[test]
fn a_table_that_is_not_described_is_a_problem() {
    let mut catalog = catalog();
    let problem = Problem::new("not allowed to describe it");
    catalog
        .tables
        .insert("secret".into(), TableState::Failed(problem.clone()));
    catalog.tables.insert("new".into(), TableState::Listed);
    let of = |name: &str| {
        try_route(
            &catalog,
            &format!("SELECT * FROM {name}"),
            Consistency::Eventual,
        )
        .unwrap_err()
    };
    assert_eq!(of("secret"), problem);
    assert_eq!(of("new").what, "table `new` is not described yet");
}

#[test]
fn with_unknown_sizes_kinds_of_reads_are_ranked() {
    let catalog = with_tables(|tables| {
        for table in tables {
            (table.items, table.bytes) = (0, 0);
            for index in &mut table.indexes {
                (index.items, index.bytes) = (0, 0);
            }
        }
    });
    let route = eventually(&catalog, &format!("SELECT * FROM strikes WHERE {RANGE}"));
    assert_eq!(path_of(&route.plan.access), "by_month");
    assert_eq!(route.plan.estimate.basis, Basis::Unknown);
    assert_eq!(route.plan.estimate.rcu.high, None);
    assert_eq!(route.scan.rcu, None);
}

#[test]
fn of_equal_costs_the_base_goes_first() {
    let route = select("airport = 'A' AND strike_id = 'S1' AND struck_on = '1998-08-10'");
    assert_eq!(path_of(&route.plan.access), "strikes");
    assert_eq!(rejection(&route, "by_month").reason, Reason::Tie);
}

#[test]
fn an_attribute_that_only_a_copy_has_is_pointed_out() {
    let route = select("month = '1998-08'");
    let note = "`month` is an attribute of copy `by_month` alone; `FROM strikes_by_month` shows it";
    assert!(route.notes.iter().any(|n| n == note), "{:?}", route.notes);
}

#[test]
fn a_scan_says_what_would_spare_it() {
    let route = select("struck_on >= '1998-08-10'");
    assert_eq!(route.plan.reads, Reads::Scan);
    let notes = route.notes.join("\n");
    assert!(
        notes.contains("`by_month` could be queried with `struck_on BETWEEN … AND …`"),
        "{notes}"
    );
    assert!(notes.contains("`domain = { airport = [ … ] }`"), "{notes}");
}

#[test]
fn on_a_provisioned_table_dollars_are_an_equivalent() {
    let catalog = with_tables(|tables| tables[0].billing = Billing::Provisioned { rcu: 10 });
    let route = eventually(&catalog, "SELECT * FROM strikes");
    assert!(
        route.notes[0].contains("equivalent only"),
        "{:?}",
        route.notes
    );
}

#[test]
fn the_note_of_a_named_path_names_the_cheaper_one() {
    let route =
        routed("SELECT * FROM strikes.strikes WHERE operator = 'A' AND struck_on = '1998-08-10'");
    let note = route
        .notes
        .iter()
        .find(|note| note.contains("would answer for"));
    assert!(
        note.is_some_and(
            |note| note.contains("`strikes.by_operator`") || note.contains("`strikes_by_")
        ),
        "{:?}",
        route.notes
    );
}

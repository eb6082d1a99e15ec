use crate::domain::plan::fixture::{path_of, routed};
use crate::domain::plan::{OrderStrategy, Plan, Reads, Route};
use rstest::rstest;

fn select(filter: &str) -> Route {
    routed(&format!("SELECT * FROM strikes WHERE {filter}"))
}

fn parts(plan: &Plan) -> Vec<String> {
    plan.parts
        .iter()
        .map(|part| path_of(&part.access))
        .collect()
}

#[rstest]
#[case::two_keys(
    "operator = 'A' AND airport = 'A' AND strike_id = 'S' OR state = 'Ohio' AND damage = 'B'",
    2
)]
#[case::a_full_key_and_a_partition("airport = 'A' AND strike_id = 'S1' OR operator = 'A'", 2)]
#[case::three(
    "airport = 'A' OR operator = 'A' OR damage = 'B' AND struck_on = '1998'",
    3
)]
#[case::one_contains_the_other(
    "state = 'Ohio' OR state = 'Ohio' AND damage = 'B' OR operator = 'A'",
    2
)]
#[case::one_contradicts_itself(
    "state = 'Ohio' OR operator = 'A' OR airport = 'A' AND airport = 'B'",
    2
)]
#[case::not_all("NOT (operator <> 'A' AND state <> 'Ohio')", 2)]
fn members_bound_by_keys_are_read_each_on_its_own(#[case] filter: &str, #[case] count: usize) {
    let plan = select(filter).plan;
    assert_eq!(plan.parts.len(), count, "{:?}", parts(&plan));
    let dearest = plan.parts.iter().map(|part| part.estimate.expected.0);
    let dearest = dearest.fold(0.0, f64::max);
    let is_dearest = |part: &&Plan| part.estimate.expected.0 >= dearest;
    let top = plan.parts.iter().find(is_dearest).unwrap();
    assert_eq!((&plan.access, &plan.reads), (&top.access, &top.reads));
}

#[rstest]
#[case::one_needs_a_scan("operator = 'A' OR species = 'Gull'")]
#[case::one_is_half_a_range("operator = 'A' OR struck_on > '1998'")]
#[case::one_is_the_other("operator = 'A' OR operator = 'A' AND species = 'Gull'")]
fn what_is_no_union_of_keys_is_none(#[case] filter: &str) {
    let route = select(filter);
    let rejected = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    let mut plans = std::iter::once(&route.plan).chain(rejected);
    assert!(plans.all(|plan| plan.parts.is_empty()));
}

#[test]
fn members_name_the_base_key_and_what_rows_are_sorted_by() {
    let text =
        "SELECT species FROM strikes WHERE operator = 'A' OR damage = 'B' ORDER BY struck_on";
    let plan = routed(text).plan;
    assert_eq!(plan.order, OrderStrategy::Sort);
    assert_eq!(plan.parts.len(), 2, "{plan:#?}");
    for part in &plan.parts {
        let key = ["airport", "strike_id"].map(str::to_owned).to_vec();
        assert_eq!(part.distinct, Some(key));
        let shown = match &part.fetch {
            Some(fetch) => fetch.projection.clone(),
            None => part.projection.clone(),
        };
        let shown = shown.unwrap();
        for name in ["airport", "strike_id", "struck_on", "species"] {
            assert!(shown.iter().any(|shown| shown == name), "{name}: {shown:?}");
        }
    }
}

#[test]
fn what_a_member_fetches_is_verified_by_the_whole_filter() {
    let whole = "damage = 'B' OR state = 'Ohio'";
    let plan = select(whole).plan;
    let fetch = plan.parts.iter().find_map(|part| part.fetch.as_ref());
    assert_eq!(fetch.unwrap().residual.to_string(), whole);
}

#[test]
fn what_comes_to_too_many_conjunctions_is_not_taken_apart_and_the_bound_is_named() {
    let pairs: Vec<String> = (0..5)
        .map(|n| format!("(operator = '{n}' OR airport = '{n}' AND cost_total > {n})"))
        .collect();
    let route = select(&pairs.join(" AND "));
    let named = |note: &String| note.contains("more than 16 conjunctions");
    assert!(route.notes.iter().any(named), "{:?}", route.notes);
}

#[test]
fn members_that_all_contradict_themselves_read_nothing() {
    let route = select("airport = 'A' AND airport = 'B' OR airport = 'C' AND airport = 'D'");
    assert_eq!(route.plan.reads, Reads::Nothing);
    assert_eq!(route.notes.len(), 1, "{:?}", route.notes);
}

#[test]
fn a_named_path_is_read_as_a_union_of_its_own_partitions() {
    let text = "SELECT * FROM strikes.by_operator \
        WHERE operator = 'A' AND cost_total > 5 OR operator = 'B' AND struck_on > '1998' LIMIT 5";
    let plan = routed(text).plan;
    let paths: Vec<String> = std::iter::once(&plan)
        .chain(&plan.parts)
        .map(|p| path_of(&p.access))
        .collect();
    assert!(paths.iter().all(|path| path == "by_operator"), "{paths:?}");
}

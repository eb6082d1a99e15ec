use super::*;
use crate::domain::plan::Plan;
use crate::domain::plan::fixture::{catalog, path_of, try_route};
use crate::domain::plan::pace::Filtered;
use crate::domain::query::{Consistency, parse_request};
use rstest::rstest;

/// The estimate of the path of that name, as `DescribeTable` alone tells it.
fn estimate_of(path: &str, text: &str, consistency: Consistency) -> Estimate {
    plan_of(path, text, consistency).estimate
}

fn plan_of(path: &str, text: &str, consistency: Consistency) -> Plan {
    let route = try_route(&catalog(), text, consistency).unwrap();
    let others = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    let mut plans = std::iter::once(&route.plan).chain(others);
    plans
        .find(|plan| path_of(&plan.access) == path)
        .unwrap()
        .clone()
}

fn ends(estimate: &Estimate) -> (f64, f64, f64) {
    let rcu = estimate.rcu;
    (rcu.low.0, estimate.shown().0, rcu.high.unwrap().0)
}

#[rstest]
#[case::one_item("airport = 'A' AND strike_id = 'S1'", Consistency::Eventual, (0.5, 0.5, 0.5))]
#[case::strong("airport = 'A' AND strike_id = 'S1'", Consistency::Strong, (1.0, 1.0, 1.0))]
// A partition of the base is guessed at a hundred items of 295 bytes, at most four times that.
#[case::a_partition("airport = 'A'", Consistency::Eventual, (0.5, 4.0, 14.5))]
#[case::twice_as_much_when_strong("airport = 'A'", Consistency::Strong, (1.0, 8.0, 29.0))]
fn without_statistics_figures_follow_from_the_size_of_the_table(
    #[case] filter: &str,
    #[case] consistency: Consistency,
    #[case] units: (f64, f64, f64),
) {
    let text = format!("SELECT * FROM strikes WHERE {filter}");
    let estimate = estimate_of("strikes", &text, consistency);
    assert_eq!(ends(&estimate), units);
    assert_eq!(estimate.basis, Basis::Described);
}

#[test]
fn a_local_index_is_charged_its_entries_and_each_item_that_is_fetched() {
    let text = "SELECT * FROM strikes WHERE airport = 'A' AND struck_on > '1998' \
                ORDER BY struck_on LIMIT 4";
    let fetched = estimate_of("by_date", text, Consistency::Strong);
    let counted = "SELECT COUNT(*) FROM strikes WHERE airport = 'A' AND struck_on > '1998' LIMIT 4";
    let read = estimate_of("by_date", counted, Consistency::Strong);
    assert!((fetched.expected.0 - read.expected.0 - 4.0).abs() < f64::EPSILON);
}

#[test]
fn items_got_by_their_keys_are_rounded_up_each_by_itself() {
    let text = "SELECT * FROM strikes WHERE airport = 'A' AND strike_id IN ('S1', 'S2', 'S3')";
    let route = try_route(&catalog(), text, Consistency::Eventual).unwrap();
    let others = route.rejected.iter().filter_map(|r| r.plan.as_deref());
    let mut plans = std::iter::once(&route.plan).chain(others);
    let by_keys = plans.find(|plan| plan.operation() == "batch_get").unwrap();
    assert_eq!(ends(&by_keys.estimate), (1.5, 1.5, 1.5));
}

#[test]
fn a_count_costs_what_the_rows_would() {
    let rows = estimate_of(
        "strikes",
        "SELECT * FROM strikes WHERE airport = 'A'",
        Consistency::Eventual,
    );
    let count = estimate_of(
        "strikes",
        "SELECT COUNT(*) FROM strikes WHERE airport = 'A'",
        Consistency::Eventual,
    );
    assert_eq!(rows, count);
}

#[rstest]
#[case::keys_say_all_that_is_asked("operator = 'A'", Filtered::No)]
#[case::a_range_of_the_sort_key("operator = 'A' AND struck_on > '1998'", Filtered::No)]
#[case::what_no_key_says("operator = 'A' AND strike_id > 'S5'", Filtered::Maybe)]
#[case::what_the_base_says("operator = 'A' AND phase = 'Climb'", Filtered::Maybe)]
fn only_what_keys_do_not_say_makes_pages_larger(#[case] filter: &str, #[case] filtered: Filtered) {
    let text = format!("SELECT * FROM strikes WHERE {filter} LIMIT 5");
    assert_eq!(
        plan_of("by_operator", &text, Consistency::Eventual).filtered,
        filtered
    );
}

#[test]
fn a_limit_behind_a_filter_reckons_with_matches_that_lie_far_apart() {
    let one = |filter: &str| {
        let text = format!("SELECT * FROM strikes WHERE {filter} LIMIT 1");
        estimate_of("by_operator", &text, Consistency::Eventual)
            .expected
            .0
    };
    // One in ten answers: five fetched items are as likely as not to hold one, but it may take many more.
    let (rare, sure) = (
        one("operator = 'A' AND phase = 'Climb'"),
        one("operator = 'A'"),
    );
    assert!(sure <= 1.0 && rare > 5.0, "{sure}, {rare}");
}

#[rstest]
#[case::far_below(100.0, (false, false))]
#[case::between_what_is_expected_and_the_worst(10.0, (false, true))]
#[case::below_what_is_expected(3.0, (true, true))]
fn a_run_is_asked_about_by_what_is_expected_and_bounded_by_the_worst(
    #[case] limit: f64,
    #[case] asked: (bool, bool),
) {
    // Four units, at most fourteen and a half.
    let text = "SELECT * FROM strikes WHERE airport = 'A'";
    let estimate = estimate_of("strikes", text, Consistency::Eventual);
    let limit = Rcu(limit);
    assert_eq!((estimate.exceeds(limit), estimate.may_exceed(limit)), asked);
}

#[test]
fn a_fetch_that_one_in_ten_runs_makes_is_not_nothing_but_is_not_shown() {
    let text = "SELECT * FROM strikes WHERE operator = 'A' AND struck_on = '1998-08-01' \
                AND species = 'Gull' AND cost_total = 5";
    let estimate = estimate_of("by_operator", text, Consistency::Eventual);
    assert!((estimate.expected.0 - 0.55).abs() < 1e-9, "{estimate:?}");
    assert_eq!(estimate.shown(), Rcu(0.5));
}

#[test]
fn rows_that_a_sort_key_decides_on_lie_together_and_are_waited_for_longer() {
    let scanned = |filter: &str| {
        let text = format!("SELECT * FROM strikes WHERE {filter} LIMIT 15");
        estimate_of("strikes", &text, Consistency::Eventual)
    };
    let (together, anywhere) = (scanned("strike_id > 'S5'"), scanned("phase > 'S5'"));
    assert!(
        together.expected > anywhere.expected,
        "{together:?} {anywhere:?}"
    );
    assert!(
        together.rcu.high >= anywhere.rcu.high,
        "{together:?} {anywhere:?}"
    );
}

#[rstest]
#[case::no_group("operator", 0.5)]
// Of a partition of a hundred entries of 180 bytes all are read, and the next one is begun.
#[case::a_partition("operator, cost_total", 4.5)]
fn a_limit_ends_a_run_that_sorts_in_groups_only_with_a_group(
    #[case] order: &str,
    #[case] least: f64,
) {
    let text = format!(
        "SELECT operator, cost_total FROM strikes WHERE operator IN ('A', 'B') \
         ORDER BY {order} LIMIT 5"
    );
    let expected = estimate_of("by_operator", &text, Consistency::Eventual)
        .expected
        .0;
    assert!((least..least + 1.0).contains(&expected), "{expected}");
}

#[test]
fn a_group_that_is_sorted_before_it_is_fetched_is_read_whole_and_fetched_in_part() {
    let text = "SELECT * FROM strikes WHERE operator IN ('A', 'B', 'C') AND phase = 'Climb' \
                ORDER BY operator, cost_total LIMIT 5";
    let estimate = estimate_of("by_operator", text, Consistency::Eventual);
    // A hundred entries, and half a hundred items until five answer.
    let expected = estimate.expected.0;
    assert!((25.0..40.0).contains(&expected), "{expected}");
}

fn of_members(text: &str, members: &[(Estimate, Option<f64>)]) -> Estimate {
    let request = parse_request(text).unwrap();
    let by_operator = "SELECT struck_on FROM strikes WHERE operator = 'A'";
    let plan = plan_of("by_operator", by_operator, Consistency::Eventual);
    let plans: Vec<(Plan, Option<f64>)> = members
        .iter()
        .map(|(estimate, rows)| {
            let estimate = *estimate;
            (
                Plan {
                    estimate,
                    ..plan.clone()
                },
                *rows,
            )
        })
        .collect();
    let plans: Vec<_> = plans.iter().map(|(plan, rows)| (plan, *rows)).collect();
    of_union(&request, &plans)
}

const EXACT: Estimate = Estimate {
    rcu: Range::new(Rcu(1.0), Rcu(2.0)),
    expected: Rcu(1.5),
    requests: Range::new(1, 2),
    bytes: Range::new(100, 200),
    usd: Some((0.1, Some(0.2))),
    basis: Basis::Analyzed,
};

#[rstest]
#[case::all_are_read("SELECT struck_on FROM a", Some(9.0), (2.0, 3.0, 4.0))]
#[case::the_first_fills_the_limit("SELECT struck_on FROM a LIMIT 5", Some(9.0), (1.0, 1.5, 4.0))]
#[case::the_first_may_fill_it("SELECT struck_on FROM a LIMIT 5", Some(1.0), (1.0, 3.0, 4.0))]
#[case::nothing_tells("SELECT struck_on FROM a LIMIT 5", None, (1.0, 3.0, 4.0))]
#[case::in_order_a_page_of_each_is_read("SELECT struck_on FROM a ORDER BY struck_on LIMIT 5", Some(9.0), (1.5, 3.0, 4.0))]
fn later_members_of_a_union_may_be_spared(
    #[case] text: &str,
    #[case] rows: Option<f64>,
    #[case] units: (f64, f64, f64),
) {
    let of = of_members(text, &[(EXACT, rows), (EXACT, rows)]);
    assert_eq!(ends(&of), units);
}

#[test]
fn a_union_is_the_sum_of_its_members_and_known_as_badly_as_the_worst() {
    let exact = EXACT;
    let of_union = |members: &[Estimate]| {
        let members: Vec<_> = members.iter().map(|member| (*member, None)).collect();
        of_members("SELECT struck_on FROM a", &members)
    };
    let unknown = Estimate {
        rcu: Range::at_least(Rcu(0.5)),
        usd: Some((0.1, None)),
        basis: Basis::Unknown,
        ..exact
    };
    let two = of_union(&[exact, exact]);
    assert_eq!(ends(&two), (2.0, 3.0, 4.0));
    assert_eq!(
        (two.requests, two.bytes),
        (Range::new(2, 4), Range::new(200, 400))
    );
    assert_eq!(two.basis, Basis::Analyzed);
    let worse = of_union(&[exact, unknown]);
    assert_eq!(worse.rcu, Range::at_least(Rcu(1.5)));
    assert_eq!(
        (worse.usd, worse.basis),
        (Some((0.2, None)), Basis::Unknown)
    );
    assert_eq!(of_union(&[]), of_nothing());
}

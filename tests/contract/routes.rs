//! Every route of a request gives the same rows.

use crate::brute::{departure, truth};
use crate::fixture::{Fixture, block_on, clean, other_endpoint, shop};
use crate::requests::{ORDERS, STRIKES, Vocabulary, texts};
use crate::run::{name, plans, run};
use driftscope::domain::plan::{Plan, Reads};
use driftscope::domain::query::parse_request;
use rstest::rstest;
use std::collections::BTreeMap;

fn scans(plan: &Plan) -> bool {
    plan.reads == Reads::Scan || plan.parts.iter().any(scans)
}

/// One of so many requests is answered by fetching each item of a scan, too.
const FETCHED: usize = 10;

/// The chosen plan, every other that goes by keys, and of those that read everything one a request, in
/// turn: each takes as long as all others together, and ten times as long when it fetches what it read.
fn in_turn(turn: usize, mut plans: Vec<Plan>) -> Vec<Plan> {
    let others = plans.split_off(1);
    let (mut scanning, by_keys): (Vec<_>, Vec<_>) = others.into_iter().partition(scans);
    plans.extend(by_keys);
    scanning.retain(|plan| plan.fetch.is_none() || turn.is_multiple_of(FETCHED));
    if !scanning.is_empty() {
        plans.push(scanning.swap_remove(turn % scanning.len()));
    }
    plans
}

fn check_all(count: usize, words: &Vocabulary, fixture: &Fixture) {
    let base = fixture.items_of(words.dataset);
    let mut wrong = Vec::new();
    let mut executed = BTreeMap::<String, usize>::new();
    for (turn, text) in texts(count, words, base).into_iter().enumerate() {
        let request = parse_request(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let truth = truth(&request, base);
        for plan in in_turn(turn, plans(&fixture.catalog, &request)) {
            let name = name(&plan);
            let (rows, answer) = block_on(run(fixture, &fixture.catalog, &request, &plan));
            if !answer.complete {
                wrong.push(format!(
                    "{text}\n    by {name}: incomplete: {:?}",
                    answer.error
                ));
            } else if let Some(departure) = departure(&request, &truth, &rows, answer.count) {
                wrong.push(format!("{text}\n    by {name}: {departure}"));
            }
            *executed.entry(name).or_default() += 1;
        }
    }
    let total: usize = executed.values().sum();
    println!(
        "{total} executions by {} kinds of route: {executed:#?}",
        executed.len()
    );
    assert!(total > count, "only the chosen routes were executed");
    assert!(
        wrong.is_empty(),
        "{} of {total} executions are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Random requests of each dataset. Another server is a second opinion on the same routes: fewer will do.
fn requests() -> usize {
    if other_endpoint().is_some() { 25 } else { 200 }
}

#[rstest]
#[case::of_strikes(&STRIKES, clean())]
#[case::of_orders(&ORDERS, shop())]
fn every_route_of_random_requests_gives_the_rows_of_a_filter_and_sort_over_all_items(
    #[case] words: &Vocabulary,
    #[case] fixture: &Fixture,
) {
    check_all(requests(), words, fixture);
}

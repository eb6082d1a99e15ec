//! Every route of a request gives the same rows.

use crate::brute::{departure, truth};
use crate::fixture::{Fixture, block_on, clean};
use crate::requests;
use driftscope::domain::cost::Prices;
use driftscope::domain::plan::{Plan, Planner, Reads, route};
use driftscope::domain::query::{Consistency, Request, parse_request, resolve};
use driftscope::domain::value::Item;
use driftscope::engine::execute::Bounds;
use driftscope::engine::{Answer, ReadEvent, execute};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(crate) async fn rows(fixture: &Fixture, request: &Request, plan: &Plan) -> (Vec<Item>, Answer) {
    let (events, mut inbox) = tokio::sync::mpsc::channel(4);
    let reader = tokio::spawn(async move {
        let mut rows = Vec::new();
        while let Some(event) = inbox.recv().await {
            if let ReadEvent::Rows(block) = event {
                rows.extend(block.iter().map(|item| item.to_item()));
            }
        }
        rows
    });
    let answer = execute(
        Arc::clone(&fixture.store),
        request,
        plan,
        Bounds::default(),
        events,
        CancellationToken::new(),
    )
    .await;
    (reader.await.unwrap(), answer)
}

/// The chosen plan and every other that could answer, each with a name.
fn plans(fixture: &Fixture, request: &Request) -> Vec<(String, Plan)> {
    let target = resolve(request, &fixture.catalog).unwrap();
    let prices = Prices::default();
    let planner = Planner {
        catalog: &fixture.catalog,
        prices: &prices,
        region: None,
    };
    let route = route(planner, request, &target, Consistency::Eventual).unwrap();
    let others = route
        .rejected
        .into_iter()
        .filter_map(|r| r.plan.map(|p| *p));
    std::iter::once(route.plan)
        .chain(others)
        .map(|plan| {
            let index = plan
                .access
                .index
                .as_ref()
                .map_or_else(String::new, |i| format!(".{i}"));
            (
                format!(
                    "{} {}{index} ({})",
                    plan.operation(),
                    plan.access.table,
                    plan.order.code()
                ),
                plan,
            )
        })
        .collect()
}

/// Every plan that goes by keys, and of those that read everything one a request, in turn: each takes
/// as long as all others together.
fn in_turn(turn: usize, plans: Vec<(String, Plan)>) -> Vec<(String, Plan)> {
    let reads_all = |(_, plan): &(String, Plan)| plan.reads == Reads::Scan;
    let (mut scans, mut few): (Vec<_>, Vec<_>) = plans.into_iter().partition(reads_all);
    if !scans.is_empty() {
        few.push(scans.swap_remove(turn % scans.len()));
    }
    few
}

fn check_all(count: usize) {
    let fixture = clean();
    let base = fixture.items_of("strikes");
    let mut wrong = Vec::new();
    let mut executed = std::collections::BTreeMap::<String, usize>::new();
    for (turn, text) in requests::texts(count, base).into_iter().enumerate() {
        let request = parse_request(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let truth = truth(&request, base);
        for (name, plan) in in_turn(turn, plans(fixture, &request)) {
            let (rows, answer) = block_on(rows(fixture, &request, &plan));
            *executed.entry(name.clone()).or_default() += 1;
            if !answer.complete {
                wrong.push(format!(
                    "{text}\n    by {name}: incomplete: {:?}",
                    answer.error
                ));
            } else if let Some(departure) = departure(&request, &truth, &rows) {
                wrong.push(format!("{text}\n    by {name}: {departure}"));
            }
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

#[test]
fn every_route_of_200_random_requests_gives_the_rows_of_a_filter_and_sort_over_all_items() {
    check_all(200);
}

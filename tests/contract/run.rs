//! Every route of a request, and what each gives.

use crate::fixture::Fixture;
use driftscope::domain::cost::Prices;
use driftscope::domain::plan::{Plan, Planner, choose, route};
use driftscope::domain::query::{Consistency, Request, resolve};
use driftscope::domain::schema::Catalog;
use driftscope::domain::value::Item;
use driftscope::engine::execute::Bounds;
use driftscope::engine::{Answer, ReadEvent, execute};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs a plan to its end.
pub(crate) async fn run(
    fixture: &Fixture,
    catalog: &Catalog,
    request: &Request,
    plan: &Plan,
) -> (Vec<Item>, Answer) {
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
        Bounds::default().sized_for(plan, catalog),
        events,
        CancellationToken::new(),
    )
    .await;
    (reader.await.unwrap(), answer)
}

/// The chosen plan, and after it every other that could answer. It is chosen whether or not the others
/// are worked out.
pub(crate) fn plans(catalog: &Catalog, request: &Request) -> Vec<Plan> {
    let target = resolve(request, catalog).unwrap();
    let prices = Prices::default();
    let planner = Planner {
        catalog,
        prices: &prices,
        region: None,
    };
    let route = route(planner, request, &target, Consistency::Eventual).unwrap();
    let choice = choose(planner, request, &target, Consistency::Eventual).unwrap();
    assert_eq!(choice.plan, route.plan);
    let others = route.rejected.into_iter();
    let others = others.filter_map(|rejected| rejected.plan.map(|plan| *plan));
    std::iter::once(route.plan).chain(others).collect()
}

/// What tells plans of one request apart.
pub(crate) fn name(plan: &Plan) -> String {
    if !plan.parts.is_empty() {
        let parts: Vec<String> = plan.parts.iter().map(name).collect();
        return format!("union of {}", parts.join(" and "));
    }
    let index = plan.access.index.as_ref();
    format!(
        "{} {}{} ({})",
        plan.operation(),
        plan.access.table,
        index.map_or_else(String::new, |index| format!(".{index}")),
        plan.order.code()
    )
}

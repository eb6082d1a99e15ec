//! From request text to route: the part that `query` and `explain` share.

use super::args::{Global, RequestArgs};
use super::exit::Failure;
use super::output::note;
use super::session::{Session, now};
use crate::domain::names::TableName;
use crate::domain::plan::{Plan, Planner, Route};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Target, parse_request, resolve};
use crate::domain::schema::Catalog;
use crate::domain::stats::Observation;
use std::collections::BTreeSet;

/// A request that was understood, and how it will be read.
#[derive(Debug)]
pub(super) struct Planned {
    /// The request.
    pub(super) request: Request,
    /// Its route.
    pub(super) route: Route,
    /// The tables it was planned over.
    pub(super) catalog: Catalog,
}

/// What finds a route: [`choose`](crate::domain::plan::choose), or [`route`](crate::domain::plan::route),
/// which tells of every other path, too.
pub(super) type Find = fn(Planner<'_>, &Request, &Target, Consistency) -> Result<Route, Problem>;

/// Parses, resolves, and routes a request text. Describes only the tables it may need.
pub(super) async fn plan(
    session: &Session,
    global: &Global,
    args: &RequestArgs,
    find: Find,
) -> Result<Planned, Failure> {
    let request = parse_request(&args.text).map_err(Failure::usage)?;
    let catalog = catalog_for(session, global, &request).await?;
    let target = resolve(&request, &catalog).map_err(Failure::usage)?;
    let planner = session.planner(&catalog);
    let route = find(planner, &request, &target, args.consistency()).map_err(Failure::usage)?;
    for text in old(&catalog, &route.plan, now()) {
        note(global.quiet, &format!("note: {text}"));
    }
    Ok(Planned {
        request,
        route,
        catalog,
    })
}

/// The tables of the dataset named, or the one table named; all names when neither is known.
async fn catalog_for(
    session: &Session,
    global: &Global,
    request: &Request,
) -> Result<Catalog, Failure> {
    let name = request.from.first().cloned().unwrap_or_default();
    if let Some(tables) = session.tables_of(&name) {
        return session
            .catalog(global, session.files.clone(), Some(tables))
            .await;
    }
    let table = TableName::from(name.clone());
    let alone = session
        .catalog(global, Vec::new(), Some(vec![table]))
        .await?;
    if alone.table(&name).is_some() {
        return Ok(alone);
    }
    session.catalog(global, session.files.clone(), None).await
}

/// Seconds of a day: statistics older than that are said to be.
const DAY: u64 = 24 * 60 * 60;

/// Sentences about statistics of the tables read that were sampled long ago.
fn old(catalog: &Catalog, plan: &Plan, now: u64) -> BTreeSet<String> {
    let parts = plan.parts.iter().map(|part| &part.access.table);
    std::iter::once(&plan.access.table)
        .chain(parts)
        .filter_map(|table| {
            let sample = catalog.statistics.table(table.as_str())?.sample()?;
            let days = now.saturating_sub(sample.at) / DAY;
            let plural = if days == 1 { "" } else { "s" };
            (days > 0).then(|| {
                format!("statistics of `{table}` are {days} day{plural} old: `driftscope analyze`")
            })
        })
        .collect()
}

impl Planned {
    /// Learns from what was read, and keeps it for later runs.
    pub(super) fn learn(&mut self, session: &Session, global: &Global, observed: &[Observation]) {
        let tables: BTreeSet<TableName> = observed.iter().map(|o| o.path.table.clone()).collect();
        let tables: Vec<TableName> = tables.into_iter().collect();
        self.catalog.learn(observed, now());
        session.keep(global, &self.catalog, &tables);
    }
}

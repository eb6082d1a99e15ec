//! From request text to route: the part that `query` and `explain` share.

use super::args::RequestArgs;
use super::exit::Failure;
use super::session::Session;
use crate::domain::names::TableName;
use crate::domain::plan::{Route, route};
use crate::domain::query::{Request, parse_request, resolve};
use crate::domain::schema::Catalog;
use crate::engine::catalog::load_all;

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

/// Parses, resolves, and routes a request text. Describes only the tables it may need.
pub(super) async fn plan(session: &Session, args: &RequestArgs) -> Result<Planned, Failure> {
    let request = parse_request(&args.text).map_err(Failure::usage)?;
    let catalog = catalog_for(session, &request).await?;
    let target = resolve(&request, &catalog).map_err(Failure::usage)?;
    let route = route(
        session.planner(&catalog),
        &request,
        &target,
        args.consistency(),
    )
    .map_err(Failure::usage)?;
    Ok(Planned {
        request,
        route,
        catalog,
    })
}

/// The tables of the dataset named, or the one table named; all names when neither is known.
async fn catalog_for(session: &Session, request: &Request) -> Result<Catalog, Failure> {
    let name = request.from.first().cloned().unwrap_or_default();
    if let Some(tables) = session.tables_of(&name) {
        return Ok(load_all(session.store(), session.files.clone(), Some(tables)).await?);
    }
    let alone = load_all(
        session.store(),
        Vec::new(),
        Some(vec![TableName::from(name.clone())]),
    )
    .await?;
    if alone.table(&name).is_some() {
        return Ok(alone);
    }
    Ok(load_all(session.store(), session.files.clone(), None).await?)
}

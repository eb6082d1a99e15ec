//! From text to route: planned anew whenever text, catalog, or consistency changes.
//!
//! Planning is pure and takes well under a frame, so it happens while typing. The last good route
//! stays, so that the screen can show it dimmed while the text is being mended.

use crate::domain::cost::Prices;
use crate::domain::names::{DatasetName, Range, Rcu, TableName};
use crate::domain::plan::{Planner, Rejected, Route, route};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Target, parse_request, resolve};
use crate::domain::schema::{Catalog, TableState};

use super::tree::declared;

/// A request with its route.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The request.
    pub request: Request,
    /// What it reads from.
    pub target: Target,
    /// Its route.
    pub route: Route,
}

impl Planned {
    /// The dataset it reads; none for a table.
    #[must_use]
    pub const fn dataset(&self) -> Option<&DatasetName> {
        match &self.target {
            Target::Dataset(dataset) | Target::Pinned { dataset, .. } => Some(dataset),
            Target::Table { .. } => None,
        }
    }

    /// What a Scan of the base would consume at the same consistency, when the size is known.
    #[must_use]
    pub fn scan(&self) -> Option<Range<Rcu>> {
        self.route.scan_cost().rcu
    }
}

/// How planning the present text went.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Verdict {
    /// There is no text.
    #[default]
    Empty,
    /// What it names is not described yet: these tables, as far as their names are known.
    Waiting(Vec<TableName>),
    /// [`Routing::last`] is its route.
    Good,
    /// It cannot be planned.
    Bad(Problem),
}

/// The route of the present text, or of the last text that had one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Routing {
    /// How planning the present text went.
    pub verdict: Verdict,
    /// The last good route.
    pub last: Option<Planned>,
}

impl Routing {
    /// The route of the present text.
    #[must_use]
    pub fn good(&self) -> Option<&Planned> {
        match self.verdict {
            Verdict::Good => self.last.as_ref(),
            _ => None,
        }
    }

    /// What is wrong with the present text.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match &self.verdict {
            Verdict::Bad(problem) => Some(problem),
            _ => None,
        }
    }
}

/// Whether more tables may still become known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listing {
    /// More may come.
    #[default]
    Open,
    /// Nothing more will come.
    Done,
}

/// What planning needs besides the text.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Tables and datasets.
    pub catalog: &'a Catalog,
    /// Whether more may still come.
    pub listing: Listing,
    /// Prices.
    pub prices: &'a Prices,
    /// The region, for prices.
    pub region: Option<&'a str>,
}

/// What came of planning.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A route.
    Planned(Box<Planned>),
    /// What the text names is not known yet: these tables, as far as their names are known.
    Waiting(Vec<TableName>),
}

/// Plans a text.
///
/// # Errors
/// What is wrong with the text, or why nothing can answer it.
pub fn plan_text(
    text: &str,
    consistency: Consistency,
    known: Known<'_>,
) -> Result<Outcome, Problem> {
    let request = parse_request(text)?;
    let target = match resolve(&request, known.catalog) {
        Ok(target) => target,
        Err(_) if known.listing == Listing::Open => return Ok(Outcome::Waiting(Vec::new())),
        Err(problem) => return Err(problem),
    };
    let planner = Planner {
        catalog: known.catalog,
        prices: known.prices,
        region: known.region,
    };
    match route(planner, &request, &target, consistency) {
        Ok(route) => Ok(Outcome::Planned(Box::new(Planned {
            request,
            target,
            route,
        }))),
        Err(problem) => match awaited(&target, known.catalog) {
            tables if tables.is_empty() => Err(problem),
            tables => Ok(Outcome::Waiting(tables)),
        },
    }
}

/// Tables that the target needs and that are still to be described.
fn awaited(target: &Target, catalog: &Catalog) -> Vec<TableName> {
    let needed: Vec<&TableName> = match target {
        Target::Table { table, .. } => vec![table],
        Target::Dataset(dataset) | Target::Pinned { dataset, .. } => declared(catalog, dataset)
            .into_iter()
            .flat_map(|d| std::iter::once(&d.base).chain(d.copies.values().map(|c| &c.table)))
            .collect(),
    };
    needed
        .into_iter()
        .filter(|table| matches!(catalog.tables.get(*table), None | Some(TableState::Listed)))
        .cloned()
        .collect()
}

/// The cheapest path that could have answered for less than the chosen one (which was pinned).
#[must_use]
pub fn cheaper(route: &Route) -> Option<&Rejected> {
    let chosen = route.plan.estimate.expected.0;
    route
        .rejected
        .iter()
        .filter(|r| r.plan.is_some())
        .filter_map(|r| Some((r, r.estimate?.expected.0)))
        .filter(|(_, expected)| *expected < chosen)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(rejected, _)| rejected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::routed;

    #[test]
    fn of_dearer_paths_none_is_cheaper_and_of_cheaper_ones_the_cheapest_is() {
        let mut route = routed("SELECT * FROM strikes").route;
        assert_eq!(cheaper(&route), None);
        if let Some(scan) = route.rejected[1].plan.clone() {
            route.plan = *scan;
        }
        let found = cheaper(&route).unwrap();
        assert_eq!(found.access.index.as_ref().unwrap().as_str(), "by_operator");
    }
}

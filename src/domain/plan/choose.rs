//! Candidates, estimates, choice.

use super::Route;
use crate::domain::cost::Prices;
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Target};
use crate::domain::schema::Catalog;

/// What planning needs besides the request.
#[derive(Debug, Clone, Copy)]
pub struct Planner<'a> {
    /// Tables and datasets.
    pub catalog: &'a Catalog,
    /// Prices.
    pub prices: &'a Prices,
    /// The region, for prices.
    pub region: Option<&'a str>,
}

/// Finds the route of a request.
///
/// # Errors
/// Attributes that cannot exist, a pinned route that cannot answer, a table that is not described.
pub fn route(
    _planner: Planner<'_>,
    _request: &Request,
    _target: &Target,
    _consistency: Consistency,
) -> Result<Route, Problem> {
    todo!()
}

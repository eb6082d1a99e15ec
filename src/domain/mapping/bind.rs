//! Checks a dataset against its tables.

use super::{BoundDataset, Dataset};
use crate::domain::problem::Problem;
use crate::domain::schema::Table;

/// Binds `dataset` to its tables: every key attribute of every copy must be computable and of the right type.
///
/// # Errors
/// When the base table is missing or failed. A copy that cannot be bound is in `failed`.
pub fn bind(
    _dataset: &Dataset,
    _file: &str,
    _text: &str,
    _table: &dyn Fn(&str) -> Result<Table, Problem>,
) -> Result<BoundDataset, Problem> {
    todo!()
}

//! `driftscope.toml` → [`DatasetFile`].

use super::DatasetFile;
use crate::domain::problem::Problem;

/// Parses a dataset file. `path` is only for messages.
///
/// # Errors
/// Every error names line, column, and the nearest valid name.
pub fn parse_dataset_file(_path: &str, _text: &str) -> Result<DatasetFile, Vec<Problem>> {
    todo!()
}

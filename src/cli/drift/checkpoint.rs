//! `--checkpoint FILE`: what was read before, and why there is no going on from it.

use super::super::args::Global;
use super::super::exit::{Exit, Failure};
use super::super::output::note;
use crate::domain::mapping::BoundDataset;
use crate::domain::problem::Problem;
use crate::engine::drift::{Checkpoint, DriftOptions, Resumed, Scope, Unusable};
use std::path::Path;

/// Opens it, if one is wanted, and says what was read before.
pub(super) fn open(
    global: &Global,
    path: Option<&Path>,
    dataset: &BoundDataset,
    options: &DriftOptions,
) -> Result<Option<Checkpoint>, Failure> {
    let Some(path) = path else {
        return Ok(None);
    };
    if options.scope != Scope::Full {
        let what = "only a full check has a checkpoint";
        let hint = "leave out `--checkpoint`: what this check reads is soon read again";
        return Err(Failure::usage(Problem::new(what).hint(hint)));
    }
    let opened = Checkpoint::open(path, dataset, options).map_err(|unusable| match unusable {
        Unusable::Refused(problem) => Failure::usage(problem),
        Unusable::Disk(problem) => Failure {
            exit: Exit::Incomplete,
            problems: vec![problem],
        },
    })?;
    if let Some(Resumed { items, rcu }) = opened.resumed() {
        let told = format!("resumed: {items} items were read before, for {} RCU", rcu.0);
        note(global.quiet, &told);
    }
    Ok(Some(opened))
}

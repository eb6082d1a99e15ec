//! The file of a checkpoint: which check it is, and where it stood.
//!
//! One line names the form, the program's version, and the digest of the rest; the rest is JSON.

use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::names::{CopyName, DatasetName};
use crate::engine::drift::spill::SideTold;
use crate::engine::drift::standing::{Standing, TableStanding};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::io;
use xxhash_rust::xxh3::xxh3_64;

/// What the first line begins with. The program's version is part of it: how it digests may change with it.
const FORM: &str = concat!(
    "driftscope checkpoint 1 of version ",
    env!("CARGO_PKG_VERSION")
);
/// What the first line of every version begins with.
const ANY_FORM: &str = "driftscope checkpoint ";

/// What it holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) spec: Spec,
    /// Which journal follows it.
    pub(super) generation: u64,
    pub(super) buckets: usize,
    pub(super) standing: Standing,
    pub(super) sides: Vec<SideTold>,
}

/// What makes a check this one and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Spec {
    dataset: DatasetName,
    /// Which base items count, how they are told apart, and what of an item counts.
    base: String,
    /// The copies under check, and how each follows from the base.
    copies: Vec<(CopyName, String)>,
}

/// What is wrong with a checkpoint, and why.
type Wrong = (&'static str, String);

impl Manifest {
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let body = serde_json::to_vec(self)?;
        let mut bytes = format!("{FORM} {:016x}\n", xxh3_64(&body)).into_bytes();
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Wrong> {
        let damaged = |why: &str| ("is damaged", why.to_owned());
        let line = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let text = String::from_utf8_lossy(line);
        let Some(sum) = text.strip_prefix(FORM) else {
            return Err(if text.starts_with(ANY_FORM) {
                let why = format!("it begins with `{text}`, this program writes `{FORM}`");
                ("is of another version", why)
            } else {
                ("is none", "it does not begin as one".to_owned())
            });
        };
        let body = bytes.get(line.len() + 1..).unwrap_or_default();
        if sum.trim() != format!("{:016x}", xxh3_64(body)) {
            return Err(damaged("its digest is another"));
        }
        serde_json::from_slice(body).map_err(|error| damaged(&error.to_string()))
    }

    /// Whether it reads the same tables as a check that begins now.
    pub(super) fn reads(&self, fresh: &Standing) -> Result<(), Wrong> {
        let (then, now) = (&self.standing.tables, &fresh.tables);
        if !then.iter().map(|t| &t.name).eq(now.iter().map(|t| &t.name)) {
            let names = |tables: &[TableStanding]| {
                let names = tables.iter().map(|table| format!("`{}`", table.name));
                names.collect::<Vec<_>>().join(", ")
            };
            return Err((
                "is of other tables",
                format!("it reads {}, this check {}", names(then), names(now)),
            ));
        }
        match then.iter().zip(now).find(|(then, now)| then.id != now.id) {
            Some((table, _)) => Err((
                "is of another table",
                format!("`{}` was deleted and created again since", table.name),
            )),
            None => Ok(()),
        }
    }
}

impl Spec {
    pub(super) fn new(dataset: &BoundDataset, copies: &[&BoundCopy]) -> Self {
        let nulls = dataset.dataset.check.nulls;
        let base = digest(&(&dataset.dataset.filter, &dataset.base.key, nulls));
        Self {
            dataset: dataset.dataset.name.clone(),
            base,
            copies: copies
                .iter()
                .map(|copy| {
                    let digest = digest(&(&copy.mapping, &copy.table.key));
                    (copy.mapping.name.clone(), digest)
                })
                .collect(),
        }
    }

    /// Whether it is the check `now`.
    pub(super) fn is(&self, now: &Self) -> Result<(), Wrong> {
        if self.dataset != now.dataset {
            let why = format!("it is of `{}`, this is `{}`", self.dataset, now.dataset);
            return Err(("is of another dataset", why));
        }
        let names = |spec: &Self| -> Vec<String> {
            let names = spec.copies.iter();
            names.map(|(name, _)| format!("`{name}`")).collect()
        };
        if names(self) != names(now) {
            let (then, now) = (names(self).join(", "), names(now).join(", "));
            return Err((
                "is of other copies",
                format!("it checks {then}, this {now}"),
            ));
        }
        if self.base != now.base {
            let why = format!("the base of `{}` is defined otherwise now", self.dataset);
            return Err(("is of another definition", why));
        }
        match self
            .copies
            .iter()
            .zip(&now.copies)
            .find(|(then, now)| then != now)
        {
            Some(((name, _), _)) => Err((
                "is of another definition",
                format!("the copy `{name}` is defined otherwise now"),
            )),
            None => Ok(()),
        }
    }
}

/// The digest of a definition as this version of the program writes it out.
fn digest(definition: &impl Debug) -> String {
    format!("{:016x}", xxh3_64(format!("{definition:?}").as_bytes()))
}

//! Statistics on disk: a file for each table, by account, region, and name.
//!
//! Owns where they lie and who may read them, for they hold values of items. A file that cannot be
//! used is dropped with a sentence about it, and one that cannot be written is a sentence, too: no
//! command fails for want of statistics.

use crate::domain::names::TableName;
use crate::domain::schema::{Catalog, Table, TableState};
use crate::domain::stats::TableStatistics;
use crate::store::Identity;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of a name that every file system takes, with room for an extension.
const LONGEST: usize = 200;

/// Where statistics are kept of what one identity reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    root: PathBuf,
    identity: Identity,
}

/// Files to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved {
    files: Vec<(PathBuf, String)>,
}

impl Archive {
    /// An archive below `root`.
    #[must_use]
    pub const fn new(root: PathBuf, identity: Identity) -> Self {
        Self { root, identity }
    }

    /// What is kept of a table.
    ///
    /// # Errors
    /// A sentence when there was something that is of no use (any more). It is gone then.
    pub fn load(&self, table: &Table) -> Result<Option<TableStatistics>, String> {
        let path = self.path(table);
        let dropped = |why: &str| format!("statistics of `{}` were dropped: {why}", table.name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => String::new(),
            Err(error) => return Err(dropped(&error.to_string())),
        };
        let kept = TableStatistics::from_json(&text).map_err(|problem| problem.to_string());
        let of_this = kept.and_then(|kept| {
            // Local servers give no ids.
            let ids = kept.id().zip(table.id.as_deref());
            if ids.is_some_and(|(kept, present)| kept != present) {
                return Err("the table was recreated since".to_owned());
            }
            Ok(Some(kept))
        });
        of_this.map_err(|why| {
            // One that cannot be removed is overwritten by the next that is saved.
            let _ = fs::remove_file(&path);
            dropped(&why)
        })
    }

    /// Adds what is kept of every table described; sentences about what was dropped.
    #[must_use]
    pub fn load_into(&self, catalog: &mut Catalog) -> Vec<String> {
        let mut notes = Vec::new();
        for (name, state) in &catalog.tables {
            let TableState::Ready(table) = state else {
                continue;
            };
            match self.load(table) {
                Ok(Some(kept)) => catalog.statistics.insert(name.clone(), kept),
                Ok(None) => {}
                Err(note) => notes.push(note),
            }
        }
        notes
    }

    /// What is known of these tables, ready to be written.
    #[must_use]
    pub fn prepare(&self, catalog: &Catalog, tables: &[TableName]) -> Unsaved {
        let files = tables.iter().filter_map(|name| {
            let table = catalog.table(name.as_str())?;
            let known = catalog.statistics.table(name.as_str())?;
            Some((self.path(table), known.to_json()))
        });
        Unsaved {
            files: files.collect(),
        }
    }

    /// The file of a table. Through an endpoint of one's own, tables of the same account and region
    /// may be others.
    fn path(&self, table: &Table) -> PathBuf {
        // arn:aws:dynamodb:REGION:ACCOUNT:table/NAME
        let arn: Vec<&str> = table.arn.as_deref().unwrap_or("").split(':').collect();
        let part = |at: usize| arn.get(at).copied().filter(|part| !part.is_empty());
        let account = part(4).unwrap_or("unknown");
        let owner = match &self.identity.endpoint {
            Some(endpoint) => format!("{account}@{endpoint}"),
            None => account.to_owned(),
        };
        let region = self.identity.region.as_deref().or(part(3));
        self.root
            .join(file_name(&owner))
            .join(file_name(region.unwrap_or("unknown")))
            .join(format!("{}.json", file_name(table.name.as_str())))
    }
}

impl Unsaved {
    /// Writes the files, each whole or not at all.
    ///
    /// # Errors
    /// A sentence when one could not be written.
    pub fn save(&self) -> Result<(), String> {
        // Where one fails the others fail, too, and one sentence is enough.
        self.files
            .iter()
            .try_for_each(|(path, text)| write(path, text))
            .map_err(|error| format!("statistics cannot be kept: {error}"))
    }
}

/// A name that is a plain file name everywhere: other characters as `%` and two digits, and what is
/// too long by its hash.
fn file_name(name: &str) -> String {
    let mut safe = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric()
            || b"-_@".contains(&byte)
            || byte == b'.' && !safe.is_empty()
        {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02x}");
        }
    }
    if safe.len() > LONGEST {
        safe.truncate(LONGEST / 2);
        let _ = write!(safe, "~{:016x}", xxh3_64(name.as_bytes()));
    }
    safe
}

/// Writes a file that only its owner reads, beside the place and then into it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    if let Some(directory) = path.parent() {
        private_directory().create(directory)?;
    }
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let beside = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let written = private_file()
        .open(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of it, if anything, is in nobody's way.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_table("orders-2024_v1.old", "orders-2024_v1.old")]
    #[case::an_endpoint("1@http://[::1]:80", "1@http%3a%2f%2f%5b%3a%3a1%5d%3a80")]
    #[case::no_way_up("..", "%2e.")]
    #[case::nothing_hidden(".orders", "%2eorders")]
    #[case::no_such_letters("ö%", "%c3%b6%25")]
    fn names_become_plain_file_names(#[case] name: &str, #[case] file: &str) {
        assert_eq!(file_name(name), file);
    }

    #[test]
    fn names_too_long_for_a_file_stay_apart() {
        let [one, other] = ["1", "2"].map(|end| file_name(&format!("{}{end}", "t".repeat(254))));
        assert!(one.len() < LONGEST && one != other, "{one} {other}");
    }
}

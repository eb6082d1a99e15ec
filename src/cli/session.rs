//! One run of the program: its store, its dataset files, its configuration.

use super::args::Global;
use super::exit::{Exit, Failure};
use super::output::note;
use crate::config::{self, Config};
use crate::domain::cost::Prices;
use crate::domain::mapping::{DatasetFile, parse_dataset_file};
use crate::domain::names::TableName;
use crate::domain::plan::Planner;
use crate::domain::problem::Problem;
use crate::domain::schema::Catalog;
use crate::engine::catalog::load_all;
use crate::engine::statistics::Archive;
use crate::store::budget::Budget;
use crate::store::ledger::Ledger;
use crate::store::throttle::Throttles;
use crate::store::{Store, Streams};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// What every command needs.
#[derive(Debug)]
pub(crate) struct Session {
    /// Where data comes from: keeps count below, budget and pace above.
    pub(crate) store: Arc<Budget>,
    /// Where streams are read from.
    pub(crate) streams: Arc<dyn Streams>,
    /// The dataset files.
    pub(crate) files: Vec<DatasetFile>,
    /// The configuration.
    pub(crate) config: Config,
    /// The region, for prices; `local` on the sandbox.
    pub(crate) region: Option<String>,
    /// Prices with the configuration's overrides.
    pub(crate) prices: Prices,
    /// Where statistics are kept, if anywhere: those of the sandbox would outlive it.
    pub(crate) archive: Option<Archive>,
    #[cfg(all(feature = "sandbox", feature = "aws"))]
    _sandbox: Option<crate::sandbox::Sandbox>,
}

impl Session {
    /// Connects; on the sandbox waits until it is loaded, with a progress bar.
    pub(crate) async fn open(global: &Global) -> Result<Self, Failure> {
        let config = config::load(global.config.as_deref()).map_err(Failure::usage)?;
        let prices = config.prices();
        #[cfg(all(feature = "sandbox", feature = "aws"))]
        if global.demo {
            let sandbox =
                super::sandbox::start_ready(global, crate::sandbox::Options::default()).await?;
            let dynamo = crate::store::dynamo::Dynamo::local(sandbox.endpoint());
            let reached = Reached::from(dynamo);
            let (store, streams) = limited(global, reached);
            let region = Some("local".to_owned());
            return Ok(Self {
                store,
                streams,
                files: dataset_files(global)?,
                config,
                region,
                prices,
                archive: None,
                _sandbox: Some(sandbox),
            });
        }
        let files = dataset_files(global)?;
        let reached = connect(global).await?;
        let (store, streams) = limited(global, reached);
        let identity = store.identity();
        let region = identity.region.clone();
        let archive = config::statistics_directory().map(|root| Archive::new(root, identity));
        Ok(Self {
            store,
            streams,
            files,
            config,
            region,
            prices,
            archive,
            #[cfg(all(feature = "sandbox", feature = "aws"))]
            _sandbox: None,
        })
    }

    /// The store as the engine takes it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }

    /// Describes these tables, or all there are, with what is kept of them. Says what was dropped.
    pub(crate) async fn catalog(
        &self,
        global: &Global,
        files: Vec<DatasetFile>,
        tables: Option<Vec<TableName>>,
    ) -> Result<Catalog, Failure> {
        let mut catalog = load_all(self.store(), files, tables).await?;
        if let Some(archive) = &self.archive {
            for text in archive.load_into(&mut catalog) {
                note(global.quiet, &format!("note: {text}"));
            }
        }
        Ok(catalog)
    }

    /// Keeps what the catalog knows of `tables` for later runs.
    pub(crate) fn keep(&self, global: &Global, catalog: &Catalog, tables: &[TableName]) {
        let Some(archive) = &self.archive else { return };
        if let Err(text) = archive.prepare(catalog, tables).save() {
            note(global.quiet, &format!("note: {text}"));
        }
    }

    /// What the planner needs.
    pub(crate) fn planner<'a>(&'a self, catalog: &'a Catalog) -> Planner<'a> {
        Planner {
            catalog,
            prices: &self.prices,
            region: self.region.as_deref(),
        }
    }

    /// Tables a dataset speaks of.
    pub(crate) fn tables_of(&self, dataset: &str) -> Option<Vec<TableName>> {
        let found = self
            .files
            .iter()
            .flat_map(|f| &f.datasets)
            .find(|d| d.name == *dataset)?;
        let copies = found.copies.values().map(|c| c.table.clone());
        Some(std::iter::once(found.base.clone()).chain(copies).collect())
    }
}

/// A store that was reached, and where it reports that it is throttled.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) streams: Arc<dyn Streams>,
    pub(crate) throttles: Throttles,
}

#[cfg(feature = "aws")]
impl From<crate::store::dynamo::Dynamo> for Reached {
    fn from(dynamo: crate::store::dynamo::Dynamo) -> Self {
        let dynamo = Arc::new(dynamo);
        Self {
            throttles: dynamo.throttles(),
            streams: Arc::clone(&dynamo) as Arc<dyn Streams>,
            store: dynamo,
        }
    }
}

/// The layers of a command: budget and pace over the ledger over what was reached; and its streams.
fn limited(global: &Global, reached: Reached) -> (Arc<Budget>, Arc<dyn Streams>) {
    let ledger = Arc::new(Ledger::new(reached.store));
    let streams = ledger.of_streams(reached.streams);
    let store = Budget::of_session(ledger, global.limits(), &reached.throttles);
    (Arc::new(store), streams)
}

#[cfg(feature = "aws")]
pub(crate) async fn connect(global: &Global) -> Result<Reached, Failure> {
    use crate::store::dynamo::{Connect, Dynamo};
    let connect = Connect {
        profile: global.profile.clone(),
        region: global.region.clone(),
        endpoint: global.endpoint_url.clone(),
    };
    Ok(Dynamo::connect(connect).await?.into())
}

#[cfg(not(feature = "aws"))]
pub(crate) fn connect(_global: &Global) -> std::future::Ready<Result<Reached, Failure>> {
    std::future::ready(Err(Failure::usage(
        Problem::new("this build cannot reach DynamoDB")
            .because("it was built without the feature `aws`")
            .hint("a build with the default features"),
    )))
}

/// Reads the dataset files: those named, or `./driftscope.toml`, or the config directory's; the demo's own on the sandbox.
pub(crate) fn dataset_files(global: &Global) -> Result<Vec<DatasetFile>, Failure> {
    #[cfg(all(feature = "sandbox", feature = "aws"))]
    if global.demo && global.dataset.is_empty() {
        return parse_all(&[(
            "demo".to_owned(),
            crate::sandbox::Sandbox::dataset_text().to_owned(),
        )]);
    }
    let paths = if global.dataset.is_empty() {
        default_dataset_file().into_iter().collect()
    } else {
        global.dataset.clone()
    };
    let texts = paths
        .iter()
        .map(|path| read_text(path).map(|text| (path.display().to_string(), text)))
        .collect::<Result<Vec<_>, _>>()?;
    parse_all(&texts)
}

fn parse_all(texts: &[(String, String)]) -> Result<Vec<DatasetFile>, Failure> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for (path, text) in texts {
        match parse_dataset_file(path, text) {
            Ok(file) => files.push(file),
            Err(errors) => problems.extend(errors),
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(Failure {
            exit: Exit::Usage,
            problems,
        })
    }
}

fn default_dataset_file() -> Option<PathBuf> {
    let here = PathBuf::from("driftscope.toml");
    let configured = config::directory().map(|dir| dir.join("driftscope.toml"));
    std::iter::once(here)
        .chain(configured)
        .find(|path| path.is_file())
}

fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| {
        Failure::usage(
            Problem::new(format!("`{}` cannot be read", path.display()))
                .because(e.to_string())
                .hint("check `--dataset`"),
        )
    })
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// A failure of the machine: a file, a socket, a thread.
pub(crate) fn failed(what: &str, error: &dyn std::error::Error) -> Failure {
    Failure {
        exit: Exit::Access,
        problems: vec![Problem::new(what).because(error.to_string())],
    }
}

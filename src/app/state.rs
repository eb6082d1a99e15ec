//! Everything the screen is drawn from. Plain data: no handles, no clock.

use super::analyze::{Analyses, Initiative, Sampling};
use super::beside::BesideView;
use super::drift::Drift;
use super::event::{SandboxProgress, Session};
use super::history::History;
use super::item::ItemView;
use super::job::{Slot, Slots};
use super::ledger::Ledger;
use super::overlay::Overlay;
use super::pipeline::Pipeline;
use super::request::{Mode, RequestLine};
use super::results::Results;
use super::routing::{Known, Listing, Routing};
use super::tree::Tree;
use super::viewport::{Pane, Viewports};
use crate::domain::cost::Prices;
use crate::domain::mapping::DatasetFile;
use crate::domain::names::{Rcu, TableName};
use crate::domain::problem::Problem;
use crate::domain::schema::{Catalog, TableState};
use crate::store::Identity;
use crate::store::budget::Pace;
use std::collections::BTreeSet;

/// What is known when the program starts.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Dataset files that could be read.
    pub files: Vec<DatasetFile>,
    /// What was wrong with those that could not.
    pub problems: Vec<Problem>,
    /// Limits.
    pub settings: Settings,
    /// Names of the themes there are; the first is in use.
    pub themes: Vec<String>,
    /// Where and as whom is read, as far as known.
    pub identity: Identity,
}

/// Limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// A request expected to consume more is asked about.
    pub ask_rcu: Rcu,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ask_rcu: Rcu(10_000.0),
        }
    }
}

/// Which screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Screen {
    /// Datasets, request, route, results.
    #[default]
    Explore,
    /// One item.
    Item,
    /// A drift check.
    Drift,
    /// The same item in every copy.
    Beside,
    /// How changes reach the copies.
    Pipeline,
    /// Every request made, with its units.
    Ledger,
}

impl Screen {
    /// Its panes, in the order Tab goes through them.
    #[must_use]
    pub const fn panes(self) -> &'static [Pane] {
        match self {
            Self::Explore => &[Pane::Tree, Pane::Request, Pane::Route, Pane::Results],
            Self::Item => &[Pane::Item],
            Self::Drift => &[Pane::Copies, Pane::Findings, Pane::Diff],
            Self::Beside => &[Pane::Beside],
            Self::Pipeline => &[Pane::Pipeline],
            Self::Ledger => &[Pane::Shares, Pane::Entries],
        }
    }

    /// Whether it says itself what runs, and how far it is.
    #[must_use]
    pub const fn shows_what_runs(self) -> bool {
        matches!(
            self,
            Self::Explore | Self::Drift | Self::Beside | Self::Pipeline
        )
    }
}

/// How grave a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// For information.
    Info,
    /// Something did not work.
    Error,
}

/// A sentence in the status line, until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// How grave it is.
    pub severity: Severity,
}

/// Themes there are, and the one in use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Themes {
    /// Their names.
    pub names: Vec<String>,
    /// The one in use.
    pub current: usize,
}

/// The state of the application.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Limits.
    pub settings: Settings,
    /// Where and as whom is read.
    pub identity: Identity,
    /// Milliseconds since 1970, as of the last event.
    pub now: u64,
    /// Tables and datasets.
    pub catalog: Catalog,
    /// Whether more tables may come.
    pub listing: Listing,
    /// Why tables could not be listed the last time.
    pub list_problem: Option<Problem>,
    /// What is wrong outside any job: dataset files, connection.
    pub problems: Vec<Problem>,
    /// Prices.
    pub prices: Prices,
    /// What the session consumed.
    pub session: Session,
    /// How fast is read right now: the rate, its share of the provisioned units, the throttle behind it.
    pub pace: Pace,
    /// How far the sandbox is; none once it is loaded or where there is none.
    pub sandbox: Option<SandboxProgress>,
    /// The tree.
    pub tree: Tree,
    /// The request.
    pub request: RequestLine,
    /// Its route.
    pub routing: Routing,
    /// First line shown of the route.
    pub route_scroll: super::scroll::Scroll,
    /// Its rows.
    pub results: Results,
    /// Requests that were run, with their answers.
    pub history: History,
    /// The item shown.
    pub item: ItemView,
    /// Checks.
    pub drift: Drift,
    /// The same item in every copy.
    pub beside: BesideView,
    /// How changes reach the copies.
    pub pipeline: Pipeline,
    /// What is sampled for the planner.
    pub analyses: Analyses,
    /// Requests made of the service, and what answers cost.
    pub ledger: Ledger,
    /// Which screen is shown.
    pub screen: Screen,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// A sentence in the status line.
    pub notice: Option<Notice>,
    /// Which jobs run.
    pub slots: Slots,
    /// Themes.
    pub themes: Themes,
    /// Where the last frame put things.
    pub viewports: Viewports,
    /// Tables asked for because a request waited for them.
    pub described: BTreeSet<TableName>,
    explore_pane: Option<Pane>,
    drift_pane: Option<Pane>,
    ledger_pane: Option<Pane>,
}

impl State {
    /// The state at the start: datasets are in the tree before any table is known.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let mut state = Self {
            settings: start.settings,
            identity: start.identity,
            problems: start.problems,
            catalog: Catalog {
                files: start.files,
                ..Catalog::default()
            },
            themes: Themes {
                names: start.themes,
                current: 0,
            },
            ..Self::default()
        };
        super::catalog::rebuild(&mut state);
        state
    }

    /// The pane that has the focus.
    #[must_use]
    pub fn pane(&self) -> Pane {
        match self.screen {
            Screen::Explore => self.explore_pane.unwrap_or(Pane::Tree),
            Screen::Item => Pane::Item,
            Screen::Beside => Pane::Beside,
            Screen::Pipeline => Pane::Pipeline,
            Screen::Drift => self.drift_pane.unwrap_or(Pane::Findings),
            Screen::Ledger => self.ledger_pane.unwrap_or(Pane::Entries),
        }
    }

    /// Gives the focus to a pane of the present screen.
    pub fn focus(&mut self, pane: Pane) {
        if !self.screen.panes().contains(&pane) {
            return;
        }
        match self.screen {
            Screen::Explore => self.explore_pane = Some(pane),
            Screen::Item | Screen::Beside | Screen::Pipeline => {}
            Screen::Drift => self.drift_pane = Some(pane),
            Screen::Ledger => self.ledger_pane = Some(pane),
        }
        if pane != Pane::Request {
            self.request.mode = Mode::View;
        }
    }

    /// Whether something on the screen moves by itself, so that ticks are wanted.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.is_busy() || self.sandbox.is_some()
    }

    /// Whether the request line says what the results show.
    #[must_use]
    pub fn results_are_current(&self) -> bool {
        let planned = self.results.planned.as_ref();
        self.results.text == self.request.text()
            && planned.is_none_or(|p| p.route.plan.consistency == self.request.consistency)
    }

    /// Rows visible in a pane.
    #[must_use]
    pub fn height(&self, pane: Pane) -> usize {
        self.viewports.height(pane)
    }

    /// Says a sentence in the status line.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            severity: Severity::Info,
        });
    }

    /// Says in the status line that something did not work.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            severity: Severity::Error,
        });
    }

    /// What planning needs.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        Known {
            catalog: &self.catalog,
            listing: self.listing,
            prices: &self.prices,
            region: self.price_region(),
        }
    }

    /// Whether the sandbox is read.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.identity.profile.as_deref() == Some("demo")
    }

    /// The region whose prices count. The sandbox has none; there figures are what us-east-1 would charge.
    #[must_use]
    pub fn price_region(&self) -> Option<&str> {
        let sandbox = self.is_demo().then_some("us-east-1");
        self.identity.region.as_deref().or(sandbox)
    }

    /// Everything that is wrong, each once: dataset files, listing, tables, datasets, copies.
    #[must_use]
    pub fn all_problems(&self) -> Vec<&Problem> {
        let tables = self
            .catalog
            .tables
            .values()
            .filter_map(|table| match table {
                TableState::Failed(problem) => Some(problem),
                TableState::Listed | TableState::Ready(_) => None,
            });
        let datasets = self.catalog.datasets.values();
        let broken = datasets
            .clone()
            .filter_map(|dataset| dataset.as_ref().err());
        let copies = datasets
            .flatten()
            .flat_map(|dataset| dataset.failed.iter().map(|(_, problem)| problem));
        let mut problems: Vec<&Problem> = Vec::new();
        for problem in self
            .problems
            .iter()
            .chain(&self.list_problem)
            .chain(tables)
            .chain(broken)
            .chain(copies)
        {
            // A dataset repeats what is wrong with its tables.
            if problems.iter().all(|known| known.what != problem.what) {
                problems.push(problem);
            }
        }
        problems
    }

    /// Whether a job runs that the user asked for.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.slots.running().any(|slot| self.is_awaited(slot))
    }

    /// Whether a job runs in this slot that the user asked for.
    #[must_use]
    pub fn is_awaited(&self, slot: Slot) -> bool {
        let unasked = |sampling: &Sampling| sampling.initiative == Initiative::Program;
        let behind = slot == Slot::Analyze && self.analyses.running.as_ref().is_some_and(unasked);
        // What is followed needs no end: leaving its screen ends it.
        self.runs(slot) && !behind && slot != Slot::Lag
    }

    /// Whether a job runs in this slot.
    #[must_use]
    pub fn runs(&self, slot: Slot) -> bool {
        self.slots.is_running(slot)
    }
}

//! Statistics in the application: sampled by key, or once for each dataset in the background;
//! learned from every request; planned with at once.

use super::effect::{Effect, Effects};
use super::event::StatisticsEvent;
use super::format;
use super::job::Slot;
use super::state::{Screen, State};
use super::tree::Node;
use super::viewport::Pane;
use crate::domain::names::{DatasetName, TableName};
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::schema::{Billing, Catalog};
use crate::domain::stats::{Observation, TableStatistics};
use crate::engine::analyze::{Analysis, AnalyzeProgress, Subject};
use std::collections::BTreeSet;

/// Seconds after which statistics are sampled anew without being asked: a day.
const STALE: u64 = 24 * 60 * 60;

/// Who wanted something done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initiative {
    /// The user.
    User,
    /// The program itself, in the background.
    Program,
}

/// What was looked for, and what is being sampled.
#[derive(Debug, Clone, Default)]
pub struct Analyses {
    /// What is being sampled.
    pub running: Option<Sampling>,
    /// Tables whose statistics were looked for where they are kept.
    sought: BTreeSet<TableName>,
    /// Datasets that were sampled unasked, or need not be.
    settled: BTreeSet<DatasetName>,
}

/// A sample being taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// Of what.
    pub subject: Subject,
    /// Who wanted it.
    pub initiative: Initiative,
    /// How far it is.
    pub progress: Option<AnalyzeProgress>,
}

/// Samples what is selected: a dataset, or a table outside every dataset.
pub(super) fn analyze(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let by_user = |sampling: &&Sampling| sampling.initiative == Initiative::User;
    if let Some(sampling) = state.analyses.running.as_ref().filter(by_user) {
        let text = format!("`{}` is being sampled", name(&sampling.subject));
        state.complain(text);
        return;
    }
    match wanted(state) {
        Some(subject) if is_described(&state.catalog, &subject) => {
            state.say(format!("sampling `{}`", name(&subject)));
            start(state, subject, Initiative::User, fx);
        }
        Some(subject) => {
            let text = format!(
                "cannot sample `{}`: its tables are not described",
                name(&subject)
            );
            state.complain(text);
        }
        None => state.complain("nothing to sample: select a dataset or a table"),
    }
}

/// What is meant: the selection of the tree, else what the request reads from.
fn wanted(state: &State) -> Option<Subject> {
    if state.screen == Screen::Explore && state.pane() == Pane::Tree {
        return match state.tree.selected()? {
            Node::Table(table) | Node::Index(None, table, _) => Some(Subject::Table(table.clone())),
            node => node.dataset().cloned().map(Subject::Dataset),
        };
    }
    match &state.routing.last.as_ref()?.target {
        Target::Dataset(dataset) | Target::Pinned { dataset, .. } => {
            Some(Subject::Dataset(dataset.clone()))
        }
        Target::Table { table, .. } => Some(Subject::Table(table.clone())),
    }
}

fn is_described(catalog: &Catalog, subject: &Subject) -> bool {
    match subject {
        Subject::Dataset(dataset) => catalog.dataset(dataset.as_str()).is_some(),
        Subject::Table(table) => catalog.table(table.as_str()).is_some(),
    }
}

fn name(subject: &Subject) -> &str {
    match subject {
        Subject::Dataset(dataset) => dataset.as_str(),
        Subject::Table(table) => table.as_str(),
    }
}

fn start(state: &mut State, subject: Subject, initiative: Initiative, fx: &mut Effects) {
    if state.runs(Slot::Analyze) {
        fx.push(Effect::Cancel(Slot::Analyze));
    }
    let ticket = state.slots.start(Slot::Analyze);
    fx.push(Effect::Analyze {
        ticket,
        subject: subject.clone(),
        initiative,
    });
    if let Subject::Dataset(dataset) = &subject {
        state.analyses.settled.insert(dataset.clone());
    }
    state.analyses.running = Some(Sampling {
        subject,
        initiative,
        progress: None,
    });
}

/// Samples datasets that nobody asked for, one after the other: those whose tables are described,
/// of which nothing fresh is known, and whose reads take nothing from provisioned units.
pub(super) fn unasked(state: &mut State, fx: &mut Effects) {
    if state.runs(Slot::Analyze) {
        return;
    }
    let analyses = &state.analyses;
    let next = state.catalog.datasets.iter().find_map(|(name, dataset)| {
        let bound = dataset.as_ref().ok()?;
        let tables = bound.copies.iter().map(|copy| &copy.table);
        let sought = std::iter::once(&bound.base)
            .chain(tables)
            .all(|table| analyses.sought.contains(&table.name));
        let free = bound.base.billing == Billing::OnDemand;
        (free && sought && !analyses.settled.contains(name))
            .then(|| (name.clone(), bound.base.name.clone()))
    });
    let Some((dataset, base)) = next else { return };
    let known = state.catalog.statistics.table(base.as_str());
    let sample = known.and_then(TableStatistics::sample);
    if sample.is_some_and(|sample| state.now / 1000 < sample.at + STALE) {
        state.analyses.settled.insert(dataset);
    } else {
        start(state, Subject::Dataset(dataset), Initiative::Program, fx);
    }
}

/// Takes what was found where statistics are kept, and what a sample tells.
pub(super) fn take(state: &mut State, event: StatisticsEvent, fx: &mut Effects) {
    match event {
        StatisticsEvent::Loaded(table, found) => {
            state.analyses.sought.insert(table.clone());
            if let Some(found) = found {
                state.catalog.statistics.insert(table, *found);
                super::catalog::replan(state);
                fx.redraw();
            }
        }
        StatisticsEvent::Note(text) => {
            state.say(text);
            fx.redraw();
        }
        StatisticsEvent::Progress(ticket, progress) if state.slots.is_current(ticket) => {
            if let Some(sampling) = &mut state.analyses.running {
                sampling.progress = Some(progress);
                fx.redraw();
            }
        }
        StatisticsEvent::Done(ticket, analysis) if state.slots.is_current(ticket) => {
            done(state, *analysis, fx);
        }
        StatisticsEvent::Progress(..) | StatisticsEvent::Done(..) => {}
    }
}

fn done(state: &mut State, analysis: Analysis, fx: &mut Effects) {
    state.slots.finish(Slot::Analyze);
    let sampling = state.analyses.running.take();
    if sampling.is_some_and(|sampling| sampling.initiative == Initiative::User) {
        match (analysis.errors().next(), analysis.samples.first()) {
            (Some(error), _) => state.complain(error.problem.what.clone()),
            (None, Some(sample)) => {
                let units = format::rcu(analysis.consumption.rcu);
                state.say(format!("sampled {sample}, {units} RCU"));
            }
            (None, None) => {}
        }
    }
    let tables = analysis.statistics.tables();
    let tables: Vec<TableName> = tables.map(|(name, _)| name.clone()).collect();
    state.catalog.statistics.merge(analysis.statistics);
    save(state, tables, fx);
}

/// Learns from what a request read.
pub(super) fn learn(state: &mut State, observed: &[Observation], fx: &mut Effects) {
    let tables: BTreeSet<TableName> = observed.iter().map(|o| o.path.table.clone()).collect();
    state.catalog.learn(observed, state.now / 1000);
    save(state, tables.into_iter().collect(), fx);
}

fn save(state: &mut State, tables: Vec<TableName>, fx: &mut Effects) {
    if tables.is_empty() {
        return;
    }
    fx.push(Effect::SaveStatistics(tables));
    super::catalog::replan(state);
    fx.redraw();
}

/// The sample could not be taken.
pub(super) fn failed(state: &mut State, problem: &Problem) {
    let sampling = state.analyses.running.take();
    if sampling.is_some_and(|sampling| sampling.initiative == Initiative::User) {
        state.complain(problem.what.clone());
    }
}

//! The same item in every copy, side by side: what is looked at, what came, where the cursor is.

use super::drift::item_text;
use super::effect::{Effect, Effects};
use super::job::{Slot, Ticket};
use super::scroll::{Motion, Scroll};
use super::state::{Screen, State};
use super::viewport::Pane;
use crate::domain::drift::{Beside, Sought, Standing};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::DatasetName;
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::query::Target;
use crate::domain::read::ReadError;
use crate::domain::value::{Item, Value};

/// What came of looking.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Looked {
    /// Nothing yet.
    #[default]
    Waiting,
    /// The items.
    Seen(Box<Beside>),
    /// Nothing could be read.
    Failed(Problem),
}

/// The screen.
#[derive(Debug, Clone, Default)]
pub struct BesideView {
    /// The dataset and the item; none before anything was looked at.
    pub of: Option<(DatasetName, Sought)>,
    /// What came.
    pub looked: Looked,
    /// When it came, in milliseconds since 1970.
    pub at: u64,
    /// Attributes, keys of the base first.
    pub names: Vec<String>,
    /// Cursor among them.
    pub scroll: Scroll,
    /// The column under the cursor: 0 is the base, then the copies.
    pub column: usize,
    /// Key attributes of the base.
    keys: Vec<String>,
    /// Where it was opened.
    from: Screen,
}

impl BesideView {
    /// The items, once they came.
    #[must_use]
    pub const fn seen(&self) -> Option<&Beside> {
        match &self.looked {
            Looked::Seen(seen) => Some(seen),
            Looked::Waiting | Looked::Failed(_) => None,
        }
    }

    /// The attribute under the cursor.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.names.get(self.scroll.cursor).map(String::as_str)
    }

    /// The value of an attribute in a column, and how it stands; of the base it always agrees.
    #[must_use]
    pub fn cell(&self, name: &str, column: usize) -> (Option<&Value>, Standing) {
        let Some(seen) = self.seen() else {
            return (None, Standing::Apart);
        };
        match column.checked_sub(1) {
            None => (
                seen.base.as_ref().and_then(|base| base.get(name)),
                Standing::Agrees,
            ),
            Some(at) => {
                let sighting = seen.copies.get(at);
                sighting.map_or((None, Standing::Apart), |sighting| sighting.attribute(name))
            }
        }
    }

    /// The item of the column under the cursor.
    #[must_use]
    pub fn item(&self) -> Option<&Item> {
        let seen = self.seen()?;
        match self.column.checked_sub(1) {
            None => seen.base.as_ref(),
            Some(at) => seen.copies.get(at)?.found.as_ref().ok()?.as_ref(),
        }
    }

    /// What the item goes by: its base key, else the key of the copy item.
    #[must_use]
    pub fn title(&self) -> String {
        let key = self.of.as_ref().and_then(|(_, sought)| {
            let stray = sought.stray.as_ref().map(|(_, key)| key);
            sought.base_key.as_ref().or(stray)
        });
        key.map(item_text).unwrap_or_default()
    }

    /// Moves among the attributes.
    pub fn step(&mut self, motion: Motion, height: usize) {
        self.scroll.step(motion, self.names.len(), height);
    }

    /// Goes to a column.
    pub(super) fn go_to_column(&mut self, column: usize) {
        let copies = self.seen().map_or(0, |seen| seen.copies.len());
        self.column = column.min(copies);
    }
}

/// Shows the item that is meant in every copy.
pub(super) fn open(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let Some((dataset, sought)) = meant(state) else {
        state.complain("nothing to compare: no item of a dataset is selected");
        return;
    };
    let bound = state.catalog.dataset(dataset.as_str());
    let keys = bound.map_or_else(Vec::new, |bound| {
        bound
            .base
            .key
            .attributes()
            .map(|key| key.name.clone())
            .collect()
    });
    state.beside = BesideView {
        of: Some((dataset, sought)),
        keys,
        from: state.screen,
        ..BesideView::default()
    };
    state.screen = Screen::Beside;
    look(state, fx);
}

/// Looks again.
pub(super) fn look(state: &mut State, fx: &mut Effects) {
    fx.redraw();
    let Some((dataset, sought)) = state.beside.of.clone() else {
        return;
    };
    state.beside.looked = Looked::Waiting;
    fx.push(Effect::Beside {
        ticket: state.slots.start(Slot::Beside),
        dataset,
        sought: Box::new(sought),
    });
}

/// Leaves the screen for the one it was opened on; what is still being read is not wanted any more.
pub(super) fn leave(state: &mut State, fx: &mut Effects) {
    if state.runs(Slot::Beside) {
        state.slots.finish(Slot::Beside);
        fx.push(Effect::Cancel(Slot::Beside));
    }
    state.screen = state.beside.from;
    fx.redraw();
}

/// Takes what came.
pub(super) fn take(
    state: &mut State,
    ticket: Ticket,
    looked: Result<Beside, ReadError>,
    fx: &mut Effects,
) {
    if !state.slots.is_current(ticket) {
        return;
    }
    fx.redraw();
    state.slots.finish(Slot::Beside);
    let height = state.height(Pane::Beside);
    let view = &mut state.beside;
    view.at = state.now;
    match looked {
        Ok(seen) => {
            view.names = seen.attributes(&view.keys);
            view.looked = Looked::Seen(Box::new(seen));
            view.go_to_column(view.column);
            view.scroll.settle(view.names.len(), height);
        }
        Err(error) => view.looked = Looked::Failed(error.problem),
    }
}

/// A look broke.
pub(super) fn failed(state: &mut State, problem: Problem) {
    state.beside.looked = Looked::Failed(problem);
}

/// The item under the cursor, with the dataset it is of.
fn meant(state: &State) -> Option<(DatasetName, Sought)> {
    if state.screen == Screen::Drift {
        let finding = state.drift.finding()?;
        let stray = finding.copy_key.clone();
        let sought = Sought {
            base_key: finding.base_key.clone(),
            stray: stray.map(|key| (finding.copy.clone(), key)),
        };
        return Some((finding.dataset.clone(), sought));
    }
    let item = match state.screen {
        Screen::Item => state.item.item.clone(),
        _ => state.results.row()?.to_item(),
    };
    let planned = state.results.planned.as_ref()?;
    let dataset = match &planned.target {
        Target::Dataset(name) | Target::Pinned { dataset: name, .. } => {
            state.catalog.dataset(name.as_str())?
        }
        Target::Table { table, .. } => {
            let mut bound = state.catalog.datasets.values().flatten();
            bound.find(|bound| bound.base.name == *table)?
        }
    };
    let sought = Sought {
        base_key: Some(base_key(dataset, &planned.route.plan.access, &item)?),
        stray: None,
    };
    Some((dataset.dataset.name.clone(), sought))
}

/// The key of the base item that a row is, or stems from.
fn base_key(dataset: &BoundDataset, access: &Access, item: &Item) -> Option<Item> {
    let mut names = dataset.base.key.attributes();
    if names.all(|key| item.contains_key(&key.name)) {
        return Some(dataset.base.key.of(item));
    }
    let copy = access.copy.as_ref()?;
    dataset.base_key_of(dataset.copy(copy.as_str())?, item)
}

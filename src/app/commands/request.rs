//! Asking: the request, its route, its rows.

use super::{Command, Context};
use crate::app::effect::Effects;
use crate::app::item::ItemView;
use crate::app::overlay::{Find, FindIn, Overlay};
use crate::app::request::Mode;
use crate::app::scroll::Scroll;
use crate::app::state::{Screen, State};
use crate::app::viewport::Pane;
use crate::app::{analyze, beside, catalog, check, edit, history, ledger, run};
use crate::domain::query::Target;

const EXPLORE: &[Context] = &[Context::On(Screen::Explore)];

/// The commands.
pub(super) static COMMANDS: &[Command] = &[
    Command {
        id: "open",
        title: "Open",
        help: "Datasets: run the default request. Request: edit. Route: why. Results: the item. Findings: the item in every copy.",
        keys: &["enter"],
        contexts: &[Context::Screens],
        hint: "open",
        run: open,
    },
    Command {
        id: "run",
        title: "Run the request",
        help: "Reads by the chosen route. A dear request asks first.",
        keys: &["r", "f5"],
        contexts: EXPLORE,
        hint: "run",
        run: run::run,
    },
    Command {
        id: "back-in-history",
        title: "Earlier request",
        help: "Shows the request that was run before, with its answer as it was read then; `r` reads again.",
        keys: &["[", "alt-left"],
        contexts: EXPLORE,
        hint: "",
        run: history::back,
    },
    Command {
        id: "forward-in-history",
        title: "Later request",
        help: "Shows the request that was run after this one; at last what was being written.",
        keys: &["]", "alt-right"],
        contexts: EXPLORE,
        hint: "",
        run: history::forward,
    },
    Command {
        id: "edit",
        title: "Edit the request",
        help: "Enter runs it, Esc leaves the text, Up and Down go through earlier ones. The route follows while you type.",
        keys: &["e", "i"],
        contexts: EXPLORE,
        hint: "edit",
        run: edit_request,
    },
    Command {
        id: "why",
        title: "Why this route",
        help: "The whole route: partitions, order, filters, and why not the others.",
        keys: &["x"],
        contexts: EXPLORE,
        hint: "why",
        run: why,
    },
    Command {
        id: "sort",
        title: "Sort by this column",
        help: "Changes ORDER BY: descending, ascending, none. The route is planned anew.",
        keys: &["s"],
        contexts: &[Context::In(Pane::Results)],
        hint: "sort",
        run: edit::sort,
    },
    Command {
        id: "filter",
        title: "Filter by this value",
        help: "Adds `attribute = value` to the request. The route is planned anew.",
        keys: &["f"],
        contexts: &[Context::In(Pane::Results), Context::In(Pane::Item)],
        hint: "filter",
        run: edit::filter,
    },
    Command {
        id: "limit",
        title: "Next limit",
        help: "LIMIT 50, 100, 500, none.",
        keys: &["+"],
        contexts: EXPLORE,
        hint: "",
        run: edit::limit,
    },
    Command {
        id: "consistency",
        title: "Eventual or strong reads",
        help: "Strong reads see the last write, cost twice, and rule out global indexes and copies.",
        keys: &["c"],
        contexts: EXPLORE,
        hint: "",
        run: edit::consistency,
    },
    Command {
        id: "analyze",
        title: "Sample sizes",
        help: "Reads a sample of the dataset or table, so that estimates are right. Indexes and copies follow from it.",
        keys: &["a"],
        contexts: EXPLORE,
        hint: "",
        run: analyze::analyze,
    },
    Command {
        id: "ledger",
        title: "Ledger screen",
        help: "Every request made, with its units; sums by table, and what the same answers would have cost by Scan.",
        keys: &["L"],
        contexts: &[
            Context::On(Screen::Explore),
            Context::On(Screen::Drift),
            Context::On(Screen::Ledger),
        ],
        hint: "ledger",
        run: ledger::open,
    },
    Command {
        id: "find",
        title: "Filter this list",
        help: "Shows only rows that contain what you type. Esc shows all again.",
        keys: &["/"],
        contexts: &[Context::On(Screen::Explore), Context::On(Screen::Drift)],
        hint: "find",
        run: find,
    },
    Command {
        id: "fold",
        title: "Open or close",
        help: "What lies below this line.",
        keys: &["space"],
        contexts: &[Context::In(Pane::Tree), Context::In(Pane::Item)],
        hint: "",
        run: fold,
    },
    Command {
        id: "json",
        title: "Raw DynamoDB JSON",
        help: "Changes between the typed tree and the JSON DynamoDB sends.",
        keys: &["J"],
        contexts: &[Context::In(Pane::Item)],
        hint: "json",
        run: json,
    },
    Command {
        id: "next-item",
        title: "Next item",
        help: "The item of the next row.",
        keys: &["]", "n"],
        contexts: &[Context::In(Pane::Item)],
        hint: "next",
        run: |state, fx| go_to_item(state, state.item.row.saturating_add(1), fx),
    },
    Command {
        id: "previous-item",
        title: "Previous item",
        help: "The item of the row before.",
        keys: &["[", "p"],
        contexts: &[Context::In(Pane::Item)],
        hint: "previous",
        run: |state, fx| go_to_item(state, state.item.row.saturating_sub(1), fx),
    },
];

fn open(state: &mut State, fx: &mut Effects) {
    match state.pane() {
        Pane::Tree => run::run_selected(state, fx),
        Pane::Request => edit_request(state, fx),
        Pane::Route => why(state, fx),
        Pane::Results => open_item(state),
        Pane::Item => fold(state, fx),
        Pane::Copies => state.focus(Pane::Findings),
        Pane::Findings | Pane::Diff => beside::open(state, fx),
        Pane::Pipeline => check::open(state, fx),
        Pane::Beside | Pane::Value | Pane::Shares | Pane::Entries | Pane::Overlay => {}
    }
    fx.redraw();
}

/// Whether something in the pane can be opened.
pub(super) const fn opens(pane: Pane) -> bool {
    !matches!(
        pane,
        Pane::Beside | Pane::Value | Pane::Shares | Pane::Entries | Pane::Overlay
    )
}

fn edit_request(state: &mut State, fx: &mut Effects) {
    state.focus(Pane::Request);
    state.request.mode = Mode::Edit;
    fx.redraw();
}

fn why(state: &mut State, fx: &mut Effects) {
    state.overlay = Some(Overlay::Why(Scroll::default()));
    fx.redraw();
}

fn find(state: &mut State, fx: &mut Effects) {
    let (list, text) = match state.screen {
        Screen::Drift => (FindIn::Findings, state.drift.filter.clone()),
        Screen::Explore | Screen::Item | Screen::Beside | Screen::Pipeline | Screen::Ledger => {
            (FindIn::Tree, state.tree.filter.clone())
        }
    };
    state.focus(match list {
        FindIn::Findings => Pane::Findings,
        FindIn::Tree => Pane::Tree,
    });
    state.overlay = Some(Overlay::Find(Find {
        list,
        input: text.into(),
    }));
    fx.redraw();
}

fn fold(state: &mut State, fx: &mut Effects) {
    match state.pane() {
        Pane::Tree => {
            state.tree.toggle();
            catalog::rebuild(state);
        }
        Pane::Item => {
            let height = state.height(Pane::Item);
            state.item.toggle(height);
        }
        _ => {}
    }
    fx.redraw();
}

fn json(state: &mut State, fx: &mut Effects) {
    let height = state.height(Pane::Item);
    state.item.reshape(height);
    fx.redraw();
}

/// Shows the item under the cursor of the results.
fn open_item(state: &mut State) {
    let Some(row) = state.results.row() else {
        return;
    };
    state.item = ItemView::new(row.to_item(), state.results.scroll.cursor, key_names(state));
    state.screen = Screen::Item;
}

/// Shows the item of another row; the results follow.
fn go_to_item(state: &mut State, row: usize, fx: &mut Effects) {
    let Some(item) = state.results.rows.get(row).map(|item| item.to_item()) else {
        return;
    };
    let height = state.height(Pane::Item);
    state.item.replace(item, row, height);
    let (len, height) = (state.results.rows.len(), state.height(Pane::Results));
    state.results.scroll.put(row, len, height);
    fx.redraw();
}

/// Key attributes of the items that rows are.
fn key_names(state: &State) -> Vec<String> {
    let Some(planned) = &state.results.planned else {
        return Vec::new();
    };
    let key = match &planned.target {
        Target::Dataset(d) | Target::Pinned { dataset: d, .. } => {
            state.catalog.dataset(d.as_str()).map(|d| &d.base.key)
        }
        Target::Table { .. } => Some(&planned.route.plan.table_key),
    };
    key.map(|key| key.attributes().map(|a| a.name.clone()).collect())
        .unwrap_or_default()
}

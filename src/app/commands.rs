//! Every command, as data: one table feeds key dispatch, hints, help, the palette, and the README.

mod drift;
mod general;
mod motion;
mod request;

pub(super) use motion::{step, step_pane};

use super::effect::Effects;
use super::job::Slot;
use super::key::Key;
use super::overlay::Overlay;
use super::request::Mode;
use super::state::{Screen, State};
use super::viewport::Pane;
use std::fmt::Write as _;

/// Where a command works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Everywhere, even while a text is edited or something lies over the screen.
    Always,
    /// On every screen.
    Screens,
    /// On one screen.
    On(Screen),
    /// In one pane.
    In(Pane),
}

/// A command.
#[derive(Debug)]
pub struct Command {
    /// Its name, for the palette and for tests.
    pub id: &'static str,
    /// What it does, in a few words.
    pub title: &'static str,
    /// What there is to know besides.
    pub help: &'static str,
    /// Its keys.
    pub keys: &'static [&'static str],
    /// Where it works.
    pub contexts: &'static [Context],
    /// The word beside its key in the status line; none when it is not shown there.
    pub hint: &'static str,
    /// What it does to the state.
    pub run: fn(&mut State, &mut Effects),
}

/// Commands that belong together.
#[derive(Debug)]
pub struct Group {
    /// What they have in common.
    pub title: &'static str,
    /// The commands.
    pub commands: &'static [Command],
}

/// All commands, by group.
pub static GROUPS: &[Group] = &[
    Group {
        title: "Request",
        commands: request::COMMANDS,
    },
    Group {
        title: "Drift",
        commands: drift::COMMANDS,
    },
    Group {
        title: "Everywhere",
        commands: general::COMMANDS,
    },
    Group {
        title: "Moving",
        commands: motion::COMMANDS,
    },
];

/// All commands.
pub fn all() -> impl Iterator<Item = &'static Command> {
    GROUPS.iter().flat_map(|group| group.commands)
}

/// The command of that id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Command> {
    all().find(|command| command.id == id)
}

impl Command {
    /// Whether one of its keys was pressed.
    #[must_use]
    pub fn has_key(&self, key: Key) -> bool {
        self.keys.iter().any(|text| Key::parse(text) == Some(key))
    }

    /// How near to the focus it works: 3 in the pane, 2 on the screen, 1 everywhere, 0 not at all.
    fn nearness(&self, state: &State) -> u8 {
        self.contexts
            .iter()
            .map(|context| match context {
                Context::In(pane) if *pane == state.pane() => 3,
                Context::On(screen) if *screen == state.screen => 2,
                Context::Screens | Context::Always => 1,
                Context::In(_) | Context::On(_) => 0,
            })
            .max()
            .unwrap_or(0)
    }

    /// Whether it can be chosen on the present screen, in whatever pane.
    #[must_use]
    pub fn is_offered(&self, state: &State) -> bool {
        self.contexts.iter().any(|context| match context {
            Context::In(pane) => state.screen.panes().contains(pane),
            Context::On(screen) => *screen == state.screen,
            Context::Screens | Context::Always => true,
        })
    }

    /// Where it works, in words; empty for everywhere.
    #[must_use]
    pub fn place(&self) -> String {
        let names: Vec<&str> = self
            .contexts
            .iter()
            .filter_map(|context| match context {
                Context::Always | Context::Screens => None,
                Context::On(Screen::Explore) => Some("explore"),
                Context::On(Screen::Item) | Context::In(Pane::Item | Pane::Value) => Some("item"),
                Context::On(Screen::Drift) => Some("drift"),
                Context::On(Screen::Ledger) | Context::In(Pane::Shares | Pane::Entries) => {
                    Some("ledger")
                }
                Context::On(Screen::Beside) | Context::In(Pane::Beside) => Some("side by side"),
                Context::On(Screen::Pipeline) | Context::In(Pane::Pipeline) => Some("pipeline"),
                Context::In(Pane::Tree) => Some("datasets"),
                Context::In(Pane::Request) => Some("request"),
                Context::In(Pane::Route) => Some("route"),
                Context::In(Pane::Results) => Some("results"),
                Context::In(Pane::Copies) => Some("copies"),
                Context::In(Pane::Findings) => Some("findings"),
                Context::In(Pane::Diff) => Some("difference"),
                Context::In(Pane::Overlay) => Some("dialog"),
            })
            .collect();
        names.join(", ")
    }
}

/// The command a key means at the focus: the nearest one.
#[must_use]
pub fn find(state: &State, key: Key) -> Option<&'static Command> {
    all()
        .filter(|command| command.has_key(key))
        .map(|command| (command.nearness(state), command))
        .filter(|(nearness, _)| *nearness > 0)
        .max_by_key(|(nearness, _)| *nearness)
        .map(|(_, command)| command)
}

/// Commands that work even while a text is edited.
#[must_use]
pub fn find_always(key: Key) -> Option<&'static Command> {
    all().find(|command| command.contexts.contains(&Context::Always) && command.has_key(key))
}

/// Commands that move, for lists that lie over the screen.
#[must_use]
pub fn find_motion(key: Key) -> Option<&'static Command> {
    motion::COMMANDS.iter().find(|command| command.has_key(key))
}

/// Hints for the status line: key and word, the nearest first. What is open over the screen takes
/// the keys, and so does a text being edited.
#[must_use]
pub fn hints(state: &State) -> Vec<(&'static str, &'static str)> {
    match &state.overlay {
        Some(Overlay::Help(_) | Overlay::Why(_) | Overlay::Problems(_)) => {
            return vec![("j", "down"), ("k", "up"), ("esc", "close")];
        }
        Some(Overlay::Palette(_)) => return vec![("enter", "run"), ("esc", "close")],
        Some(Overlay::Question(_)) => return vec![("y", "yes"), ("n", "no")],
        Some(Overlay::Find(_) | Overlay::Prompt(_)) => return Vec::new(),
        None => {}
    }
    if state.request.mode == Mode::Edit {
        return vec![
            ("enter", "run"),
            ("esc", "leave"),
            ("ctrl-u", "clear"),
            ("up", "earlier"),
        ];
    }
    let mut hints: Vec<_> = all()
        .filter(|command| !command.hint.is_empty())
        .filter(|command| match command.id {
            "open" => request::opens(state.pane()),
            "pause" => state.runs(Slot::Check),
            "watch" | "recheck" | "check" => {
                state.screen != Screen::Drift || !state.runs(Slot::Check)
            }
            _ => true,
        })
        .map(|command| (command.nearness(state), command))
        .filter(|(nearness, _)| *nearness > 0)
        .collect();
    hints.sort_by_key(|(nearness, _)| std::cmp::Reverse(*nearness));
    hints
        .into_iter()
        .map(|(_, command)| match command.id {
            "check" if state.screen == Screen::Drift => (command.keys[0], "check"),
            "pause" if state.drift.is_paused() => (command.keys[0], "go on"),
            _ => (command.keys[0], command.hint),
        })
        .collect()
}

/// All keys as a Markdown table, for the README.
#[must_use]
pub fn keys_markdown() -> String {
    let mut out = String::new();
    for group in GROUPS {
        let _ = writeln!(out, "| {} | | |\n|---|---|---|", group.title);
        for command in group.commands {
            let keys: Vec<String> = command.keys.iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                keys.join(" "),
                command.title,
                command.place()
            );
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_of_the_table_can_be_pressed() {
        for command in all() {
            assert!(!command.keys.is_empty(), "{}", command.id);
            for key in command.keys {
                assert!(Key::parse(key).is_some(), "{}: {key}", command.id);
            }
        }
    }

    #[test]
    fn ids_are_unique_and_every_command_says_what_it_does() {
        let ids: BTreeSet<_> = all().map(|command| command.id).collect();
        assert_eq!(ids.len(), all().count());
        assert!(all().all(|c| !c.title.is_empty() && !c.help.is_empty()));
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for (n, one) in all().enumerate() {
            for other in all().skip(n + 1) {
                let shared = one.keys.iter().any(|key| other.keys.contains(key));
                let together = one.contexts.iter().any(|c| other.contexts.contains(c));
                assert!(!(shared && together), "{} and {}", one.id, other.id);
            }
        }
    }

    #[test]
    fn the_readme_table_names_every_command() {
        let table = keys_markdown();
        assert!(all().all(|command| table.contains(command.title)));
    }
}

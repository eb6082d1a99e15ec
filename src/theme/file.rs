//! A theme file, parsed: names of roles and colors are checked here, once.

use super::{Appearance, Color, Modifiers, Role, Style};
use crate::domain::problem::{Place, Problem, nearest};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A theme file whose roles are known and whose palette holds colors.
#[derive(Debug)]
pub(super) struct Source {
    /// What it was made for.
    pub appearance: Appearance,
    /// The theme it builds upon.
    pub inherits: Option<String>,
    /// Its colors by name; they also stand for those names in what it inherits.
    pub palette: BTreeMap<String, Color>,
    /// What it says of roles.
    pub roles: BTreeMap<Role, Entry>,
}

/// What a theme says of one role, its colors not looked up yet.
#[derive(Debug)]
pub(super) struct Entry {
    table: Table,
    place: Place,
}

impl Entry {
    /// This, with what it leaves open from `parent`; `none` leaves a color to the terminal.
    pub(super) fn over(
        &self,
        parent: Style,
        palette: &BTreeMap<&str, Color>,
    ) -> Result<Style, Problem> {
        let color = |text: &Option<String>, parent: Option<Color>| match text.as_deref() {
            None => Ok(parent),
            Some("none") => Ok(None),
            Some(text) => look_up(text, palette)
                .map(Some)
                .map_err(|problem| problem.at(self.place.clone())),
        };
        let modifiers = self.table.modifiers.as_ref().map(|list| {
            list.iter()
                .fold(Modifiers::NONE, |all, one| all.with((*one).into()))
        });
        Ok(Style {
            fg: color(&self.table.fg, parent.fg)?,
            bg: color(&self.table.bg, parent.bg)?,
            modifiers: modifiers.unwrap_or(parent.modifiers),
        })
    }
}

fn look_up(text: &str, palette: &BTreeMap<&str, Color>) -> Result<Color, Problem> {
    palette
        .get(text)
        .copied()
        .or_else(|| Color::parse(text))
        .ok_or_else(|| {
            let problem = Problem::new(format!("`{text}` is neither in the palette nor a color"));
            match nearest(text, palette.keys().copied()) {
                Some(near) => problem.hint(format!("`{near}`")),
                None => problem,
            }
        })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    appearance: Appearance,
    inherits: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, toml::Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<toml::Spanned<String>, Written>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Color(String),
    Style(Table),
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Table {
    fg: Option<String>,
    bg: Option<String>,
    modifiers: Option<Vec<Modifier>>,
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Modifier {
    Bold,
    Dim,
    Italic,
    Underline,
    Reverse,
}

impl From<Modifier> for Modifiers {
    fn from(modifier: Modifier) -> Self {
        match modifier {
            Modifier::Bold => Self::BOLD,
            Modifier::Dim => Self::DIM,
            Modifier::Italic => Self::ITALIC,
            Modifier::Underline => Self::UNDERLINE,
            Modifier::Reverse => Self::REVERSE,
        }
    }
}

/// Parses a theme file.
pub(super) fn parse(name: &str, text: &str) -> Result<Source, Problem> {
    let at = |span: std::ops::Range<usize>| place(name, text, span);
    let file: File = toml::from_str(text).map_err(|error| {
        let problem = Problem::new(format!("theme `{name}` cannot be read"))
            .because(error.message().to_owned());
        match error.span() {
            Some(span) => problem.at(at(span)),
            None => problem,
        }
    })?;
    let mut palette = BTreeMap::new();
    for (name, value) in file.palette {
        let color = Color::parse(value.get_ref()).ok_or_else(|| {
            Problem::new(format!("`{}` is no color", value.get_ref()))
                .hint("`#rrggbb`, a name such as `bright-red`, or an index up to 255")
                .at(at(value.span()))
        })?;
        palette.insert(name, color);
    }
    let mut roles = BTreeMap::new();
    for (key, written) in file.roles {
        let place = at(key.span());
        let Some(role) = Role::by_name(key.get_ref()) else {
            return Err(unknown_role(key.get_ref()).at(place));
        };
        let table = match written {
            Written::Style(table) => table,
            Written::Color(fg) => Table {
                fg: Some(fg),
                ..Table::default()
            },
        };
        roles.insert(role, Entry { table, place });
    }
    Ok(Source {
        appearance: file.appearance,
        inherits: file.inherits,
        palette,
        roles,
    })
}

fn unknown_role(name: &str) -> Problem {
    let problem = Problem::new(format!("no role `{name}`"));
    match nearest(name, Role::ALL.map(Role::name)) {
        Some(near) => problem.hint(format!("`{near}`")),
        None => problem,
    }
}

/// Line and column of a span.
fn place(file: &str, text: &str, span: std::ops::Range<usize>) -> Place {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    Place {
        file: Some(format!("{file}.toml")),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        length: text.get(span).map_or(1, |t| t.chars().count().max(1)),
    }
}

//! Themes: which style each role has, from TOML files with a palette, roles, and inheritance.
//!
//! Roles form a tree of parents, so a file that names only a few of them is complete. Nothing here
//! knows a terminal library; colors are converted to what the terminal can show when a theme is
//! loaded. Without color every meaning survives by glyph and modifier.

mod color;
mod file;
mod role;

pub use color::{Color, ColorLevel, Wish};
pub use role::Role;

use crate::domain::problem::{Problem, nearest};
use file::{Source, parse};
use indexmap::IndexMap;

/// How something is drawn. What is absent is left as it is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Style {
    /// Color of the text.
    pub fg: Option<Color>,
    /// Color behind it.
    pub bg: Option<Color>,
    /// Modifiers.
    pub modifiers: Modifiers,
}

/// Modifiers of a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Modifiers(u8);

impl Modifiers {
    /// None.
    pub const NONE: Self = Self(0);
    /// Bold.
    pub const BOLD: Self = Self(1);
    /// Dim.
    pub const DIM: Self = Self(2);
    /// Italic.
    pub const ITALIC: Self = Self(4);
    /// Underlined.
    pub const UNDERLINE: Self = Self(8);
    /// Text and background exchanged.
    pub const REVERSE: Self = Self(16);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What a theme was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Appearance {
    /// Light text on dark ground.
    Dark,
    /// Dark text on light ground.
    Light,
}

/// A theme, resolved: every role has its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// What it was made for.
    pub appearance: Appearance,
    styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// The style of a role.
    #[must_use]
    pub const fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }
}

/// Themes that come with the program, by name.
const EMBEDDED: [(&str, &str); 2] = [
    ("dark", include_str!("../themes/dark.toml")),
    ("light", include_str!("../themes/light.toml")),
];

/// Deepest inheritance followed.
const DEPTH: usize = 8;

/// The themes there are: those that come with the program and the user's.
#[derive(Debug, Clone)]
pub struct Library {
    texts: IndexMap<String, String>,
}

impl Library {
    /// The embedded themes and the user's, by name and text; the user's win.
    pub fn new(user: impl IntoIterator<Item = (String, String)>) -> Self {
        let embedded = EMBEDDED.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self {
            texts: embedded.into_iter().chain(user).collect(),
        }
    }

    /// Names of the themes, the embedded ones first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// Loads a theme for what the terminal can show.
    ///
    /// # Errors
    /// No theme of that name, or what is wrong in its file and where.
    pub fn load(&self, name: &str, level: ColorLevel) -> Result<Theme, Problem> {
        let chain = self.chain(name)?;
        let appearance = chain[0].appearance;
        let palette = chain
            .iter()
            .rev()
            .flat_map(|source| &source.palette)
            .map(|(name, color)| (name.as_str(), *color))
            .collect();
        let mut styles = [Style::default(); Role::ALL.len()];
        for role in Role::ALL {
            // Parents come before their children in `Role::ALL`.
            let mut style = role
                .parent()
                .map_or_else(Style::default, |parent| styles[parent as usize]);
            if let Some(own) = chain.iter().find_map(|source| source.roles.get(&role)) {
                style = own.over(style, &palette)?;
            }
            styles[role as usize] = style;
        }
        let screen = styles[Role::Text as usize].bg;
        let mut styles = styles.map(|style| level.fit(style, screen));
        if level == ColorLevel::NoColor {
            // Reversed as well, it could not be told from the selection of the pane in focus.
            styles[Role::SelectionIdle as usize].modifiers = Modifiers::UNDERLINE;
        }
        Ok(Theme {
            name: name.to_owned(),
            appearance,
            styles,
        })
    }

    /// The theme and what it inherits, nearest first.
    fn chain(&self, name: &str) -> Result<Vec<Source>, Problem> {
        let mut chain: Vec<Source> = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take() {
            let text = self.texts.get(&name).ok_or_else(|| self.unknown(&name))?;
            let source = parse(&name, text)?;
            next.clone_from(&source.inherits);
            chain.push(source);
            if chain.len() > DEPTH {
                return Err(Problem::new(format!("theme `{name}` inherits itself"))
                    .hint("remove `inherits` from one of the themes"));
            }
        }
        Ok(chain)
    }

    fn unknown(&self, name: &str) -> Problem {
        let names: Vec<String> = match nearest(name, self.names()) {
            Some(near) => vec![format!("`{near}`")],
            None => self.names().map(|name| format!("`{name}`")).collect(),
        };
        Problem::new(format!("no theme `{name}`")).hint(names.join(", "))
    }
}

#[cfg(test)]
mod tests;

//! Keys as data: no terminal library is named here.

use std::fmt;

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key. Letters carry their case, so shift is not repeated for them.
    pub code: KeyCode,
    /// With which modifiers.
    pub modifiers: Modifiers,
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// A character, as typed.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with shift, back.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key.
    F(u8),
}

/// Modifiers held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Modifiers {
    /// Control.
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
    /// Shift; not for characters.
    pub shift: bool,
}

/// Keys that have names, with the name of each.
const NAMED: [(KeyCode, &str); 15] = [
    (KeyCode::Enter, "enter"),
    (KeyCode::Esc, "esc"),
    (KeyCode::Tab, "tab"),
    (KeyCode::Backspace, "backspace"),
    (KeyCode::Delete, "delete"),
    (KeyCode::Up, "up"),
    (KeyCode::Down, "down"),
    (KeyCode::Left, "left"),
    (KeyCode::Right, "right"),
    (KeyCode::Home, "home"),
    (KeyCode::End, "end"),
    (KeyCode::PageUp, "pgup"),
    (KeyCode::PageDown, "pgdn"),
    (KeyCode::Char(' '), "space"),
    (KeyCode::Char('-'), "minus"),
];

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Self {
        Self {
            code,
            modifiers: Modifiers {
                ctrl: false,
                alt: false,
                shift: false,
            },
        }
    }

    /// A character without modifiers.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }

    /// A character with control.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        let mut key = Self::char(c);
        key.modifiers.ctrl = true;
        key
    }

    /// The character this types into a text, if it types one.
    #[must_use]
    pub const fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.modifiers.ctrl && !self.modifiers.alt => Some(c),
            _ => None,
        }
    }

    /// Reads `ctrl-d`, `shift-tab`, `G`, `enter`, `f5`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut modifiers = Modifiers::default();
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-") {
                (modifiers.ctrl, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (modifiers.alt, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("shift-") {
                (modifiers.shift, rest) = (true, after);
            } else {
                break;
            }
        }
        let code = parse_code(rest)?;
        Some(Self { code, modifiers })
    }
}

fn parse_code(text: &str) -> Option<KeyCode> {
    if let Some((code, _)) = NAMED.iter().find(|(_, name)| *name == text) {
        return Some(*code);
    }
    let mut chars = text.chars();
    let first = chars.next()?;
    if chars.as_str().is_empty() {
        return Some(KeyCode::Char(first));
    }
    let number = text.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Modifiers { ctrl, alt, shift } = self.modifiers;
        for (held, name) in [(ctrl, "ctrl-"), (alt, "alt-"), (shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        if let Some((_, name)) = NAMED.iter().find(|(code, _)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "f{n}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("G", Key::char('G'))]
    #[case("ctrl-d", Key::ctrl('d'))]
    #[case("enter", Key::plain(KeyCode::Enter))]
    #[case("f12", Key::plain(KeyCode::F(12)))]
    #[case("?", Key::char('?'))]
    #[case("space", Key::char(' '))]
    fn a_key_reads_back_from_its_text(#[case] text: &str, #[case] key: Key) {
        assert_eq!(Key::parse(text), Some(key));
        assert_eq!(key.to_string(), text);
    }

    #[rstest]
    #[case("")]
    #[case("ctrl-")]
    #[case("entre")]
    #[case("f99")]
    fn what_is_no_key_is_refused(#[case] text: &str) {
        assert_eq!(Key::parse(text), None);
    }
}

//! The request as the user edits it: a line of text, its history, the consistency.

use super::key::{Key, KeyCode};
use crate::domain::query::Consistency;
use tui_input::{Input, InputRequest};

/// Whether keys go into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Keys are commands.
    #[default]
    View,
    /// Keys are text.
    Edit,
}

/// Who wrote the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// It follows the selection in the tree.
    #[default]
    Tree,
    /// The user: the selection leaves it alone.
    User,
}

/// The request line.
#[derive(Debug, Clone, Default)]
pub struct RequestLine {
    /// The text and its cursor.
    pub input: Input,
    /// Whether keys go into the text.
    pub mode: Mode,
    /// Who wrote it.
    pub origin: Origin,
    /// Eventual or strong.
    pub consistency: Consistency,
    history: Vec<String>,
    /// Where in the history the text stands; at its end, the draft is shown.
    at: usize,
    draft: String,
}

/// Most requests remembered.
const HISTORY: usize = 200;

/// Longest text accepted, in bytes: as the parser.
const LONGEST: usize = 64 * 1024;

impl RequestLine {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Replaces the text.
    pub fn set(&mut self, text: String, origin: Origin) {
        self.input = std::mem::take(&mut self.input).with_value(text);
        self.origin = origin;
        self.at = self.history.len();
    }

    /// Remembers the text as one that was run.
    pub fn remember(&mut self) {
        let text = self.text().to_owned();
        self.history.retain(|earlier| *earlier != text);
        self.history.push(text);
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        self.at = self.history.len();
    }

    /// Goes to an earlier request.
    pub fn earlier(&mut self) {
        if self.at == self.history.len() {
            self.draft = self.text().to_owned();
        }
        if self.at > 0 {
            self.show(self.at - 1);
        }
    }

    /// Goes to a later request, at last to the draft.
    pub fn later(&mut self) {
        if self.at < self.history.len() {
            self.show(self.at + 1);
        }
    }

    fn show(&mut self, at: usize) {
        let text = self.history.get(at).unwrap_or(&self.draft).clone();
        self.set(text, Origin::User);
        self.at = at;
    }

    /// Types a text at the cursor, as one line.
    pub fn paste(&mut self, text: &str) {
        for c in text.trim().chars() {
            if self.text().len() >= LONGEST {
                break;
            }
            let c = if c.is_control() { ' ' } else { c };
            self.input.handle(InputRequest::InsertChar(c));
        }
        self.origin = Origin::User;
    }

    /// Takes a key into the text. Whether the text changed.
    pub fn key(&mut self, key: Key) -> Changed {
        let changed = edit(&mut self.input, key);
        if changed == Changed::Text {
            self.origin = Origin::User;
        }
        changed
    }
}

/// What an edit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    Nothing,
    /// The cursor alone.
    Cursor,
    /// The text.
    Text,
}

/// Takes a key into a line of text, as shells do.
pub fn edit(input: &mut Input, key: Key) -> Changed {
    if key.typed().is_some() && input.value().len() >= LONGEST {
        return Changed::Nothing;
    }
    let Some(request) = edit_request(key) else {
        return Changed::Nothing;
    };
    match input.handle(request) {
        Some(change) if change.value => Changed::Text,
        Some(_) => Changed::Cursor,
        None => Changed::Nothing,
    }
}

fn edit_request(key: Key) -> Option<InputRequest> {
    if let Some(c) = key.typed() {
        return Some(InputRequest::InsertChar(c));
    }
    let by_word = key.modifiers.ctrl || key.modifiers.alt;
    Some(match key.code {
        KeyCode::Left if by_word => InputRequest::GoToPrevWord,
        KeyCode::Right if by_word => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home | KeyCode::Char('a') => InputRequest::GoToStart,
        KeyCode::End | KeyCode::Char('e') => InputRequest::GoToEnd,
        KeyCode::Backspace if by_word => InputRequest::DeletePrevWord,
        KeyCode::Backspace | KeyCode::Char('h') => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Char('w') => InputRequest::DeletePrevWord,
        KeyCode::Char('u') => InputRequest::DeleteFromStart,
        KeyCode::Char('k') => InputRequest::DeleteTillEnd,
        KeyCode::Char('y') => InputRequest::Yank,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut RequestLine, text: &str) {
        for c in text.chars() {
            line.key(Key::char(c));
        }
    }

    #[test]
    fn history_goes_up_to_what_was_run_and_back_down_to_the_draft() {
        let mut line = RequestLine::default();
        for text in ["one", "two"] {
            line.set(text.into(), Origin::User);
            line.remember();
        }
        line.set(String::new(), Origin::User);
        typed(&mut line, "dra");
        line.earlier();
        assert_eq!(line.text(), "two");
        line.earlier();
        line.earlier();
        assert_eq!(line.text(), "one");
        line.later();
        line.later();
        line.later();
        assert_eq!(line.text(), "dra");
    }

    #[test]
    fn a_pasted_text_becomes_one_line_without_control_characters() {
        let mut line = RequestLine::default();
        line.paste("SELECT *\n\tFROM x\u{1b}[31m\n");
        assert_eq!(line.text(), "SELECT *  FROM x [31m");
    }

    #[test]
    fn editing_makes_the_text_the_users_and_moving_does_not() {
        let mut line = RequestLine::default();
        line.set("a b".into(), Origin::Tree);
        assert_eq!(line.key(Key::plain(KeyCode::Home)), Changed::Cursor);
        assert_eq!(line.origin, Origin::Tree);
        assert_eq!(line.key(Key::ctrl('k')), Changed::Text);
        assert_eq!((line.text(), line.origin), ("", Origin::User));
    }
}

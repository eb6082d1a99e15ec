//! Untrusted text, made safe to show: every cell of every screen, and the tables of the command
//! line, go through here.
//!
//! Item text may hold escape sequences, bidirectional overrides, and characters without width.
//! They are shown as marks that can be seen, never sent to the terminal.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The widest column of words that lead texts.
const WORD: usize = 16;

/// The text with control, escape, bidirectional, and zero-width characters as visible marks.
#[must_use]
pub fn sanitise(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            push_mark(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a character must not reach a terminal as it is: because it acts, or because it cannot be seen.
fn is_unsafe(c: char) -> bool {
    // The quick way out for nearly all text.
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control()
        || matches!(
            c,
            // Soft hyphen, Arabic letter mark, Hangul fillers, Mongolian vowel separator.
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}'
            // Zero-width space, joiners, and marks; separators; embeddings, overrides, isolates.
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            // Variation selectors: they change widths after the fact.
            | '\u{fe00}'..='\u{fe0f}'
            // Byte order mark, interlinear annotation, tags.
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Appends the visible mark of an unsafe character.
fn push_mark(out: &mut String, c: char) {
    match c {
        // The control pictures block follows the order of C0.
        '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7f}' => out.push('\u{2421}'),
        _ => {
            use std::fmt::Write as _;
            let _ = write!(out, "⟦{:04X}⟧", u32::from(c));
        }
    }
}

/// Columns a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `columns`, cut with `…`.
#[must_use]
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += c.width().unwrap_or(0);
            used > columns - 1
        })
        .map_or(text.len(), |(i, _)| i);
    Cow::Owned(format!("{}…", &text[..end]))
}

/// The end of the text in at most `columns`, cut at its start with `…`.
#[must_use]
pub fn truncate_start(text: &str, columns: usize) -> Cow<'_, str> {
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| {
            used += c.width().unwrap_or(0);
            used < columns
        })
        .last()
        .map_or(text.len(), |(i, _)| i);
    Cow::Owned(format!("…{}", &text[start..]))
}

/// The text cut or filled with spaces to exactly `columns`, its end kept at the right edge.
#[must_use]
pub fn right(text: &str, columns: usize) -> String {
    let text = truncate(text, columns);
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(&text))))
}

/// The text cut or filled with spaces to exactly `columns`.
#[must_use]
pub fn left(text: &str, columns: usize) -> String {
    let text = truncate(text, columns);
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(&text))))
}

/// The text in lines of at most `columns`, broken at spaces where there are any. Unsafe characters become marks.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in sanitise(paragraph).split_inclusive(' ') {
            if width(&line) + width(word.trim_end()) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(word);
            while width(line.trim_end()) > columns {
                let fits = fitting(&line, columns);
                let rest = line.split_off(fits);
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        lines.push(line);
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Wraps a line of a tree drawn with `├`, `└`, and `│`, or a note behind `!`: what does not fit goes on
/// below its text, beside the word that leads it.
#[must_use]
pub fn wrap_branch(line: &str, columns: usize) -> Vec<String> {
    let text = line.trim_start_matches(['├', '└', '│', '!', ' ']);
    let lead = &line[..line.len() - text.len()];
    let go_on = |c| {
        if matches!(c, '├' | '│') {
            '│'
        } else {
            ' '
        }
    };
    let below: String = lead.chars().map(go_on).collect();
    let (word, rest) = match lead {
        "" => ("", text),
        _ => text.split_at(after_word(text)),
    };
    let indent = match (lead, word) {
        ("", _) => 0,
        (_, "") => 2,
        (_, word) => width(word),
    };
    let room = columns.saturating_sub(width(lead) + indent);
    wrap(rest, room)
        .into_iter()
        .enumerate()
        .map(|(at, part)| match at {
            0 => format!("{lead}{word}{part}"),
            _ => format!("{below}{}{part}", " ".repeat(indent)),
        })
        .collect()
}

/// Where the text begins that a short word leads, in a column of its own: `filter    a = 5`.
fn after_word(text: &str) -> usize {
    let column = text.find("  ").map_or(0, |at| {
        let rest = text[at..].trim_start();
        text.len() - rest.len()
    });
    if column <= WORD { column } else { 0 }
}

/// How many bytes of the text fit into `columns`; at least one character, so that wrapping ends.
fn fitting(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let fits = text
        .char_indices()
        .find(|(_, c)| {
            used += c.width().unwrap_or(0);
            used > columns
        })
        .map_or(text.len(), |(i, _)| i);
    let first = text.chars().next().map_or(0, char::len_utf8);
    fits.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("plain – ünïcode 鳥", "plain – ünïcode 鳥")]
    #[case("\u{1b}[31mred", "␛[31mred")]
    #[case("a\tb\nc\0", "a␉b␊c␀")]
    #[case("\u{9b}31m", "⟦009B⟧31m")]
    #[case("\u{202e}txt.exe", "⟦202E⟧txt.exe")]
    #[case("zero\u{200b}width\u{feff}", "zero⟦200B⟧width⟦FEFF⟧")]
    #[case("\u{7f}", "␡")]
    fn hostile_characters_become_visible_marks(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(sanitise(text), shown);
    }

    #[rstest]
    #[case("abcdef", 6, "abcdef")]
    #[case("abcdef", 5, "abcd…")]
    #[case("鳥鳥鳥", 5, "鳥鳥…")]
    #[case("鳥鳥鳥", 4, "鳥…")]
    #[case("abc", 1, "…")]
    #[case("abc", 0, "")]
    fn a_text_is_cut_by_columns_not_by_bytes(
        #[case] text: &str,
        #[case] columns: usize,
        #[case] shown: &str,
    ) {
        assert_eq!(truncate(text, columns), shown);
    }

    #[test]
    fn the_end_of_a_text_is_kept_where_it_tells_most() {
        assert_eq!(truncate_start("SACRAMENTO INTL · S04711", 10), "… · S04711");
        assert_eq!(truncate_start("short", 10), "short");
        assert_eq!(truncate_start("鳥鳥鳥", 4), "…鳥");
    }

    #[test]
    fn a_text_wraps_at_spaces_and_long_words_are_broken() {
        assert_eq!(
            wrap("the route reads three", 10),
            ["the route", "reads", "three"]
        );
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("one\n  two", 10), ["one", "  two"]);
    }

    #[test]
    fn what_a_branch_has_no_room_for_goes_on_below_its_text() {
        assert_eq!(
            wrap_branch("├ filter  a = 5 AND b = 6", 18),
            ["├ filter  a = 5", "│         AND b =", "│         6"]
        );
        assert_eq!(
            wrap_branch("│ └ no condition", 14),
            ["│ └ no", "│     conditio", "│     n"]
        );
        assert_eq!(wrap_branch("no branch at all", 10), ["no branch", "at all"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn nothing_unsafe_survives_and_cells_have_their_width(text in "\\PC{0,20}|.{0,20}", columns in 0usize..12) {
            let clean = sanitise(&text);
            prop_assert!(!clean.chars().any(is_unsafe));
            prop_assert!(width(&truncate(&clean, columns)) <= columns);
            prop_assert!(width(&truncate_start(&clean, columns)) <= columns);
            prop_assert!(wrap(&text, columns).iter().all(|line| width(line) <= columns.max(8)));
        }
    }
}

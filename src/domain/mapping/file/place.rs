//! Where something stands in the text of a dataset file.

use crate::domain::problem::Place;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The place of a span of bytes; only its part on the first line is marked.
pub(super) fn place(file: &str, text: &str, span: &Range<usize>) -> Place {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let marked = text.get(span.clone()).unwrap_or_default();
    let length = marked.lines().next().unwrap_or_default().chars().count();
    Place {
        file: Some(file.to_owned()),
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        length: length.max(1),
    }
}

/// The span of what stands between the quotes of a string. Exact as long as nothing in it is escaped.
pub(super) fn inside_quotes(text: &str, span: &Range<usize>) -> Range<usize> {
    let raw = text.get(span.clone()).unwrap_or_default();
    let quote = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quote| raw.starts_with(quote))
        .unwrap_or_default();
    let rest = raw.get(quote.len()..).unwrap_or_default();
    // TOML drops a newline that follows the opening quotes of a multi-line string at once.
    let newline = if quote.len() < 3 {
        0
    } else if rest.starts_with("\r\n") {
        2
    } else {
        usize::from(rest.starts_with('\n'))
    };
    let start = span.start + quote.len() + newline;
    start..span.end.saturating_sub(quote.len()).max(start)
}

/// The place of the value under `keys`, or of the deepest of them that the file has.
pub(in crate::domain::mapping) fn place_of(file: &str, text: &str, keys: &[&str]) -> Option<Place> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut span = None;
    for key in keys {
        let Some((name, value)) = table.get_key_value(*key) else {
            break;
        };
        match value.get_ref() {
            DeValue::Table(inner) => {
                span = Some(name.span());
                table = inner;
            }
            DeValue::String(_) => {
                return Some(place(file, text, &inside_quotes(text, &value.span())));
            }
            _ => return Some(place(file, text, &value.span())),
        }
    }
    span.map(|span| place(file, text, &span))
}

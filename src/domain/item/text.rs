//! A value as one short line for a table cell.
//!
//! Owns the form only. The text is as untrusted as the item: whoever draws it makes it safe.

use super::{ListRef, PlainJson, ValueRef};
use std::fmt::{self, Write};
use std::io;

/// How many bytes of a binary a cell shows.
const BINARY_SHOWN: usize = 8;

impl ValueRef<'_> {
    /// The value in at most `max` characters, the last of which is `…` when something is cut off.
    ///
    /// Strings and numbers as they are, binary as `0x…` with its length, sets as `{a, b}`, lists
    /// and maps as JSON. Costs no more than what is shown, however large the value is.
    #[must_use]
    pub fn cell(&self, max: usize) -> String {
        let mut cell = Clipped {
            text: String::new(),
            left: max,
        };
        if write_value(self, &mut cell).is_err() && cell.text.pop().is_some() {
            cell.text.push('…');
        }
        cell.text
    }
}

/// Takes characters until it is full, then fails.
struct Clipped {
    text: String,
    left: usize,
}

impl Write for Clipped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(char);
        }
        Ok(())
    }
}

impl io::Write for Clipped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A JSON writer passes whole pieces of text on.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_value(value: &ValueRef<'_>, to: &mut Clipped) -> fmt::Result {
    match value {
        ValueRef::S(text) | ValueRef::N(text) => to.write_str(text),
        ValueRef::B(bytes) => {
            to.write_str("0x")?;
            for byte in bytes.iter().take(BINARY_SHOWN) {
                write!(to, "{byte:02x}")?;
            }
            if bytes.len() > BINARY_SHOWN {
                write!(to, "… ({} bytes)", bytes.len())?;
            }
            Ok(())
        }
        ValueRef::Bool(flag) => write!(to, "{flag}"),
        ValueRef::Null => to.write_str("null"),
        ValueRef::Ss(set) | ValueRef::Ns(set) | ValueRef::Bs(set) => write_set(set, to),
        ValueRef::L(_) | ValueRef::M(_) => {
            serde_json::to_writer(to, &PlainJson(*value)).or(Err(fmt::Error))
        }
    }
}

fn write_set(set: &ListRef<'_>, to: &mut Clipped) -> fmt::Result {
    for (index, element) in set.iter().enumerate() {
        to.write_str(if index == 0 { "{" } else { ", " })?;
        write_value(&element, to)?;
    }
    to.write_str(if set.is_empty() { "{}" } else { "}" })
}

#[cfg(test)]
mod tests {
    use crate::domain::item::decode_items;
    use rstest::rstest;

    fn cell(value: &str, max: usize) -> String {
        let block = decode_items(format!("[{{\"a\":{value}}}]").as_bytes()).unwrap();
        block.get(0).unwrap().get("a").unwrap().cell(max)
    }

    #[rstest]
    #[case(r#"{"S":"two words"}"#, "two words")]
    #[case(r#"{"S":""}"#, "")]
    #[case(r#"{"N":"1.50"}"#, "1.50")]
    #[case(r#"{"B":"AAH/"}"#, "0x0001ff")]
    #[case(r#"{"B":"AAECAwQFBgcICQ=="}"#, "0x0001020304050607… (10 bytes)")]
    #[case(r#"{"BOOL":false}"#, "false")]
    #[case(r#"{"NULL":true}"#, "null")]
    #[case(r#"{"SS":["b","a"]}"#, "{a, b}")]
    #[case(r#"{"NS":["10","9"]}"#, "{9, 10}")]
    #[case(r#"{"SS":[]}"#, "{}")]
    #[case(r#"{"L":[{"N":"1"},{"M":{"k":{"S":"é"}}}]}"#, r#"[1,{"k":"é"}]"#)]
    fn each_type_has_its_line(#[case] value: &str, #[case] line: &str) {
        assert_eq!(cell(value, 40), line);
    }

    #[rstest]
    #[case(r#"{"S":"abcdef"}"#, 6, "abcdef")]
    #[case(r#"{"S":"abcdef"}"#, 5, "abcd…")]
    #[case(r#"{"S":"ééé"}"#, 2, "é…")]
    #[case(r#"{"SS":["aa","bb"]}"#, 5, "{aa,…")]
    #[case(r#"{"L":[{"S":"ééé"}]}"#, 4, "[\"é…")]
    #[case(r#"{"S":"abc"}"#, 0, "")]
    fn a_long_value_ends_in_an_ellipsis(
        #[case] value: &str,
        #[case] max: usize,
        #[case] line: &str,
    ) {
        assert_eq!(cell(value, max), line);
    }
}

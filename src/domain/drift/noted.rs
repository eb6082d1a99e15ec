//! Files of findings, read back: what `recheck` looks at again, and what a baseline accepts.
//!
//! Owns the way from NDJSON to keys and classes. A line that is cut off or of another kind is refused by
//! its number: skipping it would pass for clean.

use super::report::key_text;
use super::{Class, Finding, LeftOpen};
use crate::domain::item::item_from_dynamo_json;
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::problem::{Place, Problem};
use crate::domain::schema::KeyAttribute;
use crate::domain::value::{Item, Value};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The version of lines that is read and written.
const VERSION: u64 = 1;

/// A line of a file of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Where it stands in the file, from 1; 0 when it stands in none.
    pub line: usize,
    /// The dataset.
    pub dataset: DatasetName,
    /// The copy.
    pub copy: CopyName,
    /// What it says.
    pub says: Says,
    /// The base key.
    pub base_key: Option<Item>,
    /// Keys of the copy items involved.
    pub copy_keys: Vec<Item>,
}

/// What a line says of its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// They drifted.
    Found {
        /// The class.
        class: Class,
        /// What differed: path, value by the base, value in the copy.
        attributes: BTreeSet<Difference>,
    },
    /// They were left open.
    Open(LeftOpen),
}

/// A path with the values of both sides.
pub(super) type Difference = (String, Option<Value>, Option<Value>);

impl Noted {
    /// What a finding says, without a file.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let attributes = finding.attributes.iter().cloned();
        Self {
            line: 0,
            dataset: finding.dataset.clone(),
            copy: finding.copy.clone(),
            says: Says::Found {
                class: finding.class,
                attributes: attributes.map(|a| (a.path, a.base, a.copy)).collect(),
            },
            base_key: finding.base_key.clone(),
            copy_keys: finding.copy_key.iter().cloned().collect(),
        }
    }

    /// Whether it is about the same items as the other.
    fn is_about(&self, other: &Self) -> bool {
        let of = |noted: &Self| {
            (
                noted.dataset.clone(),
                noted.copy.clone(),
                noted.base_key.clone(),
            )
        };
        of(self) == of(other) && self.copy_keys == other.copy_keys
    }

    /// Whether its keys can be keys of the dataset's tables.
    ///
    /// # Errors
    /// When a table has other key attributes, or of other types.
    pub fn fits(&self, dataset: &BoundDataset) -> Result<(), Problem> {
        let base = self.base_key.iter().map(|key| (key, &dataset.base));
        let copy = dataset.copy(self.copy.as_str()).map(|copy| &copy.table);
        let keys = self.copy_keys.iter().filter_map(|key| Some((key, copy?)));
        for (key, table) in base.chain(keys) {
            let fits = |attribute: &KeyAttribute| {
                let value = key.get(&attribute.name);
                value.is_some_and(|value| value.kind() == attribute.kind.into())
            };
            if key.len() != table.key.attributes().count() || !table.key.attributes().all(fits) {
                let what = format!("the line has no key of `{}`", table.name);
                return Err(Problem::new(what)
                    .because(format!("{} is none", key_text(key)))
                    .hint("the table may be another one by now: check anew"));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Line {
    dataset: String,
    copy: String,
    class: Option<String>,
    unverified: Option<String>,
    mended: Option<String>,
    base_key: Option<Json>,
    copy_key: Option<Json>,
    #[serde(default)]
    copy_keys: Vec<Json>,
    #[serde(default)]
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct Attribute {
    path: String,
    base: Option<Json>,
    copy: Option<Json>,
}

/// Reads a file of findings; `file` is named in problems.
///
/// # Errors
/// At the first line that is no finding, with its number.
pub fn parse_findings(file: &str, text: &str) -> Result<Vec<Noted>, Problem> {
    let mut all: Vec<Noted> = Vec::new();
    for (at, text) in text.lines().enumerate() {
        if text.trim().is_empty() || is_of_pipeline(text) {
            continue;
        }
        let read = noted(at + 1, text).map_err(|problem| {
            problem.at(Place {
                file: Some(file.to_owned()),
                line: at + 1,
                column: 1,
                length: 1,
            })
        })?;
        match read {
            Read::Noted(noted) => all.push(noted),
            Read::Mended(mended) => all.retain(|noted| !noted.is_about(&mended)),
        }
    }
    Ok(all)
}

/// What a line is.
enum Read {
    /// Something to look at again.
    Noted(Noted),
    /// What a line before says, with the same keys, is so no more.
    Mended(Noted),
}

/// Whether the line tells of a pipeline: nothing in it can be looked at again.
fn is_of_pipeline(text: &str) -> bool {
    let line: Result<Json, _> = serde_json::from_str(text);
    line.is_ok_and(|line| line.get("pipeline").is_some())
}

fn noted(number: usize, text: &str) -> Result<Read, Problem> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let what = if error.is_eof() {
            "the line is cut off"
        } else {
            "the line is no JSON"
        };
        foreign(what).because(error.to_string())
    })?;
    match json.get("v") {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => {
            return Err(foreign(&format!(
                "the line has version {version}, and this program reads {VERSION}"
            )));
        }
        None => return Err(foreign("the line is no finding")),
    }
    let line: Line = serde_json::from_value(json)
        .map_err(|error| foreign("the line is no finding").because(error.to_string()))?;
    let found = line.class.as_ref().or(line.mended.as_ref());
    let says = match (found, &line.unverified) {
        (Some(class), None) => Says::Found {
            class: named(class, Class::ALL, Class::code)?,
            attributes: differences(line.attributes)?,
        },
        (None, Some(why)) => Says::Open(named(
            why,
            [LeftOpen::Hot, LeftOpen::Pending],
            LeftOpen::code,
        )?),
        _ => {
            return Err(foreign(
                "the line has neither a `class` nor an `unverified`",
            ));
        }
    };
    let keys = line.copy_key.iter().chain(&line.copy_keys);
    let noted = Noted {
        line: number,
        dataset: line.dataset.into(),
        copy: line.copy.into(),
        says,
        base_key: line.base_key.as_ref().map(key).transpose()?,
        copy_keys: keys.map(key).collect::<Result<_, _>>()?,
    };
    if noted.base_key.is_none() && noted.copy_keys.is_empty() {
        return Err(foreign("the line has no key"));
    }
    Ok(match line.mended {
        Some(_) => Read::Mended(noted),
        None => Read::Noted(noted),
    })
}

fn named<T: Copy, const N: usize>(
    code: &str,
    all: [T; N],
    code_of: impl Fn(T) -> &'static str,
) -> Result<T, Problem> {
    all.into_iter()
        .find(|one| code_of(*one) == code)
        .ok_or_else(|| foreign(&format!("there is no class `{}`", code.escape_debug())))
}

/// A key: typed JSON, as `DynamoDB` has it.
fn key(json: &Json) -> Result<Item, Problem> {
    let key = item_from_dynamo_json(json)
        .map_err(|error| foreign("a key is no typed JSON").because(error.to_string()))?;
    if key.is_empty() {
        return Err(foreign("a key has no attributes"));
    }
    Ok(key)
}

fn differences(attributes: Vec<Attribute>) -> Result<BTreeSet<Difference>, Problem> {
    let side = |json: Option<Json>| {
        let Some(json) = json else { return Ok(None) };
        let item = serde_json::json!({"value": json});
        item_from_dynamo_json(&item)
            .map(|mut item| item.remove("value"))
            .map_err(|error| foreign("a value is no typed JSON").because(error.to_string()))
    };
    attributes
        .into_iter()
        .map(|a| Ok((a.path, side(a.base)?, side(a.copy)?)))
        .collect()
}

fn foreign(what: &str) -> Problem {
    Problem::new(what).hint("a file that `drift --findings FILE` wrote, whole")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const FOUND: &str = r#"{"v":1,"dataset":"d","copy":"c","class":"different","base_key":{"id":{"N":"1.0"}},"copy_key":{"day":{"S":"x"},"id":{"B":"AQI="}},"attributes":[{"path":"a","base":{"N":"1"},"copy":null}],"detail":null,"seen_at":"","confirmed_at":""}"#;
    const OPEN: &str = r#"{"v":1,"unverified":"hot","dataset":"d","copy":"c","base_key":null,"copy_keys":[{"id":{"S":"x"}},{"id":{"S":"y"}}]}"#;

    #[test]
    fn keys_come_back_with_their_types() {
        let noted = parse_findings("f", &format!("{FOUND}\n\n{OPEN}\n")).unwrap();
        let item = |name: &str, value| (name.to_owned(), value);
        assert_eq!(
            noted[0].base_key,
            Some(Item::from([item("id", Value::N(1.into()))]))
        );
        assert_eq!(
            noted[0].copy_keys,
            [Item::from([
                item("day", Value::s("x")),
                item("id", Value::B(vec![1, 2]))
            ])]
        );
        let differs = ("a".to_owned(), Some(Value::N(1.into())), None);
        let says = Says::Found {
            class: Class::Different,
            attributes: BTreeSet::from([differs]),
        };
        assert_eq!(noted[0].says, says);
        assert_eq!(
            (noted[1].line, &noted[1].says),
            (3, &Says::Open(LeftOpen::Hot))
        );
        assert_eq!((&noted[1].base_key, noted[1].copy_keys.len()), (&None, 2));
    }

    #[test]
    fn what_is_mended_further_down_is_not_there_to_be_looked_at() {
        let mended = FOUND.replace("class", "mended");
        assert_eq!(
            parse_findings("f", &format!("{FOUND}\n{mended}\n")),
            Ok(vec![])
        );
        let again = format!("{FOUND}\n{mended}\n{FOUND}\n{OPEN}\n");
        let noted = parse_findings("f", &again).unwrap();
        let lines: Vec<usize> = noted.iter().map(|noted| noted.line).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[rstest]
    #[case::cut_off(&FOUND[..60], "cut off")]
    #[case::no_json("nonsense", "no JSON")]
    #[case::a_number("7", "no finding")]
    #[case::another_version(r#"{"v":2,"x":1}"#, "version 2")]
    #[case::no_version(r#"{"dataset":"d"}"#, "no finding")]
    #[case::no_class(
        r#"{"v":1,"dataset":"d","copy":"c","base_key":{"id":{"S":"x"}}}"#,
        "neither"
    )]
    #[case::an_unknown_class(
        r#"{"v":1,"dataset":"d","copy":"c","class":"odd","base_key":{"id":{"S":"x"}}}"#,
        "no class `odd`"
    )]
    #[case::an_untyped_key(
        r#"{"v":1,"dataset":"d","copy":"c","class":"missing","base_key":{"id":"x"}}"#,
        "typed JSON"
    )]
    #[case::no_key(
        r#"{"v":1,"dataset":"d","copy":"c","class":"missing","base_key":null,"copy_key":null}"#,
        "no key"
    )]
    fn a_line_that_is_no_finding_is_named(#[case] line: &str, #[case] what: &str) {
        let problem = parse_findings("f.ndjson", &format!("{OPEN}\n{line}\n")).unwrap_err();
        let text = problem.to_string();
        assert!(
            text.starts_with("f.ndjson:2:1: ") && text.contains(what),
            "{text}"
        );
    }
}

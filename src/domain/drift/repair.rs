//! The plan of repair: what would mend the copies, as data and as commands. Nothing here runs it.
//!
//! Every put and delete carries a condition on the image that was seen, so that a plan that is run late
//! never overwrites what the pipeline has brought since.

use super::{Class, Finding};
use crate::domain::item::item_to_dynamo_json;
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::value::Item;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// Attributes of an image that a condition compares at most: an expression has at most 300 operators,
/// and an equality and its AND are two (developer guide, Constraints).
const COMPARED: usize = 100;

/// Bytes of an argument at most: Linux takes 128 KiB.
const ARGUMENT: usize = 120_000;

/// What would mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// Putting this item.
    Put {
        /// E(b), with what the copy holds beyond it and that is not compared.
        item: Item,
        /// The item that stands there; absent when none does.
        over: Option<Item>,
    },
    /// Deleting the item that stands there.
    Delete {
        /// It.
        seen: Item,
    },
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanForm {
    /// A JSON object a line.
    Jsonl,
    /// `aws dynamodb` commands for a POSIX shell.
    Shell,
}

/// One request: what a writer would send.
struct Write {
    table: String,
    verb: Verb,
    /// The item to put, or the key to delete.
    subject: Item,
    condition: String,
    names: Map<String, Json>,
    values: Map<String, Json>,
}

#[derive(Clone, Copy)]
enum Verb {
    Put,
    Delete,
}

impl Mend {
    /// Putting `expected` over `found`. What a copier adds and nobody compares stays.
    pub(super) fn over(
        dataset: &BoundDataset,
        copy: &BoundCopy,
        expected: &Item,
        found: &Item,
    ) -> Self {
        let kept = found
            .iter()
            .filter(|(name, _)| !dataset.compares(copy, name));
        let mut item: Item = kept.map(|(n, v)| (n.clone(), v.clone())).collect();
        item.extend(expected.iter().map(|(n, v)| (n.clone(), v.clone())));
        Self::Put {
            item,
            over: Some(found.clone()),
        }
    }

    fn write(&self, copy: &BoundCopy) -> Write {
        let table = &copy.table;
        let (verb, subject, seen) = match self {
            Self::Put { item, over } => (Verb::Put, item.clone(), over.as_ref()),
            Self::Delete { seen } => (Verb::Delete, table.key.of(seen), Some(seen)),
        };
        let mut write = Write {
            table: table.name.to_string(),
            verb,
            subject,
            condition: String::new(),
            names: Map::new(),
            values: Map::new(),
        };
        match seen {
            None => {
                let partition = table.key.partition.first();
                let name = partition.map(|key| key.name.as_str()).unwrap_or_default();
                write.names.insert("#n0".to_owned(), name.into());
                "attribute_not_exists(#n0)".clone_into(&mut write.condition);
            }
            Some(seen) => write.as_seen(seen),
        }
        write
    }
}

impl Write {
    /// Holds as long as the item is what it was.
    fn as_seen(&mut self, seen: &Item) {
        let image = item_to_dynamo_json(seen);
        let members = image.as_object().into_iter().flatten();
        for (at, (name, value)) in members.take(COMPARED).enumerate() {
            let and = if at == 0 { "" } else { " AND " };
            let _ = write!(self.condition, "{and}#n{at} = :v{at}");
            self.names.insert(format!("#n{at}"), name.as_str().into());
            self.values.insert(format!(":v{at}"), value.clone());
        }
    }

    fn to_json(&self) -> Json {
        let (request, what) = match self.verb {
            Verb::Put => ("PutRequest", "Item"),
            Verb::Delete => ("DeleteRequest", "Key"),
        };
        let mut line = json!({
            "TableName": self.table,
            request: {what: item_to_dynamo_json(&self.subject)},
            "ConditionExpression": self.condition,
            "ExpressionAttributeNames": self.names,
        });
        if !self.values.is_empty() {
            line["ExpressionAttributeValues"] = self.values.clone().into();
        }
        line
    }

    /// The command; `None` when a command line cannot carry it.
    fn to_shell(&self) -> Option<String> {
        let (verb, what) = match self.verb {
            Verb::Put => ("put-item", "item"),
            Verb::Delete => ("delete-item", "key"),
        };
        let names = ascii(&self.names.clone().into());
        let mut arguments = vec![
            ("table-name", self.table.clone()),
            (what, ascii(&item_to_dynamo_json(&self.subject))),
            ("condition-expression", self.condition.clone()),
            ("expression-attribute-names", names),
        ];
        if !self.values.is_empty() {
            let values = ascii(&self.values.clone().into());
            arguments.push(("expression-attribute-values", values));
        }
        let mut command = format!("aws dynamodb {verb}");
        for (name, argument) in arguments {
            if argument.len() > ARGUMENT {
                return None;
            }
            let _ = write!(command, " --{name} {}", in_single_quotes(&argument));
        }
        Some(command)
    }
}

impl PlanForm {
    /// What a file begins with.
    #[must_use]
    pub const fn head(self) -> &'static str {
        match self {
            Self::Jsonl => "",
            Self::Shell => {
                "#!/bin/sh\n# What would mend the copies. driftscope has run nothing of it.\n\
                 # A command fails, and changes nothing, where the item is not what was seen any more.\n"
            }
        }
    }

    /// The lines for a finding, the last one ended: a write, or why there is none.
    #[must_use]
    pub fn lines(self, dataset: &BoundDataset, finding: &Finding) -> String {
        let copy = dataset.copy(finding.copy.as_str());
        let write = finding
            .mend
            .as_ref()
            .zip(copy)
            .map(|(mend, copy)| mend.write(copy));
        match (self, write) {
            (Self::Jsonl, Some(write)) => format!("{}\n", write.to_json()),
            (Self::Jsonl, None) => format!("{}\n", left(finding)),
            (Self::Shell, write) => {
                let command = write.as_ref().map(Write::to_shell);
                let comment = comment(&finding.to_string());
                match command {
                    Some(Some(command)) => format!("{comment}\n{command}\n"),
                    Some(None) => format!(
                        "{comment}\n# nothing planned: no command line is long enough; a plan in JSON lines has it\n"
                    ),
                    None => format!("{comment}\n# nothing planned: {}\n", why_not(finding.class)),
                }
            }
        }
    }
}

/// A line of JSON for a finding that nothing is planned for.
fn left(finding: &Finding) -> Json {
    json!({
        "skipped": finding.class.code(),
        "copy": finding.copy,
        "base_key": finding.base_key.as_ref().map(item_to_dynamo_json),
        "copy_key": finding.copy_key.as_ref().map(item_to_dynamo_json),
        "why": why_not(finding.class),
        "detail": finding.detail,
    })
}

const fn why_not(class: Class) -> &'static str {
    match class {
        Class::Duplicate => {
            "two base items share the key, so only the base or the mapping can mend it"
        }
        Class::Unmappable => {
            "the mapping gives no item, so only the base or the mapping can mend it"
        }
        Class::Expired => "the time to live has passed: it goes by itself",
        _ => "no single write would mend it",
    }
}

/// One line of comment, whatever the text holds.
fn comment(text: &str) -> String {
    let line = text.chars().flat_map(|c| {
        let escaped = c.is_control().then(|| c.escape_default());
        let kept = escaped.is_none().then_some(c);
        escaped.into_iter().flatten().chain(kept)
    });
    std::iter::once('#').chain([' ']).chain(line).collect()
}

/// JSON without anything that a terminal or a shell might take for more than text.
fn ascii(json: &Json) -> String {
    let mut text = String::new();
    for c in json.to_string().chars() {
        if (' '..='~').contains(&c) {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// A word of a POSIX shell: within single quotes nothing has a meaning but the quote.
fn in_single_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;

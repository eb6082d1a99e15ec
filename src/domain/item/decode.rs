//! The one decoder: wire JSON straight into a block.
//!
//! Owns what counts as DynamoDB JSON (developer guide, Programming.LowLevelAPI). Streams: strings are
//! borrowed from the input, no tree and no map is built. What it lets through needs no second
//! check: numbers parse, sets are sorted, names are unique in their map.

use super::encoding as code;
use super::{Block, BlockBuilder};
use crate::domain::names::TableName;
use crate::domain::value::{Item, Number};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Bytes, however they are written: with padding or without. The service writes one form, its emulators others.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why bytes are not DynamoDB JSON. Names the place, never a value.
#[derive(Debug, thiserror::Error)]
#[error("not DynamoDB JSON: {0}")]
pub struct DecodeError(pub String);

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Decodes a JSON array of items (`[{"a":{"S":"x"}},…]`), as `Items` and the members of `Responses` are.
///
/// # Errors
/// When the bytes are not DynamoDB JSON.
pub fn decode_items(json: &[u8]) -> Result<Block, DecodeError> {
    let mut builder = BlockBuilder::new();
    read(
        json,
        Reader::new(&mut builder, &mut Vec::new(), Part::Items),
    )?;
    Ok(builder.finish())
}

/// Decodes one item object (`{"a":{"S":"x"}}`) and appends it, as `Item` of `GetItem` is.
///
/// # Errors
/// When the bytes are not DynamoDB JSON. Nothing is appended then.
pub fn decode_value_map(json: &[u8], into: &mut BlockBuilder) -> Result<(), DecodeError> {
    let mark = into.mark();
    let read = read(json, Reader::new(into, &mut Vec::new(), Part::Item));
    if read.is_err() {
        into.roll_back(mark);
    }
    read
}

/// Decodes an object of tables to items (`{"orders":[{"a":{"S":"x"}}]}`), as `Responses` of `BatchGetItem` is.
///
/// # Errors
/// When the bytes are not DynamoDB JSON.
pub fn decode_responses(json: &[u8]) -> Result<Vec<(TableName, Block)>, DecodeError> {
    read(json, Responses)
}

/// An owned item from typed DynamoDB JSON.
///
/// # Errors
/// When the value is not DynamoDB JSON.
pub fn item_from_dynamo_json(json: &serde_json::Value) -> Result<Item, DecodeError> {
    let mut builder = BlockBuilder::new();
    Reader::new(&mut builder, &mut Vec::new(), Part::Item).deserialize(json)?;
    let block = builder.finish();
    Ok(block.get(0).map(|item| item.to_item()).unwrap_or_default())
}

fn read<'de, T>(json: &'de [u8], seed: T) -> Result<T::Value, DecodeError>
where
    T: DeserializeSeed<'de>,
{
    // One check of the whole is faster than one of every string.
    let text = std::str::from_utf8(json).map_err(|error| DecodeError(error.to_string()))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// A string, borrowed unless it has escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What is to be read next.
#[derive(Clone, Copy)]
enum Part {
    /// `[{"a":{"S":"x"}}]`
    Items,
    /// `{"a":{"S":"x"}}`, an item
    Item,
    /// `{"S":"x"}`
    Value,
    /// `[{"S":"x"}]`
    List,
    /// `{"a":{"S":"x"}}`, a map inside an item
    Map,
    /// `["x","y"]`, with the tag of the elements
    Set(u8),
}

/// Reads one part into the builder.
struct Reader<'b> {
    to: &'b mut BlockBuilder,
    /// The ids of the names read so far in the maps that are still open, the innermost last.
    open: &'b mut Vec<usize>,
    part: Part,
}

impl<'b> Reader<'b> {
    const fn new(to: &'b mut BlockBuilder, open: &'b mut Vec<usize>, part: Part) -> Self {
        Self { to, open, part }
    }

    const fn part(&mut self, part: Part) -> Reader<'_> {
        Reader::new(self.to, self.open, part)
    }

    /// The members of an item or map; `name` writes a name and gives its id.
    fn members<'de, A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        name: impl Fn(&mut BlockBuilder, &str) -> usize,
    ) -> Result<(), A::Error> {
        let outer = self.open.len();
        while let Some(Text(text)) = map.next_key()? {
            let id = name(self.to, &text);
            self.open.push(id);
            map.next_value_seed(self.part(Part::Value))?;
        }
        let ids = &mut self.open[outer..];
        if !ids.is_sorted_by(|a, b| a < b) {
            ids.sort_unstable();
            if ids.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(A::Error::custom("a name occurs twice in one map"));
            }
        }
        self.open.truncate(outer);
        Ok(())
    }

    /// The one member of `{"S":"x"}`.
    fn value<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let Some(Text(kind)) = map.next_key()? else {
            return Err(A::Error::custom("a value has no type"));
        };
        match &*kind {
            "S" => self.scalar(code::S, &map.next_value::<Text<'_>>()?.0)?,
            "N" => self.scalar(code::N, &map.next_value::<Text<'_>>()?.0)?,
            "B" => self.scalar(code::B, &map.next_value::<Text<'_>>()?.0)?,
            "BOOL" if map.next_value()? => self.to.writer.flag(code::TRUE),
            "BOOL" => self.to.writer.flag(code::FALSE),
            "NULL" if map.next_value()? => self.to.writer.flag(code::NULL),
            "NULL" => return Err(A::Error::custom("`NULL` is not true")),
            "SS" => self.inside(code::SS, Part::Set(code::S), &mut map)?,
            "NS" => self.inside(code::NS, Part::Set(code::N), &mut map)?,
            "BS" => self.inside(code::BS, Part::Set(code::B), &mut map)?,
            "L" => self.inside(code::L, Part::List, &mut map)?,
            "M" => self.inside(code::M, Part::Map, &mut map)?,
            other => return Err(A::Error::custom(format_args!("unknown type `{other}`"))),
        }
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("a value has two types"));
        }
        Ok(())
    }

    fn inside<'de, A: MapAccess<'de>>(
        &mut self,
        tag: u8,
        part: Part,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let open = self.to.writer.open(tag);
        map.next_value_seed(self.part(part))?;
        match part {
            Part::Set(_) => self.to.writer.close_set(open),
            _ => self.to.writer.close(open),
        }
        Ok(())
    }

    fn scalar<E: Error>(&mut self, tag: u8, text: &str) -> Result<(), E> {
        let writer = &mut self.to.writer;
        if tag == code::B {
            let open = writer.open(tag);
            BASE64
                .decode_vec(text, &mut writer.bytes)
                .map_err(|error| E::custom(format_args!("a binary is not base64: {error}")))?;
            writer.close(open);
            return Ok(());
        }
        if tag == code::N {
            text.parse::<Number>()
                .map_err(|error| E::custom(format_args!("an `N`: {error}")))?;
        }
        writer.scalar(tag, text.as_bytes());
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        match self.part {
            Part::Items | Part::List | Part::Set(_) => json.deserialize_seq(self),
            Part::Item | Part::Value | Part::Map => json.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.part {
            Part::Items => "an array of items",
            Part::Item => "an item",
            Part::Value => "a value with its type, such as {\"S\":\"x\"}",
            Part::List => "an array of values",
            Part::Map => "a map of values",
            Part::Set(_) => "an array of strings",
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        match self.part {
            Part::Items => while elements.next_element_seed(self.part(Part::Item))?.is_some() {},
            Part::Set(tag) => {
                while let Some(Text(text)) = elements.next_element()? {
                    self.scalar(tag, &text)?;
                }
            }
            _ => {
                while elements
                    .next_element_seed(self.part(Part::Value))?
                    .is_some()
                {}
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        match self.part {
            Part::Item => {
                self.to.begin();
                self.members(map, BlockBuilder::attribute)?;
                self.to.end();
                Ok(())
            }
            Part::Value => self.value(map),
            _ => self.members(map, |to, name| to.writer.name(name)),
        }
    }
}

/// Reads tables with their items, a block each.
struct Responses;

impl<'de> DeserializeSeed<'de> for Responses {
    type Value = Vec<(TableName, Block)>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Responses {
    type Value = Vec<(TableName, Block)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut tables: A) -> Result<Self::Value, A::Error> {
        let mut blocks = Vec::new();
        while let Some(table) = tables.next_key::<TableName>()? {
            let mut builder = BlockBuilder::new();
            tables.next_value_seed(Reader::new(&mut builder, &mut Vec::new(), Part::Items))?;
            blocks.push((table, builder.finish()));
        }
        Ok(blocks)
    }
}

#[cfg(test)]
mod tests;

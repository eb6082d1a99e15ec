//! Writers: plain JSON (numbers as raw text with all their digits) and typed DynamoDB JSON.
//!
//! Owns both JSON forms of items and values. Never turns a number into a float. There is one
//! writer for each form, over views; owned values are written by way of a block.

use super::{BlockBuilder, ItemRef, ValueRef};
use crate::domain::value::{Item, Number, Value};
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Serializes an item or value as plain JSON: numbers keep all 38 digits, binary is base64, sets are
/// sorted arrays.
///
/// The digits survive through `serde_json`'s own serializers; others get a wrapped text.
#[derive(Debug, Clone, Copy)]
pub struct PlainJson<T>(pub T);

/// Serializes an item or value as typed DynamoDB JSON (`{"a":{"N":"5"}}`).
#[derive(Debug, Clone, Copy)]
pub struct DynamoJson<T>(pub T);

/// An owned item as typed DynamoDB JSON.
#[must_use]
pub fn item_to_dynamo_json(item: &Item) -> serde_json::Value {
    // Names are strings and there is no number in this form: nothing here can fail.
    serde_json::to_value(DynamoJson(item)).unwrap_or_default()
}

/// An owned value as typed DynamoDB JSON.
#[must_use]
pub fn value_to_dynamo_json(value: &Value) -> serde_json::Value {
    serde_json::to_value(DynamoJson(value)).unwrap_or_default()
}

impl Serialize for PlainJson<ItemRef<'_>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, PlainJson(value))))
    }
}

impl Serialize for DynamoJson<ItemRef<'_>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, DynamoJson(value))))
    }
}

impl Serialize for PlainJson<ValueRef<'_>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ValueRef::S(text) => to.serialize_str(text),
            ValueRef::N(text) => Digits(text).serialize(to),
            ValueRef::B(bytes) => Base64(bytes).serialize(to),
            ValueRef::Bool(flag) => to.serialize_bool(flag),
            ValueRef::Null => to.serialize_unit(),
            ValueRef::Ss(set) => to.collect_seq(set.texts()),
            ValueRef::Ns(set) => to.collect_seq(set.texts().map(Digits)),
            ValueRef::Bs(set) => to.collect_seq(set.binaries().map(Base64)),
            ValueRef::L(list) => to.collect_seq(list.iter().map(PlainJson)),
            ValueRef::M(map) => {
                to.collect_map(map.iter().map(|(name, value)| (name, PlainJson(value))))
            }
        }
    }
}

impl Serialize for DynamoJson<ValueRef<'_>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map([(self.0.kind().code(), Payload(self.0))])
    }
}

/// What stands behind the type in typed JSON.
struct Payload<'a>(ValueRef<'a>);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ValueRef::S(text) | ValueRef::N(text) => to.serialize_str(text),
            ValueRef::B(bytes) => Base64(bytes).serialize(to),
            ValueRef::Bool(flag) => to.serialize_bool(flag),
            ValueRef::Null => to.serialize_bool(true),
            ValueRef::Ss(set) | ValueRef::Ns(set) => to.collect_seq(set.texts()),
            ValueRef::Bs(set) => to.collect_seq(set.binaries().map(Base64)),
            ValueRef::L(list) => to.collect_seq(list.iter().map(DynamoJson)),
            ValueRef::M(map) => {
                to.collect_map(map.iter().map(|(name, value)| (name, DynamoJson(value))))
            }
        }
    }
}

struct Base64<'a>(&'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// A number's text, as it is where it is JSON (`.5` and `042` are not), else in its plain form.
struct Digits<'a>(&'a str);

impl Serialize for Digits<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if let Ok(raw) = serde_json::from_str::<&RawValue>(self.0) {
            return raw.serialize(to);
        }
        let number = self.0.parse().unwrap_or(Number::ZERO);
        RawValue::from_string(number.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(to)
    }
}

macro_rules! owned {
    ($writer:ident) => {
        impl Serialize for $writer<&Item> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut builder = BlockBuilder::new();
                builder.push(self.0);
                let block = builder.finish();
                let members = block.iter().flat_map(|item| item.iter());
                to.collect_map(members.map(|(name, value)| (name, $writer(value))))
            }
        }

        impl Serialize for $writer<&Value> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut builder = BlockBuilder::new();
                builder.push_value("", self.0);
                let block = builder.finish();
                let value = block.get(0).and_then(|item| item.get(""));
                $writer(value.unwrap_or(ValueRef::Null)).serialize(to)
            }
        }
    };
}

owned!(PlainJson);
owned!(DynamoJson);

#[cfg(test)]
mod tests;

//! Writers: plain JSON (numbers as raw text with all their digits) and typed DynamoDB JSON.

use super::{DecodeError, ItemRef};
use crate::domain::value::Item;

/// Serializes an item as plain JSON: numbers keep all 38 digits, binary is base64, sets are
/// sorted arrays.
#[derive(Debug, Clone, Copy)]
pub struct PlainJson<T>(pub T);

/// Serializes an item as typed DynamoDB JSON (`{"a":{"N":"5"}}`).
#[derive(Debug, Clone, Copy)]
pub struct DynamoJson<T>(pub T);

impl serde::Serialize for PlainJson<ItemRef<'_>> {
    fn serialize<S: serde::Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        todo!()
    }
}

impl serde::Serialize for DynamoJson<ItemRef<'_>> {
    fn serialize<S: serde::Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        todo!()
    }
}

/// An owned item from typed DynamoDB JSON.
///
/// # Errors
/// When the value is not DynamoDB JSON.
pub fn item_from_dynamo_json(_json: &serde_json::Value) -> Result<Item, DecodeError> {
    todo!()
}

/// An owned item as typed DynamoDB JSON.
#[must_use]
pub fn item_to_dynamo_json(_item: &Item) -> serde_json::Value {
    todo!()
}

//! A page of items as one block: contiguous bytes with offsets and interned attribute names.
//!
//! Owns the in-memory form of what was read, the one decoder from wire JSON, and the writers of
//! plain and typed JSON. Never builds a map for each item.

mod block;
mod decode;
mod encoding;
mod json;
#[cfg(test)]
pub(crate) mod strategy;
mod view;
mod writer;

pub use block::{Block, BlockBuilder};
pub use decode::{
    DecodeError, decode_items, decode_responses, decode_value_map, item_from_dynamo_json,
};
pub use json::{DynamoJson, PlainJson, item_to_dynamo_json, value_to_dynamo_json};
pub use view::{ItemRef, ListRef, MapRef, ValueRef};

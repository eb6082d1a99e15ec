//! The one decoder: wire JSON straight into a block.

use super::{Block, BlockBuilder};

/// Why bytes are not DynamoDB JSON.
#[derive(Debug, thiserror::Error)]
#[error("not DynamoDB JSON: {0}")]
pub struct DecodeError(pub String);

/// Decodes a JSON array of items (`[{"a":{"S":"x"}},…]`), as `Items` and the members of `Responses` are.
///
/// # Errors
/// When the bytes are not DynamoDB JSON.
pub fn decode_items(_json: &[u8]) -> Result<Block, DecodeError> {
    todo!()
}

/// Decodes one item object (`{"a":{"S":"x"}}`) and appends it, as GetItem's `Item` is.
///
/// # Errors
/// When the bytes are not DynamoDB JSON.
pub fn decode_value_map(_json: &[u8], _into: &mut BlockBuilder) -> Result<(), DecodeError> {
    todo!()
}

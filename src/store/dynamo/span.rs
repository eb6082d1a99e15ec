//! Takes the items out of the body of an answer.
//!
//! Owns where items stand in the bodies of `GetItem`, `BatchGetItem`, Query, and Scan. Finds the raw
//! span, decodes it straight into a block, and leaves an empty one of its kind for the SDK.

use crate::domain::item::{
    Block, BlockBuilder, DecodeError, decode_items, decode_responses, decode_value_map,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The members of an answer that hold items; the rest is the SDK's.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Spans<'a> {
    /// Of Query and Scan.
    #[serde(borrow)]
    items: Option<&'a RawValue>,
    /// Of `GetItem`.
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    /// Of `BatchGetItem`.
    #[serde(borrow)]
    responses: Option<&'a RawValue>,
}

/// The items of a body, and the body without them.
///
/// # Errors
/// When the body is not an answer of `DynamoDB`.
pub(super) fn take_items(body: Vec<u8>) -> Result<(Block, Vec<u8>), DecodeError> {
    let spans: Spans<'_> = serde_json::from_slice(&body)?;
    let (block, raw, empty) = if let Some(raw) = spans.items {
        (decode_items(raw.get().as_bytes())?, raw, "[]")
    } else if let Some(raw) = spans.item {
        (one(raw)?, raw, "{}")
    } else if let Some(raw) = spans.responses {
        (of_one_table(raw)?, raw, "{}")
    } else {
        return Ok((Block::default(), body));
    };
    let rest = cut(&body, raw.get(), empty);
    Ok((block, rest))
}

fn one(raw: &RawValue) -> Result<Block, DecodeError> {
    let mut builder = BlockBuilder::new();
    decode_value_map(raw.get().as_bytes(), &mut builder)?;
    Ok(builder.finish())
}

/// A request names one table, so its answer does.
fn of_one_table(raw: &RawValue) -> Result<Block, DecodeError> {
    let tables = decode_responses(raw.get().as_bytes())?;
    Ok(tables
        .into_iter()
        .next()
        .map(|(_, block)| block)
        .unwrap_or_default())
}

/// `body` with `span`, which is a part of it, replaced by `other`.
fn cut(body: &[u8], span: &str, other: &str) -> Vec<u8> {
    let start = span.as_ptr().addr() - body.as_ptr().addr();
    let (head, tail) = (&body[..start], &body[start + span.len()..]);
    [head, other.as_bytes(), tail].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::scan(
        r#"{"Count":2,"Items":[{"a":{"S":"x"}},{"a":{"S":"]}"}}],"ScannedCount":9}"#,
        2,
        r#"{"Count":2,"Items":[],"ScannedCount":9}"#
    )]
    #[case::get(
        r#"{"Item":{"a":{"S":"x"}},"ConsumedCapacity":{"CapacityUnits":0.5}}"#,
        1,
        r#"{"Item":{},"ConsumedCapacity":{"CapacityUnits":0.5}}"#
    )]
    #[case::batch(
        r#"{ "Responses" : {"t":[{"a":{"N":"1"}}]} , "UnprocessedKeys":{}}"#,
        1,
        r#"{ "Responses" : {} , "UnprocessedKeys":{}}"#
    )]
    #[case::no_such_item(r#"{"ConsumedCapacity":{}}"#, 0, r#"{"ConsumedCapacity":{}}"#)]
    #[case::nothing_in_the_batch(r#"{"Responses":{}}"#, 0, r#"{"Responses":{}}"#)]
    #[case::an_attribute_named_items(
        r#"{"Item":{"Items":{"L":[{"S":"x"}]}}}"#,
        1,
        r#"{"Item":{}}"#
    )]
    fn items_are_cut_out_and_the_rest_stays_as_it_was(
        #[case] body: &str,
        #[case] items: usize,
        #[case] rest: &str,
    ) {
        let (block, left) = take_items(body.as_bytes().to_vec()).unwrap();
        assert_eq!(block.len(), items);
        assert_eq!(String::from_utf8(left).unwrap(), rest);
    }

    #[test]
    fn a_page_that_is_not_dynamodb_json_is_an_error() {
        assert!(take_items(b"<html>".to_vec()).is_err());
        assert!(take_items(br#"{"Items":[{"a":{"Q":1}}]}"#.to_vec()).is_err());
    }
}

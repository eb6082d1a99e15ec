//! Values to and from the SDK's: keys and expression values only, never pages.

use crate::domain::value::{Item, Number, NumberError, Value};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodbstreams::types::AttributeValue as StreamValue;
use std::collections::HashMap;

/// An item as the SDK holds it.
pub(super) type SdkItem = HashMap<String, AttributeValue>;

/// A value for the SDK.
pub(super) fn to_sdk(value: &Value) -> AttributeValue {
    match value {
        Value::S(text) => AttributeValue::S(text.clone()),
        Value::N(number) => AttributeValue::N(number.to_string()),
        Value::B(bytes) => AttributeValue::B(Blob::new(bytes.clone())),
        Value::Bool(is) => AttributeValue::Bool(*is),
        Value::Null => AttributeValue::Null(true),
        Value::Ss(set) => AttributeValue::Ss(set.iter().cloned().collect()),
        Value::Ns(set) => AttributeValue::Ns(set.iter().map(Number::to_string).collect()),
        Value::Bs(set) => AttributeValue::Bs(set.iter().cloned().map(Blob::new).collect()),
        Value::L(list) => AttributeValue::L(list.iter().map(to_sdk).collect()),
        Value::M(map) => AttributeValue::M(item_to_sdk(map)),
    }
}

/// An item for the SDK.
pub(super) fn item_to_sdk(item: &Item) -> SdkItem {
    item.iter()
        .map(|(name, value)| (name.clone(), to_sdk(value)))
        .collect()
}

/// Why a value of the SDK is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ForeignValue {
    /// Not a number of `DynamoDB`.
    #[error("{0}")]
    Number(#[from] NumberError),
    /// A type that this version does not know.
    #[error("a value of an unknown type")]
    Type,
}

/// Values from the SDK: its two crates have two types for the same values.
macro_rules! reading {
    ($of:path, $value:ident, $item:ident) => {
        fn $value(value: $of) -> Result<Value, ForeignValue> {
            use $of as From;
            Ok(match value {
                From::S(text) => Value::S(text),
                From::N(number) => Value::N(number.parse()?),
                From::B(bytes) => Value::B(bytes.into_inner()),
                From::Bool(is) => Value::Bool(is),
                From::Null(_) => Value::Null,
                From::Ss(set) => Value::Ss(set.into_iter().collect()),
                From::Ns(set) => Value::Ns(
                    set.iter()
                        .map(|number| number.parse())
                        .collect::<Result<_, _>>()?,
                ),
                From::Bs(set) => Value::Bs(set.into_iter().map(Blob::into_inner).collect()),
                From::L(list) => Value::L(list.into_iter().map($value).collect::<Result<_, _>>()?),
                From::M(map) => Value::M($item(map)?),
                _ => return Err(ForeignValue::Type),
            })
        }

        /// An item from the SDK.
        ///
        /// # Errors
        /// When a value is of a type or magnitude that `DynamoDB` has not.
        pub(super) fn $item(item: HashMap<String, $of>) -> Result<Item, ForeignValue> {
            item.into_iter()
                .map(|(name, value)| Ok((name, $value(value)?)))
                .collect()
        }
    };
}
reading!(AttributeValue, from_sdk, item_from_sdk);
reading!(StreamValue, from_stream, item_from_stream);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back_as_it_went() {
        let item: Item = [
            ("s", Value::s("\u{0}\u{1b}[31m")),
            (
                "n",
                Value::N("12345678901234567890.123456789012345678".parse().unwrap()),
            ),
            ("b", Value::B(vec![0, 255])),
            ("bool", Value::Bool(false)),
            ("null", Value::Null),
            ("ss", Value::Ss(["b".to_owned(), "a".to_owned()].into())),
            ("ns", Value::Ns([Number::from(10), Number::from(9)].into())),
            ("bs", Value::Bs([vec![2], vec![1]].into())),
            ("l", Value::L(vec![Value::Null, Value::s("")])),
            ("m", Value::M([("x".to_owned(), Value::Bool(true))].into())),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        assert_eq!(item_from_sdk(item_to_sdk(&item)), Ok(item));
    }

    #[test]
    fn what_dynamodb_does_not_know_is_refused() {
        let number = AttributeValue::N("NaN".to_owned());
        assert_eq!(
            from_sdk(number),
            Err(ForeignValue::Number(NumberError::Syntax))
        );
    }
}

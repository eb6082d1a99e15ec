//! Scalar values as keys of statistics: ordered, and written as typed DynamoDB JSON.

use crate::domain::value::Value;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;

/// Longer values are not kept: statistics are small, and long text is not compared.
const LONGEST: usize = 256;

/// Values of key attributes, or one value of an attribute. All are scalars.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(pub(super) Vec<Value>);

impl Key {
    /// Compares with values that are elsewhere, one by one.
    pub(super) fn cmp_to<'a>(&'a self, values: impl Iterator<Item = &'a Value>) -> Ordering {
        self.0.iter().cmp(values)
    }

    /// Whether it is short enough to be kept.
    pub(super) fn is_short(&self) -> bool {
        self.0.iter().map(length).sum::<usize>() <= LONGEST
    }
}

/// Whether the value can be told from others by statistics.
pub(super) fn is_countable(value: &Value) -> bool {
    let scalar = matches!(
        value,
        Value::S(_) | Value::N(_) | Value::B(_) | Value::Bool(_) | Value::Null
    );
    scalar && length(value) <= LONGEST
}

fn length(value: &Value) -> usize {
    match value {
        Value::S(text) => text.len(),
        Value::B(bytes) => bytes.len(),
        _ => 0,
    }
}

/// A scalar as typed JSON spells it.
#[derive(Serialize, Deserialize)]
enum Scalar {
    S(String),
    N(String),
    B(String),
    #[serde(rename = "BOOL")]
    Bool(bool),
    #[serde(rename = "NULL")]
    Null(bool),
}

impl Scalar {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::S(text) => Self::S(text.clone()),
            Value::N(number) => Self::N(number.to_string()),
            Value::B(bytes) => Self::B(STANDARD.encode(bytes)),
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Null => Self::Null(true),
            Value::Ss(_) | Value::Ns(_) | Value::Bs(_) | Value::L(_) | Value::M(_) => return None,
        })
    }

    fn value<E: Error>(self) -> Result<Value, E> {
        Ok(match self {
            Self::S(text) => Value::S(text),
            Self::N(text) => Value::N(text.parse().map_err(E::custom)?),
            Self::B(text) => Value::B(STANDARD.decode(text).map_err(E::custom)?),
            Self::Bool(flag) => Value::Bool(flag),
            Self::Null(_) => Value::Null,
        })
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().filter_map(Scalar::of))
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let scalars = Vec::<Scalar>::deserialize(from)?;
        scalars
            .into_iter()
            .map(Scalar::value)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

//! A value as an expression sees it.
//!
//! Owns the one form in which owned items and pages meet: scalars are borrowed from wherever they lie, so
//! that evaluating over a page copies nothing but what is computed. Sets, lists, and maps of a page are put
//! together, and only when an expression asks for one.

use crate::domain::item::ValueRef;
use crate::domain::value::{Kind, Number, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A value as an expression sees it. What has a variant of its own is never an [`Operand::Other`], so
/// that equality is that of values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operand<'a> {
    /// String.
    S(Cow<'a, str>),
    /// Number.
    N(Number),
    /// Binary.
    B(Cow<'a, [u8]>),
    /// A boolean, null, set, list, or map.
    Other(Cow<'a, Value>),
}

impl Operand<'_> {
    /// The type of the value.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::S(_) => Kind::S,
            Self::N(_) => Kind::N,
            Self::B(_) => Kind::B,
            Self::Other(value) => value.kind(),
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// The order of two values of one ordered type: text and binary by bytes, numbers by value.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::S(a), Self::S(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::N(a), Self::N(b)) => Some(a.cmp(b)),
            (Self::B(a), Self::B(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// The value, owned.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::S(text) => Value::S(text.into_owned()),
            Self::N(number) => Value::N(number),
            Self::B(bytes) => Value::B(bytes.into_owned()),
            Self::Other(value) => value.into_owned(),
        }
    }
}

impl From<Value> for Operand<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::S(text) => Self::S(Cow::Owned(text)),
            Value::N(number) => Self::N(number),
            Value::B(bytes) => Self::B(Cow::Owned(bytes)),
            other => Self::Other(Cow::Owned(other)),
        }
    }
}

impl<'a> From<&'a Value> for Operand<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::S(text) => Self::S(Cow::Borrowed(text)),
            Value::N(number) => Self::N(*number),
            Value::B(bytes) => Self::B(Cow::Borrowed(bytes)),
            other => Self::Other(Cow::Borrowed(other)),
        }
    }
}

impl<'a> From<ValueRef<'a>> for Operand<'a> {
    fn from(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::S(text) => Self::S(Cow::Borrowed(text)),
            ValueRef::B(bytes) => Self::B(Cow::Borrowed(bytes)),
            other => other.to_value().into(),
        }
    }
}

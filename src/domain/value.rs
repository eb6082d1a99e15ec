//! `DynamoDB` values, owned: exact numbers, sorted sets, one canonical form.
//!
//! Single items (keys, expected items, the item view) are owned; pages are
//! [`Block`](crate::domain::item::Block)s.

mod number;

pub use number::{Number, NumberError};

use std::collections::{BTreeMap, BTreeSet};

/// An attribute value. Sets are sorted and maps ordered by name, so equality is canonical.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// String.
    S(String),
    /// Number, exact to 38 digits.
    N(Number),
    /// Binary.
    B(Vec<u8>),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// String set.
    Ss(BTreeSet<String>),
    /// Number set.
    Ns(BTreeSet<Number>),
    /// Binary set.
    Bs(BTreeSet<Vec<u8>>),
    /// List.
    L(Vec<Value>),
    /// Map.
    M(BTreeMap<String, Value>),
}

/// The type of a value, as `DynamoDB` abbreviates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Number.
    N,
    /// String.
    S,
    /// Binary.
    B,
    /// Boolean.
    Bool,
    /// Null.
    Null,
    /// String set.
    Ss,
    /// Number set.
    Ns,
    /// Binary set.
    Bs,
    /// List.
    L,
    /// Map.
    M,
}

impl Kind {
    /// The abbreviation on the wire: `S`, `N`, `BOOL`, …
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::S => "S",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
            Self::L => "L",
            Self::M => "M",
        }
    }
}

impl Value {
    /// A string value.
    pub fn s(text: impl Into<String>) -> Self {
        Self::S(text.into())
    }

    /// The type of this value.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::S(_) => Kind::S,
            Self::N(_) => Kind::N,
            Self::B(_) => Kind::B,
            Self::Bool(_) => Kind::Bool,
            Self::Null => Kind::Null,
            Self::Ss(_) => Kind::Ss,
            Self::Ns(_) => Kind::Ns,
            Self::Bs(_) => Kind::Bs,
            Self::L(_) => Kind::L,
            Self::M(_) => Kind::M,
        }
    }
}

/// An owned item: attribute names to values, ordered by name.
pub type Item = BTreeMap<String, Value>;

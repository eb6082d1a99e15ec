//! Reading an item in place.
//!
//! Owns the cursors over a block's bytes and what can be said of a value without copying it. A
//! cursor is two references: copying it is free, and it holds nothing but the block.

use super::encoding::{Elements, Members, Names};
use crate::domain::expr::{Path, Step};
use crate::domain::size::{CONTAINER_OVERHEAD, ELEMENT_OVERHEAD, FLAG, number_size};
use crate::domain::value::{Item, Kind, Number, Value};
use std::fmt;

/// One item inside a block.
#[derive(Clone, Copy)]
pub struct ItemRef<'a> {
    pub(super) names: &'a Names,
    pub(super) bytes: &'a [u8],
}

/// One value inside a block. Numbers are the raw text that came over the wire.
#[derive(Debug, Clone, Copy)]
pub enum ValueRef<'a> {
    /// String.
    S(&'a str),
    /// Number, as its text.
    N(&'a str),
    /// Binary, decoded from base64.
    B(&'a [u8]),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// String set, sorted.
    Ss(ListRef<'a>),
    /// Number set, sorted.
    Ns(ListRef<'a>),
    /// Binary set, sorted.
    Bs(ListRef<'a>),
    /// List.
    L(ListRef<'a>),
    /// Map.
    M(MapRef<'a>),
}

/// The elements of a list or set (set elements are `S`, `N`, or `B`).
#[derive(Clone, Copy)]
pub struct ListRef<'a> {
    pub(super) names: &'a Names,
    pub(super) bytes: &'a [u8],
}

/// The members of a map.
#[derive(Clone, Copy)]
pub struct MapRef<'a> {
    pub(super) names: &'a Names,
    pub(super) bytes: &'a [u8],
}

impl<'a> ItemRef<'a> {
    pub(super) fn members(&self) -> Members<'a> {
        Members {
            names: self.names,
            bytes: self.bytes,
        }
    }

    /// The value at a document path.
    #[must_use]
    pub fn at(&self, path: &Path) -> Option<ValueRef<'a>> {
        self.reach(&path.root, &path.steps)
    }

    /// The value at the end of `steps` from the attribute `root`.
    pub(crate) fn reach(&self, root: &str, steps: &[Step]) -> Option<ValueRef<'a>> {
        let root = self.get(root)?;
        steps
            .iter()
            .try_fold(root, |value, step| match (step, value) {
                (Step::Field(name), ValueRef::M(map)) => map.get(name),
                (Step::Index(index), ValueRef::L(list)) => list.iter().nth(*index),
                _ => None,
            })
    }

    /// The top-level attribute of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<ValueRef<'a>> {
        self.members().named(name)
    }

    /// All attributes in stored order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + use<'a> {
        self.members().views()
    }

    /// An owned copy.
    #[must_use]
    pub fn to_item(&self) -> Item {
        owned(self.iter())
    }

    /// Its size in bytes as `DynamoDB` counts it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.iter()
            .map(|(name, value)| name.len() + value.size())
            .sum()
    }
}

impl ValueRef<'_> {
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

    /// The number this is, exact; `None` for any other type.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::N(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// An owned copy.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::S(text) => Value::s(*text),
            // Only what parses enters a block, so there is always a number.
            Self::N(_) => Value::N(self.number().unwrap_or(Number::ZERO)),
            Self::B(bytes) => Value::B(bytes.to_vec()),
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Null => Value::Null,
            Self::Ss(set) => Value::Ss(set.texts().map(str::to_owned).collect()),
            Self::Ns(set) => Value::Ns(set.iter().filter_map(|element| element.number()).collect()),
            Self::Bs(set) => Value::Bs(set.binaries().map(<[u8]>::to_vec).collect()),
            Self::L(list) => Value::L(list.iter().map(|element| element.to_value()).collect()),
            Self::M(map) => Value::M(owned(map.iter())),
        }
    }

    /// Its size in bytes as `DynamoDB` counts it, without its name.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(_) => number_size(&self.number().unwrap_or(Number::ZERO)),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => FLAG,
            Self::Ss(set) | Self::Ns(set) | Self::Bs(set) => {
                set.iter().map(|element| element.size()).sum()
            }
            Self::L(list) => list.iter().fold(CONTAINER_OVERHEAD, |sum, element| {
                sum + ELEMENT_OVERHEAD + element.size()
            }),
            Self::M(map) => map.iter().fold(CONTAINER_OVERHEAD, |sum, (name, member)| {
                sum + ELEMENT_OVERHEAD + name.len() + member.size()
            }),
        }
    }
}

impl<'a> ListRef<'a> {
    fn elements(&self) -> Elements<'a> {
        Elements { bytes: self.bytes }
    }

    /// How many elements. Walks them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements().count()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + use<'a> {
        let names = self.names;
        self.elements().map_while(move |raw| raw.view(names))
    }

    /// The texts of a string or number set.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.iter().filter_map(|element| match element {
            ValueRef::S(text) | ValueRef::N(text) => Some(text),
            _ => None,
        })
    }

    /// The bytes of a binary set.
    pub(crate) fn binaries(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.iter().filter_map(|element| match element {
            ValueRef::B(bytes) => Some(bytes),
            _ => None,
        })
    }
}

impl<'a> MapRef<'a> {
    pub(super) fn members(&self) -> Members<'a> {
        Members {
            names: self.names,
            bytes: self.bytes,
        }
    }

    /// How many members. Walks them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members().count()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<ValueRef<'a>> {
        self.members().named(name)
    }

    /// The members in stored order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + use<'a> {
        self.members().views()
    }
}

fn owned<'a>(members: impl Iterator<Item = (&'a str, ValueRef<'a>)>) -> Item {
    members
        .map(|(name, value)| (name.to_owned(), value.to_value()))
        .collect()
}

impl fmt::Debug for ItemRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl fmt::Debug for MapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl fmt::Debug for ListRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

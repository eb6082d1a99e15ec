//! Reading an item in place.

use super::Block;
use crate::domain::value::{Item, Kind, Value};

/// One item inside a block.
#[derive(Debug, Clone, Copy)]
pub struct ItemRef<'a> {
    #[expect(dead_code, reason = "contract first")]
    block: &'a Block,
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
#[derive(Debug, Clone, Copy)]
pub struct ListRef<'a> {
    #[expect(dead_code, reason = "contract first")]
    block: &'a Block,
}

/// The members of a map.
#[derive(Debug, Clone, Copy)]
pub struct MapRef<'a> {
    #[expect(dead_code, reason = "contract first")]
    block: &'a Block,
}

impl<'a> ItemRef<'a> {
    /// The top-level attribute of that name.
    #[must_use]
    pub fn get(&self, _name: &str) -> Option<ValueRef<'a>> {
        todo!()
    }
    /// All attributes in stored order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + 'a {
        std::iter::empty()
    }
    /// An owned copy.
    #[must_use]
    pub fn to_item(&self) -> Item {
        todo!()
    }
    /// Its size in bytes as `DynamoDB` counts it.
    #[must_use]
    pub fn size(&self) -> usize {
        todo!()
    }
}

impl<'a> ValueRef<'a> {
    /// The type of this value.
    #[must_use]
    pub fn kind(&self) -> Kind {
        todo!()
    }
    /// An owned copy.
    #[must_use]
    pub fn to_value(&self) -> Value {
        todo!()
    }
}

impl<'a> ListRef<'a> {
    /// How many elements.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + 'a {
        std::iter::empty()
    }
}

impl<'a> MapRef<'a> {
    /// How many members.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The member of that name.
    #[must_use]
    pub fn get(&self, _name: &str) -> Option<ValueRef<'a>> {
        todo!()
    }
    /// The members in stored order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + 'a {
        std::iter::empty()
    }
}

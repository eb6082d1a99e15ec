//! The bytes of a block: tags, variable-length integers, and reading one value in place.
//!
//! A value is a tag byte, and for all but booleans and null the length of its payload and the
//! payload: text, bytes, or the elements one after the other. A member of a map (and an attribute
//! of an item) is the id of its name and the value. Reading never panics: bytes that no writer of
//! this crate wrote end the iteration.

use super::view::{ListRef, MapRef, ValueRef};
use crate::domain::value::Number;

pub(super) const NULL: u8 = 0;
pub(super) const FALSE: u8 = 1;
pub(super) const TRUE: u8 = 2;
pub(super) const S: u8 = 3;
pub(super) const N: u8 = 4;
pub(super) const B: u8 = 5;
pub(super) const SS: u8 = 6;
pub(super) const NS: u8 = 7;
pub(super) const BS: u8 = 8;
pub(super) const L: u8 = 9;
pub(super) const M: u8 = 10;

/// Appends seven bits a byte, the lowest first; the top bit says that more follow.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Takes an integer off the front.
pub(super) fn take_varint(bytes: &mut &[u8]) -> Option<usize> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(usize::from(first));
    }
    let mut value = usize::from(first & 0x7f);
    for shift in (7..usize::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The names of a block: one text, and where each name ends.
#[derive(Default)]
pub(super) struct Names {
    text: Box<str>,
    ends: Box<[usize]>,
}

impl Names {
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut text = String::new();
        let ends = names
            .map(|name| {
                text.push_str(name);
                text.len()
            })
            .collect();
        Self {
            text: text.into_boxed_str(),
            ends,
        }
    }

    pub(super) fn get(&self, id: usize) -> Option<&str> {
        let end = *self.ends.get(id)?;
        let start = match id {
            0 => 0,
            _ => self.ends[id - 1],
        };
        self.text.get(start..end)
    }

    pub(super) fn memory(&self) -> usize {
        self.text.len() + std::mem::size_of_val(&*self.ends)
    }
}

/// A value whose extent is known but whose payload was not looked at.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) tag: u8,
    pub(super) payload: &'a [u8],
    /// Tag, length, and payload.
    pub(super) whole: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Takes a value off the front.
    pub(super) fn take(bytes: &mut &'a [u8]) -> Option<Self> {
        let start = *bytes;
        let (&tag, rest) = start.split_first()?;
        *bytes = rest;
        let payload = if tag <= TRUE {
            &[]
        } else {
            let length = take_varint(bytes)?;
            let (payload, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            payload
        };
        Some(Self {
            tag,
            payload,
            whole: &start[..start.len() - bytes.len()],
        })
    }

    /// The number, when this is one.
    pub(super) fn number(self) -> Option<Number> {
        let text = (self.tag == N).then_some(self.payload)?;
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    /// The value to read.
    pub(super) fn view(self, names: &'a Names) -> Option<ValueRef<'a>> {
        let bytes = self.payload;
        let list = ListRef { names, bytes };
        Some(match self.tag {
            NULL => ValueRef::Null,
            FALSE => ValueRef::Bool(false),
            TRUE => ValueRef::Bool(true),
            S => ValueRef::S(std::str::from_utf8(bytes).ok()?),
            N => ValueRef::N(std::str::from_utf8(bytes).ok()?),
            B => ValueRef::B(bytes),
            SS => ValueRef::Ss(list),
            NS => ValueRef::Ns(list),
            BS => ValueRef::Bs(list),
            L => ValueRef::L(list),
            M => ValueRef::M(MapRef { names, bytes }),
            _ => return None,
        })
    }
}

/// The members of a map or the attributes of an item, one after the other.
#[derive(Clone)]
pub(super) struct Members<'a> {
    pub(super) names: &'a Names,
    pub(super) bytes: &'a [u8],
}

impl<'a> Members<'a> {
    /// The value under that name.
    pub(super) fn named(mut self, name: &str) -> Option<ValueRef<'a>> {
        let names = self.names;
        self.find(|(member, _)| *member == name)
            .and_then(|(_, value)| value.view(names))
    }

    /// The members with their values ready to read.
    pub(super) fn views(self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + use<'a> {
        let names = self.names;
        self.map_while(move |(name, value)| Some((name, value.view(names)?)))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Raw<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let id = take_varint(&mut self.bytes)?;
        Some((self.names.get(id)?, Raw::take(&mut self.bytes)?))
    }
}

/// The elements of a list or set, one after the other.
#[derive(Clone)]
pub(super) struct Elements<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        Raw::take(&mut self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_integer_comes_back_and_leaves_what_follows(value: usize, tail: u8) {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            bytes.push(tail);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take_varint(&mut rest), Some(value));
            prop_assert_eq!(rest, &[tail]);
        }

        #[test]
        fn arbitrary_bytes_end_the_reading_and_never_panic(bytes: Vec<u8>) {
            let names = Names::new(["a", "b"].into_iter());
            let item = super::super::ItemRef { names: &names, bytes: &bytes };
            prop_assert!(item.iter().count() <= bytes.len());
            prop_assert!(item.to_item().len() <= 2);
            let _ = item.size();
        }
    }
}

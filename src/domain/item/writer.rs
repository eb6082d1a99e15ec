//! Writing values into a block, with names interned.
//!
//! Owns the bytes while a block is built. Names come in nearly the same order item after item, so
//! each name remembers which followed it last: a right guess is one comparison, no hashing.

use super::encoding::{self as code, Elements, Members, Raw, put_varint};
use crate::domain::value::Value;
use indexmap::IndexMap;

/// Where a list, set, or map that is being written began; [`Writer::close`] needs it.
#[derive(Clone, Copy)]
pub(super) struct Open(usize);

/// What is remembered of a name.
#[derive(Default)]
pub(super) struct Known {
    /// The name that followed this one last.
    next: usize,
    /// Whether an attribute (not only a member of a map) has this name.
    pub(super) top: bool,
}

/// The bytes written so far and the names used in them.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    pub(super) names: IndexMap<Box<str>, Known>,
    /// The name that the last item began with.
    first: usize,
    previous: Option<usize>,
}

impl Writer {
    /// Begins an item: the next name is expected to be the last item's first.
    pub(super) fn restart(&mut self) {
        self.previous = None;
    }

    /// Writes the id of a name, interning the name if it is new.
    pub(super) fn name(&mut self, name: &str) -> usize {
        let guess = match self.previous {
            None => self.first,
            Some(previous) => self.names[previous].next,
        };
        let id = match self.names.get_index(guess) {
            Some((known, _)) if **known == *name => guess,
            _ => self.look_up(name),
        };
        self.previous = Some(id);
        put_varint(&mut self.bytes, id);
        id
    }

    fn look_up(&mut self, name: &str) -> usize {
        let id = self
            .names
            .get_index_of(name)
            .unwrap_or_else(|| self.names.insert_full(name.into(), Known::default()).0);
        match self.previous {
            None => self.first = id,
            Some(previous) => self.names[previous].next = id,
        }
        id
    }

    /// Writes a value that has no payload: null or a boolean.
    pub(super) fn flag(&mut self, tag: u8) {
        self.bytes.push(tag);
    }

    /// Writes a string, number text, or binary.
    pub(super) fn scalar(&mut self, tag: u8, payload: &[u8]) {
        self.bytes.push(tag);
        put_varint(&mut self.bytes, payload.len());
        self.bytes.extend_from_slice(payload);
    }

    /// Begins a value whose length is known only when it is closed.
    pub(super) fn open(&mut self, tag: u8) -> Open {
        self.bytes.extend([tag, 0]);
        Open(self.bytes.len())
    }

    /// Fills the length in. One byte was reserved; a longer length moves the payload up.
    pub(super) fn close(&mut self, Open(start): Open) {
        let length = self.bytes.len() - start;
        match u8::try_from(length) {
            Ok(byte) if byte < 0x80 => self.bytes[start - 1] = byte,
            _ => {
                let mut varint = Vec::new();
                put_varint(&mut varint, length);
                self.bytes.splice(start - 1..start, varint);
            }
        }
    }

    /// Closes a set: sorts its elements (numbers by value, the rest by bytes) and drops doubles,
    /// so that equal sets read alike.
    pub(super) fn close_set(&mut self, Open(start): Open) {
        let bytes = &self.bytes[start..];
        let mut elements: Vec<_> = Elements { bytes }
            .map(|raw| match raw.number() {
                Some(number) => (Some(number), &[][..], raw.whole),
                None => (None, raw.payload, raw.whole),
            })
            .collect();
        if !elements.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)) {
            elements.sort_unstable();
            elements.dedup_by_key(|(number, payload, _)| (*number, *payload));
            let sorted: Vec<u8> = elements
                .iter()
                .flat_map(|(_, _, whole)| *whole)
                .copied()
                .collect();
            self.bytes.truncate(start);
            self.bytes.extend(sorted);
        }
        self.close(Open(start));
    }

    /// Writes an owned value.
    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::S(text) => self.scalar(code::S, text.as_bytes()),
            Value::N(number) => self.scalar(code::N, number.to_string().as_bytes()),
            Value::B(bytes) => self.scalar(code::B, bytes),
            Value::Bool(false) => self.flag(code::FALSE),
            Value::Bool(true) => self.flag(code::TRUE),
            Value::Null => self.flag(code::NULL),
            Value::Ss(set) => self.all(code::SS, set, |to, text| {
                to.scalar(code::S, text.as_bytes());
            }),
            Value::Ns(set) => self.all(code::NS, set, |to, number| {
                to.scalar(code::N, number.to_string().as_bytes());
            }),
            Value::Bs(set) => self.all(code::BS, set, |to, bytes| to.scalar(code::B, bytes)),
            Value::L(list) => self.all(code::L, list, Self::value),
            Value::M(map) => self.all(code::M, map, |to, (name, member)| {
                to.name(name);
                to.value(member);
            }),
        }
    }

    fn all<T>(
        &mut self,
        tag: u8,
        elements: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let open = self.open(tag);
        for element in elements {
            write(self, element);
        }
        self.close(open);
    }

    /// Copies a value of another block. Only maps, and what may hold them, are looked into: their
    /// names have other ids here.
    pub(super) fn copy(&mut self, names: &code::Names, raw: Raw<'_>) {
        let bytes = raw.payload;
        match raw.tag {
            code::L => self.all(code::L, Elements { bytes }, |to, element| {
                to.copy(names, element);
            }),
            code::M => self.all(code::M, Members { names, bytes }, |to, (name, member)| {
                to.name(name);
                to.copy(names, member);
            }),
            _ => self.bytes.extend_from_slice(raw.whole),
        }
    }
}

//! Records: what a check keeps of an item, on either side of a copy.
//!
//! Owns the forty bytes that stand for an item, their form on disk, and the way back to its key. Nothing of
//! an item but its key survives in a record; the rest is read again to verify.

use super::digest::{Digest, tag};
use crate::domain::schema::{KeyKind, KeySchema};
use crate::domain::value::{Item, Kind, Number, Value};

/// Bytes of a record before its key.
const FIXED: usize = 8 + 8 + 16 + 2;

/// Set in the length of the key of an unmappable base item's record.
const UNMAPPABLE: u16 = 1 << 15;

/// One item of one side of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Of the base key: all records of a base item meet by it.
    base: u64,
    /// Of the copy key.
    copy: u64,
    /// Of what is compared.
    image: Digest,
    /// Whether E(b) is undefined, so that there is no copy key and no image.
    unmappable: bool,
    /// The base key on the expected side, the copy key on the actual side.
    key: &'a [u8],
}

impl<'a> Record<'a> {
    /// Of an item that a copy should hold, under the key of its base item.
    pub(super) const fn expected(base: u64, copy: u64, image: Digest, key: &'a [u8]) -> Self {
        Self {
            base,
            copy,
            image,
            unmappable: false,
            key,
        }
    }

    /// Of a base item that the mapping gives nothing for.
    pub(super) const fn unmappable(base: u64, key: &'a [u8]) -> Self {
        Self {
            unmappable: true,
            ..Self::expected(base, 0, Digest(0), key)
        }
    }

    /// Of an item that a copy holds, under its own key. Without a base key it is alone: a record of its own,
    /// and found by no other.
    pub(super) fn found(owner: Option<u64>, copy: u64, image: Digest, key: &'a [u8]) -> Self {
        Self::expected(owner.unwrap_or_else(|| alone(copy)), copy, image, key)
    }

    /// Which of `buckets` (a power of two) it belongs to.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low bits are all that is wanted"
    )]
    pub const fn bucket(&self, buckets: usize) -> usize {
        (self.base as usize) & (buckets - 1)
    }

    /// Whether it stands for a copy item.
    #[must_use]
    pub const fn is_item(&self) -> bool {
        !self.unmappable
    }

    /// What it adds to the sum of its bucket.
    #[must_use]
    pub fn summand(&self) -> u128 {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.base.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.copy.to_le_bytes());
        bytes[16..].copy_from_slice(&self.image.0.to_le_bytes());
        Digest::of(&bytes).0
    }

    /// Appends its form on disk.
    pub fn put(&self, out: &mut Vec<u8>) {
        // Keys have at most 2,048 and 1,024 bytes (developer guide, Constraints).
        let length = u16::try_from(self.key.len()).unwrap_or(u16::MAX >> 1);
        let flag = if self.unmappable { UNMAPPABLE } else { 0 };
        out.extend_from_slice(&self.base.to_le_bytes());
        out.extend_from_slice(&self.copy.to_le_bytes());
        out.extend_from_slice(&self.image.0.to_le_bytes());
        out.extend_from_slice(&(length | flag).to_le_bytes());
        out.extend_from_slice(self.key);
    }

    /// Takes a record off the front of `bytes`; `None` at their end, or when they are cut.
    #[must_use]
    pub fn take(bytes: &mut &'a [u8]) -> Option<Self> {
        let (fixed, rest) = bytes.split_at_checked(FIXED)?;
        let length = u16::from_le_bytes(fixed[32..].try_into().ok()?);
        let (key, rest) = rest.split_at_checked(usize::from(length & !UNMAPPABLE))?;
        *bytes = rest;
        Some(Self {
            base: u64::from_le_bytes(fixed[..8].try_into().ok()?),
            copy: u64::from_le_bytes(fixed[8..16].try_into().ok()?),
            image: Digest(u128::from_le_bytes(fixed[16..32].try_into().ok()?)),
            unmappable: length & UNMAPPABLE != 0,
            key,
        })
    }

    /// What has to be equal on the other side.
    pub(super) const fn identity(&self) -> (u64, u64, u128, bool) {
        (self.base, self.copy, self.image.0, self.unmappable)
    }

    pub(super) const fn base(&self) -> u64 {
        self.base
    }

    pub(super) const fn copy(&self) -> u64 {
        self.copy
    }

    /// Whether it is a copy item that carries no base key.
    pub(super) const fn is_stray(&self) -> bool {
        self.base == alone(self.copy) && !self.unmappable
    }

    pub(super) const fn key(&self) -> &'a [u8] {
        self.key
    }
}

/// Stands for the base key of a copy item that carries none.
const fn alone(copy: u64) -> u64 {
    copy.rotate_left(32)
}

/// The key that was encoded; `None` when the bytes are not a key of this schema.
pub(super) fn decode_key(schema: &KeySchema, mut bytes: &[u8]) -> Option<Item> {
    let key = schema
        .attributes()
        .map(|attribute| {
            let value = take_scalar(attribute.kind, &mut bytes)?;
            Some((attribute.name.clone(), value))
        })
        .collect::<Option<Item>>()?;
    bytes.is_empty().then_some(key)
}

fn take_scalar(kind: KeyKind, bytes: &mut &[u8]) -> Option<Value> {
    let (&found, rest) = bytes.split_first()?;
    if found != tag(Kind::from(kind)) {
        return None;
    }
    *bytes = rest;
    match kind {
        KeyKind::N => {
            let (number, rest) = bytes.split_at_checked(19)?;
            *bytes = rest;
            let digits = u128::from_le_bytes(number[1..17].try_into().ok()?);
            let exponent = i16::from_le_bytes(number[17..].try_into().ok()?);
            let sign = if number[0] == 0 { "" } else { "-" };
            let text = format!("{sign}{digits}E{exponent}");
            text.parse::<Number>().ok().map(Value::N)
        }
        KeyKind::S => {
            let text = take_bytes(bytes)?;
            std::str::from_utf8(text).ok().map(Value::s)
        }
        KeyKind::B => take_bytes(bytes).map(|bytes| Value::B(bytes.to_vec())),
    }
}

/// Takes what [`put_length`](super::digest::put_length) appended.
pub(super) fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        length |= usize::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte < 0x80 {
            return Some(length);
        }
    }
}

/// Takes bytes after their length.
pub(super) fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_length(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::digest::put_operand;
    use crate::domain::drift::fixture::sides;
    use crate::domain::mapping::Nulls;
    use crate::domain::mapping::fixture::{copy, key, strike, strikes};
    use proptest::prelude::*;

    #[test]
    fn a_record_that_is_cut_ends_the_records() {
        let dataset = strikes();
        let (bytes, _) = sides(&dataset, copy(&dataset, "by_month"), &[strike()], &[]);
        for end in 0..bytes.len() {
            assert_eq!(Record::take(&mut &bytes[..end]), None, "{end} bytes");
        }
        assert!(Record::take(&mut bytes.as_slice()).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_key_comes_back_from_its_bytes(
            text in "\\PC{1,300}",
            digits in -1_000_000_i64..1_000_000,
            places in 0_usize..20,
            bytes in prop::collection::vec(any::<u8>(), 1..300),
        ) {
            let schema = key("text number:N bytes:B");
            let number = format!("{digits}.{}1", "0".repeat(places));
            let item = Item::from([
                ("text".to_owned(), Value::S(text)),
                ("number".to_owned(), Value::N(number.parse().unwrap())),
                ("bytes".to_owned(), Value::B(bytes)),
            ]);
            let mut encoded = Vec::new();
            for attribute in schema.attributes() {
                put_operand(&mut encoded, &(&item[&attribute.name]).into(), Nulls::Values);
            }
            prop_assert_eq!(decode_key(&schema, &encoded), Some(item));
            encoded.push(0);
            prop_assert_eq!(decode_key(&schema, &encoded), None);
        }
    }
}

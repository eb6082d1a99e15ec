//! Records: what a check keeps of an item, on either side of a copy.
//!
//! Owns the forty bytes that stand for an item, the way from a page to them, and their form on disk.
//! Nothing of an item but its key survives in a record; the rest is read again to verify.

use super::digest::{Digest, put_operand, put_view, tag};

use super::lacking::Lacking;
use crate::domain::expr::Lookup;
use crate::domain::item::ItemRef;
use crate::domain::mapping::{BoundCopy, BoundDataset, Derived, Nulls};
use crate::domain::schema::{KeyKind, KeySchema};
use crate::domain::value::{Item, Kind, Number, Value};
use indexmap::IndexMap;

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

/// Makes records of the items of a dataset's tables.
#[derive(Debug)]
pub struct Recorder<'a> {
    dataset: &'a BoundDataset,
    copies: Vec<Lens<'a>>,
    /// Buffers that are used again for every item.
    scratch: Vec<u8>,
    key: Vec<u8>,
    /// How many attributes the last base item had.
    width: usize,
    /// What the base items taken so far lack of `always`.
    lacking: Lacking,
}

/// One copy, and what is known of attribute names by now.
#[derive(Debug)]
struct Lens<'a> {
    copy: &'a BoundCopy,
    /// Attributes that are taken over from the base and compared.
    taken: Flags,
    /// Attributes of its own that are compared.
    own: Flags,
    /// Attributes of its items that are compared.
    found: Flags,
}

/// What is so of attributes, by name. The items of a table mostly have the same ones in the same order: the
/// next to be asked for is mostly the one that came next before.
#[derive(Debug, Default)]
struct Flags {
    known: IndexMap<Box<str>, bool>,
    next: usize,
}

impl Flags {
    /// Whether it is so of the attribute.
    fn of(&mut self, name: &str, is_so: impl FnOnce() -> bool) -> bool {
        let place = match self.known.get_index(self.next) {
            Some((known, _)) if **known == *name => self.next,
            _ => match self.known.get_index_of(name) {
                Some(place) => place,
                None => self.known.insert_full(name.into(), is_so()).0,
            },
        };
        self.next = place + 1;
        self.known[place]
    }

    /// The next to be asked for is the first of an item.
    const fn begin(&mut self) {
        self.next = 0;
    }
}

impl<'a> Recorder<'a> {
    /// A recorder of these copies of a dataset.
    pub fn new(dataset: &'a BoundDataset, copies: impl IntoIterator<Item = &'a BoundCopy>) -> Self {
        let lens = |copy| Lens {
            copy,
            taken: Flags::default(),
            own: Flags::default(),
            found: Flags::default(),
        };
        Self {
            dataset,
            copies: copies.into_iter().map(lens).collect(),
            scratch: Vec::new(),
            key: Vec::new(),
            width: 0,
            lacking: Lacking::default(),
        }
    }

    /// What the base items taken so far lack of `always`; counting begins anew.
    pub fn take_lacking(&mut self) -> Lacking {
        std::mem::take(&mut self.lacking)
    }

    /// Gives a record for each item that the copies should hold of a base item, by the position of
    /// the copy; whether the base item is of the dataset at all.
    pub fn base_item(
        &mut self,
        item: ItemRef<'_>,
        mut give: impl FnMut(usize, Record<'_>),
    ) -> Membership {
        if !self.dataset.is_member(&item) {
            return Membership::Foreign;
        }
        for attribute in &self.dataset.dataset.always {
            if item.get(attribute).is_none() {
                let key = || self.dataset.base.key.of(&item.to_item());
                self.lacking.count(attribute, key);
            }
        }
        let nulls = self.dataset.dataset.check.nulls;
        let mut attributes = Vec::with_capacity(self.width);
        for (name, value) in item.iter().filter(|(_, value)| !nulls.hides(value.kind())) {
            let digest = Digest::of_attribute(name, value, nulls, &mut self.scratch);
            attributes.push((name, digest));
        }
        self.width = attributes.len();
        self.key.clear();
        for attribute in self.dataset.base.key.attributes() {
            if let Some(value) = item.get(&attribute.name) {
                put_view(&mut self.key, value, Nulls::Values);
            }
        }
        let base = Digest::of(&self.key).high();
        for (at, lens) in self.copies.iter_mut().enumerate() {
            let Ok(items) = self.dataset.derive(lens.copy, &item) else {
                let record = Record {
                    base,
                    copy: 0,
                    image: Digest::default(),
                    unmappable: true,
                    key: &self.key,
                };
                give(at, record);
                continue;
            };
            for derived in items {
                let image =
                    expected_image(self.dataset, lens, &attributes, &derived, &mut self.scratch);
                let record = Record {
                    base,
                    copy: of_key(&lens.copy.table.key, &derived, &mut self.scratch),
                    image,
                    unmappable: false,
                    key: &self.key,
                };
                give(at, record);
            }
        }
        Membership::Member
    }

    /// Gives the record of an item of a copy's table, by the position of the copy, if it belongs to it.
    pub fn copy_item(&mut self, at: usize, item: ItemRef<'_>, give: impl FnOnce(Record<'_>)) {
        let Some(lens) = self.copies.get_mut(at) else {
            return;
        };
        if !self.dataset.belongs(lens.copy, &item) {
            return;
        }
        let mut image = Digest::default();
        let nulls = self.dataset.dataset.check.nulls;
        lens.found.begin();
        for (name, value) in item.iter().filter(|(_, value)| !nulls.hides(value.kind())) {
            let compares = || self.dataset.compares(lens.copy, name);
            if lens.found.of(name, compares) {
                image = image.plus(Digest::of_attribute(name, value, nulls, &mut self.scratch));
            }
        }
        self.key.clear();
        for attribute in lens.copy.table.key.attributes() {
            if let Some(value) = item.get(&attribute.name) {
                put_view(&mut self.key, value, Nulls::Values);
            }
        }
        let copy = Digest::of(&self.key).high();
        let owner = of_owner(self.dataset, lens.copy, &item, &mut self.scratch);
        give(Record {
            // Without a base key it is alone: a record of its own, and found by no other.
            base: owner.unwrap_or_else(|| alone(copy)),
            copy,
            image,
            unmappable: false,
            key: &self.key,
        });
    }
}

/// Stands for the base key of a copy item that carries none.
const fn alone(copy: u64) -> u64 {
    copy.rotate_left(32)
}

/// Whether a base item is one of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    Member,
    /// The dataset's `where` is false.
    Foreign,
}

/// The digest of what is compared of an expected item: attributes taken over were digested before.
fn expected_image(
    dataset: &BoundDataset,
    lens: &mut Lens<'_>,
    attributes: &[(&str, Digest)],
    derived: &Derived<'_>,
    scratch: &mut Vec<u8>,
) -> Digest {
    let (copy, mut image) = (lens.copy, Digest::default());
    lens.taken.begin();
    for (name, digest) in attributes {
        // Which attributes an item has of its own depends on its mapping only.
        let is_taken = || dataset.compares(copy, name) && derived.takes(name);
        if lens.taken.of(name, is_taken) {
            image = image.plus(*digest);
        }
    }
    lens.own.begin();
    let nulls = dataset.dataset.check.nulls;
    for (name, value) in derived
        .own()
        .filter(|(_, value)| !nulls.hides(value.kind()))
    {
        if lens.own.of(name, || dataset.compares(copy, name)) {
            image = image.plus(Digest::of_operand(name, value, nulls, scratch));
        }
    }
    image
}

/// The digest of the key of an item, in the order of its schema.
fn of_key(schema: &KeySchema, item: &dyn Lookup, scratch: &mut Vec<u8>) -> u64 {
    scratch.clear();
    for attribute in schema.attributes() {
        if let Some(value) = item.attribute(&attribute.name) {
            put_operand(scratch, &value, Nulls::Values);
        }
    }
    Digest::of(scratch).high()
}

/// The digest of the key of the base item that a copy item stems from, when it carries one.
fn of_owner(
    dataset: &BoundDataset,
    copy: &BoundCopy,
    item: &dyn Lookup,
    scratch: &mut Vec<u8>,
) -> Option<u64> {
    scratch.clear();
    for attribute in dataset.base.key.attributes() {
        let value = copy.mapping.base_key_value(item, attribute)?;
        put_operand(scratch, &value, Nulls::Values);
    }
    Some(Digest::of(scratch).high())
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
    use crate::domain::drift::fixture::sides;
    use crate::domain::mapping::Expectation;
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

        /// The road over items that are never put together gives what those items would give.
        #[test]
        fn an_expected_item_and_the_same_one_found_have_one_record(
            operator in prop::option::of("[a-c]{1,2}"),
            damage in "None|Minor",
            cost in 0_i64..5_000,
            more in prop::option::of(any::<bool>()),
        ) {
            let mut base = strike();
            base.remove("operator");
            base.extend(operator.map(|text| ("operator".to_owned(), Value::S(text))));
            base.insert("damage".to_owned(), Value::S(damage));
            base.insert("cost_total".to_owned(), Value::N(cost.into()));
            base.extend(more.map(|flag| ("more".to_owned(), Value::Bool(flag))));
            let dataset = strikes();
            for copy in &dataset.copies {
                let Expectation::Items(found) = dataset.expected(copy, &base) else {
                    continue;
                };
                let (expected, actual) = sides(&dataset, copy, &[base.clone()], &found);
                let identities = |mut bytes: &[u8]| {
                    let mut all: Vec<_> = std::iter::from_fn(|| Record::take(&mut bytes))
                        .map(|record| record.identity())
                        .collect();
                    all.sort_unstable();
                    all
                };
                prop_assert_eq!(identities(&expected).len(), found.len());
                prop_assert_eq!(identities(&expected), identities(&actual));
            }
        }
    }
}

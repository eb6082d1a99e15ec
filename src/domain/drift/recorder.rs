//! The way from a page to records.
//!
//! Owns what is known of attributes by their names, so that it is found out once and not for every item, and
//! the buffers that serve all of them: of an item nothing is copied but what a mapping computes.

use super::digest::{Digest, put_operand, put_view};
use super::lacking::Lacking;
use super::record::Record;
use crate::domain::expr::Lookup;
use crate::domain::item::ItemRef;
use crate::domain::mapping::{BoundCopy, BoundDataset, Derived, Nulls};
use crate::domain::schema::KeySchema;
use indexmap::IndexSet;

/// Makes records of the items of a dataset's tables.
#[derive(Debug)]
pub struct Recorder<'a> {
    dataset: &'a BoundDataset,
    copies: Vec<Lens<'a>>,
    /// Buffers that are used again for every item.
    scratch: Vec<u8>,
    key: Vec<u8>,
    /// The attributes of base items, and the digests of those of the last one.
    names: Names,
    attributes: Vec<(usize, Digest)>,
    /// What the base items taken so far lack of `always`.
    lacking: Lacking,
}

/// One copy, and what is known of attributes by now.
#[derive(Debug)]
struct Lens<'a> {
    copy: &'a BoundCopy,
    /// Attributes that are taken over from the base and compared, by their numbers there.
    taken: Flags,
    /// Attributes of its own that are compared.
    own: (Names, Flags),
    /// Attributes of its items that are compared.
    found: (Names, Flags),
}

/// Attributes by name, numbered as they came. The items of a table mostly have the same ones in the same
/// order: the next to be asked for is mostly the one that came next before.
#[derive(Debug, Default)]
struct Names {
    known: IndexSet<Box<str>>,
    next: usize,
}

impl Names {
    /// The next to be asked for is the first of an item.
    const fn begin(&mut self) {
        self.next = 0;
    }

    /// The number of an attribute.
    fn number(&mut self, name: &str) -> usize {
        let number = match self.known.get_index(self.next) {
            Some(known) if **known == *name => self.next,
            _ => match self.known.get_index_of(name) {
                Some(number) => number,
                None => self.known.insert_full(name.into()).0,
            },
        };
        self.next = number + 1;
        number
    }
}

/// What is so of attributes, by their numbers.
#[derive(Debug, Default)]
struct Flags(Vec<Option<bool>>);

impl Flags {
    /// Whether it is so, found out once.
    fn of(&mut self, number: usize, is_so: impl FnOnce() -> bool) -> bool {
        if self.0.len() <= number {
            self.0.resize(number + 1, None);
        }
        *self.0[number].get_or_insert_with(is_so)
    }
}

impl<'a> Recorder<'a> {
    /// A recorder of these copies of a dataset.
    pub fn new(dataset: &'a BoundDataset, copies: impl IntoIterator<Item = &'a BoundCopy>) -> Self {
        let lens = |copy| Lens {
            copy,
            taken: Flags::default(),
            own: Default::default(),
            found: Default::default(),
        };
        Self {
            dataset,
            copies: copies.into_iter().map(lens).collect(),
            scratch: Vec::new(),
            key: Vec::new(),
            names: Names::default(),
            attributes: Vec::new(),
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
        self.attributes.clear();
        self.names.begin();
        for (name, value) in item.iter().filter(|(_, value)| !nulls.hides(value.kind())) {
            let digest = Digest::of_attribute(name, value, nulls, &mut self.scratch);
            self.attributes.push((self.names.number(name), digest));
        }
        self.key.clear();
        for attribute in self.dataset.base.key.attributes() {
            if let Some(value) = item.get(&attribute.name) {
                put_view(&mut self.key, value, Nulls::Values);
            }
        }
        let base = Digest::of(&self.key).high();
        for (at, lens) in self.copies.iter_mut().enumerate() {
            let Ok(items) = self.dataset.derive(lens.copy, &item) else {
                give(at, Record::unmappable(base, &self.key));
                continue;
            };
            for derived in items {
                let taken = (&self.names, self.attributes.as_slice());
                let image = expected_image(self.dataset, lens, taken, &derived, &mut self.scratch);
                let copy = of_key(&lens.copy.table.key, &derived, &mut self.scratch);
                give(at, Record::expected(base, copy, image, &self.key));
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
        let (names, found) = &mut lens.found;
        names.begin();
        for (name, value) in item.iter().filter(|(_, value)| !nulls.hides(value.kind())) {
            let compares = || self.dataset.compares(lens.copy, name);
            if found.of(names.number(name), compares) {
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
        give(Record::found(owner, copy, image, &self.key));
    }
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
    (names, attributes): (&Names, &[(usize, Digest)]),
    derived: &Derived<'_>,
    scratch: &mut Vec<u8>,
) -> Digest {
    let (copy, mut image) = (lens.copy, Digest::default());
    for (number, digest) in attributes {
        // Which attributes an item has of its own depends on its mapping only.
        let is_taken = || {
            let name = &names.known[*number];
            dataset.compares(copy, name) && derived.takes(name)
        };
        if lens.taken.of(*number, is_taken) {
            image = image.plus(*digest);
        }
    }
    let nulls = dataset.dataset.check.nulls;
    let (names, own) = &mut lens.own;
    names.begin();
    for (name, value) in derived
        .own()
        .filter(|(_, value)| !nulls.hides(value.kind()))
    {
        if own.of(names.number(name), || dataset.compares(copy, name)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::fixture::sides;
    use crate::domain::mapping::Expectation;
    use crate::domain::mapping::fixture::{strike, strikes};
    use crate::domain::value::Value;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

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

//! 128-bit digests of keys and images, and the comparison of the two sides.

use crate::domain::value::Item;

/// A 128-bit digest. Sums (never xor) of digests compare multisets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Digest(pub u128);

/// Digest of a base key and a copy key.
#[must_use]
pub fn digest_key(_base_key: &Item, _copy_key: &Item) -> Digest {
    todo!()
}

/// Digest of the compared image of an item.
#[must_use]
pub fn digest_image(_image: &Item) -> Digest {
    todo!()
}

/// One record of one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Digest of base key and copy key.
    pub key: Digest,
    /// Digest of the compared image.
    pub image: Digest,
    /// The base key.
    pub base_key: Item,
    /// The copy key.
    pub copy_key: Item,
}

/// The two sides of one copy, as far as they were read.
#[derive(Debug, Default)]
pub struct Sides {}

/// A difference seen once.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The base key; absent when the copy item does not carry one.
    pub base_key: Option<Item>,
    /// Keys of the copy items involved.
    pub copy_keys: Vec<Item>,
}

impl Sides {
    /// Adds what the base says should be in the copy.
    pub fn expect(&mut self, _record: Expected) {
        todo!()
    }
    /// Adds what the copy holds.
    pub fn found(&mut self, _record: Expected) {
        todo!()
    }
    /// The differences.
    #[must_use]
    pub fn candidates(self) -> Vec<Candidate> {
        todo!()
    }
}

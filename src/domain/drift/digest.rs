//! 128-bit digests of keys and images.

use crate::domain::value::{Item, Number, Value};
use xxhash_rust::xxh3::Xxh3Default;

/// A 128-bit digest. Sums (never xor) of digests compare multisets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Digest(pub(super) u128);

impl Digest {
    /// The digest of items, one after the other.
    pub(super) fn of_items(items: &[&Item]) -> Self {
        let mut encoder = Encoder(Xxh3Default::new());
        for item in items {
            encoder.members(item.iter());
        }
        Self(encoder.0.digest128())
    }

    /// The digest of two digests.
    pub(super) fn and(self, other: Self) -> Self {
        let mut hasher = Xxh3Default::new();
        hasher.update(&self.0.to_le_bytes());
        hasher.update(&other.0.to_le_bytes());
        Self(hasher.digest128())
    }

    /// The sum modulo 2^128.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The bucket of a record with this digest: its top bits.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the shift leaves BUCKET_BITS bits"
    )]
    pub(super) const fn bucket(self, bits: u32) -> usize {
        (self.0 >> (u128::BITS - bits)) as usize
    }
}

/// Feeds the canonical encoding of values to the hash: types are tagged and lengths prefixed, so that no
/// two values share an encoding; maps and sets are sorted; numbers are sign, digits, and exponent.
struct Encoder(Xxh3Default);

impl Encoder {
    fn length(&mut self, length: usize) {
        // `usize` has at most 64 bits.
        self.0.update(&(length as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.update(bytes);
    }

    fn number(&mut self, number: Number) {
        let (digits, exponent) = number.parts();
        self.0.update(&[u8::from(number.is_negative())]);
        self.0.update(&digits.to_le_bytes());
        self.0.update(&exponent.to_le_bytes());
    }

    fn members<'a>(&mut self, members: impl ExactSizeIterator<Item = (&'a String, &'a Value)>) {
        self.length(members.len());
        for (name, value) in members {
            self.bytes(name.as_bytes());
            self.value(value);
        }
    }

    fn value(&mut self, value: &Value) {
        self.0.update(value.kind().code().as_bytes());
        // Closes the tag: `B` begins `BS` and `BOOL`.
        self.0.update(b":");
        match value {
            Value::S(text) => self.bytes(text.as_bytes()),
            Value::N(number) => self.number(*number),
            Value::B(bytes) => self.bytes(bytes),
            Value::Bool(flag) => self.0.update(&[u8::from(*flag)]),
            Value::Null => {}
            Value::Ss(set) => {
                self.length(set.len());
                set.iter().for_each(|text| self.bytes(text.as_bytes()));
            }
            Value::Ns(set) => {
                self.length(set.len());
                set.iter().for_each(|number| self.number(*number));
            }
            Value::Bs(set) => {
                self.length(set.len());
                set.iter().for_each(|bytes| self.bytes(bytes));
            }
            Value::L(values) => {
                self.length(values.len());
                values.iter().for_each(|value| self.value(value));
            }
            Value::M(members) => self.members(members.iter()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::item;
    use rstest::rstest;
    use serde_json::json;

    fn digest(json: &serde_json::Value) -> Digest {
        Digest::of_items(&[&item(json)])
    }

    #[rstest]
    #[case::numbers_are_canonical(json!({"a":{"N":"42"}}), json!({"a":{"N":"0042.00"}}))]
    #[case::exponents_too(json!({"a":{"N":"1E3"}}), json!({"a":{"N":"1000"}}))]
    #[case::zero_has_no_sign(json!({"a":{"N":"0"}}), json!({"a":{"N":"-0.0"}}))]
    #[case::sets_are_unordered(json!({"a":{"SS":["x","y"]}}), json!({"a":{"SS":["y","x"]}}))]
    #[case::sets_of_numbers_too(json!({"a":{"NS":["10","9"]}}), json!({"a":{"NS":["9.0","1E1"]}}))]
    #[case::maps_too(
        json!({"a":{"M":{"x":{"S":"1"},"y":{"S":"2"}}}}),
        json!({"a":{"M":{"y":{"S":"2"},"x":{"S":"1"}}}})
    )]
    fn one_value_has_one_digest_however_it_is_written(
        #[case] one: serde_json::Value,
        #[case] other: serde_json::Value,
    ) {
        assert_eq!(digest(&one), digest(&other));
    }

    #[rstest]
    #[case::a_number_in_text_is_text(json!({"a":{"N":"42"}}), json!({"a":{"S":"42"}}))]
    #[case::null_is_not_missing(json!({"a":{"NULL":true}}), json!({}))]
    #[case::empty_is_not_missing(json!({"a":{"S":""}}), json!({}))]
    #[case::empty_text_is_not_empty_binary(json!({"a":{"S":""}}), json!({"a":{"B":""}}))]
    #[case::lists_are_ordered(
        json!({"a":{"L":[{"S":"x"},{"S":"y"}]}}),
        json!({"a":{"L":[{"S":"y"},{"S":"x"}]}})
    )]
    #[case::lengths_keep_values_apart(
        json!({"a":{"L":[{"S":"xy"},{"S":""}]}}),
        json!({"a":{"L":[{"S":"x"},{"S":"y"}]}})
    )]
    #[case::a_list_is_not_a_set(json!({"a":{"L":[{"S":"x"}]}}), json!({"a":{"SS":["x"]}}))]
    #[case::the_name_counts(json!({"a":{"S":"x"}}), json!({"b":{"S":"x"}}))]
    #[case::the_sign_counts(json!({"a":{"N":"5"}}), json!({"a":{"N":"-5"}}))]
    #[case::the_last_of_38_digits_counts(
        json!({"a":{"N":"12345678901234567890123456789012345678"}}),
        json!({"a":{"N":"12345678901234567890123456789012345679"}})
    )]
    fn other_values_have_other_digests(
        #[case] one: serde_json::Value,
        #[case] other: serde_json::Value,
    ) {
        assert_ne!(digest(&one), digest(&other));
    }

    #[test]
    fn base_key_and_copy_key_are_kept_apart() {
        let (a, b) = (item(&json!({"a":{"S":"x"}})), item(&json!({"b":{"S":"y"}})));
        let both = item(&json!({"a":{"S":"x"},"b":{"S":"y"}}));
        let none = Item::new();
        let digests = [
            Digest::of_items(&[&a, &b]),
            Digest::of_items(&[&b, &a]),
            Digest::of_items(&[&both, &none]),
            Digest::of_items(&[&none, &both]),
        ];
        for (i, digest) in digests.iter().enumerate() {
            assert!(!digests[..i].contains(digest), "digest {i} is not its own");
        }
    }
}

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

    fn sequence<T>(
        &mut self,
        members: impl ExactSizeIterator<Item = T>,
        encode: impl Fn(&mut Self, T),
    ) {
        self.length(members.len());
        for member in members {
            encode(self, member);
        }
    }

    fn members<'a>(&mut self, members: impl ExactSizeIterator<Item = (&'a String, &'a Value)>) {
        self.sequence(members, |encoder, (name, value)| {
            encoder.bytes(name.as_bytes());
            encoder.value(value);
        });
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
            Value::Ss(set) => self.sequence(set.iter(), |e, text| e.bytes(text.as_bytes())),
            Value::Ns(set) => self.sequence(set.iter(), |e, number| e.number(*number)),
            Value::Bs(set) => self.sequence(set.iter(), |e, bytes| e.bytes(bytes)),
            Value::L(values) => self.sequence(values.iter(), Self::value),
            Value::M(members) => self.members(members.iter()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::diff_items;
    use crate::domain::mapping::fixture::item;
    use proptest::prelude::*;
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

    /// Values from so small a world that two of them are often equal.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            "[ab]{0,2}".prop_map(Value::S),
            "[ab]{0,2}".prop_map(|text| Value::B(text.into_bytes())),
            (-1_i64..2).prop_map(|n| Value::N(n.into())),
            any::<bool>().prop_map(Value::Bool),
            Just(Value::Null),
            prop::collection::btree_set("[ab]", 1..3).prop_map(Value::Ss),
        ];
        leaf.prop_recursive(2, 6, 2, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::L),
                prop::collection::btree_map("[ab]", inner, 0..3).prop_map(Value::M),
            ]
        })
    }

    fn any_item() -> impl Strategy<Value = Item> {
        prop::collection::btree_map("[ab]", value(), 0..2)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn digests_are_equal_exactly_when_items_are(one in any_item(), other in any_item()) {
            let equal = Digest::of_items(&[&one]) == Digest::of_items(&[&other]);
            prop_assert_eq!(equal, one == other);
            prop_assert_eq!(diff_items(&one, &other).is_empty(), one == other);
        }
    }
}

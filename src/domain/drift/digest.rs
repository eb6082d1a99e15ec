//! Digests of keys and images, straight from the bytes of a page.
//!
//! Owns the canonical encoding: types are tagged and lengths prefixed, so that no two values share an
//! encoding; numbers are sign, digits, and exponent; sets are sorted. An image is the sum of its
//! attributes' digests: a sum does not ask for an order, and each attribute is digested once however
//! many copies take it over.

use crate::domain::expr::Operand;
use crate::domain::item::{BlockBuilder, ValueRef};
use crate::domain::mapping::Nulls;
use crate::domain::value::{Item, Kind, Number, Value};
use xxhash_rust::xxh3::xxh3_128;

/// A digest of 128 bits. Sums (never xor, which cancels pairs) of digests compare multisets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Digest(pub(super) u128);

impl Digest {
    /// The digest of a whole item.
    pub(super) fn of_item(item: &Item, scratch: &mut Vec<u8>) -> Self {
        let attributes = item.iter();
        attributes
            .map(|(name, value)| Self::of_operand(name, &value.into(), Nulls::Values, scratch))
            .fold(Self::default(), Self::plus)
    }

    /// The digest of an encoding.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// The digest of an attribute; `scratch` is only there to be used again.
    pub(super) fn of_attribute(
        name: &str,
        value: ValueRef<'_>,
        nulls: Nulls,
        scratch: &mut Vec<u8>,
    ) -> Self {
        scratch.clear();
        put_bytes(scratch, name.as_bytes());
        put_view(scratch, value, nulls);
        Self::of(scratch)
    }

    /// The digest of an attribute that was computed.
    pub(super) fn of_operand(
        name: &str,
        value: &Operand<'_>,
        nulls: Nulls,
        scratch: &mut Vec<u8>,
    ) -> Self {
        scratch.clear();
        put_bytes(scratch, name.as_bytes());
        put_operand(scratch, value, nulls);
        Self::of(scratch)
    }

    /// The sum modulo 2^128.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The first 64 bits.
    pub(super) const fn high(self) -> u64 {
        (self.0 >> 64) as u64
    }
}

/// Appends seven bits a byte, the lowest first; the top bit says that more follow.
pub(super) fn put_length(out: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        out.push(length.to_le_bytes()[0] | 0x80);
        length >>= 7;
    }
    out.push(length.to_le_bytes()[0]);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// The byte that stands for a type.
pub(super) const fn tag(kind: Kind) -> u8 {
    match kind {
        Kind::S => b's',
        Kind::N => b'n',
        Kind::B => b'b',
        Kind::Bool => b'?',
        Kind::Null => b'0',
        Kind::Ss => b'S',
        Kind::Ns => b'N',
        Kind::Bs => b'B',
        Kind::L => b'l',
        Kind::M => b'm',
    }
}

fn put_number(out: &mut Vec<u8>, number: Number) {
    let (digits, exponent) = number.parts();
    out.push(tag(Kind::N));
    out.push(u8::from(number.is_negative()));
    out.extend_from_slice(&digits.to_le_bytes());
    out.extend_from_slice(&exponent.to_le_bytes());
}

/// Appends the canonical encoding of a value that an expression gave.
pub(super) fn put_operand(out: &mut Vec<u8>, value: &Operand<'_>, nulls: Nulls) {
    match value {
        Operand::S(text) => put_view(out, ValueRef::S(text), nulls),
        Operand::B(bytes) => put_view(out, ValueRef::B(bytes), nulls),
        Operand::N(number) => put_number(out, *number),
        Operand::Other(value) => {
            let mut builder = BlockBuilder::new();
            builder.push(&Item::from([(String::new(), Value::clone(value))]));
            let block = builder.finish();
            if let Some(value) = block.get(0).and_then(|item| item.get("")) {
                put_view(out, value, nulls);
            }
        }
    }
}

/// Appends the canonical encoding of a value of a page.
pub(super) fn put_view(out: &mut Vec<u8>, value: ValueRef<'_>, nulls: Nulls) {
    if let ValueRef::N(_) = value {
        // Only what parses enters a block, so there is always a number.
        return put_number(out, value.number().unwrap_or(Number::ZERO));
    }
    out.push(tag(value.kind()));
    match value {
        ValueRef::S(text) | ValueRef::N(text) => put_bytes(out, text.as_bytes()),
        ValueRef::B(bytes) => put_bytes(out, bytes),
        ValueRef::Bool(flag) => out.push(u8::from(flag)),
        ValueRef::Null => {}
        ValueRef::Ss(list) | ValueRef::Ns(list) | ValueRef::Bs(list) | ValueRef::L(list) => {
            put_length(out, list.len());
            for element in list.iter() {
                put_view(out, element, nulls);
            }
        }
        ValueRef::M(map) => {
            let mut scratch = Vec::new();
            let mut sum = Digest::default();
            let members = || map.iter().filter(|(_, member)| !nulls.hides(member.kind()));
            put_length(out, members().count());
            for (name, member) in members() {
                sum = sum.plus(Digest::of_attribute(name, member, nulls, &mut scratch));
            }
            out.extend_from_slice(&sum.0.to_le_bytes());
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
        image(&item(json), Nulls::Values)
    }

    /// As the drift check digests it: from the bytes of a page.
    fn image(item: &Item, nulls: Nulls) -> Digest {
        let mut builder = BlockBuilder::new();
        builder.push(item);
        let (block, mut scratch) = (builder.finish(), Vec::new());
        let digests = block.iter().flat_map(|item| item.iter());
        digests
            .filter(|(_, value)| !nulls.hides(value.kind()))
            .map(|(name, value)| Digest::of_attribute(name, value, nulls, &mut scratch))
            .fold(Digest::default(), Digest::plus)
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
    fn a_pair_of_equal_attributes_of_two_items_does_not_cancel_out() {
        let one = digest(&json!({"a":{"S":"x"}}));
        assert_ne!(one.plus(one), Digest::default());
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
            for nulls in [Nulls::Values, Nulls::Missing] {
                let same = image(&one, nulls) == image(&other, nulls);
                let (one, other) = (nulls.apply(one.iter()), nulls.apply(other.iter()));
                prop_assert_eq!(same, one == other);
                prop_assert_eq!(diff_items(&one, &other).is_empty(), one == other);
            }
        }

        #[test]
        fn a_value_that_was_computed_has_the_digest_of_the_same_one_that_was_read(value in value()) {
            let owned = Digest::of_operand("a", &(&value).into(), Nulls::Values, &mut Vec::new());
            prop_assert_eq!(owned, image(&Item::from([("a".to_owned(), value)]), Nulls::Values));
        }
    }
}

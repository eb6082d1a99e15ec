//! Item sizes in bytes, exactly as `DynamoDB` counts them (developer guide, `CapacityUnitCalculations`).
//!
//! Owns the rule of each type once; owned values are measured here, items inside a block by
//! [`ItemRef::size`](crate::domain::item::ItemRef::size), with the same parts.

use crate::domain::value::{Item, Number, Value};

/// Bytes of an empty list or map, and the overhead of any (developer guide, `CapacityUnitCalculations`).
pub(crate) const CONTAINER_OVERHEAD: usize = 3;
/// Bytes that each element of a list or map costs beside its own (same page).
pub(crate) const ELEMENT_OVERHEAD: usize = 1;
/// Bytes of a boolean or null (same page).
pub(crate) const FLAG: usize = 1;

/// Bytes of a number: base-100 digits of the trimmed significand, plus one, plus one if negative.
///
/// The guide says "approximately"; the exact rule was measured to the byte on the service
/// (`dynamodb-conformance`, `tests/tier3/limits/numberByteSize.test.ts`). The base-100 digits are
/// aligned on the decimal point, so an odd exponent puts one more zero behind the significand.
#[must_use]
pub fn number_size(number: &Number) -> usize {
    let (digits, exponent) = number.parts();
    if digits == 0 {
        return 1;
    }
    let aligned = number.digit_count() + u32::from(exponent % 2 != 0);
    1 + aligned.div_ceil(2) as usize + usize::from(number.is_negative())
}

/// Bytes of a value, without its name.
#[must_use]
pub fn value_size(value: &Value) -> usize {
    match value {
        Value::S(text) => text.len(),
        Value::N(number) => number_size(number),
        Value::B(bytes) => bytes.len(),
        Value::Bool(_) | Value::Null => FLAG,
        Value::Ss(set) => set.iter().map(String::len).sum(),
        Value::Ns(set) => set.iter().map(number_size).sum(),
        Value::Bs(set) => set.iter().map(Vec::len).sum(),
        Value::L(list) => list.iter().fold(CONTAINER_OVERHEAD, |sum, element| {
            sum + ELEMENT_OVERHEAD + value_size(element)
        }),
        Value::M(map) => map.iter().fold(CONTAINER_OVERHEAD, |sum, (name, member)| {
            sum + ELEMENT_OVERHEAD + name.len() + value_size(member)
        }),
    }
}

/// Bytes of an item: names and values.
#[must_use]
pub fn item_size(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value_size(value))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::{BTreeMap, BTreeSet};

    fn size_of(literal: &str) -> usize {
        number_size(&literal.parse().unwrap())
    }

    // Measured against eu-west-2 by bisecting the 409,600-byte item limit
    // (`dynamodb-conformance`, `tests/tier3/limits/numberByteSize.test.ts`).
    #[rstest]
    #[case("1", 2)]
    #[case("12", 2)]
    #[case("123", 3)]
    #[case("1234", 3)]
    #[case("12345", 4)]
    #[case("123456", 4)]
    #[case("1234567", 5)]
    #[case("12345678", 5)]
    #[case("123456789", 6)]
    #[case("1234567891", 6)]
    #[case("12345678912", 7)]
    #[case("123456789123", 7)]
    #[case("1234567890123456789", 11)]
    #[case("12345678901234567890123456789012345678", 20)]
    #[case("0042", 2)]
    #[case("100", 2)]
    #[case("1010", 3)]
    #[case("0.0000001", 2)]
    #[case("0", 1)]
    #[case("1E125", 2)]
    #[case("1E-100", 2)]
    #[case("1.5", 3)]
    #[case("1.2", 3)]
    #[case("1.200", 3)]
    #[case("1.234", 4)]
    #[case("3.14159", 5)]
    #[case("100.5", 4)]
    #[case("0.15", 2)]
    #[case("15", 2)]
    #[case("-42", 3)]
    #[case("-12345", 5)]
    #[case("-1E125", 3)]
    #[case("-0.15", 3)]
    #[case("-0", 1)]
    fn a_number_costs_what_the_service_was_measured_to_count(
        #[case] literal: &str,
        #[case] bytes: usize,
    ) {
        assert_eq!(size_of(literal), bytes);
    }

    /// Not measured on the service: even-length significands that straddle a base-100 digit. Two
    /// published formulas that agree on every measured literal differ on these by one byte.
    #[rstest]
    #[case("120", 3)]
    #[case("12000", 3)]
    #[case("0.015", 3)]
    fn a_significand_that_straddles_two_limbs_costs_both_though_unverified(
        #[case] literal: &str,
        #[case] bytes: usize,
    ) {
        assert_eq!(size_of(literal), bytes);
    }

    #[rstest]
    #[case(Value::s("héllo"), 6)]
    #[case(Value::s(""), 0)]
    #[case(Value::B(vec![0, 1, 2]), 3)]
    #[case(Value::Bool(false), 1)]
    #[case(Value::Null, 1)]
    #[case(Value::Ss(BTreeSet::from(["a".into(), "bcd".into()])), 4)]
    #[case(Value::Ns(BTreeSet::from([1.into(), 123.into()])), 5)]
    #[case(Value::Bs(BTreeSet::from([vec![1], vec![2, 3]])), 3)]
    #[case(Value::L(vec![]), 3)]
    #[case(Value::L(vec![Value::Null, Value::s("ab")]), 3 + 2 + 3)]
    #[case(Value::M(BTreeMap::new()), 3)]
    #[case(Value::M(BTreeMap::from([("name".into(), Value::s("ab"))])), 3 + 1 + 4 + 2)]
    fn each_type_is_counted_by_its_rule(#[case] value: Value, #[case] bytes: usize) {
        assert_eq!(value_size(&value), bytes);
    }

    #[test]
    fn an_item_is_the_sum_of_its_names_and_values() {
        let item = Item::from([
            ("id".into(), Value::s("x1")),
            ("n".into(), Value::N(5.into())),
        ]);
        assert_eq!(item_size(&item), 2 + 2 + 1 + 2);
    }
}

//! Item sizes in bytes, exactly as `DynamoDB` counts them (developer guide, CapacityUnitCalculations).

use crate::domain::value::{Item, Number, Value};

/// Bytes of a number: base-100 digits of the trimmed significand, plus one, plus one if negative.
#[must_use]
pub fn number_size(_number: &Number) -> usize {
    todo!()
}

/// Bytes of a value, without its name.
#[must_use]
pub fn value_size(_value: &Value) -> usize {
    todo!()
}

/// Bytes of an item: names and values.
#[must_use]
pub fn item_size(_item: &Item) -> usize {
    todo!()
}

//! Items of the domain ↔ items of the embedded database.

use super::SandboxError;
use crate::domain::value::{Item, Number, Value};
use dynoxide::AttributeValue;

/// An item as the database takes it.
pub(super) fn to_database(item: &Item) -> dynoxide::Item {
    item.iter()
        .map(|(name, value)| (name.clone(), to_attribute(value)))
        .collect()
}

/// An item as the database gave it.
pub(super) fn from_database(item: dynoxide::Item) -> Result<Item, SandboxError> {
    item.into_iter()
        .map(|(name, value)| Ok((name, from_attribute(value)?)))
        .collect()
}

fn to_attribute(value: &Value) -> AttributeValue {
    match value {
        Value::S(text) => AttributeValue::S(text.clone()),
        Value::N(number) => AttributeValue::N(number.to_string()),
        Value::B(bytes) => AttributeValue::B(bytes.clone()),
        Value::Bool(truth) => AttributeValue::BOOL(*truth),
        Value::Null => AttributeValue::NULL(true),
        Value::Ss(set) => AttributeValue::SS(set.iter().cloned().collect()),
        Value::Ns(set) => AttributeValue::NS(set.iter().map(Number::to_string).collect()),
        Value::Bs(set) => AttributeValue::BS(set.iter().cloned().collect()),
        Value::L(list) => AttributeValue::L(list.iter().map(to_attribute).collect()),
        Value::M(map) => AttributeValue::M(to_database(map)),
    }
}

fn from_attribute(value: AttributeValue) -> Result<Value, SandboxError> {
    Ok(match value {
        AttributeValue::S(text) => Value::S(text),
        AttributeValue::N(text) => Value::N(number(&text)?),
        AttributeValue::B(bytes) => Value::B(bytes),
        AttributeValue::BOOL(truth) => Value::Bool(truth),
        AttributeValue::NULL(_) => Value::Null,
        AttributeValue::SS(set) => Value::Ss(set.into_iter().collect()),
        AttributeValue::NS(set) => {
            Value::Ns(set.iter().map(|n| number(n)).collect::<Result<_, _>>()?)
        }
        AttributeValue::BS(set) => Value::Bs(set.into_iter().collect()),
        AttributeValue::L(list) => Value::L(
            list.into_iter()
                .map(from_attribute)
                .collect::<Result<_, _>>()?,
        ),
        AttributeValue::M(map) => Value::M(from_database(map)?),
    })
}

fn number(text: &str) -> Result<Number, SandboxError> {
    text.parse()
        .map_err(|error| SandboxError::Database(format!("`{text}` is {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_value_comes_back_as_it_went() {
        let list = vec![Value::Bool(true), Value::Null, Value::B(vec![0, 255])];
        let item = Item::from([
            ("s".into(), Value::s("text")),
            ("n".into(), Value::N(Number::from(-42))),
            ("ss".into(), Value::Ss(["b".into(), "a".into()].into())),
            ("ns".into(), Value::Ns([1.into(), 2.into()].into())),
            ("bs".into(), Value::Bs([vec![1], vec![2]].into())),
            ("l".into(), Value::L(list)),
            ("m".into(), Value::M([("k".into(), Value::s("v"))].into())),
        ]);
        assert_eq!(from_database(to_database(&item)), Ok(item));
    }
}

//! Candidates as bytes: hundreds of thousands of them wait at once.

use super::Candidate;
use super::digest::{put_length, put_operand};
use super::record::{decode_key, take_bytes, take_length};
use crate::domain::mapping::Nulls;
use crate::domain::schema::KeySchema;
use crate::domain::value::Item;

/// A candidate as bytes: its keys in the order of their schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(Box<[u8]>);

impl Packed {
    /// Packs a candidate of a copy with these keys.
    #[must_use]
    pub fn new(candidate: &Candidate, base: &KeySchema, copy: &KeySchema) -> Self {
        let mut bytes = Vec::new();
        put_length(
            &mut bytes,
            usize::try_from(candidate.seen).unwrap_or(usize::MAX),
        );
        match &candidate.base_key {
            Some(key) => put_key(&mut bytes, base, key),
            None => put_length(&mut bytes, 0),
        }
        for key in &candidate.copy_keys {
            put_key(&mut bytes, copy, key);
        }
        Self(bytes.into())
    }

    /// The candidate, by the same keys.
    #[must_use]
    pub fn unpack(&self, base: &KeySchema, copy: &KeySchema) -> Candidate {
        let mut bytes = &*self.0;
        let seen = take_length(&mut bytes).unwrap_or_default() as u64;
        let base_key = take_bytes(&mut bytes).and_then(|key| decode_key(base, key));
        let keys = std::iter::from_fn(|| take_bytes(&mut bytes));
        Candidate {
            base_key,
            copy_keys: keys.filter_map(|key| decode_key(copy, key)).collect(),
            seen,
        }
    }
}

fn put_key(out: &mut Vec<u8>, schema: &KeySchema, key: &Item) {
    let mut encoded = Vec::new();
    let values = schema
        .attributes()
        .filter_map(|key_part| key.get(&key_part.name));
    values.for_each(|value| put_operand(&mut encoded, &value.into(), Nulls::Values));
    put_length(out, encoded.len());
    out.extend_from_slice(&encoded);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::{item, key};
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::of_a_copy_item_whose_base_item_is_not_known(None, 1)]
    #[case::of_a_base_item_alone(Some(("p", "7")), 0)]
    #[case::with_three_copy_items(Some(("", "-1E-100")), 3)]
    fn a_candidate_comes_back_from_its_bytes(
        #[case] base_key: Option<(&str, &str)>,
        #[case] copies: usize,
    ) {
        let (base, copy) = (key("pk sk:N"), key("state slot:B"));
        let candidate = Candidate {
            base_key: base_key.map(|(pk, sk)| item(&json!({"pk": {"S": pk}, "sk": {"N": sk}}))),
            copy_keys: (0..copies)
                .map(|n| item(&json!({"state": {"S": n.to_string()}, "slot": {"B": "AAE="}})))
                .collect(),
            seen: 300,
        };
        assert_eq!(
            Packed::new(&candidate, &base, &copy).unpack(&base, &copy),
            candidate
        );
    }
}

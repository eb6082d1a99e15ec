//! What violates `always` of the dataset file: base items without an attribute that every one should have.

use super::report::key_text;
use crate::domain::problem::Problem;
use crate::domain::value::Item;
use indexmap::IndexMap;

/// Examples kept of each attribute.
const EXAMPLES: usize = 3;

/// How many base items lack an attribute of `always`, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lacking(IndexMap<String, (u64, Vec<Item>)>);

impl Lacking {
    /// Counts a base item that lacks `attribute`; `key` gives its key when it is one of the first.
    pub fn count(&mut self, attribute: &str, key: impl FnOnce() -> Item) {
        let at = match self.0.get_index_of(attribute) {
            Some(at) => at,
            None => self.0.insert_full(attribute.to_owned(), (0, Vec::new())).0,
        };
        if let Some((_, (count, examples))) = self.0.get_index_mut(at) {
            *count += 1;
            if examples.len() < EXAMPLES {
                examples.push(key());
            }
        }
    }

    /// Adds what another part of the scan counted.
    pub fn merge(&mut self, other: Self) {
        for (attribute, (count, examples)) in other.0 {
            let (sum, known) = self.0.entry(attribute).or_default();
            *sum += count;
            known.extend(examples);
            known.truncate(EXAMPLES);
        }
    }

    /// A note for each attribute, with examples.
    pub fn notes(&self) -> impl Iterator<Item = Problem> {
        self.0.iter().map(|(attribute, (count, examples))| {
            let keys: Vec<String> = examples.iter().map(key_text).collect();
            Problem::new(format!(
                "`always` names `{attribute}`, which {count} base items lack"
            ))
            .because(format!("for example {}", keys.join("; ")))
            .hint("take it out of `always`: an index keyed by it lacks these items")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::value::Value;

    fn lacking(ids: std::ops::Range<u32>) -> Lacking {
        let mut lacking = Lacking::default();
        for id in ids {
            lacking.count("operator", || {
                Item::from([("id".to_owned(), Value::N(i64::from(id).into()))])
            });
        }
        lacking
    }

    #[test]
    fn what_lacks_an_attribute_is_counted_with_three_examples() {
        assert_eq!(lacking(0..0).notes().count(), 0);
        let mut all = lacking(1..6);
        all.merge(lacking(6..8));
        let notes: Vec<Problem> = all.notes().collect();
        assert_eq!(notes.len(), 1);
        assert_eq!(
            notes[0].what,
            "`always` names `operator`, which 7 base items lack"
        );
        assert_eq!(
            notes[0].why.as_deref(),
            Some("for example id=1; id=2; id=3")
        );
    }

    #[test]
    fn parts_that_counted_little_give_their_examples_together() {
        let mut all = lacking(1..2);
        all.merge(lacking(2..7));
        let why = all.notes().next().and_then(|note| note.why);
        assert_eq!(why.as_deref(), Some("for example id=1; id=2; id=3"));
    }
}

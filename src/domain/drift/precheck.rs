//! What can be said before a check reads the tables: by described counts, and by a few base items.
//!
//! Nothing of it is a verdict. Counts are hours old; a mapping that is wrong for a few items in a row is
//! most likely wrong for all, which is worth knowing before millions are read.

use super::report::key_text;
use crate::domain::expr::holds;
use crate::domain::mapping::{BoundCopy, BoundDataset, Expectation};
use crate::domain::problem::Problem;
use crate::domain::value::Item;
use std::collections::BTreeMap;

/// Base items that are tried.
pub const TRIED: u32 = 100;
/// Base items that say something at all.
const ENOUGH: usize = 10;
/// Examples that are told.
const EXAMPLES: usize = 3;
/// Items of which a filtered copy should hold this many by the described counts, if it holds none, say that
/// its `where` is not what its items were chosen by.
const EXPECTED: u64 = 10;

/// A reason to look at the mapping before a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What is odd, with examples.
    pub problem: Problem,
    /// Whether the check is hardly worth its units.
    pub weight: Weight,
}

/// How much a doubt weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It may well be so.
    Note,
    /// The mapping is most likely wrong.
    Stop,
}

/// What the mapping of a copy gives for a few base items is odd.
#[must_use]
pub fn doubts(dataset: &BoundDataset, copy: &BoundCopy, items: &[Item]) -> Vec<Doubt> {
    if items.len() < ENOUGH {
        return Vec::new();
    }
    let given: Vec<Given<'_>> = items
        .iter()
        .map(|item| Given::of(dataset, copy, item))
        .collect();
    let nothing = given.iter().all(|given| given.keys.is_empty());
    let doubt = if nothing {
        Some(gives_nothing(dataset, copy, &given))
    } else {
        gives_one_key(copy, &given)
    };
    doubt.into_iter().collect()
}

/// What one base item gives.
struct Given<'a> {
    base: Item,
    keys: Vec<Item>,
    /// Why it gives nothing.
    why: &'a str,
    unmappable: Option<String>,
}

impl Given<'_> {
    fn of<'a>(dataset: &BoundDataset, copy: &BoundCopy, item: &Item) -> Given<'a> {
        let base = dataset.base.key.of(item);
        let (mut keys, mut unmappable) = (Vec::new(), None);
        match dataset.expected(copy, item) {
            Expectation::Items(items) => {
                keys = items.iter().map(|item| copy.table.key.of(item)).collect();
            }
            Expectation::Unmappable(why) => unmappable = Some(why.detail),
        }
        let why = if !dataset.is_member(item) {
            "`where` of the dataset is false"
        } else if !holds(&copy.mapping.filter, item) {
            "`where` is false"
        } else if copy.mapping.each.is_some() {
            "`each` has no element, or `only` is false"
        } else {
            "`only` is false"
        };
        Given {
            base,
            keys,
            why,
            unmappable,
        }
    }
}

fn gives_nothing(dataset: &BoundDataset, copy: &BoundCopy, given: &[Given<'_>]) -> Doubt {
    let (name, tried) = (&copy.mapping.name, given.len());
    let examples: Vec<String> = given
        .iter()
        .take(EXAMPLES)
        .map(|given| {
            let why = given.unmappable.as_deref().unwrap_or(given.why);
            format!("{}: {why}", key_text(&given.base))
        })
        .collect();
    let filtered = !dataset.dataset.filter.is_true() || !copy.mapping.filter.is_true();
    let unmappable = given.iter().any(|given| given.unmappable.is_some());
    // By the counts a sample of this size should hold so many.
    let share = copy.table.items.saturating_mul(tried as u64) / dataset.base.items.max(1);
    let stop = unmappable || !filtered || share >= EXPECTED;
    Doubt {
        problem: Problem::new(format!(
            "the mapping of `{name}` gives no item for any of {tried} base items"
        ))
        .because(examples.join("; "))
        .hint("its `where`, `each`, and `set` in the dataset file; `--yes` to check all the same"),
        weight: if stop { Weight::Stop } else { Weight::Note },
    }
}

/// Two of the items with one key are a finding, three pairs are a mapping that leaves something out.
fn gives_one_key(copy: &BoundCopy, given: &[Given<'_>]) -> Option<Doubt> {
    let mut first: BTreeMap<&Item, &Item> = BTreeMap::new();
    let mut examples = Vec::new();
    for given in given {
        for key in &given.keys {
            match first.get(key) {
                Some(other) => examples.push(format!(
                    "{} and {} both give {}",
                    key_text(other),
                    key_text(&given.base),
                    key_text(key)
                )),
                None => {
                    first.insert(key, &given.base);
                }
            }
        }
    }
    if examples.len() < EXAMPLES {
        return None;
    }
    let name = &copy.mapping.name;
    let (pairs, tried) = (examples.len(), given.len());
    examples.truncate(EXAMPLES);
    let what = format!(
        "the mapping of `{name}` gives the same key twice, {pairs} times for {tried} base items"
    );
    Some(Doubt {
        problem: Problem::new(what)
            .because(examples.join("; "))
            .hint("a `set` whose value tells base items apart; `--yes` to check all the same"),
        weight: Weight::Stop,
    })
}

/// How the described counts of base and copy compare, where there should be one item for each.
#[must_use]
pub fn counts(dataset: &BoundDataset, copies: &[&BoundCopy]) -> Option<String> {
    let base = dataset.base.items;
    let alone = |copy: &BoundCopy| {
        let same = dataset
            .copies
            .iter()
            .filter(|other| other.table.name == copy.table.name);
        same.count() == 1
    };
    let one_each = |copy: &&&BoundCopy| {
        let mapping = &copy.mapping;
        let all = mapping.filter.is_true() && mapping.only.is_true() && mapping.each.is_none();
        all && alone(copy) && copy.table.items > 0
    };
    let told: Vec<String> = copies
        .iter()
        .filter(one_each)
        .map(|copy| {
            let (name, items) = (&copy.mapping.name, copy.table.items);
            let sign = if items < base { "-" } else { "+" };
            format!("`{name}` {items} ({sign}{})", items.abs_diff(base))
        })
        .collect();
    (base > 0 && dataset.dataset.filter.is_true() && !told.is_empty()).then(|| {
        let copies = told.join(", ");
        format!("described item counts, up to six hours old and no verdict: base {base}, {copies}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::{copy, item, one_copy};
    use rstest::rstest;
    use serde_json::json;

    fn items(n: usize) -> Vec<Item> {
        let item = |n: usize| {
            item(
                &json!({"pk": {"S": "p"}, "sk": {"S": n.to_string()}, "day": {"S": "d"}, "kind": {"S": "x"}}),
            )
        };
        (0..n).map(item).collect()
    }

    fn told(section: &str, n: usize) -> Vec<Doubt> {
        let dataset = one_copy("day slot", section);
        doubts(&dataset, copy(&dataset, "c"), &items(n))
    }

    #[test]
    fn a_mapping_that_tells_items_apart_leaves_no_doubt() {
        assert_eq!(told("set = { slot = \"sk\" }", 100), []);
    }

    #[rstest]
    #[case::unmappable("set = { slot = \"nothing\" }", Weight::Stop)]
    #[case::no_element("set = { slot = \"sk\" }\neach = \"tags as tag\"", Weight::Stop)]
    #[case::sparse("set = { slot = \"sk\" }\nwhere = \"kind = 'rare'\"", Weight::Note)]
    fn a_mapping_that_gives_nothing_is_doubted_with_three_examples(
        #[case] section: &str,
        #[case] weight: Weight,
    ) {
        let doubts = told(section, 100);
        assert_eq!(doubts.len(), 1);
        assert_eq!(doubts[0].weight, weight);
        let why = doubts[0].problem.why.as_deref().unwrap();
        assert_eq!(why.matches("pk=\"p\" sk=").count(), 3, "{why}");
    }

    #[test]
    fn a_filter_that_lets_nothing_through_is_wrong_when_the_copy_holds_many_items() {
        let mut dataset = one_copy(
            "day slot",
            "set = { slot = \"sk\" }\nwhere = \"kind = 'rare'\"",
        );
        dataset.base.items = 1_000;
        for (held, weight) in [(99, Weight::Note), (100, Weight::Stop)] {
            dataset.copies[0].table.items = held;
            let doubts = doubts(&dataset, &dataset.copies[0], &items(100));
            assert_eq!(doubts[0].weight, weight, "{held}");
        }
    }

    #[test]
    fn a_mapping_that_gives_one_key_for_all_is_doubted_with_three_examples() {
        let doubts = told("set = { slot = \"pk\" }", 100);
        let problem = &doubts[0].problem;
        assert!(problem.what.contains("99 times for 100"), "{problem}");
        assert_eq!(
            problem.why.as_deref().unwrap().matches("both give").count(),
            3
        );
    }

    #[test]
    fn two_items_with_one_key_are_a_finding_and_no_doubt() {
        let dataset = one_copy("day slot", "set = { slot = \"sk\" }");
        let mut items = items(50);
        let mut twin = items[0].clone();
        twin.insert("pk".to_owned(), crate::domain::value::Value::s("other"));
        items.push(twin);
        assert_eq!(doubts(&dataset, copy(&dataset, "c"), &items), []);
    }

    #[test]
    fn a_handful_of_items_says_nothing() {
        assert_eq!(told("set = { slot = \"nothing\" }", ENOUGH - 1), []);
    }

    #[test]
    fn counts_are_compared_where_there_is_one_item_for_each() {
        let told = |section: &str, base, copy| {
            let mut dataset = one_copy("day slot", section);
            dataset.base.items = base;
            dataset.copies[0].table.items = copy;
            counts(&dataset, &[&dataset.copies[0]])
        };
        let all = "set = { slot = \"sk\" }";
        let text = told(all, 1_000, 998).unwrap();
        assert!(
            text.contains("`c` 998 (-2)") && text.contains("no verdict"),
            "{text}"
        );
        assert_eq!(told(all, 0, 998), None);
        assert_eq!(told(all, 1_000, 0), None);
        assert_eq!(
            told("set = { slot = \"sk\" }\nwhere = \"day > '1'\"", 10, 10),
            None
        );
        assert_eq!(
            told("set = { slot = \"sk\" }\neach = \"[pk] as x\"", 10, 10),
            None
        );
    }
}

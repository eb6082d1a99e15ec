//! From a part of a copy back to the base: which base items can give items there.

use super::{BoundCopy, BoundDataset};
use crate::domain::expr::{CompareOp, EachSource, Path, Predicate, ValueExpr, paths_of_value};
use crate::domain::value::{Item, Value};

impl BoundDataset {
    /// What is true of every base item that gives items of the copy under these key attributes. It may be
    /// true of others, too: E(b) decides.
    #[must_use]
    pub fn giving(&self, copy: &BoundCopy, under: &Item) -> Predicate {
        let attributes = under.iter();
        attributes
            .filter_map(|(name, value)| self.giving_one(copy, name, value))
            .fold(copy.mapping.filter.clone(), Predicate::and)
    }

    fn giving_one(&self, copy: &BoundCopy, name: &str, value: &Value) -> Option<Predicate> {
        let mapping = &copy.mapping;
        let literal = || ValueExpr::Literal(value.clone());
        let equals = |expr: ValueExpr| Predicate::Compare(expr, CompareOp::Eq, literal());
        let alias = mapping.each.as_ref().map(|each| each.alias.as_str());
        if let Some(expr) = mapping.set.get(name) {
            // Of an element of `each` nothing follows for the base item itself.
            let of_element = paths_of_value(expr)
                .iter()
                .any(|path| Some(path.root.as_str()) == alias);
            return (!of_element).then(|| equals(expr.clone()));
        }
        if let Some(each) = mapping.each.as_ref().filter(|each| each.alias == name) {
            return Some(match &each.source {
                EachSource::List(members) => {
                    Predicate::Or(members.iter().cloned().map(equals).collect())
                }
                EachSource::Path(path) => {
                    Predicate::Contains(ValueExpr::Path(path.clone()), literal())
                }
            });
        }
        let mut keys = self.base.key.attributes();
        let base = keys.find(|key| mapping.name_of_base_key(&key.name) == name);
        let attribute = base.map_or(name, |key| key.name.as_str());
        Some(equals(ValueExpr::Path(Path::top(attribute))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expectation;
    use super::super::fixture::{copy, item, one_copy};
    use crate::domain::expr::holds;
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    #[rstest]
    #[case::computed("month", "set = { month = \"month(day)\" }", json!({"month": {"S": "1998-08"}}))]
    #[case::element_of_a_list("party", "each = \"[seller, buyer] as party\"", json!({"party": {"S": "x"}}))]
    #[case::element_of_a_path("tag", "each = \"tags as tag\"", json!({"tag": {"S": "x"}}))]
    #[case::computed_of_an_element("shard", "each = \"tags as tag\"\nset = { shard = \"upper(tag)\" }", json!({"shard": {"S": "X"}}))]
    #[case::kept("seller", "", json!({"seller": {"S": "x"}}))]
    #[case::a_base_key_renamed("id", "base_key = { pk = \"id\" }", json!({"id": {"S": "p"}}))]
    #[case::filtered("seller", "where = \"day > '1998-08-10'\"", json!({"seller": {"S": "x"}}))]
    fn it_holds_for_every_base_item_that_gives_something_there(
        #[case] key: &str,
        #[case] section: &str,
        #[case] under: Json,
    ) {
        let dataset = one_copy(key, section);
        let (copy, under) = (copy(&dataset, "c"), item(&under));
        let predicate = dataset.giving(copy, &under);
        let mut given = 0;
        for (seller, buyer, day) in [
            ("x", "y", "1998-08-13"),
            ("y", "x", "1998-08-02"),
            ("y", "z", "1998-07-31"),
        ] {
            let base = item(&json!({
                "pk": {"S": "p"}, "sk": {"S": "s"}, "seller": {"S": seller}, "buyer": {"S": buyer},
                "day": {"S": day}, "tags": {"L": [{"S": seller}, {"S": "w"}]},
            }));
            let Expectation::Items(items) = dataset.expected(copy, &base) else {
                continue;
            };
            let there = |item: &&crate::domain::value::Item| {
                under
                    .iter()
                    .all(|(name, value)| item.get(name) == Some(value))
            };
            if items.iter().any(|item| there(&item)) {
                given += 1;
                assert!(holds(&predicate, &base), "{base:?}");
            }
        }
        assert!(given > 0);
    }
}

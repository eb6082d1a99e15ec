//! What conditions leave open in partitions whose keys are known: parts of them are decided there, and
//! differently in each.

use super::share::Conditions;
use crate::domain::expr::{CompareOp, Path, Predicate, ValueExpr, holds, paths_of_predicate};
use crate::domain::plan::access::{AccessPath, Source, roots};
use crate::domain::read::KeyCondition;
use crate::domain::stats::Volume;
use crate::domain::value::Item;

/// Partitions that are told from each other at most; more are taken as if nothing were known of theirs.
const MOST: usize = 16;

/// The partitions that are read, and what is read of each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes<'a> {
    /// Their keys.
    pub(super) keys: &'a [KeyCondition],
    /// How much each holds of what is read.
    pub(super) volumes: &'a [Volume],
}

/// What is left of conditions in a partition.
#[derive(Debug)]
pub(super) struct Left {
    /// What its key says.
    pub(super) given: Vec<Predicate>,
    /// Of what the path itself decides.
    pub(super) here: Vec<Predicate>,
    /// Of what only the base item decides.
    pub(super) later: Vec<Predicate>,
    /// Items that are read of it.
    pub(super) items: f64,
}

/// What the partitions leave of `conditions`; `None` where they decide nothing.
pub(super) fn left(
    path: &AccessPath<'_>,
    conditions: &Conditions<'_>,
    lanes: Lanes<'_>,
) -> Option<Vec<Left>> {
    let open = || conditions.here.iter().chain(&conditions.later);
    let is_read = |name: &str| open().any(|conjunct| roots(conjunct).any(|root| root == name));
    let names: Vec<(&str, &str)> = path
        .key()
        .partition
        .iter()
        .filter_map(|key| match path.source(&key.name) {
            Source::Base(name) if is_read(name) => Some((name, key.name.as_str())),
            _ => None,
        })
        .collect();
    if names.is_empty() || lanes.keys.len() > MOST {
        return None;
    }
    let lanes = lanes.keys.iter().zip(lanes.volumes);
    let left = lanes.map(|(key, volume)| {
        let value = |of: &str| key.partition().iter().find(|(name, _)| name == of);
        let known = names.iter().filter_map(|(name, key)| {
            let (_, value) = value(key)?;
            Some(((*name).to_owned(), value.clone()))
        });
        let known: Item = known.collect();
        let open = |conjuncts: &[&Predicate]| {
            let left = conjuncts.iter().map(|conjunct| under(conjunct, &known));
            left.filter(|left| !left.is_true()).collect::<Vec<_>>()
        };
        let (here, later) = (open(&conditions.here), open(&conditions.later));
        let given = known.into_iter().map(|(name, value)| {
            let (name, value) = (ValueExpr::Path(Path::top(&name)), ValueExpr::Literal(value));
            Predicate::Compare(name, CompareOp::Eq, value)
        });
        Left {
            given: given.collect(),
            here,
            later,
            items: volume.items.expected,
        }
    });
    Some(left.collect())
}

/// What is left of a predicate where some attributes are known.
fn under(predicate: &Predicate, known: &Item) -> Predicate {
    match predicate {
        Predicate::And(members) => {
            let left = members.iter().map(|member| under(member, known));
            left.fold(Predicate::TRUE, |all, member| match (all, member) {
                (all, _) if is_never(&all) => all,
                (_, never) if is_never(&never) => never,
                (all, member) => all.and(member),
            })
        }
        Predicate::Or(members) => {
            let left = members.iter().map(|member| under(member, known));
            let mut open: Vec<Predicate> = left.filter(|member| !is_never(member)).collect();
            if open.iter().any(Predicate::is_true) {
                return Predicate::TRUE;
            }
            match open.len() {
                1 => open.remove(0),
                _ => Predicate::Or(open),
            }
        }
        Predicate::Not(inner) => match under(inner, known) {
            always if always.is_true() => NEVER,
            never if is_never(&never) => Predicate::TRUE,
            left => Predicate::Not(Box::new(left)),
        },
        leaf => {
            let paths = paths_of_predicate(leaf);
            let is_known = !paths.is_empty() && paths.iter().all(|p| known.contains_key(&p.root));
            match is_known.then(|| holds(leaf, known)) {
                Some(true) => Predicate::TRUE,
                Some(false) => NEVER,
                None => leaf.clone(),
            }
        }
    }
}

/// What no item satisfies.
const NEVER: Predicate = Predicate::Or(Vec::new());

/// Whether no item satisfies it.
pub(super) fn is_never(predicate: &Predicate) -> bool {
    *predicate == NEVER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expr::{self, parse_predicate};
    use crate::domain::value::Value;
    use rstest::rstest;

    fn parsed(text: &str) -> Predicate {
        match text {
            "always" => Predicate::TRUE,
            "never" => NEVER,
            text => parse_predicate(text, &expr::Context::default()).unwrap(),
        }
    }

    #[rstest]
    #[case::one_of_two("a = 'x' OR b = 1", "always")]
    #[case::the_other_of_two("a = 'y' OR b = 1", "b = 1")]
    #[case::both("a = 'x' AND b = 1", "b = 1")]
    #[case::both_though_one_is_ruled_out("a = 'y' AND b = 1", "never")]
    #[case::one_that_is_not("NOT (a = 'x' OR b = 1)", "never")]
    #[case::not_the_other("NOT (a = 'y' OR b = 1)", "NOT b = 1")]
    #[case::a_choice_of_both("(a = 'x' AND b = 1) OR (a = 'y' AND c = 2)", "b = 1")]
    #[case::none("a = 'y' OR a = 'z'", "never")]
    #[case::of_others("b = 1 AND c = 2", "b = 1 AND c = 2")]
    #[case::of_both_at_once("a = b", "a = b")]
    fn what_a_known_attribute_decides_is_decided(#[case] text: &str, #[case] left: &str) {
        let known = Item::from([("a".to_owned(), Value::s("x"))]);
        assert_eq!(under(&parsed(text), &known), parsed(left));
    }
}

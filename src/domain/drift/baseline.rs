//! Findings that somebody has accepted: they are told, and are no drift for the exit code.
//!
//! A finding is the accepted one only when nothing of it changed: dataset, copy, class, keys, and what
//! differs with both values. Times and words do not count.

use super::noted::{Difference, Noted, Says};
use super::{Class, Finding};
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::value::Item;
use std::collections::BTreeSet;

/// Accepted findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    entries: BTreeSet<Identity>,
}

/// What makes a finding the same as an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    dataset: DatasetName,
    copy: CopyName,
    class: Class,
    base_key: Option<Item>,
    copy_key: Option<Item>,
    attributes: BTreeSet<Difference>,
}

impl Identity {
    fn of(finding: &Finding) -> Self {
        let attributes = finding.attributes.iter();
        Self {
            dataset: finding.dataset.clone(),
            copy: finding.copy.clone(),
            class: finding.class,
            base_key: finding.base_key.clone(),
            copy_key: finding.copy_key.clone(),
            attributes: attributes
                .map(|diff| (diff.path.clone(), diff.base.clone(), diff.copy.clone()))
                .collect(),
        }
    }
}

impl Baseline {
    /// The findings of a file; what was left open there is not accepted.
    #[must_use]
    pub fn new(noted: Vec<Noted>) -> Self {
        let entries = noted.into_iter().filter_map(|noted| match noted.says {
            Says::Open(_) => None,
            Says::Found { class, attributes } => Some(Identity {
                dataset: noted.dataset,
                copy: noted.copy,
                class,
                base_key: noted.base_key,
                copy_key: noted.copy_keys.into_iter().next(),
                attributes,
            }),
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// Whether the finding was accepted.
    #[must_use]
    pub fn accepts(&self, finding: &Finding) -> bool {
        self.entries.contains(&Identity::of(finding))
    }

    /// How many accepted findings of the dataset's `copies` are none of `findings` any more.
    #[must_use]
    pub fn expired(
        &self,
        dataset: &DatasetName,
        copies: &[&CopyName],
        findings: &[Finding],
    ) -> usize {
        let there: BTreeSet<Identity> = findings.iter().map(Identity::of).collect();
        let concerned = self
            .entries
            .iter()
            .filter(|entry| entry.dataset == *dataset && copies.contains(&&entry.copy));
        concerned.filter(|entry| !there.contains(entry)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drift::{AttributeDiff, parse_findings};
    use crate::domain::value::Value;
    use rstest::rstest;

    fn finding(id: &str) -> Finding {
        Finding {
            dataset: "d".into(),
            copy: "c".into(),
            class: Class::Different,
            base_key: Some(Item::from([("id".to_owned(), Value::s(id))])),
            copy_key: Some(Item::from([("slot".to_owned(), Value::B(vec![7]))])),
            attributes: vec![AttributeDiff {
                path: "total".to_owned(),
                base: Some(Value::N(12.into())),
                copy: None,
            }],
            detail: None,
            seen_at: "then".to_owned(),
            confirmed_at: "then".to_owned(),
            mend: None,
        }
    }

    fn baseline(findings: &[Finding]) -> Baseline {
        let lines = findings.iter().map(|f| format!("{}\n", f.to_json()));
        Baseline::new(parse_findings("f", &lines.collect::<String>()).unwrap())
    }

    #[test]
    fn a_finding_is_accepted_whenever_it_is_seen_again() {
        let again = Finding {
            seen_at: "now".to_owned(),
            detail: Some("in other words".to_owned()),
            ..finding("a")
        };
        assert!(baseline(&[finding("a")]).accepts(&again));
    }

    #[rstest]
    #[case::key(finding("b"))]
    #[case::copy(Finding { copy: "other".into(), ..finding("a") })]
    #[case::dataset(Finding { dataset: "other".into(), ..finding("a") })]
    #[case::class(Finding { class: Class::Stale, ..finding("a") })]
    #[case::copy_key(Finding { copy_key: None, ..finding("a") })]
    #[case::value(Finding {
        attributes: vec![AttributeDiff { copy: Some(Value::Null), ..finding("a").attributes.remove(0) }],
        ..finding("a")
    })]
    fn a_finding_with_another_is_not_accepted(#[case] other: Finding) {
        assert!(!baseline(&[finding("a")]).accepts(&other));
    }

    #[test]
    fn an_entry_that_is_found_no_more_has_expired_when_its_copy_was_checked() {
        let baseline = baseline(&[finding("a"), finding("b")]);
        let (here, other) = (CopyName::from("c"), CopyName::from("other"));
        let dataset = DatasetName::from("d");
        assert_eq!(baseline.expired(&dataset, &[&here], &[finding("a")]), 1);
        assert_eq!(baseline.expired(&dataset, &[&other], &[]), 0);
        assert_eq!(baseline.expired(&"x".into(), &[&here], &[]), 0);
    }
}

//! Why a path cannot answer: as data, put into words only where it is told. Most refusals are not: each
//! member of a union is refused by most paths.

use super::Reason;
use super::access::{AccessPath, Context};
use super::derive::MOST_PARTITIONS;
use super::estimate::if_listed;
use super::explain::figure;
use super::partitions::Narrowing;
use crate::domain::cost::scan_range;
use crate::domain::expr::{Each, Predicate, ValueExpr};
use crate::domain::names::Rcu;
use crate::domain::schema::KeyKind;
use crate::domain::value::{Kind, Value};
use std::fmt;

/// Why a path cannot answer, and what would help.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal<'a> {
    /// Why.
    pub(super) cause: Cause<'a>,
    /// What would help.
    pub(super) advice: Option<Advice<'a>>,
}

/// Why a path cannot answer. `Display` gives the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cause<'a> {
    /// The index is being created or deleted.
    NotActive,
    /// A global index cannot be read strongly.
    GlobalIndex,
    /// Nor can a copy.
    Copy,
    /// A copy holds only items with this.
    HoldsOnly(&'a Predicate),
    /// Only items with this belong to the copy.
    BelongOnly(&'a Predicate),
    /// Items without this attribute are not in the index.
    ItemsWithout(&'a str),
    /// A copy holds nothing of an item without any element.
    NothingOfEmpty(&'a str, &'a Each),
    /// No condition lists an element.
    NoElement(&'a Each),
    /// Nothing binds its key.
    Unbound,
    /// No condition binds this key attribute.
    NoCondition(&'a str),
    /// No condition binds this key attribute, all values of which could be declared.
    NoList(&'a str),
    /// Conditions on the first attribute leave the second, a key, without a list of values.
    NoListFrom(&'a str, &'a str),
    /// A key attribute may have too many values.
    TooMany(&'a str),
    /// A literal that cannot stand in a key.
    Type(&'a str, KeyKind, Value),
    /// It lacks an attribute that tells items of the copy from others.
    LacksMark(&'a str),
    /// It lacks an attribute of the base key.
    LacksKey(&'a str),
}

/// What would make a path answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Advice<'a> {
    /// To ask for a narrower range.
    Narrower,
    /// To ask for a range of this attribute with both its ends.
    BothEnds(&'a str),
    /// To ask for one value of this attribute.
    OneValue(&'a str),
    /// To ask for this attribute, or to declare that every item has it.
    Present(&'a str),
    /// To declare all values of this attribute; how far the sort key narrows each partition then.
    Domain(&'a str, Narrowing),
}

impl<'a> Refusal<'a> {
    /// The same with what would help.
    pub(super) const fn or(mut self, advice: Advice<'a>) -> Self {
        self.advice = Some(advice);
        self
    }
}

impl<'a> From<Cause<'a>> for Refusal<'a> {
    fn from(cause: Cause<'a>) -> Self {
        let advice = None;
        Self { cause, advice }
    }
}

impl Cause<'_> {
    /// The reason of the contract.
    pub(super) const fn reason(&self) -> Reason {
        match self {
            Self::NotActive => Reason::IndexNotActive,
            Self::GlobalIndex | Self::Copy => Reason::NotConsistent,
            Self::HoldsOnly(_) | Self::BelongOnly(_) => Reason::WhereNotImplied,
            Self::ItemsWithout(_)
            | Self::NothingOfEmpty(..)
            | Self::LacksMark(_)
            | Self::LacksKey(_) => Reason::MayLackItems,
            Self::NoElement(_) | Self::Unbound | Self::NoCondition(_) => Reason::NoPartitionKey,
            Self::NoList(_) | Self::NoListFrom(..) | Self::TooMany(_) => {
                Reason::UnboundedPartitions
            }
            Self::Type(..) => Reason::KeyType,
        }
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotActive => f.write_str("the index is being created or deleted"),
            Self::GlobalIndex => f.write_str("a global index cannot be read strongly"),
            Self::Copy => {
                f.write_str("a copy follows the base later, so it cannot be read strongly")
            }
            Self::HoldsOnly(filter) => write!(
                f,
                "it holds only items with {filter}, and the request does not say so"
            ),
            Self::BelongOnly(only) => write!(
                f,
                "only its items with {only} belong to it, and that does not follow from the request"
            ),
            Self::ItemsWithout(name) => write!(f, "items without `{name}` are not in it"),
            Self::NothingOfEmpty(name, each) => write!(
                f,
                "`{name}` holds an item for each element of {each}, none for an item without any"
            ),
            Self::NoElement(each) => write!(
                f,
                "it holds an item for each element of {each}, and no condition lists one"
            ),
            Self::Unbound => f.write_str("nothing binds its key"),
            Self::NoCondition(name) | Self::NoList(name) => {
                write!(f, "no condition binds `{name}`")
            }
            Self::NoListFrom(from, name) => write!(
                f,
                "the conditions on `{from}` leave `{name}` without a list of values"
            ),
            Self::TooMany(name) => {
                write!(f, "`{name}` may have more than {MOST_PARTITIONS} values")
            }
            Self::Type(name, kind, value) => {
                let kind = Kind::from(*kind).code();
                let literal = ValueExpr::Literal(value.clone());
                write!(
                    f,
                    "`{name}` is of type {kind} in its key, where {literal} cannot stand"
                )
            }
            Self::LacksMark(name) => write!(
                f,
                "it lacks `{name}`, without which items of this copy cannot be told from others"
            ),
            Self::LacksKey(name) => write!(f, "it lacks `{name}`, which tells base items apart"),
        }
    }
}

impl Advice<'_> {
    /// Whether it is to ask otherwise, and not to declare something.
    pub(super) const fn is_to_ask(&self) -> bool {
        matches!(self, Self::Narrower | Self::BothEnds(_) | Self::OneValue(_))
    }

    /// What reading `path` would consume after the declaration, and what less than that a Scan does not.
    pub(super) fn saving(
        &self,
        context: &Context<'_>,
        path: &AccessPath<'_>,
    ) -> Option<(Rcu, Rcu)> {
        let Self::Domain(_, narrowing) = self else {
            return None;
        };
        let listed = if_listed(context, path, *narrowing)?;
        let scan = scan_range(context.base)?.low;
        (listed.0 < scan.0).then_some((listed, scan))
    }

    /// In words.
    pub(super) fn text(&self, context: &Context<'_>, path: &AccessPath<'_>) -> String {
        let words = match self {
            Self::Narrower => "a narrower range".to_owned(),
            Self::BothEnds(name) => format!("`{name} BETWEEN … AND …`, both ends"),
            Self::OneValue(name) => format!("`{name} = …`"),
            Self::Present(name) => format!(
                "a condition on `{name}`, or `always = [\"{name}\"]` in the dataset file when every item has it"
            ),
            Self::Domain(name, _) => {
                format!("`domain = {{ {name} = [ … ] }}` in the dataset file, all its values")
            }
        };
        match self.saving(context, path) {
            Some((listed, scan)) => {
                let (low, high) = (figure(listed), figure(scan));
                format!("{words}: about {low} RCU instead of {high} for a scan")
            }
            None => words,
        }
    }
}

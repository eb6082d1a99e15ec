//! What gives a key attribute of a copy, and of which type it will be.

use crate::domain::expr::{
    CastTo, Each, EachSource, Path, ValueExpr, paths_of_each, paths_of_predicate, paths_of_value,
};
use crate::domain::mapping::{Dataset, Keep, Mapping};
use crate::domain::schema::Table;
use crate::domain::value::Kind;
use std::collections::BTreeSet;

/// What gives an attribute of a copy's items.
pub(super) enum Giver<'a> {
    /// An expression of `set`.
    Set(&'a ValueExpr),
    /// The alias of `each`.
    Alias(&'a Each),
    /// The base attribute of that name.
    Base(&'a str),
}

impl Giver<'_> {
    /// The type of what is given, where that is certain.
    pub(super) fn kind(&self, mapping: &Mapping, base: &Table) -> Option<Kind> {
        match self {
            Self::Set(value) => kind_of(value, mapping.each.as_ref(), base),
            Self::Alias(each) => kind_of_alias(each, base),
            Self::Base(name) => kind_in_keys(name, base),
        }
    }
}

/// What gives `attribute`, a key attribute of `table`. Without a schema, a base attribute of that
/// name may exist although nothing names it; `known` are those that something names.
pub(super) fn giver_of<'a>(
    mapping: &'a Mapping,
    base: &'a Table,
    table: &Table,
    known: &BTreeSet<&str>,
    attribute: &'a str,
) -> Option<Giver<'a>> {
    if let Some(value) = mapping.set.get(attribute) {
        return Some(Giver::Set(value));
    }
    if let Some(each) = mapping.each.as_ref().filter(|each| each.alias == attribute) {
        return Some(Giver::Alias(each));
    }
    let mut keys = base.key.attributes();
    if let Some(key) = keys.find(|key| mapping.name_of_base_key(&key.name) == attribute) {
        return Some(Giver::Base(&key.name));
    }
    let kept = known.contains(attribute)
        || match &mapping.keep {
            Keep::List(_) => false,
            Keep::All | Keep::Except(_) => !is_slip(mapping, table, attribute),
        };
    kept.then_some(Giver::Base(attribute))
}

/// Whether `set` or `each` computes something for no key that is a slip of the keyboard away from
/// `attribute`: one letter in four. Short names are too alike to tell.
fn is_slip(mapping: &Mapping, table: &Table, attribute: &str) -> bool {
    let slips = attribute.chars().count() / 4;
    let in_a_key = |name: &str| {
        let mut indexes = table.indexes.iter();
        table.key.contains(name) || indexes.any(|index| index.key.contains(name))
    };
    mapping
        .computed()
        .filter(|name| !in_a_key(name))
        .any(|name| strsim::damerau_levenshtein(name, attribute) <= slips)
}

/// Every name an item of the copy certainly has.
pub(super) fn names_given<'a>(mapping: &'a Mapping, base: &'a Table) -> Vec<&'a str> {
    let keys = base.key.attributes();
    let mut names: Vec<&str> = mapping.computed().collect();
    names.extend(keys.map(|key| mapping.name_of_base_key(&key.name)));
    if let Keep::List(kept) = &mapping.keep {
        names.extend(kept.iter().map(String::as_str));
    }
    names
}

/// Every base attribute that the dataset file or a key of the base names.
pub(in crate::domain::mapping) fn known_attributes<'a>(
    dataset: &'a Dataset,
    base: &'a Table,
) -> BTreeSet<&'a str> {
    let mut paths: Vec<&Path> = paths_of_predicate(&dataset.filter);
    paths.extend(&dataset.version_by);
    let mut known: BTreeSet<&str> = dataset.always.iter().map(String::as_str).collect();
    known.extend(dataset.domain.keys().map(String::as_str));
    for index in &base.indexes {
        known.extend(index.key.attributes().map(|key| key.name.as_str()));
    }
    for mapping in dataset.copies.values() {
        paths.extend(paths_of_predicate(&mapping.filter));
        let each = mapping.each.as_ref();
        paths.extend(each.iter().flat_map(|each| paths_of_each(&each.source)));
        let alias = each.map(|each| each.alias.as_str());
        let set = mapping.set.values().flat_map(paths_of_value);
        paths.extend(set.filter(|path| Some(path.root.as_str()) != alias));
        if let Keep::List(names) | Keep::Except(names) = &mapping.keep {
            known.extend(names.iter().map(String::as_str));
        }
    }
    known.extend(paths.iter().map(|path| path.root.as_str()));
    known
}

/// The type of an attribute that is in the key of the base or of one of its indexes: `DynamoDB`
/// refuses to write it with another.
fn kind_in_keys(name: &str, base: &Table) -> Option<Kind> {
    let of_indexes = base.indexes.iter().flat_map(|index| index.key.attributes());
    base.key
        .attributes()
        .chain(of_indexes)
        .find(|key| key.name == name)
        .map(|key| key.kind.into())
}

fn kind_of_alias(each: &Each, base: &Table) -> Option<Kind> {
    match &each.source {
        EachSource::Path(_) => None,
        // Elements see the base item alone, not the alias.
        EachSource::List(values) => same_kind(values, None, base),
    }
}

fn same_kind(values: &[ValueExpr], each: Option<&Each>, base: &Table) -> Option<Kind> {
    let mut kinds = values.iter().map(|value| kind_of(value, each, base));
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

/// The type that `value` has whenever it has a value. It sees the base item and the alias of `each`.
fn kind_of(value: &ValueExpr, each: Option<&Each>, base: &Table) -> Option<Kind> {
    match value {
        ValueExpr::Path(path) => match each.filter(|each| each.alias == path.root) {
            Some(each) if path.steps.is_empty() => kind_of_alias(each, base),
            Some(_) => None,
            None => kind_in_keys(path.as_top()?, base),
        },
        ValueExpr::Literal(value) => Some(value.kind()),
        ValueExpr::Date { .. }
        | ValueExpr::Substr { .. }
        | ValueExpr::Text { .. }
        | ValueExpr::Lpad { .. }
        | ValueExpr::Concat(_)
        | ValueExpr::Cast {
            to: CastTo::String, ..
        } => Some(Kind::S),
        ValueExpr::Crc32 { .. }
        | ValueExpr::Modulo { .. }
        | ValueExpr::Size(_)
        | ValueExpr::Cast {
            to: CastTo::Number, ..
        } => Some(Kind::N),
        ValueExpr::Coalesce(values) => same_kind(values, each, base),
    }
}

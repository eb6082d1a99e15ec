//! What rows read from a copy can show of the base item.

use super::bind::known_attributes;
use super::{BoundCopy, BoundDataset, Keep};
use crate::domain::names::CopyName;
use std::collections::BTreeSet;

impl BoundDataset {
    /// Attributes of the copy's items that rows of base shape must not show: the alias of `each`,
    /// `set`, `ignore`, and other names of base key attributes.
    #[must_use]
    pub fn copy_only_attributes(&self, copy: &BoundCopy) -> Vec<String> {
        let mapping = &copy.mapping;
        let mut names: Vec<String> = Vec::new();
        let all = mapping
            .computed()
            .chain(mapping.ignore.iter().map(String::as_str))
            .chain(mapping.base_key.values().map(String::as_str));
        for name in all {
            let carried = self.name_in_copy(copy, name) == Some(name);
            if !carried && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// The name under which the copy carries the base attribute with its base value; `None` when it does not.
    #[must_use]
    pub fn name_in_copy<'a>(&self, copy: &'a BoundCopy, attribute: &'a str) -> Option<&'a str> {
        let mapping = &copy.mapping;
        if self.base.key.contains(attribute) {
            return Some(mapping.name_of_base_key(attribute));
        }
        let taken = mapping.computed().any(|name| name == attribute)
            || mapping.ignore.iter().any(|name| name == attribute)
            || mapping.base_key.values().any(|name| name == attribute);
        let kept = mapping.keeps(attribute) || copy.table.key.contains(attribute);
        (kept && !taken).then_some(attribute)
    }

    /// The copies that carry every base attribute, as far as is known: an attribute that `set`,
    /// `each`, or `ignore` claims is the copy's own unless something names it as one of the base.
    pub(super) fn whole_copies(&self) -> BTreeSet<CopyName> {
        let known = known_attributes(&self.dataset, &self.base);
        let keys = || self.base.key.attributes().map(|key| key.name.as_str());
        let is_whole = |copy: &&BoundCopy| {
            let mut names = known.iter().copied().chain(keys());
            copy.mapping.keep == Keep::All
                && names.all(|name| self.name_in_copy(copy, name) == Some(name))
        };
        let copies = self.copies.iter().filter(is_whole);
        copies.map(|copy| copy.mapping.name.clone()).collect()
    }

    /// Whether the dataset file or a key of the base names the attribute as one of the base.
    #[must_use]
    pub fn names_attribute(&self, attribute: &str) -> bool {
        self.base.key.contains(attribute)
            || known_attributes(&self.dataset, &self.base).contains(attribute)
    }
}

#[cfg(test)]
mod tests;

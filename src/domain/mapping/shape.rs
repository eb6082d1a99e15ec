//! What rows read from a copy can show of the base item.

use super::{BoundCopy, BoundDataset};

impl BoundDataset {
    /// Attributes of the copy's items that rows of base shape must not show: the alias of `each`,
    /// `set`, `ignore`, and other names of base key attributes.
    #[must_use]
    pub fn copy_only_attributes(&self, _copy: &BoundCopy) -> Vec<String> {
        todo!()
    }

    /// The name under which the copy carries the base attribute with its base value; `None` when it does not.
    #[must_use]
    pub fn name_in_copy<'a>(&self, _copy: &'a BoundCopy, _attribute: &'a str) -> Option<&'a str> {
        todo!()
    }

    /// Whether the copy carries the base attribute with its base value (base key attributes always,
    /// possibly under another name).
    #[must_use]
    pub fn holds_attribute(&self, copy: &BoundCopy, attribute: &str) -> bool {
        self.name_in_copy(copy, attribute).is_some()
    }

    /// Whether every base item of the dataset has exactly one item in the copy.
    #[must_use]
    pub fn is_total(&self, _copy: &BoundCopy) -> bool {
        todo!()
    }
}

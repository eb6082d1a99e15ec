//! Older images of base items, as a stream tells them: what a stale copy may still show.

use crate::domain::read::StreamRecord;
use crate::domain::value::Item;
use std::collections::{BTreeMap, VecDeque};

/// Images of one item that are kept.
const EACH: usize = 4;

/// The last older images of the items that changed last.
#[derive(Debug, Clone)]
pub struct OlderImages {
    images: BTreeMap<Item, Vec<Item>>,
    /// Keys, the one first met first.
    order: VecDeque<Item>,
    most: usize,
}

impl OlderImages {
    /// Keeps images of at most so many items.
    #[must_use]
    pub const fn of_at_most(most: usize) -> Self {
        Self {
            images: BTreeMap::new(),
            order: VecDeque::new(),
            most,
        }
    }

    /// Keeps the image before, where the record has one.
    pub fn take(&mut self, record: &StreamRecord) {
        let Some(old) = &record.old else { return };
        if !self.images.contains_key(&record.key) {
            self.order.push_back(record.key.clone());
            if self.order.len() > self.most
                && let Some(oldest) = self.order.pop_front()
            {
                self.images.remove(&oldest);
            }
        }
        let images = self.images.entry(record.key.clone()).or_default();
        if images.last() != Some(old) {
            images.push(old.clone());
            if images.len() > EACH {
                images.remove(0);
            }
        }
    }

    /// By base key, oldest first.
    #[must_use]
    pub const fn by_key(&self) -> &BTreeMap<Item, Vec<Item>> {
        &self.images
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::ChangeKind;
    use crate::domain::value::Value;

    fn key(id: &str) -> Item {
        [("id".to_owned(), Value::s(id))].into()
    }

    fn image(id: &str, n: i64) -> Item {
        let mut item = key(id);
        item.insert("n".to_owned(), Value::N(n.into()));
        item
    }

    fn changed(id: &str, old: i64) -> StreamRecord {
        StreamRecord {
            sequence: "1".to_owned(),
            kind: ChangeKind::Modify,
            key: key(id),
            old: Some(image(id, old)),
            new: None,
            at: 0,
        }
    }

    #[test]
    fn the_last_images_of_an_item_are_kept() {
        let mut images = OlderImages::of_at_most(2);
        for old in 0..6 {
            images.take(&changed("a", old));
        }
        let kept: Vec<Item> = (2..6).map(|n| image("a", n)).collect();
        assert_eq!(images.by_key()[&key("a")], kept);
    }

    #[test]
    fn of_more_items_than_are_kept_the_first_goes() {
        let mut images = OlderImages::of_at_most(2);
        for id in ["a", "b", "c"] {
            images.take(&changed(id, 0));
        }
        let keys: Vec<&Item> = images.by_key().keys().collect();
        assert_eq!(keys, [&key("b"), &key("c")]);
    }
}

//! Older images of base items, as a stream tells them: what a stale copy may still show.

use crate::domain::read::StreamRecord;
use crate::domain::value::Item;
use std::collections::BTreeMap;

/// Images of one item that are kept.
const EACH: usize = 8;

/// The first older images of the first items that changed. None is dropped for a later one: what was told
/// once stays told.
#[derive(Debug, Clone)]
pub struct OlderImages {
    images: BTreeMap<Item, Vec<Item>>,
    most: usize,
}

impl OlderImages {
    /// Keeps images of at most so many items.
    #[must_use]
    pub const fn of_at_most(most: usize) -> Self {
        Self {
            images: BTreeMap::new(),
            most,
        }
    }

    /// Keeps the image before, where the record has one and there is room.
    pub fn take(&mut self, record: &StreamRecord) {
        let Some(old) = &record.old else { return };
        if self.images.len() >= self.most && !self.images.contains_key(&record.key) {
            return;
        }
        let images = self.images.entry(record.key.clone()).or_default();
        if images.len() < EACH && !images.contains(old) {
            images.push(old.clone());
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
    fn each_image_of_an_item_is_kept_once_and_stays() {
        let mut images = OlderImages::of_at_most(2);
        for old in (0..10).chain(0..10) {
            images.take(&changed("a", old));
        }
        let kept: Vec<Item> = (0..8).map(|n| image("a", n)).collect();
        assert_eq!(images.by_key()[&key("a")], kept);
    }

    #[test]
    fn when_there_is_no_room_for_an_item_those_before_stay() {
        let mut images = OlderImages::of_at_most(2);
        for id in ["a", "b", "c"] {
            images.take(&changed(id, 0));
        }
        let keys: Vec<&Item> = images.by_key().keys().collect();
        assert_eq!(keys, [&key("a"), &key("b")]);
    }
}

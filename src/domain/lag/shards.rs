//! In which order the shards of a stream are read.
//!
//! A change of an item is in one shard, later changes of it in that shard or its descendants: what
//! descends is read only after what it descends from (developer guide, "Change data capture for
//! `DynamoDB` Streams", lineage of shards).

use crate::domain::read::Shard;
use std::collections::BTreeSet;

/// The shards of a stream as they become known, and how far they are read.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    shards: Vec<Shard>,
    done: BTreeSet<String>,
    begun: bool,
}

impl Walk {
    /// Takes in what the stream says now. Reading begins with the shards that are open at first: what
    /// was closed before is history. Shards that are gone are forgotten.
    pub fn update(&mut self, shards: Vec<Shard>) {
        self.shards = shards;
        self.done
            .retain(|id| self.shards.iter().any(|shard| shard.id == *id));
        if !self.begun {
            let closed = self.shards.iter().filter(|shard| shard.closed);
            self.done.extend(closed.map(|shard| shard.id.clone()));
        }
        self.begun |= !self.shards.is_empty();
    }

    /// Every record of the shard was read.
    pub fn finish(&mut self, id: &str) {
        self.done.insert(id.to_owned());
    }

    /// The shards to read now: not read to their end, and nothing they descend from is left to read.
    #[must_use]
    pub fn ready(&self) -> Vec<&Shard> {
        let is_left = |id: &str| {
            let known = self.shards.iter().any(|shard| shard.id == id);
            known && !self.done.contains(id)
        };
        self.shards
            .iter()
            .filter(|shard| is_left(&shard.id) && !shard.parent.as_deref().is_some_and(is_left))
            .collect()
    }

    /// How many shards are open, and how many closed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let closed = self.shards.iter().filter(|shard| shard.closed).count();
        (self.shards.len() - closed, closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(id: &str, parent: Option<&str>) -> Shard {
        Shard {
            id: id.to_owned(),
            parent: parent.map(str::to_owned),
            closed: false,
        }
    }

    fn closed(id: &str, parent: Option<&str>) -> Shard {
        Shard {
            closed: true,
            ..open(id, parent)
        }
    }

    fn ready(walk: &Walk) -> Vec<&str> {
        walk.ready().iter().map(|shard| shard.id.as_str()).collect()
    }

    #[test]
    fn reading_begins_with_what_is_open() {
        let mut walk = Walk::default();
        walk.update(vec![
            closed("a", None),
            open("b", Some("a")),
            open("c", Some("gone")),
        ]);
        assert_eq!(ready(&walk), ["b", "c"]);
        assert_eq!(walk.counts(), (2, 1));
    }

    #[test]
    fn a_shard_waits_for_the_one_it_was_split_from() {
        let mut walk = Walk::default();
        walk.update(vec![open("a", None)]);
        walk.update(vec![
            open("d", Some("b")),
            open("c", Some("a")),
            closed("b", Some("a")),
            closed("a", None),
        ]);
        assert_eq!(ready(&walk), ["a"]);
        walk.finish("a");
        assert_eq!(ready(&walk), ["c", "b"]);
        walk.finish("b");
        assert_eq!(ready(&walk), ["d", "c"]);
    }

    #[test]
    fn a_shard_whose_parent_was_trimmed_away_waits_no_longer() {
        let mut walk = Walk::default();
        walk.update(vec![open("a", None)]);
        walk.update(vec![closed("a", None), open("b", Some("a"))]);
        walk.update(vec![open("b", Some("a"))]);
        assert_eq!(ready(&walk), ["b"]);
    }
}

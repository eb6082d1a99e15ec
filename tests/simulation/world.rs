//! Tables in memory, writers, and a replicator, in simulated time.
//!
//! Nothing runs by itself: whoever looks at the tables first has everything happen that is due by then.

use crate::dice::Dice;
use crate::injected::Injected;
use crate::orders::{
    BASE, STATES, TABLES, expected, key_of, order, set, set_number, set_tags, text,
};
use driftscope::domain::drift::Images;
use driftscope::domain::value::{Item, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use xxhash_rust::xxh3::xxh3_64;

/// A table: items by the hash of their partition key, as a Scan gives them.
pub(crate) type Rows = BTreeMap<String, Item>;

/// Where the item of this key is.
pub(crate) fn place(table: usize, key: &Item) -> String {
    let mut values = TABLES[table].1.iter().map(|name| match &key[*name] {
        Value::S(text) => text.as_str(),
        other => panic!("{other:?} in a key"),
    });
    let partition = values.next().unwrap();
    let sort = values.next().unwrap_or_default();
    format!("{:016x} {partition} {sort}", xxh3_64(partition.as_bytes()))
}

/// What happens at a time.
#[derive(Debug)]
enum Happening {
    /// A writer writes to the base.
    Write,
    /// The replicator brings half of a change to a copy.
    Apply(usize, Arc<Change>, Half),
}

/// Deletions reach a copy first, and what is put a little later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Delete,
    Put,
}

/// What a change of a base item is to one copy.
#[derive(Debug)]
struct Change {
    /// Keys that are there no more.
    gone: Vec<Item>,
    /// Keys and what is there now.
    put: Vec<(Item, Item)>,
}

impl Change {
    fn new(table: usize, old: Option<&Item>, new: Option<&Item>) -> Self {
        let of = |item: Option<&Item>| item.map_or_else(Vec::new, |item| expected(table, item));
        let put: Vec<(Item, Item)> = of(new)
            .into_iter()
            .map(|item| (key_of(table, &item), item))
            .collect();
        let gone = of(old).into_iter().map(|item| key_of(table, &item));
        let gone = gone.filter(|key| put.iter().all(|(kept, _)| kept != key));
        Self {
            gone: gone.collect(),
            put,
        }
    }
}

/// How the world is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) items: usize,
    /// Whether a version changes with every write.
    pub(crate) versioned: bool,
    /// The copy to which nothing comes any more.
    pub(crate) stopped: Option<usize>,
}

pub(crate) struct World {
    shape: Shape,
    dice: Dice,
    now: Duration,
    pub(crate) tables: [Rows; TABLES.len()],
    agenda: BTreeMap<(Duration, u64), Happening>,
    happenings: u64,
    pub(crate) writes: u64,
    /// Ids that writers write to.
    ids: Vec<String>,
    /// Until when the replicator is busy with an item of a copy: changes of one item stay in order.
    busy: BTreeMap<(usize, String), Duration>,
    /// Earlier images of each base item, and its last change.
    pub(crate) older: BTreeMap<String, Vec<Item>>,
    last: BTreeMap<(usize, String), Arc<Change>>,
    pub(crate) injected: Injected,
}

impl World {
    /// A base with copies that agree, some ids of which nobody writes to.
    pub(crate) fn new(shape: Shape, mut dice: Dice) -> Self {
        let mut world = Self {
            shape,
            now: Duration::ZERO,
            tables: Default::default(),
            agenda: BTreeMap::new(),
            happenings: 0,
            writes: 0,
            ids: Vec::new(),
            busy: BTreeMap::new(),
            older: BTreeMap::new(),
            last: BTreeMap::new(),
            injected: Injected::default(),
            dice: dice.split(),
        };
        for n in 0..shape.items {
            let mut item = order(&format!("o{n:05}"), &mut dice);
            world.stamp(&mut item);
            world.put_everywhere(&item);
            if n % 4 != 0 {
                world.ids.push(format!("o{n:05}"));
            }
        }
        world.schedule(Duration::ZERO, Happening::Write);
        world
    }

    /// Whether writers write to the base item.
    pub(crate) fn is_written(&self, id: &str) -> bool {
        self.ids
            .binary_search_by(|known| known.as_str().cmp(id))
            .is_ok()
    }

    /// The ids to which nobody writes.
    pub(crate) fn cold(&self) -> BTreeSet<String> {
        let all = self.tables[BASE].values().map(|item| text(item, "id"));
        all.filter(|id| !self.is_written(id))
            .map(str::to_owned)
            .collect()
    }

    fn schedule(&mut self, at: Duration, what: Happening) {
        self.agenda.insert((at, self.happenings), what);
        self.happenings += 1;
    }

    fn stamp(&mut self, item: &mut Item) {
        self.writes += 1;
        if self.shape.versioned {
            set_number(item, "version", i64::try_from(self.writes).unwrap());
        }
    }

    /// A base item and what the copies should hold of it.
    pub(crate) fn put_everywhere(&mut self, item: &Item) {
        self.put(BASE, item.clone());
        for table in 1..TABLES.len() {
            for copy in expected(table, item) {
                self.put(table, copy);
            }
        }
    }

    pub(crate) fn put(&mut self, table: usize, item: Item) {
        self.tables[table].insert(place(table, &key_of(table, &item)), item);
    }

    /// Lets everything happen that is due at `now`.
    pub(crate) fn advance(&mut self, now: Duration) {
        while let Some(entry) = self.agenda.first_entry()
            && entry.key().0 <= now
        {
            let ((at, _), what) = entry.remove_entry();
            self.now = at;
            match what {
                Happening::Write => self.write(),
                Happening::Apply(table, change, half) => self.apply(table, &change, half),
            }
        }
        self.now = now;
    }

    /// One write of the writers: 200 a second for every ten thousand items, one in ten of them to a few ids.
    fn write(&mut self) {
        let mean = 50_000_000 / self.shape.items;
        let pause = self.dice.below(2 * mean).try_into().unwrap();
        self.schedule(self.now + Duration::from_micros(pause), Happening::Write);
        let hot = self.dice.percent(10);
        let among = if hot {
            self.ids.len() / 100 + 1
        } else {
            self.ids.len()
        };
        let id = self.ids[self.dice.below(among)].clone();
        let mut key = Item::new();
        set(&mut key, "id", &*id);
        let at = place(BASE, &key);
        let old = self.tables[BASE].get(&at).cloned();
        let new = self.written(&id, old.clone());
        match &new {
            Some(new) => self.tables[BASE].insert(at, new.clone()),
            None => self.tables[BASE].remove(&at),
        };
        self.note_agreement(&id, new.as_ref());
        self.replicate(&id, old.as_ref(), new.as_ref());
        if let Some(old) = old {
            self.older.entry(id).or_default().push(old);
        }
    }

    /// A write can make true what was drift.
    fn note_agreement(&mut self, id: &str, base: Option<&Item>) {
        let mut agreeing = Vec::new();
        for (table, key) in self.injected.of(id) {
            let items = base.map_or_else(Vec::new, |base| expected(table, base));
            let wanted = items.iter().find(|item| key_of(table, item) == key);
            if wanted == self.tables[table].get(&place(table, &key)) {
                agreeing.push((table, key));
            }
        }
        for (table, key) in agreeing {
            self.injected.mended(table, &key, self.now);
        }
    }

    /// What a writer makes of an item.
    fn written(&mut self, id: &str, old: Option<Item>) -> Option<Item> {
        let Some(mut item) = old else {
            let mut item = order(id, &mut self.dice);
            self.stamp(&mut item);
            return Some(item);
        };
        let dice = &mut self.dice;
        match dice.below(100) {
            0..35 => set_number(
                &mut item,
                "total",
                i64::try_from(dice.below(1_000_000)).unwrap(),
            ),
            35..65 => set(&mut item, "state", *dice.pick(&STATES)),
            65..75 => set_tags(&mut item, dice),
            // Back to what it was: without a version, to the byte.
            75..93 => {
                let former = self.older.get(id).and_then(|all| all.last());
                item = former.cloned().unwrap_or(item);
            }
            _ => {
                self.writes += 1;
                return None;
            }
        }
        self.stamp(&mut item);
        Some(item)
    }

    /// Brings a change to every copy: after up to ten seconds, one in a hundred after 25, sometimes twice
    /// or together with the one before; changes of one item in their order.
    fn replicate(&mut self, id: &str, old: Option<&Item>, new: Option<&Item>) {
        for table in 1..TABLES.len() {
            if self.shape.stopped == Some(table) {
                continue;
            }
            let of = (table, id.to_owned());
            let change = Arc::new(Change::new(table, old, new));
            let former = self.last.insert(of.clone(), Arc::clone(&change));
            let slow = self.dice.percent(1);
            let (low, high) = if slow { (25_000, 25_000) } else { (0, 10_000) };
            let arrives = self.now + self.dice.millis(low, high);
            let mut changes = vec![Arc::clone(&change)];
            let with_former = self.dice.percent(3);
            if with_former {
                changes.extend(former);
            }
            if with_former || self.dice.percent(3) {
                changes.push(change);
            }
            let busy = self.busy.get(&of).copied();
            let mut at = arrives.max(busy.unwrap_or_default());
            for change in changes {
                self.schedule(
                    at,
                    Happening::Apply(table, Arc::clone(&change), Half::Delete),
                );
                at += self.dice.millis(1, 300);
                self.schedule(at, Happening::Apply(table, change, Half::Put));
                at += self.dice.millis(1, 500);
            }
            self.busy.insert(of, at);
        }
    }

    fn apply(&mut self, table: usize, change: &Change, half: Half) {
        if half == Half::Delete {
            for key in &change.gone {
                self.tables[table].remove(&place(table, key));
                self.injected.mended(table, key, self.now);
            }
            return;
        }
        for (key, item) in &change.put {
            self.tables[table].insert(place(table, key), item.clone());
            self.injected.mended(table, key, self.now);
        }
    }
}

/// The world, shared by the store, a follower of its stream, and whoever judges the findings.
#[derive(Clone)]
pub(crate) struct Shared {
    world: Arc<Mutex<World>>,
    start: tokio::time::Instant,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        // The world is older than the run.
        let start = tokio::time::Instant::now();
        let start = start.checked_sub(world.now).unwrap_or(start);
        Self {
            world: Arc::new(Mutex::new(world)),
            start,
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// The world as it is now.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap();
        world.advance(self.now());
        world
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

impl Images for Shared {
    fn older(&self, base_key: &Item) -> Vec<Item> {
        let Value::S(id) = &base_key["id"] else {
            return Vec::new();
        };
        self.world().older.get(id).cloned().unwrap_or_default()
    }
}

//! Drift that is put into the world, and what became of it: the truth that findings are judged by.

use crate::dice::Dice;
use crate::orders::{
    BASE, BY_STATE, BY_TAG, BY_TICKET, OPEN, STATES, TABLES, expected, key_of, order, set,
    set_number, text,
};
use crate::world::{World, place};
use driftscope::domain::drift::{Class, Finding, Unverified};
use driftscope::domain::value::{Item, Value};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a look may take: what was mended during it may still be told.
const LOOK: Duration = Duration::from_secs(2);

/// One piece of drift.
#[derive(Debug)]
pub(crate) struct Drift {
    table: usize,
    class: Class,
    /// The key of the copy item; the base key of what is unmappable.
    key: Item,
    id: String,
    /// Whether nobody writes to its base item, so that its class stays.
    cold: bool,
    /// When the replicator wrote over it, or the base came to agree with it.
    mended: Option<Duration>,
    found: bool,
}

/// All drift of a world.
#[derive(Debug, Default)]
pub(crate) struct Injected(pub(crate) Vec<Drift>);

impl Injected {
    /// Where drift of a base item is.
    pub(crate) fn of(&self, id: &str) -> impl Iterator<Item = (usize, Item)> {
        let all = self.0.iter();
        let of_id = all.filter(move |drift| drift.id == id && drift.class != Class::Unmappable);
        of_id.map(|drift| (drift.table, drift.key.clone()))
    }

    /// What is at a key agrees with the base by now, or will do so.
    pub(crate) fn mended(&mut self, table: usize, key: &Item, now: Duration) {
        for drift in &mut self.0 {
            let there = drift.mended.is_none() && drift.table == table && drift.key == *key;
            if there && drift.class != Class::Unmappable {
                drift.mended = Some(now);
            }
        }
    }

    /// Why a finding that was confirmed at `now` is wrong.
    pub(crate) fn refute(&mut self, finding: &Finding, now: Duration) -> Option<String> {
        let key = match finding.class {
            Class::Unmappable => finding.base_key.as_ref(),
            _ => finding.copy_key.as_ref(),
        };
        let table = TABLES.iter().position(|(name, _)| finding.copy == *name);
        let there = |drift: &&mut Drift| {
            let mended = drift.mended.is_some_and(|at| at + LOOK < now);
            Some(drift.table) == table && Some(&drift.key) == key && !mended
        };
        let Some(drift) = self.0.iter_mut().find(there) else {
            return Some("nothing is wrong there".to_owned());
        };
        drift.found = true;
        (drift.cold && drift.class != finding.class).then(|| format!("it is {drift:?}"))
    }

    /// What was there all the time, and neither found nor left open.
    pub(crate) fn missed(&self, open: &[Unverified]) -> Vec<String> {
        let left_open = |drift: &Drift| {
            open.iter().any(|open| {
                let base = open
                    .base_key
                    .as_ref()
                    .is_some_and(|key| text(key, "id") == drift.id);
                TABLES[drift.table].0 == open.copy.as_str()
                    && (base || open.copy_keys.contains(&drift.key))
            })
        };
        let all = self.0.iter();
        all.filter(|drift| drift.mended.is_none() && !drift.found && !left_open(drift))
            .map(|drift| format!("{drift:?}"))
            .collect()
    }
}

/// Puts drift of every class into the world, some under keys that writers write to.
pub(crate) struct Injector<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) dice: Dice,
    /// The class as which an older version is told.
    pub(crate) stale: Class,
    used: BTreeSet<String>,
}

impl<'a> Injector<'a> {
    pub(crate) fn new(world: &'a mut World, dice: Dice, stale: Class) -> Self {
        let used = BTreeSet::new();
        Self {
            world,
            dice,
            stale,
            used,
        }
    }

    pub(crate) fn inject(&mut self, of_each: usize) {
        for _ in 0..of_each {
            self.missing();
            self.orphaned();
            self.misplaced();
            self.no_longer_of_the_copy();
            self.different();
            self.stale();
            self.duplicate();
            self.unmappable();
        }
    }

    fn add(&mut self, table: usize, class: Class, key: Item, base: &Item) {
        let id = text(base, "id").to_owned();
        self.world.injected.0.push(Drift {
            table,
            class,
            key,
            cold: !self.world.is_written(&id),
            id,
            mended: None,
            found: false,
        });
    }

    /// A base item that has no drift yet and of which `wanted` holds.
    fn base(&mut self, wanted: impl Fn(&Item) -> bool) -> Item {
        let rows = self.world.tables[BASE].values();
        let fit = |item: &&Item| {
            text(item, "kind") == "order" && !self.used.contains(text(item, "id")) && wanted(item)
        };
        let all: Vec<&Item> = rows.filter(fit).collect();
        let item = (*self.dice.pick(&all)).clone();
        self.used.insert(text(&item, "id").to_owned());
        item
    }

    /// A copy item that is there, with its base item.
    fn copy_item(&mut self) -> (usize, Item, Item) {
        let table = 1 + self.dice.below(TABLES.len() - 1);
        let base = self.base(|base| !expected(table, base).is_empty());
        let items = expected(table, &base);
        let item = self.dice.pick(&items).clone();
        (table, base, item)
    }

    fn missing(&mut self) {
        let (table, base, item) = self.copy_item();
        let key = key_of(table, &item);
        self.world.tables[table].remove(&place(table, &key));
        self.add(table, Class::Missing, key, &base);
    }

    fn orphaned(&mut self) {
        let ghost = |dice: &mut Dice| {
            let mut item = order(&format!("ghost{}", dice.below(1_000_000)), dice);
            set(&mut item, "kind", "order");
            set(&mut item, "state", "open");
            item.insert("tags".to_owned(), Value::Ss(["late".to_owned()].into()));
            item
        };
        let base = ghost(&mut self.dice);
        let table = *self.dice.pick(&[BY_STATE, OPEN, BY_TICKET, BY_TAG]);
        let item = expected(table, &base).remove(0);
        let key = key_of(table, &item);
        self.world.put(table, item);
        self.add(table, Class::Orphaned, key, &base);
    }

    /// The row of an old state stayed.
    fn misplaced(&mut self) {
        let base = self.base(|_| true);
        let mut item = expected(BY_STATE, &base).remove(0);
        let others = STATES
            .into_iter()
            .filter(|state| *state != text(&base, "state"));
        let others: Vec<&str> = others.collect();
        set(&mut item, "state", *self.dice.pick(&others));
        let key = key_of(BY_STATE, &item);
        self.world.put(BY_STATE, item);
        self.add(BY_STATE, Class::Misplaced, key, &base);
    }

    fn no_longer_of_the_copy(&mut self) {
        let base = self.base(|base| text(base, "state") == "closed");
        let mut open = base.clone();
        set(&mut open, "state", "open");
        let item = expected(OPEN, &open).remove(0);
        let key = key_of(OPEN, &item);
        self.world.put(OPEN, item);
        self.add(OPEN, Class::Misplaced, key, &base);
    }

    fn different(&mut self) {
        let (table, base, mut item) = self.copy_item();
        set_number(&mut item, "total", -1);
        let key = key_of(table, &item);
        self.world.put(table, item);
        self.add(table, Class::Different, key, &base);
    }

    /// An older image came back.
    fn stale(&mut self) {
        let (table, base, item) = self.copy_item();
        let mut older = base.clone();
        set_number(&mut older, "total", -2);
        if base.contains_key("version") {
            set_number(&mut older, "version", 0);
        }
        let key = key_of(table, &item);
        let items = expected(table, &older).into_iter();
        let old = items.filter(|item| key_of(table, item) == key);
        old.for_each(|item| self.world.put(table, item));
        let id = text(&base, "id").to_owned();
        self.world.older.entry(id).or_default().insert(0, older);
        self.add(table, self.stale, key, &base);
    }

    /// Two base items with one ticket, neither of which is written to.
    fn duplicate(&mut self) {
        let cold = self.world.cold();
        let first =
            self.base(|base| base.contains_key("ticket") && cold.contains(text(base, "id")));
        let mut second = first.clone();
        let id = format!("{}-again", text(&first, "id"));
        set(&mut second, "id", &*id);
        self.used.insert(id);
        self.world.put_everywhere(&second);
        self.world.put(BY_TICKET, first);
        self.add(
            BY_TICKET,
            Class::Duplicate,
            key_of(BY_TICKET, &second),
            &second,
        );
    }

    fn unmappable(&mut self) {
        let mut base = order(
            &format!("without-ticket{}", self.dice.below(1_000_000)),
            &mut self.dice,
        );
        set(&mut base, "kind", "order");
        base.remove("ticket");
        // It carries no version: an older image of it would not be told by one.
        self.used.insert(text(&base, "id").to_owned());
        self.world.put_everywhere(&base);
        self.add(BY_TICKET, Class::Unmappable, key_of(BASE, &base), &base);
    }
}

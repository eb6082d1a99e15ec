//! Live writes: a trickle of revisions of strikes, so that a check runs against data that moves.

use super::SandboxError;
use super::database::Database;
use super::tables::{BASE, key_of};
use crate::domain::mapping::BoundDataset;
use crate::domain::value::{Item, Number, Value};
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

const PHASES: [&str; 5] = [
    "Approach",
    "Climb",
    "Descent",
    "Landing Roll",
    "Take-off run",
];
const DAMAGES: [&str; 4] = ["None", "None", "Minor", "Substantial"];

/// Revises strikes until it has written its share.
pub(super) struct Writer<'a> {
    database: &'a Database,
    keys: Vec<Item>,
    random: fastrand::Rng,
    left: usize,
}

impl<'a> Writer<'a> {
    /// A writer of `writes` revisions to any of `base` except `spared`.
    pub(super) fn new(
        database: &'a Database,
        dataset: &BoundDataset,
        base: &[Item],
        spared: &BTreeSet<Item>,
        seed: u64,
        writes: usize,
    ) -> Self {
        let keys = base.iter().map(|item| key_of(&dataset.base, item));
        Self {
            database,
            keys: keys.filter(|key| !spared.contains(key)).collect(),
            random: fastrand::Rng::with_seed(seed),
            left: writes,
        }
    }

    /// Whether anything is left to write.
    pub(super) const fn is_done(&self) -> bool {
        self.left == 0
    }

    /// Revises one strike as of `now`.
    pub(super) fn write(&mut self, now: &str) -> Result<(), SandboxError> {
        let Some(key) = self.random.choice(&self.keys) else {
            self.left = 0;
            return Ok(());
        };
        if let Some(mut strike) = self.database.get(BASE, key)? {
            revise(&mut strike, &mut self.random);
            strike.insert("revised_at".into(), Value::s(now));
            self.database.put(BASE, &strike)?;
        }
        self.left = self.left.saturating_sub(1);
        Ok(())
    }
}

/// Changes a strike as a later report would: often its costs, sometimes what copies have in their keys.
fn revise(strike: &mut Item, random: &mut fastrand::Rng) {
    match random.u32(..10) {
        0..=4 => {
            let repair = random.i64(1..200_000);
            let other = strike.get("cost_other").map_or(0, whole);
            set(strike, "cost_repair", number(repair));
            set(strike, "cost_total", number(other + repair));
        }
        5 | 6 => set(strike, "phase", pick(&PHASES, random)),
        7 => set(strike, "speed", number(random.i64(60..300))),
        8 => set(strike, "damage", pick(&DAMAGES, random)),
        _ => {
            if let Some(day) = strike.get("struck_on").and_then(day) {
                let later = day + Days::new(random.u64(1..=28));
                set(strike, "struck_on", Value::s(later.to_string()));
            }
        }
    }
}

fn set(strike: &mut Item, name: &str, value: Value) {
    strike.insert(name.into(), value);
}

fn pick(words: &[&str], random: &mut fastrand::Rng) -> Value {
    Value::s(random.choice(words).copied().unwrap_or_default())
}

fn number(value: i64) -> Value {
    Value::N(Number::from(value))
}

fn whole(value: &Value) -> i64 {
    match value {
        Value::N(number) => number.to_i64().unwrap_or(0),
        _ => 0,
    }
}

fn day(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::S(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revised_strike_keeps_its_key_its_attributes_and_the_sum_of_its_costs() {
        let strike = super::super::data::strikes().unwrap().swap_remove(0);
        let mut random = fastrand::Rng::with_seed(1);
        let mut changed = BTreeSet::new();
        for _ in 0..200 {
            let mut revised = strike.clone();
            revise(&mut revised, &mut random);
            assert!(revised.keys().eq(strike.keys()));
            let sum = whole(&revised["cost_other"]) + whole(&revised["cost_repair"]);
            assert_eq!(whole(&revised["cost_total"]), sum);
            let names = revised
                .iter()
                .filter(|(name, value)| strike[*name] != **value);
            changed.extend(names.map(|(name, _)| name.clone()));
        }
        let all = [
            "cost_repair",
            "cost_total",
            "damage",
            "phase",
            "speed",
            "struck_on",
        ];
        assert!(changed.iter().eq(all));
    }
}

//! Random requests over the strikes, drawn from their own values.

use driftscope::domain::value::{Item, Value};
use std::fmt::Write as _;

/// A small generator of numbers: the same requests in every run.
struct Dice(u64);

impl Dice {
    /// A number below `n` (xorshift64*).
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % n
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const EQUAL: [&str; 8] = [
    "airport",
    "operator",
    "state",
    "damage",
    "species",
    "phase",
    "size",
    "time_of_day",
];
const RANGED: [&str; 4] = ["struck_on", "cost_total", "speed", "strike_id"];
const ORDERED: [&str; 6] = [
    "struck_on",
    "cost_total",
    "speed",
    "strike_id",
    "airport",
    "damage",
];

/// So many request texts.
pub(crate) fn texts(count: usize, items: &[Item]) -> Vec<String> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    (0..count).map(|_| text(&mut dice, items)).collect()
}

fn text(dice: &mut Dice, items: &[Item]) -> String {
    let about = dice.pick(items).clone();
    let mut conditions: Vec<String> = (0..=dice.below(3))
        .filter_map(|_| condition(dice, items, &about))
        .collect();
    conditions.sort();
    conditions.dedup();
    let mut text = "SELECT * FROM strikes".to_owned();
    if !conditions.is_empty() {
        text.push_str(" WHERE ");
        text.push_str(&conditions.join(" AND "));
    }
    if dice.below(3) > 0 {
        let direction = dice.pick(&["ASC", "DESC"]);
        let _ = write!(text, " ORDER BY {} {direction}", dice.pick(&ORDERED));
        if dice.below(4) == 0 {
            text.push_str(", strike_id ASC");
        }
    }
    if dice.below(2) == 0 {
        let _ = write!(text, " LIMIT {}", dice.pick(&[1, 5, 50, 500]));
    }
    text
}

fn condition(dice: &mut Dice, items: &[Item], about: &Item) -> Option<String> {
    let equal = *dice.pick(&EQUAL);
    let ranged = *dice.pick(&RANGED);
    Some(match dice.below(10) {
        0..=2 => format!("{equal} = {}", literal(about.get(equal)?)),
        3 => format!(
            "{equal} IN ({}, {})",
            literal(about.get(equal)?),
            literal(dice.pick(items).get(equal)?)
        ),
        4 | 5 => {
            let (a, b) = (
                about.get(ranged)?.clone(),
                dice.pick(items).get(ranged)?.clone(),
            );
            let (low, high) = if a <= b { (a, b) } else { (b, a) };
            format!("{ranged} BETWEEN {} AND {}", literal(&low), literal(&high))
        }
        6 => {
            let Value::S(day) = about.get("struck_on")? else {
                return None;
            };
            let year: i32 = day.get(..4)?.parse().ok()?;
            format!(
                "struck_on BETWEEN '{day}' AND '{}{}'",
                year + i32::from(dice.below(2) == 0),
                day.get(4..)?
            )
        }
        7 => format!(
            "{ranged} {} {}",
            dice.pick(&["<", "<=", ">", ">="]),
            literal(about.get(ranged)?)
        ),
        8 => {
            let Value::S(day) = about.get("struck_on")? else {
                return None;
            };
            format!(
                "begins_with(struck_on, '{}')",
                day.get(..*dice.pick(&[4, 5, 7, 10]))?
            )
        }
        _ => match dice.below(7) {
            0 => format!("{equal} <> {}", literal(about.get(equal)?)),
            1 => "attribute_not_exists(speed)".to_owned(),
            2 => format!(
                "(damage = {} OR cost_total > 1000)",
                literal(about.get("damage")?)
            ),
            3 => format!("NOT {equal} = {}", literal(about.get(equal)?)),
            4 => format!(
                "(operator = {} OR airport = {} AND cost_total > 1000)",
                literal(about.get("operator")?),
                literal(dice.pick(items).get("airport")?)
            ),
            5 => format!(
                "(state = {} OR damage IN ('B', 'C'))",
                literal(about.get("state")?)
            ),
            _ => format!("size(species) > {}", 5 + dice.below(15)),
        },
    })
}

fn literal(value: &Value) -> String {
    match value {
        Value::S(text) => format!("'{}'", text.replace('\'', "''")),
        Value::N(number) => number.to_string(),
        other => panic!("no literal for {other:?}"),
    }
}

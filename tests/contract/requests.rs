//! Random requests over a dataset, drawn from its own values.

use crate::dice::Dice;
use driftscope::domain::value::{Item, Value};
use std::fmt::Write as _;

/// What of a dataset requests speak of.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// The dataset's name.
    pub(crate) dataset: &'static str,
    /// The base key.
    pub(crate) key: [&'static str; 2],
    /// Attributes compared with one value or several.
    pub(crate) equal: &'static [&'static str],
    /// Attributes compared with ranges.
    pub(crate) ranged: &'static [&'static str],
    /// A text that begins with an ISO date and is in every item.
    pub(crate) date: &'static str,
    /// Attributes that some items lack.
    pub(crate) missing: &'static [&'static str],
    /// A text of different lengths.
    pub(crate) text: &'static str,
    /// A list of texts.
    pub(crate) list: Option<&'static str>,
    /// Attributes that rows are ordered by.
    pub(crate) ordered: &'static [&'static str],
}

/// The sandbox's strikes.
pub(crate) const STRIKES: Vocabulary = Vocabulary {
    dataset: "strikes",
    key: ["airport", "strike_id"],
    equal: &[
        "airport",
        "operator",
        "state",
        "damage",
        "species",
        "phase",
        "size",
        "time_of_day",
    ],
    ranged: &["struck_on", "cost_total", "speed", "strike_id"],
    date: "struck_on",
    missing: &["speed", "size"],
    text: "species",
    list: None,
    ordered: &[
        "struck_on",
        "cost_total",
        "speed",
        "strike_id",
        "airport",
        "damage",
    ],
};

/// The shop's orders.
pub(crate) const ORDERS: Vocabulary = Vocabulary {
    dataset: "orders",
    key: ["customer_id", "order_id"],
    equal: &[
        "customer_id",
        "order_id",
        "status",
        "channel",
        "country",
        "warehouse",
        "priority",
        "coupon",
    ],
    ranged: &["placed_at", "total", "priority", "order_id"],
    date: "placed_at",
    missing: &["warehouse", "coupon", "total"],
    text: "note",
    list: Some("skus"),
    ordered: &[
        "placed_at",
        "total",
        "order_id",
        "status",
        "priority",
        "country",
    ],
};

/// So many request texts.
pub(crate) fn texts(count: usize, words: &Vocabulary, items: &[Item]) -> Vec<String> {
    let mut draw = Draw {
        dice: Dice(0x9E37_79B9_7F4A_7C15),
        words,
        items,
    };
    (0..count).map(|_| draw.request()).collect()
}

struct Draw<'a> {
    dice: Dice,
    words: &'a Vocabulary,
    items: &'a [Item],
}

impl Draw<'_> {
    fn request(&mut self) -> String {
        let mut text = format!("SELECT {} FROM {}", self.select(), self.words.dataset);
        let filter = self.filter();
        if !filter.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&filter);
        }
        if text.contains("COUNT(*)") {
            return text;
        }
        if self.dice.below(3) > 0 {
            text.push_str(" ORDER BY ");
            text.push_str(&self.order());
        }
        if self.dice.below(2) == 0 {
            let limit = self.dice.pick(&[1, 5, 50, 500]);
            let _ = write!(text, " LIMIT {limit}");
        }
        text
    }

    fn select(&mut self) -> String {
        match self.dice.below(12) {
            0 => "COUNT(*)".to_owned(),
            1 => self.words.key.join(", "),
            2 => format!("{}, {}", self.any_equal(), self.words.date),
            3 => format!("{}, {}", self.words.missing[0], self.words.key[1]),
            _ => "*".to_owned(),
        }
    }

    fn order(&mut self) -> String {
        let by = |draw: &mut Self| {
            let attribute = draw.dice.pick(draw.words.ordered);
            format!("{attribute} {}", draw.dice.pick(&["ASC", "DESC"]))
        };
        let first = by(self);
        match self.dice.below(8) {
            0 => format!("{first}, {} ASC", self.words.key[1]),
            1 => format!("{first}, {}", by(self)),
            _ => first,
        }
    }

    /// A conjunction; now and then several.
    fn filter(&mut self) -> String {
        match self.dice.below(10) {
            0 => {
                let sides = [self.conjunction(2), self.conjunction(2)];
                let sides = sides.iter().filter(|side| !side.is_empty());
                let sides: Vec<String> = sides.map(|side| format!("({side})")).collect();
                sides.join(" OR ")
            }
            1 => {
                let (one, two) = (self.conjunction(1), self.conjunction(1));
                let also = self.conjunction(1);
                if [&one, &two, &also].iter().any(|part| part.is_empty()) {
                    return also;
                }
                format!("({one} OR {two}) AND {also}")
            }
            2 => {
                let about = self.dice.pick(self.items);
                let [partition, sort] = self.words.key;
                let values = [partition, sort].map(|name| literal(&about[name]));
                format!("{partition} = {} AND {sort} = {}", values[0], values[1])
            }
            _ => self.conjunction(3),
        }
    }

    /// Up to so many conditions that one item satisfies all of, mostly.
    fn conjunction(&mut self, most: usize) -> String {
        let about = self.dice.pick(self.items);
        let count = 1 + self.dice.below(most);
        let conditions = (0..count).filter_map(|_| self.condition(about));
        let mut conditions: Vec<String> = conditions.collect();
        conditions.sort();
        conditions.dedup();
        conditions.join(" AND ")
    }

    fn condition(&mut self, about: &Item) -> Option<String> {
        match self.dice.below(11) {
            0..=2 => {
                let name = self.any_equal();
                Some(format!("{name} = {}", literal(about.get(name)?)))
            }
            3 => self.one_in(about),
            4 | 5 => self.between(about),
            6 => self.span_of_dates(about),
            7 => {
                let name = self.any_ranged();
                let operator = *self.dice.pick(&["<", "<=", ">", ">="]);
                Some(format!("{name} {operator} {}", literal(about.get(name)?)))
            }
            8 => {
                let date = self.words.date;
                let length = *self.dice.pick(&[4, 5, 7, 10]);
                let prefix = text_of(about, date).get(..length)?;
                Some(format!("begins_with({date}, '{prefix}')"))
            }
            9 if self.words.list.is_some() => {
                let list = self.words.list?;
                let Value::L(members) = about.get(list)? else {
                    return None;
                };
                Some(format!("contains({list}, {})", literal(members.first()?)))
            }
            _ => self.awkward(about),
        }
    }

    fn one_in(&mut self, about: &Item) -> Option<String> {
        let name = self.any_equal();
        let mut values = vec![literal(about.get(name)?)];
        for _ in 0..=self.dice.below(5) {
            values.extend(self.dice.pick(self.items).get(name).map(literal));
        }
        Some(format!("{name} IN ({})", values.join(", ")))
    }

    fn between(&mut self, about: &Item) -> Option<String> {
        let name = self.any_ranged();
        let (a, b) = (about.get(name)?, self.dice.pick(self.items).get(name)?);
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        Some(format!(
            "{name} BETWEEN {} AND {}",
            literal(low),
            literal(high)
        ))
    }

    /// Up to three months from the month of a date.
    fn span_of_dates(&mut self, about: &Item) -> Option<String> {
        let (name, date) = (self.words.date, text_of(about, self.words.date));
        let year: usize = date.get(..4)?.parse().ok()?;
        let month: usize = date.get(5..7)?.parse().ok()?;
        let last = month + self.dice.below(3);
        let (year, month) = (year + (last - 1) / 12, (last - 1) % 12 + 1);
        Some(format!(
            "{name} BETWEEN '{date}' AND '{year}-{month:02}-{}'",
            date.get(8..10)?
        ))
    }

    /// What no key helps with.
    fn awkward(&mut self, about: &Item) -> Option<String> {
        let (equal, ranged) = (self.any_equal(), self.any_ranged());
        let other = self.dice.pick(self.items);
        Some(match self.dice.below(9) {
            0 => format!("{equal} <> {}", literal(about.get(equal)?)),
            1 => format!(
                "attribute_not_exists({})",
                self.dice.pick(self.words.missing)
            ),
            2 => format!("attribute_exists({})", self.dice.pick(self.words.missing)),
            3 => format!(
                "({equal} = {} OR {ranged} > {})",
                literal(about.get(equal)?),
                literal(about.get(ranged)?)
            ),
            4 => format!("NOT {equal} = {}", literal(about.get(equal)?)),
            5 => format!(
                "NOT ({equal} = {} OR {ranged} <= {})",
                literal(about.get(equal)?),
                literal(about.get(ranged)?)
            ),
            6 => format!(
                "({equal} = {} OR {} = {} AND {ranged} > {})",
                literal(about.get(equal)?),
                self.words.key[0],
                literal(&other[self.words.key[0]]),
                literal(about.get(ranged)?)
            ),
            7 => {
                let also = self.any_equal();
                format!(
                    "({equal} = {} OR {also} IN ({}, {}))",
                    literal(about.get(equal)?),
                    literal(about.get(also)?),
                    literal(other.get(also)?)
                )
            }
            _ => format!("size({}) > {}", self.words.text, 5 + self.dice.below(15)),
        })
    }

    fn any_equal(&mut self) -> &'static str {
        self.dice.pick::<&str>(self.words.equal)
    }

    fn any_ranged(&mut self) -> &'static str {
        self.dice.pick::<&str>(self.words.ranged)
    }
}

fn text_of<'a>(item: &'a Item, name: &str) -> &'a str {
    match &item[name] {
        Value::S(text) => text,
        other => panic!("`{name}` is {other:?}"),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::S(text) => format!("'{}'", text.replace('\'', "''")),
        Value::N(number) => number.to_string(),
        other => panic!("no literal for {other:?}"),
    }
}

//! The embedded data: real strikes as items of the base table.

use super::SandboxError;
use crate::domain::value::{Item, Kind, Value};

/// See `data/README.md` for its origin and licence.
const CSV_GZ: &[u8] = include_bytes!("../../data/birdstrikes.csv.gz");

/// The columns of the file, in order, as attributes.
const COLUMNS: [(&str, Kind); 14] = [
    ("airport", Kind::S),
    ("aircraft", Kind::S),
    ("damage", Kind::S),
    ("struck_on", Kind::S),
    ("operator", Kind::S),
    ("state", Kind::S),
    ("phase", Kind::S),
    ("size", Kind::S),
    ("species", Kind::S),
    ("time_of_day", Kind::S),
    ("cost_other", Kind::N),
    ("cost_repair", Kind::N),
    ("cost_total", Kind::N),
    ("speed", Kind::N),
];

/// When every strike counts as last revised: after the newest of them.
const REVISED_AT: &str = "2003-01-01T00:00:00Z";

/// All strikes, in the order of the file.
pub(super) fn strikes() -> Result<Vec<Item>, SandboxError> {
    let mut rows = csv::Reader::from_reader(flate2::read::GzDecoder::new(CSV_GZ));
    rows.records()
        .zip(1..)
        .map(|(row, number)| {
            let row = row.map_err(|error| SandboxError::Data(error.to_string()))?;
            strike(&row, number)
        })
        .collect()
}

/// The id of the strike in row `number`, from 1.
pub(super) fn strike_id(number: usize) -> String {
    format!("S{number:05}")
}

fn strike(row: &csv::StringRecord, number: usize) -> Result<Item, SandboxError> {
    let mut item = Item::from([
        ("strike_id".into(), Value::s(strike_id(number))),
        ("revised_at".into(), Value::s(REVISED_AT)),
    ]);
    for ((name, kind), text) in COLUMNS.iter().zip(row) {
        if text.is_empty() {
            continue;
        }
        let value = if *kind == Kind::N {
            let number = text.parse().map_err(|error| {
                SandboxError::Data(format!(
                    "`{text}` in row {number}, column `{name}`: {error}"
                ))
            })?;
            Value::N(number)
        } else {
            Value::s(text)
        };
        item.insert((*name).into(), value);
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_strike_with_its_row_number_as_id() {
        let strikes = strikes().unwrap();
        assert_eq!(strikes.len(), 10_000);
        assert_eq!(strikes[0]["strike_id"], Value::s("S00001"));
        assert_eq!(
            strikes[0]["airport"],
            Value::s("BARKSDALE AIR FORCE BASE ARPT")
        );
        assert_eq!(strikes[0]["speed"], Value::N(300.into()));
        assert_eq!(strikes[9_999]["strike_id"], Value::s("S10000"));
    }

    #[test]
    fn an_empty_speed_is_no_attribute() {
        let strikes = strikes().unwrap();
        let slow = strikes.iter().filter(|s| !s.contains_key("speed")).count();
        assert_eq!(slow, 2_836);
        assert!(strikes.iter().all(|s| s.contains_key("cost_total")));
    }
}

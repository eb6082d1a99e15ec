//! Ranges of dates: which years, months, days, or hours there can be.

use super::MOST_PARTITIONS;
use crate::domain::expr::{DateFormat, DateUnit, ValueExpr, evaluate};
use crate::domain::plan::constraint::{Constraint, Interval, value_of};
use crate::domain::value::{Item, Value};
use chrono::{Datelike, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use std::ops::Bound;

/// Characters of a date: what follows is a time of day, and an offset.
const DATE: usize = 10;
/// Days in a year and in a month of the mean.
const YEAR: f64 = 365.25;
const MONTH: f64 = YEAR / 12.0;

/// What is known of a date function of something within `interval`.
///
/// Texts order by their local date, but the function cuts them in UTC or in `zone`. An offset is
/// less than a day, and so is the distance of a zone to UTC: bounds are widened by a day for each
/// of the two that may be in play. Seconds and milliseconds have no offset.
pub(super) fn cut(
    unit: DateUnit,
    interval: &Interval,
    zone: Option<Tz>,
    format: DateFormat,
) -> Option<Constraint> {
    let offset = i64::from(format == DateFormat::Iso);
    let wider = TimeDelta::days(offset + i64::from(zone.is_some()));
    let (first, last) = days(interval, format);
    // Beyond the years of four digits there is nothing, and texts would not order any more.
    let first = first.and_then(|day| day.checked_sub_signed(wider).filter(|day| is_written(*day)));
    let last = last.and_then(|day| day.checked_add_signed(wider).filter(|day| is_written(*day)));
    if let (Some(first), Some(last)) = (first, last)
        && let Some(values) = between(unit, first, last)
    {
        return Some(Constraint::one_of(values));
    }
    let low = first.map(|day| Bound::Included(Value::S(name(unit, day, 0))));
    let high = last.map(|day| Bound::Included(Value::S(name(unit, day, 23))));
    if low.is_none() && high.is_none() {
        return None;
    }
    Some(Constraint::between(
        low.unwrap_or(Bound::Unbounded),
        high.unwrap_or(Bound::Unbounded),
    ))
}

/// How many whole years, months, days, or hours the interval covers, as far as it is closed.
#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate; there are fewer than 2^22 days"
)]
pub(in crate::domain::plan) fn covered(
    unit: DateUnit,
    interval: &Interval,
    format: DateFormat,
) -> Option<f64> {
    let (first, last) = days(interval, format);
    let days = ((last? - first?).num_days() + 1).max(0) as f64;
    Some(match unit {
        DateUnit::Year => days / YEAR,
        DateUnit::Month => days / MONTH,
        DateUnit::Day => days,
        DateUnit::Hour => days * 24.0,
    })
}

/// The first and last local date of what the interval holds.
fn days(interval: &Interval, format: DateFormat) -> (Option<NaiveDate>, Option<NaiveDate>) {
    if format != DateFormat::Iso {
        let day = |bound: &Bound<Value>| day_of_number(value_of(bound)?, format);
        return (day(&interval.low), day(&interval.high));
    }
    let prefix = interval.prefix.as_ref().and_then(text);
    let low = value_of(&interval.low).and_then(text).max(prefix);
    let first = low.and_then(|low| first_day(|day| day >= beginning(low)));
    let by_bound = value_of(&interval.high).and_then(text).and_then(|high| {
        let excluded = matches!(interval.high, Bound::Excluded(_)) && high.len() <= DATE;
        let high = beginning(high);
        day_before(|day| day > high || (excluded && day == high))
    });
    let by_prefix = prefix.and_then(|prefix| {
        let prefix = beginning(prefix);
        day_before(|day| day > prefix && !day.starts_with(prefix))
    });
    let last = match (by_bound, by_prefix) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    (first, last)
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::S(text) => Some(text),
        _ => None,
    }
}

/// The part of a text that a date of ten characters can be compared with.
fn beginning(text: &str) -> &[u8] {
    let text = text.as_bytes();
    text.get(..DATE).unwrap_or(text)
}

fn day_of_number(number: &Value, format: DateFormat) -> Option<NaiveDate> {
    let day = ValueExpr::Date {
        unit: DateUnit::Day,
        of: Box::new(ValueExpr::Literal(number.clone())),
        zone: None,
        format,
    };
    match evaluate(&day, &Item::new())? {
        Value::S(text) => NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok(),
        _ => None,
    }
}

/// Days of the years that four digits can write.
fn calendar() -> Option<(i32, i32)> {
    let first = NaiveDate::from_ymd_opt(0, 1, 1)?.num_days_from_ce();
    let last = NaiveDate::from_ymd_opt(9_999, 12, 31)?.num_days_from_ce();
    Some((first, last))
}

/// The first day whose text satisfies `reached`, which holds for all days after it, too. No case
/// analysis of the shapes that a bound may have: `1998`, `1998-02-31`, and `1998-08-10T12` alike.
fn first_day(reached: impl Fn(&[u8]) -> bool) -> Option<NaiveDate> {
    let (mut low, last) = calendar()?;
    let mut high = last + 1;
    while low < high {
        let middle = low.midpoint(high);
        let day = NaiveDate::from_num_days_from_ce_opt(middle)?;
        if reached(&written(day)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    NaiveDate::from_num_days_from_ce_opt(low).filter(|_| low <= last)
}

/// The last day before the first whose text satisfies `beyond`; the last of all when none does.
fn day_before(beyond: impl Fn(&[u8]) -> bool) -> Option<NaiveDate> {
    match first_day(beyond) {
        Some(day) => day.pred_opt(),
        None => NaiveDate::from_num_days_from_ce_opt(calendar()?.1),
    }
}

/// A day of the calendar as text.
fn written(day: NaiveDate) -> [u8; DATE] {
    let digit = |number: u32, place: u32| {
        let digit = number / 10_u32.pow(place) % 10;
        b'0' + u8::try_from(digit).unwrap_or_default()
    };
    let (year, month, date) = (day.year().unsigned_abs(), day.month(), day.day());
    [
        digit(year, 3),
        digit(year, 2),
        digit(year, 1),
        digit(year, 0),
        b'-',
        digit(month, 1),
        digit(month, 0),
        b'-',
        digit(date, 1),
        digit(date, 0),
    ]
}

/// Whether four digits can write the year.
fn is_written(day: NaiveDate) -> bool {
    (0..=9_999).contains(&day.year())
}

/// How a date function writes the unit that `day` and `hour` are in.
fn name(unit: DateUnit, day: NaiveDate, hour: u32) -> String {
    let (year, month, date) = (day.year(), day.month(), day.day());
    match unit {
        DateUnit::Year => format!("{year:04}"),
        DateUnit::Month => format!("{year:04}-{month:02}"),
        DateUnit::Day => format!("{year:04}-{month:02}-{date:02}"),
        DateUnit::Hour => format!("{year:04}-{month:02}-{date:02}T{hour:02}"),
    }
}

/// Every unit from the one of `first` to the one of `last`; `None` when there are too many.
fn between(unit: DateUnit, first: NaiveDate, last: NaiveDate) -> Option<Vec<Value>> {
    let days = usize::try_from((last - first).num_days() + 1).unwrap_or(0);
    let longest = match unit {
        DateUnit::Year => 366,
        DateUnit::Month => 31,
        DateUnit::Day | DateUnit::Hour => 1,
    };
    if days > (MOST_PARTITIONS + 1) * longest {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for day in first.iter_days().take(days) {
        let hours = if unit == DateUnit::Hour { 0..24 } else { 0..1 };
        for hour in hours {
            let name = name(unit, day, hour);
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
    }
    (names.len() <= MOST_PARTITIONS).then(|| names.into_iter().map(Value::S).collect())
}

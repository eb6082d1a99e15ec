//! Dates cut to a year, month, day, or hour.
//!
//! ISO 8601 text is a plain date, or a date and time with or without offset; without one it is
//! UTC. The result is in the zone given, UTC by default. A plain date has no zone: it stays
//! itself, and its hour is the first. What is not a date has no value.

use super::Operand;
use super::scalar::floor;
use crate::domain::expr::{DateFormat, DateUnit};
use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike,
};
use chrono_tz::Tz;

/// The date in `value`, cut to `unit`.
pub(super) fn cut(
    unit: DateUnit,
    value: &Operand<'_>,
    zone: Option<Tz>,
    format: DateFormat,
) -> Option<String> {
    let local = match (format, value) {
        (DateFormat::Iso, Operand::S(text)) => match parse(text)? {
            Moment::Day(date) => date.and_time(NaiveTime::MIN),
            Moment::Instant(utc) => in_zone(utc, zone),
        },
        (DateFormat::Seconds, Operand::N(number)) => in_zone(instant(floor(number)?)?, zone),
        (DateFormat::Millis, Operand::N(number)) => {
            in_zone(instant(floor(number)?.div_euclid(1_000))?, zone)
        }
        _ => return None,
    };
    render(unit, local)
}

enum Moment {
    Day(NaiveDate),
    Instant(NaiveDateTime),
}

fn instant(seconds: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp(seconds, 0).map(|t| t.naive_utc())
}

fn in_zone(utc: NaiveDateTime, zone: Option<Tz>) -> NaiveDateTime {
    // Years of four digits only: no offset leads out of what the calendar type holds.
    match zone {
        Some(zone) if (0..=9_999).contains(&utc.year()) => {
            zone.from_utc_datetime(&utc).naive_local()
        }
        _ => utc,
    }
}

fn render(unit: DateUnit, at: NaiveDateTime) -> Option<String> {
    let year = u32::try_from(at.year()).ok().filter(|y| *y <= 9_999)?;
    let parts = [('-', at.month()), ('-', at.day()), ('T', at.hour())];
    let depth = match unit {
        DateUnit::Year => 0,
        DateUnit::Month => 1,
        DateUnit::Day => 2,
        DateUnit::Hour => 3,
    };
    let mut text = String::with_capacity("1998-08-13T10".len());
    put_two_digits(&mut text, year / 100);
    put_two_digits(&mut text, year % 100);
    for (separator, part) in &parts[..depth] {
        text.push(*separator);
        put_two_digits(&mut text, *part);
    }
    Some(text)
}

/// Every item of a check comes by here: a formatter would take most of the time that a date takes.
fn put_two_digits(text: &mut String, number: u32) {
    text.extend([number / 10, number % 10].map(|digit| char::from_digit(digit, 10).unwrap_or('0')));
}

/// `1998-08-13`, `1998-08-13T10:20`, `1998-08-13 10:20:30.5+02:00`, `…Z`.
fn parse(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = parse_date(date)?;
    if rest.is_empty() {
        return Some(Moment::Day(date));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(zone_at);
    let local = date.and_time(parse_time(time)?);
    local
        .checked_sub_signed(TimeDelta::seconds(parse_offset(offset)?))
        .map(Moment::Instant)
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let year = i32::try_from(digits(year, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, digits(month, 2)?, digits(day, 2)?)
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let second = match second {
        None => 0,
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            digits(fraction, fraction.len())?;
            // 60 is a leap second: it belongs to the minute it ends.
            digits(whole, 2).filter(|s| *s <= 60)?.min(59)
        }
    };
    NaiveTime::from_hms_opt(digits(hour, 2)?, digits(minute, 2)?, second)
}

/// Seconds east of UTC: `Z`, `+02:00`, `+0200`, `+02`, or nothing.
fn parse_offset(text: &str) -> Option<i64> {
    let sign = match text.chars().next() {
        None | Some('Z' | 'z') if text.len() <= 1 => return Some(0),
        Some('+') => 1,
        Some('-') => -1,
        _ => return None,
    };
    let text = &text[1..];
    let (hours, minutes) = match text.len() {
        2 => (text, "00"),
        4 => text.split_at_checked(2)?,
        5 => text.split_once(':')?,
        _ => return None,
    };
    let hours = i64::from(digits(hours, 2).filter(|h| *h <= 23)?);
    let minutes = i64::from(digits(minutes, 2).filter(|m| *m <= 59)?);
    Some(sign * (hours * 3_600 + minutes * 60))
}

/// A number of exactly `count` decimal digits (the value of the first nine, if there are more).
fn digits(text: &str, count: usize) -> Option<u32> {
    let exact = count > 0 && text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    exact.then(|| text.get(..count.min(9))?.parse().ok())?
}

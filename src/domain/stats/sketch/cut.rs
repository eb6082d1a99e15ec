//! Places between ordered keys, and how far between two of them a place is.

use crate::domain::read::{KeyCondition, KeyRange};
use crate::domain::stats::key::Key;
use crate::domain::value::{Number, Value};
use std::cmp::Ordering;

/// A place before or after all keys that begin with given values.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain::stats) struct Cut<'a> {
    equal: &'a [(String, Value)],
    last: Option<Last<'a>>,
    after: bool,
}

/// What bounds the attribute that follows the equal ones.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain::stats) enum Last<'a> {
    /// A value.
    Value(&'a Value),
    /// Everything that begins so.
    Prefix(&'a Value),
}

impl<'a> Cut<'a> {
    /// The places a key condition selects what is between.
    pub(in crate::domain::stats) fn of(condition: &'a KeyCondition) -> (Self, Self) {
        let equal = &condition.equal[condition.partition_len..];
        let cut = |last, after| Self { equal, last, after };
        let value = |value| Some(Last::Value(value));
        let (first, end) = (cut(None, false), cut(None, true));
        match condition.range.as_ref().map(|(_, range)| range) {
            None => (first, end),
            Some(KeyRange::Lt(v)) => (first, cut(value(v), false)),
            Some(KeyRange::Le(v)) => (first, cut(value(v), true)),
            Some(KeyRange::Gt(v)) => (cut(value(v), true), end),
            Some(KeyRange::Ge(v)) => (cut(value(v), false), end),
            Some(KeyRange::Between(low, high)) => (cut(value(low), false), cut(value(high), true)),
            Some(KeyRange::BeginsWith(prefix)) => {
                let prefix = Some(Last::Prefix(prefix));
                (cut(prefix, false), cut(prefix, true))
            }
        }
    }

    /// The place before all keys.
    pub(in crate::domain::stats) const FIRST: Self = Self {
        equal: &[],
        last: None,
        after: false,
    };

    /// The place after all keys.
    pub(in crate::domain::stats) const END: Self = Self {
        equal: &[],
        last: None,
        after: true,
    };

    /// The place before a single value.
    pub(in crate::domain::stats) const fn before(last: Last<'a>) -> Self {
        Self {
            last: Some(last),
            ..Self::FIRST
        }
    }

    /// The place after a single value.
    pub(in crate::domain::stats) const fn after(last: Last<'a>) -> Self {
        Self {
            last: Some(last),
            ..Self::END
        }
    }

    /// Whether the key stands before this place.
    pub(super) fn is_after(&self, key: &Key) -> bool {
        let mut values = key.0.iter();
        let equal = self.equal.iter().map(|(_, value)| Last::Value(value));
        let ordering = equal
            .chain(self.last)
            .zip(values.by_ref())
            .map(|(bound, value)| compare(value, bound))
            .find(|ordering| ordering.is_ne());
        match ordering {
            Some(ordering) => ordering.is_lt(),
            None => self.after,
        }
    }

    /// How far on the way from `low` to `high`, between which it is.
    pub(super) fn fraction(&self, low: &Key, high: &Key) -> f64 {
        let equal = self.equal.iter().map(|(_, value)| Last::Value(value));
        let bounds = equal.chain(self.last);
        let mut places = low.0.iter().zip(&high.0).zip(bounds);
        let first = places.find(|((low, high), _)| low != high);
        let Some(((low, high), bound)) = first else {
            return 0.5;
        };
        match (low, high, bound) {
            (Value::N(low), Value::N(high), Last::Value(Value::N(at))) => {
                ratio(approximate(low), approximate(at), approximate(high))
            }
            (Value::S(low), Value::S(high), bound) => self.between_bytes(low, bound, high),
            (Value::B(low), Value::B(high), bound) => self.between_bytes(low, bound, high),
            _ => 0.5,
        }
    }

    fn between_bytes(
        &self,
        low: &impl AsRef<[u8]>,
        bound: Last<'_>,
        high: &impl AsRef<[u8]>,
    ) -> f64 {
        let (Last::Value(value) | Last::Prefix(value)) = bound;
        let at: &[u8] = match value {
            Value::S(text) => text.as_ref(),
            Value::B(bytes) => bytes,
            _ => return 0.5,
        };
        let open = self.after && matches!(bound, Last::Prefix(_));
        bytes_ratio(low.as_ref(), (at, open), high.as_ref())
    }
}

fn compare(value: &Value, bound: Last<'_>) -> Ordering {
    match bound {
        Last::Value(bound) => value.cmp(bound),
        Last::Prefix(bound) => match (value, bound) {
            (Value::S(text), Value::S(prefix)) if text.starts_with(prefix) => Ordering::Equal,
            (Value::B(bytes), Value::B(prefix)) if bytes.starts_with(prefix) => Ordering::Equal,
            _ => value.cmp(bound),
        },
    }
}

fn ratio(low: f64, at: f64, high: f64) -> f64 {
    let ratio = (at - low) / (high - low);
    if ratio.is_finite() {
        ratio.clamp(0.0, 1.0)
    } else {
        0.5
    }
}

/// Bytes that are looked at behind what `low` and `high` have in common.
const DEPTH: usize = 12;

/// Texts as fractions, each byte a digit whose base is as wide as the class of characters that stand at
/// its place; a byte that is the same in all three tells nothing. The text in the middle may be `open`:
/// then it stands for the last text that begins with it.
fn bytes_ratio(low: &[u8], (at, open): (&[u8], bool), high: &[u8]) -> f64 {
    let common = low.iter().zip(high).take_while(|(a, b)| a == b).count();
    let mut sums = [0.0; 3];
    let mut scale = 1.0;
    for place in common..common + DEPTH {
        let bytes = [low.get(place), at.get(place), high.get(place)];
        if bytes[0] == bytes[1] && bytes[1] == bytes[2] {
            continue;
        }
        let classes = bytes.iter().flatten().map(|byte| class(**byte));
        let (least, most) = classes.fold((u8::MAX, u8::MIN), |(least, most), class| {
            (least.min(class.0), most.max(class.1))
        });
        // One digit more: the text that has ended comes first.
        let base = f64::from(most) - f64::from(least) + 2.0;
        scale /= base;
        for (index, byte) in bytes.into_iter().enumerate() {
            let missing = if open && index == 1 { base - 1.0 } else { 0.0 };
            let digit = byte.map_or(missing, |byte| f64::from(*byte) - f64::from(least) + 1.0);
            sums[index] += digit * scale;
        }
    }
    ratio(sums[0], sums[1], sums[2])
}

/// The range of characters that are likely to stand where this one does.
const fn class(byte: u8) -> (u8, u8) {
    match byte {
        b'0'..=b'9' => (b'0', b'9'),
        b'A'..=b'Z' => (b'A', b'Z'),
        b'a'..=b'z' => (b'a', b'z'),
        other => (other, other),
    }
}

#[expect(clippy::cast_precision_loss, reason = "an interpolation")]
fn approximate(number: &Number) -> f64 {
    let (digits, exponent) = number.parts();
    let magnitude = digits as f64 * 10_f64.powi(i32::from(exponent));
    if number.is_negative() {
        -magnitude
    } else {
        magnitude
    }
}

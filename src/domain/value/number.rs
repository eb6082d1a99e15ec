//! An exact decimal of up to 38 significant digits.
//!
//! Owns parsing, order, and the canonical text of numbers. Never goes through a float: a float
//! holds 15 digits, and two copies that differ in the sixteenth would look alike.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The most significant digits a number may have (developer guide, HowItWorks.NamingRulesDataTypes, Number).
const MAX_DIGITS: u32 = 38;
/// The decimal position of the leading digit of the largest number, 9.99…E+125 (same page).
const MAX_POSITION: i64 = 125;
/// The decimal position of the leading digit of the smallest number, 1E-130 (same page).
const MIN_POSITION: i64 = -130;

/// A `DynamoDB` number: `±digits × 10^exponent`, trailing zeros trimmed, zero unsigned.
///
/// Two texts of one number are equal: `42`, `0042.00`, `4.2E1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    digits: u128,
    exponent: i16,
}

/// Why a text is not a `DynamoDB` number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal literal.
    #[error("not a number")]
    Syntax,
    /// More than 38 significant digits.
    #[error("more than 38 significant digits")]
    Precision,
    /// Beyond 9.99…E+125 or nearer to zero than 1E-130.
    #[error("outside the range 1E-130 to 9.99E+125")]
    Magnitude,
}

/// The digits of a literal as they are read from left to right.
#[derive(Default)]
struct Significand {
    /// The digits up to the last that is not zero.
    digits: u128,
    /// How many digits that is.
    count: u32,
    /// Zeros read since then: inner or trailing, the next digit tells.
    zeros: u32,
    too_long: bool,
}

impl Significand {
    fn push(&mut self, digit: u8) {
        if digit == 0 {
            if self.count > 0 {
                self.zeros = self.zeros.saturating_add(1);
            }
            return;
        }
        self.count = self.count.saturating_add(self.zeros).saturating_add(1);
        if self.count > MAX_DIGITS {
            self.too_long = true;
        } else {
            let shift = match self.zeros {
                0 => 10,
                zeros => 10_u128.pow(zeros + 1),
            };
            self.digits = self.digits * shift + u128::from(digit);
        }
        self.zeros = 0;
    }
}

/// Splits leading digits off, feeding them to `significand`; gives the rest and how many there were.
fn take_digits<'a>(text: &'a [u8], significand: &mut Significand) -> (&'a [u8], usize) {
    let mut count = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(count) {
        significand.push(digit - b'0');
        count += 1;
    }
    (&text[count..], count)
}

/// Reads `E`, an optional sign, and digits; nothing at all is the exponent 0.
fn exponent(text: &[u8]) -> Result<i64, NumberError> {
    let digits = match text {
        [] => return Ok(0),
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => digits,
        _ => return Err(NumberError::Syntax),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Syntax);
    }
    let magnitude = digits.iter().fold(0_i64, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'))
    });
    Ok(if text[1] == b'-' {
        -magnitude
    } else {
        magnitude
    })
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] | rest => (false, rest),
        };
        let mut significand = Significand::default();
        let (mut rest, whole) = take_digits(unsigned, &mut significand);
        let mut fraction = 0;
        if let [b'.', after @ ..] = rest {
            (rest, fraction) = take_digits(after, &mut significand);
        }
        if whole + fraction == 0 {
            return Err(NumberError::Syntax);
        }
        let scale = exponent(rest)?;
        if significand.count == 0 {
            return Ok(Self::ZERO);
        }
        if significand.too_long {
            return Err(NumberError::Precision);
        }
        let fraction = i64::try_from(fraction).unwrap_or(i64::MAX);
        let exponent = scale
            .saturating_add(i64::from(significand.zeros))
            .saturating_sub(fraction);
        let position = exponent.saturating_add(i64::from(significand.count) - 1);
        match i16::try_from(exponent) {
            Ok(exponent) if (MIN_POSITION..=MAX_POSITION).contains(&position) => Ok(Self {
                negative,
                digits: significand.digits,
                exponent,
            }),
            _ => Err(NumberError::Magnitude),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        let mut digits = value.unsigned_abs();
        if digits == 0 {
            return Self::ZERO;
        }
        let mut exponent = 0;
        while digits.is_multiple_of(10) {
            digits /= 10;
            exponent += 1;
        }
        Self {
            negative: value < 0,
            digits: u128::from(digits),
            exponent,
        }
    }
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self {
        negative: false,
        digits: 0,
        exponent: 0,
    };

    /// Whether this is below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The significand without trailing zeros, and the power of ten it is scaled by.
    #[must_use]
    pub const fn parts(&self) -> (u128, i16) {
        (self.digits, self.exponent)
    }

    /// The value as an `i64`, when it is a whole number that fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        let shift = 10_u128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        let magnitude = i128::try_from(self.digits.checked_mul(shift)?).ok()?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// The remainder of a whole number, exact for every size; its sign is the dividend's.
    ///
    /// `None` when this has a fraction or `divisor` is zero.
    #[must_use]
    pub fn rem(&self, divisor: u32) -> Option<i64> {
        let exponent = u32::try_from(self.exponent).ok()?;
        let divisor = u128::from(divisor);
        let mut remainder = self.digits.checked_rem(divisor)?;
        for _ in 0..exponent {
            remainder = remainder * 10 % divisor;
        }
        let remainder = i64::try_from(remainder).ok()?;
        Some(if self.negative { -remainder } else { remainder })
    }

    /// How many digits the significand has; zero has none.
    #[must_use]
    pub(crate) fn digit_count(&self) -> u32 {
        self.digits.checked_ilog10().map_or(0, |log| log + 1)
    }

    fn signum(&self) -> i8 {
        match (self.digits, self.negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }

    /// Compares without the signs; neither may be zero.
    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (self.digit_count(), other.digit_count());
        let position = |number: &Self, count: u32| i64::from(number.exponent) + i64::from(count);
        position(self, mine)
            .cmp(&position(other, theirs))
            .then_with(|| {
                // The leading digits stand at one position: the shorter significand is padded
                // to the longer, which has at most 38 digits and so fits.
                let pad = |digits: u128, count: u32| digits * 10_u128.pow(mine.max(theirs) - count);
                pad(self.digits, mine).cmp(&pad(other.digits, theirs))
            })
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = self.signum();
        sign.cmp(&other.signum()).then_with(|| match sign {
            0 => Ordering::Equal,
            1 => self.cmp_magnitude(other),
            _ => other.cmp_magnitude(self),
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    /// Plain canonical decimal: no exponent, no leading or trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let digits = self.digits.to_string();
        let shift = usize::from(self.exponent.unsigned_abs());
        let text = if self.exponent >= 0 {
            format!("{sign}{digits}{:0<shift$}", "")
        } else if digits.len() > shift {
            let (whole, fraction) = digits.split_at(digits.len() - shift);
            format!("{sign}{whole}.{fraction}")
        } else {
            format!("{sign}0.{digits:0>shift$}")
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests;

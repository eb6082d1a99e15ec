//! An exact decimal of up to 38 significant digits.

use std::fmt;
use std::str::FromStr;

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

impl FromStr for Number {
    type Err = NumberError;
    fn from_str(_text: &str) -> Result<Self, NumberError> {
        todo!()
    }
}

impl From<i64> for Number {
    fn from(_value: i64) -> Self {
        todo!()
    }
}

impl Number {
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
        todo!()
    }
}

impl Ord for Number {
    fn cmp(&self, _other: &Self) -> std::cmp::Ordering {
        todo!()
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    /// Plain canonical decimal: no exponent, no leading or trailing zeros.
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}

//! The ways in which the replicator can be made to fail.

use crate::domain::problem::{Problem, nearest};
use std::fmt;
use std::str::FromStr;

/// A fault of the replicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One record in twenty is lost.
    Drop,
    /// Every record waits for seconds before it is applied.
    Delay,
    /// Every record is applied twice, as a retry does.
    Duplicate,
    /// After one record in twenty, the older image overwrites the newer one.
    Resurrect,
    /// No record is applied.
    Stop,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 5] = [
        Self::Drop,
        Self::Delay,
        Self::Duplicate,
        Self::Resurrect,
        Self::Stop,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Delay => "delay",
            Self::Duplicate => "duplicate",
            Self::Resurrect => "resurrect",
            Self::Stop => "stop",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Fault {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let names = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|fault| fault.name() == text)
            .ok_or_else(|| {
                Problem::new(format!("no fault is called `{text}`")).hint(
                    nearest(text, names)
                        .map_or_else(|| names.join(", "), |name| format!("`{name}`")),
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn every_fault_is_read_from_its_name() {
        for fault in Fault::ALL {
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
    }

    #[rstest]
    #[case("dorp", "`drop`")]
    #[case("resurect", "`resurrect`")]
    #[case("xyz", "drop, delay, duplicate, resurrect, stop")]
    fn a_wrong_name_is_answered_with_the_nearest(#[case] text: &str, #[case] hint: &str) {
        let problem = text.parse::<Fault>().unwrap_err();
        assert_eq!(problem.what, format!("no fault is called `{text}`"));
        assert_eq!(problem.hint.as_deref(), Some(hint));
    }
}

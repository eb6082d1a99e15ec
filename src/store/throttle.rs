//! Throttled attempts: reported by an adapter, attempt by attempt, to whoever listens.
//!
//! Owns what a throttle is and how far it reaches. Retries nothing and slows nothing: retries are
//! the adapter's, the pace is the [`Budget`](super::budget::Budget)'s.

use crate::domain::names::{IndexName, TableName};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Why an attempt was throttled (API reference, `ThrottlingReason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The units of one partition are used up: a hot key.
    KeyRange,
    /// The maximum that an on-demand table or index was given.
    OnDemandMaximum,
    /// The provisioned units of a table or index.
    Provisioned,
    /// A quota of the account.
    Account,
    /// None was given.
    Unnamed,
}

/// What slowing down helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Reads of the table or index alone.
    Place,
    /// All reads.
    All,
}

impl Reason {
    /// By the name the service gives it: resource, operation, limit (`TableReadKeyRangeThroughputExceeded`).
    #[must_use]
    pub fn named(name: &str) -> Self {
        let limits = [
            ("KeyRangeThroughputExceeded", Self::KeyRange),
            ("MaxOnDemandThroughputExceeded", Self::OnDemandMaximum),
            ("ProvisionedThroughputExceeded", Self::Provisioned),
            ("AccountLimitExceeded", Self::Account),
        ];
        let known = limits.into_iter().find(|(limit, _)| name.ends_with(limit));
        known.map_or(Self::Unnamed, |(_, reason)| reason)
    }

    /// How far it reaches.
    #[must_use]
    pub const fn reach(self) -> Reach {
        match self {
            Self::Provisioned | Self::Account => Reach::All,
            Self::KeyRange | Self::OnDemandMaximum | Self::Unnamed => Reach::Place,
        }
    }

    /// In words; empty when none was given.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::KeyRange => "key range",
            Self::OnDemandMaximum => "on-demand maximum",
            Self::Provisioned => "provisioned units",
            Self::Account => "account limit",
            Self::Unnamed => "",
        }
    }
}

/// One throttled attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttle {
    /// The table.
    pub table: TableName,
    /// The index, when it was one that was throttled.
    pub index: Option<IndexName>,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table `{}`", self.table)?;
        if let Some(index) = &self.index {
            write!(f, ", index `{index}`")?;
        }
        match self.reason {
            Reason::Unnamed => Ok(()),
            reason => write!(f, ", {}", reason.words()),
        }
    }
}

type Listener = Box<dyn Fn(&Throttle) + Send + Sync>;

/// Where throttled attempts are reported; clones share their listeners.
#[derive(Clone, Default)]
pub struct Throttles(Arc<Mutex<Vec<Listener>>>);

impl Throttles {
    /// Calls `listener` for every throttle from now on, in the task that was throttled: it must be quick.
    pub fn listen(&self, listener: impl Fn(&Throttle) + Send + Sync + 'static) {
        self.lock().push(Box::new(listener));
    }

    /// An attempt was throttled.
    pub fn report(&self, throttle: &Throttle) {
        tracing::info!(%throttle, "throttled");
        for listener in self.lock().iter() {
            listener(throttle);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Listener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Throttles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Throttles").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("TableReadKeyRangeThroughputExceeded", Reason::KeyRange, Reach::Place)]
    #[case(
        "IndexReadMaxOnDemandThroughputExceeded",
        Reason::OnDemandMaximum,
        Reach::Place
    )]
    #[case(
        "TableReadProvisionedThroughputExceeded",
        Reason::Provisioned,
        Reach::All
    )]
    #[case("IndexReadAccountLimitExceeded", Reason::Account, Reach::All)]
    #[case("SomethingNew", Reason::Unnamed, Reach::Place)]
    fn a_reason_tells_how_far_it_reaches(
        #[case] name: &str,
        #[case] reason: Reason,
        #[case] reach: Reach,
    ) {
        assert_eq!(Reason::named(name), reason);
        assert_eq!(reason.reach(), reach);
    }

    #[test]
    fn a_throttle_names_table_index_and_reason_as_far_as_known() {
        let mut throttle = Throttle {
            table: "orders".into(),
            index: Some("by_day".into()),
            reason: Reason::KeyRange,
        };
        assert_eq!(
            throttle.to_string(),
            "table `orders`, index `by_day`, key range"
        );
        (throttle.index, throttle.reason) = (None, Reason::Unnamed);
        assert_eq!(throttle.to_string(), "table `orders`");
    }
}

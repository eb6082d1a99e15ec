//! Names and units as types of their own, so that a table never passes for an index. Names are cheap to
//! clone: every plan that is weighed carries some.

use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(from = "String")]
        pub struct $type(Arc<str>);

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl $type {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $type {
            fn from(name: T) -> Self {
                Self(name.into().into())
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == **other
            }
        }
    };
}

name!(
    /// The name of a `DynamoDB` table.
    TableName
);
name!(
    /// The name of a local or global secondary index.
    IndexName
);
name!(
    /// The name of a dataset in a dataset file.
    DatasetName
);
name!(
    /// The name of a copy within its dataset.
    CopyName
);

/// Read capacity units. `DynamoDB` reports them in steps of a half.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rcu(pub f64);

impl std::ops::Add for Rcu {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::AddAssign for Rcu {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Rcu {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), |a, b| a + b)
    }
}

/// A closed range of which the true figure is a member; `high` is `None` when nothing bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Range<T> {
    /// The least it can be.
    pub low: T,
    /// The most it can be.
    pub high: Option<T>,
}

impl<T: Copy> Range<T> {
    /// A range from `low` to `high`.
    pub const fn new(low: T, high: T) -> Self {
        Self {
            low,
            high: Some(high),
        }
    }

    /// A range that nothing bounds above.
    pub const fn at_least(low: T) -> Self {
        Self { low, high: None }
    }
}

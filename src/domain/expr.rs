//! The one expression language: value expressions and predicates.
//!
//! Serves `set`, `where`, `each` of the dataset file and the query text. Semantics are
//! two-valued, as in `DynamoDB`, never SQL's NULL logic.

mod eval;
pub(crate) mod parse;
mod print;
mod properties;

pub use eval::{Bound, Lookup, Operand, evaluate, holds};
pub(crate) use eval::{below, operand, order, value_below};
pub use parse::{Context, parse_each, parse_predicate, parse_value};
pub use properties::{
    is_injective, is_monotone, paths_of_each, paths_of_predicate, paths_of_value,
};

use crate::domain::value::{Kind, Value};

/// A document path: `a.b[0]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The top-level attribute.
    pub root: String,
    /// The way down from there.
    pub steps: Vec<Step>,
}

/// One step down a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of a map.
    Field(String),
    /// An element of a list, from 0.
    Index(usize),
}

impl Path {
    /// A top-level attribute.
    pub fn top(name: impl Into<String>) -> Self {
        Self {
            root: name.into(),
            steps: Vec::new(),
        }
    }
    /// The attribute name, when this is a top-level path.
    #[must_use]
    pub fn as_top(&self) -> Option<&str> {
        self.steps.is_empty().then_some(self.root.as_str())
    }
}

/// A value expression. It may have *no value*: over an absent, NULL, or wrong-typed input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ValueExpr {
    /// An attribute.
    Path(Path),
    /// A constant.
    Literal(Value),
    /// `year month day hour (attr [, 'tz'] [, 's'|'ms'|'iso'])`.
    Date {
        /// How far it is cut.
        unit: DateUnit,
        /// What is cut.
        of: Box<ValueExpr>,
        /// The time zone the result is in; `None` is UTC, or the text's own date for plain dates.
        zone: Option<chrono_tz::Tz>,
        /// How the input is read.
        format: DateFormat,
    },
    /// `substr(of, start [, length])`: 1-based, in characters.
    Substr {
        /// The text.
        of: Box<ValueExpr>,
        /// First character, from 1.
        start: u32,
        /// How many; to the end when absent.
        length: Option<u32>,
    },
    /// `upper`, `lower`, `trim`.
    Text {
        /// Which of them.
        op: TextOp,
        /// The text.
        of: Box<ValueExpr>,
    },
    /// `lpad(of, width, fill)`: pads, never cuts; numbers print as plain canonical decimals.
    Lpad {
        /// A text or number.
        of: Box<ValueExpr>,
        /// Least width in characters.
        width: u32,
        /// One or more characters to pad with.
        fill: String,
    },
    /// `a || b || …`, flattened.
    Concat(Vec<ValueExpr>),
    /// `coalesce(a, b, …)`: the first that has a value.
    Coalesce(Vec<ValueExpr>),
    /// `cast(of as string|number)`.
    Cast {
        /// What is cast.
        of: Box<ValueExpr>,
        /// To which type.
        to: CastTo,
    },
    /// `crc32(of) % n`, or `crc32(of)` when `modulus` is absent. IEEE over UTF-8, unsigned.
    Crc32 {
        /// The text.
        of: Box<ValueExpr>,
        /// The number of shards.
        modulus: Option<u32>,
    },
    /// `a % n` over whole numbers; the sign follows the dividend.
    Modulo {
        /// A number.
        of: Box<ValueExpr>,
        /// A positive whole number.
        modulus: u32,
    },
    /// `size(path)`: only inside predicates.
    Size(Path),
}

/// How far a date function cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DateUnit {
    /// `1998`
    Year,
    /// `1998-08`
    Month,
    /// `1998-08-13`
    Day,
    /// `1998-08-13T10`
    Hour,
}

/// How a date function reads its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DateFormat {
    /// ISO 8601 text: a date, or a date and time with or without offset. Without offset: UTC.
    #[default]
    Iso,
    /// Seconds since 1970, a number.
    Seconds,
    /// Milliseconds since 1970, a number.
    Millis,
}

/// A function from text to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextOp {
    /// `upper`
    Upper,
    /// `lower`
    Lower,
    /// `trim`
    Trim,
}

/// The target of a cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CastTo {
    /// `cast(x as string)`
    String,
    /// `cast(x as number)`
    Number,
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// The operator that says the same with its sides exchanged: `5 < a` is `a > 5`.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Eq => Self::Eq,
            Self::Ne => Self::Ne,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
        }
    }
}

/// A predicate. `And` and `Or` are flattened; `And(vec![])` is true.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// All of them.
    And(Vec<Predicate>),
    /// Any of them.
    Or(Vec<Predicate>),
    /// Not.
    Not(Box<Predicate>),
    /// A comparison.
    Compare(ValueExpr, CompareOp, ValueExpr),
    /// `of BETWEEN low AND high`.
    Between(ValueExpr, ValueExpr, ValueExpr),
    /// `of IN (…)`.
    In(ValueExpr, Vec<ValueExpr>),
    /// `begins_with(of, prefix)`.
    BeginsWith(ValueExpr, ValueExpr),
    /// `contains(path, element or part)`.
    Contains(ValueExpr, ValueExpr),
    /// `attribute_exists(path)`.
    Exists(Path),
    /// `attribute_not_exists(path)`.
    NotExists(Path),
    /// `attribute_type(path, 'S')`.
    TypeIs(Path, Kind),
}

impl Predicate {
    /// The predicate that holds for everything.
    pub const TRUE: Self = Self::And(Vec::new());

    /// Whether it is trivially true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        matches!(self, Self::And(members) if members.is_empty())
    }

    /// The members of a top-level conjunction, or itself alone.
    #[must_use]
    pub fn conjuncts(&self) -> &[Self] {
        match self {
            Self::And(members) => members,
            other => std::slice::from_ref(other),
        }
    }

    /// Both, flattened.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut members = match self {
            Self::And(members) => members,
            one => vec![one],
        };
        match other {
            Self::And(more) => members.extend(more),
            one => members.push(one),
        }
        if members.len() == 1 {
            members.remove(0)
        } else {
            Self::And(members)
        }
    }
}

/// `each = "<source> as alias"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Each {
    /// What is walked.
    pub source: EachSource,
    /// The attribute each element is bound to.
    pub alias: String,
}

/// What `each` walks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EachSource {
    /// A list or set attribute.
    Path(Path),
    /// `[a, b]`: a literal list of value expressions.
    List(Vec<ValueExpr>),
}

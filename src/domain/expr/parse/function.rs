//! Calls: which functions there are, what they take, and what was probably meant.

use super::source::{Source, start};
use super::value::{self as convert, path, text, whole};
use crate::domain::expr::{DateFormat, DateUnit, Predicate, TextOp, ValueExpr};
use crate::domain::problem::{Problem, nearest};
use crate::domain::value::Kind;
use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned};
use sqlparser::tokenizer::Span;
use std::ops::RangeInclusive;

/// The widest padding: longer than any key of `DynamoDB` (2,048 bytes).
const MAX_WIDTH: u32 = 4_096;

/// Value functions with their signatures.
const VALUES: &[(&str, &str)] = &[
    ("year", "year(x [, 'zone'] [, 's'|'ms'|'iso'])"),
    ("month", "month(x [, 'zone'] [, 's'|'ms'|'iso'])"),
    ("day", "day(x [, 'zone'] [, 's'|'ms'|'iso'])"),
    ("hour", "hour(x [, 'zone'] [, 's'|'ms'|'iso'])"),
    ("substr", "substr(x, start [, length])"),
    ("upper", "upper(x)"),
    ("lower", "lower(x)"),
    ("trim", "trim(x)"),
    ("lpad", "lpad(x, width, 'fill')"),
    ("coalesce", "coalesce(a, b, …)"),
    ("cast", "cast(x as string|number)"),
    ("crc32", "crc32(x) % n"),
];

/// Conditions with their signatures; `size` counts as one, since it only stands in conditions.
const CONDITIONS: &[(&str, &str)] = &[
    ("begins_with", "begins_with(x, 'prefix')"),
    ("contains", "contains(x, part)"),
    ("attribute_exists", "attribute_exists(x)"),
    ("attribute_not_exists", "attribute_not_exists(x)"),
    ("attribute_type", "attribute_type(x, 'S')"),
    ("size", "size(x) > 5"),
];

/// Functions of other languages, and what does their work here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("substring", "substr(x, start [, length])"),
    ("left", "substr(x, 1, length)"),
    ("concat", "a || b"),
    ("ifnull", "coalesce(a, b)"),
    ("nvl", "coalesce(a, b)"),
    ("isnull", "attribute_not_exists(x)"),
    ("exists", "attribute_exists(x)"),
    ("length", "size(x) > 5"),
    ("len", "size(x) > 5"),
    ("char_length", "size(x) > 5"),
    ("starts_with", "begins_with(x, 'prefix')"),
    ("startswith", "begins_with(x, 'prefix')"),
    ("date", "day(x)"),
    ("date_trunc", "month(x)"),
    ("date_format", "month(x)"),
    ("to_char", "month(x)"),
    ("extract", "year(x)"),
    ("convert", "cast(x as string)"),
    ("to_string", "cast(x as string)"),
    ("to_number", "cast(x as number)"),
    ("mod", "a % n"),
    ("md5", "crc32(x) % n"),
    ("hash", "crc32(x) % n"),
    ("ucase", "upper(x)"),
    ("lcase", "lower(x)"),
];

/// A call with positional arguments.
struct Call<'e> {
    name: String,
    span: Span,
    arguments: Vec<&'e Expr>,
}

impl<'e> Call<'e> {
    fn new(function: &'e Function, source: &Source<'_>) -> Result<Self, Problem> {
        let span = function.name.span();
        let name = function.name.to_string().to_lowercase();
        let plain = function.filter.is_none()
            && function.over.is_none()
            && function.null_treatment.is_none()
            && function.within_group.is_empty();
        let arguments = match &function.args {
            FunctionArguments::List(list)
                if plain && list.clauses.is_empty() && list.duplicate_treatment.is_none() =>
            {
                list.args.iter().map(positional).collect()
            }
            _ => None,
        };
        let arguments = arguments.ok_or_else(|| {
            let what = format!("`{name}` takes plain arguments only");
            with_signature(&name, source.problem(span, what))
        })?;
        Ok(Self {
            name,
            span,
            arguments,
        })
    }

    fn expect(&self, count: RangeInclusive<usize>, source: &Source<'_>) -> Result<(), Problem> {
        if count.contains(&self.arguments.len()) {
            return Ok(());
        }
        let got = match self.arguments.len() {
            1 => "1 argument".to_owned(),
            count => format!("{count} arguments"),
        };
        let what = format!("`{}` got {got}", self.name);
        Err(with_signature(&self.name, source.problem(self.span, what)))
    }

    /// The first argument as a value. The number of arguments was checked.
    fn of(&self, source: &Source<'_>) -> Result<Box<ValueExpr>, Problem> {
        convert::value(self.arguments[0], source).map(Box::new)
    }

    fn unknown(&self, source: &Source<'_>) -> Problem {
        let what = format!("there is no function `{}`", self.name);
        let known = || VALUES.iter().chain(CONDITIONS);
        let meant = ELSEWHERE
            .iter()
            .find(|(name, _)| *name == self.name)
            .map(|(_, use_instead)| *use_instead)
            .or_else(|| nearest(&self.name, known().map(|(name, _)| *name)).and_then(signature));
        let hint = meant.map_or_else(
            || known().map(|(n, _)| *n).collect::<Vec<_>>().join(", "),
            |meant| format!("`{meant}`"),
        );
        source.problem(self.span, what).hint(hint)
    }
}

fn positional(argument: &FunctionArg) -> Option<&Expr> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}

fn signature(name: &str) -> Option<&'static str> {
    VALUES
        .iter()
        .chain(CONDITIONS)
        .find(|(known, _)| *known == name)
        .map(|(_, signature)| *signature)
}

fn with_signature(name: &str, problem: Problem) -> Problem {
    match signature(name) {
        Some(signature) => problem.hint(format!("`{signature}`")),
        None => problem,
    }
}

/// A call that gives a value.
pub(super) fn value(function: &Function, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    let call = Call::new(function, source)?;
    match call.name.as_str() {
        "year" => date(&call, DateUnit::Year, source),
        "month" => date(&call, DateUnit::Month, source),
        "day" => date(&call, DateUnit::Day, source),
        "hour" => date(&call, DateUnit::Hour, source),
        "upper" => text_op(&call, TextOp::Upper, source),
        "lower" => text_op(&call, TextOp::Lower, source),
        "trim" => text_op(&call, TextOp::Trim, source),
        "substr" => substr(&call, source),
        "lpad" => lpad(&call, source),
        "coalesce" => {
            call.expect(1..=usize::MAX, source)?;
            call.arguments
                .iter()
                .map(|argument| convert::value(argument, source))
                .collect::<Result<_, _>>()
                .map(ValueExpr::Coalesce)
        }
        "crc32" => {
            call.expect(1..=1, source)?;
            let of = call.of(source)?;
            Ok(ValueExpr::Crc32 { of, modulus: None })
        }
        "size" => Err(source
            .problem(call.span, "`size` stands only in conditions")
            .hint("`size(x) > 5`")),
        name if CONDITIONS.iter().any(|(known, _)| *known == name) => Err(source
            .problem(call.span, format!("`{name}` is a condition, not a value"))
            .hint("it stands alone, or with `AND`, `OR`, `NOT`")),
        _ => Err(call.unknown(source)),
    }
}

/// `size(path)`, when the call is one.
pub(super) fn size(function: &Function, source: &Source<'_>) -> Option<Result<ValueExpr, Problem>> {
    let named = function.name.to_string().eq_ignore_ascii_case("size");
    named.then(|| {
        let call = Call::new(function, source)?;
        call.expect(1..=1, source)?;
        path(call.arguments[0], source).map(ValueExpr::Size)
    })
}

/// A call that is a condition.
pub(super) fn condition(function: &Function, source: &Source<'_>) -> Result<Predicate, Problem> {
    let call = Call::new(function, source)?;
    match call.name.as_str() {
        "begins_with" => {
            call.expect(2..=2, source)?;
            let prefix = convert::value(call.arguments[1], source)?;
            if let ValueExpr::Literal(v) = &prefix
                && !matches!(v.kind(), Kind::S | Kind::B)
            {
                return Err(
                    source.problem(start(call.arguments[1]), "a prefix is a text, or binary")
                );
            }
            Ok(Predicate::BeginsWith(*call.of(source)?, prefix))
        }
        "contains" => {
            call.expect(2..=2, source)?;
            let part = convert::value(call.arguments[1], source)?;
            Ok(Predicate::Contains(*call.of(source)?, part))
        }
        "attribute_exists" => {
            call.expect(1..=1, source)?;
            path(call.arguments[0], source).map(Predicate::Exists)
        }
        "attribute_not_exists" => {
            call.expect(1..=1, source)?;
            path(call.arguments[0], source).map(Predicate::NotExists)
        }
        "attribute_type" => attribute_type(&call, source),
        name if VALUES.iter().any(|(known, _)| *known == name) || name == "size" => Err(source
            .problem(call.span, format!("`{name}(…)` alone is not a condition"))
            .hint(format!("a comparison: `{name}(x) = …`"))),
        _ => Err(call.unknown(source)),
    }
}

fn attribute_type(call: &Call<'_>, source: &Source<'_>) -> Result<Predicate, Problem> {
    const KINDS: [Kind; 10] = [
        Kind::S,
        Kind::N,
        Kind::B,
        Kind::Bool,
        Kind::Null,
        Kind::Ss,
        Kind::Ns,
        Kind::Bs,
        Kind::L,
        Kind::M,
    ];
    call.expect(2..=2, source)?;
    let code = text(call.arguments[1], "a type", source)?;
    let Some(kind) = KINDS.into_iter().find(|kind| kind.code() == code) else {
        let problem = source.problem(
            start(call.arguments[1]),
            format!("`{code}` is not a type of DynamoDB"),
        );
        return Err(problem.hint(KINDS.map(Kind::code).join(", ")));
    };
    Ok(Predicate::TypeIs(path(call.arguments[0], source)?, kind))
}

fn text_op(call: &Call<'_>, op: TextOp, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    call.expect(1..=1, source)?;
    let of = call.of(source)?;
    Ok(ValueExpr::Text { op, of })
}

fn substr(call: &Call<'_>, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    call.expect(2..=3, source)?;
    let start = whole(
        call.arguments[1],
        "the first character",
        1..=u32::MAX,
        source,
    )?;
    let length = match call.arguments.get(2) {
        Some(length) => Some(whole(length, "the length", 0..=u32::MAX, source)?),
        None => None,
    };
    let of = call.of(source)?;
    Ok(ValueExpr::Substr { of, start, length })
}

fn lpad(call: &Call<'_>, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    call.expect(3..=3, source)?;
    let width = whole(call.arguments[1], "the width", 0..=MAX_WIDTH, source)?;
    let fill = text(call.arguments[2], "what fills up", source)?;
    if fill.is_empty() {
        return Err(source.problem(start(call.arguments[2]), "what fills up is empty"));
    }
    let of = call.of(source)?;
    Ok(ValueExpr::Lpad { of, width, fill })
}

fn date(call: &Call<'_>, unit: DateUnit, source: &Source<'_>) -> Result<ValueExpr, Problem> {
    call.expect(1..=3, source)?;
    let mut zone = None;
    let mut format = None;
    for argument in &call.arguments[1..] {
        let named = text(argument, "a time zone or format", source)?;
        match named.as_str() {
            "iso" if format.is_none() => format = Some(DateFormat::Iso),
            "s" if format.is_none() => format = Some(DateFormat::Seconds),
            "ms" if format.is_none() => format = Some(DateFormat::Millis),
            name if zone.is_none() && format.is_none() => {
                zone = Some(time_zone(name, argument, source)?);
            }
            _ => {
                let what = format!("`{}` takes one time zone, then one format", call.name);
                return Err(with_signature(
                    &call.name,
                    source.problem(start(argument), what),
                ));
            }
        }
    }
    Ok(ValueExpr::Date {
        unit,
        of: call.of(source)?,
        zone,
        format: format.unwrap_or_default(),
    })
}

fn time_zone(name: &str, argument: &Expr, source: &Source<'_>) -> Result<chrono_tz::Tz, Problem> {
    name.parse().map_err(|_not_a_zone: chrono_tz::ParseError| {
        let what = format!("`{name}` is neither a time zone nor a format");
        let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let hint = nearest(name, zones).map_or_else(
            || "`'Europe/Berlin'`, or `'s'`, `'ms'`, `'iso'`".to_owned(),
            |zone| format!("`'{zone}'`"),
        );
        source.problem(start(argument), what).hint(hint)
    })
}

//! Text to expressions, by `sqlparser` with a dialect of our own.
//!
//! Owns the way from text to the AST: tokens (`source`), what is refused by name before
//! anything is parsed (`refuse`), the bounds of what is (`bounds`), and the conversion of what
//! `sqlparser` understood (`predicate`, `value`, `function`). It never evaluates, and it knows
//! no tables.

mod bounds;
mod dialect;
mod function;
mod predicate;
mod refuse;
mod source;
mod value;

pub(crate) use dialect::{in_quotes, name_of, quoted};
pub(crate) use predicate::predicate;
pub(crate) use refuse::ends_operand;
pub(crate) use source::{Source, join};
pub(crate) use value::path;

use super::{Each, EachSource, Predicate, ValueExpr};
use crate::domain::problem::Problem;
use sqlparser::ast::Expr;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Where a text stands, so that an error can point at file, line, and column.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The file the text came from.
    pub file: Option<String>,
    /// The line its first character stands on, from 1 (0 counts as 1).
    pub line: usize,
    /// The column of its first character, from 1 (0 counts as 1).
    pub column: usize,
}

/// Parses a value expression.
///
/// # Errors
/// Names what is not understood, where, and the substitute or nearest name.
pub fn parse_value(text: &str, context: &Context) -> Result<ValueExpr, Problem> {
    let source = Source::new(text, context)?;
    value::value(&source.expression(source.tokens())?, &source)
}

/// Parses a predicate.
///
/// # Errors
/// Names what is not understood, where, and the substitute or nearest name.
pub fn parse_predicate(text: &str, context: &Context) -> Result<Predicate, Problem> {
    let source = Source::new(text, context)?;
    predicate(&source.expression(source.tokens())?, &source)
}

/// Parses `[a, b] as alias` or `path as alias`.
///
/// # Errors
/// Names what is not understood, where, and the substitute or nearest name.
pub fn parse_each(text: &str, context: &Context) -> Result<Each, Problem> {
    const SHAPE: &str = "`[a, b] as name` or `path as name`";
    let source = Source::new(text, context)?;
    let tokens = source.tokens();
    let Some(at) = tokens.iter().rposition(|t| is_keyword(t, Keyword::AS)) else {
        return Err(source
            .problem(source.end(), "`each` gives its elements no name")
            .hint(SHAPE));
    };
    let alias = match &tokens[at + 1..] {
        [name] => dialect::name_of(name),
        _ => None,
    };
    let Some(alias) = alias else {
        return Err(source
            .problem(join(&tokens[at..]), "`as` is followed by exactly one name")
            .hint(SHAPE));
    };
    if at == 0 {
        return Err(source
            .problem(tokens[0].span, "`each` walks nothing")
            .hint(SHAPE));
    }
    let expr = source.expression(&tokens[..at])?;
    let walked = match &expr {
        Expr::Array(array) => EachSource::List(
            array
                .elem
                .iter()
                .map(|element| value::value(element, &source))
                .collect::<Result<_, _>>()?,
        ),
        other => EachSource::Path(path(other, &source).map_err(|p| p.hint(SHAPE))?),
    };
    Ok(Each {
        source: walked,
        alias,
    })
}

/// Whether a token is this keyword, unquoted.
pub(crate) fn is_keyword(token: &TokenWithSpan, keyword: Keyword) -> bool {
    matches!(&token.token, Token::Word(w) if w.keyword == keyword)
}

#[cfg(test)]
mod tests;

//! Request text ↔ [`Request`].
//!
//! Owns the shape of a request: which clauses there are, in which order, and what each may
//! hold. Expressions are the expression language's business. Everything else SQL has is refused
//! by name at its place, with what to write instead.

mod clauses;

use super::{Direction, OrderBy, Request, Select};
use crate::domain::expr::parse::{self, Source, is_keyword, join, quoted};
use crate::domain::expr::{Context, Path, Predicate};
use crate::domain::problem::Problem;
use clauses::{Clauses, is_word, split_commas};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};
use std::fmt::{self, Display, Formatter};

/// Parses a request text.
///
/// # Errors
/// What is refused, by name, with its place and the substitute.
pub fn parse_request(text: &str) -> Result<Request, Problem> {
    let context = Context::default();
    let source = Source::new(text, &context).map_err(|problem| {
        if problem.hint.is_none() && text.trim().is_empty() {
            problem.hint("`SELECT * FROM name`")
        } else {
            problem
        }
    })?;
    let clauses = Clauses::split(&source)?;
    let filter = match &clauses.filter {
        Some(tokens) => parse::predicate(&source.expression(tokens)?, &source)?,
        None => Predicate::TRUE,
    };
    Ok(Request {
        select: select(clauses.select, &source)?,
        from: from(clauses.from, &source)?,
        filter,
        order: match clauses.order {
            Some(tokens) => order(tokens, &source)?,
            None => Vec::new(),
        },
        limit: match clauses.limit {
            Some(tokens) => Some(limit(tokens, &source)?),
            None => None,
        },
    })
}

fn select(tokens: &[TokenWithSpan], source: &Source<'_>) -> Result<Select, Problem> {
    match tokens.iter().map(|t| &t.token).collect::<Vec<_>>()[..] {
        [Token::Mul] => return Ok(Select::All),
        [Token::Word(_), Token::LParen, Token::Mul, Token::RParen]
            if is_word(&tokens[0], "count") =>
        {
            return Ok(Select::Count);
        }
        _ => {}
    }
    let mut paths = Vec::new();
    for item in split_commas(tokens, source)? {
        let path = selected(item, source)?;
        if paths.contains(&path) {
            let what = format!("`{path}` is selected twice");
            return Err(source.problem(join(item), what));
        }
        paths.push(path);
    }
    Ok(Select::Paths(paths))
}

fn selected(item: &[TokenWithSpan], source: &Source<'_>) -> Result<Path, Problem> {
    const SHAPES: &str = "`SELECT a, b.c`, `SELECT *`, or `SELECT COUNT(*)`";
    if item.iter().any(|t| t.token == Token::Mul) {
        return Err(source
            .problem(join(item), "`*` and `COUNT(*)` are selected alone")
            .hint(SHAPES));
    }
    attribute(item, source, "`SELECT` takes attributes only", SHAPES)
}

/// An expression that has to be an attribute.
fn attribute(
    tokens: &[TokenWithSpan],
    source: &Source<'_>,
    otherwise: &str,
    hint: &str,
) -> Result<Path, Problem> {
    let expr = source.expression(tokens)?;
    parse::path(&expr, source)
        .map_err(|_not_a_path| source.problem(join(tokens), otherwise).hint(hint))
}

fn from(tokens: &[TokenWithSpan], source: &Source<'_>) -> Result<Vec<String>, Problem> {
    let name = |token| parse::name_of(token);
    let parts: Option<Vec<String>> = match tokens {
        [one] => name(one).map(|one| vec![one]),
        [one, dot, two] if dot.token == Token::Period => {
            name(one).zip(name(two)).map(|(one, two)| vec![one, two])
        }
        _ => None,
    };
    parts.ok_or_else(|| from_problem(tokens, source))
}

fn from_problem(tokens: &[TokenWithSpan], source: &Source<'_>) -> Problem {
    if let Some(comma) = tokens.iter().find(|t| t.token == Token::Comma) {
        return source
            .problem(comma.span, "a request reads from one dataset or table")
            .hint("one request for each: there are no joins");
    }
    if tokens.first().is_some_and(|t| t.token == Token::LParen) {
        return source
            .problem(tokens[0].span, "there are no sub-queries")
            .hint("the name of a dataset or table");
    }
    let written: String = tokens
        .iter()
        .map(|t| match &t.token {
            Token::Word(word) => word.value.clone(),
            Token::SingleQuotedString(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    let what = format!("`{written}` is not a name of one or two parts");
    source
        .problem(join(tokens), what)
        .because("names with `-`, `.`, or a digit in front need double quotes")
        .hint(format!("`FROM \"{written}\"`"))
}

fn order(tokens: &[TokenWithSpan], source: &Source<'_>) -> Result<Vec<OrderBy>, Problem> {
    split_commas(tokens, source)?
        .into_iter()
        .map(|item| {
            let (path, direction) = match item {
                // `a.desc` ends in a name.
                [path @ .., last] if !path.is_empty() && !ends_in_period(path) => {
                    if is_keyword(last, Keyword::DESC) {
                        (path, Direction::Descending)
                    } else if is_keyword(last, Keyword::ASC) {
                        (path, Direction::Ascending)
                    } else {
                        (item, Direction::Ascending)
                    }
                }
                _ => (item, Direction::Ascending),
            };
            let otherwise = "`ORDER BY` takes attributes only";
            let hint = "`ORDER BY a DESC, b.c`; a sort by a computed value needs it stored";
            attribute(path, source, otherwise, hint).map(|path| OrderBy { path, direction })
        })
        .collect()
}

fn ends_in_period(tokens: &[TokenWithSpan]) -> bool {
    tokens.last().is_some_and(|t| t.token == Token::Period)
}

fn limit(tokens: &[TokenWithSpan], source: &Source<'_>) -> Result<u64, Problem> {
    let number = match tokens {
        [one] => match &one.token {
            Token::Number(text, false) => text.parse::<u64>().ok().filter(|n| *n > 0),
            _ => None,
        },
        _ => None,
    };
    number.ok_or_else(|| {
        source
            .problem(join(tokens), "`LIMIT` takes a positive whole number")
            .hint("`LIMIT 50`")
    })
}

impl Display for Request {
    /// Canonical text; parses back to an equal request.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.select {
            Select::All => f.write_str("SELECT *")?,
            Select::Count => f.write_str("SELECT COUNT(*)")?,
            Select::Paths(paths) => {
                let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
                write!(f, "SELECT {}", paths.join(", "))?;
            }
        }
        let from: Vec<_> = self.from.iter().map(|part| quoted(part)).collect();
        write!(f, " FROM {}", from.join("."))?;
        if !self.filter.is_true() {
            write!(f, " WHERE {}", self.filter)?;
        }
        for (at, by) in self.order.iter().enumerate() {
            f.write_str(if at == 0 { " ORDER BY " } else { ", " })?;
            by.fmt(f)?;
        }
        match self.limit {
            Some(limit) => write!(f, " LIMIT {limit}"),
            None => Ok(()),
        }
    }
}

impl Display for OrderBy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.direction {
            Direction::Ascending => self.path.fmt(f),
            Direction::Descending => write!(f, "{} DESC", self.path),
        }
    }
}

#[cfg(test)]
mod tests;

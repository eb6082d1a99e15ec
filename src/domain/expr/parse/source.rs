//! A text with its tokens: where each stands, and the errors that point there.

use super::Context;
use super::bounds;
use super::dialect::{Expressions, is_reserved};
use super::refuse::refuse;
use crate::domain::problem::{Place, Problem};
use sqlparser::ast::{Expr, Spanned};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};

/// The longest text accepted, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// A text cut into tokens, without white space and comments.
pub(crate) struct Source<'a> {
    context: &'a Context,
    tokens: Vec<TokenWithSpan>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &str, context: &'a Context) -> Result<Self, Problem> {
        let mut source = Self {
            context,
            tokens: Vec::new(),
        };
        let start = Span::new(Location::new(1, 1), Location::new(1, 1));
        if text.len() > MAX_BYTES {
            let what = format!(
                "the text has {} bytes, at most {MAX_BYTES} (64 KB) are read",
                text.len()
            );
            return Err(source.problem(start, what));
        }
        source.tokens = Tokenizer::new(&Expressions, text)
            .tokenize_with_location()
            .map_err(|e| {
                let at = Span::new(e.location, e.location);
                let problem = source.problem(at, lower_first(&e.message));
                if e.message.contains("'_'") {
                    problem.hint("double quotes around the name: `a[0].\"_b\"`")
                } else {
                    problem
                }
            })?
            .into_iter()
            .filter(|t| !matches!(t.token, Token::Whitespace(_) | Token::EOF))
            .collect();
        if source.tokens.is_empty() {
            return Err(source.problem(start, "the text is empty"));
        }
        Ok(source)
    }

    /// The tokens; never empty.
    pub(crate) fn tokens(&self) -> &[TokenWithSpan] {
        &self.tokens
    }

    /// Where the text ends.
    pub(crate) fn end(&self) -> Span {
        end_of(&self.tokens)
    }

    /// A problem at a span of this text.
    pub(crate) fn problem(&self, span: Span, what: impl Into<String>) -> Problem {
        Problem::new(what).at(self.place(span))
    }

    fn place(&self, span: Span) -> Place {
        let to_usize = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let (line, column) = (to_usize(span.start.line), to_usize(span.start.column));
        let length = if span.end.line == span.start.line {
            to_usize(span.end.column).saturating_sub(column)
        } else {
            1
        };
        Place {
            file: self.context.file.clone(),
            line: self.context.line.max(1) + line.max(1) - 1,
            column: if line <= 1 {
                self.context.column.max(1) + column.max(1) - 1
            } else {
                column
            },
            length: length.max(1),
        }
    }

    /// Parses some of the tokens as one expression, all of them.
    pub(crate) fn expression(&self, tokens: &[TokenWithSpan]) -> Result<Expr, Problem> {
        refuse(self, tokens)?;
        bounds::check(self, tokens)?;
        let mut parser = Parser::new(&Expressions).with_tokens_with_locations(tokens.to_vec());
        let expr = parser
            .parse_expr()
            .map_err(|error| self.syntax(&error, tokens))?;
        let next = parser.peek_token_ref();
        if next.token != Token::EOF {
            return Err(self.unexpected(next));
        }
        Ok(expr)
    }

    /// A token that has no business where it stands.
    pub(crate) fn unexpected(&self, token: &TokenWithSpan) -> Problem {
        let problem = self.problem(
            token.span,
            format!("`{}` is not expected here", token.token),
        );
        match &token.token {
            Token::Word(w) if w.quote_style.is_none() && is_reserved(&w.value) => {
                problem.hint(quote_hint(&w.value))
            }
            Token::Word(_) => problem.hint("an operator: `=`, `AND`, `BETWEEN`, `IN`, `||`, …"),
            _ => problem,
        }
    }

    /// A syntax error of the parser, with the place it carries in its text.
    fn syntax(&self, error: &ParserError, tokens: &[TokenWithSpan]) -> Problem {
        let message = match error {
            ParserError::RecursionLimitExceeded => {
                return self
                    .problem(join(tokens), "the expression is nested too deeply")
                    .hint("fewer parentheses: `AND` and `OR` chain without them");
            }
            ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
        };
        let (message, location) = split_location(message);
        let token = location.and_then(|l| tokens.iter().find(|t| t.span.start == l));
        let what = lower_first(message)
            .replacen("expected: ", "expected ", 1)
            .replacen("found: EOF", "found the end of it", 1);
        let what = match what.split_once("found: ") {
            Some((before, found)) => format!("{before}found `{found}`"),
            None => what,
        };
        let span = match (token, location) {
            (Some(token), _) => token.span,
            (None, Some(location)) => Span::new(location, location),
            (None, None) => end_of(tokens),
        };
        let problem = self.problem(span, what);
        match token.map(|t| &t.token) {
            Some(Token::Word(w)) if w.quote_style.is_none() && is_reserved(&w.value) => {
                problem.hint(quote_hint(&w.value))
            }
            _ => problem,
        }
    }
}

fn quote_hint(word: &str) -> String {
    format!("`\"{word}\"` where an attribute of that name is meant")
}

/// Where an expression of the parser starts, found without recursion.
pub(super) fn start(expr: &Expr) -> Span {
    let mut at = expr;
    loop {
        at = match at {
            Expr::BinaryOp { left: inner, .. }
            | Expr::Between { expr: inner, .. }
            | Expr::In { expr: inner, .. }
            | Expr::UnaryOp { expr: inner, .. }
            | Expr::Cast { expr: inner, .. }
            | Expr::Nested(inner) => inner,
            Expr::Function(call) => return call.name.span(),
            other => return other.span(),
        };
    }
}

/// From the first to the last of some tokens.
pub(crate) fn join(tokens: &[TokenWithSpan]) -> Span {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
        _ => Span::empty(),
    }
}

/// Just behind the last of some tokens.
pub(crate) fn end_of(tokens: &[TokenWithSpan]) -> Span {
    tokens
        .last()
        .map_or_else(Span::empty, |t| Span::new(t.span.end, t.span.end))
}

/// Cuts `… at Line: 1, Column: 5` off a message of the parser.
fn split_location(message: &str) -> (&str, Option<Location>) {
    let parsed = message.rsplit_once(" at Line: ").and_then(|(text, rest)| {
        let (line, column) = rest.split_once(", Column: ")?;
        Some((
            text,
            Location::new(line.parse().ok()?, column.trim().parse().ok()?),
        ))
    });
    match parsed {
        Some((text, location)) => (text, Some(location)),
        None => (message, None),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

//! Our dialect: which characters make a name, and which words never are one.

use sqlparser::ast::{CastKind, Expr, Ident, ObjectName, UnaryOperator};
use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan};
use std::borrow::Cow;

/// Words that are never an attribute name unless they stand in double quotes.
const RESERVED: &[&str] = &[
    "AND", "AS", "BETWEEN", "CASE", "FALSE", "FROM", "IN", "IS", "LIKE", "LIMIT", "NOT", "NULL",
    "OR", "ORDER", "SELECT", "TRUE", "WHERE",
];

/// Identifiers start alphabetic or `_`, go on alphanumeric or `_`, and `"` delimits any other.
///
/// Every other word SQL gives a meaning (`date`, `user`, `interval`, …) is a plain name here.
#[derive(Debug)]
pub(super) struct Expressions;

impl Dialect for Expressions {
    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn supports_national_string_literal(&self) -> bool {
        false
    }

    /// `||` binds less tightly than `%`: `a || crc32(b) % 8` is what it looks like.
    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        (parser.peek_token_ref().token == Token::StringConcat)
            .then(|| Ok(self.prec_value(Precedence::PlusMinus)))
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        let token = parser.peek_token_ref();
        let Token::Word(word) = &token.token else {
            return None;
        };
        let ident = Ident {
            value: word.value.clone(),
            quote_style: word.quote_style,
            span: token.span,
        };
        let plain = word.quote_style.is_none();
        if plain && is_reserved(&ident.value) {
            return match ident.value.to_uppercase().as_str() {
                "TRUE" | "FALSE" => None,
                "NOT" => {
                    parser.next_token();
                    Some(negation(self, parser))
                }
                _ => Some(parser.expected("an expression", token.clone())),
            };
        }
        parser.next_token();
        let call = plain && parser.peek_token_ref().token == Token::LParen;
        Some(if call && ident.value.eq_ignore_ascii_case("cast") {
            parser.parse_cast_expr(CastKind::Cast)
        } else if call {
            parser.parse_function(ObjectName::from(vec![ident]))
        } else {
            Ok(Expr::Identifier(ident))
        })
    }
}

/// `NOT …`, without the detour the parser takes for words: its frames fill a stack.
fn negation(dialect: &Expressions, parser: &mut Parser) -> Result<Expr, ParserError> {
    let binding = dialect.prec_value(Precedence::UnaryNot);
    parser.parse_subexpr(binding).map(|expr| Expr::UnaryOp {
        op: UnaryOperator::Not,
        expr: Box::new(expr),
    })
}

pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word.to_uppercase().as_str())
}

/// The name a token stands for, when it is one.
pub(crate) fn name_of(token: &TokenWithSpan) -> Option<String> {
    match &token.token {
        Token::Word(w) if w.quote_style.is_some() || !is_reserved(&w.value) => {
            (!w.value.is_empty()).then(|| w.value.clone())
        }
        _ => None,
    }
}

/// The name as it has to be written: in double quotes unless it is a plain one.
pub(crate) fn quoted(name: &str) -> Cow<'_, str> {
    let mut chars = name.chars();
    let plain = chars
        .next()
        .is_some_and(|c| Expressions.is_identifier_start(c))
        && chars.all(|c| Expressions.is_identifier_part(c))
        && !is_reserved(name);
    if plain {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(in_quotes(name))
    }
}

/// The name in double quotes.
pub(crate) fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

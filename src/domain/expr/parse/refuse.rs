//! What SQL has and this language has not, found in the tokens and refused by name.
//!
//! Tokens carry exact places, which the tree of the parser loses; and what is refused here
//! never reaches the parser, so the conversion has few shapes to know.

use super::source::Source;
use crate::domain::problem::Problem;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

/// The most operators of one text: 1,000 terms of a comparison and a connective each.
const MAX_OPERATORS: usize = 2_000;

/// Words refused between two operands, with their substitutes.
const INFIX: &[(&str, &str)] = &[
    ("LIKE", "`begins_with(x, 'p')` or `contains(x, 'p')`"),
    ("ILIKE", "`begins_with(lower(x), 'p')`"),
    ("RLIKE", "`begins_with(x, 'p')` or `contains(x, 'p')`"),
    ("REGEXP", "`begins_with(x, 'p')` or `contains(x, 'p')`"),
    ("SIMILAR", "`begins_with(x, 'p')` or `contains(x, 'p')`"),
    ("GLOB", "`begins_with(x, 'p')` or `contains(x, 'p')`"),
    ("MATCH", "`contains(x, 'p')`"),
    ("XOR", "`(a AND NOT b) OR (b AND NOT a)`"),
    ("DIV", "`%` is the only arithmetic"),
    ("AT", "`hour(x, 'Europe/Berlin')`"),
    ("COLLATE", "`lower(x)`; text compares by its UTF-8 bytes"),
    ("OVERLAPS", "two comparisons"),
    ("MEMBER", "`contains(list, x)`"),
];

/// Words refused where an operand begins, with their substitutes.
const PREFIX: &[(&str, &str)] = &[
    ("CASE", "`coalesce(a, b)` takes the first that has a value"),
    ("SELECT", "two requests: sub-queries are not read"),
    (
        "NULL",
        "`attribute_not_exists(x)`, or `attribute_type(x, 'NULL')`",
    ),
];

/// Refuses by name whatever the language has not.
pub(super) fn refuse(source: &Source<'_>, tokens: &[TokenWithSpan]) -> Result<(), Problem> {
    let mut operators = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|i| &tokens[i].token);
        // `a NOT LIKE …`: the word behind NOT stands between operands all the same.
        let negation = before.is_some_and(is_not) && at >= 2;
        let after_operand = if negation {
            ends_operand(&tokens[at - 2].token)
        } else {
            before.is_some_and(ends_operand)
        };
        match &token.token {
            Token::Word(_) if before == Some(&Token::Period) => {}
            Token::Word(word) if word.quote_style.is_none() => {
                let refused = if after_operand {
                    infix(&word.value, &tokens[at + 1..])
                } else {
                    prefix(&word.value, &tokens[at + 1..])
                };
                if let Some(hint) = refused {
                    let what = format!("`{}` is not part of this language", word.value);
                    return Err(source.problem(token.span, what).hint(hint));
                }
                operators += usize::from(matches!(
                    word.keyword,
                    Keyword::AND | Keyword::OR | Keyword::IN | Keyword::BETWEEN
                ));
            }
            Token::Minus if !after_operand && next_is_number(&tokens[at + 1..]) => {}
            other => {
                if let Some((what, hint)) = symbol(other, &tokens[at + 1..]) {
                    return Err(source.problem(token.span, what).hint(hint));
                }
                operators += usize::from(is_operator(other));
            }
        }
        if operators > MAX_OPERATORS {
            let what = format!("the expression has more than {MAX_OPERATORS} operators");
            return Err(source
                .problem(token.span, what)
                .hint("`x IN (…)` instead of a chain of `OR`"));
        }
    }
    Ok(())
}

/// Whether an operand can end with this token.
pub(crate) fn ends_operand(token: &Token) -> bool {
    match token {
        Token::Word(w) => {
            w.quote_style.is_some()
                || !matches!(
                    w.keyword,
                    Keyword::AND
                        | Keyword::OR
                        | Keyword::NOT
                        | Keyword::IN
                        | Keyword::BETWEEN
                        | Keyword::AS
                        | Keyword::IS
                )
        }
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::HexStringLiteral(_)
        | Token::RParen
        | Token::RBracket => true,
        _ => false,
    }
}

fn is_not(token: &Token) -> bool {
    matches!(token, Token::Word(w) if w.keyword == Keyword::NOT)
}

fn next_is_number(rest: &[TokenWithSpan]) -> bool {
    matches!(rest.first().map(|t| &t.token), Some(Token::Number(..)))
}

fn word_at(rest: &[TokenWithSpan], at: usize) -> Option<Keyword> {
    match rest.get(at).map(|t| &t.token) {
        Some(Token::Word(w)) if w.quote_style.is_none() => Some(w.keyword),
        _ => None,
    }
}

fn infix(word: &str, rest: &[TokenWithSpan]) -> Option<String> {
    if word.eq_ignore_ascii_case("is") {
        let negated = word_at(rest, 0) == Some(Keyword::NOT);
        return Some(
            match (negated, word_at(rest, usize::from(negated))) {
                (false, Some(Keyword::NULL)) => "`attribute_not_exists(x)`",
                (true, Some(Keyword::NULL)) => "`attribute_exists(x)`",
                (_, Some(Keyword::TRUE)) => "`x = true`",
                (_, Some(Keyword::FALSE)) => "`x = false`",
                (true, _) => "`a <> b`",
                (false, _) => "`a = b`",
            }
            .to_owned(),
        );
    }
    substitute(INFIX, word)
}

fn prefix(word: &str, rest: &[TokenWithSpan]) -> Option<String> {
    let called = matches!(rest.first().map(|t| &t.token), Some(Token::LParen));
    let sub_query = called && word_at(rest, 1) == Some(Keyword::SELECT);
    if sub_query && word.eq_ignore_ascii_case("exists") {
        return Some("`attribute_exists(x)`; sub-queries are not read".to_owned());
    }
    substitute(PREFIX, word)
}

fn substitute(table: &[(&str, &str)], word: &str) -> Option<String> {
    table
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, hint)| (*hint).to_owned())
}

fn is_operator(token: &Token) -> bool {
    matches!(
        token,
        Token::Eq
            | Token::Neq
            | Token::Lt
            | Token::LtEq
            | Token::Gt
            | Token::GtEq
            | Token::StringConcat
            | Token::Mod
            | Token::LBracket
            | Token::Period
    )
}

/// Why a token that is no word is refused, and the substitute.
fn symbol(token: &Token, rest: &[TokenWithSpan]) -> Option<(String, &'static str)> {
    let hint = match token {
        Token::Number(_, false)
        | Token::SingleQuotedString(_)
        | Token::HexStringLiteral(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::RBracket
        | Token::Word(_) => return None,
        operator if is_operator(operator) => return None,
        Token::Minus
            if rest
                .first()
                .is_some_and(|t| matches!(t.token, Token::Word(_))) =>
        {
            "double quotes around a name that has `-`; there is no subtraction"
        }
        Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::DuckIntDiv => {
            "`%` is the only arithmetic: let the copier store the result as an attribute"
        }
        Token::DoubleEq => "`=`",
        Token::DoubleColon => "`cast(x as string)` or `cast(x as number)`",
        Token::Overlap => "`AND`",
        Token::ExclamationMark => "`NOT`",
        Token::SemiColon => "one text at a time, without `;`",
        Token::Placeholder(_) | Token::Colon | Token::AtSign => "the value itself: `'text'` or `5`",
        Token::Char('`') => "double quotes around names: `\"name\"`",
        Token::Number(..) => "the digits alone",
        _ => "`'text'`, `5`, `true`, names, and `= <> < <= > >= || %`",
    };
    Some((format!("`{token}` is not part of this language"), hint))
}

/// Where an expression of the parser starts, without recursion.
pub(super) fn start(expr: &sqlparser::ast::Expr) -> Span {
    use sqlparser::ast::{Expr, Spanned};
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

//! What SQL has and this language has not, found in the tokens and refused by name.
//!
//! Tokens carry exact places, which the tree of the parser loses; and what is refused here
//! never reaches the parser, so the conversion has few shapes to know.

use super::source::Source;
use crate::domain::problem::Problem;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

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
    for (at, token) in tokens.iter().enumerate() {
        if let Some((name, hint)) = refused(&tokens[..at], token, &tokens[at + 1..]) {
            let what = format!("`{name}` is not part of this language");
            return Err(source.problem(token.span, what).hint(hint));
        }
    }
    Ok(())
}

/// The name of what is refused here, and the substitute.
fn refused(
    before: &[TokenWithSpan],
    token: &TokenWithSpan,
    rest: &[TokenWithSpan],
) -> Option<(String, String)> {
    let last = before.last().map(|t| &t.token);
    let after_operand = match before {
        // `a NOT LIKE …`: the word behind NOT stands between operands all the same.
        [.., operand, not] if is_not(&not.token) => ends_operand(&operand.token),
        _ => last.is_some_and(ends_operand),
    };
    match &token.token {
        Token::Word(word) if word.quote_style.is_none() && last != Some(&Token::Period) => {
            let hint = if after_operand {
                infix(&word.value, rest)
            } else {
                prefix(&word.value, rest)
            };
            hint.map(|hint| (word.value.clone(), hint))
        }
        // `0xff` arrives as `X'ff'`, but is a character shorter.
        Token::HexStringLiteral(digits) if width(token) < digits.len() + 3 => Some((
            format!("0x{digits}"),
            format!("`X'{digits}'` for binary, or a decimal number"),
        )),
        Token::Minus if !after_operand && next_is_number(rest) => None,
        other => symbol(other, rest).map(|hint| (other.to_string(), hint.to_owned())),
    }
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

fn width(token: &TokenWithSpan) -> usize {
    let columns = token
        .span
        .end
        .column
        .saturating_sub(token.span.start.column);
    usize::try_from(columns).unwrap_or(usize::MAX)
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

/// Whether the language has this token as an operator.
pub(super) fn is_operator(token: &Token) -> bool {
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

/// The substitute of a token that is no word, when it is refused.
fn symbol(token: &Token, rest: &[TokenWithSpan]) -> Option<&'static str> {
    Some(match token {
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
    })
}

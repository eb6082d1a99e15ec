//! How much of an expression is read: bounds that keep the parser and its tree on the stack.

use super::is_keyword;
use super::refuse::is_operator;
use super::source::Source;
use crate::domain::problem::Problem;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The most operators of one text: 1,000 terms of a comparison and a connective each. A chain
/// of them is a left-deep tree, and dropping that tree recurses.
const MAX_OPERATORS: usize = 2_000;

/// How deep brackets nest. The parser recurses with frames of up to 70 KB a bracket in builds
/// without optimization: 16 of them fit the two megabytes of a thread.
const MAX_DEPTH: usize = 16;

/// Refuses what is too long a chain, or nested too deeply.
pub(super) fn check(source: &Source<'_>, tokens: &[TokenWithSpan]) -> Result<(), Problem> {
    let mut operators = 0_usize;
    let mut depth = 0_usize;
    for token in tokens {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let what = format!("brackets nest deeper than {MAX_DEPTH} levels");
            return Err(source
                .problem(token.span, what)
                .hint("`AND` and `OR` chain without parentheses"));
        }
        let words = [Keyword::AND, Keyword::OR, Keyword::IN, Keyword::BETWEEN];
        let operator =
            is_operator(&token.token) || words.iter().any(|word| is_keyword(token, *word));
        operators += usize::from(operator);
        if operators > MAX_OPERATORS {
            let what = format!("the expression has more than {MAX_OPERATORS} operators");
            return Err(source
                .problem(token.span, what)
                .hint("`x IN (…)` instead of a chain of `OR`"));
        }
    }
    Ok(())
}

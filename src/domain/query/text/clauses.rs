//! Cuts the tokens of a request into its clauses, and refuses the clauses SQL has beyond them.
//!
//! A word is judged by where it stands: `offset` behind a complete operand begins a clause that
//! is refused, `offset` where an operand belongs is an attribute.

use crate::domain::expr::parse::{Source, ends_operand, is_keyword};
use crate::domain::problem::Problem;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Words that begin a statement which is no request.
const WRITES: &[&str] = &[
    "insert", "update", "delete", "upsert", "replace", "merge", "create", "alter", "drop",
    "truncate", "put", "remove", "set", "grant", "execute", "exec", "call", "begin", "commit",
];

/// What stands behind a complete operand and is refused: the word, its name, the substitute.
const REFUSED: &[(&str, &str, &str)] = &[
    ("as", "an alias", "the attribute's own name"),
    (
        "group",
        "`GROUP BY`",
        "one request for each group, with `COUNT(*)`",
    ),
    ("having", "`HAVING`", "`WHERE`"),
    (
        "offset",
        "`OFFSET`",
        "a range of the sort attribute: `WHERE a > 'last seen'`",
    ),
    ("fetch", "`FETCH`", "`LIMIT 50`"),
    ("union", "`UNION`", "one request for each, or `OR`"),
    ("intersect", "`INTERSECT`", "`AND`"),
    ("except", "`EXCEPT`", "`AND NOT`"),
    ("minus", "`MINUS`", "`AND NOT`"),
    ("window", "`WINDOW`", "`ORDER BY`"),
    ("over", "`OVER`", "`ORDER BY`"),
    ("qualify", "`QUALIFY`", "`WHERE`"),
    (
        "nulls",
        "`NULLS`",
        "nothing: missing values come last in either direction",
    ),
    ("into", "`INTO`", "`--output FILE`: driftscope only reads"),
    ("for", "`FOR`", "nothing: driftscope only reads"),
    ("tablesample", "`TABLESAMPLE`", "`LIMIT 50`"),
    ("join", "a join", JOINS),
    ("inner", "a join", JOINS),
    ("left", "a join", JOINS),
    ("right", "a join", JOINS),
    ("full", "a join", JOINS),
    ("cross", "a join", JOINS),
    ("natural", "a join", JOINS),
    ("on", "a join", JOINS),
    ("using", "a join", JOINS),
];

const JOINS: &str = "one request for each table";

/// The clauses of a request, without the words that begin them.
pub(super) struct Clauses<'t> {
    pub(super) select: &'t [TokenWithSpan],
    pub(super) from: &'t [TokenWithSpan],
    pub(super) filter: Option<&'t [TokenWithSpan]>,
    pub(super) order: Option<&'t [TokenWithSpan]>,
    pub(super) limit: Option<&'t [TokenWithSpan]>,
}

/// In the order they have to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Clause {
    Select,
    From,
    Where,
    OrderBy,
    Limit,
}

impl Clause {
    const fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::From => "FROM",
            Self::Where => "WHERE",
            Self::OrderBy => "ORDER BY",
            Self::Limit => "LIMIT",
        }
    }

    /// How many words begin it.
    const fn words(self) -> usize {
        match self {
            Self::OrderBy => 2,
            _ => 1,
        }
    }

    fn beginning(tokens: &[TokenWithSpan]) -> Option<Self> {
        let first = tokens.first()?;
        let clauses = [
            (Keyword::FROM, Self::From),
            (Keyword::WHERE, Self::Where),
            (Keyword::LIMIT, Self::Limit),
        ];
        if is_keyword(first, Keyword::ORDER)
            && tokens.get(1).is_some_and(|t| is_keyword(t, Keyword::BY))
        {
            return Some(Self::OrderBy);
        }
        clauses
            .into_iter()
            .find(|(keyword, _)| is_keyword(first, *keyword))
            .map(|(_, clause)| clause)
    }
}

impl<'t> Clauses<'t> {
    pub(super) fn split(source: &'t Source<'_>) -> Result<Self, Problem> {
        let tokens = statement(source)?;
        let starts = starts(tokens, source)?;
        let mut found: [Option<&[TokenWithSpan]>; 5] = [None; 5];
        for (nth, (clause, at)) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).map_or(tokens.len(), |(_, next)| *next);
            let body = &tokens[at + clause.words()..end];
            if body.is_empty() {
                let what = format!("`{}` is followed by nothing", clause.name());
                return Err(source.problem(tokens[*at].span, what));
            }
            refuse(*clause, body, source)?;
            found[*clause as usize] = Some(body);
        }
        let [Some(select), Some(from), filter, order, limit] = found else {
            return Err(source
                .problem(source.end(), "the request does not say where to read from")
                .hint("`FROM name`"));
        };
        Ok(Self {
            select,
            from,
            filter,
            order,
            limit,
        })
    }
}

/// The tokens of the one statement, which has to be a `SELECT`.
fn statement<'t>(source: &'t Source<'_>) -> Result<&'t [TokenWithSpan], Problem> {
    let tokens = match source.tokens() {
        [tokens @ .., last] if last.token == Token::SemiColon => tokens,
        tokens => tokens,
    };
    if let Some(semicolon) = tokens.iter().find(|t| t.token == Token::SemiColon) {
        return Err(source
            .problem(semicolon.span, "more than one statement")
            .hint("one request at a time"));
    }
    match tokens.first() {
        Some(first) if is_keyword(first, Keyword::SELECT) => Ok(tokens),
        Some(first) if WRITES.iter().any(|word| is_word(first, word)) => Err(source
            .problem(first.span, format!("`{}` is refused", first.token))
            .because("driftscope only reads")
            .hint("`SELECT * FROM name`")),
        Some(first) if is_keyword(first, Keyword::WITH) => Err(source
            .problem(first.span, "there are no common table expressions (`WITH`)")
            .hint("`SELECT * FROM name WHERE …`")),
        first => {
            let span = first.map_or_else(|| source.end(), |t| t.span);
            Err(source
                .problem(span, "a request begins with `SELECT`")
                .hint("`SELECT * FROM name WHERE …`"))
        }
    }
}

/// Where each clause begins, in order.
fn starts(tokens: &[TokenWithSpan], source: &Source<'_>) -> Result<Vec<(Clause, usize)>, Problem> {
    let mut starts = vec![(Clause::Select, 0)];
    let mut last = Clause::Select;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(1) {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || tokens[at - 1].token == Token::Period {
            continue;
        }
        let Some(clause) = Clause::beginning(&tokens[at..]) else {
            continue;
        };
        if clause <= last {
            // `… UNION SELECT a FROM …`: what stands between is the reason.
            let body = starts.last().map_or(0, |(last, at)| at + last.words());
            refuse(last, &tokens[body..at], source)?;
            let what = if starts.iter().any(|(earlier, _)| *earlier == clause) {
                format!("`{}` stands twice", clause.name())
            } else {
                format!("`{}` stands behind `{}`", clause.name(), last.name())
            };
            return Err(source
                .problem(token.span, what)
                .hint("the order is `SELECT … FROM … WHERE … ORDER BY … LIMIT …`"));
        }
        last = clause;
        starts.push((clause, at));
    }
    Ok(starts)
}

/// Refuses what SQL allows in or behind this clause and a request has not.
fn refuse(clause: Clause, body: &[TokenWithSpan], source: &Source<'_>) -> Result<(), Problem> {
    if clause == Clause::Select {
        refuse_modifier(body, source)?;
    }
    let mut depth = 0_usize;
    for (at, token) in body.iter().enumerate() {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        let behind_operand =
            at > 0 && (ends_operand(&body[at - 1].token) || body[at - 1].token == Token::Mul);
        if depth > 0 || !behind_operand {
            continue;
        }
        let Token::Word(word) = &token.token else {
            continue;
        };
        let refused = REFUSED.iter().find(|(name, ..)| is_word(token, name));
        if let Some((_, name, hint)) = refused {
            let what = format!("{name} is not part of a request");
            return Err(source.problem(token.span, what).hint(*hint));
        }
        let behind_number = matches!(body[at - 1].token, Token::Number(..));
        if matches!(clause, Clause::Select | Clause::From) && !behind_number {
            let what = format!(
                "`{}` would be an alias, which a request has not",
                word.value
            );
            return Err(source
                .problem(token.span, what)
                .hint("a comma between attributes, or double quotes around one name"));
        }
    }
    Ok(())
}

fn refuse_modifier(body: &[TokenWithSpan], source: &Source<'_>) -> Result<(), Problem> {
    let [first, second, ..] = body else {
        return Ok(());
    };
    let modifies = matches!(
        second.token,
        Token::Word(_) | Token::Mul | Token::Number(..) | Token::LParen
    );
    let hint = match ["distinct", "all", "top"]
        .iter()
        .position(|word| is_word(first, word))
    {
        Some(0) => "one request for each value, or `COUNT(*)`",
        Some(1) => "nothing: every row is given",
        Some(2) => "`LIMIT 50`",
        _ => return Ok(()),
    };
    if modifies {
        let what = format!("`{}` is not part of a request", first.token);
        return Err(source.problem(first.span, what).hint(hint));
    }
    Ok(())
}

/// Whether a token is this word, unquoted, in any case.
pub(super) fn is_word(token: &TokenWithSpan, word: &str) -> bool {
    matches!(&token.token, Token::Word(w) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
}

/// The members of a list; none of them is empty.
pub(super) fn split_commas<'t>(
    tokens: &'t [TokenWithSpan],
    source: &Source<'_>,
) -> Result<Vec<&'t [TokenWithSpan]>, Problem> {
    let mut members = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            Token::Comma if depth == 0 => {
                members.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    members.push((start, tokens.len()));
    members
        .into_iter()
        .map(|(start, end)| {
            let empty = start == end;
            if empty {
                let near = &tokens[end.min(tokens.len() - 1)];
                return Err(source.problem(near.span, "a list has an empty place at a comma"));
            }
            Ok(&tokens[start..end])
        })
        .collect()
}

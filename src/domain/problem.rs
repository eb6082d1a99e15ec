//! What a person sees when something is wrong: what, why, what to try.

use serde::Serialize;
use std::fmt;

/// A problem in three parts, with the place in the text where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What went wrong, in a few words, without a final stop.
    pub what: String,
    /// Why it went wrong, when that is known.
    pub why: Option<String>,
    /// What to try: the nearest valid name, the flag, the permission.
    pub hint: Option<String>,
    /// Where in a text it stands.
    pub place: Option<Place>,
}

/// A place in a text: 1-based line and column (in characters), and the length marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, when the text came from one.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant; at least 1.
    pub length: usize,
}

impl Problem {
    /// A problem of which only the `what` is known.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: None,
            hint: None,
            place: None,
        }
    }

    /// Adds why it went wrong.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Adds what to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds where it stands.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            if let Some(file) = &place.file {
                write!(f, "{file}:")?;
            }
            write!(f, "{}:{}: ", place.line, place.column)?;
        }
        f.write_str(&self.what)?;
        if let Some(why) = &self.why {
            write!(f, ": {why}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " (try: {hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// The candidate nearest to `name`, when it is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not_offered() {
        let names = ["struck_on", "strike_id", "airport"];
        assert_eq!(nearest("struk_on", names), Some("struck_on"));
        assert_eq!(nearest("zzz", names), None);
    }
}

//! The configuration file and where it lives. Every setting has a default; unknown ones are named.

use crate::domain::cost::Prices;
use crate::domain::problem::{Place, Problem};
use crate::domain::schema::TableClass;
use etcetera::{BaseStrategy, choose_base_strategy};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Settings, with their defaults.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The theme of the terminal explorer.
    pub theme: String,
    /// Above this estimate, in read units, a request asks first.
    pub ask_rcu: f64,
    /// US dollars a million on-demand reads (table class Standard), by region: overrides the embedded list.
    pub prices: BTreeMap<String, f64>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: "dark".to_owned(),
            ask_rcu: 10_000.0,
            prices: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The embedded list prices with this configuration's overrides.
    #[must_use]
    pub fn prices(&self) -> Prices {
        self.prices
            .iter()
            .fold(Prices::default(), |prices, (region, price)| {
                prices.with(region, TableClass::Standard, *price)
            })
    }
}

/// The directory of configuration and dataset files.
#[must_use]
pub fn directory() -> Option<PathBuf> {
    choose_base_strategy()
        .ok()
        .map(|base| base.config_dir().join("driftscope"))
}

/// The directory of statistics: they can be taken anew.
#[must_use]
pub fn statistics_directory() -> Option<PathBuf> {
    choose_base_strategy()
        .ok()
        .map(|base| base.cache_dir().join("driftscope").join("statistics"))
}

/// The directory of log files.
#[must_use]
pub fn state_directory() -> Option<PathBuf> {
    choose_base_strategy().ok().map(|base| {
        base.state_dir()
            .unwrap_or_else(|| base.cache_dir())
            .join("driftscope")
    })
}

/// Loads `path`, or the default file when it exists.
///
/// # Errors
/// A named file that cannot be read, and any text that is not a configuration.
pub fn load(path: Option<&Path>) -> Result<Config, Problem> {
    let (path, required) = match path {
        Some(path) => (path.to_owned(), true),
        None => match directory() {
            Some(dir) => (dir.join("config.toml"), false),
            None => return Ok(Config::default()),
        },
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path.display().to_string(), &text),
        Err(e) if !required && e.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(e) => Err(Problem::new(format!("`{}` cannot be read", path.display()))
            .because(e.to_string())
            .hint("check `--config`")),
    }
}

fn parse(path: &str, text: &str) -> Result<Config, Problem> {
    toml::from_str(text).map_err(|e| {
        let start = e.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let place = Place {
            file: Some(path.to_owned()),
            line: before.matches('\n').count() + 1,
            column: before
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .chars()
                .count()
                + 1,
            length: e.span().map_or(1, |span| span.len().max(1)),
        };
        Problem::new("the configuration is not understood")
            .because(e.message().to_owned())
            .at(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_left_out_keeps_its_default() {
        let config = parse("c", "ask_rcu = 50").unwrap();
        assert_eq!((config.ask_rcu, config.theme.as_str()), (50.0, "dark"));
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_place() {
        let problem = parse("c.toml", "theme = \"dark\"\nask_rcus = 5\n").unwrap_err();
        assert_eq!(problem.place.as_ref().map(|p| p.line), Some(2));
        assert!(problem.to_string().contains("ask_rcus"), "{problem}");
    }
}

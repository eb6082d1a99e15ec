//! The terminal explorer, put together: first state, themes, and how to connect behind the first frame.

use super::args::{ColorChoice, Global};
use super::exit::{Exit, Failure};
use super::session::{Reached, connect, dataset_files};
use crate::app::{Settings, Start, State};
use crate::config;
use crate::domain::names::Rcu;
use crate::domain::problem::Problem;
use crate::store::Identity;
use crate::store::ledger::Ledger;
use crate::theme::{ColorLevel, Library, Wish};
use crate::tui::{Connect, Connected, Startup};
use std::sync::Arc;

/// Opens the explorer and runs it until the user leaves.
pub(super) fn run(global: &Global) -> Result<Exit, Failure> {
    let config = config::load(global.config.as_deref()).map_err(Failure::usage)?;
    let (files, problems) = match dataset_files(global) {
        Ok(files) => (files, Vec::new()),
        Err(failure) => (Vec::new(), failure.problems),
    };
    let level = color_level(global.color);
    let library = Library::new(user_themes());
    let wanted = global.theme.clone().unwrap_or_else(|| config.theme.clone());
    let theme = library.load(&wanted, level).map_err(Failure::usage)?;
    let mut state = State::new(Start {
        files,
        problems,
        settings: Settings {
            ask_rcu: Rcu(config.ask_rcu),
        },
        themes: theme_names(&library, &wanted),
        identity: identity(global),
    });
    state.prices = config.prices();
    let startup = Startup {
        state,
        theme,
        find_theme: Box::new(move |name| library.load(name, level)),
        connect: connection(global),
        limits: global.limits(),
        // Those of the sandbox would outlive it.
        statistics: (!global.is_demo())
            .then(config::statistics_directory)
            .flatten(),
    };
    crate::tui::run(startup).map_err(|problem| Failure {
        exit: Exit::Access,
        problems: vec![problem],
    })?;
    Ok(Exit::Clean)
}

/// What is known of where is read before anything was asked.
fn identity(global: &Global) -> Identity {
    #[cfg(all(feature = "sandbox", feature = "aws"))]
    if global.demo {
        return demo_identity();
    }
    Identity {
        profile: global.profile.clone(),
        region: global.region.clone(),
        endpoint: global.endpoint_url.clone(),
    }
}

#[cfg(all(feature = "sandbox", feature = "aws"))]
fn demo_identity() -> Identity {
    Identity {
        profile: Some("demo".to_owned()),
        region: Some("local".to_owned()),
        endpoint: None,
    }
}

fn connection(global: &Global) -> Connect {
    #[cfg(all(feature = "sandbox", feature = "aws"))]
    if global.demo {
        return Box::new(|events| Box::pin(std::future::ready(demo(events))));
    }
    let global = global.clone();
    Box::new(move |_| {
        let global = global.clone();
        Box::pin(async move {
            let Reached {
                store,
                streams,
                throttles,
            } = connect(&global).await.map_err(first_problem)?;
            let identity = store.identity();
            Ok(Connected {
                store: Arc::new(Ledger::new(store)),
                streams,
                throttles,
                lose_change: None,
                identity,
                settled: None,
                keep: Box::new(()),
            })
        })
    })
}

/// The embedded sandbox; it listens at once and loads behind.
#[cfg(all(feature = "sandbox", feature = "aws"))]
fn demo(events: tokio::sync::mpsc::Sender<crate::app::Event>) -> Result<Connected, Problem> {
    use crate::app::{Event, SandboxProgress};
    use crate::sandbox::{Options, Sandbox};
    use crate::store::dynamo::Dynamo;
    let told = events.clone();
    let sandbox = Sandbox::start(Options::default(), move |p| {
        // A full channel only means that a later figure will be shown.
        let _ = told.try_send(Event::Sandbox(SandboxProgress {
            loaded: p.done as u64,
            of: p.total as u64,
        }));
    })
    .map_err(|e| Problem::new("the sandbox did not start").because(e.to_string()))?;
    let dynamo = Dynamo::local(sandbox.endpoint());
    let sandbox = Arc::new(sandbox);
    let loading = Arc::clone(&sandbox);
    let settled = Box::pin(async move {
        if let Err(error) = loading.ready().await {
            let _ = events
                .send(Event::Problem(
                    Problem::new("the sandbox could not be loaded").because(error.to_string()),
                ))
                .await;
        }
    });
    let Reached {
        store,
        streams,
        throttles,
    } = Reached::from(dynamo);
    let losing = Arc::clone(&sandbox);
    Ok(Connected {
        store: Arc::new(Ledger::new(store)),
        streams,
        throttles,
        lose_change: Some(Box::new(move || losing.lose_change())),
        identity: demo_identity(),
        settled: Some(settled),
        keep: Box::new(sandbox),
    })
}

fn first_problem(failure: Failure) -> Problem {
    failure
        .problems
        .into_iter()
        .next()
        .unwrap_or_else(|| Problem::new("no connection"))
}

fn color_level(choice: ColorChoice) -> ColorLevel {
    let wish = match choice {
        ColorChoice::Auto => Wish::Auto,
        ColorChoice::Always => Wish::Always,
        ColorChoice::Never => Wish::Never,
    };
    let [no_color, colorterm, term] =
        ["NO_COLOR", "COLORTERM", "TERM"].map(|name| std::env::var(name).ok());
    ColorLevel::detect(
        wish,
        no_color.as_deref(),
        colorterm.as_deref(),
        term.as_deref(),
    )
}

/// Themes of the config directory, by name and text. One that cannot be read is as if it were not there.
fn user_themes() -> Vec<(String, String)> {
    let Some(directory) = config::directory() else {
        return Vec::new();
    };
    let Ok(entries) = std::fs::read_dir(directory.join("themes")) else {
        return Vec::new();
    };
    let mut themes: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path
                .file_name()?
                .to_str()?
                .strip_suffix(".toml")?
                .to_owned();
            Some((name, std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    themes.sort();
    themes
}

/// The theme in use first, then the others.
fn theme_names(library: &Library, wanted: &str) -> Vec<String> {
    let others = library
        .names()
        .filter(|name| *name != wanted)
        .map(str::to_owned);
    std::iter::once(wanted.to_owned()).chain(others).collect()
}

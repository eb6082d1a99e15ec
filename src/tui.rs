//! The terminal: the event loop, what runs behind it, and leaving the terminal whole.
//!
//! Owns raw mode, input, jobs, and the clock. Decides nothing: events go into
//! [`app::update`](crate::app::update), effects come out, frames are drawn.
//! Nothing asks the terminal a question: a start never waits for an answer.

mod input;
mod pace;
mod runner;
mod terminal;

use crate::app::{Effect, Env, Event, State, update};
use crate::domain::problem::Problem;
use crate::store::budget::Limits;
use crate::store::ledger::Ledger;
use crate::store::throttle::Throttles;
use crate::store::{Identity, Streams};
use crate::theme::Theme;
use crate::ui;
use crossterm::event::EventStream;
use futures_util::StreamExt;
use pace::Pace;
use runner::Runner;
use std::any::Any;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use terminal::Screen;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Most events handled before a frame.
const DRAIN: usize = 64;
/// How often time goes on while something moves.
const TICK: Duration = Duration::from_millis(250);

/// A future that can be handed over.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How to get a store; runs behind the first frame, and once more when asked to after it failed.
/// Told where to send events of its own.
pub type Connect = Box<dyn Fn(Sender<Event>) -> Boxed<Result<Connected, Problem>> + Send + Sync>;

/// How a theme is found by its name.
pub type FindTheme = Box<dyn Fn(&str) -> Result<Theme, Problem>>;

/// A store that was reached.
pub struct Connected {
    /// The store, keeping count.
    pub store: Arc<Ledger>,
    /// Its streams.
    pub streams: Arc<dyn Streams>,
    /// Has the replicator of the sandbox lose a change; none elsewhere.
    pub lose_change: Option<Box<dyn Fn() + Send + Sync>>,
    /// Where it reports that it is throttled.
    pub throttles: Throttles,
    /// Where and as whom it reads.
    pub identity: Identity,
    /// Done when tables that are still growing are complete.
    pub settled: Option<Boxed<()>>,
    /// What must live as long as the store does.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// What the terminal starts with.
pub struct Startup {
    /// The first state.
    pub state: State,
    /// How things look.
    pub theme: Theme,
    /// How another theme is found by its name.
    pub find_theme: FindTheme,
    /// How to get a store.
    pub connect: Connect,
    /// How much and how fast the whole session may read.
    pub limits: Limits,
    /// Where statistics are kept, if anywhere.
    pub statistics: Option<PathBuf>,
}

/// Runs the terminal until the user leaves.
///
/// # Errors
/// When there is no terminal, or it fails.
pub fn run(startup: Startup) -> Result<(), Problem> {
    let Startup {
        mut state,
        mut theme,
        find_theme,
        connect,
        limits,
        statistics,
    } = startup;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Problem::new("the runtime did not start").because(e.to_string()))?;
    // Before anything of the terminal is changed: a signal that nobody awaits would leave it so.
    let ends = runtime.block_on(async { Ends::new() })?;
    let mut screen = Screen::enter()?;
    let viewports = screen.draw(|frame| ui::render(&state, &theme, frame))?;
    update(&mut state, Event::Viewports(viewports), &now());
    let result = runtime.block_on(async {
        let (events, inbox) = mpsc::channel(256);
        let files = state.catalog.files.clone();
        let runner = Runner::start(connect, files, limits, statistics, events);
        Loop {
            screen: &mut screen,
            state: &mut state,
            theme: &mut theme,
            find_theme: &*find_theme,
            runner,
            inbox,
        }
        .run(ends)
        .await
    });
    runtime.shutdown_timeout(Duration::from_millis(300));
    drop(screen);
    result
}

/// Everything the loop turns.
struct Loop<'a> {
    screen: &'a mut Screen,
    state: &'a mut State,
    theme: &'a mut Theme,
    find_theme: &'a dyn Fn(&str) -> Result<Theme, Problem>,
    runner: Runner,
    inbox: Receiver<Event>,
}

/// What woke the loop.
enum Wake {
    Input(Event),
    Data(Event),
    Paint,
    End,
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Next {
    Continue,
    Quit,
}

impl Loop<'_> {
    async fn run(&mut self, mut ends: Ends) -> Result<(), Problem> {
        let mut keys = Some(EventStream::new());
        let mut pace = Pace::new();
        loop {
            let mut wake = self.wait(&mut keys, &mut ends, &pace).await;
            // What is ready besides is handled first, so that a burst costs one frame.
            for handled in 1..=DRAIN {
                let next = match wake {
                    Wake::End => return Ok(()),
                    Wake::Paint => break,
                    Wake::Input(event) => self.handle(event, &mut keys, &mut pace)?,
                    Wake::Data(event) => self.handle_data(event, &mut keys, &mut pace)?,
                };
                if next == Next::Quit {
                    return Ok(());
                }
                // What is taken is handled: the last one of a burst stays where it waits.
                if handled == DRAIN {
                    break;
                }
                wake = tokio::select! {
                    biased;
                    wake = self.wait(&mut keys, &mut ends, &pace) => wake,
                    // Polled by this task, never with a waker that wakes nobody: the stream of keys keeps the first it sees.
                    () = std::future::ready(()) => break,
                };
            }
            self.note_consumption(&mut pace);
            if pace.is_due() {
                self.draw(&mut pace)?;
            }
        }
    }

    async fn wait(&mut self, keys: &mut Option<EventStream>, ends: &mut Ends, pace: &Pace) -> Wake {
        loop {
            tokio::select! {
                biased;
                () = ends.any() => return Wake::End,
                key = next_key(keys) => match key {
                    Some(Some(event)) => return Wake::Input(event),
                    Some(None) => {}
                    None => return Wake::End,
                },
                Some(event) = self.inbox.recv() => return Wake::Data(event),
                () = tokio::time::sleep(pace.wait()), if pace.is_dirty() => return Wake::Paint,
                () = tokio::time::sleep(TICK), if self.state.is_moving() => return Wake::Data(Event::Tick),
            }
        }
    }

    /// What a person did is shown at once.
    fn handle(
        &mut self,
        event: Event,
        keys: &mut Option<EventStream>,
        pace: &mut Pace,
    ) -> Result<Next, Problem> {
        let next = self.handle_data(event, keys, pace)?;
        pace.hurry();
        Ok(next)
    }

    fn handle_data(
        &mut self,
        event: Event,
        keys: &mut Option<EventStream>,
        pace: &mut Pace,
    ) -> Result<Next, Problem> {
        if matches!(event, Event::Resize) {
            pace.soil();
        }
        let effects = update(self.state, event, &now());
        if effects.wants_redraw() {
            pace.soil();
        }
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(Next::Quit),
                Effect::Suspend => {
                    self.suspend(keys)?;
                    pace.soil();
                }
                Effect::Copy(text) => self.screen.copy(&text)?,
                Effect::SetTheme(name) => match (self.find_theme)(&name) {
                    Ok(theme) => *self.theme = theme,
                    Err(problem) => {
                        update(self.state, Event::Problem(problem), &now());
                    }
                },
                job => self.runner.run(job, self.state),
            }
        }
        Ok(Next::Continue)
    }

    fn note_consumption(&mut self, pace: &mut Pace) {
        for event in self.runner.news() {
            let effects = update(self.state, event, &now());
            if effects.wants_redraw() {
                pace.soil();
            }
        }
    }

    fn draw(&mut self, pace: &mut Pace) -> Result<(), Problem> {
        let viewports = self
            .screen
            .draw(|frame| ui::render(self.state, self.theme, frame))?;
        pace.drawn();
        // A first look at new sizes may move offsets; then one more frame shows them.
        if update(self.state, Event::Viewports(viewports), &now()).wants_redraw() {
            let again = self
                .screen
                .draw(|frame| ui::render(self.state, self.theme, frame))?;
            update(self.state, Event::Viewports(again), &now());
        }
        Ok(())
    }

    /// ctrl-z is a key in raw mode: leave the terminal, stop as the shell expects, come back and repaint.
    fn suspend(&mut self, keys: &mut Option<EventStream>) -> Result<(), Problem> {
        *keys = None;
        self.screen.leave();
        let stopped = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
        self.screen.come_back()?;
        *keys = Some(EventStream::new());
        stopped
            .map_err(|e| Problem::new("the program could not be suspended").because(e.to_string()))
    }
}

/// The next input: `None` at the end of the terminal, `Some(None)` for what means nothing to us.
async fn next_key(keys: &mut Option<EventStream>) -> Option<Option<Event>> {
    match keys {
        Some(stream) => match stream.next().await {
            Some(Ok(event)) => Some(input::translate(event)),
            Some(Err(_)) | None => None,
        },
        None => std::future::pending().await,
    }
}

/// Signals that end the program.
struct Ends {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
}

impl Ends {
    fn new() -> Result<Self, Problem> {
        let listen = |kind| {
            signal(kind)
                .map_err(|e| Problem::new("signals cannot be received").because(e.to_string()))
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn now() -> Env {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Env {
        now_millis: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
    }
}

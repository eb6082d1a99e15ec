//! A frame of a large result: rows that are not in sight must cost nothing.

use criterion::{Criterion, criterion_group, criterion_main};
use driftscope::app::results::{Phase, Results};
use driftscope::app::{Pane, Start, State};
use driftscope::domain::item::BlockBuilder;
use driftscope::domain::value::{Item, Value};
use driftscope::engine::execute::{Answer, Consumption};
use driftscope::theme::{ColorLevel, Library};
use driftscope::ui::render;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const ROWS: usize = 100_000;
const PAGE: usize = 2_000;

fn item(n: usize) -> Item {
    let text = |name: &str, text: String| (name.to_owned(), Value::S(text));
    let number = |name: &str, n: usize| {
        let number = i64::try_from(n).unwrap_or(0).into();
        (name.to_owned(), Value::N(number))
    };
    Item::from([
        text(
            "airport",
            format!("DALLAS/FORT WORTH INTL ARPT {}", n % 300),
        ),
        text("strike_id", format!("S{n:06}")),
        text(
            "struck_on",
            format!("1998-{:02}-{:02}", n % 12 + 1, n % 28 + 1),
        ),
        text("operator", "UNITED AIRLINES".to_owned()),
        text("aircraft", "B-737-300".to_owned()),
        text("species", "Unknown bird or bat".to_owned()),
        text("damage", "None".to_owned()),
        text("phase", "Take-off run".to_owned()),
        number("cost_total", n * 7 % 100_000),
        number("speed", n % 400),
    ])
}

/// A result of 100,000 rows, the cursor in the middle of it.
fn state() -> State {
    let mut state = State::new(Start::default());
    let mut results = Results::default();
    for page in 0..ROWS / PAGE {
        let mut block = BlockBuilder::new();
        for n in page * PAGE..(page + 1) * PAGE {
            block.push(&item(n));
        }
        results.push(block.finish());
    }
    results.scroll.put(ROWS / 2, ROWS, 40);
    results.phase = Phase::Ended(Answer {
        count: ROWS as u64,
        complete: true,
        consumption: Consumption::default(),
        error: None,
        observed: Vec::new(),
    });
    state.results = results;
    state.focus(Pane::Results);
    state
}

fn frame(criterion: &mut Criterion) {
    let state = state();
    let Ok(theme) = Library::new([]).load("dark", ColorLevel::TrueColor) else {
        return;
    };
    let Ok(mut terminal) = Terminal::new(TestBackend::new(200, 60));
    criterion.bench_function("frame of 100,000 rows at 200x60", |bencher| {
        bencher.iter(|| {
            terminal
                .draw(|frame| {
                    render(&state, &theme, frame);
                })
                .map(|_| ())
        });
    });
}

criterion_group!(benches, frame);
criterion_main!(benches);

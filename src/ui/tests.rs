mod beside;
mod drift;
mod pipeline;
mod safety;

use super::render;
use crate::app::fixture::{
    Script, answer, block, book, consumption, finding, outcome, strike, strikes,
};
use crate::app::{
    Answer, CatalogEvent, CheckEvent, CheckStep, CopyProgress, DriftEvent, DriftProgress, Event,
    ReadEvent, RunEvent, SandboxProgress, Session, Slot, Start, State,
};
use crate::domain::drift::Class;
use crate::domain::names::{CopyName, Rcu, TableName};
use crate::domain::problem::{Place, Problem};
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::domain::value::{Item, Value};
use crate::store::budget::Pace;
use crate::store::throttle::{Reason, Throttle};
use crate::theme::{ColorLevel, Library, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::Xxh3;

fn theme(level: ColorLevel) -> Theme {
    Library::new([]).load("dark", level).unwrap()
}

/// Draws until sizes have come back, as the loop does.
fn drawn(script: &mut Script, width: u16, height: u16, level: ColorLevel) -> Buffer {
    let theme = theme(level);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    for _ in 0..2 {
        let mut ports = None;
        terminal
            .draw(|frame| ports = Some(render(&script.state, &theme, frame)))
            .unwrap();
        script.event(Event::Viewports(ports.unwrap()));
    }
    terminal.backend().buffer().clone()
}

/// The screen as text, and one line that changes when any style does.
fn screen(script: &mut Script, width: u16, height: u16) -> String {
    let buffer = drawn(script, width, height, ColorLevel::TrueColor);
    let mut hasher = Xxh3::new();
    for cell in buffer.content() {
        cell.style().hash(&mut hasher);
    }
    format!("{}styles_hash: {:016x}\n", text(&buffer), hasher.finish())
}

fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let mut out = String::new();
    for row in buffer.content().chunks(width) {
        let mut line = String::new();
        let mut skip = 0;
        for cell in row {
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = crate::app::text::width(cell.symbol()).max(1);
            }
            skip -= 1;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Narrow, usual, and wide.
const ALL_SIZES: &[(u16, u16)] = &[(80, 24), (120, 40), (200, 60)];

/// Compares the screen at both sizes with what was approved.
fn approve(name: &str, script: &mut Script) {
    approve_at(name, script, &[(80, 24), (120, 40)]);
}

/// Compares the screen at these sizes with what was approved.
fn approve_at(name: &str, script: &mut Script, sizes: &[(u16, u16)]) {
    for (width, height) in sizes.iter().copied() {
        let shown = screen(script, width, height);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), shown);
    }
}

/// The request of the first screen of the product, with its route.
fn asked() -> Script {
    let mut script = Script::described();
    script.event(Event::Session(Session {
        rcu: Rcu(12.5),
        requests: 9,
    }));
    script.request(
        "SELECT * FROM strikes WHERE struck_on BETWEEN '1998-08-10' AND '1998-10-02' ORDER BY struck_on DESC LIMIT 100",
    );
    script.keys("enter").reroute();
    script
}

/// The same, answered.
fn data() -> Script {
    let mut script = asked();
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..100))));
    script.now += 41;
    script.run(RunEvent::Done(answer(100)));
    script
}

fn denied() -> Problem {
    Problem::new("`strikes_by_state` cannot be described")
        .because("the role `reader` may not call `dynamodb:DescribeTable` on it")
        .hint("grant `dynamodb:DescribeTable`, or use another profile with `--profile`")
}

#[test]
fn explore_before_any_table_is_described() {
    let mut script = Script::new();
    script.event(Event::Sandbox(SandboxProgress {
        loaded: 4_200,
        of: 10_000,
    }));
    approve("explore_loading", &mut script);
}

#[test]
fn explore_without_any_table() {
    let mut script = Script::new();
    script.state = State::new(Start::default());
    script.event(Event::Catalog(CatalogEvent::Done));
    approve("explore_empty", &mut script);
}

#[test]
fn explore_with_rows() {
    approve("explore_data", &mut data());
}

#[test]
fn explore_while_nothing_has_matched_yet() {
    let mut script = asked();
    script.run(RunEvent::Read(ReadEvent::Progress(consumption(
        2.5, 812, 0,
    ))));
    script.now += 1_200;
    script.event(Event::Tick);
    approve("explore_running", &mut script);
}

#[test]
fn explore_when_nothing_matches() {
    let mut script = asked();
    script.run(RunEvent::Done(answer(0)));
    approve("explore_no_rows", &mut script);
}

#[test]
fn explore_with_a_request_that_is_wrong() {
    let mut script = data();
    let last = script.state.routing.last.clone();
    script.request("SELECT * FROM strikes WHERE DISTINCT airport");
    script.state.routing.last = last;
    approve("explore_request_wrong", &mut script);
}

#[test]
fn explore_with_a_table_that_failed_and_a_run_that_stopped() {
    let mut script = asked();
    script.table_fails("strikes_by_state", denied());
    script.reroute();
    script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..4))));
    let throttled = Problem::new("`strikes_by_month` is throttled")
        .because("the partition `1998-08` takes no more than 3,000 RCU a second")
        .hint("`--rcu-per-second 500`");
    script.run(RunEvent::Done(Answer {
        complete: false,
        error: Some(ReadError {
            kind: ReadErrorKind::Throttled,
            problem: throttled,
        }),
        ..answer(4)
    }));
    approve("explore_error", &mut script);
}

#[test]
fn explore_with_a_dataset_file_that_is_wrong() {
    let problem = Problem::new("no function `moth`")
        .hint("`month`")
        .at(Place {
            file: Some("driftscope.toml".to_owned()),
            line: 12,
            column: 20,
            length: 4,
        });
    let mut script = Script::new();
    script.state = State::new(Start {
        problems: vec![problem],
        ..Start::default()
    });
    approve("explore_file_wrong", &mut script);
}

#[test]
fn explore_with_a_count() {
    let mut script = Script::described();
    script
        .request("SELECT COUNT(*) FROM strikes")
        .keys("enter")
        .reroute();
    script.run(RunEvent::Done(answer(10_000)));
    approve("explore_count", &mut script);
}

#[test]
fn an_item_as_a_tree_and_as_json() {
    let mut script = data();
    let mut item = strike(1);
    let nested = Item::from([
        (
            "engines".to_owned(),
            Value::L(vec![Value::s("left"), Value::Bool(true)]),
        ),
        (
            "note".to_owned(),
            Value::s("a note that is too long for one line. ".repeat(12)),
        ),
    ]);
    item.insert("aircraft".to_owned(), Value::M(nested));
    script.run_again(item);
    script.keys("enter j j j j");
    approve("item_tree", &mut script);
    script.keys("J");
    approve("item_json", &mut script);
}

#[test]
fn a_route_over_a_copy_with_drift_says_so_and_how_to_read_the_base() {
    let mut script = found();
    script.keys("q").reroute();
    let shown = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    assert!(shown.contains("a copy, lag unknown, ✗ 2 drift"), "{shown}");
    assert!(
        shown
            .contains("! `by_month` has 2 drifted items by its last check: `FROM strikes.strikes`"),
        "{shown}"
    );
}

#[test]
fn the_tree_tells_what_is_known_of_the_sizes_of_the_selected_table() {
    use crate::domain::names::Range;
    use crate::domain::stats::{Observation, PathName, Seen};
    let mut script = asked();
    let shown = |script: &mut Script| text(&drawn(script, 120, 40, ColorLevel::TrueColor));
    assert!(shown(&mut script).contains("not analyzed: key a"));
    let observed = Observation {
        path: PathName {
            table: TableName::from("strikes"),
            index: None,
        },
        seen: Seen::All {
            items: 10_000,
            bytes: Range::new(2_900_000, 2_950_000),
        },
    };
    script.run(RunEvent::Done(Answer {
        observed: vec![observed],
        ..answer(0)
    }));
    script.now += 120_000;
    assert!(shown(&mut script).contains("learned 2 min ago: key a"));
    script.keys("a");
    assert!(shown(&mut script).contains("sampling"));
}

#[test]
fn why_this_route_is_told_in_full() {
    let mut script = found();
    script.keys("q").reroute().keys("x");
    approve_at("why", &mut script, ALL_SIZES);
}

#[test]
fn rows_sorted_within_groups_say_by_what() {
    let mut script = Script::described();
    script.request("SELECT * FROM strikes ORDER BY struck_on DESC, cost_total");
    script.keys("esc").reroute().keys("x");
    let shown = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    let order = "one partition after the other, descending; equal struck_on sorted by cost_total";
    assert!(shown.contains(order), "{shown}");
}

#[test]
fn the_parts_of_a_union_are_told_one_by_one() {
    let mut script = data();
    if let Some(planned) = &mut script.state.routing.last {
        let plan = &mut planned.route.plan;
        let scan = planned.route.rejected[1].plan.as_deref().cloned().unwrap();
        plan.parts = vec![plan.clone(), scan];
    }
    script.keys("x");
    approve("why_union", &mut script);
}

#[test]
fn the_status_line_tells_the_pace_and_what_throttled_it_while_something_runs() {
    let mut script = asked();
    script.run(RunEvent::Read(ReadEvent::Progress(consumption(
        2.5, 812, 0,
    ))));
    script.event(Event::Pace(Pace {
        rate: Some(Rcu(40.0)),
        share: Some(0.2),
        throttle: Some(Throttle {
            table: TableName::from("strikes_by_month"),
            index: None,
            reason: Reason::KeyRange,
        }),
    }));
    let status = |script: &mut Script, width| {
        let shown = text(&drawn(script, width, 24, ColorLevel::TrueColor));
        shown.lines().last().unwrap_or_default().to_owned()
    };
    assert!(status(&mut script, 200).contains(
        " · throttled: table `strikes_by_month`, key range · 40 RCU/s, 20% of provisioned"
    ));
    assert!(status(&mut script, 80).contains(" · throttled"));
    script.run(RunEvent::Done(answer(0)));
    assert!(!status(&mut script, 200).contains("RCU/s"));
}

#[test]
fn badges_in_the_tree_after_a_check() {
    let mut script = found();
    script.now += 130_000;
    script.keys("q");
    script.reroute();
    approve("explore_checked", &mut script);
}

/// Two requests ran; the screen shows the first one again, three minutes later.
fn again() -> Script {
    let mut script = data();
    script.request("SELECT * FROM audit_log").keys("enter");
    script.run(RunEvent::Done(answer(0)));
    script.now += 180_000;
    script.keys("[").reroute();
    script
}

#[test]
fn an_earlier_answer_says_how_old_it_is_and_what_it_saved() {
    approve_at("explore_again", &mut again(), ALL_SIZES);
}

#[test]
fn the_ledger_with_requests() {
    let mut script = again();
    script.event(Event::Session(Session {
        rcu: Rcu(1236.5),
        requests: 38,
    }));
    script.keys("L");
    script.event(Event::Ledger(book(37)));
    script.keys("j j");
    approve_at("ledger", &mut script, ALL_SIZES);
}

#[test]
fn the_ledger_before_anything_was_read() {
    let mut script = Script::described();
    script.keys("L");
    approve("ledger_empty", &mut script);
}

#[test]
fn what_lies_over_the_screen() {
    let mut script = data();
    script.keys("?");
    approve("help", &mut script);
    script.keys("esc :").text("sort");
    approve("palette", &mut script);
    script.keys("esc /").text("mon");
    approve("find", &mut script);
    script.keys("esc");
    script.table_fails("strikes_by_state", denied());
    script.reroute().keys("!");
    approve("problems", &mut script);
}

#[test]
fn a_question_names_the_figure_and_the_cheaper_route() {
    use crate::app::overlay::{Overlay, Question};
    let mut script = data();
    let planned = crate::app::fixture::routed("SELECT * FROM strikes");
    let scan = planned.route.rejected[1].estimate.unwrap();
    script.state.overlay = Some(Overlay::Question(Question::Cost {
        estimate: scan,
        limit: Rcu(100.0),
        cheaper: Some(("by_month".to_owned(), planned.route.plan.estimate)),
    }));
    approve("question", &mut script);
}

#[test]
fn without_color_no_cell_has_one_and_the_text_is_the_same() {
    let mut script = found();
    let colored = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    let plain = drawn(&mut script, 120, 40, ColorLevel::NoColor);
    assert_eq!(text(&plain), colored);
    for cell in plain.content() {
        assert_eq!(cell.fg, ratatui::style::Color::Reset);
        assert_eq!(cell.bg, ratatui::style::Color::Reset);
    }
    let reversed =
        |cell: &&ratatui::buffer::Cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED);
    assert!(
        plain.content().iter().filter(reversed).count() > 0,
        "the cursor"
    );
}

#[test]
fn the_column_under_the_cursor_is_always_whole_in_sight() {
    let wide = (0..40).map(|n| {
        (
            format!("attribute_{n:02}"),
            Value::s("x".repeat(n % 30 + 1)),
        )
    });
    let mut script = data();
    script.run_again(wide.collect());
    for key in ["l"; 50].iter().chain(&["h"; 50]) {
        script.keys(key);
        drawn(&mut script, 80, 24, ColorLevel::TrueColor);
        let results = &script.state.results;
        let title = results.columns.list()[results.column].title.len();
        let mut shown = script.state.viewports.columns.iter();
        let shown = shown.find(|column| column.index == results.column).unwrap();
        assert!(usize::from(shown.width) >= title, "{shown:?}");
        assert!(shown.x + shown.width < 80, "{shown:?}");
    }
}

#[test]
fn a_small_terminal_says_what_it_needs() {
    let mut script = data();
    let shown = text(&drawn(&mut script, 50, 10, ColorLevel::TrueColor));
    assert!(shown.starts_with("the terminal is 50×10\nat least 60×15 is needed\n"));
}

impl Script {
    /// The request is run again and gives this one item.
    fn run_again(&mut self, item: Item) {
        self.keys("r").reroute();
        self.run(RunEvent::Read(ReadEvent::Rows(block([item]))));
        self.run(RunEvent::Done(answer(1)));
    }
}

/// A check that found something.
fn found() -> Script {
    let mut script = Script::described();
    script.keys("d");
    let findings = [
        (Class::Missing, "by_month", "S04711"),
        (Class::Different, "by_month", "S00815"),
        (Class::Orphaned, "by_state", "S09999"),
        (Class::Unmappable, "damaged", "S01234"),
    ];
    let findings = findings.map(|(class, copy, id)| finding(class, copy, id));
    script.now += 4_100;
    let copies = [
        ("by_month", 2),
        ("by_state", 1),
        ("damaged", 1),
        ("by_party", 0),
    ];
    let outcome = outcome(&copies, findings.to_vec());
    script.check(CheckEvent::Done(Box::new(Ok(outcome))));
    script
}

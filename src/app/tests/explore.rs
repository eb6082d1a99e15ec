use super::*;
use crate::app::item::Shape;
use crate::app::overlay::Overlay;
use crate::app::request::Mode;
use crate::app::routing::Verdict;
use crate::app::tree::{Fold, Node};
use crate::domain::names::TableName;
use crate::domain::problem::Problem;
use crate::domain::query::Consistency;
use crate::domain::read::{ReadError, ReadErrorKind};
use crate::engine::catalog::CatalogEvent;
use rstest::rstest;

fn labels(script: &Script) -> Vec<&str> {
    let rows = script.state.tree.rows.iter();
    rows.map(|row| row.node.label()).collect()
}

#[test]
fn datasets_are_in_the_tree_before_any_table_is_described() {
    let script = Script::new();
    assert_eq!(
        labels(&script),
        [
            "strikes", "strikes", "by_month", "by_state", "damaged", "by_party"
        ]
    );
    assert_eq!(
        script.state.request.text(),
        "SELECT * FROM strikes LIMIT 100"
    );
    assert!(matches!(script.state.routing.verdict, Verdict::Waiting(_)));
}

#[test]
fn a_request_that_waits_cannot_be_run_and_says_why() {
    let mut script = Script::new();
    script.keys("r");
    assert!(script.last_run().is_none());
    assert_eq!(
        script.notice(),
        "cannot run: its tables are not described yet"
    );
}

#[test]
fn moving_in_the_tree_writes_the_default_request_and_enter_runs_it() {
    let mut script = Script::described();
    script.keys("j j j j");
    assert_eq!(script.selected(), "by_month");
    assert_eq!(
        script.state.request.text(),
        "SELECT * FROM strikes.by_month LIMIT 100"
    );
    script.keys("enter");
    let (request, _) = script.last_run().unwrap();
    assert_eq!(request.from, ["strikes", "by_month"]);
    assert_eq!(script.state.pane(), Pane::Results);
}

#[test]
fn a_text_the_user_wrote_is_left_alone_by_the_tree_until_enter() {
    let mut script = Script::described();
    script
        .request("SELECT airport FROM strikes")
        .keys("esc shift-tab j j");
    assert_eq!(script.state.request.text(), "SELECT airport FROM strikes");
    script.keys("enter");
    assert_ne!(script.state.request.text(), "SELECT airport FROM strikes");
}

#[test]
fn the_cursor_stays_on_its_node_while_tables_come_in_above_it() {
    let mut script = Script::described();
    script.keys("G");
    assert_eq!(script.selected(), "audit_log");
    let names = vec![TableName::from("aaa"), TableName::from("zzz")];
    script.event(Event::Catalog(CatalogEvent::Listed(names)));
    assert_eq!(script.selected(), "audit_log");
}

#[test]
fn a_table_outside_the_datasets_is_described_once_when_it_is_wanted() {
    let mut script = Script::described();
    let name = TableName::from("late");
    script.event(Event::Catalog(CatalogEvent::Listed(vec![name.clone()])));
    script.taken();
    script.keys("G");
    assert_eq!(script.taken(), [Effect::Describe(vec![name])]);
    script.keys("k j");
    assert_eq!(script.taken(), []);
}

#[test]
fn a_failed_table_leaves_the_others_alone_and_is_described_again_with_all() {
    let mut script = Script::described();
    script.table_fails("audit_log", Problem::new("not allowed"));
    script.keys("enter");
    assert!(script.last_run().is_some());
    script.taken();
    script.keys("R");
    assert_eq!(
        script.taken(),
        [
            Effect::Describe(vec![TableName::from("audit_log")]),
            Effect::Reload
        ]
    );
}

#[test]
fn a_list_that_failed_is_a_problem_until_it_comes() {
    let mut script = Script::described();
    for _ in 0..2 {
        let error = ReadError {
            kind: ReadErrorKind::Connection,
            problem: Problem::new("no connection"),
        };
        script.event(Event::Catalog(CatalogEvent::ListFailed(error)));
    }
    assert_eq!(script.state.all_problems().len(), 1);
    script.event(Event::Catalog(CatalogEvent::Listed(Vec::new())));
    assert!(script.state.all_problems().is_empty());
}

#[test]
fn a_filter_takes_the_cursor_to_what_it_found() {
    let mut script = Script::described();
    script.keys("/").text("party");
    assert_eq!(script.selected(), "by_party");
    script.keys("enter");
    assert!(script.state.request.text().contains("by_party"));
}

#[test]
fn without_datasets_the_first_table_is_selected() {
    let mut script = Script::described();
    script.state = State::new(Start::default());
    let names = vec![TableName::from("one"), TableName::from("two")];
    script.event(Event::Catalog(CatalogEvent::Listed(names)));
    assert_eq!(script.selected(), "one");
}

#[test]
fn left_closes_a_dataset_and_right_opens_it() {
    let mut script = Script::described();
    script.keys("h");
    assert_eq!(labels(&script), ["strikes", "tables", "audit_log"]);
    script.keys("l");
    assert!(labels(&script).contains(&"by_month"));
    script.keys("j j h");
    assert_eq!(script.state.tree.selected().unwrap().label(), "strikes");
    assert!(matches!(script.state.tree.selected(), Some(Node::Base(..))));
}

#[test]
fn a_filter_shows_matching_rows_with_what_holds_them_until_esc() {
    let mut script = Script::described();
    let all = script.state.tree.rows.len();
    script.keys("/").text("MONTH").keys("enter");
    assert_eq!(labels(&script), ["strikes", "by_month"]);
    assert_eq!(script.state.tree.rows[0].fold, Fold::Open);
    script.keys("esc");
    assert_eq!(script.state.tree.rows.len(), all);
}

#[test]
fn the_route_follows_while_typing_and_the_last_good_one_stays() {
    let mut script = Script::described();
    script.request("SELECT * FROM strikes");
    assert!(script.state.routing.good().is_some());
    script.text(" WHERE");
    assert!(script.state.routing.problem().is_some());
    assert!(script.state.routing.good().is_none());
    assert!(script.state.routing.last.is_some());
}

#[test]
fn enter_in_a_request_that_is_wrong_stays_in_the_text() {
    let mut script = Script::described();
    script.request("SELECT * FROM").keys("enter");
    assert_eq!(script.state.request.mode, Mode::Edit);
    assert!(script.notice().starts_with("cannot run: "));
    assert!(script.last_run().is_none());
}

#[test]
fn an_unknown_dataset_is_a_problem_once_everything_is_listed() {
    let mut script = Script::described();
    script.request("SELECT * FROM strieks");
    let problem = script.state.routing.problem().unwrap();
    assert!(problem.hint.as_deref().unwrap_or("").contains("strikes"));
}

#[test]
fn sorting_goes_through_descending_ascending_none() {
    let mut script = Script::answered(3);
    script.keys("s");
    assert!(
        script
            .state
            .request
            .text()
            .contains("ORDER BY airport DESC")
    );
    script.keys("s");
    let text = script.state.request.text();
    assert!(
        text.contains("ORDER BY airport") && !text.contains("DESC"),
        "{text}"
    );
    script.keys("s");
    assert!(!script.state.request.text().contains("ORDER BY"));
}

#[test]
fn filtering_by_a_value_adds_it_once_with_its_type() {
    let mut script = Script::answered(3);
    script.keys("f f");
    let text = script.state.request.text();
    assert!(
        text.contains("WHERE airport = 'CHICAGO O''HARE INTL' LIMIT"),
        "{text}"
    );
    script.keys("l l f");
    let text = script.state.request.text();
    assert!(text.contains("AND cost_total = 1250 LIMIT"), "{text}");
    assert!(script.state.routing.good().is_some());
}

#[test]
fn rows_of_an_earlier_request_are_known_as_such() {
    let mut script = Script::answered(3);
    assert!(script.state.results_are_current());
    script.keys("+");
    assert!(!script.state.results_are_current());
}

#[test]
fn the_limit_goes_round() {
    let mut script = Script::answered(1);
    let mut seen = Vec::new();
    for _ in 0..4 {
        script.keys("+");
        let text = script.state.request.text();
        seen.push(
            text.split_once("LIMIT ")
                .map_or("none", |(_, n)| n)
                .to_owned(),
        );
    }
    assert_eq!(seen, ["500", "none", "50", "100"]);
}

#[test]
fn strong_reads_are_planned_strong() {
    let mut script = Script::described();
    script.keys("c r");
    let (_, plan) = script.last_run().unwrap();
    assert_eq!(plan.consistency, Consistency::Strong);
}

#[test]
fn an_item_opens_turns_its_pages_and_closes() {
    let mut script = Script::answered(3);
    script.keys("j enter");
    assert_eq!(
        (script.state.screen, script.state.item.row),
        (Screen::Item, 1)
    );
    script.keys("] ]");
    assert_eq!(script.state.item.row, 2);
    assert_eq!(script.state.results.scroll.cursor, 2);
    script.keys("J");
    assert_eq!(script.state.item.shape, Shape::Json);
    script.keys("esc");
    assert_eq!(script.state.screen, Screen::Explore);
}

#[rstest]
#[case("y", "CHICAGO O'HARE INTL")]
#[case("l y", "S00000")]
#[case("l l y", "1250")]
fn the_value_under_the_cursor_is_copied(#[case] keys: &str, #[case] copied: &str) {
    let mut script = Script::answered(1);
    script.taken();
    script.keys(keys);
    let notice = format!("copied {copied}");
    assert_eq!(script.notice(), notice);
    assert_eq!(script.taken(), [Effect::Copy(copied.to_owned())]);
}

#[test]
fn an_item_is_copied_as_json() {
    let mut script = Script::answered(1);
    script.taken();
    script.keys("ctrl-y");
    let [Effect::Copy(json)] = &script.taken()[..] else {
        panic!("one copy");
    };
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["strike_id"], "S00000");
}

#[test]
fn why_opens_over_the_screen_and_esc_closes_it() {
    let mut script = Script::described();
    script.keys("x");
    assert!(matches!(script.state.overlay, Some(Overlay::Why(_))));
    script.keys("esc");
    assert!(script.state.overlay.is_none());
}

//! The same item in every copy.

use super::*;
use crate::app::fixture::beside;
use crate::domain::drift::Beside;

fn shown(looked: Result<Beside, ReadError>) -> Script {
    let mut script = found();
    script.keys("j enter");
    script.now += 2_000;
    let ticket = script.ticket(Slot::Beside);
    script.event(Event::Beside(ticket, Box::new(looked)));
    script
}

#[test]
fn an_item_beside_its_copies() {
    let mut script = shown(Ok(beside()));
    script.keys("l G k k");
    approve_at("beside", &mut script, ALL_SIZES);
}

#[test]
fn columns_that_do_not_fit_follow_the_cursor() {
    let mut script = shown(Ok(beside()));
    script.keys("l l l");
    let narrow = text(&drawn(&mut script, 60, 20, ColorLevel::TrueColor));
    assert!(
        narrow.contains("by_party") && !narrow.contains("by_month"),
        "{narrow}"
    );
    assert!(narrow.contains("h l: +2"), "{narrow}");
}

#[test]
fn an_item_that_cannot_be_read() {
    let error = ReadError {
        kind: ReadErrorKind::Denied,
        problem: denied(),
    };
    let mut script = shown(Err(error));
    let shown = text(&drawn(&mut script, 80, 24, ColorLevel::TrueColor));
    assert!(shown.contains("may not call"), "{shown}");
    script.keys("r");
    let shown = text(&drawn(&mut script, 80, 24, ColorLevel::TrueColor));
    assert!(shown.contains("reading the item and its copies"), "{shown}");
}

#[test]
fn a_base_item_that_does_not_exist_and_a_copy_that_cannot_be_read_say_so() {
    let mut seen = beside();
    seen.base = None;
    seen.copies[0].found = Err(denied());
    let mut script = shown(Ok(seen));
    script.keys("l");
    let shown = text(&drawn(&mut script, 120, 40, ColorLevel::TrueColor));
    for words in ["does not exist", "? not read", "cannot be described"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

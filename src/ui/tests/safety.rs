//! Whatever comes, the screen is drawn, and nothing raw reaches it.

use super::*;
use crate::app::fixture::random::any_steps;
use proptest::prelude::*;

const HOSTILE: &str =
    "\u{1b}]52;c;cm0=\u{7}\u{1b}[31m\u{9b}2J\u{202e}gpj\u{200b}\u{feff}\r\n\t\u{0}x";

/// Whether a cell holds something that must never reach a terminal.
fn is_raw(symbol: &str) -> bool {
    symbol.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
    })
}

#[test]
fn hostile_text_never_reaches_the_screen_raw() {
    let hostile = Item::from([
        ("airport".to_owned(), Value::s(HOSTILE)),
        ("strike_id".to_owned(), Value::s("S1")),
        (HOSTILE.to_owned(), Value::L(vec![Value::s(HOSTILE)])),
    ]);
    let mut script = data();
    script.run_again(hostile);
    let name = TableName::from(HOSTILE);
    script.event(Event::Catalog(CatalogEvent::Listed(vec![name])));
    script.event(Event::Problem(
        Problem::new(HOSTILE).because(HOSTILE).hint(HOSTILE),
    ));
    let clean = |script: &mut Script| {
        let buffer = drawn(script, 120, 40, ColorLevel::TrueColor);
        let raw = buffer.content().iter().find(|cell| is_raw(cell.symbol()));
        assert!(raw.is_none(), "{raw:?}");
        text(&buffer)
    };
    assert!(clean(&mut script).contains("␛]52;c;cm0=␇␛[31m⟦009B⟧2J⟦202E⟧gpj"));
    script.keys("f");
    clean(&mut script);
    script.keys("!");
    clean(&mut script);
    script.keys("esc enter");
    assert!(clean(&mut script).contains("⟦202E⟧"));
    script.keys("j j J");
    clean(&mut script);
    let mut script = found();
    let mut bad = finding(Class::Different, HOSTILE, HOSTILE);
    bad.detail = Some(HOSTILE.to_owned());
    bad.attributes[0].path = HOSTILE.to_owned();
    bad.attributes[0].copy = Some(Value::s(HOSTILE));
    script.keys("d");
    script.check(CheckEvent::Drift(DriftEvent::Finding(Box::new(bad))));
    assert!(clean(&mut script).contains("⟦202E⟧"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_script_draws_at_any_size(
        steps in any_steps(),
        sizes in prop::collection::vec((1u16..130, 1u16..45), 1..4),
    ) {
        let mut script = Script::described();
        let mut sizes = sizes.into_iter().cycle();
        for (n, step) in steps.into_iter().enumerate() {
            script.step(step);
            if n % 4 == 0 && let Some((width, height)) = sizes.next() {
                drawn(&mut script, width, height, ColorLevel::TrueColor);
                prop_assert!(script.cursors_are_in_range());
            }
        }
    }
}

//! crossterm's events as the application's.

use crate::app::{Event, Key, KeyCode, Modifiers, Mouse, MouseAction};
use crossterm::event::{self as term, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

/// What an event of the terminal means; nothing for those that mean nothing.
pub(super) fn translate(event: term::Event) -> Option<Event> {
    match event {
        term::Event::Key(key) if key.kind != KeyEventKind::Release => {
            translate_key(key).map(Event::Key)
        }
        term::Event::Mouse(mouse) => translate_mouse(mouse).map(Event::Mouse),
        term::Event::Paste(text) => Some(Event::Paste(text)),
        term::Event::Resize(..) => Some(Event::Resize),
        _ => None,
    }
}

fn translate_key(key: term::KeyEvent) -> Option<Key> {
    let held = |modifier| key.modifiers.contains(modifier);
    let mut modifiers = Modifiers {
        ctrl: held(KeyModifiers::CONTROL),
        alt: held(KeyModifiers::ALT),
        shift: held(KeyModifiers::SHIFT),
    };
    let code = match key.code {
        term::KeyCode::Char(c) => {
            modifiers.shift = false;
            KeyCode::Char(c)
        }
        term::KeyCode::BackTab => {
            modifiers.shift = true;
            KeyCode::Tab
        }
        term::KeyCode::Enter => KeyCode::Enter,
        term::KeyCode::Esc => KeyCode::Esc,
        term::KeyCode::Tab => KeyCode::Tab,
        term::KeyCode::Backspace => KeyCode::Backspace,
        term::KeyCode::Delete => KeyCode::Delete,
        term::KeyCode::Up => KeyCode::Up,
        term::KeyCode::Down => KeyCode::Down,
        term::KeyCode::Left => KeyCode::Left,
        term::KeyCode::Right => KeyCode::Right,
        term::KeyCode::Home => KeyCode::Home,
        term::KeyCode::End => KeyCode::End,
        term::KeyCode::PageUp => KeyCode::PageUp,
        term::KeyCode::PageDown => KeyCode::PageDown,
        term::KeyCode::F(n) => KeyCode::F(n),
        _ => return None,
    };
    Some(Key { code, modifiers })
}

fn translate_mouse(mouse: term::MouseEvent) -> Option<Mouse> {
    let action = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseAction::Press,
        MouseEventKind::ScrollUp => MouseAction::ScrollUp,
        MouseEventKind::ScrollDown => MouseAction::ScrollDown,
        _ => return None,
    };
    Some(Mouse {
        action,
        column: mouse.column,
        row: mouse.row,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn key(code: term::KeyCode, modifiers: KeyModifiers) -> Option<Event> {
        translate(term::Event::Key(term::KeyEvent::new(code, modifiers)))
    }

    #[rstest]
    #[case(term::KeyCode::Char('G'), KeyModifiers::SHIFT, "G")]
    #[case(term::KeyCode::BackTab, KeyModifiers::SHIFT, "shift-tab")]
    #[case(term::KeyCode::Char('d'), KeyModifiers::CONTROL, "ctrl-d")]
    #[case(term::KeyCode::F(5), KeyModifiers::NONE, "f5")]
    fn a_key_of_the_terminal_is_the_key_a_person_names(
        #[case] code: term::KeyCode,
        #[case] modifiers: KeyModifiers,
        #[case] name: &str,
    ) {
        let Some(Event::Key(found)) = key(code, modifiers) else {
            panic!("no key")
        };
        assert_eq!(found.to_string(), name);
    }

    #[test]
    fn a_release_means_nothing() {
        let mut event = term::KeyEvent::new(term::KeyCode::Char('q'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert!(translate(term::Event::Key(event)).is_none());
    }
}

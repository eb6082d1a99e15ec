//! A cursor in a list, and the part of the list that is shown.

/// A way to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Lines up.
    Up(usize),
    /// Lines down.
    Down(usize),
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first line.
    Top,
    /// To the last line.
    Bottom,
}

/// A cursor and the first line shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The line the cursor is on.
    pub cursor: usize,
    /// The first line shown.
    pub offset: usize,
}

impl Scroll {
    /// Moves the cursor in a list of `len` lines of which `height` are shown.
    pub fn step(&mut self, motion: Motion, len: usize, height: usize) {
        self.cursor = moved(self.cursor, motion, len, height);
        self.settle(len, height);
    }

    /// Moves the text itself, for panes without a cursor.
    pub fn page(&mut self, motion: Motion, len: usize, height: usize) {
        let last = len.saturating_sub(height);
        self.offset = moved(self.offset, motion, last + 1, height).min(last);
        self.cursor = self.offset;
    }

    /// Puts the cursor on a line.
    pub fn put(&mut self, cursor: usize, len: usize, height: usize) {
        self.cursor = cursor;
        self.settle(len, height);
    }

    /// Keeps the cursor in the list and in sight.
    pub fn settle(&mut self, len: usize, height: usize) {
        let height = height.max(1);
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.offset = self
            .offset
            .min(len.saturating_sub(height))
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height));
    }
}

fn moved(from: usize, motion: Motion, len: usize, height: usize) -> usize {
    let last = len.saturating_sub(1);
    let page = height.saturating_sub(1).max(1);
    let half = (height / 2).max(1);
    match motion {
        Motion::Up(n) => from.saturating_sub(n),
        Motion::Down(n) => from.saturating_add(n),
        Motion::HalfUp => from.saturating_sub(half),
        Motion::HalfDown => from.saturating_add(half),
        Motion::PageUp => from.saturating_sub(page),
        Motion::PageDown => from.saturating_add(page),
        Motion::Top => 0,
        Motion::Bottom => last,
    }
    .min(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn motion() -> impl Strategy<Value = Motion> {
        prop_oneof![
            (1usize..50).prop_map(Motion::Up),
            (1usize..50).prop_map(Motion::Down),
            Just(Motion::HalfUp),
            Just(Motion::HalfDown),
            Just(Motion::PageUp),
            Just(Motion::PageDown),
            Just(Motion::Top),
            Just(Motion::Bottom),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn the_cursor_stays_in_the_list_and_in_sight(
            steps in prop::collection::vec((motion(), 0usize..200, 1usize..60), 1..20)
        ) {
            let mut scroll = Scroll::default();
            for (motion, len, height) in steps {
                scroll.step(motion, len, height);
                prop_assert!(scroll.cursor < len.max(1));
                prop_assert!(scroll.offset <= scroll.cursor);
                prop_assert!(scroll.cursor < scroll.offset + height);
                prop_assert!(scroll.offset + height <= len.max(height));
            }
        }
    }

    #[test]
    fn a_text_scrolls_until_its_last_line_is_at_the_bottom() {
        let mut scroll = Scroll::default();
        scroll.page(Motion::Bottom, 30, 10);
        assert_eq!(scroll.offset, 20);
        scroll.page(Motion::Down(5), 30, 10);
        assert_eq!(scroll.offset, 20);
        scroll.page(Motion::PageUp, 30, 10);
        assert_eq!(scroll.offset, 11);
    }
}

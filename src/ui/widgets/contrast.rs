//! Two texts that differ, each in a few columns: the part shown is the one where they differ.

use crate::app::text::{sanitise, truncate, width};

/// The part of a text that is shown, in three pieces.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ui) struct Contrast {
    /// What both texts begin with.
    pub(in crate::ui) before: String,
    /// What they do not have in common.
    pub(in crate::ui) differing: String,
    /// What both end with, filled up with spaces.
    pub(in crate::ui) after: String,
}

/// The part of `one` that tells it from `other`, in exactly `columns`.
pub(in crate::ui) fn contrast(one: &str, other: &str, columns: usize) -> Contrast {
    let (one, other) = (sanitise(one), sanitise(other));
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let prefix = same.count();
    let tail = |text: &str| text.chars().skip(prefix).collect::<Vec<char>>();
    let (one_tail, other_tail) = (tail(&one), tail(&other));
    let backwards = one_tail.iter().rev().zip(other_tail.iter().rev());
    let suffix = backwards.take_while(|(a, b)| a == b).count();
    let fits = width(&one).max(width(&other)) <= columns;
    let common: Vec<char> = one.chars().take(prefix).collect();
    // Some of what both have in common tells where in the text this is.
    let start = if fits {
        0
    } else {
        prefix - last_within(&common, columns / 3)
    };
    // The mark of what is left out takes a column itself.
    let (lead, start) = match common[..start].iter().collect::<String>() {
        left_out if width(&left_out) > 1 => ("…", start),
        _ => ("", 0),
    };
    let window: String = one.chars().skip(start).collect();
    let window = format!("{lead}{window}");
    let shown = truncate(&window, columns);
    let before = lead.chars().count() + prefix - start;
    let differing = one_tail.len() - suffix;
    let mut chars = shown.chars();
    let mut take = |n: usize| chars.by_ref().take(n).collect::<String>();
    let (before, differing, after) = (take(before), take(differing), take(usize::MAX));
    let used = width(&shown);
    Contrast {
        before,
        differing,
        after: format!("{after}{}", " ".repeat(columns.saturating_sub(used))),
    }
}

/// How many of the last characters fit into `columns`.
fn last_within(text: &[char], columns: usize) -> usize {
    let mut used = 0;
    let fits = text.iter().rev().take_while(|c| {
        used += width(c.encode_utf8(&mut [0; 4]));
        used <= columns
    });
    fits.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::short("12", "7", 6, ["", "12", "    "])]
    #[case::in_the_middle("Take-off", "Take+off", 10, ["Take", "-", "off  "])]
    #[case::nothing_in_common("", "x", 3, ["", "", "   "])]
    #[case::repeated("aaa", "aa", 4, ["aa", "a", " "])]
    #[case::far_in("the bird hit the left engine", "the bird hit the nose", 12, ["…the ", "left e…", ""])]
    #[case::wide("鳥鳥鳥x", "鳥鳥鳥y", 6, ["…鳥", "x", "  "])]
    #[case::hostile("a\u{1b}b", "ab", 4, ["a", "␛", "b "])]
    fn the_part_that_differs_is_in_sight(
        #[case] one: &str,
        #[case] other: &str,
        #[case] columns: usize,
        #[case] shown: [&str; 3],
    ) {
        let found = contrast(one, other, columns);
        assert_eq!([&*found.before, &*found.differing, &*found.after], shown);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn it_takes_its_columns_and_shows_the_first_difference(
            same in "[ab鳥]{0,30}", one in "[ab鳥]{0,9}", other in "[ab鳥]{0,9}", columns in 4usize..20
        ) {
            let (one, other) = (format!("{same}x{one}"), format!("{same}y{other}"));
            let found = contrast(&one, &other, columns);
            let all = format!("{}{}{}", found.before, found.differing, found.after);
            prop_assert_eq!(width(&all), columns);
            prop_assert!(found.differing.starts_with(['x', '…']), "{:?}", found);
        }
    }
}

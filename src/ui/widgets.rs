//! Small parts of screens.

pub(super) mod contrast;
pub(super) mod problem;
pub(super) mod request;
pub(super) mod results;
pub(super) mod route;
pub(super) mod tree;

/// One frame of something that turns while time goes on.
pub(super) fn spinner(now_millis: u64) -> &'static str {
    const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
    let n = usize::try_from(now_millis / 100 % 10).unwrap_or(0);
    FRAMES[n]
}

/// A bar of at most `width` cells for `value` of `most`, in eighths; the smallest value is still seen.
pub(super) fn bar(value: f64, most: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if value <= 0.0 || most <= 0.0 {
        return String::new();
    }
    let width = u32::try_from(width).unwrap_or(u32::MAX);
    let eighths = (value / most).clamp(0.0, 1.0) * f64::from(width) * 8.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 8 times the width of a screen"
    )]
    let eighths = (eighths.round() as usize).max(1);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// A row of bars one cell wide and up to an eighth of a line fine; only nothing is blank.
pub(super) fn spark(values: &[f64], most: f64) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let cell = |value: &f64| {
        if *value <= 0.0 || most <= 0.0 {
            return ' ';
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 8"
        )]
        let eighths = ((value / most).clamp(0.0, 1.0) * 8.0).ceil() as usize;
        BARS[eighths.clamp(1, 8) - 1]
    };
    values.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::{bar, spark};

    #[test]
    fn a_sparkline_shows_the_smallest_value_and_leaves_nothing_blank() {
        assert_eq!(spark(&[0.0, 0.1, 4.0, 8.0], 8.0), " ▁▄█");
        assert_eq!(spark(&[0.0], 0.0), " ");
    }

    use rstest::rstest;

    #[rstest]
    #[case(3.5, 363.0, 26, "▎")]
    #[case(0.1, 363.0, 26, "▏")]
    #[case(363.0, 363.0, 4, "████")]
    #[case(500.0, 363.0, 4, "████")]
    #[case(0.0, 363.0, 4, "")]
    fn a_bar_is_proportional_and_never_vanishes(
        #[case] value: f64,
        #[case] most: f64,
        #[case] width: usize,
        #[case] shown: &str,
    ) {
        assert_eq!(bar(value, most, width), shown);
    }
}

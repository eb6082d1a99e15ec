//! Counts and sizes in few characters, as people read them.

/// A count in short: `950`, `10 k`, `1.2 M`.
#[must_use]
pub fn short_count(n: u64) -> String {
    scaled(n, ["", " k", " M", " G", " T"])
}

/// Bytes in short: `950 B`, `2.9 MB`.
#[must_use]
pub fn bytes(n: u64) -> String {
    scaled(n, [" B", " kB", " MB", " GB", " TB"])
}

#[expect(
    clippy::cast_precision_loss,
    reason = "three digits are shown, 52 bits are kept"
)]
fn scaled(n: u64, units: [&str; 5]) -> String {
    if n < 1000 {
        return format!("{n}{}", units[0]);
    }
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let tenths = (value * 10.0).round() % 10.0;
    let decimals = usize::from(value < 9.95 && tenths >= 1.0);
    format!("{value:.decimals$}{}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "0 B")]
    #[case(999, "999 B")]
    #[case(2_890_000, "2.9 MB")]
    #[case(10_000, "10 kB")]
    #[case(999_700, "1 MB")]
    #[case(123_456_789, "123 MB")]
    fn bytes_are_short(#[case] n: u64, #[case] text: &str) {
        assert_eq!(bytes(n), text);
    }
}

//! Colors, and what a terminal can show of them.

use super::{Modifiers, Style};

/// A color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Color {
    /// Red, green, blue.
    Rgb(u8, u8, u8),
    /// One of the 256 of xterm.
    Indexed(u8),
    /// One of the terminal's own 16.
    Ansi(u8),
}

/// How many colors a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColorLevel {
    /// None: modifiers alone.
    NoColor,
    /// The terminal's own 16.
    Ansi16,
    /// 256.
    Ansi256,
    /// All.
    TrueColor,
}

/// What the user wants: `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Wish {
    /// As the terminal can.
    #[default]
    Auto,
    /// Color in any case.
    Always,
    /// No color.
    Never,
}

/// The names of the terminal's own colors, in their order.
const ANSI: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// What xterm makes of its 16, for finding the nearest.
const ANSI_RGB: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// Steps of the 6×6×6 cube of the 256 colors.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Color {
    /// Reads `#rrggbb`, one of 16 names such as `bright-red`, or an index of the 256 such as `208`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(hex) = text.strip_prefix('#') {
            let value = u32::from_str_radix(hex, 16)
                .ok()
                .filter(|_| hex.len() == 6)?;
            let [_, r, g, b] = value.to_be_bytes();
            return Some(Self::Rgb(r, g, b));
        }
        if let Some(index) = ANSI.iter().position(|name| *name == text) {
            return u8::try_from(index).ok().map(Self::Ansi);
        }
        text.parse().ok().map(Self::Indexed)
    }

    fn rgb(self) -> [u8; 3] {
        match self {
            Self::Rgb(r, g, b) => [r, g, b],
            Self::Ansi(n) => ANSI_RGB[usize::from(n % 16)],
            Self::Indexed(n @ 0..16) => ANSI_RGB[usize::from(n)],
            Self::Indexed(n @ 16..232) => {
                let n = usize::from(n - 16);
                [CUBE[n / 36], CUBE[n / 6 % 6], CUBE[n % 6]]
            }
            Self::Indexed(n) => [8 + (n - 232) * 10; 3],
        }
    }

    fn to_256(self) -> Self {
        let Self::Rgb(..) = self else {
            return self;
        };
        let target = self.rgb();
        let nearest = (16..=255u8).min_by_key(|n| distance(Self::Indexed(*n).rgb(), target));
        nearest.map_or(self, Self::Indexed)
    }

    fn to_16(self) -> Self {
        if let Self::Ansi(_) = self {
            return self;
        }
        let target = self.rgb();
        let nearest = (0..16u8).min_by_key(|n| distance(Self::Ansi(*n).rgb(), target));
        nearest.map_or(self, Self::Ansi)
    }
}

/// Squared distance, weighted as the eye sees.
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let weights = [3, 4, 2];
    (0..3)
        .map(|i| weights[i] * u32::from(a[i].abs_diff(b[i])).pow(2))
        .sum()
}

impl ColorLevel {
    /// What the terminal can show, by the user's wish and the values of `NO_COLOR`, `COLORTERM`, and `TERM`.
    #[must_use]
    pub fn detect(
        wish: Wish,
        no_color: Option<&str>,
        colorterm: Option<&str>,
        term: Option<&str>,
    ) -> Self {
        // https://no-color.org: present and not empty. The command line overrides it.
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let able = match (colorterm, term) {
            (Some("truecolor" | "24bit"), _) => Self::TrueColor,
            (_, Some("dumb") | None) => Self::NoColor,
            (_, Some(term)) if term.contains("direct") => Self::TrueColor,
            (_, Some(term)) if term.contains("256") => Self::Ansi256,
            _ => Self::Ansi16,
        };
        match wish {
            Wish::Never => Self::NoColor,
            Wish::Always => able.max(Self::Ansi16),
            Wish::Auto if refused => Self::NoColor,
            Wish::Auto => able,
        }
    }

    /// The nearest style that can be shown. Without color, what has a ground of its own (other than
    /// that of the screen) is reversed.
    #[must_use]
    pub(super) fn fit(self, style: Style, screen: Option<Color>) -> Style {
        let convert = |color: Color| match self {
            Self::NoColor => None,
            Self::Ansi16 => Some(color.to_16()),
            Self::Ansi256 => Some(color.to_256()),
            Self::TrueColor => Some(color),
        };
        let grounded = self == Self::NoColor && style.bg.is_some() && style.bg != screen;
        Style {
            fg: style.fg.and_then(convert),
            bg: style.bg.and_then(convert),
            modifiers: if grounded {
                style.modifiers.with(Modifiers::REVERSE)
            } else {
                style.modifiers
            },
        }
    }
}

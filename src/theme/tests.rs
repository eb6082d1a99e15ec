use super::*;
use rstest::rstest;

fn library(text: &str) -> Library {
    Library::new([("mine".to_owned(), text.to_owned())])
}

#[test]
fn every_embedded_theme_loads_at_every_level() {
    let library = Library::new([]);
    for name in library.names() {
        for level in [
            ColorLevel::NoColor,
            ColorLevel::Ansi16,
            ColorLevel::Ansi256,
            ColorLevel::TrueColor,
        ] {
            let theme = library.load(name, level).unwrap();
            assert_eq!(theme.name, name);
        }
    }
}

#[test]
fn parents_come_first_and_all_end_at_text() {
    for role in Role::ALL {
        match role.parent() {
            Some(parent) => assert!(parent < role, "{}", role.name()),
            None => assert_eq!(role, Role::Text),
        }
    }
}

#[test]
fn a_partial_theme_is_complete_through_parents() {
    let theme = library("appearance = 'dark'\n[roles]\n'status.error' = '#ff0000'\n")
        .load("mine", ColorLevel::TrueColor)
        .unwrap();
    let red = Some(Color::Rgb(255, 0, 0));
    assert_eq!(theme.style(Role::DriftMissing).fg, red);
    assert_eq!(theme.style(Role::RequestError).fg, red);
    assert_eq!(theme.style(Role::Muted).fg, None);
}

#[test]
fn none_leaves_the_ground_to_the_terminal() {
    let theme =
        library("appearance = 'dark'\ninherits = 'dark'\n[roles]\ntext = { bg = 'none' }\n")
            .load("mine", ColorLevel::TrueColor)
            .unwrap();
    assert_eq!(theme.style(Role::Text).bg, None);
    assert_eq!(theme.style(Role::CellNumber).bg, None);
    assert!(theme.style(Role::Selection).bg.is_some());
}

#[test]
fn an_inherited_theme_fills_what_the_heir_leaves_open() {
    let theme = library("appearance = 'dark'\ninherits = 'dark'\n[roles]\naccent = '208'\n")
        .load("mine", ColorLevel::TrueColor)
        .unwrap();
    let dark = Library::new([])
        .load("dark", ColorLevel::TrueColor)
        .unwrap();
    assert_eq!(theme.style(Role::Accent).fg, Some(Color::Indexed(208)));
    assert_eq!(theme.style(Role::Muted), dark.style(Role::Muted));
}

#[test]
fn a_theme_that_inherits_itself_is_refused() {
    let problem = library("appearance = 'dark'\ninherits = 'mine'\n")
        .load("mine", ColorLevel::TrueColor)
        .unwrap_err();
    assert!(problem.what.contains("inherits itself"));
}

#[rstest]
#[case(
    "appearance = 'dark'\n[roles]\n'drift.mising' = 'red'\n",
    "no role `drift.mising`",
    Some("`drift.missing`"),
    3
)]
#[case(
    "appearance = 'dark'\n[palette]\nrose = '#12'\n",
    "`#12` is no color",
    None,
    3
)]
#[case(
    "appearance = 'dark'\n[palette]\nrose = '#ff0088'\n[roles]\naccent = 'rosy'\n",
    "`rosy` is neither in the palette nor a color",
    Some("`rose`"),
    5
)]
#[case("appearance = 'grey'\n", "theme `mine` cannot be read", None, 1)]
#[case(
    "appearance = 'dark'\nshades = 3\n",
    "theme `mine` cannot be read",
    None,
    2
)]
fn what_is_wrong_in_a_file_is_named_with_its_line(
    #[case] text: &str,
    #[case] what: &str,
    #[case] hint: Option<&str>,
    #[case] line: usize,
) {
    let problem = library(text)
        .load("mine", ColorLevel::TrueColor)
        .unwrap_err();
    assert_eq!(problem.what, what);
    assert_eq!(problem.place.unwrap().line, line);
    if hint.is_some() {
        assert_eq!(problem.hint.as_deref(), hint);
    }
}

#[test]
fn an_unknown_theme_names_the_nearest() {
    let problem = Library::new([])
        .load("drak", ColorLevel::TrueColor)
        .unwrap_err();
    assert_eq!(problem.hint.as_deref(), Some("`dark`"));
}

#[rstest]
#[case(
    Wish::Auto,
    None,
    Some("truecolor"),
    Some("xterm-256color"),
    ColorLevel::TrueColor
)]
#[case(Wish::Auto, None, None, Some("xterm-256color"), ColorLevel::Ansi256)]
#[case(Wish::Auto, None, None, Some("xterm"), ColorLevel::Ansi16)]
#[case(Wish::Auto, None, None, Some("dumb"), ColorLevel::NoColor)]
#[case(
    Wish::Auto,
    Some("1"),
    Some("truecolor"),
    Some("xterm"),
    ColorLevel::NoColor
)]
#[case(
    Wish::Auto,
    Some(""),
    Some("truecolor"),
    Some("xterm"),
    ColorLevel::TrueColor
)]
#[case(Wish::Always, Some("1"), None, None, ColorLevel::Ansi16)]
#[case(
    Wish::Never,
    None,
    Some("truecolor"),
    Some("xterm"),
    ColorLevel::NoColor
)]
fn the_color_level_follows_wish_and_environment(
    #[case] wish: Wish,
    #[case] no_color: Option<&str>,
    #[case] colorterm: Option<&str>,
    #[case] term: Option<&str>,
    #[case] level: ColorLevel,
) {
    assert_eq!(ColorLevel::detect(wish, no_color, colorterm, term), level);
}

#[rstest]
#[case(ColorLevel::Ansi256, "#ff8700", Color::Indexed(208))]
#[case(ColorLevel::Ansi16, "#ff1010", Color::Ansi(9))]
#[case(ColorLevel::Ansi16, "250", Color::Ansi(7))]
#[case(ColorLevel::TrueColor, "red", Color::Ansi(1))]
fn colors_become_the_nearest_the_terminal_has(
    #[case] level: ColorLevel,
    #[case] text: &str,
    #[case] shown: Color,
) {
    let style = Style {
        fg: Color::parse(text),
        ..Style::default()
    };
    assert_eq!(level.fit(style, None).fg, Some(shown));
}

#[test]
fn without_color_the_selection_is_still_seen() {
    for name in Library::new([]).names() {
        let theme = Library::new([]).load(name, ColorLevel::NoColor).unwrap();
        for role in [Role::Selection, Role::SelectionIdle, Role::SelectionCell] {
            assert!(theme.style(role).modifiers != Modifiers::NONE, "{name}");
            assert_eq!(theme.style(role).bg, None);
        }
        assert_ne!(
            theme.style(Role::Selection),
            theme.style(Role::SelectionIdle),
            "{name}: which pane has the focus"
        );
    }
}

/// Relative luminance and contrast as WCAG 2.1 defines them.
fn contrast(one: Color, other: Color) -> f64 {
    let luminance = |color: Color| {
        let Color::Rgb(red, green, blue) = color else {
            panic!("a color of an embedded theme");
        };
        let linear = [red, green, blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[rstest]
#[case("dark")]
#[case("light")]
fn whatever_has_to_be_read_can_be_read(#[case] name: &str) {
    let theme = Library::new([]).load(name, ColorLevel::TrueColor).unwrap();
    let only_seen = [Role::Border, Role::RouteBarOther, Role::CellAbsent];
    for role in Role::ALL
        .into_iter()
        .filter(|role| !only_seen.contains(role))
    {
        let style = theme.style(role);
        let (Some(fg), Some(bg)) = (style.fg, style.bg) else {
            panic!("{} leaves a color open", role.name());
        };
        let contrast = contrast(fg, bg);
        assert!(contrast >= 4.5, "{}: {contrast:.2}", role.name());
    }
    // Cells keep their color on the line under the cursor.
    for ground in [Role::Selection, Role::SelectionIdle, Role::SelectionCell] {
        for cell in [
            Role::CellText,
            Role::CellNumber,
            Role::CellWord,
            Role::DriftFound,
        ] {
            let (Some(fg), Some(bg)) = (theme.style(cell).fg, theme.style(ground).bg) else {
                panic!("{} leaves a color open", ground.name());
            };
            let contrast = contrast(fg, bg);
            assert!(
                contrast >= 3.0,
                "{} on {}: {contrast:.2}",
                cell.name(),
                ground.name()
            );
        }
    }
}

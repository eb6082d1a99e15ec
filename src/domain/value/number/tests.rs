use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn number(text: &str) -> Number {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[rstest]
#[case("0", "0")]
#[case("-0", "0")]
#[case("0.000", "0")]
#[case("0E999", "0")]
#[case("+5", "5")]
#[case(".5", "0.5")]
#[case("5.", "5")]
#[case("0042.00", "42")]
#[case("4.2E1", "42")]
#[case("-120", "-120")]
#[case("1e-3", "0.001")]
#[case("-12345E-2", "-123.45")]
#[case("100000000000000000000000000000000000000000000E-44", "1")]
#[case(
    "12345678901234567890123456789012345678",
    "12345678901234567890123456789012345678"
)]
fn every_literal_has_one_plain_decimal_text(#[case] literal: &str, #[case] canonical: &str) {
    assert_eq!(number(literal).to_string(), canonical);
    assert_eq!(number(literal), number(canonical));
}

#[test]
fn the_extremes_of_the_range_parse_and_one_step_beyond_does_not() {
    for literal in ["1E125", "1e-130", "-9.9E+125", "1.2345E-130"] {
        assert_eq!(number(&number(literal).to_string()), number(literal));
    }
    assert_eq!(number("1E125").to_string().len(), 126);
    for literal in ["1E126", "10E125", "9.9E-131", "1E99999999999999999999"] {
        assert_eq!(literal.parse::<Number>(), Err(NumberError::Magnitude));
    }
}

#[test]
fn more_than_38_significant_digits_are_refused_and_zeros_around_them_do_not_count() {
    let digits = "1".repeat(38);
    assert!(format!("000{digits}000").parse::<Number>().is_ok());
    assert!(format!("0.000{digits}").parse::<Number>().is_ok());
    assert_eq!(
        format!("{digits}1").parse::<Number>(),
        Err(NumberError::Precision)
    );
    assert_eq!(
        format!("1{}1", "0".repeat(60)).parse::<Number>(),
        Err(NumberError::Precision)
    );
}

#[rstest]
fn what_is_not_a_decimal_literal_is_refused(
    #[values(
        "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1 ", " 1", "1.2.3", "0x1", "1_0", "--1",
        "NaN", "Infinity", "1e1.5", "\u{661}"
    )]
    text: &str,
) {
    assert_eq!(text.parse::<Number>(), Err(NumberError::Syntax));
}

#[test]
fn numbers_are_ordered_by_value_whatever_their_exponents() {
    let ascending = [
        "-1E125",
        "-10",
        "-9.99",
        "-1E-130",
        "0",
        "1E-130",
        "1.1E-130",
        "0.9",
        "1",
        "1.0000000000000000000000000000000000001",
        "9",
        "10",
        "12345678901234567890123456789012345678",
        "1E38",
        "1E125",
    ]
    .map(number);
    assert!(ascending.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_whole_number_that_fits_is_an_i64_and_any_other_is_not() {
    for value in [0, 1, -1, 1000, i64::MIN, i64::MAX] {
        assert_eq!(Number::from(value).to_i64(), Some(value));
        assert_eq!(Number::from(value), number(&value.to_string()));
    }
    for text in [
        "0.5",
        "9223372036854775808",
        "-9223372036854775809",
        "1E125",
    ] {
        assert_eq!(number(text).to_i64(), None);
    }
}

#[rstest]
#[case("17", 5, Some(2))]
#[case("-17", 5, Some(-2))]
#[case("1E125", 7, Some(5))] // 10^6 ≡ 1 and 10^5 ≡ 5 (mod 7); 125 = 6·20 + 5
#[case("12345678901234567890123456789012345678", 1000, Some(678))]
#[case("1.5", 2, None)]
#[case("4", 0, None)]
#[case("0", 9, Some(0))]
fn the_remainder_is_exact_and_signed_as_the_dividend(
    #[case] text: &str,
    #[case] divisor: u32,
    #[case] remainder: Option<i64>,
) {
    assert_eq!(number(text).rem(divisor), remainder);
}

/// Sign, and the digits written out over all positions a number can have.
fn written_out(number: &Number) -> (bool, String) {
    let text = number.to_string();
    let unsigned = text.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    (
        text.starts_with('-'),
        format!("{whole:0>130}.{fraction:0<180}"),
    )
}

fn any_number() -> impl Strategy<Value = Number> {
    ("-?[0-9]{1,38}", -125_i32..80).prop_filter_map("out of range", |(digits, exponent)| {
        format!("{digits}E{exponent}").parse().ok()
    })
}

proptest! {
    #[test]
    fn the_text_of_a_number_parses_to_the_same_number(number in any_number()) {
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }

    #[test]
    fn the_order_is_that_of_the_digits_written_out(a in any_number(), b in any_number()) {
        let ((a_negative, a_text), (b_negative, b_text)) = (written_out(&a), written_out(&b));
        let expected = match (a_negative, b_negative) {
            (false, false) => a_text.cmp(&b_text),
            (true, true) => b_text.cmp(&a_text),
            _ => b_negative.cmp(&a_negative),
        };
        prop_assert_eq!(a.cmp(&b), expected);
    }

    #[test]
    fn remainders_of_whole_numbers_agree_with_machine_integers(value: i64, divisor in 1_u32..) {
        prop_assert_eq!(Number::from(value).rem(divisor), Some(value % i64::from(divisor)));
    }
}

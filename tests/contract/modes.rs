//! `drift` of a part: samples and partitions, as scripts see them.

use crate::fixture::{Fixture, clean, drifted};
use crate::program::driftscope;
use rstest::rstest;
use serde_json::Value;

struct Ran {
    code: Option<i32>,
    out: String,
    told: String,
}

impl Ran {
    fn summary(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.told))
    }
}

fn drift(fixture: &Fixture, args: &[&str]) -> Ran {
    let mut command = driftscope(fixture);
    command.args(["drift", "--grace", "50ms"]).args(args);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        told: text(output.stderr),
    }
}

#[test]
fn a_sample_says_how_much_drift_there_may_be_and_never_that_there_is_none() {
    let args = ["--mode", "sample", "--copy", "by_month"];
    let ran = drift(clean(), &[&args[..], &["--format", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.told);
    let summary = ran.summary();
    assert_eq!(
        (&summary["mode"], &summary["complete"]),
        (&"sample".into(), &true.into())
    );
    for direction in ["base_to_copy", "copy_to_base"] {
        let bound = &summary["copies"][0]["bound"][direction];
        assert_eq!(bound["sampled"], 2_995, "{summary}");
        assert_eq!(
            (&bound["drifted"], &bound["rate_upper_95"]),
            (&0.into(), &0.001.into())
        );
    }
    let ran = drift(clean(), &[&args[..], &["--sample", "100"]].concat());
    assert!(ran.out.contains("not \"no drift\""), "{}", ran.out);
}

#[test]
fn a_sample_as_large_as_the_table_finds_what_a_full_check_finds() {
    let args = ["--format", "json", "--copy", "by_month"];
    let full = drift(drifted(), &args).summary();
    let sample = drift(
        drifted(),
        &[
            &args[..],
            &["--mode", "sample", "--sample", "20000", "--yes"],
        ]
        .concat(),
    );
    assert_eq!(sample.code, Some(1), "{}", sample.told);
    assert!(
        sample.told.contains("a full check reads less"),
        "{}",
        sample.told
    );
    assert_eq!(
        sample.summary()["copies"][0]["findings"],
        full["copies"][0]["findings"]
    );
}

#[rstest]
#[case::a_size_without_the_mode(&["--sample", "10"], "`--mode sample`")]
#[case::no_items(&["--mode", "sample", "--sample", "0"], "--sample")]
#[case::another_mode(&["--mode", "half"], "half")]
fn bad_flags_are_usage(#[case] args: &[&str], #[case] what: &str) {
    let ran = drift(clean(), args);
    assert_eq!(ran.code, Some(2), "{}", ran.told);
    assert!(ran.told.contains(what), "{}", ran.told);
}

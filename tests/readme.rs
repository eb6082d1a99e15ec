//! What the README shows of the product is what the product says of itself.

#![cfg(all(feature = "aws", feature = "sandbox"))]

use driftscope::app::commands::keys_markdown;
use driftscope::sandbox::Sandbox;
use driftscope::store::allow::iam_policy;

const README: &str = include_str!("../README.md");

/// The README holds a text; where it does not, the message is what belongs there.
fn holds(what: &str) {
    assert!(
        README.contains(what.trim()),
        "the README lacks this:\n{what}"
    );
}

#[test]
fn the_table_of_keys_is_the_command_table() {
    holds(&keys_markdown());
}

#[test]
fn the_policy_is_the_allow_list() {
    holds(&iam_policy());
}

#[test]
fn the_dataset_file_is_the_demo_s() {
    holds(Sandbox::dataset_text());
}

//! The layers of the crate docs, held against the source: who may name whom.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::{Path, PathBuf};

/// A layer: where it lives, what of ours it must not name, what of others it must not name.
struct Layer {
    path: &'static str,
    never_ours: &'static [&'static str],
    never_crates: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer {
        path: "domain",
        never_ours: &[
            "store",
            "engine",
            "app",
            "ui",
            "tui",
            "cli",
            "sandbox",
            "config",
            "theme",
            "telemetry",
        ],
        never_crates: &[
            "tokio",
            "ratatui",
            "crossterm",
            "aws_",
            "std::fs",
            "std::env",
            "std::net",
            "std::time::Instant",
            "Utc::now",
            "SystemTime",
        ],
    },
    Layer {
        path: "store",
        never_ours: &["engine", "app", "ui", "tui", "cli", "sandbox"],
        never_crates: &["ratatui", "crossterm"],
    },
    Layer {
        path: "engine",
        never_ours: &["app", "ui", "tui", "cli", "sandbox"],
        never_crates: &["aws_", "ratatui", "crossterm"],
    },
    Layer {
        path: "app",
        never_ours: &["ui", "tui", "cli", "sandbox", "config"],
        never_crates: &[
            "tokio",
            "ratatui",
            "crossterm",
            "aws_",
            "std::fs",
            "std::env",
            "std::time::Instant",
            "Utc::now",
            "SystemTime",
        ],
    },
    Layer {
        path: "ui",
        never_ours: &["store", "tui", "cli", "sandbox"],
        never_crates: &["tokio", "crossterm", "aws_", "std::fs", "std::env"],
    },
    Layer {
        path: "tui",
        never_ours: &["cli", "sandbox"],
        never_crates: &["aws_"],
    },
    Layer {
        path: "theme",
        never_ours: &["store", "engine", "app", "ui", "tui", "cli", "sandbox"],
        never_crates: &["tokio", "crossterm", "aws_", "std::fs"],
    },
    Layer {
        path: "cli",
        never_ours: &[],
        never_crates: &["aws_"],
    },
    Layer {
        path: "sandbox",
        never_ours: &["store", "engine", "app", "ui", "tui", "cli"],
        never_crates: &["aws_", "ratatui", "crossterm"],
    },
];

fn sources(layer: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join(format!("{layer}.rs"))];
    let mut folders = vec![root.join(layer)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The lines that are product code: no comments, nothing after the first test module.
fn product_lines(path: &Path) -> Vec<String> {
    let name = path.file_stem().unwrap_or_default();
    if name == "tests" || path.components().any(|c| c.as_os_str() == "tests") {
        return Vec::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_layer_names_what_lies_right_of_it() {
    let mut offences = Vec::new();
    for layer in LAYERS {
        for file in sources(layer.path) {
            for line in product_lines(&file) {
                let ours = layer.never_ours.iter().filter(|m| {
                    line.contains(&format!("crate::{m}::"))
                        || line.contains(&format!("crate::{m};"))
                });
                let theirs = layer.never_crates.iter().filter(|c| line.contains(*c));
                offences.extend(
                    ours.chain(theirs)
                        .map(|word| format!("{}: {word}: {}", file.display(), line.trim())),
                );
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn aws_types_are_named_in_one_place_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let all = ["domain", "engine", "app", "ui", "tui", "cli", "sandbox"]
        .into_iter()
        .flat_map(|layer| {
            if root.join(layer).exists() {
                sources(layer)
            } else {
                Vec::new()
            }
        });
    let naming: Vec<_> = all
        .filter(|f| {
            product_lines(f)
                .iter()
                .any(|line| line.contains("aws_sdk") || line.contains("aws_config"))
        })
        .collect();
    assert!(naming.is_empty(), "{naming:?}");
}

#[test]
fn files_stay_short_enough_to_read() {
    let long: Vec<_> = LAYERS
        .iter()
        .flat_map(|l| sources(l.path))
        .map(|f| (product_lines(&f).len(), f))
        .filter(|(lines, _)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

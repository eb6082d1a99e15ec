//! `explain`: the route without reading a single item.

use super::args::{Format, Global, RequestArgs};
use super::exit::{Exit, Failure};
use super::output::{Output, columns, no_such_format, written};
use super::request::plan;
use super::session::Session;
use crate::app::text::wrap_branch;
use crate::domain::plan::{explain_text, plan_json, route, scan_json};
use serde_json::json;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &RequestArgs,
) -> Result<Exit, Failure> {
    let route = plan(session, global, args, route).await?.route;
    let text = match global.format {
        Format::Table => wrapped(&explain_text(&route), columns(global)),
        Format::Json | Format::Jsonl => {
            let value = json!({
                "plan": plan_json(&route),
                "scan": scan_json(&route.scan_cost(), Some(route.scan_table.as_str())),
            });
            format!("{value}\n")
        }
        Format::Csv => {
            return Err(no_such_format("explain", "table, json, jsonl"));
        }
    };
    let mut out = Output::open(global)?;
    written(out.writer().write_all(text.as_bytes()))?;
    out.finish()
}

/// The tree in lines of at most `columns`.
fn wrapped(tree: &str, columns: usize) -> String {
    let lines = tree.lines().flat_map(|line| wrap_branch(line, columns));
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_and_without_a_width_none_is_broken() {
        let tree = "query strikes\n├ filter         operator = 'UNITED' AND cost_total > 5\n";
        assert_eq!(
            wrapped(tree, 40),
            "query strikes\n├ filter         operator = 'UNITED' AND\n│                cost_total > 5\n"
        );
        assert_eq!(wrapped(tree, usize::MAX), tree);
    }
}

//! `explain`: the route without reading a single item.

use super::args::{ExplainArgs, Format, Global};
use super::exit::{Exit, Failure};
use super::output::{Output, written};
use super::request::plan;
use super::session::Session;
use crate::domain::plan::{explain_text, plan_json, scan_json};
use crate::domain::query::Consistency;
use serde_json::json;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &ExplainArgs,
) -> Result<Exit, Failure> {
    let consistency = if args.consistent {
        Consistency::Strong
    } else {
        Consistency::Eventual
    };
    let route = plan(session, &args.text, consistency).await?.route;
    let mut out = Output::open(global)?;
    let text = match global.format {
        Format::Table => explain_text(&route),
        Format::Json | Format::Jsonl => {
            let value = json!({
                "plan": plan_json(&route.plan, &route.rejected),
                "scan": scan_json(&route.scan, Some(route.scan_table.as_str())),
            });
            format!("{value}\n")
        }
        Format::Csv => {
            return Err(super::output::no_such_format(
                "explain",
                "table, json, jsonl",
            ));
        }
    };
    written(out.writer().write_all(text.as_bytes()))?;
    out.finish()
}

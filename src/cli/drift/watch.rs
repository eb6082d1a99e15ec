//! `drift --watch`: drift as it happens, a line each, until ctrl-c or for a time.

use super::super::args::{DriftArgs, Global};
use super::super::exit::{Exit, Failure};
use super::super::lag::consent;
use super::super::output::{Output, note, written};
use super::super::session::Session;
use super::attend::Attending;
use super::files::Files;
use super::{conclude, print};
use crate::domain::mapping::BoundDataset;
use crate::engine::drift::{DriftEvent, DriftOptions, watch};
use crate::engine::lag::no_stream;
use chrono::{SecondsFormat, Utc};
use std::sync::Arc;

pub(super) async fn run(
    session: &Session,
    global: &Global,
    args: &DriftArgs,
    dataset: &BoundDataset,
    options: &DriftOptions,
) -> Result<Exit, Failure> {
    if dataset.base.stream.is_none() {
        // As `lag` ends: nothing is wrong, and nothing can be told.
        return Err(Failure {
            exit: Exit::Incomplete,
            problems: vec![no_stream(&dataset.base).problem],
        });
    }
    consent(global, dataset)?;
    let mut told = Told {
        global,
        dataset,
        files: Files::open(args)?,
        out: Output::open(global)?,
        drifted: false,
    };
    note(
        global.quiet,
        "watching: each changed item is read strongly, and its items in the copies; ctrl-c ends it",
    );
    let (attending, means) = Attending::begin(session, global, dataset, "watching");
    let cancel = means.cancel.clone();
    let streams = Arc::clone(&session.streams);
    let (means, feed) = means.watching(streams, dataset, args.time);
    let watching = watch(means, dataset, options, feed);
    let outcome = attending.see_through(watching, |event| {
        told.take(event)?;
        if told.out.is_closed() {
            cancel.cancel();
        }
        Ok(())
    });
    let outcome = outcome.await?;
    told.files.rest(&outcome)?;
    print::lines(global, &mut told.out, std::iter::empty(), &outcome)?;
    conclude(global, told.out, &outcome, told.drifted)
}

/// What is told as it happens.
struct Told<'a> {
    global: &'a Global,
    dataset: &'a BoundDataset,
    files: Files,
    out: Output,
    /// Whether drift was found that was not accepted before.
    drifted: bool,
}

impl Told<'_> {
    fn take(&mut self, event: &DriftEvent) -> Result<(), Failure> {
        let (json, text) = match event {
            DriftEvent::Progress(_) => return Ok(()),
            DriftEvent::Finding(finding) => {
                self.files.finding(self.dataset, finding)?;
                if self.files.accepts(finding) {
                    return self.files.flush();
                }
                self.drifted |= finding.class.is_drift();
                (finding.to_json(), finding.to_string())
            }
            DriftEvent::Mended(finding) => {
                let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
                let json = finding.to_mended_json(&now);
                self.files.line(&json)?;
                (json, print::mended_text(finding))
            }
            DriftEvent::Open(open) => {
                let json = open.to_json();
                self.files.line(&json)?;
                (json, print::unverified_text(open))
            }
        };
        print::line(self.global, &mut self.out, &json, &text)?;
        self.files.flush()?;
        written(self.out.writer().flush())
    }
}

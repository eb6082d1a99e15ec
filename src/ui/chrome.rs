//! The first and the last line of the screen.

use super::canvas::Canvas;
use super::widgets::spinner;
use crate::app::commands::hints;
use crate::app::drift::Reading;
use crate::app::format;
use crate::app::overlay::{FindIn, Overlay};
use crate::app::results::Phase;
use crate::app::routing::Planned;
use crate::app::{Screen, Severity, Slot, State, text};
use crate::domain::names::Rcu;
use crate::domain::query::Target;
use crate::domain::schema::{Billing, TableClass, TableState};
use crate::theme::Role;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use tui_input::Input;

/// From this width on there is room for whole sentences.
const WIDE: u16 = 100;
/// Columns of the hint that is always there.
const HELP: usize = 10;

/// Draws the header: what is explored, where and as whom, that nothing is written, what was consumed.
pub(super) fn header(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    canvas.ground(area, 0, Role::Header);
    let ink = canvas.ink;
    let mut left = Line::from(vec![
        ink.span(Role::HeaderName, " driftscope"),
        ink.span(Role::Header, format!("  {}", subject(state))),
    ]);
    let n = state.all_problems().len() as u64;
    if n > 0 {
        left.push_span(ink.span(
            Role::StatusError,
            format!("  ✗ {}: !", format::plural(n, "problem")),
        ));
    }
    let right = ink.line(Role::Header, format!("{} ", session(state)));
    let middle = Line::from(vec![
        ink.span(Role::Header, identity(state)),
        ink.span(Role::Header, "   "),
        ink.span(Role::HeaderReadOnly, "read-only"),
    ]);
    canvas.line(area, 0, &left);
    let width = usize::from(area.width);
    let free = width.saturating_sub(left.width() + right.width());
    if free > middle.width() + 3 {
        let shift = (width.saturating_sub(middle.width()) / 2)
            .max(left.width() + 2)
            .min(width - right.width() - middle.width() - 2);
        let at = Rect {
            x: area.x + u16::try_from(shift).unwrap_or(0),
            width: area.width - u16::try_from(shift).unwrap_or(0),
            ..area
        };
        canvas.line(at, 0, &middle);
        canvas.line_right(area, 0, &right);
    } else {
        let short = ink.line(
            Role::HeaderReadOnly,
            format!("{} · read-only ", identity(state)),
        );
        if short.width() + left.width() < width {
            canvas.line_right(area, 0, &short);
        }
    }
}

/// What the screen is about.
fn subject(state: &State) -> String {
    if state.screen == Screen::Drift
        && let Some(dataset) = &state.drift.shown
    {
        return dataset.to_string();
    }
    if state.screen == Screen::Beside
        && let Some((dataset, _)) = &state.beside.of
    {
        return dataset.to_string();
    }
    if state.screen == Screen::Pipeline
        && let Some(dataset) = &state.pipeline.shown
    {
        return dataset.to_string();
    }
    match state.routing.last.as_ref().map(|planned| &planned.target) {
        Some(Target::Dataset(dataset) | Target::Pinned { dataset, .. }) => dataset.to_string(),
        Some(Target::Table { table, .. }) => table.to_string(),
        None => String::new(),
    }
}

/// Profile, region, account; for the sandbox, that it is one.
fn identity(state: &State) -> String {
    let identity = &state.identity;
    if state.is_demo() {
        return "demo · local".to_owned();
    }
    let parts = [
        identity.profile.clone(),
        identity.region.clone(),
        account(state),
        identity.endpoint.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "not connected".to_owned()
    } else {
        parts.join(" · ")
    }
}

/// The account, from the ARN of any table: `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME`.
fn account(state: &State) -> Option<String> {
    let arn = state
        .catalog
        .tables
        .values()
        .find_map(|table| match table {
            TableState::Ready(table) => table.arn.as_deref(),
            _ => None,
        })?;
    let account = arn.split(':').nth(4)?;
    let real = account.len() == 12 && account.bytes().any(|b| b != b'0');
    real.then(|| account.to_owned())
}

fn session(state: &State) -> String {
    let rcu = state.session.rcu;
    let price = state.prices.read(
        state.price_region(),
        Billing::OnDemand,
        TableClass::Standard,
    );
    let dollars = price.map_or_else(String::new, |price| {
        format!(" ≈ {}", format::usd(price.of(rcu)))
    });
    format!("session {} RCU{dollars}", format::rcu(rcu))
}

/// Draws the footer: a notice or the figures at the left, hints at the right as far as there is room.
pub(super) fn footer(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    canvas.ground(area, 0, Role::Footer);
    match &state.overlay {
        Some(Overlay::Find(find)) => {
            let what = match find.list {
                FindIn::Tree => "datasets and tables",
                FindIn::Findings => "findings",
            };
            let hint = format!("filters {what}: enter keeps, esc clears ");
            return typed(canvas, area, " / ", &find.input, &hint);
        }
        Some(Overlay::Prompt(prompt)) => {
            let hint = "enter writes, esc does not ";
            return typed(canvas, area, " write findings to ", &prompt.input, hint);
        }
        _ => {}
    }
    let left = status(canvas, state, area.width);
    canvas.line(area, 0, &left);
    let room = usize::from(area.width).saturating_sub(left.width() + 2);
    let right = hint_line(canvas, state, room);
    canvas.line_right(area, 0, &right);
}

/// A line being typed: its end when there is not room for all of it.
fn typed(canvas: &mut Canvas<'_>, area: Rect, lead: &str, input: &Input, hint: &str) {
    let room = usize::from(area.width).saturating_sub(text::width(lead) + 1);
    let skipped = input.visual_scroll(room);
    let shown: String = input.value().chars().skip(skipped).collect();
    let line = canvas.ink.line(Role::Accent, format!("{lead}{shown}"));
    canvas.line(area, 0, &line);
    let x = text::width(lead) + input.visual_cursor().saturating_sub(skipped);
    let x = area.x.saturating_add(u16::try_from(x).unwrap_or(u16::MAX));
    canvas.put_cursor(x.min(area.right().saturating_sub(1)), area.y);
    let hint = canvas.ink.line(Role::Muted, hint.to_owned());
    if line.width() + hint.width() < usize::from(area.width) {
        canvas.line_right(area, 0, &hint);
    }
}

/// As many hints as fit; the last one is always help.
fn hint_line(canvas: &Canvas<'_>, state: &State, room: usize) -> Line<'static> {
    let spans = |(key, word): (&'static str, &'static str)| {
        let ink = canvas.ink;
        [
            ink.span(Role::Key, key),
            ink.span(Role::Footer, format!(" {word}  ")),
        ]
    };
    let (last, hints): (Vec<_>, Vec<_>) = hints(state)
        .into_iter()
        .partition(|(_, word)| *word == "help");
    let last: Vec<_> = last.into_iter().flat_map(spans).collect();
    let width = |spans: &[Span<'_>]| -> usize { spans.iter().map(Span::width).sum() };
    let room = room.saturating_sub(width(&last));
    let mut line = Line::default();
    for hint in hints {
        let hint = spans(hint);
        if line.width() + width(&hint) > room {
            break;
        }
        line.spans.extend(hint);
    }
    line.spans.extend(last);
    line
}

/// The left end of the footer.
fn status(canvas: &Canvas<'_>, state: &State, width: u16) -> Line<'static> {
    let ink = canvas.ink;
    if let Some(notice) = &state.notice {
        let (mark, role) = match notice.severity {
            Severity::Info => ("·", Role::Text),
            Severity::Error => ("✗", Role::StatusError),
        };
        let room = usize::from(width).saturating_sub(3 + HELP);
        let said = text::truncate(&notice.text, room);
        return ink.line(role, format!(" {mark} {said}"));
    }
    if let Some(sandbox) = state.sandbox {
        let text = format!(
            " {} loading the sandbox: {} of {} items",
            spinner(state.now),
            format::count(sandbox.loaded),
            format::count(sandbox.of)
        );
        return ink.line(Role::StatusBusy, text);
    }
    let mut line = if state.screen == Screen::Drift || !has_figures(&state.results.phase) {
        check_status(canvas, state)
    } else {
        let mut line = run_status(canvas, state, width);
        if state.runs(Slot::Check) {
            line.push_span(ink.span(Role::StatusBusy, " · checking drift"));
        }
        line
    };
    push_pace(canvas, state, &mut line, usize::from(width));
    line
}

/// How fast is read, while something is, and what made it slow: as many words as there is room for.
fn push_pace(canvas: &Canvas<'_>, state: &State, line: &mut Line<'static>, width: usize) {
    let pace = &state.pace;
    if state.slots.running().next().is_none() {
        return;
    }
    let throttled = pace.throttle.as_ref().map(|throttle| {
        let words = [
            format!(" · throttled: {throttle}"),
            " · throttled".to_owned(),
        ];
        (Role::StatusWarn, words)
    });
    let rate = pace.rate.map(|rate| {
        let rate = format!(" · {} RCU/s", format::rcu(rate));
        let share = pace.share.map_or_else(String::new, |share| {
            format!(", {:.0}% of provisioned", share * 100.0)
        });
        (Role::Footer, [format!("{rate}{share}"), rate])
    });
    for (role, words) in throttled.into_iter().chain(rate) {
        let room = width.saturating_sub(line.width() + HELP);
        if let Some(text) = words.into_iter().find(|text| text::width(text) <= room) {
            line.push_span(canvas.ink.span(role, text));
        }
    }
}

/// Whether something was read that figures tell of.
const fn has_figures(phase: &Phase) -> bool {
    !matches!(phase, Phase::Idle | Phase::Dropped)
}

fn check_status(canvas: &Canvas<'_>, state: &State) -> Line<'static> {
    let check = match &state.drift.running {
        Some((_, dataset)) => state.drift.checks.get(dataset),
        None => None,
    };
    let Some((check, progress)) = check.and_then(|check| Some((check, check.progress.as_ref()?)))
    else {
        return Line::default();
    };
    let doing = match check.reading {
        Reading::Everything => "checking",
        Reading::Changes => "watching",
        Reading::Again { .. } => "looking again",
    };
    canvas.ink.line(
        Role::StatusBusy,
        format!(
            " {} {doing}: {} RCU, {}",
            spinner(state.now),
            format::rcu(progress.rcu),
            format::plural(progress.candidates, "candidate")
        ),
    )
}

/// `consumed 3.5 RCU in 3 requests, 41 ms · a scan: ≈ 362 RCU (104×)`, or less of it.
fn run_status(canvas: &Canvas<'_>, state: &State, width: u16) -> Line<'static> {
    let ink = canvas.ink;
    let results = &state.results;
    let consumed = results.consumption.rcu;
    let lead = if results.phase.is_open() {
        ink.span(Role::StatusBusy, format!(" {} ", spinner(state.now)))
    } else {
        ink.span(Role::Footer, " ")
    };
    let units = format::rcu(consumed);
    let time = format::millis(results.millis(state.now));
    let requests = format::plural(results.consumption.requests, "request");
    let figures = match results.age(state.now).map(format::ago) {
        Some(ago) if width < WIDE => format!("{units} RCU, {ago}"),
        Some(ago) => format!("consumed {units} RCU in {requests} {ago}"),
        None if width < WIDE => format!("{units} RCU, {time}"),
        None => format!("consumed {units} RCU in {requests}, {time}"),
    };
    let mut line = Line::from(vec![lead, ink.span(Role::Text, figures)]);
    let scan = results.planned.as_ref();
    if let Some(scan) = scan.and_then(|planned| scan_text(planned, consumed)) {
        line.push_span(ink.span(Role::Footer, scan));
    }
    line
}

/// What a Scan would have consumed at the same consistency, beside what was consumed.
fn scan_text(planned: &Planned, consumed: Rcu) -> Option<String> {
    let range = planned.scan()?;
    let times = format::times(format::middle(range), consumed)
        .map_or_else(String::new, |times| format!(" ({times})"));
    Some(format!(
        " · a scan: {} RCU{times}",
        format::rcu_middle(range)
    ))
}

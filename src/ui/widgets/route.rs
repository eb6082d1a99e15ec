//! The route: every path with its figure and a bar, the chosen one marked.

use super::bar;
use crate::app::drift::Badge;
use crate::app::routing::{Planned, Verdict};
use crate::app::{State, access_name, format, text};
use crate::domain::plan::{Estimate, OrderStrategy, Plan, Reads, Rejected, cause};
use crate::domain::query::{Direction, Target};
use crate::theme::Role;
use crate::ui::canvas::{Canvas, Ink};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Cells of a bar where there is some room.
const BAR: usize = 8;
/// From this width on figures have their range.
const WIDE: usize = 70;

/// A path as the pane shows it.
struct Path {
    name: String,
    detail: String,
    estimate: Option<Estimate>,
    standing: Standing,
}

/// How a path fared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Chosen,
    Possible,
    Impossible,
}

/// Widths of the columns.
struct Widths {
    name: usize,
    detail: usize,
    figures: usize,
    bar: usize,
    /// How figures are written: with their range where there is room.
    figure: fn(&Estimate) -> String,
}

/// Draws the route.
pub(in crate::ui) fn draw(canvas: &mut Canvas<'_>, body: Rect, state: &State) -> usize {
    let Some(planned) = &state.routing.last else {
        let text = match state.routing.verdict {
            Verdict::Waiting(_) => "waiting for tables to be described …",
            _ => "no route yet",
        };
        let line = canvas.ink.line(Role::Muted, text);
        canvas.line(body, 0, &line);
        return 1;
    };
    let lines = lines(canvas.ink, state, planned, usize::from(body.width));
    let len = lines.len();
    let dimmed = state.routing.good().is_none();
    for (at, line) in lines
        .into_iter()
        .skip(state.route_scroll.offset)
        .enumerate()
    {
        canvas.line(body, at, &line);
        if dimmed && at < usize::from(body.height) {
            let row = Rect {
                y: body.y + u16::try_from(at).unwrap_or(0),
                height: 1,
                ..body
            };
            let style = canvas.ink.style(Role::RouteImpossible);
            canvas.buffer.set_style(row, style);
        }
    }
    len
}

fn lines(ink: Ink<'_>, state: &State, planned: &Planned, width: usize) -> Vec<Line<'static>> {
    let paths = paths(state, planned);
    let most = paths
        .iter()
        .filter_map(|path| path.estimate)
        .map(units)
        .fold(0.0, f64::max);
    let widths = widths(&paths, width);
    let mut lines: Vec<Line<'static>> = paths
        .iter()
        .map(|path| path_line(ink, path, &widths, most))
        .collect();
    for note in drift_note(state, planned)
        .iter()
        .chain(&planned.route.notes)
    {
        let note = text::sanitise(note);
        let note = text::truncate(&note, width.saturating_sub(2));
        lines.push(ink.line(Role::StatusWarn, format!("! {note}")));
    }
    lines
}

/// That the copy which is read is known to differ from the base, and how to read the base instead.
pub(in crate::ui) fn drift_note(state: &State, planned: &Planned) -> Option<String> {
    let access = &planned.route.plan.access;
    let Some(Badge::Drift(n)) = state.drift.badge_of(planned, access, state.now) else {
        return None;
    };
    let (Target::Dataset(dataset) | Target::Pinned { dataset, .. }) = &planned.target else {
        return None;
    };
    Some(format!(
        "`{}` has {} by its last check: `FROM {dataset}.{}` reads the base",
        access_name(access, planned.route.plan.operation()),
        format::plural(n, "drifted item"),
        planned.route.scan_table
    ))
}

fn paths(state: &State, planned: &Planned) -> Vec<Path> {
    let route = &planned.route;
    let plan = &route.plan;
    let chosen = Path {
        name: access_name(&plan.access, plan.operation()),
        detail: plan_detail(plan),
        estimate: Some(plan.estimate),
        standing: Standing::Chosen,
    };
    let rest = route.rejected.iter().map(|rejected| {
        let mut path = rejected_path(rejected);
        let badge = state.drift.badge_of(planned, &rejected.access, state.now);
        if let (Some(Badge::Drift(n)), Standing::Possible) = (badge, path.standing) {
            path.detail = format!("✗ {} drift, {}", format::count(n), path.detail);
        }
        path
    });
    let mut rest: Vec<Path> = rest.collect();
    let is_known = |path: &Path| path.estimate.is_none_or(|e| e.rcu.high.is_some());
    if rest.iter().all(is_known) {
        let expected = |path: &Path| path.estimate.map_or(0.0, units);
        rest.sort_by(|a, b| expected(a).total_cmp(&expected(b)));
    }
    rest.sort_by_key(|path| path.standing == Standing::Impossible);
    std::iter::once(chosen).chain(rest).collect()
}

fn rejected_path(rejected: &Rejected) -> Path {
    let possible = rejected.plan.is_some();
    Path {
        name: access_name(&rejected.access, rejected.operation),
        detail: match &rejected.plan {
            Some(plan) => plan_detail(plan),
            // What to declare is said in full by "why"; here it would be cut.
            None => cause(rejected).to_owned(),
        },
        estimate: rejected.estimate,
        standing: if possible {
            Standing::Possible
        } else {
            Standing::Impossible
        },
    }
}

/// A plan in a few words: `3 partitions, newest first`.
fn plan_detail(plan: &Plan) -> String {
    let mut parts = Vec::new();
    if !plan.parts.is_empty() {
        parts.push(format!("union of {}", plan.parts.len()));
    }
    match &plan.reads {
        Reads::Keys(keys) => parts.push(format::plural(keys.len() as u64, "key")),
        Reads::Partitions { conditions, .. } => {
            parts.push(format::plural(conditions.len() as u64, "partition"));
        }
        Reads::Scan => parts.push("every item".to_owned()),
        Reads::Nothing => parts.push("the conditions contradict each other".to_owned()),
    }
    match (plan.order, &plan.reads) {
        (OrderStrategy::Sort, _) => parts.push("client sort".to_owned()),
        (OrderStrategy::Merge, _) => parts.push("merged".to_owned()),
        (
            OrderStrategy::Native | OrderStrategy::Concatenate,
            Reads::Partitions { direction, .. },
        ) => parts.push(match direction {
            Direction::Ascending => "in order".to_owned(),
            Direction::Descending => "last first".to_owned(),
        }),
        _ => {}
    }
    if plan.fetch.is_some() {
        parts.push("fetches the rest".to_owned());
    }
    parts.join(", ")
}

/// The columns: figures are never cut; bars give way first, then details.
fn widths(paths: &[Path], width: usize) -> Widths {
    let longest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let figure: fn(&Estimate) -> String = if width >= WIDE {
        format::expected_in_range
    } else {
        format::expected
    };
    let estimates = paths.iter().filter_map(|path| path.estimate.as_ref());
    let figures = longest(&mut estimates.map(|estimate| text::width(&figure(estimate))));
    let name = longest(&mut paths.iter().map(|path| text::width(&path.name)));
    let name = name.min(width / 3).max(8);
    let left = width.saturating_sub(2 + name + 2 + figures + 2);
    let told = paths.iter().filter(|path| path.estimate.is_some());
    let detail = longest(&mut told.map(|path| text::width(&path.detail)));
    let bar = if left >= 24 {
        let spare = left.saturating_sub(detail + 1).max(BAR);
        (left * 2 / 5).min(40).min(spare)
    } else {
        left.min(6)
    };
    Widths {
        name,
        detail: left.saturating_sub(bar + usize::from(bar > 0)),
        figures,
        figure,
        bar,
    }
}

/// What paths are ranked by.
fn units(estimate: Estimate) -> f64 {
    match estimate.rcu.high {
        Some(_) => estimate.expected.0,
        None => estimate.rcu.low.0,
    }
}

fn path_line(ink: Ink<'_>, path: &Path, widths: &Widths, most: f64) -> Line<'static> {
    let (mark, role, bar_role) = match path.standing {
        Standing::Chosen => ("▸ ", Role::RouteChosen, Role::RouteBar),
        Standing::Possible => ("  ", Role::RoutePossible, Role::RouteBarOther),
        Standing::Impossible => ("✗ ", Role::RouteImpossible, Role::RouteBarOther),
    };
    let name = text::left(&text::sanitise(&path.name), widths.name);
    if path.standing == Standing::Impossible && path.estimate.is_none() {
        let room = widths.detail + widths.figures + widths.bar + 3;
        let detail = text::sanitise(&path.detail);
        return Line::from(vec![
            ink.span(role, format!("{mark}{name}  ")),
            ink.span(role, text::truncate(&detail, room).into_owned()),
        ]);
    }
    let detail = text::left(&text::sanitise(&path.detail), widths.detail);
    let units = path.estimate.map_or(0.0, units);
    let figure = path
        .estimate
        .as_ref()
        .map(widths.figure)
        .unwrap_or_default();
    Line::from(vec![
        ink.span(role, format!("{mark}{name}  ")),
        ink.span(Role::Muted, detail),
        ink.span(Role::Estimate, text::right(&figure, widths.figures + 1)),
        ink.span(bar_role, format!(" {}", bar(units, most, widths.bar))),
    ])
}

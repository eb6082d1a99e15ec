//! The search among ways to read paths: all of them worked out, or only those that may be the cheapest.

use super::Candidate;
use super::rank::units;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::candidate::{Way, complete, ways, whole};
use crate::domain::plan::completeness::held;
use crate::domain::plan::estimate::has_sizes;
use crate::domain::plan::refusal::Refusal;

/// How far the search goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::domain::plan) enum Extent {
    /// Until the cheapest is surely among what was worked out, or surely dearer than this.
    Best(f64),
    /// Everything is worked out: whoever asks why is told of every path.
    All,
}

/// What may be read of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::plan) enum Reach {
    /// What its keys select.
    Keys,
    /// That, or all of it.
    Whole,
}

/// What was found, in the order of the paths.
pub(in crate::domain::plan) struct Found<'a, 'p> {
    /// Plans that answer.
    pub(in crate::domain::plan) candidates: Vec<Candidate<'p>>,
    /// Paths that cannot be read by their keys.
    pub(in crate::domain::plan) refusals: Vec<(AccessPath<'p>, Refusal<'a>)>,
}

/// A way that is not worked out yet.
struct Outline<'a, 'p> {
    path: AccessPath<'p>,
    way: Way<'a>,
    /// What its candidate is ranked by is not below this.
    floor: f64,
    /// Where it stands among all.
    at: usize,
}

/// The plans of `paths`.
pub(in crate::domain::plan) fn search<'a, 'p>(
    context: &'a Context<'p>,
    paths: &[AccessPath<'p>],
    reach: Reach,
    extent: Extent,
) -> Found<'a, 'p> {
    let mut all: Vec<(AccessPath<'p>, Way<'a>)> = Vec::with_capacity(paths.len());
    let mut refusals = Vec::with_capacity(paths.len());
    // A table and its indexes stand together.
    for of_table in paths.chunk_by(|a, b| std::ptr::eq(a.table, b.table)) {
        let held = held(context, &of_table[0]);
        for path in of_table {
            match ways(context, path, held) {
                Ok(ways) => all.extend(ways.into_iter().map(|way| (*path, way))),
                Err(refusal) => refusals.push((*path, refusal)),
            }
            if reach == Reach::Whole {
                all.extend(whole(context, path, held).map(|way| (*path, way)));
            }
        }
    }
    let within = match extent {
        Extent::Best(cheapest) => cheapest,
        Extent::All => f64::INFINITY,
    };
    let (candidates, late) = worked_out(context, outlines(context, all, extent), within);
    refusals.extend(late);
    Found {
        candidates,
        refusals,
    }
}

/// The ways in the order in which they are worked out: those first that may be cheapest.
fn outlines<'a, 'p>(
    context: &Context<'p>,
    all: Vec<(AccessPath<'p>, Way<'a>)>,
    extent: Extent,
) -> Vec<Outline<'a, 'p>> {
    let floor = |(path, way): &(AccessPath<'p>, Way<'_>)| Some(way.floor(context, path)?.0);
    // Where the size of one is unknown, figures do not decide.
    let floors: Option<Vec<f64>> = match extent {
        // What is missing in a row is fetched from the base.
        Extent::Best(_) if has_sizes(context, &context.base_path()) => {
            all.iter().map(floor).collect()
        }
        Extent::Best(_) | Extent::All => None,
    };
    let floors = floors.unwrap_or_else(|| vec![0.0; all.len()]);
    let ways = all.into_iter().zip(floors).enumerate();
    let outline = |(at, ((path, way), floor))| Outline {
        path,
        way,
        floor,
        at,
    };
    let mut outlines: Vec<Outline<'a, 'p>> = ways.map(outline).collect();
    outlines.sort_by(|a, b| a.floor.total_cmp(&b.floor));
    outlines
}

/// Works out as many as it takes until none of the others can be as cheap as the cheapest, which is one
/// of them or known elsewhere.
fn worked_out<'a, 'p>(
    context: &'a Context<'p>,
    outlines: Vec<Outline<'a, 'p>>,
    mut cheapest: f64,
) -> (Vec<Candidate<'p>>, Vec<(AccessPath<'p>, Refusal<'a>)>) {
    let mut candidates = Vec::new();
    let mut refusals = Vec::new();
    for Outline {
        path,
        way,
        floor,
        at,
    } in outlines
    {
        if floor > cheapest {
            break;
        }
        let is_keyed = !matches!(way, Way::Scan);
        match complete(context, &path, way) {
            Ok(plan) => {
                cheapest = cheapest.min(units(&plan.estimate));
                candidates.push((at, Candidate { path, plan }));
            }
            Err(refusal) if is_keyed => refusals.push((path, refusal)),
            Err(_) => {}
        }
    }
    candidates.sort_by_key(|(at, _)| *at);
    let candidates = candidates.into_iter().map(|(_, candidate)| candidate);
    (candidates.collect(), refusals)
}

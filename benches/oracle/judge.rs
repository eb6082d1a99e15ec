//! What was chosen and estimated, held against what every candidate consumed.

use driftscope::domain::plan::Estimate;

/// Asked of the choice: the share of requests, and what the others may cost too much.
const CHEAPEST: f64 = 0.99;
const WORST_RATIO: f64 = 1.1;
/// Asked of estimates: the share of ranges that contain the truth, and of middles near it.
const CONTAINED: f64 = 0.99;
const NEAR: f64 = 0.95;
const NEAR_RATIO: f64 = 0.1;
/// One unit more or less is never too much.
const UNIT: f64 = 1.0;

/// A way to answer a request.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// What it is.
    pub(crate) name: String,
    /// What it was thought to consume.
    pub(crate) estimate: Estimate,
    /// What it did consume.
    pub(crate) consumed: f64,
    /// How its rows depart from those of the others.
    pub(crate) wrong: Option<String>,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Case {
    /// Its text.
    pub(crate) text: String,
    /// Whether a LIMIT ends the chosen route who knows when: items that it reads may be dropped.
    pub(crate) may_end_early: bool,
    /// The one that was chosen, then the others.
    pub(crate) candidates: Vec<Candidate>,
}

/// All requests under one state of knowledge.
#[derive(Debug)]
pub(crate) struct Judgement {
    title: String,
    cases: Vec<Case>,
}

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Figures.
    Figures,
    /// And the cases that fall short, one list a figure.
    Cases,
}

impl Candidate {
    fn is_contained(&self) -> bool {
        let range = self.estimate.rcu;
        range.low.0 <= self.consumed && range.high.is_none_or(|high| self.consumed <= high.0)
    }

    fn is_near(&self) -> bool {
        self.is_near_to(self.estimate.expected.0)
    }

    /// By the middle of the range: what a reader takes from a range alone.
    fn has_near_middle(&self) -> bool {
        let range = self.estimate.rcu;
        let middle = range.high.map(|high| f64::midpoint(range.low.0, high.0));
        middle.is_some_and(|middle| self.is_near_to(middle))
    }

    fn is_near_to(&self, figure: f64) -> bool {
        (figure - self.consumed).abs() <= UNIT.max(NEAR_RATIO * self.consumed)
    }

    fn line(&self) -> String {
        let Estimate {
            rcu,
            expected,
            basis,
            ..
        } = self.estimate;
        let high = rcu
            .high
            .map_or_else(|| "?".to_owned(), |high| high.0.to_string());
        format!(
            "consumed {:>7} of {}..{high}, expected {} ({}): {}",
            self.consumed,
            rcu.low.0,
            expected.0,
            basis.code(),
            self.name
        )
    }
}

impl Case {
    fn chosen(&self) -> &Candidate {
        &self.candidates[0]
    }

    fn best(&self) -> &Candidate {
        let least = |a: &&Candidate, b: &&Candidate| a.consumed.total_cmp(&b.consumed);
        self.candidates.iter().min_by(least).unwrap()
    }

    fn units_over(&self) -> f64 {
        self.chosen().consumed - self.best().consumed
    }

    fn ratio(&self) -> f64 {
        self.chosen().consumed / self.best().consumed.max(f64::MIN_POSITIVE)
    }

    fn is_cheapest(&self) -> bool {
        self.units_over() <= 0.0
    }

    fn is_much_dearer(&self) -> bool {
        self.units_over() > UNIT && self.ratio() > WORST_RATIO
    }

    fn show(&self) {
        println!("    {}", self.text);
        let best = self.best().consumed;
        for (rank, candidate) in self.candidates.iter().enumerate() {
            let mark = match (rank, candidate.consumed <= best) {
                (0, _) => "chosen",
                (_, true) => "best",
                (_, false) => "",
            };
            if rank < 6 || !mark.is_empty() {
                println!("      {mark:6} {}", candidate.line());
            }
        }
    }
}

impl Judgement {
    pub(crate) const fn new(title: String) -> Self {
        Self {
            title,
            cases: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, case: Case) {
        self.cases.push(case);
    }

    /// Takes the requests of another one in.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.cases.extend(other.cases);
    }

    /// Prints every figure; gives whether all is as asked.
    pub(crate) fn print(&self, shown: Shown) -> bool {
        let executed: usize = self.cases.iter().map(|case| case.candidates.len()).sum();
        println!(
            "\n{}: {} requests, {executed} candidates executed",
            self.title,
            self.cases.len()
        );
        let all = || self.cases.iter();
        let told = || all().filter(|case| !case.may_end_early);
        let results = [
            self.rows_are_equal(),
            share(
                ("chosen is the cheapest of all", CHEAPEST),
                all(),
                Case::is_cheapest,
                shown,
            ),
            self.worst(),
            share(
                ("range contains what was consumed", CONTAINED),
                all(),
                |case| case.chosen().is_contained(),
                shown,
            ),
            share(
                ("middle of the range within 10% or one unit", NEAR),
                told(),
                |case| case.chosen().has_near_middle(),
                // The figure that ranks, and that is told beside the range, is the one expected.
                Shown::Figures,
            ),
            share(
                ("expected within 10% or one unit", NEAR),
                told(),
                |case| case.chosen().is_near(),
                shown,
            ),
        ];
        self.of_all_candidates();
        results.into_iter().all(|as_asked| as_asked)
    }

    fn rows_are_equal(&self) -> bool {
        let candidates = self.cases.iter().flat_map(|case| {
            let candidates = case.candidates.iter();
            candidates.map(move |candidate| (case, candidate))
        });
        let wrong = candidates.filter_map(|(case, candidate)| {
            let wrong = candidate.wrong.as_ref()?;
            Some(format!(
                "    {}\n      {}: {wrong}",
                case.text, candidate.name
            ))
        });
        let wrong: Vec<String> = wrong.collect();
        println!("  candidates with other rows: {}", wrong.len());
        for line in &wrong {
            println!("{line}");
        }
        wrong.is_empty()
    }

    fn worst(&self) -> bool {
        let worst = self.cases.iter().max_by(|a, b| {
            let by_units = a.units_over().total_cmp(&b.units_over());
            a.is_much_dearer().cmp(&b.is_much_dearer()).then(by_units)
        });
        let Some(worst) = worst else {
            return true;
        };
        println!(
            "  worst choice: {} RCU in place of {} (asked: ≤ {WORST_RATIO}× or one unit more)",
            worst.chosen().consumed,
            worst.best().consumed
        );
        !worst.is_much_dearer()
    }

    /// Of routes not taken nothing is asked; their estimates tell how the choice comes about.
    fn of_all_candidates(&self) {
        let candidates = || self.cases.iter().flat_map(|case| &case.candidates);
        let contained = candidates().filter(|c| c.is_contained()).count();
        let near = candidates().filter(|c| c.is_near()).count();
        let all = candidates().count();
        println!(
            "  of all candidates: {} in range, {} near",
            percent(contained, all),
            percent(near, all)
        );
    }
}

/// Prints which share of the cases is good, and shows the others.
fn share<'a>(
    (what, asked): (&str, f64),
    cases: impl Iterator<Item = &'a Case>,
    good: impl Fn(&Case) -> bool,
    shown: Shown,
) -> bool {
    let cases: Vec<&Case> = cases.collect();
    let (good, bad): (Vec<&Case>, Vec<&Case>) = cases.into_iter().partition(|case| good(case));
    let all = good.len() + bad.len();
    println!(
        "  {what}: {} of {all}, {} (asked: {}%)",
        good.len(),
        percent(good.len(), all),
        asked * 100.0
    );
    if shown == Shown::Cases {
        bad.into_iter().for_each(Case::show);
    }
    ratio(good.len(), all) >= asked
}

fn percent(part: usize, all: usize) -> String {
    format!("{:.1}%", ratio(part, all) * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn ratio(part: usize, all: usize) -> f64 {
    part as f64 / all.max(1) as f64
}

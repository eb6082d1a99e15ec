//! Going on, and refusing to.

use super::*;
use crate::domain::drift::Recorder;
use crate::domain::item::BlockBuilder;
use crate::domain::mapping::fixture::{item, strike, strikes, with};
use crate::domain::read::ReadPage;
use crate::engine::drift::kept::expected;
use crate::engine::drift::standing::Mark;
use rstest::rstest;
use serde_json::json;
use std::path::PathBuf;
use tempfile::{TempDir, tempdir};

/// Pages of the base, and items on each.
const PAGES: usize = 12;
const ITEMS: usize = 20;

struct Place {
    directory: TempDir,
    dataset: BoundDataset,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempdir().unwrap(),
            dataset: strikes(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("check")
    }

    /// A check that keeps the records of about three pages in memory.
    fn open(&self) -> Result<Checkpoint, Unusable> {
        let options = DriftOptions {
            memory: 20_000,
            ..DriftOptions::of(&self.dataset)
        };
        Checkpoint::open(&self.path(), &self.dataset, &options)
    }

    /// Reads some pages of the base.
    fn read(&self, kept: &mut Kept, pages: std::ops::Range<usize>) {
        let copies = DriftOptions::of(&self.dataset).chosen(&self.dataset);
        let mut recorder = Recorder::new(&self.dataset, copies);
        for number in pages {
            let page = page(number);
            let mut records = kept.page();
            for item in page.items.iter() {
                recorder.base_item(item, |copy, record| records.put(expected(copy), &record));
            }
            let mark = Mark::new(0, 0, &page).with_base_items(ITEMS as u64);
            kept.keep(mark, records).unwrap();
        }
    }

    /// Files of the directory.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path().join("check.d")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn journal(&self) -> PathBuf {
        let files = self.files();
        let journals: Vec<_> = files.iter().filter(|f| f.starts_with("journal")).collect();
        assert_eq!(journals.len(), 1, "{files:?}");
        self.directory.path().join("check.d").join(journals[0])
    }
}

fn page(number: usize) -> ReadPage {
    let mut builder = BlockBuilder::new();
    for n in 0..ITEMS {
        let id = json!({"strike_id": {"S": format!("S{:05}", number * ITEMS + n)}});
        builder.push(&with(&strike(), &id));
    }
    let next = (number + 1 < PAGES).then(|| item(&json!({"n": {"N": number.to_string()}})));
    ReadPage {
        items: builder.finish(),
        next,
        ..ReadPage::default()
    }
}

fn assert_same(one: &mut Kept, other: &mut Kept) {
    assert_eq!(one.standing(), other.standing());
    let all = 0..one.side(0).tallies().len();
    for bucket in all {
        let side = expected(0);
        let (left, right) = (one.read(side, bucket), other.read(side, bucket));
        assert_eq!(left.unwrap(), right.unwrap());
    }
    for side in 0..6 {
        assert_eq!(one.side(side).tallies(), other.side(side).tallies());
        assert_eq!(one.side(side).items(), other.side(side).items());
    }
}

#[test]
fn a_check_that_was_dropped_after_any_page_goes_on_behind_it() {
    for stopped in 0..=PAGES {
        let (place, whole) = (Place::new(), Place::new());
        let first = place.open().unwrap();
        assert_eq!(first.resumed(), None);
        let mut kept = first.into_kept();
        place.read(&mut kept, 0..stopped);
        drop(kept);
        let again = place.open().unwrap();
        let read = again.resumed().map(|resumed| resumed.items);
        assert_eq!(read, Some((stopped * ITEMS) as u64));
        let mut kept = again.into_kept();
        place.read(&mut kept, stopped..PAGES);
        let mut uncut = whole.open().unwrap().into_kept();
        whole.read(&mut uncut, 0..PAGES);
        assert_same(&mut kept, &mut uncut);
    }
}

#[test]
fn a_page_that_was_written_half_is_read_again_and_those_before_it_are_not() {
    let place = Place::new();
    let mut kept = place.open().unwrap().into_kept();
    place.read(&mut kept, 0..2);
    drop(kept);
    let whole = fs::read(place.journal()).unwrap();
    let end_of_first = whole.len() / 2;
    for cut in [1, 11, end_of_first, whole.len() - 1] {
        fs::write(place.journal(), &whole[..cut]).unwrap();
        let again = place.open().unwrap();
        let read = again.resumed().unwrap().items;
        let expected = if cut < end_of_first { 0 } else { ITEMS };
        assert_eq!(read, expected as u64, "{cut} of {} bytes", whole.len());
    }
}

#[test]
fn what_was_written_out_after_the_last_checkpoint_does_not_count_twice() {
    let place = Place::new();
    let mut kept = place.open().unwrap().into_kept();
    place.read(&mut kept, 0..2);
    drop(kept);
    // Killed between writing the records out and the file that tells of them.
    let side = place.directory.path().join("check.d/side.0");
    fs::write(&side, vec![7; 1_000]).unwrap();
    fs::write(place.directory.path().join("check.d/journal.2"), "").unwrap();
    let mut again = place.open().unwrap().into_kept();
    assert_eq!(again.standing().tables[0].items, 2 * ITEMS as u64);
    assert_eq!(
        place
            .files()
            .iter()
            .filter(|f| f.starts_with("journal"))
            .count(),
        1
    );
    place.read(&mut again, 2..PAGES);
    let (whole, mut uncut) = (Place::new(), place.open());
    assert!(matches!(uncut, Err(Unusable::Refused(_))), "in use");
    uncut = whole.open();
    let mut uncut = uncut.unwrap().into_kept();
    whole.read(&mut uncut, 0..PAGES);
    assert_same(&mut again, &mut uncut);
}

#[test]
fn a_finished_check_leaves_nothing() {
    let place = Place::new();
    let mut kept = place.open().unwrap().into_kept();
    place.read(&mut kept, 0..PAGES);
    drop(kept);
    Checkpoint::remove(&place.path());
    assert_eq!(fs::read_dir(place.directory.path()).unwrap().count(), 0);
}

#[test]
fn no_attribute_but_keys_is_on_disk() {
    let place = Place::new();
    let mut kept = place.open().unwrap().into_kept();
    place.read(&mut kept, 0..PAGES);
    let mut all = fs::read(place.path()).unwrap();
    for file in place.files() {
        all.extend(fs::read(place.directory.path().join("check.d").join(file)).unwrap());
    }
    let holds = |text: &str| {
        all.windows(text.len())
            .any(|bytes| bytes == text.as_bytes())
    };
    assert!(holds("SACRAMENTO"), "the base key");
    assert!(!holds("UNITED") && !holds("Gull"), "other attributes");
}

/// Why the checkpoint of the strikes is refused to a check of the strikes as `change` makes them.
fn refused(change: impl Fn(&mut Place)) -> Problem {
    let mut place = Place::new();
    drop(place.open().unwrap());
    change(&mut place);
    match place.open() {
        Err(Unusable::Refused(problem)) => problem,
        other => panic!("refused: {other:?}"),
    }
}

/// Changes the text of the file.
fn rewrite(place: &Place, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(place.path()).unwrap();
    fs::write(place.path(), change(text)).unwrap();
}

#[rstest]
#[case::another_dataset(|p: &mut Place| p.dataset.dataset.name = "birds".into(), "another dataset", "`birds`")]
#[case::another_definition_of_the_base(
    |p: &mut Place| p.dataset.dataset.filter = crate::domain::expr::Predicate::TRUE,
    "another definition",
    "the base of `strikes`"
)]
#[case::another_definition_of_a_copy(
    |p: &mut Place| p.dataset.copies[1].mapping.ignore.push("x".to_owned()),
    "another definition",
    "the copy `damaged`"
)]
#[case::fewer_copies(
    |p: &mut Place| { p.dataset.copies.pop(); },
    "other copies",
    "`by_party`"
)]
#[case::another_table(
    |p: &mut Place| p.dataset.base.name = "strikes_2".into(),
    "other tables",
    "`strikes_2`"
)]
#[case::a_table_that_was_recreated(
    |p: &mut Place| p.dataset.copies[0].table.id = Some("2".to_owned()),
    "another table",
    "`strikes_by_month` was deleted and created again"
)]
#[case::another_version(
    |p: &mut Place| rewrite(p, |text| text.replacen("checkpoint 1 of", "checkpoint 9 of", 1)),
    "another version",
    "checkpoint 9"
)]
#[case::no_checkpoint(|p: &mut Place| rewrite(p, |_| "notes".to_owned()), "is none", "begin")]
#[case::an_empty_file(|p: &mut Place| rewrite(p, |_| String::new()), "is none", "begin")]
#[case::one_that_was_cut(
    |p: &mut Place| rewrite(p, |text| text[..text.len() / 2].to_owned()),
    "damaged",
    "digest"
)]
#[case::one_that_was_changed(
    |p: &mut Place| rewrite(p, |text| text.replacen("\"items\":0", "\"items\":1", 1)),
    "damaged",
    "digest"
)]
#[case::one_without_its_records(
    |p: &mut Place| fs::remove_file(p.directory.path().join("check.d/side.3")).unwrap(),
    "damaged",
    "check.d"
)]
#[case::one_without_its_journal(
    |p: &mut Place| fs::remove_file(p.journal()).unwrap(),
    "damaged",
    "check.d"
)]
fn a_checkpoint_that_cannot_be_gone_on_with_is_refused_and_says_what_differs(
    #[case] change: impl Fn(&mut Place),
    #[case] what: &str,
    #[case] why: &str,
) {
    let problem = refused(change);
    assert!(problem.what.contains(what), "{problem}");
    assert!(
        problem.why.as_ref().is_some_and(|w| w.contains(why)),
        "{problem}"
    );
    assert!(problem.hint.is_some());
}

#[test]
fn a_file_of_somebody_else_gets_no_directory_beside_it() {
    let place = Place::new();
    fs::write(place.path(), "notes").unwrap();
    assert!(place.open().is_err());
    assert_eq!(fs::read_dir(place.directory.path()).unwrap().count(), 1);
}

#[test]
fn a_directory_that_is_not_there_is_told_before_anything_is_read() {
    let mut place = Place::new();
    let path = place.directory.path().join("none/check");
    let options = DriftOptions::of(&place.dataset);
    place.dataset.copies.truncate(1);
    let Err(Unusable::Disk(problem)) = Checkpoint::open(&path, &place.dataset, &options) else {
        panic!("it cannot be kept");
    };
    assert!(problem.what.contains("none/check") && problem.why.is_some() && problem.hint.is_some());
}

use super::*;
use rstest::rstest;

const GRACE: Duration = Duration::from_secs(30);

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A look that took no time, at an item with a version, of a copy whose lag nobody measures.
fn sight(at: u64, digest: u128) -> Sight<'static> {
    Sight {
        began: secs(at),
        ended: secs(at),
        digest: Digest(digest),
        classes: &[Class::Missing],
        recurrence: Recurrence::Excluded,
        flow: Flow::Unknown,
        grace: GRACE,
    }
}

#[test]
fn what_two_looks_a_grace_apart_show_alike_is_drift() {
    let mut rounds = Rounds::default();
    assert!(rounds.is_new());
    assert_eq!(rounds.take(&sight(5, 1)), Next::Look(secs(35)));
    assert!(!rounds.is_new());
    assert_eq!(rounds.take(&sight(35, 1)), Next::Drift);
}

#[test]
fn what_agrees_was_in_flight_at_whatever_look() {
    let agrees = |at| Sight {
        classes: &[],
        ..sight(at, 2)
    };
    let mut rounds = Rounds::default();
    assert_eq!(rounds.take(&agrees(0)), Next::InFlight);
    rounds.take(&sight(0, 1));
    assert_eq!(rounds.take(&agrees(30)), Next::InFlight);
}

#[test]
fn the_grace_counts_from_the_last_read_of_one_look_to_the_first_of_the_next() {
    let mut rounds = Rounds::default();
    let slow = Sight {
        ended: secs(10),
        ..sight(0, 1)
    };
    assert_eq!(rounds.take(&slow), Next::Look(secs(40)));
    let early = Sight {
        ended: secs(41),
        ..sight(39, 1)
    };
    assert_eq!(rounds.take(&early), Next::Look(secs(40)));
    assert_eq!(rounds.take(&sight(40, 1)), Next::Drift);
}

#[test]
fn an_item_that_can_be_the_same_again_is_looked_at_five_times_within_two_graces() {
    let mut rounds = Rounds::default();
    let can_recur = |at, digest| Sight {
        recurrence: Recurrence::Possible,
        ..sight(at, digest)
    };
    for at in [0, 15, 30, 45] {
        assert_eq!(rounds.take(&can_recur(at, 1)), Next::Look(secs(at + 15)));
    }
    assert_eq!(rounds.take(&can_recur(60, 1)), Next::Drift);
}

#[test]
fn an_item_that_can_be_the_same_again_is_told_to_have_moved_by_any_of_the_looks() {
    let mut rounds = Rounds::default();
    let can_recur = |at, digest| Sight {
        recurrence: Recurrence::Possible,
        ..sight(at, digest)
    };
    rounds.take(&can_recur(0, 1));
    // The next round begins after a pause of a grace.
    assert_eq!(rounds.take(&can_recur(15, 2)), Next::Look(secs(45)));
}

#[test]
fn rounds_double_and_what_moves_in_every_one_of_five_is_hot() {
    let mut rounds = Rounds::default();
    let mut digest = 0;
    let mut at = Duration::ZERO;
    let mut lengths = Vec::new();
    let last = loop {
        let begun = at;
        digest += 1;
        let Next::Look(due) = rounds.take(&sight(at.as_secs(), digest)) else {
            panic!("a first look settles nothing");
        };
        digest += 1;
        lengths.push(due.abs_diff(begun).as_secs());
        match rounds.take(&sight(due.as_secs(), digest)) {
            Next::Look(next) => {
                at = next;
                if let Some(length) = lengths.last_mut() {
                    *length += next.abs_diff(due).as_secs();
                }
            }
            other => break other,
        }
    };
    assert_eq!(last, Next::Open(LeftOpen::Hot));
    // The pause of a round counts to the round before it here.
    assert_eq!(lengths, [60, 120, 240, 480, 30]);
}

#[test]
fn one_quiet_round_after_others_confirms() {
    let mut rounds = Rounds::default();
    rounds.take(&sight(0, 1));
    assert_eq!(rounds.take(&sight(30, 2)), Next::Look(secs(60)));
    assert_eq!(rounds.take(&sight(60, 3)), Next::Look(secs(90)));
    assert_eq!(rounds.take(&sight(90, 3)), Next::Drift);
}

/// How changes flow at the first and at the second of two equal looks.
#[rstest]
#[case::nobody_measures(Flow::Unknown, Flow::Unknown, Class::Missing, Next::Drift)]
#[case::nothing_changes(Flow::Idle, Flow::Idle, Class::Missing, Next::Drift)]
#[case::in_time(flowing(29), flowing(3), Class::Missing, Next::Drift)]
#[case::late_before(flowing(30), flowing(3), Class::Missing, Next::Look(secs(60)))]
#[case::late_now(flowing(3), flowing(30), Class::Missing, Next::Look(secs(60)))]
#[case::behind(behind(), behind(), Class::Missing, Next::Open(LeftOpen::Pending))]
#[case::caught_up(behind(), flowing(3), Class::Missing, Next::Open(LeftOpen::Pending))]
#[case::stopped(flowing(3), stopped(), Class::Stale, Next::Open(LeftOpen::Pending))]
#[case::a_deletion_can_be_late(
    stopped(),
    stopped(),
    Class::Orphaned,
    Next::Open(LeftOpen::Pending)
)]
#[case::two_for_one_key_are_not_late(stopped(), stopped(), Class::Duplicate, Next::Drift)]
#[case::nor_is_what_cannot_be_mapped(stopped(), stopped(), Class::Unmappable, Next::Drift)]
fn what_may_be_late_is_no_drift_while_changes_are(
    #[case] before: Flow,
    #[case] now: Flow,
    #[case] class: Class,
    #[case] next: Next,
) {
    let mut rounds = Rounds::default();
    let classes = [class];
    let mut look = |at, flow| {
        rounds.take(&Sight {
            flow,
            classes: &classes,
            ..sight(at, 1)
        })
    };
    look(0, before);
    assert_eq!(look(30, now), next);
}

#[test]
fn what_is_steady_but_late_in_every_round_ends_pending() {
    let mut rounds = Rounds::default();
    let mut at = Duration::ZERO;
    let ended = loop {
        let late = Sight {
            began: at,
            ended: at,
            flow: flowing(31),
            ..sight(0, 1)
        };
        match rounds.take(&late) {
            Next::Look(due) => at = due,
            other => break other,
        }
    };
    assert_eq!(ended, Next::Open(LeftOpen::Pending));
    assert_eq!(at, GRACE * 31);
}

fn flowing(seconds: u64) -> Flow {
    Flow::Flowing { lag: secs(seconds) }
}

fn behind() -> Flow {
    Flow::Behind { by: secs(1_000) }
}

fn stopped() -> Flow {
    Flow::Stopped { since: secs(1_000) }
}

#[test]
fn an_agenda_gives_cases_when_they_are_due_and_in_order() {
    let mut agenda = Agenda::default();
    for (due, case) in [(30, "c"), (0, "a"), (40, "d"), (0, "b")] {
        agenda.add(secs(due), case);
    }
    assert_eq!(agenda.next_due(), Some(secs(0)));
    assert_eq!(agenda.take_due(secs(0), 1), ["a"]);
    assert_eq!(agenda.take_due(secs(30), 9), ["b", "c"]);
    assert_eq!(agenda.take_due(secs(39), 9), Vec::<&str>::new());
    assert_eq!((agenda.len(), agenda.is_empty()), (1, false));
    assert_eq!(agenda.into_cases().collect::<Vec<_>>(), ["d"]);
}

//! A case that was taken from the table stays away from it, and a run that is over is the referral's last.

use lexicon::{Outcome, Refusal as _};
use mediation::model::{CaseDesk, Event, Performance, State, Taken};
use uuid::Uuid;

use super::desk::{claim, fence};
use super::{account, agreed, at, id, party, run};

fn in_effect() -> CaseDesk {
    let run = Some(run(agreed(Performance::Due)));
    CaseDesk { run, ..CaseDesk::unheard(Uuid::from_u128(8).into()) }
}

type News = (&'static str, fn(CaseDesk) -> Outcome<CaseDesk, Event>);

type Heard = fn(CaseDesk) -> CaseDesk;

const TAKES: [News; 3] = [
    ("demanded", |desk| desk.demanded(1, at(30))),
    ("withdrawn", |desk| desk.withdrawn(at(30))),
    ("recalled", |desk| desk.recalled(at(30))),
];

/// A dismissed confirmation lets the parties sit down again (T47), but not once the court was demanded or the case is over,
/// whichever is heard first.
#[test]
fn no_dismissed_confirmation_brings_back_a_case_that_was_taken_away() {
    let consent = |desk: &CaseDesk| desk.run.clone().unwrap().consent(party(3), at(40), id(77));
    let denied = in_effect().denied().into_noun();
    assert!(consent(&denied).unwrap().is_changed(), "as long as nothing took it away");
    for (how, take) in TAKES {
        let after = take(denied.clone()).into_noun();
        assert_eq!(consent(&after).unwrap_err().reason(), "NOT_CONSENT_PENDING", "denied, {how}");
        let before = take(in_effect()).into_noun().denied();
        assert_eq!(before.is_changed(), how == "demanded", "{how}, denied: a demand may be taken back");
        assert_eq!(
            consent(&before.into_noun()).unwrap_err().reason(),
            "NOT_CONSENT_PENDING",
            "{how}, denied"
        );
    }
}

/// A suit that became known while nothing was mediated ends the run that opens after it (T43).
#[test]
fn a_run_that_opens_anew_under_a_suit_elsewhere_ends_at_once() {
    let desk = in_effect().sued(at(29)).into_noun().denied().into_noun();
    let renewed = desk.run.clone().unwrap().consent(party(3), at(40), id(77)).unwrap().into_noun();
    assert!(matches!(renewed.state, State::Failed { ground: "F12", .. }), "{:?}", renewed.state);
}

/// The parties choose anew once the demand is taken back (T58): what a court had said of their agreement is not forgotten, whichever is
/// heard first; and a taking back is nothing to a later demand.
#[test]
fn a_demand_that_is_taken_back_leaves_the_table_open_to_another_run() {
    let sits = |desk: &CaseDesk| {
        desk.run.clone().unwrap().consent(party(3), at(40), id(77)).is_ok_and(|moved| moved.is_changed())
    };
    let denied: Heard = |desk| desk.denied().into_noun();
    let demanded: Heard = |desk| desk.demanded(4, at(30)).into_noun();
    let back: Heard = |desk| desk.taken_back(Some(4)).into_noun();
    // The same where it found its end otherwise, and no court has the suit.
    let answered: Heard = |desk| desk.demand_answered(Some(4)).into_noun();
    let orders = |over: Heard| {
        [
            [denied, demanded, over],
            [demanded, denied, over],
            [demanded, over, denied],
            [over, demanded, denied],
            [over, denied, demanded],
            [denied, over, demanded],
        ]
    };
    for order in orders(back).into_iter().chain(orders(answered)) {
        let desk = order.iter().fold(in_effect(), |desk, heard| heard(desk));
        assert_eq!(desk.taken, None);
        assert!(sits(&desk));
        let later = desk.demanded(9, at(31)).into_noun();
        assert!(
            !sits(&later) && !sits(&later.clone().taken_back(Some(4)).into_noun()),
            "the next one stands"
        );
        assert!(sits(&later.taken_back(Some(9)).into_noun()));
    }
    // A run that the demand ended is over; nothing opens another.
    let failed = CaseDesk::unheard(Uuid::from_u128(8).into());
    let failed = failed.confirmed(claim(1, "a", &[1, 2]), id(1), at(0)).into_noun();
    let failed = failed.demanded(4, at(1)).into_noun().taken_back(Some(4)).into_noun();
    assert!(matches!(failed.run.as_ref().unwrap().state, State::Failed { ground: "F02", .. }));
    // What the claimant has taken away stays away, also where a demand was heard before it.
    let both = in_effect().demanded(4, at(1)).into_noun().withdrawn(at(2)).into_noun();
    assert_eq!(both.taken, Some(Taken::Withdrawn));
    assert_eq!(both.taken_back(Some(4)).into_noun().taken, Some(Taken::Withdrawn));
}

/// The mark raises no version where no run is open; the count of amendments keeps away a write that was judged before it.
#[test]
fn what_takes_a_case_away_moves_a_guard() {
    for (how, take) in TAKES {
        let Outcome::Changed(after, said) = take(in_effect()) else { panic!("{how}: not heard") };
        assert!(said.is_empty() && after.version == in_effect().version);
        assert_eq!(after.amendments, in_effect().amendments + 1, "{how}");
        assert!(!take(after).is_changed(), "{how} again is already so");
    }
    let demanded = CaseDesk::unheard(Uuid::from_u128(8).into()).demanded(1, at(0)).into_noun();
    // An acceptance that tells nothing new drops the mark alone.
    let dropped = demanded.clone().accepted(|_| ()).into_noun();
    assert_eq!((dropped.taken, dropped.amendments), (None, demanded.amendments + 1));
}

/// The period runs out while the case is in the pool; somebody confirms a claim before routing has heard of the end.
#[test]
fn a_claim_that_overtakes_the_end_of_the_run_opens_no_other() {
    let desk = CaseDesk::unheard(Uuid::from_u128(8).into());
    let desk = desk.confirmed(claim(1, "a", &[1, 2]), id(1), at(0)).into_noun();
    let desk = desk.released(fence(2), Some(account("a")), at(1)).into_noun();
    let generation = desk.run.as_ref().unwrap().course.generation;
    let desk = desk.expired("K10", generation, at(2)).into_noun();
    assert!(matches!(desk.run.as_ref().unwrap().state, State::Failed { ground: "F05", .. }));
    let desk = desk.claimed(fence(3), at(3)).into_noun();
    let Outcome::AlreadySo(desk) = desk.confirmed(claim(3, "b", &[1, 2]), id(2), at(4)) else {
        panic!("another run opened under a referral that is about to end")
    };
    assert_eq!(desk.run.as_ref().unwrap().id, id(1));
    // Its holder is told what the end is, and nothing of a table that is still to come.
    assert!(desk.admit(fence(3)).is_ok_and(|run| !run.state.is_open()));
}

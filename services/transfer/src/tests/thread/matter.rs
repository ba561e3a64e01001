//! Which cases are about one matter, and which of them a suit ends.

use super::*;
use crate::model::facts::{Beside, Elsewhere};
use crate::model::matter;

fn known(track: &str, stage: Stage) -> Thread {
    let mut thread = thread(track, stage);
    thread.facts.digests = [(party(1), "a"), (party(2), "b")].map(|(who, by)| (who, by.to_owned())).into();
    thread
}

#[test]
fn a_matter_is_the_same_people_and_the_same_cause() {
    let shared = |thread: &Thread| matter::of(&thread.facts);
    let one = known("TR", Stage::InMediation);
    assert!(shared(&one).is_some());
    // Who sues whom is not asked, nor who is merely affected.
    let mut turned = one.clone();
    turned.facts.digests = [(party(1), "b"), (party(2), "a")].map(|(who, by)| (who, by.to_owned())).into();
    turned.facts.digests.insert(party(3), "c".to_owned());
    assert_eq!(shared(&turned), shared(&one));
    let mut other = one.clone();
    other.facts.cause = "413".to_owned();
    assert_ne!(shared(&other), shared(&one));
    let mut stranger = one.clone();
    stranger.facts.digests.insert(party(2), "d".to_owned());
    assert_ne!(shared(&stranger), shared(&one));
    // Whoever is not known by a digest is like nobody.
    for spoil in [
        (|thread| drop(thread.facts.digests.remove(&party(2)))) as fn(&mut Thread),
        |thread| thread.facts.digests.insert(party(2), String::new()).map_or((), drop),
        |thread| thread.facts.cause.clear(),
        |thread| thread.facts.parties.truncate(1),
    ] {
        let mut unknown = one.clone();
        spoil(&mut unknown);
        assert_eq!(shared(&unknown), None);
    }
}

#[test]
fn a_suit_ends_what_still_runs_on_the_tracks_that_the_book_names() {
    let suit = || Elsewhere { case: Uuid::from_u128(9).into(), court: CourtId::new("court-2071").unwrap() };
    for track in tracks::all() {
        let ends = matches!(track.code.as_str(), "TR" | "ME" | "MA");
        for (stage, may) in [
            (Stage::Unmediated, true),
            (Stage::InMediation, true),
            (Stage::Failed, false),
            (Stage::Agreed, false),
            (Stage::Performed, false),
        ] {
            let moved = known(&track.code, stage).sued_elsewhere(suit());
            let told = matches!(&moved, Outcome::Changed(_, news) if *news == [News::SuitFound]);
            assert_eq!(told, ends && may, "{} {stage:?}", track.code);
            let again = moved.into_noun();
            assert_eq!(again.clone().sued_elsewhere(suit()), Outcome::AlreadySo(again), "said once");
        }
    }
    let mut demanded = known("TR", Stage::InMediation);
    demanded.facts.demanded = true;
    assert_eq!(demanded.clone().sued_elsewhere(suit()), Outcome::AlreadySo(demanded));
}

#[test]
fn a_referral_and_an_enforcement_are_no_suits() {
    let court = CourtId::new("court-2071").unwrap();
    let told = |track: &str, number: &str| {
        let mut thread = known(track, Stage::InMediation);
        thread.facts.suit = Some(Suit { court: court.clone(), number: number.to_owned() });
        thread
    };
    assert_eq!(told("JM", "（2026）粤2071民初5号").suing_at(), Some(&court));
    assert_eq!(told("JM", "").suing_at(), None);
    assert_eq!(told("WP", "（2024）粤2071诉前调5号").suing_at(), None, "referred before filing");
    let commissioned = |which: usize| {
        let commission = Commission { thread: Uuid::from_u128(9).into(), ..commissions().remove(which) };
        Thread { commission: Some(commission), ..known("WT", Stage::InMediation) }
    };
    assert_eq!(commissioned(1).suing_at(), Some(&court));
    let opened = known("PM", Stage::Failed).demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
    assert_eq!(opened.suing_at(), None, "no court has filed it");
}

/// A later filing of the case, about what was settled or to enforce it, does not hide the suit that a court has.
#[test]
fn of_several_filings_the_one_that_a_court_has_is_the_suit() {
    let court = CourtId::new("court-2072").unwrap();
    for (kind, state) in [(Kind::SuitOnAgreement, "WITHDRAWN"), (Kind::Enforcement, "FILED")] {
        let mut thread = known("PM", Stage::Agreed);
        let later = again::earlier(kind, state);
        let beside = |id, kind, state: &str, court: &CourtId| Beside {
            id,
            kind,
            state: state.to_owned(),
            court: Some(court.clone()),
        };
        thread.facts.filings = vec![
            beside(Uuid::from_u128(69).into(), Kind::Complaint, "FILED", &court),
            beside(later.id, kind, state, &CourtId::new("court-2071").unwrap()),
        ];
        thread.filing = Some(later);
        assert_eq!(thread.suing_at(), Some(&court), "{kind:?}");
    }
}

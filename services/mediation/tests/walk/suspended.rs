//! A run that is stopped: each cause has an end of its own, nothing starts over the head of danger that nobody has answered, and
//! only the examination, a party's own word or the end of the period ends it.

use lexicon::{AccountId, OrgId, Outcome, PartyRole, Refusal as _};
use mediation::model::{CaseDesk, Cause, Claim, Event, Fence, Mediation, Party, State};
use uuid::Uuid;

use super::{account, at, id, party, run};

fn desk(state: State) -> CaseDesk {
    CaseDesk { run: Some(run(state)), ..CaseDesk::unheard(Uuid::from_u128(8).into()) }
}

fn at_the_table() -> CaseDesk {
    desk(State::InMediation { since: at(10) })
}

fn head() -> AccountId {
    account("head-1")
}

fn the_run(desk: &CaseDesk) -> Mediation {
    desk.run.clone().unwrap()
}

fn state(desk: &CaseDesk) -> &'static str {
    desk.run.as_ref().unwrap().state.name()
}

#[test]
fn a_suspicion_is_examined_also_where_danger_had_stopped_the_run() {
    let desk = at_the_table().endangered(at(20)).into_noun();
    let Outcome::Changed(run, said) = the_run(&desk).suspend(at(30)).unwrap() else {
        panic!("the suspicion was swallowed")
    };
    assert!(
        matches!(&said[..], [Event::Suspended { cause: Cause::Sham, .. }]),
        "S13, and the court: {said:?}"
    );
    assert!(!run.clone().suspend(at(31)).unwrap().is_changed(), "again is already so");
    let desk = desk.with(run).answered().into_noun();
    let found = the_run(&desk).confirm_sham(&head(), at(40)).unwrap().into_noun();
    assert!(matches!(found.state, State::Failed { ground: "F06", .. }));
    let nothing = the_run(&desk).resume(&head()).unwrap().into_noun();
    assert_eq!(nothing.state.name(), "IN_MEDIATION");
}

#[test]
fn danger_joins_a_suspicion_and_is_answered_before_it_goes_on() {
    let suspected = the_run(&at_the_table()).suspend(at(20)).unwrap().into_noun();
    let Outcome::Changed(desk, said) = at_the_table().with(suspected).endangered(at(30)) else {
        panic!("the danger was swallowed")
    };
    assert!(matches!(&said[..], [Event::Suspended { cause: Cause::Emergency, .. }]), "{said:?}");
    assert_eq!(the_run(&desk).resume(&head()).unwrap_err().reason(), "EMERGENCY_UNANSWERED");
    let answered = desk.answered().into_noun();
    assert!(the_run(&answered).resume(&head()).is_ok());
    assert!(the_run(&answered).confirm_sham(&head(), at(40)).is_ok());
}

#[test]
fn nothing_comes_to_the_table_while_danger_waits_for_an_answer() {
    // Raised while the parties are asked: the last consent begins the period and no sitting.
    let asked = desk(State::ConsentPending).endangered(at(20)).into_noun();
    let consented = the_run(&asked).consent(party(2), at(31), id(77)).unwrap().into_noun();
    let asked = asked.with(consented);
    assert_eq!(state(&asked), "SUSPENDED");
    assert!(the_run(&asked).course.period.is_some(), "the period runs on");
    assert_eq!(the_run(&asked).resume(&head()).unwrap_err().reason(), "EMERGENCY_UNANSWERED");
    let answered = asked.answered().into_noun();
    assert_eq!(the_run(&answered).resume(&head()).unwrap().into_noun().state.name(), "IN_MEDIATION");

    // Raised during an appraisal.
    let appraisal = the_run(&desk(State::InMediation { since: at(10) }));
    let mut appraisal = Mediation { track: "ME".to_owned(), ..appraisal };
    appraisal.course.period =
        Some(mediation::model::course::Period::begin("ME", &appraisal.begun.clone(), at(10)));
    let appraisal = appraisal.appraise(at(31), &[party(1), party(2)], false).unwrap().into_noun();
    let appraised = at_the_table().with(appraisal).endangered(at(40)).into_noun();
    assert_eq!(state(&appraised), "APPRAISAL", "no sitting to stop");
    let finished = appraised.clone().with(the_run(&appraised).finish_appraisal(at(60)).unwrap().into_noun());
    assert_eq!(state(&finished), "SUSPENDED");

    // Raised before anybody had claimed it, and answered before: both are remembered.
    let unheard = || CaseDesk::unheard(Uuid::from_u128(8).into());
    let claim = || Claim {
        fence: Fence { epoch: 1, n: 1 },
        mediator: account("a"),
        studio: OrgId::new("studio-1").unwrap(),
        track: "PM".to_owned(),
        parties: super::parties(&[1, 2]),
    };
    let early = unheard().endangered(at(0)).into_noun();
    assert_eq!(state(&early.clone().confirmed(claim(), id(1), at(1)).into_noun()), "SUSPENDED");
    let answered = early.answered().into_noun();
    assert_eq!(state(&answered.confirmed(claim(), id(1), at(1)).into_noun()), "IN_MEDIATION");
}

#[test]
fn the_mediator_does_not_end_what_is_examined() {
    let suspected = || the_run(&at_the_table()).suspend(at(20)).unwrap().into_noun();
    for ground in ["F04", "F07", "F12", "F99"] {
        assert_eq!(
            suspected().conclude(ground, at(31)).unwrap_err().reason(),
            "SHAM_NOT_EXAMINED",
            "{ground}"
        );
    }
    assert_eq!(suspected().refuse(party(2), true, at(31)).unwrap_err().reason(), "SHAM_NOT_EXAMINED");
    let dangerous = || the_run(&at_the_table().endangered(at(20)).into_noun());
    assert_eq!(dangerous().conclude("F04", at(31)).unwrap_err().reason(), "NOT_IN_MEDIATION");
    for run in [suspected, dangerous as fn() -> Mediation] {
        let ends = |outcome: Outcome<Mediation, Event>| outcome.into_noun().state.name();
        assert_eq!(ends(run().refuse(party(2), false, at(31)).unwrap()), "FAILED", "a party's own word");
        assert_eq!(ends(run().request_transfer(party(2), at(31)).unwrap()), "FAILED");
        assert_eq!(ends(run().take_back(party(1), &[], at(31)).unwrap()), "WITHDRAWN");
        assert_eq!(ends(run().expire("K10", 2, at(31))), "FAILED", "its period");
    }
}

/// The period runs on while a court examines; what the court finds after its end is the ground all the same (L4 art. 18).
#[test]
fn a_sham_that_a_court_finds_after_the_period_is_the_ground() {
    let suspected = |court: Option<&str>| {
        let mut desk = at_the_table();
        desk.run.as_mut().unwrap().begun.court = court.map(str::to_owned);
        let run = the_run(&desk).suspend(at(20)).unwrap().into_noun();
        let desk = desk.with(run).expired("K10", 2, at(31)).into_noun();
        assert!(matches!(the_run(&desk).state, State::Failed { ground: "F05", .. }));
        desk
    };
    let theirs = suspected(Some("court-2071"));
    assert!(
        !theirs.clone().examined(false, at(40)).is_changed(),
        "nothing was found: it ended with its period"
    );
    let Outcome::Changed(found, said) = theirs.clone().examined(true, at(40)) else { panic!("swallowed") };
    assert!(matches!(said[..], [Event::Concluded { ground: "F06", .. }]), "{said:?}");
    let run = the_run(&found);
    assert!(matches!(run.state, State::Failed { ground: "F06", at: ended, .. } if ended == at(31)));
    assert_eq!(run.course.generation, the_run(&theirs).course.generation + 1);
    assert!(!found.examined(true, at(41)).is_changed(), "again is already so");
    // Where no court examines, and where a party had left before, there is nothing to find any more.
    assert!(!suspected(None).examined(true, at(40)).is_changed());
    let mut left = at_the_table();
    left.run.as_mut().unwrap().begun.court = Some("court-2071".to_owned());
    let run = the_run(&left).suspend(at(20)).unwrap().into_noun();
    assert!(!left.with(run).demanded(1, at(25)).into_noun().examined(true, at(40)).is_changed());
}

/// Nobody gives up another's claim, and one of several who are represented is asked like every other.
#[test]
fn the_claimants_take_a_case_back_together() {
    let mut run = the_run(&at_the_table());
    run.parties.push(Party { id: party(7), role: PartyRole::Claimant, consented: Some(at(1)), member: None });
    assert_eq!(run.clone().take_back(party(1), &[], at(31)).unwrap_err().reason(), "CLAIMANTS_REMAIN");
    assert_eq!(
        run.clone().take_back(party(1), &[party(2)], at(31)).unwrap_err().reason(),
        "CLAIMANTS_REMAIN"
    );
    let back = run.take_back(party(1), &[party(7)], at(31)).unwrap().into_noun();
    assert_eq!(back.state.name(), "WITHDRAWN");
}

//! A demand after what the one before has opened: anew, or so already.

use super::*;

/// What a court is done with shuts it for nothing that comes later: another instalment, the settled part after the rest, the
/// court after arbitration.
#[test]
fn a_demand_is_heard_anew_once_what_it_opened_has_come_to_its_end() {
    // The same party says it again.
    let again = Demand { party: id(RESPONDENT), how: HowSaid::InWriting, at: at(5) };
    let on = |table: Option<Course>, court: Course| {
        let dispute = demanded(in_state(State::Accepted));
        let dispute = table.map_or(dispute.clone(), |table| on_course(table, dispute));
        on_course(court, dispute)
    };
    let heard = |dispute: Dispute| match dispute.demand_court(again).unwrap() {
        Outcome::Changed(now, events) => {
            assert_eq!((now.demand, events), (Some(again), vec![Event::CourtDemanded]));
            assert!(now.is_open());
            Some(now.beyond.court)
        }
        Outcome::AlreadySo(_) => None,
    };
    let anew = Some(Some(Course::Transfer));
    for (table, court, expected) in [
        (Some(Course::Breached), Course::Filed, Some(Some(Course::Filed))),
        (Some(Course::Performing), Course::Filed, Some(Some(Course::Filed))),
        (Some(Course::Breached), Course::Reported, Some(Some(Course::Reported))),
        (Some(Course::Breached), Course::Outcome, anew),
        (Some(Course::Agreed), Course::Outcome, anew),
        (Some(Course::Failed), Course::HandoffReturned, anew),
        (Some(Course::Failed), Course::HandoffDone, anew),
        (None, Course::HandoffReturned, anew),
        // The court has what was demanded, or is about to get it.
        (Some(Course::Failed), Course::Filed, None),
        (Some(Course::Agreed), Course::Filed, None),
        (Some(Course::Failed), Course::Outcome, None),
        (Some(Course::Performed), Course::Outcome, None),
        (Some(Course::Breached), Course::Transfer, None),
        (Some(Course::Breached), Course::CourtReview, None),
        (Some(Course::Failed), Course::Handed, None),
        (Some(Course::Failed), Course::Reported, None),
    ] {
        assert_eq!(heard(on(table, court)), expected, "{table:?} {court:?}");
    }
    // The same after it was closed.
    for (table, court) in [(Course::Breached, Course::Filed), (Course::Agreed, Course::Filed)] {
        let closed = Dispute { state: State::Closed, ..on(Some(table), court) };
        let Ok(Outcome::Changed(open, _)) = closed.demand_court(again) else { panic!("{table:?} {court:?}") };
        assert_eq!(open.state, State::Accepted);
    }
}

/// An earlier filing's outcome is not the end of the one that is on its way.
#[test]
fn the_outcome_of_an_earlier_filing_hides_no_later_one() {
    let on_its_way = on_course(Course::Transfer, demanded(in_state(State::Accepted)));
    let after = on_its_way.clone().heard(Course::Outcome, at(6));
    assert_eq!(after, Outcome::AlreadySo(on_its_way.clone()));
    assert_eq!(on_its_way.close(&[], at(6)).unwrap_err().reason(), "STILL_OPEN");
    let filed = on_course(Course::Filed, demanded(in_state(State::Accepted)));
    assert_eq!(filed.heard(Course::Outcome, at(6)).into_noun().course(), Some(Course::Outcome));
}

/// Each party's demand is its own: the second's is said too, though a filing is open.
#[test]
fn another_party_s_demand_is_kept_and_said() {
    let of = |party: u128, day: i64| Demand { party: id(party), how: HowSaid::ByPhone, at: at(day) };
    let one = demanded(in_state(State::Accepted));
    let Ok(Outcome::Changed(both, events)) = one.demand_court(of(CLAIMANT, 2)) else { panic!("not kept") };
    assert_eq!((both.demand, events), (Some(of(CLAIMANT, 2)), vec![Event::CourtDemanded]));
    assert!(matches!(both.demand_court(of(CLAIMANT, 3)), Ok(Outcome::AlreadySo(_))));
}

#[test]
fn a_filing_that_was_taken_back_leaves_a_missed_correction_to_its_day() {
    let waiting = on_course(Course::Transfer, demanded(in_state(asked(vec!["身份证".into()]))));
    let in_time = waiting.clone().heard(Course::FilingWithdrawn, at(50)).into_noun();
    assert_eq!((in_time.demand, &in_time.state), (None, &waiting.state));
    // The day had come while the demand stood in its way, and it is said once.
    let Outcome::Changed(late, events) = waiting.heard(Course::FilingWithdrawn, at(100)) else { panic!() };
    assert_eq!((late.state.code(), events), ("REFUSED", vec![Event::Lapsed]));
}

#[test]
fn an_agreement_is_closed_with_every_side_s_word_and_opens_again_for_the_court() {
    let both = [id(CLAIMANT), id(RESPONDENT)];
    let agreed = || on_course(Course::Agreed, in_state(State::Accepted));
    assert_eq!(agreed().close(&both[..1], at(3)).unwrap_err().reason(), "STILL_OPEN");
    assert_eq!(agreed().close(&[id(STRANGER)], at(3)).unwrap_err().reason(), "UNKNOWN_PARTY");
    assert_eq!(
        on_course(Course::Performing, agreed()).close(&both, at(3)).unwrap_err().reason(),
        "STILL_OPEN"
    );
    assert_eq!(
        on_course(Course::ConfirmApplied, agreed()).close(&both, at(3)).unwrap_err().reason(),
        "STILL_OPEN"
    );
    let closed = agreed().close(&both, at(3)).unwrap().into_noun();
    assert_eq!(closed.state, State::Closed);
    // It was not done after all.
    let demand = Demand { party: id(CLAIMANT), how: HowSaid::AtWindow, at: at(4) };
    let Ok(Outcome::Changed(open, events)) = closed.demand_court(demand) else { panic!("not heard") };
    assert_eq!((&open.state, events.as_slice()), (&State::Accepted, &[Event::CourtDemanded][..]));
    assert_eq!(open.clone().close(&both, at(5)).unwrap_err().reason(), "STILL_OPEN");
    let filed = open.heard(Course::Transfer, at(5)).into_noun().heard(Course::Filed, at(6)).into_noun();
    // Transfer says with it that nothing of the demand is on its way any more; until then another's may be.
    assert_eq!(filed.clone().close(&[], at(7)).unwrap_err().reason(), "STILL_OPEN");
    let filed = filed.demand_answered(None, at(6)).into_noun();
    assert_eq!(filed.close(&[], at(7)).unwrap().into_noun().state, State::Closed);
    // What was performed is over.
    let over = on_course(Course::Performed, in_state(State::Closed));
    assert_eq!(over.demand_court(demand).unwrap_err().reason(), "DISPUTE_ENDED");
}

/// Putting a file away closes no way to the court.
#[test]
fn an_archived_agreement_opens_again_for_the_court_and_what_is_missing_is_explained() {
    let both = [id(CLAIMANT), id(RESPONDENT)];
    let closed = mediated(on_course(Course::Agreed, in_state(State::Accepted)));
    let closed = closed.close(&both, at(3)).unwrap().into_noun();
    let generation = closed.dossier.closed;
    assert_eq!(generation, closed.version);
    let missing: Vec<_> = closed.missing_documents().iter().map(|row| row.document.code()).collect();
    assert_eq!(missing, ["mediation-record"]);
    assert!(!closed.clone().put_away(generation, at(4)).is_changed(), "its clock stays overdue");
    let refused = closed.clone().archive("", at(4)).unwrap_err();
    assert!(refused.facts().contains(&("missing", "mediation-record".to_owned())), "{:?}", refused.facts());
    let explained = closed.clone().archive("笔录遗失", at(4)).unwrap().into_noun();
    assert_eq!((&explained.state, explained.dossier.note.as_str()), (&State::Archived, "笔录遗失"));
    let whole = closed.documented(Filed::Record, at(4)).into_noun();
    assert!(!whole.clone().documented(Filed::Record, at(5)).is_changed());
    let archived = whole.put_away(generation, at(5)).into_noun();
    assert_eq!(archived.state, State::Archived);
    let demand = Demand { party: id(CLAIMANT), how: HowSaid::AtWindow, at: at(6) };
    let open = archived.demand_court(demand).unwrap().into_noun();
    assert_eq!(open.state, State::Accepted);
    assert!(!open.put_away(generation, at(7)).is_changed(), "of an earlier closing");
}

/// Nobody gives up another's claim.
#[test]
fn the_claimants_take_a_case_back_together() {
    let two = || two_claim(in_state(State::Accepted));
    let refused = two().withdraw(id(CLAIMANT), &[id(RESPONDENT)], at(2)).unwrap_err();
    assert_eq!(refused.reason(), "CLAIMANTS_REMAIN");
    let back = two().withdraw(id(CLAIMANT), &[id(STRANGER)], at(2)).unwrap().into_noun();
    assert_eq!(back.state, State::Withdrawn { by: id(CLAIMANT) });
    // Who leaves alone is a third party from then on, and the case goes on with the other.
    let left = party(CLAIMANT, PartyRole::ThirdParty);
    let goes_on = two().amend(left, &[], at(2), || unreachable!()).unwrap().into_noun();
    assert_eq!(
        (goes_on.state.code(), goes_on.claimants().collect::<Vec<_>>()),
        ("ACCEPTED", vec![id(STRANGER)])
    );
}

//! A case that is taken back: what of it ends here, and who is told.

use super::*;

#[test]
fn a_case_that_is_taken_back_ends_what_has_not_left_the_desk() {
    let demanded = |track: &str| {
        thread(track, Stage::Failed).demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun()
    };
    let filing = demanded("PM").withdraw(at(4)).into_noun().filing.unwrap();
    assert_eq!(filing.state.code(), "WITHDRAWN");
    let handoff = demanded("LA").withdraw(at(4)).into_noun().handoff.unwrap();
    assert_eq!(handoff.content.state.code(), "WITHDRAWN");
    let Outcome::Changed(_, news) = thread("PM", Stage::Failed).withdraw(at(4)) else { panic!("not heard") };
    assert_eq!(news, [], "there was nothing to end");
}

/// A commission cannot wait for a mediation that will never be: the court is told when the case is taken back.
#[test]
fn a_commissioned_case_that_is_taken_back_is_reported_at_once() {
    for (stage, agreed) in [(Stage::Unmediated, false), (Stage::InMediation, false), (Stage::Agreed, true)] {
        let mut thread = thread("WT", stage);
        thread.commission = Some(Commission { thread: thread.case, ..commissions().remove(1) });
        let after = thread.withdraw(at(5)).into_noun();
        let state = &after.commission.as_ref().unwrap().content.state;
        let report = state.report().expect("reported");
        let ground = if agreed { "" } else { "F01" };
        assert_eq!((report.agreed, report.ground.as_str(), report.demanded), (agreed, ground, false));
    }
    // What is over already stays as it is.
    let mut over = thread("WT", Stage::InMediation);
    over.commission = Some(Commission { thread: over.case, ..commissions().remove(5) });
    let Outcome::Changed(_, news) = over.withdraw(at(5)) else { panic!("not heard") };
    assert_eq!(news, []);
}

/// One party's taking back takes back one party's word.
#[test]
fn another_party_s_demand_stands() {
    let demand = |thread: Thread, n: u128, day: i64| {
        thread.demanded_by(Some(party(n)), &org("hall"), || Uuid::from_u128(77), at(day))
    };
    let one = demand(thread("PM", Stage::Failed), 1, 3).into_noun();
    let both = demand(one.clone(), 2, 4);
    assert!(both.is_changed(), "kept, though a filing is open");
    let both = both.into_noun();
    assert_eq!(demand(both.clone(), 2, 5), Outcome::AlreadySo(both.clone()), "said again");
    assert_eq!(both.clone().take_back(None), Err(Rule::DemandStands.against("TRANSFER_READY").into()));
    assert_eq!(
        both.clone().take_back(Some(party(9))),
        Err(Rule::UnknownParty.against("TRANSFER_READY").into())
    );
    let first = both.take_back(Some(party(1))).unwrap();
    let Outcome::Changed(first, news) = first else { panic!("not kept") };
    let told = vec![News::DemandTakenBack(party(1))];
    assert_eq!((first.filing.as_ref().unwrap().state.code(), news), ("TRANSFER_READY", told));
    // Its answer was lost, and it is sent again; a party that never demanded has nothing to take back.
    for said_again in [party(1), party(3)] {
        assert_eq!(first.clone().take_back(Some(said_again)), Ok(Outcome::AlreadySo(first.clone())));
    }
    let second = first.take_back(Some(party(2))).unwrap().into_noun();
    assert_eq!(second.filing.as_ref().unwrap().state.code(), "WITHDRAWN");
    assert_eq!(second.clone().take_back(Some(party(2))), Ok(Outcome::AlreadySo(second)));
    // Nobody is named: enough where one party alone has demanded it.
    assert_eq!(one.take_back(None).unwrap().into_noun().filing.unwrap().state.code(), "WITHDRAWN");
}

/// A filing that opens anew is that of the party that has demanded it: what others had demanded before was met.
#[test]
fn a_new_filing_is_not_held_by_a_demand_that_was_met() {
    let before =
        Thread { filing: Some(again::earlier(Kind::Complaint, "NOT_FILED")), ..thread("PM", Stage::Failed) };
    let mut met = before;
    met.facts.demanding = vec![party(1)];
    let anew = met.demanded_by(Some(party(2)), &org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
    assert_eq!(anew.facts.demanding, [party(2)]);
    let back = anew.take_back(Some(party(2))).unwrap().into_noun();
    assert_eq!(back.filing.unwrap().state.code(), "WITHDRAWN");
}

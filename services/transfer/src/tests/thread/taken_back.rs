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

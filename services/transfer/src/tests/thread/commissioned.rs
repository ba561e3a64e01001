//! A commission beside its case: what was heard before they were joined, a recall after an agreement, an examination's answer.

use super::*;

fn with(stage: Stage, n: usize) -> Thread {
    let thread = thread("WT", stage);
    Thread { commission: Some(Commission { thread: thread.case, ..commissions().remove(n) }), ..thread }
}

fn state(thread: &Thread) -> &commission::State {
    &thread.commission.as_ref().unwrap().content.state
}

/// The case lived before the commission knew of it: a demand opened a suit here, or the window did not take it in.
#[test]
fn what_was_heard_before_the_link_is_reported_with_it() {
    let quiet = with(Stage::Unmediated, 1);
    assert_eq!(quiet.clone().joined(at(5)), Outcome::AlreadySo(quiet));
    let demanded =
        thread("", Stage::Unmediated).demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
    let refused = thread("", Stage::Unmediated).over("F11", at(3)).into_noun();
    let back = thread("", Stage::Unmediated).withdraw(at(3)).into_noun();
    for (before, ground, said) in [(demanded, "F02", true), (refused, "F11", false), (back, "F01", false)] {
        let commission = Some(Commission { thread: before.case, ..commissions().remove(1) });
        let after = Thread { commission, ..before }.joined(at(5)).into_noun();
        let report = state(&after).report().expect(ground);
        assert_eq!((report.ground.as_str(), report.demanded), (ground, said));
        let filing = after.filing.as_ref().map(|filing| filing.state.code());
        assert!(matches!(filing, None | Some("WITHDRAWN")), "{ground}: one suit is enough");
    }
}

/// Once the parties have agreed the studio reports: a recall would leave the agreement without a court's document.
#[test]
fn a_commission_is_not_recalled_once_the_parties_have_agreed() {
    let no = with(Stage::Agreed, 1).recall(at(5)).unwrap_err();
    assert_eq!(no, Rule::CommissionAgreed.against("SIGNED").into());
    for stage in [Stage::Unmediated, Stage::InMediation, Stage::Failed] {
        assert_eq!(state(&with(stage, 1).recall(at(5)).unwrap().into_noun()).code(), "RECALLED");
    }
    let again = with(Stage::Unmediated, 5);
    assert_eq!(again.clone().recall(at(6)), Ok(Outcome::AlreadySo(again)));
}

/// The period ran out while the court examined: nobody but the court will say that it was a sham.
#[test]
fn a_sham_that_is_found_after_the_mediation_has_ended_is_reported_as_one() {
    let mut late = with(Stage::Failed, 7);
    late.facts.ground = "F05".to_owned();
    let Ok(Outcome::Changed(after, news)) = late.clone().examine(found(true), None) else {
        panic!("not heard")
    };
    let report = state(&after).report().expect("reported");
    assert_eq!((report.ground.as_str(), report.agreed), ("F06", false));
    let of = |event| crate::model::News::Commission(event);
    assert_eq!(news, [of(commission::Event::Examined), of(commission::Event::Reported)]);
    let clear = late.examine(found(false), None).unwrap().into_noun();
    assert_eq!((state(&clear).code(), clear.facts.ground.as_str()), ("SIGNED", "F05"));
    // While the sittings are suspended the mediator's run says it.
    let running = with(Stage::InMediation, 7).examine(found(true), None).unwrap().into_noun();
    assert_eq!(state(&running).code(), "SIGNED");
}

/// A period that is counted anew names the examiners again; the court's answer is about the suspicion all the same.
#[test]
fn a_suspicion_that_is_told_again_is_the_one_that_the_court_has_seen() {
    let first = with(Stage::InMediation, 7);
    let told = first.clone().commission(|one| one.suspect(Some(at(6)))).unwrap();
    assert_eq!(told, Outcome::AlreadySo(first));
    assert!(told.into_noun().examine(found(false), Some(at(3))).unwrap().is_changed());
}

/// An answer that is sent again is about the suspicion that the court has seen, not about the next one.
#[test]
fn an_answer_names_the_suspicion_it_is_about() {
    let first = with(Stage::InMediation, 7);
    assert!(first.clone().examine(found(false), Some(at(3))).unwrap().is_changed());
    let cleared = first.examine(found(false), None).unwrap().into_noun();
    assert_eq!(cleared.clone().examine(found(false), Some(at(3))), Ok(Outcome::AlreadySo(cleared.clone())));
    let again = cleared.commission(|one| one.suspect(Some(at(6)))).unwrap().into_noun();
    let no = again.clone().examine(found(false), Some(at(3))).unwrap_err();
    assert_eq!(no, Rule::NoSuspicion.against("SIGNED").into(), "it was the first that was clear");
    assert!(again.examine(found(false), Some(at(6))).unwrap().is_changed());
}

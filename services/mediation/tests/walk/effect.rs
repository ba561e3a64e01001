//! An agreement that waited for one who is no longer asked takes effect when that is known, and with somebody at the table.

use chrono::Duration;
use lexicon::{Outcome, PartyRole};
use mediation::model::{CaseDesk, Event, Fence, Seating, Signatory, State};
use uuid::Uuid;

use super::desk::{claim, fence};
use super::{account, agreement, at, id, party, run};

/// Everybody has signed but the respondent.
fn one_to_go() -> CaseDesk {
    let signed = [Signatory::Party(party(1)), Signatory::Mediator, Signatory::Seal];
    let state = State::AgreedUnsigned { since: at(10), agreement: agreement(&signed) };
    let fence = Fence { epoch: 1, n: 1 };
    CaseDesk { run: Some(run(state)), fence, ..CaseDesk::unheard(Uuid::from_u128(8).into()) }
}

fn aside() -> Seating {
    Seating { role: PartyRole::ThirdParty, member: None }
}

/// Weeks lie between the last signature and the amendment: what counts from the effect has not begun before it.
#[test]
fn an_amendment_brings_no_agreement_into_effect_before_itself() {
    let later = at(20) + Duration::days(35);
    let Outcome::Changed(desk, said) = one_to_go().amended(party(2), &aside(), later) else { panic!() };
    let State::Agreed { effective, .. } = desk.run.as_ref().unwrap().state else { panic!("{said:?}") };
    assert_eq!(effective, later);
    assert!(matches!(said[..], [Event::AgreementSigned { effective, .. }] if effective == later));
    // By signature it takes effect with the latest of them, however late that is recorded.
    let signed = one_to_go().run.unwrap().sign(Signatory::Party(party(2)), at(30)).unwrap().into_noun();
    assert!(matches!(signed.state, State::Agreed { effective, .. } if effective == at(30)));
}

/// An agreement in effect needs somebody who records what becomes of it, and its referral is over.
#[test]
fn an_agreement_takes_effect_with_somebody_at_the_table() {
    let vacant = one_to_go().released(fence(2), Some(account("mediator-1")), at(40)).into_noun();
    let Outcome::Changed(vacant, said) = vacant.amended(party(2), &aside(), at(50)) else { panic!() };
    assert!(said.is_empty(), "nobody is there: {said:?}");
    assert_eq!(vacant.run.as_ref().unwrap().state.name(), "AGREED_UNSIGNED");
    // Nor does the end of the period undo what all have signed.
    let generation = vacant.run.as_ref().unwrap().course.generation;
    let Outcome::AlreadySo(vacant) = vacant.expired("K10", generation, at(52)) else { panic!("undone") };
    let claimed = vacant.claimed(fence(3), at(55)).into_noun();
    let Outcome::Changed(desk, said) = claimed.confirmed(claim(3, "b", &[]), id(2), at(60)) else { panic!() };
    let run = desk.run.as_ref().unwrap();
    assert!(matches!(run.state, State::Agreed { effective, .. } if effective == at(60)), "{said:?}");
    assert_eq!(run.mediator, Some(account("b")));
    assert!(matches!(said[..], [Event::FenceRaised { .. }, Event::AgreementSigned { .. }]), "{said:?}");
}

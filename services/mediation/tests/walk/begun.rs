//! What a base period counts from may be heard after it has begun: the topics overtake one another.

use chrono::{DateTime, Duration, Utc};
use lexicon::Outcome;
use mediation::model::course::{Period, Will};
use mediation::model::{Begun, CaseDesk, Cause, Claim, Event};
use rulebook::period::{Period as Length, Unit};
use uuid::Uuid;

use super::desk::{claim, fence};
use super::{account, at, id, party};

fn opened(track: &str, begun: Begun, on: DateTime<Utc>) -> CaseDesk {
    let desk = CaseDesk { begun, ..CaseDesk::unheard(Uuid::from_u128(8).into()) };
    let claim = Claim { track: track.to_owned(), ..claim(1, "a", &[1, 2]) };
    desk.confirmed(claim, id(1), on).into_noun()
}

fn period(desk: &CaseDesk) -> Period {
    desk.run.as_ref().unwrap().course.period.clone().unwrap()
}

fn generation(desk: &CaseDesk) -> u64 {
    desk.run.as_ref().unwrap().course.generation
}

fn linked(begun: &mut Begun) {
    begun.signed = Some(at(-2_000));
    begun.commissioned = Some(at(-3_000));
    begun.court = Some("court-2071".to_owned());
    begun.summary = true;
}

/// Transfer was down: the case was accepted, claimed and consented to before its commission was linked. Seven days from the
/// signature for the material, not fifteen from the confirmation (L4 art. 27).
#[test]
fn a_commission_that_is_linked_late_has_the_period_it_would_have_had_in_time() {
    let late = opened("WT", Begun::default(), at(0));
    assert_eq!(period(&late).event, "PLATFORM_CONFIRMED");
    let (version, before) = (late.version, generation(&late));
    let Outcome::Changed(late, said) = late.begins(linked) else { panic!("not heard") };
    let mut begun = Begun::default();
    linked(&mut begun);
    let in_time = opened("WT", begun, at(0));
    assert_eq!(period(&late), period(&in_time));
    assert_eq!((period(&late).clock(), period(&late).event.as_str()), ("K08", "MATERIAL_SIGNED"));
    let [
        Event::StartEventRecorded {
            event: "MATERIAL_SIGNED",
            at: signed,
            period: Some(said),
            generation: now,
        },
    ] = &said[..]
    else {
        panic!("oversight is not told: {said:?}")
    };
    assert_eq!((*signed, said.clone(), *now), (at(-2_000), period(&late), before + 1));
    assert_eq!((late.version, generation(&late)), (version + 1, before + 1));
    assert_eq!(late.run.as_ref().unwrap().version, late.version, "it was said");
    assert!(!late.begins(linked).is_changed(), "again is already so");
}

/// An event of intake waits in quarantine, and the acceptance behind it: the consent was assumed to be what began the period.
#[test]
fn an_acceptance_that_is_heard_late_begins_the_period_when_it_was() {
    let late = opened("PM", Begun::default(), at(0));
    assert_eq!((period(&late).event.as_str(), period(&late).start), ("ACCEPTED", at(0)));
    let accepted = at(0) - Duration::days(9);
    let Outcome::Changed(late, said) = late.accepted(|begun| begun.accepted = Some(accepted)) else {
        panic!()
    };
    assert_eq!((period(&late).event.as_str(), period(&late).start), ("ACCEPTED", accepted));
    assert!(matches!(said[..], [Event::StartEventRecorded { period: Some(_), .. }]), "{said:?}");
    // Danger is nothing that a period counts from.
    let Outcome::Changed(endangered, said) = late.endangered(at(5)) else { panic!() };
    assert!(matches!(said[..], [Event::Suspended { .. }]), "{said:?}");
    let Outcome::Changed(_, said) = endangered.answered() else { panic!() };
    assert!(said.is_empty(), "{said:?}");
}

/// What was lawfully made longer or stands still is left as it is, and so is what is over or not begun.
#[test]
fn a_period_to_which_something_has_happened_stays() {
    let accepted = |begun: &mut Begun| begun.accepted = Some(at(-9_000));
    let run = opened("WT", Begun::default(), at(0)).run.unwrap();
    let all = Will::Consents([1, 2].map(|n| (party(n), at(5))).to_vec());
    let longer = run.clone().extend(Length { length: 5, unit: Unit::Days }, all).unwrap().into_noun();
    let desk = opened("WT", Begun::default(), at(0));
    let failed = run.conclude("F04", at(9)).unwrap().into_noun();
    let asked = CaseDesk::unheard(Uuid::from_u128(8).into());
    let asked = asked.confirmed(claim(1, "a", &[1]), id(1), at(0)).into_noun();
    for desk in [desk.clone().with(longer), desk.with(failed), asked] {
        let before = desk.run.clone().unwrap();
        let Outcome::Changed(after, said) = desk.accepted(accepted) else { panic!() };
        let after = after.run.unwrap();
        assert!(said.is_empty(), "{said:?}");
        assert_eq!((after.course, after.version), (before.course, before.version));
    }
}

/// The news of a new count meets every clock beside it: whoever examines a suspended run is named again, and that is now the
/// court that turned out to have commissioned it.
#[test]
fn a_suspended_run_that_counts_anew_names_its_examiner_again() {
    let desk = opened("WT", Begun::default(), at(0));
    let run = desk.run.clone().unwrap().suspend(at(1)).unwrap().into_noun();
    let Outcome::Changed(desk, said) = desk.with(run).begins(linked) else { panic!() };
    let [Event::StartEventRecorded { .. }, Event::Suspended { cause: Cause::Sham, court: Some(court), .. }] =
        &said[..]
    else {
        panic!("{said:?}")
    };
    assert_eq!(court, "court-2071");
    assert!(desk.admit_examiner(fence(1), &account("head-1")).is_ok());
}

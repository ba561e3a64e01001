//! What the course of a mediation beyond its beginning and end, and the ways out beside a filing, do to the ledger.

use contracts::mediation::v1 as mediation;
use contracts::transfer::v1 as transfer;
use courier::Reactions;
use lexicon::{OrgId, PartyId};
use rulebook::clocks::StopReason;
use rulebook::deadline::{Approval, Consent, Consents, Extension, Start as Began, Terms};
use rulebook::period::{Period, Unit};
use rulebook::regimes;

use super::{given, instant, named, told, worked};
use crate::model::Step::{End, Extend, Met, Open, Resume, Stop};
use crate::model::{Holder, Noun, REVIEW_CLOCK, SCHEDULE_CLOCK, Since, Start, Step, start};
use crate::store::Store;

/// News of the table.
pub(super) fn of_mediation(reactions: Reactions, store: &Store) -> Reactions {
    use Noun::Mediation;
    reactions
        .on(told(store, |_: &mediation::SessionScheduled| worked()))
        .on(told(store, |_: &mediation::NoteRecorded| worked()))
        .on(told(store, |_: &mediation::UndisputedFactsRecorded| worked()))
        .on(told(store, |_: &mediation::UndisputedFactsConfirmed| worked()))
        .on(told(store, |e: &mediation::PeriodExtended| {
            let longer =
                extension(e).map(|length| Extend(Mediation, e.clock.clone(), length, given(e.generation)));
            worked().into_iter().chain(longer).chain(agreed(e).map(Step::from)).collect()
        }))
        .on(told(store, |e: &mediation::AppraisalStarted| {
            let stop = Stop(Mediation, e.clock.clone(), StopReason::Appraisal, given(e.generation));
            worked().into_iter().chain([stop]).collect()
        }))
        .on(told(store, |e: &mediation::AppraisalFinished| {
            let resume = Resume(Mediation, e.clock.clone(), given(e.generation));
            worked().into_iter().chain([resume]).collect()
        }))
        .on(told(store, |_: &mediation::HolderSilent| vec![]))
        .on(told(store, |e: &mediation::MediationSuspended| {
            // One of before S13 names no studio.
            // A run that a court commissioned is examined by that court.
            let examined = [&e.examining_court, &e.studio_org].into_iter().find(|who| !who.is_empty());
            let clock = examined.map(|studio| start(Mediation, REVIEW_CLOCK, named(studio)).beside().into());
            worked().into_iter().chain(clock).collect()
        }))
        .on(told(store, |e: &mediation::MediationResumed| {
            let held = Some(e.mediator.clone()).filter(|mediator| !mediator.is_empty());
            let back = held.map(|mediator| Step::Hand(Mediation, mediator));
            worked().into_iter().chain([Met(Mediation, REVIEW_CLOCK)]).chain(back).collect()
        }))
        .on(told(store, |_: &mediation::TransferRequested| worked()))
        .on(told(store, |e: &mediation::PerformanceBegan| performing(e.generation, &e.instalments)))
        .on(told(store, |e: &mediation::PerformanceRecorded| performing(e.generation, &e.instalments)))
        .on(told(store, |e: &mediation::AgreementBreached| {
            vec![start(Mediation, "S09", Holder::Same).generation(given(e.generation)).into()]
        }))
        .on(told(store, |_: &mediation::PerformanceUrged| vec![]))
        .on(told(store, |_: &mediation::AgreementPerformed| vec![End(Mediation)]))
}

/// While an agreement is performed, the time for enforcement runs (K40), and beside it the day of each instalment that is left:
/// reached, it is a default. What was performed meanwhile has raised the generation.
fn performing(generation: u64, left: &[mediation::Instalment]) -> Vec<Step> {
    let of = |clock| start(Noun::Mediation, clock, Holder::Same).generation(given(generation));
    let parts = left.iter().filter_map(|part| {
        let from = Since::Day(part.due_date.parse().ok()?, part.amount_fen);
        Some(Start { from, ..of(SCHEDULE_CLOCK).beside() })
    });
    std::iter::once(of("K40")).chain(parts).map(Step::from).collect()
}

/// The period itself, where the parties agreed that: it takes the place of the local default.
fn agreed(event: &mediation::PeriodExtended) -> Option<Start> {
    let at = instant(event.clock_start_time).filter(|_| event.agreed_period)?;
    let track = rulebook::tracks::get(&event.track)?;
    let pin = regimes::pin(&track.code, &track.pin, event.pin_date.parse().ok()?).ok()?;
    let unit = Unit::ALL.into_iter().find(|unit| unit.code() == event.unit)?;
    let terms = Terms::agreed(&pin, Period::new(event.length, unit).ok()?);
    let began = Began { event: event.start_event.clone(), at };
    let counted = start(Noun::Mediation, &event.clock, Holder::Same).generation(given(event.generation));
    Some(Start { from: Since::Agreed(Box::new(terms), began), ..counted })
}

/// The extension as the rule book knows it. What cannot be read there, or fixed the period itself, makes nothing longer.
fn extension(event: &mediation::PeriodExtended) -> Option<Extension> {
    if event.agreed_period {
        return None;
    }
    let unit = Unit::ALL.into_iter().find(|unit| unit.code() == event.unit)?;
    let length = Period::new(event.length, unit).ok()?;
    if let Some(at) = instant(event.approval_time) {
        // The organ is the run's own; its name stands in the docket.
        return Some(Extension::approved(length, Approval { by: OrgId::new("organ").ok()?, at }));
    }
    let given = event.consents.iter().map(|consent| {
        let party: PartyId = consent.party_id.parse().ok()?;
        Some(Consent { party, at: instant(consent.consent_time)? })
    });
    let given: Vec<Consent> = given.collect::<Option<_>>()?;
    let parties: Vec<PartyId> = given.iter().map(|consent| consent.party).collect();
    Some(Extension::agreed(length, Consents::of_all(&parties, &given).ok()?))
}

/// News of the ways out.
pub(super) fn of_transfer(reactions: Reactions, store: &Store) -> Reactions {
    use Noun::{Commission, Confirmation, Filing, Handoff};
    let reactions = reactions
        .on(told(store, |e: &transfer::FilingCorrectionRequested| {
            let holder = named(&e.first_receiver_org);
            vec![start(Filing, "S03", holder).generation(given(e.generation)).into()]
        }))
        .on(told(store, |e: &transfer::FilingCorrected| {
            let again = start(Filing, "K34", named(&e.court_org));
            let again = again.at("CORRECTION_RECEIVED", instant(e.answer_time));
            vec![again.generation(given(e.generation)).into()]
        }))
        .on(told(store, |_: &transfer::FilingLapsed| vec![End(Filing)]))
        .on(told(store, |_: &transfer::OutcomeReported| vec![End(Filing)]))
        .on(told(store, |e: &transfer::ConfirmationApplied| {
            let received = instant(e.apply_time);
            let of = |clock| start(Confirmation, clock, named(&e.court_org)).generation(given(e.generation));
            vec![
                Open(Confirmation, e.confirmation_id.clone()),
                of("K28").at("CONFIRMATION_RECEIVED", received).into(),
                of("K29").at("CONFIRMATION_ACCEPTED", received).beside().into(),
            ]
        }))
        .on(told(store, |_: &transfer::ConfirmationWithdrawn| vec![End(Confirmation)]))
        .on(told(store, |_: &transfer::ConfirmationGranted| vec![End(Confirmation)]))
        .on(told(store, |_: &transfer::ConfirmationDenied| vec![End(Confirmation)]));
    reactions
        .on(told(store, |e: &transfer::HandoffOpened| {
            let ready = start(Handoff, "S06", named(&e.first_receiver_org)).generation(given(e.generation));
            vec![Open(Handoff, e.handoff_id.clone()), ready.into()]
        }))
        .on(told(store, |_: &transfer::HandoffPrepared| vec![]))
        .on(told(store, |e: &transfer::HandoffRecorded| {
            let event = if e.clock == "K14" { "ARBITRATION_APPLICATION_RECEIVED" } else { "PACKAGE_VISIBLE" };
            let decides = start(Handoff, &e.clock, named(&e.exit)).at(event, instant(e.hand_time));
            vec![decides.generation(given(e.generation)).into()]
        }))
        .on(told(store, |e: &transfer::HandoffAcknowledged| {
            vec![start(Handoff, "S08", Holder::Same).generation(given(e.generation)).into()]
        }))
        .on(told(store, |e: &transfer::HandoffDeclined| {
            vec![start(Handoff, "S09", named(&e.first_receiver_org)).generation(given(e.generation)).into()]
        }))
        .on(told(store, |e: &transfer::HandoffSilent| {
            vec![start(Handoff, "S09", named(&e.first_receiver_org)).generation(given(e.generation)).into()]
        }))
        .on(told(store, |_: &transfer::HandoffDone| vec![End(Handoff)]))
        .on(told(store, |_: &transfer::HandoffWithdrawn| vec![End(Handoff)]))
        .on(told(store, |e: &transfer::CommissionReceived| {
            let asked = start(Commission, "K03", named(&e.studio_org)).generation(given(e.generation));
            vec![Open(Commission, e.commission_id.clone()), asked.into()]
        }))
        .on(told(store, |e: &transfer::CommissionSigned| {
            vec![start(Commission, "S04", named(&e.studio_org)).generation(given(e.generation)).into()]
        }))
        .on(told(store, |_: &transfer::CommissionDeclined| vec![End(Commission)]))
        .on(told(store, |_: &transfer::CommissionFiled| vec![End(Commission)]))
        .on(told(store, |e: &transfer::CommissionLinked| {
            vec![
                Open(Commission, e.commission_id.clone()),
                start(Commission, "S11", Holder::FirstReceiver).into(),
            ]
        }))
        .on(told(store, |_: &transfer::CommissionReported| vec![End(Commission)]))
        .on(told(store, |_: &transfer::ShamExamined| vec![]))
        .on(told(store, |_: &transfer::CommissionRecalled| vec![End(Commission)]))
        .on(told(store, |_: &transfer::CourtDocumentIssued| vec![]))
}

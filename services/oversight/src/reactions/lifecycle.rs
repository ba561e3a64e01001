//! What the course of a mediation beyond its beginning and end, and the ways out beside a filing, do to the ledger.

use contracts::mediation::v1 as mediation;
use contracts::transfer::v1 as transfer;
use lexicon::{OrgId, PartyId};
use rulebook::calendar;
use rulebook::clocks::StopReason;
use rulebook::deadline::{Approval, Consent, Consents, Extension, Start as Began, Terms};
use rulebook::period::{Period, Unit};
use rulebook::{procedure, regimes};

use super::{Slot, given, instant, named, told, traffic, worked, worked_by};
use crate::model::Step::{Court, End, Extend, Met, Open, Resume, Stop};
use crate::model::{
    APPRAISAL_CLOCK, CHOICE_CLOCK, ENFORCEMENT_CLOCK, Holder, Noun, REVIEW_CLOCK, SCHEDULE_CLOCK, Since,
    Start, Step, WINDOW_CLOCK, start,
};

/// News of the table.
pub(super) fn of_mediation<S: Clone, T: Slot<S>>(reactions: T, store: &S) -> T {
    use Noun::Mediation;
    reactions
        .on(told(store, |e: &mediation::SessionScheduled| {
            worked_by(e.by_co_mediator).into_iter().chain(traffic::notices(e)).collect()
        }))
        .on(told(store, |e: &mediation::NoteRecorded| worked_by(e.by_co_mediator)))
        .on(told(store, |e: &mediation::UndisputedFactsRecorded| worked_by(e.by_co_mediator)))
        .on(told(store, |_: &mediation::UndisputedFactsConfirmed| worked()))
        .on(told(store, |e: &mediation::PeriodExtended| {
            let longer =
                extension(e).map(|length| Extend(Mediation, e.clock.clone(), length, given(e.generation)));
            worked().into_iter().chain(longer).chain(agreed_period(e).into_iter().flatten()).collect()
        }))
        .on(told(store, |e: &mediation::AppraisalStarted| {
            let (at, generation) = (instant(e.stop_time), given(e.generation));
            let stop = Stop(Mediation, e.clock.clone(), StopReason::Appraisal, at, generation);
            let watched = start(Mediation, APPRAISAL_CLOCK, Holder::Same).at("APPRAISAL_STARTED", at);
            let watched = watched.generation(generation).beside();
            worked().into_iter().chain([stop, watched.into()]).collect()
        }))
        .on(told(store, |e: &mediation::AppraisalFinished| {
            let resume = Resume(Mediation, e.clock.clone(), instant(e.resume_time), given(e.generation));
            worked().into_iter().chain([Met(Mediation, APPRAISAL_CLOCK), resume]).collect()
        }))
        .on(told(store, |_: &mediation::HolderSilent| vec![]))
        .on(told(store, |e: &mediation::MediationSuspended| {
            // Danger that joins what a court examines is answered beside it (S14), and is no court's. One of before S13 names no
            // studio. A run that a court commissioned is examined by that court.
            let beside = e.cause() == mediation::SuspensionCause::Emergency && !e.examining_court.is_empty();
            let examined = [&e.examining_court, &e.studio_org].into_iter().find(|who| !who.is_empty());
            let clock = examined.filter(|_| !beside).map(|who| Step::Examine(who.clone()));
            worked().into_iter().chain(clock).collect()
        }))
        .on(told(store, |e: &mediation::MediationResumed| {
            // Between two claims the studio has it.
            let held = [&e.mediator, &e.studio_org].into_iter().find(|who| !who.is_empty());
            let back = held.map(|who| Step::Hand(Mediation, who.clone()));
            worked().into_iter().chain([Met(Mediation, REVIEW_CLOCK)]).chain(back).collect()
        }))
        .on(told(store, |e: &mediation::StartEventRecorded| {
            worked().into_iter().chain(counted_anew(e)).collect()
        }))
        .on(told(store, |_: &mediation::TransferRequested| worked()))
        .on(told(store, |e: &mediation::PerformanceBegan| {
            // Also after a default for which somebody demanded the court: a schedule amended by all is waited for again.
            let open = Open(Mediation, e.mediation_id.clone());
            [open].into_iter().chain(performing(e.generation, &e.instalments)).collect()
        }))
        .on(told(store, |e: &mediation::PerformanceRecorded| {
            // A part does not cure a default, and a default waits for no day.
            if e.breached { vec![] } else { performing(e.generation, &e.instalments) }
        }))
        .on(told(store, |e: &mediation::AgreementBreached| {
            let choice = start(Mediation, CHOICE_CLOCK, Holder::Same).generation(given(e.generation));
            vec![Met(Mediation, SCHEDULE_CLOCK), choice.beside().into()]
        }))
        .on(told(store, |_: &mediation::PerformanceUrged| vec![]))
        .on(told(store, |_: &mediation::AgreementPerformed| vec![End(Mediation)]))
}

/// An agreement in effect: the window for its confirmation is open, where the track has one (T29), and the time for enforcement
/// counts from its effect, unless a schedule names later days (L1 art. 250).
pub(super) fn agreed(e: &mediation::AgreementSigned) -> Vec<Step> {
    let effective = instant(e.effective_time);
    let of = |clock| start(Noun::Mediation, clock, Holder::Same).generation(given(e.generation));
    let enforced = of(ENFORCEMENT_CLOCK).at("DOCUMENT_EFFECTIVE", effective);
    let window = of(WINDOW_CLOCK).at("AGREEMENT_EFFECTIVE", effective).beside();
    let kept = [Step::Keep("AGREEMENT_EFFECTIVE", effective), Step::Keep("DOCUMENT_EFFECTIVE", effective)];
    let clocks = [Step::from(enforced)].into_iter().chain(may_confirm(&e.track).then(|| window.into()));
    kept.into_iter().chain(clocks).collect()
}

/// Whether a court confirms agreements of this track; an owner of before did not say which it was.
fn may_confirm(track: &str) -> bool {
    let mut rows = procedure::transitions().iter().filter(|row| row.verb == "ApplyForConfirmation");
    track.is_empty() || rows.any(|row| row.is_of(track))
}

/// While an agreement is performed, the day of each instalment that is left is waited for: reached, it is a default. What was
/// performed meanwhile has raised the generation. The time for enforcement counts from the last of them.
fn performing(generation: u64, left: &[mediation::Instalment]) -> Vec<Step> {
    let of = |clock| start(Noun::Mediation, clock, Holder::Same).generation(given(generation)).beside();
    let days = left.iter().filter_map(|part| Some((part.due_date.parse().ok()?, part.amount_fen)));
    let parts =
        days.clone().map(|(day, amount)| Start { from: Since::Day(day, amount), ..of(SCHEDULE_CLOCK) });
    let enforced = match days.map(|(day, _)| day).max() {
        Some(last) => of(ENFORCEMENT_CLOCK).at("PERFORMANCE_DUE", Some(calendar::start_of(last))),
        None => Start { from: Since::Kept, ..of(ENFORCEMENT_CLOCK) },
    };
    let met = [CHOICE_CLOCK, SCHEDULE_CLOCK, ENFORCEMENT_CLOCK].map(|clock| Met(Noun::Mediation, clock));
    met.into_iter().chain(parts.chain([enforced]).map(Step::from)).collect()
}

/// Something happened that the track's period counts from: it counts anew, where the owner says so.
fn counted_anew(event: &mediation::StartEventRecorded) -> Vec<Step> {
    let at = instant(event.event_time);
    let kept = rulebook::events::get(&event.event).map(|known| Step::Keep(known.code.as_str(), at));
    let anew = Some(event.clock.as_str()).filter(|clock| !clock.is_empty()).map(|clock| {
        let counted = start(Noun::Mediation, clock, Holder::Same).at(&event.event, at);
        let counted = counted.pinned(event.pin_date.parse().ok()).generation(given(event.generation));
        [Step::MetBut(Noun::Mediation, traffic::BESIDE_THE_PERIOD), counted.beside().into()]
    });
    kept.into_iter().chain(anew.into_iter().flatten()).chain(traffic::to_be_asked(event)).collect()
}

/// The court did not file it: another court, or cured, is the party's choice (T48).
pub(super) fn not_filed() -> Vec<Step> {
    vec![start(Noun::Filing, CHOICE_CLOCK, Holder::FirstReceiver).into()]
}

/// The period itself, where the parties agreed that: it takes the place of the local default.
fn agreed_period(event: &mediation::PeriodExtended) -> Option<[Step; 2]> {
    let at = instant(event.clock_start_time).filter(|_| event.agreed_period)?;
    let track = rulebook::tracks::get(&event.track)?;
    let pin = regimes::pin(&track.code, &track.pin, event.pin_date.parse().ok()?).ok()?;
    let unit = Unit::ALL.into_iter().find(|unit| unit.code() == event.unit)?;
    let terms = Terms::agreed(&pin, Period::new(event.length, unit).ok()?);
    let began = Began { event: event.start_event.clone(), at };
    let counted = start(Noun::Mediation, &event.clock, Holder::Same).generation(given(event.generation));
    let counted = Start { from: Since::Agreed(Box::new(terms), began), ..counted };
    Some([Step::MetBut(Noun::Mediation, traffic::BESIDE_THE_PERIOD), counted.beside().into()])
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
pub(super) fn of_transfer<S: Clone, T: Slot<S>>(reactions: T, store: &S) -> T {
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
        .on(told(store, |_: &transfer::FilingLapsed| not_filed()))
        .on(told(store, |e: &transfer::OutcomeReported| vec![Step::EndOf(Filing, e.filing_id.clone())]))
        .on(told(store, |e: &transfer::ConfirmationApplied| {
            // The studio's head answers for it; one of before names only the court.
            let holder = if e.holder.is_empty() { &e.court_org } else { &e.holder };
            let asked = start(Confirmation, "K28", named(holder)).generation(given(e.generation));
            vec![
                Met(Noun::Mediation, WINDOW_CLOCK),
                Open(Confirmation, e.confirmation_id.clone()),
                Court(Confirmation, e.court_org.clone()),
                asked.at("CONFIRMATION_RECEIVED", instant(e.apply_time)).into(),
            ]
        }))
        .on(told(store, |e: &transfer::ConfirmationAccepted| {
            let decides = start(Confirmation, "K29", Holder::Same).generation(given(e.generation));
            vec![decides.at("CONFIRMATION_ACCEPTED", instant(e.accept_time)).into()]
        }))
        .on(told(store, |_: &transfer::ConfirmationWithdrawn| {
            // The agreement stands, and the window is as open as it was.
            let window = start(Noun::Mediation, WINDOW_CLOCK, Holder::Same).beside();
            vec![End(Confirmation), Start { from: Since::Kept, ..window }.into()]
        }))
        .on(told(store, |_: &transfer::ConfirmationGranted| vec![End(Confirmation), Step::Enforceable(None)]))
        .on(told(store, |e: &transfer::ConfirmationDenied| {
            vec![start(Confirmation, CHOICE_CLOCK, Holder::Same).generation(given(e.generation)).into()]
        }));
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
            let court = Court(Commission, e.court_org.clone());
            vec![Open(Commission, e.commission_id.clone()), court, asked.into()]
        }))
        .on(told(store, |e: &transfer::CommissionSigned| {
            vec![start(Commission, "S04", named(&e.studio_org)).generation(given(e.generation)).into()]
        }))
        .on(told(store, |_: &transfer::CommissionDeclined| vec![End(Commission)]))
        .on(told(store, |_: &transfer::CommissionFiled| vec![End(Commission)]))
        .on(told(store, |e: &transfer::CommissionLinked| {
            vec![
                Open(Commission, e.commission_id.clone()),
                Court(Commission, e.court_org.clone()),
                start(Commission, "S11", Holder::FirstReceiver).into(),
            ]
        }))
        .on(told(store, |_: &transfer::CommissionReported| vec![End(Commission)]))
        .on(told(store, |_: &transfer::ShamExamined| vec![]))
        .on(told(store, |_: &transfer::SuitFound| vec![]))
        .on(told(store, |_: &transfer::CommissionRecalled| vec![End(Commission)]))
        .on(told(store, |_: &transfer::CourtDocumentIssued| {
            // It can be enforced as it is, and nothing is left to confirm.
            vec![Met(Noun::Mediation, WINDOW_CLOCK), Step::Enforceable(None)]
        }))
}

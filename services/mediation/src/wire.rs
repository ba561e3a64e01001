//! The contract's words for what the model knows: the run as a message, its events as letters.
//!
//! [`ask`] reads what callers send, [`fit`] what a request says about the run it meets, [`news`] what other services
//! tell, and what is told to them stands in `post`. Nothing below this room has heard of protobuf.
pub mod ask;
pub mod fit;
pub mod news;
mod post;

pub use post::{Letters, post, post_by};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contracts::lexicon::v1::Fence as FenceMessage;
use contracts::mediation::v1 as proto;
use prost_types::Timestamp;

use crate::model::course::{Change, Instalment, Period};
use crate::model::{
    Agreement, Cause, Fence, Mediation, Performance, Session, SessionMode, Signatory, State, Suspension,
};
use crate::store::{Filing, Note, View};

/// The run as callers see it. Texts are there only if the view has them.
pub fn mediation(view: &View) -> proto::Mediation {
    let run = &view.run;
    let ground = if let State::Failed { ground, .. } = &run.state { ground } else { "" };
    let consents = run.parties.iter().map(|party| proto::PartyConsent {
        party_id: party.id.to_string(),
        required: party.is_required() && !run.is_represented(party),
        represented: run.is_represented(party),
        consent_time: party.consented.map(timestamp),
    });
    proto::Mediation {
        mediation_id: run.id.to_string(),
        case_id: run.case.to_string(),
        state: state(&run.state).into(),
        version: run.version,
        mediator: run.mediator.as_ref().map(ToString::to_string).unwrap_or_default(),
        studio_org: run.studio.to_string(),
        fence: Some(fence(view.fence)),
        track: run.track.clone(),
        consents: consents.collect(),
        sessions: view.sessions.iter().map(|sitting| session(sitting, view)).collect(),
        agreement: run.state.agreement().map(|terms| agreement(terms, view)),
        fail_ground: ground.to_owned(),
        open_time: Some(timestamp(run.opened)),
        start_time: run.state.since().map(timestamp),
        end_time: run.state.ended().map(timestamp),
        period: run.course.period.as_ref().map(|period| period_of(period, run)),
        planned: run.course.planned.map(|planned| proto::PlannedSession {
            start_time: Some(timestamp(planned.start)),
            mode: mode(planned.mode).into(),
            notice_time: planned.told.map(timestamp),
        }),
        undisputed_facts: run.course.undisputed.as_ref().map(|facts| proto::UndisputedFacts {
            digest: facts.digest.clone(),
            text: view.words.facts().to_owned(),
            confirmed_party_ids: facts.confirmed.iter().map(ToString::to_string).collect(),
        }),
        schedule: run.course.schedule.iter().map(instalment).collect(),
        performed_fen: run.course.performed,
        breach_time: run.course.breached.map(timestamp),
        urged_count: run.course.urged,
        notes: view.words.notes().iter().map(note).collect(),
        suspension: run.course.suspensions.first().map(suspension),
        suspensions: run.course.suspensions.iter().map(suspension).collect(),
        start_events: run.begun.happened.iter().map(start_event).collect(),
    }
}

fn suspension(suspension: &Suspension) -> proto::Suspension {
    proto::Suspension {
        cause: suspension_cause(suspension.cause).into(),
        start_time: Some(timestamp(suspension.since)),
    }
}

fn start_event((event, at): (&String, &DateTime<Utc>)) -> proto::StartEvent {
    proto::StartEvent { event: event.clone(), event_time: Some(timestamp(*at)) }
}

fn suspension_cause(cause: Cause) -> proto::SuspensionCause {
    match cause {
        Cause::Sham => proto::SuspensionCause::Sham,
        Cause::Emergency => proto::SuspensionCause::Emergency,
    }
}

fn period_of(period: &Period, run: &Mediation) -> proto::Period {
    let extended = |change: &&Change| matches!(change, Change::Extended(..));
    proto::Period {
        clock: period.clock().to_owned(),
        start_event: period.event.clone(),
        start_time: Some(timestamp(period.start)),
        generation: run.course.generation,
        due_date: period.due(&run.begun.law).map(|day| day.to_string()).unwrap_or_default(),
        stop_time: period.stopped().map(timestamp),
        extension_count: period.changes.iter().filter(extended).count() as u32,
        article: period.article(&run.begun.law),
    }
}

pub(super) fn instalment(part: &Instalment) -> proto::Instalment {
    proto::Instalment { due_date: part.due.to_string(), amount_fen: part.amount }
}

fn note(note: &Note) -> proto::Note {
    proto::Note {
        note_id: note.id.to_string(),
        record_time: Some(timestamp(note.at)),
        text: note.words.clone(),
    }
}

fn session(sitting: &Session, view: &View) -> proto::Session {
    proto::Session {
        session_id: sitting.id.to_string(),
        start_time: Some(timestamp(sitting.start)),
        mode: mode(sitting.mode).into(),
        present_party_ids: sitting.present.iter().map(ToString::to_string).collect(),
        text: view.words.session(sitting.id).to_owned(),
        rights_told: sitting.told.rights,
        identities_checked: sitting.told.identities,
        sham_warned: sitting.told.sham,
        address_confirmed_party_ids: sitting.told.addresses.iter().map(ToString::to_string).collect(),
    }
}

fn agreement(agreement: &Agreement, view: &View) -> proto::Agreement {
    let effective =
        if let State::Agreed { effective, .. } = &view.run.state { Some(*effective) } else { None };
    let signatures = agreement.signatures.iter().map(|signature| {
        let (signatory, party_id) = match signature.by {
            Signatory::Party(party) => (proto::Signatory::Party, party.to_string()),
            Signatory::Mediator => (proto::Signatory::Mediator, String::new()),
            Signatory::Seal => (proto::Signatory::Seal, String::new()),
            Signatory::Member(party) => (proto::Signatory::Member, party.to_string()),
        };
        proto::Signature { signatory: signatory.into(), party_id, sign_time: Some(timestamp(signature.at)) }
    });
    proto::Agreement {
        agreement_id: agreement.id.to_string(),
        terms: view.words.terms().to_owned(),
        partial: agreement.terms.partial,
        amount_fen: agreement.terms.amount.get(),
        signatures: signatures.collect(),
        effective_time: effective.map(timestamp),
    }
}

/// What may travel to a court.
pub fn filing(filing: Option<Filing>) -> proto::ReadForFilingResponse {
    let Some(Filing { run, sessions, facts, terms }) = filing else {
        return proto::ReadForFilingResponse::default();
    };
    let ground = if let State::Failed { ground, .. } = &run.state { ground } else { "" };
    proto::ReadForFilingResponse {
        mediated: true,
        session_count: sessions,
        open_time: Some(timestamp(run.opened)),
        end_time: run.state.ended().map(timestamp),
        fail_ground: ground.to_owned(),
        studio_org: run.studio.to_string(),
        agreement_time: run.state.ended().filter(|_| !terms.is_empty()).map(timestamp),
        undisputed_facts: facts,
        agreement_terms: terms,
        track: run.track,
    }
}

fn state(state: &State) -> proto::MediationState {
    match state {
        State::ConsentPending => proto::MediationState::ConsentPending,
        State::InMediation { .. } => proto::MediationState::InMediation,
        State::Appraisal { .. } => proto::MediationState::Appraisal,
        State::Suspended { .. } => proto::MediationState::Suspended,
        State::AgreedUnsigned { .. } => proto::MediationState::AgreedUnsigned,
        State::Agreed { performance, .. } => match performance {
            Performance::Due => proto::MediationState::Agreed,
            Performance::Performing => proto::MediationState::Performing,
            Performance::Breached => proto::MediationState::Breached,
            Performance::Performed => proto::MediationState::Performed,
        },
        State::Failed { .. } => proto::MediationState::Failed,
        State::Withdrawn { .. } => proto::MediationState::Withdrawn,
    }
}

fn mode(mode: SessionMode) -> proto::SessionMode {
    match mode {
        SessionMode::Onsite => proto::SessionMode::Onsite,
        SessionMode::Online => proto::SessionMode::Online,
        SessionMode::Phone => proto::SessionMode::Phone,
        SessionMode::Hybrid => proto::SessionMode::Hybrid,
        SessionMode::Async => proto::SessionMode::Async,
    }
}

fn fence(fence: Fence) -> FenceMessage {
    FenceMessage { epoch: fence.epoch, n: fence.n }
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos() as i32 }
}

/// An instant of the contract, cut to what every database keeps; nothing if it is none.
pub(crate) fn instant(timestamp: &Timestamp) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(timestamp.nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    DateTime::from_timestamp(timestamp.seconds, nanos)?.duration_trunc(TimeDelta::microseconds(1)).ok()
}

//! The contract's words for what the model knows: the run as a message, its events as letters.
//!
//! [`ask`] reads what callers send, [`fit`] what a request says about the run it meets, [`news`] what other services
//! tell. Nothing below this room has heard of protobuf.
pub mod ask;
pub mod fit;
pub mod news;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use contracts::lexicon::v1::Fence as FenceMessage;
use contracts::mediation::v1 as proto;
use courier::WriteList;
use lexicon::MediationId;
use prost_types::Timestamp;

use crate::model::{Agreement, CaseDesk, Event, Fence, Session, SessionMode, Signatory, State};
use crate::store::{Filing, View};

/// The run as callers see it. Texts are there only if the view has them.
pub fn mediation(view: &View) -> proto::Mediation {
    let run = &view.run;
    let ground = if let State::Failed { ground, .. } = &run.state { ground } else { "" };
    let consents = run.parties.iter().map(|party| proto::PartyConsent {
        party_id: party.id.to_string(),
        required: party.is_required(),
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
    }
}

fn session(sitting: &Session, view: &View) -> proto::Session {
    proto::Session {
        session_id: sitting.id.to_string(),
        start_time: Some(timestamp(sitting.start)),
        mode: mode(sitting.mode).into(),
        present_party_ids: sitting.present.iter().map(ToString::to_string).collect(),
        text: view.words.session(sitting.id).to_owned(),
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
    let Some(Filing { run, sessions }) = filing else {
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
        track: run.track,
    }
}

/// Says the event with the version that the desk has since this change.
pub fn post(list: &mut WriteList, desk: &CaseDesk, event: &Event) {
    let (case, version) = (desk.case.as_uuid(), desk.version);
    let mediation_id = desk.run.as_ref().map_or_else(String::new, |run| MediationId::to_string(&run.id));
    match event {
        Event::Opened { mediator, studio, track } => list.post(
            case,
            version,
            &proto::MediationOpened {
                mediation_id,
                mediator: mediator.to_string(),
                studio_org: studio.to_string(),
                track: track.clone(),
            },
        ),
        Event::ConsentRecorded { party } => {
            list.post(case, version, &proto::ConsentRecorded { mediation_id, party_id: party.to_string() })
        }
        Event::Started { at, track } => {
            let (start_time, track) = (Some(timestamp(*at)), track.clone());
            list.post(case, version, &proto::MediationStarted { mediation_id, start_time, track })
        }
        Event::SessionRecorded { session } => list.post(
            case,
            version,
            &proto::SessionRecorded { mediation_id, session_id: session.to_string() },
        ),
        Event::AgreementDrafted { agreement } => {
            let agreement_id = agreement.to_string();
            list.post(case, version, &proto::AgreementDrafted { mediation_id, agreement_id })
        }
        Event::SignatureAdded { agreement } => {
            let agreement_id = agreement.to_string();
            list.post(case, version, &proto::SignatureAdded { mediation_id, agreement_id })
        }
        Event::AgreementSigned { agreement, effective, partial, amount } => list.post(
            case,
            version,
            &proto::AgreementSigned {
                mediation_id,
                agreement_id: agreement.to_string(),
                effective_time: Some(timestamp(*effective)),
                partial: *partial,
                amount_fen: amount.get(),
            },
        ),
        Event::Concluded { ground } => {
            let ground = (*ground).to_owned();
            list.post(case, version, &proto::MediationConcluded { mediation_id, ground })
        }
        Event::Withdrawn => list.post(case, version, &proto::MediationWithdrawn { mediation_id }),
        Event::FenceRaised { fence: raised } => {
            list.post(case, version, &proto::FenceRaised { fence: Some(fence(*raised)) })
        }
    };
}

fn state(state: &State) -> proto::MediationState {
    match state {
        State::ConsentPending => proto::MediationState::ConsentPending,
        State::InMediation { .. } => proto::MediationState::InMediation,
        State::AgreedUnsigned { .. } => proto::MediationState::AgreedUnsigned,
        State::Agreed { .. } => proto::MediationState::Agreed,
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
fn instant(timestamp: &Timestamp) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(timestamp.nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    DateTime::from_timestamp(timestamp.seconds, nanos)?.duration_trunc(TimeDelta::microseconds(1)).ok()
}

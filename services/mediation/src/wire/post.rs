//! The run's news as letters: what starts, stops, extends and ends a clock is told with dates, consents and generation.

use chrono::{DateTime, Utc};
use contracts::mediation::v1 as proto;
use courier::WriteList;
use lexicon::{MediationId, PartyId};
use prost::{Message, Name};
use uuid::Uuid;

use super::{fence, instalment, suspension_cause, timestamp};
use crate::model::course::{Instalment, Will};
use crate::model::{CaseDesk, Event};

/// Where letters are put: a write list, or whatever looks at what this service says.
pub trait Letters {
    /// One letter about a case, which has `version` since then.
    fn say<M: Message + Name>(&mut self, case: Uuid, version: u64, event: &M) -> &mut Self;
}

impl Letters for WriteList {
    fn say<M: Message + Name>(&mut self, case: Uuid, version: u64, event: &M) -> &mut Self {
        self.post(case, version, event)
    }
}

/// Says the event with the version that the desk has since this change.
pub fn post(list: &mut impl Letters, desk: &CaseDesk, event: &Event) {
    post_by(list, desk, event, false);
}

/// The same of what somebody may have done who helps the holder.
pub fn post_by(list: &mut impl Letters, desk: &CaseDesk, event: &Event, by_co_mediator: bool) {
    let (case, version) = (desk.case.as_uuid(), desk.version);
    let run = desk.run.as_ref();
    let mediation_id = run.map_or_else(String::new, |run| MediationId::to_string(&run.id));
    match event {
        Event::Opened { mediator, studio, track, generation } => list.say(
            case,
            version,
            &proto::MediationOpened {
                mediation_id,
                mediator: mediator.to_string(),
                studio_org: studio.to_string(),
                track: track.clone(),
                generation: *generation,
                court_org: run.and_then(|run| run.begun.setting_court()).unwrap_or_default().to_owned(),
            },
        ),
        Event::ConsentRecorded { party } => {
            list.say(case, version, &proto::ConsentRecorded { mediation_id, party_id: party.to_string() })
        }
        Event::Started { at, period, generation } => list.say(
            case,
            version,
            &proto::MediationStarted {
                mediation_id,
                start_time: Some(timestamp(*at)),
                track: period.track.clone(),
                clock: period.clock().to_owned(),
                start_event: period.event.clone(),
                clock_start_time: Some(timestamp(period.start)),
                summary_procedure: run.is_some_and(|run| run.begun.summary),
                generation: *generation,
                pin_date: period.pinned_on.to_string(),
                court_org: period.court.clone().unwrap_or_default(),
            },
        ),
        Event::SessionRecorded { session } => {
            let session_id = session.to_string();
            list.say(case, version, &proto::SessionRecorded { mediation_id, session_id, by_co_mediator })
        }
        Event::AgreementDrafted { agreement } => {
            let agreement_id = agreement.to_string();
            list.say(case, version, &proto::AgreementDrafted { mediation_id, agreement_id })
        }
        Event::SignatureAdded { agreement } => {
            let agreement_id = agreement.to_string();
            list.say(case, version, &proto::SignatureAdded { mediation_id, agreement_id })
        }
        Event::AgreementSigned { agreement, effective, partial, amount, generation, oral } => list.say(
            case,
            version,
            &proto::AgreementSigned {
                mediation_id,
                agreement_id: agreement.to_string(),
                effective_time: Some(timestamp(*effective)),
                partial: *partial,
                amount_fen: amount.get(),
                generation: *generation,
                oral: *oral,
                track: run.map(|run| run.track.clone()).unwrap_or_default(),
            },
        ),
        Event::Concluded { ground, generation } => {
            let (ground, generation) = ((*ground).to_owned(), *generation);
            // Nobody wants to mediate any more whose demand for the court is heard.
            let demands = desk.begun.demands;
            let demand_version = if ground == "F02" && demands.stands() { demands.said } else { 0 };
            let said = proto::MediationConcluded { mediation_id, ground, generation, demand_version };
            list.say(case, version, &said)
        }
        Event::Withdrawn { by } => {
            let party_id = by.map(|party| party.to_string()).unwrap_or_default();
            list.say(case, version, &proto::MediationWithdrawn { mediation_id, party_id })
        }
        Event::HolderSilent { fence: silent, last } => {
            let (fence, last_write_time) = (Some(fence(*silent)), last.map(timestamp));
            list.say(case, version, &proto::HolderSilent { fence, last_write_time })
        }
        Event::FenceRaised { fence: raised } => {
            list.say(case, version, &proto::FenceRaised { fence: Some(fence(*raised)) })
        }
        Event::SessionScheduled { start, told } => {
            let (start_time, notice_time) = (Some(timestamp(*start)), told.map(timestamp));
            let track = run.map(|run| run.track.clone()).unwrap_or_default();
            let said =
                proto::SessionScheduled { mediation_id, start_time, track, notice_time, by_co_mediator };
            list.say(case, version, &said)
        }
        Event::NoteRecorded => list.say(case, version, &proto::NoteRecorded { mediation_id, by_co_mediator }),
        Event::UndisputedFactsRecorded => {
            list.say(case, version, &proto::UndisputedFactsRecorded { mediation_id, by_co_mediator })
        }
        Event::UndisputedFactsConfirmed { party } => {
            let party_id = party.to_string();
            list.say(case, version, &proto::UndisputedFactsConfirmed { mediation_id, party_id })
        }
        Event::PeriodExtended { clock, length, will, generation, agreed } => {
            let (consents, approval_time) = match will {
                Will::Consents(given) => (given.iter().map(consent).collect(), None),
                Will::Approval(_, at) => (vec![], Some(timestamp(*at))),
            };
            let said = proto::PeriodExtended {
                mediation_id,
                clock: clock.clone(),
                length: length.length,
                unit: length.unit.code().to_owned(),
                consents,
                approval_time,
                generation: *generation,
                agreed_period: agreed.is_some(),
                track: run.map(|run| run.track.clone()).unwrap_or_default(),
                start_event: agreed.as_ref().map(|period| period.event.clone()).unwrap_or_default(),
                clock_start_time: agreed.as_ref().map(|period| timestamp(period.start)),
                pin_date: agreed.as_ref().map(|period| period.pinned_on.to_string()).unwrap_or_default(),
            };
            list.say(case, version, &said)
        }
        Event::AppraisalStarted { clock, at, generation } => {
            let (clock, stop_time, generation) = (clock.clone(), Some(timestamp(*at)), *generation);
            list.say(case, version, &proto::AppraisalStarted { mediation_id, clock, stop_time, generation })
        }
        Event::AppraisalFinished { clock, at, generation } => {
            let (clock, resume_time, generation) = (clock.clone(), Some(timestamp(*at)), *generation);
            let said = proto::AppraisalFinished { mediation_id, clock, resume_time, generation };
            list.say(case, version, &said)
        }
        Event::StartEventRecorded { event, at, period, generation } => {
            let said = proto::StartEventRecorded {
                mediation_id,
                event: (*event).to_owned(),
                event_time: Some(timestamp(*at)),
                clock: period.as_ref().map(|period| period.clock().to_owned()).unwrap_or_default(),
                pin_date: period.as_ref().map(|period| period.pinned_on.to_string()).unwrap_or_default(),
                generation: *generation,
            };
            list.say(case, version, &said)
        }
        Event::Suspended { studio, cause, court } => {
            let said = proto::MediationSuspended {
                mediation_id,
                studio_org: studio.to_string(),
                cause: suspension_cause(*cause).into(),
                examining_court: court.clone().unwrap_or_default(),
            };
            list.say(case, version, &said)
        }
        Event::Resumed { mediator } => {
            let mediator = mediator.as_ref().map(ToString::to_string).unwrap_or_default();
            let studio_org = run.map_or_else(String::new, |run| run.studio.to_string());
            list.say(case, version, &proto::MediationResumed { mediation_id, mediator, studio_org })
        }
        Event::TransferRequested { party } => {
            let party_id = party.to_string();
            list.say(case, version, &proto::TransferRequested { mediation_id, party_id })
        }
        Event::PerformanceBegan { left, generation } => {
            let said = proto::PerformanceBegan {
                mediation_id,
                next_due_date: next(left),
                generation: *generation,
                instalments: left.iter().map(instalment).collect(),
            };
            list.say(case, version, &said)
        }
        Event::PerformanceRecorded { amount, left, breached, generation } => {
            let said = proto::PerformanceRecorded {
                mediation_id,
                amount_fen: *amount,
                next_due_date: next(left),
                generation: *generation,
                instalments: left.iter().map(instalment).collect(),
                breached: *breached,
            };
            list.say(case, version, &said)
        }
        Event::AgreementPerformed => list.say(case, version, &proto::AgreementPerformed { mediation_id }),
        Event::AgreementBreached { at, generation } => {
            let (breach_time, generation) = (Some(timestamp(*at)), *generation);
            list.say(case, version, &proto::AgreementBreached { mediation_id, breach_time, generation })
        }
        Event::PerformanceUrged => list.say(case, version, &proto::PerformanceUrged { mediation_id }),
    };
}

fn consent((party, at): &(PartyId, DateTime<Utc>)) -> proto::GivenConsent {
    proto::GivenConsent { party_id: party.to_string(), consent_time: Some(timestamp(*at)) }
}

/// The next instalment's last day.
fn next(left: &[Instalment]) -> String {
    left.first().map(|part| part.due.to_string()).unwrap_or_default()
}

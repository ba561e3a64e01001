//! Rows into the model and back. A row that no model fits is a fault that names its place, never its content.
use std::collections::BTreeMap;

use almanac::Law;
use chrono::{DateTime, Utc};
use courier::Fault;
use lexicon::{AccountId, Fen, OrgId, PartyId, PartyRole};
use rulebook::grounds;
use sea_orm::ActiveValue::{NotSet, Set};
use serde::{Deserialize, Serialize};

use super::row::{agreement, desk_fence, mediation, session};
use crate::model::{
    Agreement, Begun, CaseDesk, Course, Fence, Mediation, Member, Party, Performance, Session, SessionMode,
    Signatory, Signature, State, Taken, Terms, Told,
};

#[derive(Serialize, Deserialize)]
struct PartyEntry {
    id: PartyId,
    role: PartyRole,
    consented: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<Member>,
}

#[derive(Serialize, Deserialize)]
struct SignatureEntry {
    by: Pen,
    at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
enum Pen {
    Party(PartyId),
    Mediator,
    Seal,
    Member(PartyId),
}

/// The case, with its run as already read.
pub(super) fn desk(
    row: &desk_fence::Model,
    run: Option<(Mediation, Fence)>,
    law: Law,
) -> Result<CaseDesk, Fault> {
    let wrong = |column| Fault::inconsistent("desk_fence", column, row.case_id);
    let taken = match row.ended.as_deref() {
        None => None,
        Some("COURT_DEMANDED") => Some(Taken::CourtDemanded),
        Some("WITHDRAWN") => Some(Taken::Withdrawn),
        Some("RECALLED") => Some(Taken::Recalled),
        Some(_) => return Err(wrong("ended")),
    };
    let former = row.former_holders.as_deref().unwrap_or_default().split(',').filter(|name| !name.is_empty());
    let former = former.map(AccountId::new).collect::<Result<_, _>>().map_err(|_| wrong("former_holders"))?;
    let amended = row.amended.as_deref().map_or(Ok(BTreeMap::new()), serde_json::from_str);
    let amended = amended.map_err(|_| wrong("amended"))?;
    let begun: Begun = row
        .begun
        .as_deref()
        .map_or(Ok(Begun::default()), serde_json::from_str)
        .map_err(|_| wrong("begun"))?;
    let begun = Begun { law, ..begun };
    let worked = row.worked.as_deref().map(serde_json::from_str).transpose().map_err(|_| wrong("worked"))?;
    let (run, opened_under) = run.unzip();
    let run = run.map(|run| Mediation { begun: begun.clone(), ..run });
    Ok(CaseDesk {
        begun,
        worked,
        case: row.case_id.into(),
        version: row.version as u64,
        fence: Fence { epoch: row.epoch as u32, n: row.n as u64 },
        raised: row.raised_at,
        taken,
        former,
        amended,
        amendments: row.amendments as u64,
        opened_under,
        run,
    })
}

/// The case as a row.
pub(super) fn desk_row(desk: &CaseDesk, centre: &str) -> Result<desk_fence::Model, Fault> {
    let former: Vec<&str> = desk.former.iter().map(AccountId::as_str).collect();
    Ok(desk_fence::Model {
        case_id: desk.case.into(),
        centre: centre.to_owned(),
        epoch: i64::from(desk.fence.epoch),
        n: desk.fence.n as i64,
        raised_at: desk.raised,
        version: desk.version as i64,
        ended: desk.taken.map(|taken| {
            match taken {
                Taken::CourtDemanded => "COURT_DEMANDED",
                Taken::Withdrawn => "WITHDRAWN",
                Taken::Recalled => "RECALLED",
            }
            .to_owned()
        }),
        former_holders: (!former.is_empty()).then(|| former.join(",")),
        amended: (!desk.amended.is_empty()).then(|| json(&desk.amended)).transpose()?,
        amendments: desk.amendments as i64,
        begun: (desk.begun != Begun::default()).then(|| json(&desk.begun)).transpose()?,
        worked: desk.worked.as_ref().map(json).transpose()?,
    })
}

/// The run of a row, and the fence it was opened under. The agreement was read after the row, so it may already be there
/// when the row does not tell of it; it is never missing when the row does.
pub(super) fn run(row: &mediation::Model, agreement: Option<Agreement>) -> Result<(Mediation, Fence), Fault> {
    let wrong = |column| Fault::inconsistent("mediation", column, row.mediation_id);
    let since = || row.start_at.ok_or_else(|| wrong("start_at"));
    let end = || row.end_at.ok_or_else(|| wrong("end_at"));
    let terms = || agreement.clone().ok_or_else(|| wrong("state"));
    let state = match row.state.as_str() {
        "CONSENT_PENDING" => State::ConsentPending,
        "IN_MEDIATION" => State::InMediation { since: since()? },
        "APPRAISAL" => State::Appraisal { since: since()? },
        "SUSPENDED" => State::Suspended { since: since()? },
        "AGREED_UNSIGNED" => State::AgreedUnsigned { since: since()?, agreement: terms()? },
        "FAILED" => {
            let ground =
                row.fail_ground.as_deref().and_then(grounds::fail).ok_or_else(|| wrong("fail_ground"))?;
            State::Failed { since: row.start_at, agreement, ground: &ground.code, at: end()? }
        }
        "WITHDRAWN" => State::Withdrawn { since: row.start_at, agreement, at: end()? },
        name => {
            let known = PERFORMANCES.into_iter().find(|performance| performance.name() == name);
            let performance = known.ok_or_else(|| wrong("state"))?;
            State::Agreed { since: since()?, agreement: terms()?, effective: end()?, performance }
        }
    };
    let course = row.course.as_deref().map_or(Ok(Course::default()), serde_json::from_str);
    let parties: Vec<PartyEntry> = serde_json::from_str(&row.parties).map_err(|_| wrong("parties"))?;
    let parties = parties.into_iter().map(|entry| {
        let PartyEntry { id, role, consented, member } = entry;
        Party { id, role, consented, member }
    });
    let run = Mediation {
        id: row.mediation_id.into(),
        case: row.case_id.into(),
        version: row.version as u64,
        mediator: row.mediator.as_deref().map(AccountId::new).transpose().map_err(|_| wrong("mediator"))?,
        studio: OrgId::new(row.studio_org.as_str()).map_err(|_| wrong("studio_org"))?,
        track: row.track.clone(),
        parties: parties.collect(),
        ordinal: row.ordinal as u32,
        opened: row.open_at,
        begun: Begun::default(),
        course: course.map_err(|_| wrong("course"))?,
        state,
    };
    Ok((run, Fence { epoch: row.opened_epoch as u32, n: row.opened_n as u64 }))
}

/// The run as a row; a change does not move what the run was opened under, nor its explanation.
pub(super) fn run_row(
    run: &Mediation,
    centre: &str,
    under: Option<Fence>,
) -> Result<mediation::ActiveModel, Fault> {
    let parties: Vec<PartyEntry> = run
        .parties
        .iter()
        .map(|party| PartyEntry {
            id: party.id,
            role: party.role,
            consented: party.consented,
            member: party.member.clone(),
        })
        .collect();
    Ok(mediation::ActiveModel {
        mediation_id: Set(run.id.into()),
        centre: Set(centre.to_owned()),
        case_id: Set(run.case.into()),
        version: Set(run.version as i64),
        state: Set(run.state.name().to_owned()),
        mediator: Set(run.mediator.as_ref().map(ToString::to_string)),
        studio_org: Set(run.studio.to_string()),
        track: Set(run.track.clone()),
        parties: Set(json(&parties)?),
        opened_epoch: under.map_or(NotSet, |fence| Set(i64::from(fence.epoch))),
        opened_n: under.map_or(NotSet, |fence| Set(fence.n as i64)),
        open_at: Set(run.opened),
        start_at: Set(run.state.since()),
        end_at: Set(run.state.ended()),
        fail_ground: Set(match &run.state {
            State::Failed { ground, .. } => Some((*ground).to_owned()),
            _ => None,
        }),
        explanation: NotSet,
        course: Set(Some(json(&run.course)?)),
        ordinal: Set(i64::from(run.ordinal)),
    })
}

/// The agreement of a row; its terms stay sealed.
pub(super) fn agreement(row: &agreement::Model) -> Result<Agreement, Fault> {
    let wrong = |column| Fault::inconsistent("agreement", column, row.agreement_id);
    let signatures: Vec<SignatureEntry> =
        serde_json::from_str(&row.signatures).map_err(|_| wrong("signatures"))?;
    let signatures = signatures.into_iter().map(|SignatureEntry { by, at }| {
        let by = match by {
            Pen::Party(party) => Signatory::Party(party),
            Pen::Mediator => Signatory::Mediator,
            Pen::Seal => Signatory::Seal,
            Pen::Member(party) => Signatory::Member(party),
        };
        Signature { by, at }
    });
    let amount = Fen::new(row.amount_fen).map_err(|_| wrong("amount_fen"))?;
    Ok(Agreement {
        id: row.agreement_id.into(),
        terms: Terms { digest: row.digest.clone(), partial: row.partial, amount },
        drafted: row.drafted_at,
        signatures: signatures.collect(),
    })
}

/// The signatures as a column.
pub(super) fn signatures(signatures: &[Signature]) -> Result<String, Fault> {
    let entries: Vec<SignatureEntry> = signatures
        .iter()
        .map(|signature| {
            let by = match signature.by {
                Signatory::Party(party) => Pen::Party(party),
                Signatory::Mediator => Pen::Mediator,
                Signatory::Seal => Pen::Seal,
                Signatory::Member(party) => Pen::Member(party),
            };
            SignatureEntry { by, at: signature.at }
        })
        .collect();
    json(&entries)
}

/// The sitting of a row; what was said stays sealed.
pub(super) fn session(row: &session::Model) -> Result<Session, Fault> {
    let wrong = |column| Fault::inconsistent("session", column, row.session_id);
    let mode = MODES.into_iter().find(|mode| mode_name(*mode) == row.mode).ok_or_else(|| wrong("mode"))?;
    let present = serde_json::from_str(&row.present).map_err(|_| wrong("present"))?;
    let told = row.told.as_deref().map_or(Ok(Told::default()), serde_json::from_str);
    let told = told.map_err(|_| wrong("told"))?;
    Ok(Session { id: row.session_id.into(), start: row.start_at, mode, present, told })
}

/// What was done before a sitting, as a column.
pub(super) fn told(told: &Told) -> Result<String, Fault> {
    json(told)
}

/// The parties of a sitting as a column.
pub(super) fn present(ids: &[PartyId]) -> Result<String, Fault> {
    json(&ids)
}

/// A mode's name in rows.
pub(super) fn mode_name(mode: SessionMode) -> &'static str {
    match mode {
        SessionMode::Onsite => "ONSITE",
        SessionMode::Online => "ONLINE",
        SessionMode::Phone => "PHONE",
        SessionMode::Hybrid => "HYBRID",
        SessionMode::Async => "ASYNC",
    }
}

const PERFORMANCES: [Performance; 4] =
    [Performance::Due, Performance::Performing, Performance::Breached, Performance::Performed];
const MODES: [SessionMode; 5] =
    [SessionMode::Onsite, SessionMode::Online, SessionMode::Phone, SessionMode::Hybrid, SessionMode::Async];

fn json<T: Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::new("write a column as JSON", error))
}

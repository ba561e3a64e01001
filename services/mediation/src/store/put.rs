//! A change as a write list: the guards, the rows, and what is sealed away with them.
use access::{Place, Vault};
use courier::{Fault, Stamp, WriteList};
use lexicon::MediationId;
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;

use super::row::{agreement, desk_fence, entry, mediation, session};
use super::{shape, unsealed};
use crate::model::{Agreement, CaseDesk, Session};

/// What was said, on its way into the record. No `Debug`: it must not reach a log.
pub enum Enclosure<'a> {
    /// Nothing.
    None,
    /// A sitting.
    Session {
        /// When, how and who.
        session: Session,
        /// What was said.
        words: &'a str,
        /// Organisation, method and request id.
        request_key: &'a str,
        /// Keyed digest of the request.
        fingerprint: &'a str,
    },
    /// A note, a text of facts, a piece of evidence.
    Entry(Written<'a>),
    /// The terms of the run's agreement.
    Terms(&'a str),
    /// Why the run failed, in words.
    Explanation(&'a str),
}

/// Words that are kept beside a run. No `Debug`.
pub struct Written<'a> {
    /// What they are: `NOTE`, `FACTS`, `EVIDENCE`, `URGING`, `REASON`.
    pub kind: &'static str,
    /// The words.
    pub words: &'a str,
    /// Organisation, method and request id, with the keyed digest of the request.
    pub request: Option<(&'a str, &'a str)>,
}

/// The steps from one desk to the other. The desk's row comes first: its update asks for the version, the fence and
/// the amendments that were read, and with no such row nothing of the list is written.
pub(super) fn put(
    list: &mut WriteList,
    centre: &str,
    before: Option<&CaseDesk>,
    after: &CaseDesk,
) -> Result<(), Fault> {
    desk(list, centre, before, after)?;
    let Some(run) = &after.run else { return Ok(()) };
    match before.and_then(|before| before.run.as_ref()).filter(|old| old.id == run.id) {
        None => {
            list.insert(shape::run_row(run, centre, after.opened_under)?, "run");
        }
        Some(old) => {
            if old != run {
                list.update(shape::run_row(run, centre, None)?, old.version, "version");
            }
            if let (Some(old), Some(new)) = (old.state.agreement(), run.state.agreement())
                && old.signatures.len() < new.signatures.len()
            {
                list.update_where::<agreement::Entity>(
                    vec![(agreement::Column::Signatures, shape::signatures(&new.signatures)?.into())],
                    vec![(agreement::Column::AgreementId, new.id.as_uuid().into())],
                    Some("agreement"),
                );
            }
        }
    }
    Ok(())
}

fn desk(
    list: &mut WriteList,
    centre: &str,
    before: Option<&CaseDesk>,
    after: &CaseDesk,
) -> Result<(), Fault> {
    use desk_fence::Column;
    let row = shape::desk_row(after, centre)?;
    let Some(before) = before else {
        list.insert(row.into_active_model(), "desk_fence");
        return Ok(());
    };
    list.update_where::<desk_fence::Entity>(
        vec![
            (Column::Epoch, row.epoch.into()),
            (Column::N, row.n.into()),
            (Column::RaisedAt, row.raised_at.into()),
            (Column::Version, row.version.into()),
            (Column::Ended, row.ended.into()),
            (Column::FormerHolders, row.former_holders.into()),
            (Column::Amended, row.amended.into()),
            (Column::Amendments, row.amendments.into()),
            (Column::Begun, row.begun.into()),
            (Column::Worked, row.worked.into()),
        ],
        vec![
            (Column::CaseId, row.case_id.into()),
            (Column::Version, (before.version as i64).into()),
            (Column::Epoch, i64::from(before.fence.epoch).into()),
            (Column::N, (before.fence.n as i64).into()),
            (Column::Amendments, (before.amendments as i64).into()),
        ],
        Some("desk_fence"),
    );
    Ok(())
}

/// Seals what comes with the change. `after` has a run: it is a holder's.
pub(super) fn enclose(
    list: &mut WriteList,
    vault: &Vault,
    stamp: &Stamp,
    after: &CaseDesk,
    enclosure: &Enclosure<'_>,
) -> Result<(), Fault> {
    let Some(run) = &after.run else { return Ok(()) };
    let centre = stamp.by.centre.as_str();
    let seal = |table, row: &dyn ToString, field, words: &str| {
        let row = row.to_string();
        vault.seal(&Place { centre, table, row: &row, field }, words.as_bytes()).map_err(unsealed)
    };
    match enclosure {
        Enclosure::None => {}
        Enclosure::Session { session, words, request_key, fingerprint } => {
            let row = session::Model {
                session_id: session.id.into(),
                centre: centre.to_owned(),
                case_id: after.case.into(),
                mediation_id: run.id.into(),
                start_at: session.start,
                mode: shape::mode_name(session.mode).to_owned(),
                present: shape::present(&session.present)?,
                words: seal("session", &session.id, "words", words)?,
                recorded_at: stamp.now,
                request_key: (*request_key).to_owned(),
                fingerprint: (*fingerprint).to_owned(),
                replayed_at: None,
                told: Some(shape::told(&session.told)?),
            };
            list.insert(row.into_active_model(), "request_key");
        }
        Enclosure::Entry(Written { kind, words, request }) => {
            let id = stamp.id();
            let (request_key, fingerprint) = request.unzip();
            let row = entry::Model {
                entry_id: id,
                centre: centre.to_owned(),
                case_id: after.case.into(),
                mediation_id: run.id.into(),
                kind: (*kind).to_owned(),
                recorded_at: stamp.now,
                words: seal("entry", &id, "words", words)?,
                request_key: request_key.map(str::to_owned),
                fingerprint: fingerprint.map(str::to_owned),
                replayed_at: None,
            };
            list.insert(row.into_active_model(), "request_key");
        }
        Enclosure::Terms(words) => {
            let Some(agreement) = run.state.agreement() else { return Ok(()) };
            let sealed = seal("agreement", &agreement.id, "terms", words)?;
            list.upsert(agreement_row(agreement, run.id, after, centre, sealed)?);
        }
        Enclosure::Explanation(words) => {
            let sealed = seal("mediation", &run.id, "explanation", words)?;
            list.update_where::<mediation::Entity>(
                vec![(mediation::Column::Explanation, sealed.into())],
                vec![(mediation::Column::MediationId, run.id.as_uuid().into())],
                Some("run"),
            );
        }
    }
    Ok(())
}

fn agreement_row(
    agreement: &Agreement,
    run: MediationId,
    desk: &CaseDesk,
    centre: &str,
    sealed: Vec<u8>,
) -> Result<agreement::ActiveModel, Fault> {
    Ok(agreement::ActiveModel {
        agreement_id: Set(agreement.id.into()),
        centre: Set(centre.to_owned()),
        case_id: Set(desk.case.into()),
        mediation_id: Set(run.into()),
        drafted_at: Set(agreement.drafted),
        terms: Set(sealed),
        digest: Set(agreement.terms.digest.clone()),
        partial: Set(agreement.terms.partial),
        amount_fen: Set(agreement.terms.amount.get()),
        signatures: Set(shape::signatures(&agreement.signatures)?),
    })
}

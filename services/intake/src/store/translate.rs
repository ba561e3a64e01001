//! Rows ⇄ model, exhaustively: a row that no dispute can have is a fault, never a guess.

use access::{Place, Vault, VaultFault};
use almanac::Editions;
use chrono::{DateTime, TimeDelta, Utc};
use courier::Fault;
use lexicon::{CaseId, CourtId, Fen, PartyId, Warning};
use prost::Message;
use rulebook::calendar::civil_date;
use rulebook::clocks::Expiry;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::demands;
use super::row::{dispute, party};
use super::sealed::{SealedWords, screened, words};
use crate::model::{
    Acceptance, Beyond, Consent, Demand, Demanding, Dispute, Dossier, Entry, Oral, Origin, Party, Sheet,
    State, Suit, Term, Words,
};
use crate::receipt;
use crate::wire;

/// What is known of a file, as words in one column.
const MEDIATED: &str = "MEDIATED";
const RECORDED: &str = "RECORDED";

fn known(of: &Dossier) -> String {
    let words = [(of.mediated, MEDIATED), (of.recorded, RECORDED)];
    words.into_iter().filter(|(so, _)| *so).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}

/// A consent in its column.
#[derive(Serialize, Deserialize)]
struct StoredConsent {
    party: Uuid,
    at: DateTime<Utc>,
}

/// The dispute's row. Words that are as they were `before` stay as they are sealed.
pub fn row(vault: &Vault, now: &Dispute, before: Option<&Dispute>) -> Result<dispute::ActiveModel, Fault> {
    let case = now.origin.case.as_uuid();
    let unchanged = before.is_some_and(|before| words(before) == words(now));
    let sealed = if unchanged {
        sea_orm::ActiveValue::NotSet
    } else {
        let row = case.to_string();
        let place = Place { centre: &now.origin.centre, table: "dispute", row: &row, field: "words" };
        Set(vault.seal(&place, &words(now).encode_to_vec()).map_err(sealing)?)
    };
    let accepted = now.acceptance.as_ref();
    let consents: Vec<StoredConsent> = accepted
        .map(|a| a.consents.iter().map(|c| StoredConsent { party: c.party.into(), at: c.at }).collect())
        .unwrap_or_default();
    let consents = serde_json::to_string(&consents).map_err(|error| Fault::new("write consents", error))?;
    let code = || receipt::look_up(vault, &receipt::code(vault, now.origin.case));
    let suit = accepted.and_then(|accepted| accepted.suit.as_ref());
    Ok(dispute::ActiveModel {
        case_id: Set(case),
        centre: Set(now.origin.centre.clone()),
        first_receiver_org: Set(now.origin.first_receiver.clone()),
        state: Set(now.state.code().to_owned()),
        version: Set(now.version as i64),
        said_version: Set(now.said as i64),
        channel: Set(now.entry.channel.code().to_owned()),
        external_id: Set(Some(now.entry.external_id.clone()).filter(|id| !id.is_empty())),
        words: sealed,
        amount_fen: Set(now.sheet.amount.get()),
        town_code: Set(now.sheet.town.clone()),
        cause_code: Set(now.sheet.cause.clone()),
        case_number: Set(accepted.map(|a| a.case_number.clone())),
        track: Set(accepted.map(|a| a.track.clone())),
        mediation_consents: Set(consents),
        requested_at: Set(now.entry.requested_at),
        submitted_at: Set(now.submitted_at),
        submit_edition: Set(now.answered_by.as_ref().map(|term| term.edition.clone()).unwrap_or_default()),
        accepted_at: Set(accepted.map(|a| a.at)),
        correction_at: Set(match &now.state {
            State::Correction { since, .. } => Some(*since),
            _ => None,
        }),
        correction_due_at: Set(match &now.state {
            State::Correction { term, .. } => Some(term.ends.at),
            _ => None,
        }),
        correction_generation: Set(match &now.state {
            State::Correction { generation, .. } => *generation as i64,
            _ => 0,
        }),
        correction_edition: Set(match &now.state {
            State::Correction { term, .. } => term.edition.clone(),
            _ => String::new(),
        }),
        corrected: Set(matches!(now.state, State::Submitted { corrected: true })),
        refuse_ground: Set(match &now.state {
            State::Refused { ground, .. } => Some(ground.clone()),
            _ => None,
        }),
        withdrawn_by: Set(match &now.state {
            State::Withdrawn { by } => Some(by.as_uuid()),
            _ => None,
        }),
        course: Set(now.beyond.table.map(|course| course.code().to_owned())),
        ruling: Set(now.beyond.ruling.map(|course| course.code().to_owned())),
        court_course: Set(now.beyond.court.map(|course| course.code().to_owned())),
        court_parts: Set(Some(now.beyond.to_text())),
        demands: Set(Some(demands::text(&now.standing_demands)?)),
        is_open: Set(Some(now.is_open())),
        saved_version: Set(Some(now.saved as i64)),
        court_org: Set(suit.map(|suit| suit.court.to_string())),
        court_case_number: Set(suit.map(|suit| suit.number.clone()).unwrap_or_default()),
        demanded_by: Set(now.demand.map(|demand| demand.party.as_uuid())),
        demanded_how: Set(now.demand.map(|demand| demand.how.code().to_owned())),
        demanded_at: Set(now.demand.map(|demand| demand.at)),
        confirmed_warnings: Set(now.entry.warnings.join(",")),
        notice_version: Set(now.entry.notice_version.clone()),
        share_with_studio: Set(now.entry.share_with_studio),
        oral_read_back_at: Set(now.entry.oral.as_ref().map(|oral| oral.read_back_at)),
        oral_confirmation: Set(now.entry.oral.as_ref().map(|oral| oral.confirmed.code().to_owned())),
        oral_call_id: Set(now.entry.oral.as_ref().map(|oral| oral.call.clone()).unwrap_or_default()),
        merged_into: Set(match &now.state {
            State::Merged { into } => Some(into.as_uuid()),
            _ => None,
        }),
        batch: Set(Some(now.entry.batch.clone()).filter(|batch| !batch.is_empty())),
        code_index: Set(now.submitted_at.and_then(|_| code())),
        file_known: Set(known(&now.dossier)),
        closed_generation: Set(now.dossier.closed as i64),
        updated_at: Set(now.updated_at),
    })
}

/// The rows of its parties, in order.
pub fn party_rows(vault: &Vault, now: &Dispute) -> Result<Vec<party::ActiveModel>, Fault> {
    now.sheet.parties.iter().enumerate().map(|(at, party)| party_row(vault, now, at, party)).collect()
}

fn party_row(vault: &Vault, of: &Dispute, at: usize, party: &Party) -> Result<party::ActiveModel, Fault> {
    let row = party.id.to_string();
    let place = Place { centre: &of.origin.centre, table: "party", row: &row, field: "sealed" };
    let sealed = vault.seal(&place, &wire::party::clear(party).encode_to_vec()).map_err(sealing)?;
    let (number_index, phone_index, name_index) = digests(vault, party);
    Ok(party::ActiveModel {
        party_id: Set(party.id.into()),
        case_id: Set(of.origin.case.into()),
        centre: Set(of.origin.centre.clone()),
        position: Set(at as i32),
        role: Set(party.role.map(|role| role.code().to_owned())),
        kind: Set(party.kind.map(|kind| kind.code().to_owned())),
        sealed: Set(sealed),
        name_index: Set(name_index),
        number_index: Set(number_index),
        phone_index: Set(phone_index),
    })
}

/// By what a party is found: the digests of its paper, its phone and its name.
pub fn digests(vault: &Vault, party: &Party) -> (Option<String>, Option<String>, Option<String>) {
    let index = |purpose, value: &str| (!value.is_empty()).then(|| vault.index(purpose, value));
    let number = Some(wire::news::digest(vault, party)).filter(|number| !number.is_empty());
    (number, index("party-phone", &party.phone), index("party-name", &party.name))
}

/// The story of a row.
pub fn text(vault: &Vault, row: &dispute::Model) -> Result<String, Fault> {
    opened(vault, row).map(|words| words.text)
}

fn opened(vault: &Vault, row: &dispute::Model) -> Result<SealedWords, Fault> {
    let id = row.case_id.to_string();
    let place = Place { centre: &row.centre, table: "dispute", row: &id, field: "words" };
    let words = vault.open(&place, &row.words).map_err(sealing)?;
    SealedWords::decode(words.as_slice()).map_err(|_| Fault::inconsistent("dispute", "words", row.case_id))
}

/// The dispute of a row and of its parties' rows, which are in order; its days by the calendar in force.
pub fn model(
    vault: &Vault,
    row: dispute::Model,
    parties: &[party::Model],
    editions: &Editions,
) -> Result<Dispute, Fault> {
    let bad = |column: &'static str| Fault::inconsistent("dispute", column, row.case_id);
    let words = opened(vault, &row)?;
    let acceptance = match (row.accepted_at, row.case_number, row.track) {
        (Some(at), Some(case_number), Some(track)) => {
            let consents: Vec<StoredConsent> =
                serde_json::from_str(&row.mediation_consents).map_err(|_| bad("mediation_consents"))?;
            let consents =
                consents.into_iter().map(|c| Consent { party: c.party.into(), at: c.at }).collect();
            let court = row.court_org.map(CourtId::new).transpose().map_err(|_| bad("court_org"))?;
            let suit = court.map(|court| Suit { court, number: row.court_case_number });
            Some(Acceptance { at, case_number, track, consents, suit })
        }
        (None, None, None) => None,
        _ => return Err(bad("accepted_at")),
    };
    let state = match (row.state.as_str(), row.submitted_at, &acceptance) {
        ("DRAFT", None, None) => State::Draft,
        ("SUBMITTED", Some(_), None) => State::Submitted { corrected: row.corrected },
        ("CORRECTION", Some(_), None) => {
            let due = row.correction_due_at.ok_or_else(|| bad("correction_due_at"))?;
            let since = row.correction_at.unwrap_or(row.updated_at);
            let edition = row.correction_edition.clone();
            // What is stored is an index: the day is computed by the calendar in force. A list from before has no beginning.
            let counted = row.correction_at.and_then(|at| editions.expiry("S03", &edition, at));
            let term = Term { edition, ends: counted.unwrap_or_else(|| as_stored(due)) };
            State::Correction {
                missing: words.missing,
                since,
                term,
                generation: row.correction_generation as u64,
            }
        }
        ("ADVISED", Some(_), None) => State::Advised { advice: words.advice },
        ("REFUSED", Some(_), None) => State::Refused {
            ground: row.refuse_ground.ok_or_else(|| bad("refuse_ground"))?,
            redirect: words.redirect,
        },
        ("ACCEPTED", Some(_), Some(_)) => State::Accepted,
        ("WITHDRAWN", ..) => {
            State::Withdrawn { by: row.withdrawn_by.map(PartyId::from).ok_or_else(|| bad("withdrawn_by"))? }
        }
        ("MERGED", None, None) => {
            State::Merged { into: row.merged_into.map(CaseId::from).ok_or_else(|| bad("merged_into"))? }
        }
        ("REMOVED", None, None) => State::Removed,
        // Without acceptance: the court was demanded before anybody accepted, and has answered.
        ("CLOSED", ..) => State::Closed,
        ("ARCHIVED", ..) => State::Archived,
        _ => return Err(bad("state")),
    };
    let demand = match (row.demanded_by, row.demanded_how, row.demanded_at) {
        (Some(party), Some(how), Some(at)) => {
            Some(Demand { party: party.into(), how: how.parse().map_err(|_| bad("demanded_how"))?, at })
        }
        (None, None, None) => None,
        _ => return Err(bad("demanded_by")),
    };
    let oral = match (row.oral_read_back_at, row.oral_confirmation) {
        (Some(read_back_at), Some(how)) => {
            let confirmed = how.parse().map_err(|_| bad("oral_confirmation"))?;
            Some(Oral { read_back_at, confirmed, call: row.oral_call_id })
        }
        (None, None) => None,
        _ => return Err(bad("oral_read_back_at")),
    };
    let told =
        |column, code: Option<String>| code.map(|code| code.parse().map_err(|_| bad(column))).transpose();
    let beyond = Beyond {
        table: told("course", row.course)?,
        ruling: told("ruling", row.ruling)?,
        court: told("court_course", row.court_course)?,
        ..Beyond::default()
    };
    let beyond = beyond.with_text(row.court_parts.as_deref()).ok_or_else(|| bad("court_parts"))?;
    let standing_demands = row
        .demands
        .as_deref()
        .map_or(Some(Demanding::default()), demands::read)
        .ok_or_else(|| bad("demands"))?;
    let parties = parties.iter().map(|one| party(vault, one)).collect::<Result<_, _>>()?;
    let screening =
        words.screening.map(|sealed| screened(&sealed).ok_or_else(|| bad("words"))).transpose()?;
    Ok(Dispute {
        origin: Origin {
            case: CaseId::from(row.case_id),
            centre: row.centre.clone(),
            first_receiver: row.first_receiver_org,
        },
        version: row.version as u64,
        said: row.said_version as u64,
        entry: Entry {
            channel: row.channel.parse().map_err(|_| bad("channel"))?,
            external_id: row.external_id.unwrap_or_default(),
            requested_at: row.requested_at,
            warnings: row
                .confirmed_warnings
                .split(',')
                .filter(|code| !code.is_empty())
                .map(|code| Warning::ALL.iter().find(|w| w.reason == code).map(|w| w.reason))
                .collect::<Option<_>>()
                .ok_or_else(|| bad("confirmed_warnings"))?,
            notice_version: row.notice_version,
            share_with_studio: row.share_with_studio,
            oral,
            batch: row.batch.unwrap_or_default(),
            noted: words.noted,
            record: wire::record::stored(words.record).ok_or_else(|| bad("words"))?,
        },
        sheet: Sheet {
            words: Words { subject: words.subject, text: words.text, claims: words.claims },
            amount: Fen::new(row.amount_fen).map_err(|_| bad("amount_fen"))?,
            town: row.town_code,
            cause: row.cause_code,
            parties,
        },
        state,
        submitted_at: row.submitted_at,
        answered_by: row.submitted_at.and_then(|at| {
            let ends = editions.expiry("S02", &row.submit_edition, at)?;
            Some(Term { edition: row.submit_edition.clone(), ends })
        }),
        acceptance,
        beyond,
        demand,
        standing_demands,
        saved: row.saved_version.unwrap_or(row.version) as u64,
        screening,
        dossier: Dossier {
            mediated: row.file_known.split(' ').any(|word| word == MEDIATED),
            recorded: row.file_known.split(' ').any(|word| word == RECORDED),
            closed: row.closed_generation as u64,
            note: words.archive_note,
        },
        updated_at: row.updated_at,
    })
}

/// The party of a row.
pub fn party(vault: &Vault, row: &party::Model) -> Result<Party, Fault> {
    let id = row.party_id.to_string();
    let place = Place { centre: &row.centre, table: "party", row: &id, field: "sealed" };
    let clear = vault.open(&place, &row.sealed).map_err(sealing)?;
    let stored = contracts::lexicon::v1::Party::decode(clear.as_slice()).ok().and_then(wire::party::stored);
    stored.ok_or_else(|| Fault::inconsistent("party", "sealed", row.party_id))
}

/// A term of before there were editions: its last day is the one before the stored instant, which is its 24:00.
fn as_stored(at: DateTime<Utc>) -> Expiry {
    Expiry { at, date: civil_date(at - TimeDelta::seconds(1)), provisional: false }
}

/// The vault's faults are fixed words, but a sealed value that does not open is worth a line of its own.
pub(super) fn sealing(fault: VaultFault) -> Fault {
    match fault {
        VaultFault::DoesNotOpen => Fault::plain("a sealed field", "it does not open in its place"),
        VaultFault::UnknownKey(_) => Fault::plain("a sealed field", "the key file does not hold its key"),
        VaultFault::NoRandomness => Fault::plain("seal a field", "the operating system gives no randomness"),
    }
}
